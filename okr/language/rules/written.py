"""Dates as they are written: 15 December, 2026-12-15, 7/13, 24.12., the first of March."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from okr.language.numbers import ordinal
from okr.language.rules.tokens import Sentence


@dataclass(frozen=True)
class Day:
    """A date that was said. `problem` is `none`, `past`, `missing` (no such day) or `either` (two readings).

    `moment` is set where the words count from now ("in three hours"); `loose` where the words
    name a stretch and the day was chosen; `weekday` where only a weekday was said.
    """

    day: date | None
    problem: str = "none"
    moment: datetime | None = None
    loose: bool = False
    weekday: bool = False
    month_only: bool = False
    timed: bool = False
    yearless: bool = False


_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:t(\d{2}):(\d{2})(?::\d{2})?)?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})?")
_HALF_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{2,4}))?")
_FEASTS = {
    "christmas": (12, 25), "christmas_eve": (12, 24), "new_year": (1, 1), "new_year_eve": (12, 31),
    "valentine": (2, 14), "halloween": (10, 31), "leap_day": (2, 29),
}  # fmt: skip


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last one of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def coming(month: int, day: int, today: date) -> Day:
    """The next date with that month and day, today included."""
    for year in range(today.year, today.year + 9):
        if day <= calendar.monthrange(year, month)[1]:
            found = date(year, month, day)
            if found >= today:
                return Day(found)
    return Day(None, "missing")


def _dated(year: int | None, month: int, day: int, today: date) -> Day:
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return Day(None, "missing")
    if year is None:
        return replace(coming(month, day, today), yearless=True)
    if year < 100:
        year += 2000
    if not 1900 <= year <= 9000 or day > calendar.monthrange(year, month)[1]:
        return Day(None, "missing")
    found = date(year, month, day)
    return Day(found, "past" if found < today else "none")


class Written:
    """Reads written dates in one sentence, as of one local moment."""

    def __init__(self, s: Sentence, now: datetime, cycle: tuple[date, date] | None) -> None:
        self.s = s
        self.now = now
        self.today = now.date()
        self.cycle = cycle

    def _comma(self, i: int) -> bool:
        return i < len(self.s) and self.s.plain[i] == ","

    def _year(self, i: int) -> tuple[int, int] | None:
        s = self.s
        at = i + 1 if self._comma(i) else i
        if at < len(s) and re.fullmatch(r"20\d\d", s.plain[at]):
            end = at + 1
            if end < len(s) and s.plain[end] in ("r", "roku"):
                end += 1
                if end < len(s) and s.plain[end] == "." and s.touching(end):
                    end += 1
            # "15 December 2030" could be half past eight without a colon only after "at".
            return int(s.plain[at]), end
        return None

    def _day_number(self, i: int) -> tuple[int, int] | None:
        """1 to 31 as digits or words, with a dot or a suffix."""
        s = self.s
        if i >= len(s):
            return None
        which = ordinal(s.plain[i : i + 3], s.language)
        if which:
            return which.value, i + which.words
        word = s.plain[i]
        if word.isdecimal() and len(word) <= 2:
            end = i + 1
            if end < len(s) and s.plain[end] == "." and s.touching(end) and end + 1 < len(s):
                end += 1
            return int(word), end
        return None

    def _written(self, i: int) -> tuple[Day, int] | None:
        s = self.s
        if i >= len(s):
            return None
        word = s.plain[i]
        iso = _ISO.fullmatch(word)
        if iso:
            day = _dated(int(iso[1]), int(iso[2]), int(iso[3]), self.today)
            if iso[4] and day.day:
                if int(iso[4]) > 23 or int(iso[5]) > 59:
                    return Day(None, "missing"), i + 1
                moment = datetime.combine(day.day, datetime.min.time()).replace(hour=int(iso[4]), minute=int(iso[5]))
                return Day(day.day, day.problem, moment, timed=True), i + 1
            return day, i + 1
        dotted = _DOTTED.fullmatch(word)
        if dotted:
            return _dated(int(dotted[3]) if dotted[3] else None, int(dotted[2]), int(dotted[1]), self.today), i + 1
        half = _HALF_DOTTED.fullmatch(word)
        if half and s.language == "pl" and 1 <= int(half[2]) <= 12 and int(half[1]) <= 31 and len(half[2]) == 2:
            return _dated(None, int(half[2]), int(half[1]), self.today), i + 1
        slashed = _SLASHED.fullmatch(word)
        if slashed:
            return self._slashed(slashed), i + 1
        month = s.value(i, "month")
        if month:
            return self._month_first(int(month[0]), i, month[1])
        if s.is_a(i, "MIDDLE"):
            at = s.skip(i + s.is_a(i, "MIDDLE"), "OF", "THE")
            at = at + 1 if at < len(s) and s.plain[at] == "-" else at
            named = s.value(at, "month")
            if named:
                return coming(int(named[0]), 15, self.today), at + named[1]
            if s.value(at, "units") and s.value(at, "units")[0] == "month":  # type: ignore[index]
                found = self.today.replace(day=15)
                return Day(found if found >= self.today else add_months(found, 1)), at + 1
        place = s.value(i, "position")
        named = s.value(i + place[1], "month") if place and s.language == "pl" else None
        if place and named and place[0] == "-1":
            first = coming(int(named[0]), 1, self.today.replace(day=1)).day
            if first:
                return Day(month_end(first)), i + place[1] + named[1]
        number = self._day_number(i)
        if number:
            day_number, end = number
            at = end
            if s.language == "en" and at < len(s) and s.plain[at] == "of":
                at += 1
            if (
                s.language == "en"
                and at < len(s)
                and s.plain[at] == "day"
                and at + 1 < len(s)
                and s.plain[at + 1] == "of"
            ):
                at += 2
            named = s.value(at, "month")
            if named and not (s.words[at].text == "may" and at == end and self._verb_may(at)):
                end = at + named[1]
                if end < len(s) and s.plain[end] == "." and s.touching(end) and end + 1 < len(s):
                    end += 1
                year = self._year(end)
                day = _dated(year[0] if year else None, int(named[0]), day_number, self.today)
                return day, year[1] if year else end
        feast = s.value(i, "feast")
        if feast:
            if feast[0] in _FEASTS:
                month_day = _FEASTS[feast[0]]
                return coming(*month_day, self.today), i + feast[1]
            from dateutil.easter import easter

            shift = 1 if feast[0] == "easter_monday" else 0
            for year_number in (self.today.year, self.today.year + 1):
                found = easter(year_number) + timedelta(days=shift)
                if found >= self.today:
                    return Day(found), i + feast[1]
        return None

    def _verb_may(self, at: int) -> bool:
        return at + 1 < len(self.s) and self.s.plain[at + 1] in ("be", "have", "not", "also", "this")

    def _slashed(self, found: re.Match[str]) -> Day:
        a, b = int(found[1]), int(found[2])
        year = int(found[3]) if found[3] else None
        if self.s.language == "pl":
            return _dated(year, b, a, self.today)
        if a > 12 and b <= 12:
            return _dated(year, b, a, self.today)
        if b > 12 or a == b:
            return _dated(year, a, b, self.today)
        return Day(None, "either")

    def _month_first(self, month: int, i: int, length: int) -> tuple[Day, int] | None:
        s = self.s
        end = i + length
        if end < len(s) and s.plain[end] == "." and s.touching(end) and end + 1 < len(s):
            end += 1
        at = s.skip(end, "THE")
        number = self._day_number(at)
        if number and not (number[1] < len(s) and s.plain[number[1]] in ("am", "pm", ":")):
            unit_follows = s.is_a(number[1], "units", "TIMES", "PERCENT")
            if not unit_follows and number[0] <= 31:
                year = self._year(number[1])
                day = _dated(year[0] if year else None, month, number[0], self.today)
                return day, year[1] if year else number[1]
        year = self._year(end)
        if year:
            return Day(date(year[0], month, 1), month_only=True), year[1]
        return None

    def _weekday(self, weekday: int, weeks: int) -> Day:
        ahead = (weekday - self.today.weekday()) % 7
        if weeks:
            monday = self.today - timedelta(days=self.today.weekday())
            return Day(monday + timedelta(days=7 * weeks + weekday))
        return Day(self.today + timedelta(days=ahead), weekday=True)
