"""A recurring time as a value: when it comes next, in which zone, and what is left out.

A schedule keeps wall-clock time. Daily and slower rules step in local time: an hour
that does not exist uses the offset before the gap (02:30 runs at 03:30), an hour that
comes twice uses the first of the two. Hours, minutes and seconds step in elapsed time.
Every search is bounded, so a rule that never fires costs a few milliseconds and says so.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from okr.calendar import is_working_day, public_holidays
from okr.recurrence import SUB_DAILY, InvalidRuleError, Recurrence

RECIPIENT = "recipient"
SHORTEST_GAP = timedelta(minutes=15)
# Easter with the weekends around it is the longest run of days that are not worked.
_LONGEST_SHIFT = timedelta(days=14)
_LATEST = datetime(9990, 1, 1)


@dataclass(frozen=True)
class ExceptDay:
    """A single day on which nothing runs."""

    day: date

    def document(self) -> object:
        return self.day.isoformat()


@dataclass(frozen=True)
class ExceptMoment:
    """A single local moment at which nothing runs."""

    at: datetime

    def document(self) -> object:
        return self.at.isoformat()


@dataclass(frozen=True)
class ExceptSpan:
    """A stretch of days, both ends included, on which nothing runs."""

    first: date
    last: date

    def document(self) -> object:
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


@dataclass(frozen=True)
class ExceptRule:
    """A recurring exception: whole days, unless the rule names hours."""

    rrule: str

    def document(self) -> object:
        return self.rrule


@dataclass(frozen=True)
class Holidays:
    """What public holidays do to the rule: skip, next_business_day, previous_business_day, not_counted."""

    country: str
    do: str

    def document(self) -> object:
        return {"kind": "holidays", "country": self.country, "do": self.do}


Exclusion = ExceptDay | ExceptMoment | ExceptSpan | ExceptRule | Holidays
_HOLIDAY_POLICIES = frozenset({"skip", "next_business_day", "previous_business_day", "not_counted"})


def exclusion_from(value: object) -> Exclusion:
    """The exclusion that a rule document's entry describes; InvalidRuleError where it describes none."""
    try:
        if isinstance(value, str):
            if "FREQ=" in value.upper():
                Recurrence.parse(value)
                return ExceptRule(value)
            if len(value) == 10:
                return ExceptDay(date.fromisoformat(value))
            return ExceptMoment(datetime.fromisoformat(value).replace(tzinfo=None))
        if isinstance(value, Mapping):
            if value.get("kind") == "holidays" and value.get("do") in _HOLIDAY_POLICIES:
                return Holidays(str(value["country"]), str(value["do"]))
            if "from" in value and "to" in value:
                return ExceptSpan(date.fromisoformat(str(value["from"])), date.fromisoformat(str(value["to"])))
    except (ValueError, KeyError) as cause:
        raise InvalidRuleError(f"{value!r} is not an exception that a schedule can have.") from cause
    raise InvalidRuleError(f"{value!r} is not an exception that a schedule can have.")


def is_holiday(day: date, country: str) -> bool:
    """Whether the day is a public holiday there; a country nobody has a calendar for has none."""
    return day in public_holidays(country, day.year)


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def instant_of(local: datetime, zone: str) -> datetime:
    """The moment in UTC at which clocks in the zone show that local time.

    >>> instant_of(datetime(2027, 3, 28, 2, 30), "Europe/Warsaw").isoformat()
    '2027-03-28T01:30:00+00:00'
    """
    return local.replace(tzinfo=_zone(zone), fold=0).astimezone(UTC)


