"""What a change of terms did to progress: the same value held against the old and the new."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from okr.revisions import Change, Terms, revisions

WARSAW = ZoneInfo("Europe/Warsaw")
START, END = date(2026, 10, 1), date(2026, 12, 31)


def terms(**given: Any) -> Terms:
    whole = {"kind": "measure", "baseline": 20.0, "target": 60.0, "limit": None, "milestones": ()}
    return Terms(**{**whole, "start": START, "end": END, **given})


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, 0, tzinfo=UTC)


def change(when: datetime, *fields: tuple[str, Any, Any]) -> Change:
    return Change(when, "Ana Nowak", fields)


def test_a_moved_target_is_held_against_the_value_of_that_day() -> None:
    values = [(at(10, 9), 25.0), (at(10, 30), 31.0), (at(11, 10), 44.0)]
    (found,) = revisions(terms(), [change(at(11, 3), ("target", 40, 60))], values, WARSAW)
    assert found.value == 31.0
    assert (found.before, found.after) == (Fraction(11, 20), Fraction(11, 40))
    assert (found.old.target, found.new.target) == (40, 60.0)
    assert not found.turned


def test_several_changes_are_taken_back_one_after_the_other() -> None:
    values = [(at(10, 2), 30.0)]
    made = [
        change(at(11, 20), ("baseline", 10, 20.0)),
        change(at(10, 20), ("target", 50, 40)),
        change(at(11, 3), ("target", 40, 60.0)),
    ]
    found = revisions(terms(), made, values, WARSAW)
    assert [(one.old.baseline, one.old.target, one.new.baseline, one.new.target) for one in found] == [
        (10, 50, 10, 40),
        (10, 40, 10, 60.0),
        (10, 60.0, 20.0, 60.0),
    ]
    assert [(one.before, one.after) for one in found] == [
        (Fraction(1, 2), Fraction(2, 3)),
        (Fraction(2, 3), Fraction(2, 5)),
        (Fraction(2, 5), Fraction(1, 4)),
    ]


def test_what_was_changed_before_anything_was_recorded_did_nothing() -> None:
    assert revisions(terms(), [change(at(10, 5), ("target", 40, 60))], [(at(10, 9), 25.0)], WARSAW) == []
    assert revisions(terms(), [change(at(10, 5), ("target", 40, 60))], [], WARSAW) == []


def test_moved_days_change_what_was_expected_and_not_what_was_done() -> None:
    made = [change(at(11, 3), ("end", "2026-11-30", "2026-12-31"))]
    (found,) = revisions(terms(), made, [(at(10, 9), 40.0)], WARSAW)
    assert found.before == found.after == Fraction(1, 2)
    assert (found.expected_before, found.expected_after) == (Fraction(33, 60), Fraction(33, 91))


def test_a_turn_of_direction_is_told() -> None:
    made = [change(at(11, 3), ("target", 10, 60.0))]
    (found,) = revisions(terms(), made, [(at(10, 9), 15.0)], WARSAW)
    assert found.turned
    assert (found.before, found.after) == (Fraction(1, 2), Fraction(-1, 8))
    assert found.new.falls is False


def test_without_a_baseline_there_is_no_telling_what_it_was() -> None:
    (found,) = revisions(terms(), [change(at(11, 3), ("baseline", None, 20.0))], [(at(10, 9), 40.0)], WARSAW)
    assert (found.before, found.after, found.turned) == (None, Fraction(1, 2), False)


def test_a_milestone_reached_is_no_change_of_terms_but_one_added_is() -> None:
    def step(title: str, done: str | None) -> dict[str, Any]:
        return {"title": title, "weight": 1, "done_on": done}

    a, a_done, b, c = step("a", None), step("a", "2026-10-12"), step("b", None), step("c", None)
    now = terms(kind="milestones", milestones=(a_done, b, c))
    reached = change(at(10, 12), ("milestones", [a, b], [a_done, b]))
    added = change(at(11, 3), ("milestones", [a_done, b], [a_done, b, c]))
    (found,) = revisions(now, [reached, added], [], WARSAW)
    assert (found.before, found.after) == (Fraction(1, 2), Fraction(1, 3))
