"""Where a repetition begins and ends, what it leaves out, and whose clock it follows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from okr.language.numbers import cardinal
from okr.language.rules.clock import clock_at
from okr.language.rules.dates import Day, add_months, month_end
from okr.language.rules.pieces import Count, Every, Excepted, Feast, HolidayPolicy, Months, Span, Vague, YearDay
from okr.language.rules.zones import Zones


@dataclass(frozen=True)
class Start:
    """The first day, and the time where one was said with it."""

    day: Day
    clock: tuple[int, int] | None = None


@dataclass(frozen=True)
class Until:
    """The last day, itself included."""

    day: Day


class Bounds(Zones):
    """Finds bounds, exceptions and zones in one sentence."""

    def at(self, i: int) -> tuple[object, int] | None:
        """The bound, exception, policy or zone at i."""
        for read in (
            self._policy,
            self._except,
            self._count,
            self._span,
            self._ends,
            self._starts,
            self._until,
            self.zone,
        ):
            found = read(i)
            if found:
                return found
        return None

    # -- beginnings and ends ---------------------------------------------------------------

    def _bound_day(self, i: int, which: str) -> tuple[Day, int] | None:
        """A date after "until" or "starting", which may also be a month, a year or a feast."""
        s = self.s
        at = s.skip(i, "ON", "THE") if not self.dates.at(i) else i
        if s.is_a(at, "IN") and s.value(at + s.is_a(at, "IN"), "month"):
            at += s.is_a(at, "IN")
        month = s.value(at, "month")
        date = self.dates.at(at)
        if date:
            return date
        if month:
            end = at + month[1]
            year = self.dates._year(end)
            first = self.dates._month_first(int(month[0]), at, month[1])
            if first and first[0].day:
                return first
            from okr.language.rules.dates import coming

            day = coming(int(month[0]), 1, self.dates.today)
            return day, year[1] if year else end
        if at < len(s) and re.fullmatch(r"20\d\d", s.plain[at]):
            from datetime import date as plain_date

            year_number = int(s.plain[at])
            end = at + 1 + (at + 1 < len(s) and s.plain[at + 1] in ("roku", "r"))
            day_found = plain_date(year_number, 12, 31) if which == "until" else plain_date(year_number, 1, 1)
            return Day(day_found, "past" if day_found < self.dates.today else "none"), end
        number = self.dates._day_number(at)
        if number and (self.recurring._dotted(at)) and 1 <= number[0] <= 31:
            return self._next_numbered(number[0]), number[1]
        return None

    def _next_numbered(self, number: int) -> Day:
        day = self.dates.today
        for _ in range(400):
            if day.day == number:
                return Day(day)
            day += timedelta(days=1)
        return Day(None, "missing")

    def _starts(self, i: int) -> tuple[object, int] | None:
        s = self.s
        opened = s.is_a(i, "STARTING")
        if not opened:
            return None
        at = i + opened
        if s.plain[i] == "after" and not (i and self.dates.at(at)):
            return None
        if s.plain[i] == "po" or (s.plain[i] == "start" and s.language == "en" and i + 1 < len(s) and s.is_a(at, "OF")):
            return None
        if s.plain[i] in ("od", "from") and opened == 1:
            # "od poniedziałku do piątku" and "from 9 to 5" are not starts.
            listed = self.recurring._weekday_list(at)
            if listed and len(listed[0]) > 1:
                return None
        if at < len(s) and s.plain[at] in ("now", "teraz", "zaraz", "right"):
            end = at + (2 if s.plain[at] == "right" else 1)
            return Start(Day(self.dates.today)), end
        number = self.dates._day_number(at) if s.plain[i] in ("od", "from") else None
        span = self._range(at) if number and s.is_a(number[1], "RANGE") else None
        if number and span and isinstance(span[0], tuple):
            return Start(Day(span[0][0])), number[1]
        found = self._bound_day(at, "start")
        if found:
            day, end = found
            if day.moment is not None and day.timed:
                return Start(day, (day.moment.hour, day.moment.minute)), end
            join = end + s.is_a(end, "AT")
            clock = clock_at(s, join, introduced=join > end)
            if clock and join > end and opened:
                return Start(day, (clock[0].hour, clock[0].minute)), clock[1]
            return Start(day), end
        plain_clock = clock_at(s, at, introduced=s.plain[i] not in ("od", "from", "since", "po"))
        if plain_clock and s.plain[i] not in ("od", "from", "since", "after"):
            clock_found, end = plain_clock
            return Start(Day(None), (clock_found.hour, clock_found.minute)), end
        return None

    def _until(self, i: int) -> tuple[object, int] | None:
        s = self.s
        opened = s.is_a(i, "UNTIL")
        if not opened or s.plain[i] == "po":
            return None
        at = i + opened
        found = self._bound_day(at, "until")
        if found is None:
            return None
        day, end = found
        ranged = s.plain[i] in ("through", "thru") or (i > 0 and bool(s.value(i - 1, "month")))
        if ranged and day.day is not None and end == at + 1 and s.value(at, "month"):
            # "from January to March" has all of March in it.
            day = Day(month_end(day.day), day.problem)
        if s.plain[i] in ("to", "through", "thru", "do") and opened == 1 and day.loose:
            return None
        if s.is_a(end, "INCLUSIVE"):
            end += s.is_a(end, "INCLUSIVE")
        if s.plain[end : end + 3] == ["(", "inclusive", ")"]:
            end += 3
        return Until(day), end

    def _ends(self, i: int) -> tuple[object, int] | None:
        """przez cały rok, until the end of the year: handled as dates; here the rest of a stretch."""
        s = self.s
        if s.language == "en" and " ".join(s.plain[i : i + 4]) == "for the rest of":
            unit_at = s.skip(i + 4, "THE", "THIS")
            unit = s.value(unit_at, "units")
            if unit and unit[0] not in ("second", "minute", "hour", "day"):
                return Until(Day(self.dates.edge(unit[0], "END", 0))), unit_at + unit[1]
        if s.language == "pl" and " ".join(s.plain[i : i + 2]) == "do konca":
            at = i + 2
            at = s.skip(at, "THIS", "THE")
            unit = s.value(at, "units")
            if unit and unit[0] not in ("second", "minute", "hour", "day"):
                return Until(Day(self.dates.edge(unit[0], "END", 0))), at + unit[1]
        return None

    def _count(self, i: int) -> tuple[object, int] | None:
        s = self.s
        at = i
        limited = False
        for word in ("total", "exactly", "only", "just", "lacznie", "tylko", "maksymalnie", "max", "w", "sumie", "po"):
            while at < len(s) and s.plain[at] == word and at < i + 3:
                limited = True
                at += 1
        if s.is_a(at, "AFTER_COUNT", "FOR") and not (s.language == "pl" and s.plain[at] == "na"):
            at += s.is_a(at, "AFTER_COUNT", "FOR")
            limited = True
        number = cardinal(s.plain[at : at + 3], s.language)
        if number and s.is_a(at + number.words, "TIMES") and s.plain[at + number.words] != "x":
            end = at + number.words + s.is_a(at + number.words, "TIMES")
            if s.is_a(end, "A", "EVERY") and (s.value(end + s.is_a(end, "A", "EVERY"), "units")):
                return None
            if end < len(s) and s.plain[end] in ("daily", "weekly", "monthly", "yearly", "dziennie", "tygodniowo"):
                return None
            if s.plain[at + number.words] == "time" and number.value != 1:
                return None
            end += s.plain[end : end + 2] == ["in", "total"] and 2
            return Count(number.value), end
        if number and limited and s.is_a(i, "FOR") and s.value(at + number.words, "weekdays"):
            # "for the next 4 Tuesdays": as many of them, which are named by what follows.
            return Count(number.value), at + number.words
        if number and at + number.words < len(s) and s.plain[at + number.words] == "x" and limited:
            return Count(number.value), at + number.words + 1
        return None

    def _span(self, i: int) -> tuple[object, int] | None:
        s = self.s
        opened = s.is_a(i, "FOR")
        if not opened or (s.language == "pl" and s.plain[i] == "na" and opened == 1):
            return None
        at = i + opened
        length = self.dates.length(at)
        if length is None or length[1] in ("second", "minute"):
            if s.plain[i] in ("for", "przez") and s.is_a(at, "SEVERAL"):
                after = at + s.is_a(at, "SEVERAL")
                unit = s.value(after, "units")
                if unit:
                    return Vague("schedule", s.said(i, after + unit[1])), after + unit[1]
            return None
        if s.plain[i] == "next" and length[0] == 1 and length[2] == at + 1:
            return None
        return Span(length[0], length[1]), length[2]

    # -- what is left out -------------------------------------------------------------------

    def _except(self, i: int) -> tuple[object, int] | None:
        s = self.s
        opened = s.is_a(i, "EXCEPT")
        if not opened:
            return None
        at = i + opened
        found: list[object] = []
        end = at
        while at < len(s):
            at = s.skip(at, "ON", "IN", "THE", "FOR") if not self._item(at) else at
            item = self._item(at)
            if item is None:
                break
            found.append(item[0])
            end = item[1]
            at = s.skip(end, "AND", "OR")
            if at == end:
                break
        return (Excepted(tuple(found)), end) if found else None

    def _item(self, i: int) -> tuple[object, int] | None:
        s = self.s
        if i >= len(s):
            return None
        at = s.skip(i, "ON", "THE", "IN", "EVERY") if not s.is_a(i, "HOLIDAY") else i
        holiday = s.is_a(at, "HOLIDAY")
        if holiday:
            return HolidayPolicy("skip"), at + holiday
        feast = s.value(at, "feast")
        if feast:
            return Feast(feast[0]), at + feast[1]
        ranged = self._range(i)
        if ranged:
            return ranged
        months = self.recurring._month_list(s.skip(i, "ON", "IN", "THE"))
        date = self.dates.at(i)
        repeating = self.recurring.at(i)
        yearly = self.dates.at(repeating[1]) if repeating and repeating[0] == Every("year") else None
        if yearly and yearly[0].day and yearly[0].yearless:
            return YearDay(yearly[0].day.month, (yearly[0].day.day,)), yearly[1]
        if months and (not date or date[1] <= months[1]):
            return Months(months[0], True), months[1]
        if repeating and (not date or repeating[1] >= date[1]) and not isinstance(repeating[0], Every | Vague):
            return repeating
        if date:
            return date
        return None

    def _range(self, i: int) -> tuple[object, int] | None:
        s = self.s
        at = i + s.is_a(i, "BETWEEN")
        first = self.dates._written(s.skip(at, "THE"))
        if first is None or first[0].day is None:
            number = self.dates._day_number(at)
            if number is None or not s.is_a(number[1], "RANGE"):
                return None
            last = self.dates._written(number[1] + s.is_a(number[1], "RANGE"))
            if last is None or last[0].day is None or number[0] > last[0].day.day:
                return None
            return (last[0].day.replace(day=number[0]), last[0].day), last[1]
        joint = s.is_a(first[1], "RANGE")
        if not joint or (s.plain[first[1]] in ("and", "i", "a") and at == i):
            return None
        last = self.dates._written(s.skip(first[1] + joint, "THE"))
        if last is None or last[0].day is None:
            return None
        end_day = last[0].day
        if end_day < first[0].day:
            end_day = add_months(end_day, 12)
        if last[0].month_only:
            end_day = month_end(end_day)
        return (first[0].day, end_day), last[1]

    def _policy(self, i: int) -> tuple[object, int] | None:
        """if it falls on a holiday, move to the next working day; w święto - następny dzień roboczy."""
        s = self.s
        at = i
        opened = s.is_a(i, "IF_HOLIDAY")
        if not opened:
            return None
        at += opened
        weekends = False
        named = False
        while at < len(s):
            if s.is_a(at, "HOLIDAY"):
                named = True
                at += s.is_a(at, "HOLIDAY")
            elif s.value(at, "dayclass") or s.value(at, "dayclasses"):
                found = s.value(at, "dayclass") or s.value(at, "dayclasses")
                assert found is not None
                if found[0] != "weekend":
                    break
                weekends = named = True
                at += found[1]
            elif s.is_a(at, "OR", "THE", "AND", "ON", "EVERY") and not s.is_a(at, "SHIFT"):
                at += s.is_a(at, "OR", "THE", "AND", "ON", "EVERY")
            else:
                break
        if not named:
            return None
        at = s.skip(at, "AND", "THEN")
        at = s.skip(at, "SHIFT", "THE", "ON", "AND")
        for tag, do in (("SKIP", "skip"), ("LATER", "next_business_day"), ("EARLIER", "previous_business_day")):
            length = s.is_a(at, tag)
            if length:
                end = at + length
                end += 1 if end < len(s) and s.plain[end] in ("it", "je", "go") else 0
                return HolidayPolicy(do, weekends), end
        return None

    # -- zones --------------------------------------------------------------------------------
