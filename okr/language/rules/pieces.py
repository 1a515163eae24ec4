"""The pieces of a schedule that the grammar finds, before they are put together."""

from __future__ import annotations

from dataclasses import dataclass

from okr.language.rules.clock import Clock


@dataclass(frozen=True)
class Every:
    """A step: every so many units. `soft` is an adjective ("a weekly report") that may only describe."""

    unit: str
    number: int = 1
    soft: bool = False


@dataclass(frozen=True)
class Weekdays:
    """Days of the week. `every` says that the words themselves mean each such day."""

    days: tuple[int, ...]
    every: bool
    interval: int = 1


@dataclass(frozen=True)
class DayClass:
    """Working days, weekdays or weekends."""

    kind: str
    every: bool


@dataclass(frozen=True)
class Nth:
    """First, last, ... of something within a period; `period` is None where it was not said.

    `beyond` is the day of the month after which it is counted, below zero the one before which.
    """

    positions: tuple[int, ...]
    target: str
    days: tuple[int, ...] = ()
    period: str | None = None
    number: int = 1
    beyond: int = 0


@dataclass(frozen=True)
class MonthDays:
    """Days of the month by number. `every` says that the words mean each month.

    `besides` says that they come on top of the weekdays that are named, and do not narrow them.
    """

    days: tuple[int, ...]
    every: bool
    number: int = 1
    besides: bool = False


@dataclass(frozen=True)
class Months:
    """Only in these months."""

    months: tuple[int, ...]
    every: bool


@dataclass(frozen=True)
class YearDay:
    """The same date each year."""

    month: int
    days: tuple[int, ...]


@dataclass(frozen=True)
class Edge:
    """So many days (or working days) before or after the beginning or end of each period."""

    offset: int
    unit: str
    side: str
    edge: str
    period: str
    every: bool = True


@dataclass(frozen=True)
class Feast:
    """A feast each year."""

    name: str


@dataclass(frozen=True)
class AtMinutes:
    """Minutes past each hour."""

    minutes: tuple[int, ...]


@dataclass(frozen=True)
class Count:
    """So many times in all."""

    number: int


@dataclass(frozen=True)
class PerUnit:
    """So many times a unit, without saying when."""

    number: int | None
    unit: str


@dataclass(frozen=True)
class Span:
    """For so long."""

    number: int
    unit: str


@dataclass(frozen=True)
class Excepted:
    """What is left out: pieces of the same kinds, a holiday policy or dates."""

    what: tuple[object, ...]


@dataclass(frozen=True)
class HolidayPolicy:
    """What a public holiday does: skip, next_business_day, previous_business_day."""

    do: str
    weekends: bool = False


@dataclass(frozen=True)
class Zone:
    """The zone that was named; `name` is None where there is no such zone."""

    name: str | None
    words: str


@dataclass(frozen=True)
class Spelled:
    """A rule written out as an RRULE."""

    rrule: str


@dataclass(frozen=True)
class Vague:
    """Words that set a time without saying which."""

    about: str
    words: str


Schedulish = (
    Every | Weekdays | DayClass | Nth | MonthDays | Months | YearDay | Edge | Feast | AtMinutes | Count | PerUnit
    | Span | Excepted | HolidayPolicy | Zone | Vague
)  # fmt: skip


@dataclass(frozen=True)
class Placed:
    """A piece and the words it took."""

    piece: object
    start: int
    end: int


def clocks_in_order(clocks: tuple[Clock, ...]) -> tuple[Clock, ...]:
    """The clocks by time of day, each once."""
    seen: dict[int, Clock] = {}
    for clock in clocks:
        seen.setdefault(clock.minutes, clock)
    return tuple(seen[m] for m in sorted(seen))
