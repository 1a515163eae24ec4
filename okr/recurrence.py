"""One RRULE line as a value, and the times it describes, step by step from any point.

An own expansion, because the usual one walks from the first occurrence every time, never
ends on a rule without occurrences, and cannot leave public holidays out before BYSETPOS
counts. The tests hold it equal to python-dateutil on random rules.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from okr.errors import OkrError

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SUB_DAILY = ("HOURLY", "MINUTELY", "SECONDLY")
_FREQS = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY", *SUB_DAILY)
# 29 February falls on the same weekday after at most forty years.
_HORIZON_YEARS = 41
_MOST_STEPS = 200_000
_SECONDS = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}


class InvalidRuleError(OkrError):
    """A schedule that cannot be run as it is written."""

    code = "invalid-rule"


def _numbers(text: str, low: int, high: int, name: str) -> tuple[int, ...]:
    try:
        found = tuple(int(part) for part in text.split(","))
    except ValueError:
        raise InvalidRuleError(f"{name}={text} is not a list of numbers.") from None
    for number in found:
        if not low <= number <= high or (low < 0 and number == 0 and name != "BYEASTER"):
            raise InvalidRuleError(f"{name}={number} is outside {low} to {high}.")
    return tuple(sorted(set(found)))


def _days(text: str) -> tuple[tuple[int, int], ...]:
    found = []
    for part in text.split(","):
        day = part.strip()[-2:]
        if day not in WEEKDAYS:
            raise InvalidRuleError(f"BYDAY={part} is not a weekday.")
        try:
            nth = int(part.strip()[:-2] or 0)
        except ValueError:
            raise InvalidRuleError(f"BYDAY={part} is not a weekday.") from None
        found.append((nth, WEEKDAYS.index(day)))
    return tuple(dict.fromkeys(found))


def _until(text: str) -> datetime:
    plain = text.rstrip("Z")
    try:
        if "T" in plain:
            return datetime.strptime(plain, "%Y%m%dT%H%M%S")
        return datetime.combine(datetime.strptime(plain, "%Y%m%d").date(), time(23, 59, 59))
    except ValueError:
        raise InvalidRuleError(f"UNTIL={text} is not a date.") from None


@dataclass(frozen=True)
class Recurrence:
    """One RRULE line. Weekdays are (n, day) with n = 0 for every one and Monday as day 0."""

    freq: str
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    weekdays: tuple[tuple[int, int], ...] = ()
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    easter: tuple[int, ...] = ()
    week_start: int = 0

    @classmethod
    def parse(cls, text: str) -> Recurrence:
        """The rule of an RRULE text; InvalidRuleError names what is wrong with it."""
        return _parse(text.strip().removeprefix("RRULE:"))

    def text(self) -> str:
        """The RRULE line of this rule."""
        parts = [f"FREQ={self.freq}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.week_start:
            parts.append(f"WKST={WEEKDAYS[self.week_start]}")
        named: tuple[tuple[str, tuple[int, ...]], ...] = (
            ("BYMONTH", self.months),
            ("BYMONTHDAY", self.month_days),
            ("BYYEARDAY", self.year_days),
            ("BYWEEKNO", self.weeks),
        )
        parts += [f"{name}={','.join(map(str, values))}" for name, values in named if values]
        if self.weekdays:
            parts.append("BYDAY=" + ",".join(f"{n or ''}{WEEKDAYS[day]}" for n, day in self.weekdays))
        named = (
            ("BYEASTER", self.easter),
            ("BYHOUR", self.hours),
            ("BYMINUTE", self.minutes),
            ("BYSECOND", self.seconds),
            ("BYSETPOS", self.positions),
        )
        parts += [f"{name}={','.join(map(str, values))}" for name, values in named if values]
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            whole_day = self.until.time() == time(23, 59, 59)
            parts.append(f"UNTIL={self.until:%Y%m%d}" if whole_day else f"UNTIL={self.until:%Y%m%dT%H%M%S}")
        return ";".join(parts)

    def local(
        self, start: datetime, low: datetime, uncounted: Callable[[date], bool] | None
    ) -> Iterator[list[datetime]]:
        """Local times in order, one list a period, from about `low` on and never before `start`.

        `uncounted` says which days leave the set before BYSETPOS counts. The search gives up
        after forty-one years without an occurrence.
        """
        rule = self._with_defaults(start)
        times = _times(rule, start)
        step = 0 if self.count is not None else rule._steps_until(start, low)
        found = 0
        last_year = max(start, low).year + _HORIZON_YEARS
        while True:
            days = rule._period(start, step)
            step += 1
            if days is None or days[0].year > min(last_year, 9989):
                return
            if rule.freq == "MONTHLY" and rule.months and days[0].month not in rule.months:
                continue
            group = [
                datetime.combine(day, at)
                for day in days
                if rule._has(day) and not (uncounted is not None and uncounted(day))
                for at in times
            ]
            if rule.positions:
                group = _at_positions(group, rule.positions)
            group = [at for at in group if at >= start]
            if not group:
                continue
            last_year = group[-1].year + _HORIZON_YEARS
            ends = False
            if self.until is not None and group[-1] > self.until:
                group = [at for at in group if at <= self.until]
                ends = True
            if self.count is not None:
                ends = ends or found + len(group) >= self.count
                group = group[: self.count - found]
                found += len(group)
            if group:
                yield group
            if ends:
                return

    def elapsed(self, start: datetime, low: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """Instants in UTC of an hourly or faster rule, stepping in elapsed time from `start`."""
        size = timedelta(seconds=_SECONDS[self.freq] * self.interval)
        offsets = [timedelta()]
        base = start
        if self.freq == "HOURLY" and self.minutes:
            base -= timedelta(minutes=start.astimezone(zone).minute)
            offsets = [timedelta(minutes=m) for m in self.minutes]
        step = 0 if self.count is not None or low <= base else max(0, (low - base) // size - 1)
        until = self.until.replace(tzinfo=zone).astimezone(UTC) if self.until is not None else None
        found = idle = 0
        while idle < _MOST_STEPS:
            for offset in offsets:
                at = base + size * step + offset
                if until is not None and at > until:
                    return
                local = at.astimezone(zone)
                if at < start or not self._has(local.date()) or (self.hours and local.hour not in self.hours):
                    idle += 1
                    continue
                if self.freq != "HOURLY" and self.minutes and local.minute not in self.minutes:
                    idle += 1
                    continue
                idle = 0
                found += 1
                yield at
                if self.count is not None and found >= self.count:
                    return
            step += 1

    def _with_defaults(self, start: datetime) -> Recurrence:
        if self.weeks or self.year_days or self.month_days or self.weekdays or self.easter:
            return self
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        if self.freq == "WEEKLY":
            given["weekdays"] = ((0, start.weekday()),)
        elif self.freq == "MONTHLY":
            given["month_days"] = (start.day,)
        elif self.freq == "YEARLY":
            given["months"] = self.months or (start.month,)
            given["month_days"] = (start.day,)
        return Recurrence(**given)

    def _steps_until(self, start: datetime, low: datetime) -> int:
        if low <= start:
            return 0
        if self.freq == "DAILY":
            passed = (low.date() - start.date()).days
        elif self.freq == "WEEKLY":
            passed = (low.date() - start.date()).days // 7
        elif self.freq == "MONTHLY":
            passed = (low.year - start.year) * 12 + low.month - start.month
        else:
            passed = low.year - start.year
        return max(0, passed // self.interval - 1)

    def _period(self, start: datetime, step: int) -> list[date] | None:
        """The days of the period that many steps after the first; None past the calendar's end."""
        try:
            if self.freq == "DAILY":
                return [start.date() + timedelta(days=step * self.interval)]
            if self.freq == "WEEKLY":
                monday = start.date() - timedelta(days=(start.weekday() - self.week_start) % 7)
                monday += timedelta(weeks=step * self.interval)
                return [monday + timedelta(days=n) for n in range(7)]
            if self.freq == "MONTHLY":
                index = start.year * 12 + start.month - 1 + step * self.interval
                if index // 12 > 9998:
                    return None
                return _month(index // 12, index % 12 + 1)
            year = start.year + step * self.interval
            if year > 9998:
                return None
            months = self.months or range(1, 13)
            return [day for month in months for day in _month(year, month)]
        except OverflowError:
            return None

    def _has(self, day: date) -> bool:
        if self.months and day.month not in self.months:
            return False
        if self.weekdays and not self._has_weekday(day):
            return False
        if self.month_days:
            length = _month_length(day.year, day.month)
            if day.day not in self.month_days and day.day - length - 1 not in self.month_days:
                return False
        if self.year_days:
            length = 366 if calendar.isleap(day.year) else 365
            nth = day.timetuple().tm_yday
            if nth not in self.year_days and nth - length - 1 not in self.year_days:
                return False
        if self.weeks and not self._has_week(day):
            return False
        return not (self.easter and (day - _easter(day.year)).days not in self.easter)

    def _has_weekday(self, day: date) -> bool:
        weekday = day.weekday()
        for nth, wanted in self.weekdays:
            if wanted != weekday:
                continue
            if not nth or self.freq not in ("MONTHLY", "YEARLY"):
                return True
            if self.freq == "YEARLY" and not self.months:
                place, length = day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365
            else:
                place, length = day.day, _month_length(day.year, day.month)
            if nth == (place - 1) // 7 + 1 or nth == -((length - place) // 7 + 1):
                return True
        return False

    def _has_week(self, day: date) -> bool:
        shifted = day - timedelta(days=self.week_start)
        year, week, _ = shifted.isocalendar()
        weeks_in_year = date(year, 12, 28).isocalendar().week
        return week in self.weeks or week - weeks_in_year - 1 in self.weeks


@lru_cache(maxsize=4096)
def _parse(text: str) -> Recurrence:
    given: dict[str, str] = {}
    for part in text.split(";"):
        name, separator, value = part.partition("=")
        name = name.strip().upper()
        if not separator or name in given:
            raise InvalidRuleError(f"{part!r} is not a part of a rule.")
        given[name] = value.strip().upper()
    freq = given.pop("FREQ", "")
    if freq not in _FREQS:
        raise InvalidRuleError(f"FREQ={freq} is not a frequency.")
    try:
        interval = int(given.pop("INTERVAL", "1"))
        count = int(given.pop("COUNT")) if "COUNT" in given else None
    except ValueError:
        raise InvalidRuleError("INTERVAL and COUNT are whole numbers.") from None
    if interval < 1 or (count is not None and not 1 <= count <= 10_000):
        raise InvalidRuleError("INTERVAL is at least 1, COUNT from 1 to 10000.")
    until = _until(given.pop("UNTIL")) if "UNTIL" in given else None
    start = given.pop("WKST", "MO")
    if start not in WEEKDAYS:
        raise InvalidRuleError(f"WKST={start} is not a weekday.")
    weekdays = _days(given.pop("BYDAY")) if "BYDAY" in given else ()

    def numbers(name: str, low: int, high: int) -> tuple[int, ...]:
        return _numbers(given.pop(name), low, high, name) if name in given else ()

    rule = Recurrence(
        freq, interval, count, until,
        numbers("BYMONTH", 1, 12), numbers("BYMONTHDAY", -31, 31), numbers("BYYEARDAY", -366, 366),
        numbers("BYWEEKNO", -53, 53), weekdays, numbers("BYHOUR", 0, 23), numbers("BYMINUTE", 0, 59),
        numbers("BYSECOND", 0, 59), numbers("BYSETPOS", -366, 366), numbers("BYEASTER", -366, 366),
        WEEKDAYS.index(start),
    )  # fmt: skip
    if given:
        raise InvalidRuleError(f"{', '.join(given)} is not a part of a rule.")
    return rule


@lru_cache(maxsize=2048)
def _month_length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


@lru_cache(maxsize=2048)
def _month(year: int, month: int) -> list[date]:
    return [date(year, month, n) for n in range(1, calendar.monthrange(year, month)[1] + 1)]


@lru_cache(maxsize=256)
def _easter(year: int) -> date:
    from dateutil.easter import easter

    return easter(year)


def _times(rule: Recurrence, start: datetime) -> list[time]:
    # A start noted down to the second must not leak into "daily at nine".
    seconds = rule.seconds or ((0,) if rule.hours or rule.minutes else (start.second,))
    return [
        time(hour, minute, second)
        for hour in rule.hours or (start.hour,)
        for minute in rule.minutes or (start.minute,)
        for second in seconds
    ]


def _at_positions(group: list[datetime], positions: tuple[int, ...]) -> list[datetime]:
    kept = {p - 1 if p > 0 else len(group) + p for p in positions}
    return [at for place, at in enumerate(group) if place in kept]
