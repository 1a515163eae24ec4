"""What a change of a key result's terms did to its progress: the same values held against the old and the new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from okr import measure as measures
from okr.calendar import day_of
from okr.measure import Measure, Milestone

OWN = ("kind", "baseline", "target", "limit", "milestones")
DAYS = ("start", "end")
"""The fields that progress and the expected progress depend on: the key result's own, and its cycle's."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a key result is measured by, and between which days; `milestones` as the company file holds them."""

    kind: str
    baseline: float | None
    target: float | None
    limit: str | None
    milestones: tuple[Mapping[str, Any], ...]
    start: date
    end: date

    def measure(self, value: float | None, on: date) -> Measure:
        """The numbers of the key result on that day, with the value that held then."""
        steps = tuple(Milestone(step["weight"], _done_by(step, on)) for step in self.milestones)
        return Measure(self.kind, self.baseline, self.target, self.limit, value, steps)

    @property
    def falls(self) -> bool | None:
        """Whether less is better; None where there is no telling."""
        if self.kind != "measure" or self.baseline is None or self.target is None or self.baseline == self.target:
            return None
        return self.target < self.baseline


def _done_by(step: Mapping[str, Any], on: date) -> bool:
    done = step.get("done_on")
    return done is not None and date.fromisoformat(str(done)[:10]) <= on


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody changed at once: each field with its old and new value; `by` is a name, None for an import."""

    at: datetime
    by: str | None
    fields: tuple[tuple[str, Any, Any], ...]


@dataclass(frozen=True, slots=True)
class Revision:
    """What one change did on the day it was made.

    `value` is the one that held then. `before` and `after` are progress by the old and by the new terms,
    `expected_before` and `expected_after` what was expected by then; None where undefined. `turned` is whether
    the direction changed: less is better from then on, or more.
    """

    change: Change
    old: Terms
    new: Terms
    value: float | None
    before: Fraction | None
    after: Fraction | None
    expected_before: Fraction
    expected_after: Fraction
    turned: bool


def revisions(
    now: Terms, changes: Sequence[Change], values: Sequence[tuple[datetime, float]], zone: ZoneInfo
) -> list[Revision]:
    """What each change of terms did, oldest first, told of those made after the first recorded value.

    `now` are the terms of today, from which the earlier ones are found by taking the changes back, the
    latest first. Progress is that of the value recorded by then as it stands today, corrections included.
    """
    found: list[Revision] = []
    recorded = sorted(values, key=lambda each: each[0])
    new = now
    for change in sorted(changes, key=lambda each: each.at, reverse=True):
        old = _taken_back(new, change)
        by_then = [value for at, value in recorded if at <= change.at]
        began = bool(by_then) or now.kind == "milestones"
        if began and _differ(old, new):
            on = day_of(change.at, zone)
            value = by_then[-1] if by_then else None
            found.append(
                Revision(
                    change,
                    old,
                    new,
                    value,
                    measures.progress(old.measure(value, on)),
                    measures.progress(new.measure(value, on)),
                    measures.expected(old.start, old.end, on),
                    measures.expected(new.start, new.end, on),
                    old.falls is not None and new.falls is not None and old.falls is not new.falls,
                )
            )
        new = old
    return found[::-1]


def _taken_back(terms: Terms, change: Change) -> Terms:
    before: dict[str, Any] = {}
    for name, old, _ in change.fields:
        if name in DAYS:
            before[name] = date.fromisoformat(str(old)[:10]) if old else getattr(terms, name)
        elif name == "milestones":
            before[name] = tuple(old or ())
        elif name in OWN:
            before[name] = old
    return replace(terms, **before)


def _differ(old: Terms, new: Terms) -> bool:
    """Whether anything is another measure than before; a milestone that was reached is not."""
    steps = [[(step["title"], step["weight"]) for step in terms.milestones] for terms in (old, new)]
    return steps[0] != steps[1] or replace(old, milestones=()) != replace(new, milestones=())