@dataclass(frozen=True)
class Schedule:
    """A recurring time. `rrule` may hold several lines, meaning their union; `dtstart` is local time.

    `zone` is an IANA name, or `recipient` where each person's own clock counts; then the
    methods need the zone to use.
    """

    rrule: str
    dtstart: datetime
    zone: str
    exceptions: tuple[Exclusion, ...] = ()

    def __post_init__(self) -> None:
        if self.dtstart.tzinfo is not None:
            raise InvalidRuleError("dtstart is local time and carries no offset.")
        for line in self.rules():
            if line.until is not None and line.count is not None:
                raise InvalidRuleError("A rule ends after a number of times or at a date, not both.")

    def rules(self) -> tuple[Recurrence, ...]:
        return _parsed(self.rrule)

    def in_zone(self, zone: str) -> Schedule:
        """The same wall-clock times in another zone."""
        return replace(self, zone=zone)

    def next(self, after: datetime, n: int = 5, *, inclusive: bool = False, zone: str | None = None) -> list[datetime]:
        """Up to n instants later than `after` (or at it, if inclusive), aware, in the rule's zone.

        Fewer come back when the rule ends, and none when it never fires again.
        """
        found: list[datetime] = []
        where = self._clock(zone)
        for at in self._instants(after.astimezone(UTC), where):
            if at < after or (at == after and not inclusive):
                continue
            found.append(at.astimezone(_zone(where)))
            if len(found) >= n:
                break
        return found

    def between(self, a: datetime, b: datetime, *, zone: str | None = None, most: int = 100_000) -> list[datetime]:
        """The instants later than `a` and not later than `b`, at most `most`, in the rule's zone."""
        found: list[datetime] = []
        where = self._clock(zone)
        for at in self._instants(a.astimezone(UTC), where):
            if at > b or len(found) >= most:
                break
            if at > a:
                found.append(at.astimezone(_zone(where)))
        return found

    def fires_after(self, moment: datetime, *, zone: str | None = None) -> bool:
        """Whether anything runs later than the moment, within the next forty years."""
        return bool(self.next(moment, 1, zone=zone))

    def shortest_gap(self, after: datetime, *, zone: str | None = None, looked_at: int = 50) -> timedelta | None:
        """The smallest distance between two runs among the coming ones; None with fewer than two."""
        coming = self.next(after, looked_at, inclusive=True, zone=zone)
        gaps = [later - earlier for earlier, later in pairwise(coming)]
        return min(gaps) if gaps else None

    def _clock(self, zone: str | None) -> str:
        where = zone or self.zone
        if where == RECIPIENT:
            raise InvalidRuleError("A rule in each recipient's own time needs the zone to look at.")
        return where

    def _instants(self, after: datetime, zone: str) -> Iterator[datetime]:
        """Instants in UTC in order, from a little before `after` on."""
        uncounted = tuple(e.country for e in self.exceptions if isinstance(e, Holidays) and e.do == "not_counted")
        shifts = [e for e in self.exceptions if isinstance(e, Holidays) and e.do.endswith("business_day")]
        reach = _LONGEST_SHIFT if shifts else timedelta(days=1)
        streams = [self._line(rule, after - reach, zone, uncounted) for rule in self.rules()]
        merged = streams[0] if len(streams) == 1 else heapq.merge(*streams)
        kept = (pair for pair in merged if not self._left_out(pair[1]))
        if shifts:
            return _shifted(kept, shifts, zone)
        return _unique(at for at, _ in kept)

    def _line(
        self, rule: Recurrence, after: datetime, zone: str, uncounted: tuple[str, ...]
    ) -> Iterator[tuple[datetime, datetime]]:
        if rule.freq in SUB_DAILY:
            start = instant_of(self.dtstart, zone)
            tz = _zone(zone)
            for at in rule.elapsed(start, after, tz):
                yield at, at.astimezone(tz).replace(tzinfo=None)
            return
        local_after = after.astimezone(_zone(zone)).replace(tzinfo=None)
        last: datetime | None = None
        for group in rule.local(self.dtstart, local_after, lambda day: any(is_holiday(day, c) for c in uncounted)):
            for at, local in sorted((instant_of(local, zone), local) for local in group):
                # On the night the clock goes forward two local times can be one instant.
                if last is None or at > last:
                    yield at, local
                    last = at

    def _left_out(self, local: datetime) -> bool:
        day = local.date()
        for e in self.exceptions:
            if isinstance(e, ExceptDay):
                if day == e.day:
                    return True
            elif isinstance(e, ExceptMoment):
                if local == e.at:
                    return True
            elif isinstance(e, ExceptSpan):
                if e.first <= day <= e.last:
                    return True
            elif isinstance(e, Holidays):
                if e.do == "skip" and is_holiday(day, e.country):
                    return True
            elif self._excepted_by(e, local):
                return True
        return False

    def _excepted_by(self, exception: ExceptRule, local: datetime) -> bool:
        for rule in _parsed(exception.rrule):
            timed = bool(rule.hours or rule.minutes) or rule.freq in SUB_DAILY
            start = self.dtstart if timed else datetime.combine(self.dtstart.date(), time())
            low = datetime.combine(local.date(), time())
            for group in rule.local(start, low, None):
                if group[0].date() > local.date():
                    break
                if any((at == local) if timed else (at.date() == local.date()) for at in group):
                    return True
        return False


@lru_cache(maxsize=4096)
def _parsed(text: str) -> tuple[Recurrence, ...]:
    lines = [line for line in text.replace("RRULE:", "").splitlines() if line.strip()]
    if not lines:
        raise InvalidRuleError("The rule is empty.")
    return tuple(Recurrence.parse(line) for line in lines)


def _unique(instants: Iterator[datetime]) -> Iterator[datetime]:
    last: datetime | None = None
    for at in instants:
        if last is None or at > last:
            yield at
            last = at


def _shifted(pairs: Iterator[tuple[datetime, datetime]], shifts: Sequence[Holidays], zone: str) -> Iterator[datetime]:
    """Moves what falls on a public holiday; kept in order although neighbours may swap places."""
    waiting: list[datetime] = []
    last: datetime | None = None
    for at, local in pairs:
        moved = local
        for shift in shifts:
            if is_holiday(moved.date(), shift.country):
                step = timedelta(days=1 if shift.do == "next_business_day" else -1)
                while not is_working_day(moved.date(), shift.country):
                    moved += step
        heapq.heappush(waiting, at if moved == local else instant_of(moved, zone))
        while waiting and waiting[0] < at - _LONGEST_SHIFT:
            first = heapq.heappop(waiting)
            if last is None or first > last:
                yield first
                last = first
    while waiting:
        first = heapq.heappop(waiting)
        if last is None or first > last:
            yield first
            last = first
