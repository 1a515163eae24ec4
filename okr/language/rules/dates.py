"""Dates in words: 15 December, jutro, next Friday, in two weeks, the end of the month."""

from __future__ import annotations

import re
from datetime import date, timedelta

from okr.language.numbers import cardinal, ordinal
from okr.language.rules.written import Day, Written, add_months, coming, month_end


class Dates(Written):
    """Reads dates in one sentence, as of one local moment."""

    def at(self, i: int) -> tuple[Day, int] | None:
        """The date at i, with its preposition, and where it ends; None if there is none."""
        s = self.s
        if i >= len(s):
            return None
        within = self._in_week(i) or self._edge_day(i)
        if within:
            return within
        relative = (self._of_next_month(i) if s.is_a(i, "NEXT") else None) or self._relative(i) or self._away(i)
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
            if s.language == "en" and s.plain[start + weekday[1]] == "week":
                # "Friday week" is the Friday after the coming one.
                coming_day = self._weekday(int(weekday[0]), 0).day
                return Day(coming_day and coming_day + timedelta(days=7)), start + weekday[1] + 1
            return self._weekday(int(weekday[0]), 0), start + weekday[1]
        return self._of_next_month(start) or self._edge(start)

    def _in_week(self, i: int) -> tuple[Day, int] | None:
        """Wednesday next week, next week on Tuesday, w środę w przyszłym tygodniu."""
        s = self.s
        at = s.skip(i, "ON", "IN", "THE")
        weekday = s.value(at, "weekday")
        if weekday:
            after = s.skip(at + weekday[1], "OF", "IN", "ON", "THE") if not s.is_a(at + weekday[1], "NEXT") else (
                at + weekday[1]
            )  # fmt: skip
            week = self._next_week(after)
            return (self._weekday(int(weekday[0]), 1), week) if week else None
        week = self._next_week(at)
        if week is None:
            return None
        on = s.skip(week, "ON", "THE", "AND")
        weekday = s.value(on, "weekday")
        return (self._weekday(int(weekday[0]), 1), on + weekday[1]) if weekday else None

    def _next_week(self, i: int) -> int | None:
        """Where "next week" at i ends."""
        s = self.s
        length = s.is_a(i, "NEXT")
        unit = s.value(i + length, "units") if length else None
        return i + length + unit[1] if unit and unit[0] == "week" else None

    def _edge_day(self, i: int) -> tuple[Day, int] | None:
        """the last day of this month, pierwszego dnia przyszłego kwartału: one day, once."""
        s = self.s
        at = s.skip(i, "ON", "THE")
        place = s.value(at, "position")
        first = ordinal(s.plain[at : at + 1], s.language)
        which = "END" if place and place[0] == "-1" else "BEGIN" if first and first.value == 1 else None
        if which is None:
            return None
        at += place[1] if place else 1
        day = s.value(at, "units")
        if day is None or day[0] != "day":
            return None
        at = s.skip(at + day[1], "OF") if not s.is_a(at + day[1], "THIS", "NEXT") else at + day[1]
        at = at + 1 if s.plain[at] == "the" else at
        for tag, shift in (("NEXT", 1), ("THIS", 0)):
            length = s.is_a(at, tag)
            unit = s.value(at + length, "units") if length else None
            if unit and unit[0] in ("month", "quarter", "year"):
                found = self.edge(unit[0], which, shift)
                return (Day(found), at + length + unit[1]) if found else None
        return None

    def _of_next_month(self, i: int) -> tuple[Day, int] | None:
        """the 3rd of next month, next month on the 3rd, trzeciego przyszłego miesiąca."""
        s = self.s
        if s.is_a(i, "NEXT") and (unit := s.value(i + s.is_a(i, "NEXT"), "units")) and unit[0] == "month":
            at = s.skip(i + s.is_a(i, "NEXT") + unit[1], "ON", "THE")
            number = self._day_number(at)
            if number is None or at == i + s.is_a(i, "NEXT") + unit[1]:
                return None
            return self._in_month(number[0], 1), number[1]
        number = self._day_number(i)
        if number is None:
            return None
        at = number[1] + (s.plain[number[1]] in ("of", "dnia"))
        for tag, shift in (("NEXT", 1), ("THIS", 0)):
            length = s.is_a(at, tag)
            unit = s.value(at + length, "units") if length else None
            if unit and unit[0] == "month":
                return self._in_month(number[0], shift), at + length + unit[1]
        return None

    def _in_month(self, number: int, shift: int) -> Day:
        first = add_months(self.today.replace(day=1), shift)
        if not 1 <= number <= month_end(first).day:
            return Day(None, "missing")
        day = first.replace(day=number)
        return Day(day, "past" if day < self.today else "none")

    def _relative(self, i: int) -> tuple[Day, int] | None:
        s = self.s
        at = s.skip(i, "ON") if s.language == "pl" else i
        found = s.value(i, "relative") or s.value(at, "relative")
        if found:
            at = i if s.value(i, "relative") else at
            day = self.today + timedelta(days=int(found[0]))
            return Day(day, "past" if day < self.today else "none"), at + found[1]
        at = s.skip(s.skip(i, "ON", "IN"), "THE") if s.is_a(i, "ON", "IN", "THE") else i
        if s.language == "pl" and s.is_a(at, "PAST"):
            after = at + s.is_a(at, "PAST")
            gone = s.value(after, "weekday") or s.value(after, "units")
            if gone:
                return Day(None, "past"), after + gone[1]
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
        if unit == "hour":
            # "in 1h 30m", "in two hours and ten minutes".
            also = end + (s.plain[end] in ("and", "i"))
            minutes = cardinal(s.plain[also : also + 2], s.language)
            named = s.value(also + minutes.words, "units") if minutes else None
            if minutes and (s.plain[also + minutes.words] == "m" or (named and named[0] == "minute")):
                number, unit, end = number * 60 + minutes.value, "minute", also + minutes.words + 1
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


__all__ = ["Dates", "Day", "add_months", "coming", "month_end"]
