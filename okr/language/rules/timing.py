"""The pieces of one sentence about time, sorted by kind, and what comes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from okr.language.rules.bounds import Start, Until
from okr.language.rules.clock import Clock, Times, Window
from okr.language.rules.dates import Day
from okr.language.rules.pieces import (
    AtMinutes,
    Count,
    DayClass,
    Edge,
    Every,
    Excepted,
    Feast,
    HolidayPolicy,
    MonthDays,
    Months,
    Nth,
    PerUnit,
    Placed,
    Span,
    Spelled,
    Vague,
    Weekdays,
    YearDay,
    Zone,
)  # fmt: skip
from okr.schedule import Schedule

T = TypeVar("T")


class UnclearError(Exception):
    """Something about the time has to be asked."""

    def __init__(self, about: str, words: str = "", asked: str | None = None) -> None:
        self.about = about
        self.words = words
        self.asked = asked
        super().__init__(about)


@dataclass
class Timing:
    """What the words say about time. One of `schedule` and `at` is set, unless nothing was said."""

    schedule: Schedule | None = None
    at: datetime | None = None
    zone: str = ""
    zone_said: bool = False
    assumed: list[str] = field(default_factory=list)


@dataclass
class Said:
    """The pieces of a sentence by kind."""

    every: list[Every] = field(default_factory=list)
    weekdays: list[Weekdays] = field(default_factory=list)
    classes: list[DayClass] = field(default_factory=list)
    nths: list[Nth] = field(default_factory=list)
    month_days: list[MonthDays] = field(default_factory=list)
    months: list[Months] = field(default_factory=list)
    year_days: list[YearDay] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    feasts: list[Feast] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    dayparts: list[str] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    minutes: list[int] = field(default_factory=list)
    start: Start | None = None
    until: Until | None = None
    count: int | None = None
    span: Span | None = None
    excepted: list[object] = field(default_factory=list)
    policies: list[HolidayPolicy] = field(default_factory=list)
    zones: list[Zone] = field(default_factory=list)
    per_unit: list[PerUnit] = field(default_factory=list)
    every_daypart: bool = False
    spelled: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (
            self.repeats or self.spelled or self.days or self.clocks or self.dayparts or self.windows or self.month_days
            or self.weekdays or self.classes or self.per_unit
        )  # fmt: skip

    @property
    def repeats(self) -> bool:
        return bool(
            [e for e in self.every if not e.soft] or self.nths or self.edges or self.year_days or self.feasts
            or self.minutes or any(w.every for w in self.weekdays) or any(c.every for c in self.classes)
            or any(m.every for m in self.month_days) or any(m.every for m in self.months)
        )  # fmt: skip


def gathered(pieces: Sequence[Placed], words: str) -> Said:
    """The pieces by kind; UnclearError where they cannot belong to one rule."""
    said = Said()
    groups: list[str] = []
    for placed in pieces:
        piece = placed.piece
        if isinstance(piece, Vague):
            raise UnclearError(piece.about, piece.words)
        if isinstance(piece, Times):
            if piece.clocks:
                bad = [c for c in piece.clocks if not c.exists]
                if bad:
                    raise UnclearError("time", words)
                said.clocks.extend(piece.clocks)
                said.every_daypart = said.every_daypart or piece.every
                groups.append("time")
            else:
                said.dayparts.append(str(piece.daypart))
                if piece.every:
                    said.every_daypart = True
        elif isinstance(piece, Window):
            if not (piece.first.exists and piece.last.exists):
                raise UnclearError("time", words)
            said.windows.append(piece)
        elif isinstance(piece, Day):
            if piece.problem == "past":
                raise UnclearError("past", words)
            if piece.problem != "none" or piece.day is None:
                raise UnclearError("day", words)
            said.days.append(piece)
            groups.append("day")
        elif isinstance(piece, Every):
            said.every.append(piece)
            groups += [] if piece.soft else ["every"]
        elif isinstance(piece, Weekdays):
            said.weekdays.append(piece)
            groups.append("day")
        elif isinstance(piece, DayClass):
            said.classes.append(piece)
            groups.append("day")
        elif isinstance(piece, Nth):
            said.nths.append(piece)
            groups.append("day")
        elif isinstance(piece, MonthDays):
            said.month_days.append(piece)
            groups.append("day")
        elif isinstance(piece, YearDay):
            said.year_days.append(piece)
            groups.append("day")
        elif isinstance(piece, Months):
            said.months.append(piece)
        elif isinstance(piece, Edge):
            said.edges.append(piece)
            groups.append("day")
        elif isinstance(piece, Feast):
            said.feasts.append(piece)
            groups.append("day")
        elif isinstance(piece, AtMinutes):
            said.minutes.extend(piece.minutes)
        elif isinstance(piece, Start):
            if piece.day.problem in ("missing", "either"):
                raise UnclearError("day", words)
            said.start = _only(said.start, piece, words)
        elif isinstance(piece, Until):
            if piece.day.problem != "none" or piece.day.day is None:
                raise UnclearError("past" if piece.day.problem == "past" else "day", words)
            said.until = _only(said.until, piece, words)
        elif isinstance(piece, Count):
            said.count = _only(said.count, piece.number, words)
        elif isinstance(piece, Span):
            said.span = _only(said.span, piece, words)
        elif isinstance(piece, Excepted):
            said.excepted.extend(piece.what)
        elif isinstance(piece, HolidayPolicy):
            said.policies.append(piece)
        elif isinstance(piece, Zone):
            said.zones.append(piece)
        elif isinstance(piece, Spelled):
            said.spelled.append(piece.rrule)
        elif isinstance(piece, PerUnit):
            said.per_unit.append(piece)
    _refuse_two_rules(groups, words)
    if said.every_daypart:
        said.weekdays = [replace(w, every=True) for w in said.weekdays]
    if said.every_daypart and not (said.days or "day" in groups or "every" in groups):
        said.every.append(Every("day"))
    return said


def _only(before: T | None, now: T, words: str) -> T:
    if before is not None and before != now:
        raise UnclearError("schedule", words)
    return now


def _refuse_two_rules(groups: list[str], words: str) -> None:
    """Days with a time, then other days with another time, are two rules."""
    order = [g for g in groups if g in ("day", "every", "time")]
    collapsed: list[str] = []
    for group in order:
        kind = "time" if group == "time" else "day"
        if not collapsed or collapsed[-1] != kind:
            collapsed.append(kind)
    if collapsed.count("time") > 1 and collapsed.count("day") > 1:
        raise UnclearError("schedule", words)
