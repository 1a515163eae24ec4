"""Days, weeks, quarters and cycles, working days, and when a date begins and ends in a zone.

Nothing here reads a clock: the day or the moment comes in. A date alone that somebody asks about
means the end of that day, one that was recorded counts from its start (contract, section 3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol, TypeVar
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(
    r"(?P<clock>\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}([.,]\d{1,6})?)?)"
    r"(?P<offset>[Zz]|[+-]\d{2}:?\d{2})?"
    r"(\[(?P<zone>[A-Za-z0-9_+\-/]+)\])?"
)
_WEEK = re.compile(r"(\d{4})-?[Ww](\d{1,2})")


def zone_named(name: str) -> ZoneInfo:
    """The zone of that IANA name; ValueError with a sentence where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a time zone; write it like Europe/Warsaw.") from None


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of the day in the zone, in UTC; where the clock jumps over midnight, the jump.

    >>> start_of_day(date(2026, 11, 23), ZoneInfo("Europe/Warsaw")).isoformat()
    '2026-11-22T23:00:00+00:00'
    """
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last microsecond of the day in the zone, in UTC: what was recorded by then belongs to the day.

    >>> end_of_day(date(2026, 11, 23), ZoneInfo("Europe/Warsaw")).isoformat()
    '2026-11-23T22:59:59.999999+00:00'
    """
    return start_of_day(day + DAY, zone) - TICK


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The date that the moment falls on in the zone."""
    return moment.astimezone(zone).date()


class Recorded(NamedTuple):
    """When something was recorded: the instant in UTC, and whether only a day was written down."""

    at: datetime
    day_only: bool


def recorded(text: str, zone: ZoneInfo) -> Recorded:
    """The moment of a recorded date or date-time; ValueError with a sentence for anything else.

    A date alone counts from the start of its day in the zone; a date-time without an offset is read
    in the zone.

    >>> recorded("2026-11-20", ZoneInfo("Europe/Warsaw")).at.isoformat()
    '2026-11-19T23:00:00+00:00'
    >>> recorded("2026-11-20T10:15:00+01:00", ZoneInfo("Europe/Warsaw"))
    Recorded(at=datetime.datetime(2026, 11, 20, 9, 15, tzinfo=datetime.timezone.utc), day_only=False)
    """
    if _DATE.fullmatch(text.strip()):
        return Recorded(start_of_day(day_named(text), zone), True)
    return Recorded(_moment(text, zone), False)


def asked_about(text: str, zone: ZoneInfo) -> datetime:
    """The moment in UTC that a question's date or date-time means; a date alone is the end of its day.

    A date-time may carry an offset, a zone in brackets or both; otherwise it is read in the zone.

    >>> asked_about("2026-11-23T09:00[America/New_York]", ZoneInfo("Europe/Warsaw")).isoformat()
    '2026-11-23T14:00:00+00:00'
    """
    if _DATE.fullmatch(text.strip()):
        return end_of_day(day_named(text), zone)
    return _moment(text, zone)


def day_named(text: str) -> date:
    """The day written as 2026-11-23; ValueError with a sentence for anything else."""
    if _DATE.fullmatch(text.strip()):
        try:
            day = date.fromisoformat(text.strip())
        except ValueError:
            raise ValueError(f"{text.strip()} is not a day of the calendar.") from None
        if 1 < day.year < 9999:
            return day
    raise ValueError(f"{text!r} is not a date; write it like 2026-11-23.")


def _moment(text: str, zone: ZoneInfo) -> datetime:
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a date or a date-time; write it like 2026-11-23 or 2026-11-23T09:00+01:00.")
    written = zone_named(found["zone"]) if found["zone"] else zone
    try:
        moment = datetime.fromisoformat(found["clock"].upper().replace(",", ".") + (found["offset"] or "").upper())
    except ValueError:
        raise ValueError(f"{text.strip()} is not a day and time of the calendar.") from None
    day_named(moment.date().isoformat())
    return (moment if moment.tzinfo else moment.replace(tzinfo=written)).astimezone(UTC)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `first` to `last`, both in it; `kind` says what stretch of the calendar it is.

    `kind` is day, week, month, quarter, year, cycle or range.
    """

    first: date
    last: date
    kind: str = "range"

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a period cannot end ({self.last}) before it starts ({self.first})")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def days(self) -> Iterator[date]:
        """Each day of the period, in order."""
        return (self.first + timedelta(days=n) for n in range(len(self)))

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first and the last instant of the period in the zone, in UTC."""
        return start_of_day(self.first, zone), end_of_day(self.last, zone)

    def previous(self) -> Period:
        """The stretch of the same kind just before; for a cycle or a range, one of the same length."""
        return self.shifted(-1)

    def next(self) -> Period:
        """The stretch of the same kind just after; for a cycle or a range, one of the same length."""
        return self.shifted(1)

    def shifted(self, steps: int) -> Period:
        """The period that many stretches later, earlier where `steps` is negative.

        >>> quarter_of(date(2026, 11, 23)).shifted(-1).first
        datetime.date(2026, 7, 1)
        """
        if self.kind in _MONTHS:
            months = _MONTHS[self.kind]
            return _months(self.first.year, self.first.month + months * steps, months, self.kind)
        by = timedelta(days=len(self) * steps)
        return Period(self.first + by, self.last + by, "range" if self.kind == "cycle" else self.kind)


_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def _months(year: int, month: int, length: int, kind: str) -> Period:
    """The period of `length` months from that month on; `month` may lie outside 1 to 12."""
    first = _first_of_month(year, month)
    return Period(first, _first_of_month(first.year, first.month + length) - DAY, kind)


def _first_of_month(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def single_day(day: date) -> Period:
    """That day alone, as a period."""
    return Period(day, day, "day")


def week_of(day: date) -> Period:
    """The ISO week of the day, Monday to Sunday.

    >>> week_of(date(2027, 1, 1)).first
    datetime.date(2026, 12, 28)
    """
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6), "week")


def month_of(day: date) -> Period:
    """The calendar month of the day."""
    return _months(day.year, day.month, 1, "month")


def quarter_of(day: date) -> Period:
    """The calendar quarter of the day."""
    return quarter(day.year, (day.month + 2) // 3)


def quarter(year: int, index: int) -> Period:
    """The calendar quarter of that number (1 to 4) in the year; ValueError for another number."""
    if not 1 <= index <= 4:
        raise ValueError(f"a year has quarters 1 to 4, not {index}")
    return _months(year, 3 * index - 2, 3, "quarter")


def year_of(day: date) -> Period:
    """The calendar year of the day."""
    return _months(day.year, 1, 12, "year")


def iso_week(day: date) -> str:
    """The ISO week of the day as it is written: 2026-W48.

    >>> iso_week(date(2027, 1, 1))
    '2026-W53'
    """
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def week_named(text: str) -> Period:
    """The week written as 2026-W48; ValueError with a sentence where there is none such."""
    found = _WEEK.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a week; write it like 2026-W48.")
    try:
        return week_of(date.fromisocalendar(int(found[1]), int(found[2]), 1))
    except ValueError:
        raise ValueError(f"{found[1]} has no week {int(found[2])}.") from None


class Cycle(Protocol):
    """What the calendar needs to know of a cycle; any record with these will do."""

    @property
    def key(self) -> str: ...
    @property
    def start(self) -> date: ...
    @property
    def end(self) -> date: ...
    @property
    def state(self) -> str: ...


SomeCycle = TypeVar("SomeCycle", bound=Cycle)


def cycle_period(cycle: Cycle) -> Period:
    """The days of the cycle."""
    return Period(cycle.start, cycle.end, "cycle")


def cycles_in_force(cycles: Iterable[SomeCycle], on: date) -> tuple[SomeCycle, ...]:
    """The cycles that run on the day, the shortest first (a quarter before its year); empty where none does.

    Planned ones never count. Between two cycles, one that has ended but is still active (nobody has
    closed it) stays in force; of several such, those that ended last.
    """
    known = [cycle for cycle in cycles if cycle.state != "planned"]
    running = [cycle for cycle in known if cycle.start <= on <= cycle.end]
    if not running:
        left_open = [cycle for cycle in known if cycle.state == "active" and cycle.end < on]
        latest = max((cycle.end for cycle in left_open), default=on)
        running = [cycle for cycle in left_open if cycle.end == latest]
    return tuple(sorted(running, key=lambda cycle: (cycle.end - cycle.start, cycle.start, cycle.key)))


def latest_ended(cycles: Iterable[SomeCycle], on: date) -> SomeCycle | None:
    """The cycle that ended last before the day, the shorter of two; None where none has. Planned ones never count."""
    ended = [cycle for cycle in cycles if cycle.end < on and cycle.state != "planned"]
    return max(ended, key=lambda cycle: (cycle.end, cycle.start, cycle.key), default=None)


@lru_cache(maxsize=256)
def public_holidays(country: str, year: int) -> Mapping[date, str]:
    """The public holidays of the country (ISO code, such as PL) in the year, with their names; empty if unknown."""
    # Loaded on first use: most questions need no holiday, and the tables take a while to import.
    import holidays

    try:
        found = holidays.country_holidays(country.upper(), years=year)
    except NotImplementedError:
        return {}
    return {day: name for day, name in found.items() if day.year == year}


def is_working_day(day: date, country: str) -> bool:
    """Monday to Friday and no public holiday there; of an unknown country, Monday to Friday."""
    return day.weekday() < 5 and day not in public_holidays(country, day.year)


def add_working_days(day: date, count: int, country: str) -> date:
    """The working day that many working days after the day, before it where `count` is negative.

    With 0 it is the day itself if it is a working day, else the next one.

    >>> add_working_days(date(2026, 12, 23), 1, "PL")
    datetime.date(2026, 12, 28)
    """
    step = -DAY if count < 0 else DAY
    if count == 0:
        while not is_working_day(day, country):
            day += step
        return day
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day, country):
            day += step
    return day


def working_days(period: Period, country: str) -> int:
    """How many working days the period has.

    >>> working_days(Period(date(2026, 12, 21), date(2026, 12, 27)), "PL")
    3
    """
    return sum(is_working_day(day, country) for day in period.days())


def next_clock_change(zone: ZoneInfo, after: datetime, *, within: timedelta = timedelta(days=370)) -> datetime | None:
    """When the clocks of the zone next go forward or back, to the minute, in UTC; None where they do not.

    >>> next_clock_change(ZoneInfo("Europe/Warsaw"), datetime(2026, 11, 23, tzinfo=UTC)).isoformat()
    '2027-03-28T01:00:00+00:00'
    """
    low = after.astimezone(UTC).replace(second=0, microsecond=0)
    end, day = low + within, timedelta(days=1)

    def offset(at: datetime) -> timedelta | None:
        return at.astimezone(zone).utcoffset()

    while low < end and offset(low) == offset(low + day):
        low += day
    if low >= end:
        return None
    high, before = low + day, offset(low)
    while high - low > timedelta(minutes=1):
        middle = (low + (high - low) / 2).replace(second=0, microsecond=0)
        low, high = (middle, high) if offset(middle) == before else (low, middle)
    return high
