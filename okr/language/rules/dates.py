"""Dates in words: 15 December, jutro, next Friday, in two weeks, the end of the month."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from okr.language.numbers import cardinal, ordinal
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


class Dates:
    """Reads dates in one sentence, as of one local moment."""

    def __init__(self, s: Sentence, now: datetime, cycle: tuple[date, date] | None) -> None:
        self.s = s
        self.now = now
        self.today = now.date()
        self.cycle = cycle

    def at(self, i: int) -> tuple[Day, int] | None:
        """The date at i, with its preposition, and where it ends; None if there is none."""
        s = self.s
        if i >= len(s):
            return None
        relative = self._relative(i) or self._away(i)
        if relative:
            return relative
        start = i
        if s.is_a(i, "ON"):
            start = i + s.is_a(i, "ON")
        start = s.skip(start, "THE")
        if s.language == "pl" and start < len(s) and s.plain[start] in ("dnia", "dniu"):
            start += 1
        written = self._written(start)
        if written:
            return written
        weekday = s.value(start, "weekday")
        if weekday:
            after = s.skip(start + weekday[1], "AND") if self._comma(start + weekday[1]) else start + weekday[1]
            after = s.skip(after, "THE")
            following = self._written(after)
            if following and following[0].day:
                if following[0].day.weekday() != int(weekday[0]):
                    return Day(None, "missing"), following[1]
                return following
            return self._weekday(int(weekday[0]), 0), start + weekday[1]
        return self._edge(start)

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

    def _relative(self, i: int) -> tuple[Day, int] | None:
        s = self.s
        at = s.skip(i, "ON") if s.language == "pl" else i
        found = s.value(i, "relative") or s.value(at, "relative")
        if found:
            at = i if s.value(i, "relative") else at
            day = self.today + timedelta(days=int(found[0]))
            return Day(day, "past" if day < self.today else "none"), at + found[1]
        at = s.skip(s.skip(i, "ON", "IN"), "THE") if s.is_a(i, "ON", "IN", "THE") else i
        for tag, weeks in (("NEXT", 1), ("THIS", 0)):
            length = s.is_a(at, tag)
            if length:
                following = at + length
                weekday = s.value(following, "weekday")
                if weekday:
                    return self._weekday(int(weekday[0]), weeks), following + weekday[1]
                weekend = s.value(following, "dayclass")
                if weekend and weekend[0] == "weekend":
                    return self._weekday(5, weeks), following + weekend[1]
                unit = s.value(following, "units")
                if (
                    unit
                    and weeks
                    and unit[0] in ("week", "month", "quarter", "year")
                    and cardinal(s.plain[following : following + 1], s.language) is None
                ):
                    return Day(self._next(unit[0]), loose=True), following + unit[1]
                month = s.value(following, "month")
                if month:
                    return Day(coming(int(month[0]), 1, self.today).day, loose=True), following + month[1]
        return self._distance(i)

    def _next(self, unit: str) -> date:
        if unit == "week":
            return self.today - timedelta(days=self.today.weekday()) + timedelta(days=7)
        if unit == "month":
            return add_months(self.today.replace(day=1), 1)
        if unit == "quarter":
            first = self.today.replace(day=1, month=(self.today.month - 1) // 3 * 3 + 1)
            return add_months(first, 3)
        return date(self.today.year + 1, 1, 1)

    def length(self, i: int) -> tuple[int, str, int] | None:
        """A number of units at i: (number, unit, end). "tydzień" alone is one week."""
        s = self.s
        if i >= len(s):
            return None
        for tag, minutes in (("HALF_HOUR", 30), ("QUARTER_HOUR", 15), ("HOUR_AND_HALF", 90)):
            if s.is_a(i, tag):
                return minutes, "minute", i + s.is_a(i, tag)
        number = cardinal(s.plain[i : i + 3], s.language)
        at = i
        value = 1
        if number:
            value, at = number.value, i + number.words
        elif s.language == "en":
            if s.plain[i] not in ("a", "an", "one"):
                return None
            at = i + 1
        business = s.value(at, "dayclasses") or s.value(at, "dayclass")
        if business and business[0] != "weekend":
            return value, "business", at + business[1]
        if at < len(s) and s.plain[at] == "calendar":
            at += 1
        unit = s.value(at, "units")
        if unit:
            if not number and s.language == "pl" and s.plain[at] in ("s", "g", "h", "min", "lata", "dni"):
                return None
            return value, unit[0], at + unit[1]
        if at < len(s) and s.plain[at] in ("fortnight", "fortnights"):
            return value * 2, "week", at + 1
        return None

    def _distance(self, i: int) -> tuple[Day, int] | None:
        """in two weeks, za 3 dni, two hours from now."""
        s = self.s
        ahead = (s.language == "en" and s.plain[i] in ("in", "within", "after")) or (
            s.language == "pl" and s.plain[i] == "za"
        )
        at = i + 1 if ahead else i
        found = self.length(at)
        if found is None:
            return None
        number, unit, end = found
        if not ahead:
            tail = [" ".join(s.plain[end : end + n]) for n in (1, 2)]
            if "from now" in tail or "from today" in tail or tail[-1] == "od teraz" or tail[-1] == "od dzis":
                end += 2
            elif tail[0] == "hence":
                end += 1
            elif unit in ("day", "week") and s.plain[end] in ("from", "after") and s.language == "en":
                base = self._from_day(end + 1)
                if base is None:
                    return None
                return Day(base[0] + timedelta(days=number * (7 if unit == "week" else 1))), base[1]
            else:
                return None
        elif s.language == "en" and " ".join(s.plain[end : end + 2]) in ("from now", "from today"):
            end += 2
        if s.plain[i] in ("within", "after"):
            return None
        if ahead and s.is_a(end, "BEFORE"):
            return None
        if unit in ("second", "minute", "hour"):
            seconds = {"second": 1, "minute": 60, "hour": 3600}[unit] * number
            moment = self.now + timedelta(seconds=seconds)
            return Day(moment.date(), moment=moment, timed=True), end
        return Day(self.later(number, unit), moment=None), end

    def _from_day(self, i: int) -> tuple[date, int] | None:
        """The day from which "two weeks from Friday" counts."""
        relative = self.s.value(i, "relative")
        if relative:
            return self.today + timedelta(days=int(relative[0])), i + relative[1]
        weekday = self.s.value(i, "weekday")
        day = self._weekday(int(weekday[0]), 0).day if weekday else None
        return (day, i + weekday[1]) if day and weekday else None

    def _away(self, i: int) -> tuple[Day, int] | None:
        """50 days before new year, tydzień po 1 marca: once, counted from that date."""
        s = self.s
        length = self.length(i)
        if length is None or length[1] not in ("day", "week"):
            return None
        number, unit, after = length
        side = (
            -1 if s.is_a(after, "BEFORE") else 1 if s.is_a(after, "AFTER") and s.plain[after] in ("after", "po") else 0
        )
        if not side:
            return None
        found = self._written(s.skip(after + s.is_a(after, "BEFORE", "AFTER"), "THE"))
        if found is None or found[0].day is None or found[0].month_only:
            return None
        day = found[0].day + timedelta(days=side * number * (7 if unit == "week" else 1))
        return Day(day, "past" if day < self.today else "none"), found[1]

    def later(self, number: int, unit: str) -> date | None:
        """The day so many days, weeks, months, quarters, years from today; None past the calendar."""
        try:
            if unit == "business":
                day = self.today
                while number > 0:
                    day += timedelta(days=1)
                    number -= day.weekday() < 5
                return day
            if unit in ("day", "week"):
                return self.today + timedelta(days=number * (7 if unit == "week" else 1))
            return add_months(self.today, number * {"month": 1, "quarter": 3, "cycle": 3, "year": 12}[unit])
        except (OverflowError, ValueError, KeyError):
            return None

    def _edge(self, i: int) -> tuple[Day, int] | None:
        """end of month, koniec kwartału, the start of next quarter, month-end: the coming one, once."""
        s = self.s
        at = s.skip(i, "AT", "ON", "THE", "IN")
        which = "END" if s.is_a(at, "END") else "BEGIN" if s.is_a(at, "BEGIN") else None
        shift = 0
        if which:
            at += s.is_a(at, which)
            while s.is_a(at, "OF", "THE", "THIS", "NEXT"):
                if s.is_a(at, "NEXT"):
                    shift = 1
                at += s.is_a(at, "OF", "THE", "THIS", "NEXT")
            unit = s.value(at, "units")
            if unit is None:
                month = s.value(at, "month")
                if month:
                    first = coming(int(month[0]), 1, self.today.replace(day=1)).day
                    if first is None:
                        return None
                    year = self._year(at + month[1])
                    if year:
                        first = first.replace(year=year[0])
                    return Day(month_end(first) if which == "END" else first), year[1] if year else at + month[1]
                if s.language == "en" and at < len(s) and re.fullmatch(r"20\d\d", s.plain[at]):
                    return Day(date(int(s.plain[at]), 12 if which == "END" else 1, 31 if which == "END" else 1)), at + 1
                return None
            end = at + unit[1]
            name = unit[0]
        else:
            unit = s.value(at, "units")
            if unit is None or s.language != "en":
                return None
            following = at + unit[1]
            following += following < len(s) and s.plain[following] == "-"
            if following < len(s) and s.is_a(following, "END") and s.plain[following] in ("end", "close"):
                which = "END"
            elif following < len(s) and s.plain[following] in ("start", "beginning"):
                which = "BEGIN"
            else:
                return None
            end, name = following + 1, unit[0]
        if name in ("second", "minute", "hour", "day"):
            return None
        day = self.edge(name, which, shift)
        return (Day(day), end) if day else None

    def edge(self, unit: str, which: str, shift: int) -> date | None:
        """The last or first day of the current (shift 0) or a later week, month, quarter, cycle, year."""
        if unit == "week":
            monday = self.today - timedelta(days=self.today.weekday()) + timedelta(weeks=shift)
            if which == "END":
                return monday + timedelta(days=4)
            return monday if monday >= self.today else monday + timedelta(weeks=1)
        if unit == "cycle" and self.cycle:
            first, last = self.cycle
            if which == "END" and not shift:
                return last
            return last + timedelta(days=1)
        months = {"month": 1, "quarter": 3, "cycle": 3, "year": 12}[unit]
        first = self.today.replace(day=1, month=(self.today.month - 1) // months * months + 1)
        first = add_months(first, months * shift)
        if which == "END":
            return month_end(add_months(first, months - 1))
        return first if first >= self.today else add_months(first, months)
