"""Leaving out, ranges and objectives by their key results, looked up in the sample company on both databases."""

from __future__ import annotations

from datetime import datetime

import pytest

from okr.errors import NotFoundError
from okr.store import Store
from tools.context import TurnContext
from tools.filters import FilterError
from tools.key_results import list_key_results
from tools.scopes import list_objectives, objectives_holding
from tools.selection import Where
from tools.tasks import list_tasks

WITHOUT = ("team:engineering", "person:ana.nowak@lumen.example", "objective:O-SEEN", "key_result:KR-NPS")


def _turn(store: Store, now: datetime, who: str = "irena.maj") -> TurnContext:
    actor = store.actor(f"{who}@lumen.example")
    return TurnContext(store, actor, store.company(), now, "en")


def test_what_is_left_out_is_taken_from_all(sample_store_on_both: Store, sample_now: datetime) -> None:
    turn = _turn(sample_store_on_both, sample_now)
    every = {row.id: row.values for row in list_key_results(turn).rows}
    below = {"engineering", "platform", "mobile"}
    expected = {
        key for key, values in every.items()
        if values["team"] not in below and values["owner"] != "ana.nowak@lumen.example"
        and values["objective"] != "O-SEEN" and key != "KR-NPS"
    }  # fmt: skip
    assert {row.id for row in list_key_results(turn, where=Where(without=WITHOUT)).rows} == expected
    assert 0 < len(expected) < len(every)


def test_objectives_and_tasks_are_left_out_too(sample_store_on_both: Store, sample_now: datetime) -> None:
    turn = _turn(sample_store_on_both, sample_now)
    objectives = {row.id for row in list_objectives(turn, where=Where(without=WITHOUT)).rows}
    assert not objectives & {"O-SPEED", "O-OFFLINE", "O-SEEN", "O-DEALS"}
    assert "O-KEEP" in objectives
    tasks = {row.id for row in list_tasks(turn, without=WITHOUT).rows}
    assert not tasks & {"T-2", "T-5", "T-42"}  # of engineering, for NPS, of Ana
    assert {"T-9", "T-44"} <= tasks  # T-44 is for no key result


def test_what_one_may_not_see_cannot_be_left_out(sample_store_on_both: Store, sample_now: datetime) -> None:
    turn = _turn(sample_store_on_both, sample_now, "gosia.mazur")
    with pytest.raises(NotFoundError):
        list_key_results(turn, where=Where(without=("objective:O-FUNDING",)))
    with pytest.raises(FilterError):
        list_key_results(turn, where=Where(without=("cycle:2026-Q4",)))


def test_a_range_has_both_ends(sample_store_on_both: Store, sample_now: datetime) -> None:
    turn = _turn(sample_store_on_both, sample_now)
    every = {row.id: row.values["progress"] for row in list_key_results(turn).rows}
    some = list_key_results(turn, where=Where(filters=("progress>=0.2", "progress<=0.5"))).rows
    expected = {key for key, done in every.items() if isinstance(done, float) and 0.2 <= done <= 0.5}
    assert {row.id for row in some} == expected
    sure = list_key_results(turn, where=Where(filters=("confidence>=2", "confidence<=3"))).rows
    assert sure
    assert {row.values["confidence"] for row in sure} <= {2, 3}


def test_objectives_by_their_key_results(sample_store_on_both: Store, sample_now: datetime) -> None:
    turn = _turn(sample_store_on_both, sample_now)
    red = {
        row.id: row.values["objective"]
        for row in list_key_results(turn, where=Where(filters=("status=off_track",))).rows
    }
    found = objectives_holding(turn, where=Where(filters=("status=off_track",)))
    assert {row.id for row in found.rows} == set(red.values())
    assert {key for row in found.rows for key in row.values["key_results"]} == set(red)
    others = objectives_holding(turn, none=True, where=Where(filters=("status=off_track",)))
    every = {row.id for row in list_objectives(turn).rows}
    assert {row.id for row in others.rows} == every - set(red.values())
