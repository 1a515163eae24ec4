"""A board's figures: the same as the records behind them, never older than the last act, and each person's own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest

from okr.access import Actor
from okr.calendar import cycles_in_force, day_of
from okr.health import Status
from okr.store import Store
from okr.store.board_slices import KEY_RESULTS
from okr.store.boards import Board, Look
from okr.store.remembering import Remembered
from okr.store.scope import Scope

ADMIN = "irena.maj@lumen.example"
SEES_LITTLE = "kacper.dudek@lumen.example"


def look_at(store: Store, now: datetime, *, team: str = "", statuses: tuple[str, ...] = ()) -> Look:
    on = day_of(now, store.company().tz)
    teams = tuple(one.id for one in store.teams() if one.key == team)
    cycles = tuple(cycles_in_force(store.cycles(), on))
    return Look(Scope(teams=teams), cycles, now, on - timedelta(days=7), statuses)


def every_figure(store: Store, actor: Actor, look: Look, now: datetime) -> tuple[Board, dict[str, int]]:
    board = store.board(actor, look, now=now)
    seen = board.overview
    figures = {status.value: seen.tally.statuses.get(status.value, 0) for status in Status}
    figures |= {
        "all": seen.tally.total,
        "measured": seen.tally.counted,
        "unmeasured": seen.tally.left_out,
        "stale": seen.stale_count,
        "never": seen.never_count,
        "watermelons": seen.watermelon_count,
        "up": seen.up_count,
        "down": seen.down_count,
    }
    return board, figures


@pytest.mark.parametrize("email", [ADMIN, SEES_LITTLE])
@pytest.mark.parametrize("team", ["", "sales"])
@pytest.mark.parametrize("statuses", [(), ("off_track", "at_risk")])
def test_every_figure_is_as_many_records_as_stand_behind_it(
    sample_store_on_both: Store, sample_now: datetime, email: str, team: str, statuses: tuple[str, ...]
) -> None:
    store, now = sample_store_on_both, sample_now
    actor = store.actor(email)
    look = look_at(store, now, team=team, statuses=statuses)
    board, figures = every_figure(store, actor, look, now)
    assert board.overview.tally.total > 0
    assert set(figures) == {*KEY_RESULTS, *(status.value for status in Status)}
    for which, number in figures.items():
        found = store.key_results_behind(actor, look, which, now=now, limit=500)
        assert (found.count, len({row.standing.key for row in found.rows})) == (number, number), which
        if statuses:
            assert {row.standing.verdict.status.value for row in found.rows} <= set(statuses)
    for which, number in (("overdue", board.overdue_count), ("blocked", board.blocked_count)):
        work = store.tasks_behind(actor, look, which, now=now, limit=500)
        assert (work.count, len(work.rows)) == (number, number), which
    for week in board.confidence:
        said = store.check_ins_behind(actor, look, week.first, now=now, limit=500)
        levels = [entry.confidence for entry in said.rows if entry.confidence is not None]
        assert (said.count, len(levels)) == (week.count, week.count)
        if week.mean is not None:
            assert sum(levels) / len(levels) == pytest.approx(week.mean)
    for one in board.teams:
        inside = store.key_results_behind(actor, look, "measured", now=now, within=("team", one.team.key), limit=500)
        assert inside.count == one.tally.counted
        weights = sum(row.standing.weight for row in inside.rows)
        clamped = [min(max(float(row.standing.verdict.progress or 0), 0.0), 1.0) for row in inside.rows]
        if weights:
            mean = sum(share * row.standing.weight for share, row in zip(clamped, inside.rows, strict=True)) / weights
            assert one.tally.mean == pytest.approx(mean)
        for which, number in (("done", one.tasks_done), ("tasks", one.tasks)):
            assert (
                store.tasks_behind(actor, look, which, now=now, within=("team", one.team.key), limit=500).count
                == number
            )
    for entry in board.objectives:
        own = store.key_results_behind(actor, look, "measured", now=now, within=("objective", entry.key), limit=500)
        assert own.count == entry.tally.counted > 0
        assert {row.objective for row in own.rows} == {entry.key}


def test_a_page_of_records_goes_on_where_the_last_one_ended(sample_store: Store, sample_now: datetime) -> None:
    actor, look = sample_store.actor(ADMIN), look_at(sample_store, sample_now)
    whole = sample_store.key_results_behind(actor, look, "off_track", now=sample_now, limit=500)
    parts = [
        row.standing.key
        for first in range(0, whole.count, 5)
        for row in sample_store.key_results_behind(actor, look, "off_track", now=sample_now, limit=5, offset=first).rows
    ]
    assert parts == [row.standing.key for row in whole.rows]


def test_there_is_nothing_behind_a_figure_that_does_not_exist(sample_store: Store, sample_now: datetime) -> None:
    actor, look = sample_store.actor(ADMIN), look_at(sample_store, sample_now)
    for ask in (
        lambda: sample_store.key_results_behind(actor, look, "nonsense", now=sample_now),
        lambda: sample_store.key_results_behind(actor, look, "all", now=sample_now, within=("team", "nobody")),
        lambda: sample_store.key_results_behind(actor, look, "all", now=sample_now, within=("objective", "O-NONE")),
        lambda: sample_store.tasks_behind(actor, look, "nonsense", now=sample_now),
    ):
        with pytest.raises(KeyError):
            ask()
    chosen = replace(look, statuses=("at_risk",))
    assert sample_store.key_results_behind(actor, chosen, "off_track", now=sample_now).count == 0


# -- kept, but never older than the last act -----------------------------------------------------------


def test_a_board_is_worked_out_once_for_all_who_see_the_same(sample_store: Store, sample_now: datetime) -> None:
    look = look_at(sample_store, sample_now)
    irena, kacper = sample_store.actor(ADMIN), sample_store.actor(SEES_LITTLE)
    others = [
        person
        for person in (sample_store.actor(one.email) for one in sample_store.people())
        if person.team_id == kacper.team_id and person.role == "employee"
    ]
    first = sample_store.board(kacper, look, now=sample_now)
    assert len(others) > 1
    assert all(sample_store.board(one, look, now=sample_now) is first for one in others)
    assert sample_store.board(irena, look, now=sample_now) is not first
    later = sample_store.board(kacper, replace(look, as_of=look.as_of + timedelta(minutes=1)), now=sample_now)
    assert later.overview is first.overview
    assert later.look.as_of > first.look.as_of


Act = Callable[[Store, Actor, datetime], object]
ACTS: dict[str, Act] = {
    "check-in": lambda store, who, now: store.check_in(who, "KR-WIN-RATE", {"value": "22"}, now, sure=True),
    "target": lambda store, who, now: store.change(who, "key_result", "KR-DEAL-CYCLE", {"target": "35"}, now),
}


@pytest.mark.parametrize("act", sorted(ACTS))
def test_what_somebody_does_shows_on_the_next_look(sample_store_on_both: Store, sample_now: datetime, act: str) -> None:
    store = sample_store_on_both
    irena, kacper = store.actor(ADMIN), store.actor(SEES_LITTLE)
    look = look_at(store, sample_now)
    before = store.board(kacper, look, now=sample_now)
    assert store.board(kacper, look, now=sample_now) is before
    ACTS[act](store, irena, sample_now)
    after = store.board(kacper, replace(look, as_of=sample_now + timedelta(minutes=1)), now=sample_now)
    assert after.overview.tally.mean != before.overview.tally.mean
    behind = store.key_results_behind(kacper, after.look, "measured", now=sample_now, limit=500)
    assert behind.count == after.overview.tally.counted


def test_who_sees_more_from_now_on_sees_it_on_the_next_look(sample_store: Store, sample_now: datetime) -> None:
    irena, kacper = sample_store.actor(ADMIN), sample_store.actor(SEES_LITTLE)
    look = look_at(sample_store, sample_now)
    before = sample_store.board(kacper, look, now=sample_now)
    whole = sample_store.board(irena, look, now=sample_now)
    assert before.overview.tally.total < whole.overview.tally.total
    sample_store.change(irena, "person", SEES_LITTLE, {"role": "admin"}, sample_now)
    promoted = sample_store.actor(SEES_LITTLE)
    assert sample_store.board(promoted, look, now=sample_now).overview.tally == whole.overview.tally


def test_the_next_day_has_figures_of_its_own(sample_store: Store, sample_now: datetime) -> None:
    kacper = sample_store.actor(SEES_LITTLE)
    today = sample_store.board(kacper, look_at(sample_store, sample_now), now=sample_now)
    tomorrow = sample_now + timedelta(days=1)
    later = sample_store.board(kacper, look_at(sample_store, tomorrow), now=tomorrow)
    assert later.expected is not None
    assert today.expected is not None
    assert later.expected > today.expected


def test_many_who_want_the_same_wait_for_one_who_works_it_out() -> None:
    kept, begun, made = Remembered(4), Barrier(8), []

    def want() -> str:
        begun.wait()
        return kept.get("key", lambda: made.append(1) or "worked out")

    with ThreadPoolExecutor(8) as pool:
        found = [each.result() for each in [pool.submit(want) for _ in range(8)]]
    assert found == ["worked out"] * 8
    assert len(made) == 1


def test_only_the_latest_are_kept_and_a_failure_is_not() -> None:
    kept = Remembered(2)
    for number in range(3):
        assert kept.get(number, lambda number=number: number) == number
    assert kept.get(2, lambda: "anew") == 2
    assert kept.get(0, lambda: "anew") == "anew"

    def fails() -> str:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        kept.get("failed", fails)
    assert kept.get("failed", lambda: "better") == "better"


def test_the_weeks_of_confidence_end_with_the_running_one(sample_store: Store, sample_now: datetime) -> None:
    board = sample_store.board(sample_store.actor(ADMIN), look_at(sample_store, sample_now), now=sample_now)
    firsts = [week.first for week in board.confidence]
    assert firsts == sorted(firsts)
    assert firsts[-1] <= day_of(sample_now, sample_store.company().tz) < firsts[-1] + timedelta(days=7)
    assert all(first.weekday() == 0 for first in firsts)
    assert isinstance(firsts[0], date)
