"""Shares of a whole, done tasks whose day nobody recorded, and one place of a ranking, as they are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from assistant.answers import lists, objectives, ranks, tasks
from okr.language.frames import Ask, Filters, Frame, When
from okr.store import Store
from tools.context import TurnContext
from tools.key_results import list_key_results, rank_key_results


@pytest.fixture
def turn(sample_store: Store, sample_now: datetime) -> TurnContext:
    """The sample company's head, in English."""
    return TurnContext(
        sample_store, sample_store.actor("irena.maj@lumen.example"), sample_store.company(), sample_now, "en"
    )


def test_a_share_is_of_all_in_the_scope(turn: TurnContext) -> None:
    frame = Frame(Ask.COUNT, "en", filters=Filters(statuses=("on_track",)), field="share")
    told = lists.answer(frame, turn)
    assert told.found is not None
    every = list_key_results(turn)
    count = every.values["on_track"]
    assert told.found.values["share"] == count / every.values["count"]
    assert f"of {every.values['count']} key results" in told.text
    of_objectives = objectives.listed(replace(frame, of="objective"), turn)
    assert of_objectives.found is not None
    assert of_objectives.found.values["total"] == 18


def test_tasks_that_are_done_on_no_recorded_day_are_told_of(turn: TurnContext) -> None:
    done = Frame(Ask.COUNT, "en", of="task", filters=Filters(task_statuses=("done",)))
    when = When(date(2026, 11, 1), date(2026, 11, 30), word="month")
    every = tasks.answer(done, turn)
    assert every.found is not None
    undated = sum(row.values.get("done_on") is None for row in every.found.rows)
    told = tasks.answer(replace(done, when=when), turn)
    assert ("that nobody recorded" in told.text) is (undated > 0)


def test_the_second_is_told_alone_with_the_first_beside_it(turn: TurnContext) -> None:
    order = [row.id for row in rank_key_results(turn).rows]
    told = ranks.answer(Frame(Ask.RANK, "en", by="gap", place=2), turn)
    assert told.found is not None
    assert [row.id for row in told.found.rows] == order[1:2]
    assert f"[{order[0]}]" in told.text
    beyond = ranks.answer(Frame(Ask.RANK, "en", by="gap", place=200), turn)
    assert beyond.kind == "abstain"
