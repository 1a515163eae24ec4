"""Days of the month and months in words: on the 15th, dnia 10., in January and July, ten past the hour."""

from __future__ import annotations

from datetime import date, timedelta

from okr.language.numbers import cardinal
from okr.language.rules.edges import Edges
from okr.language.rules.pieces import AtMinutes, MonthDays, Months, Nth
from okr.language.rules.written import Day, month_end


class Monthly(Edges):
    """Reads days of the month and months in one sentence."""

    def _dated_nth(
        self, places: tuple[int, ...], target: str, days: tuple[int, ...], months: tuple[tuple[int, ...], int]
    ) -> tuple[Day, int] | None:
        """The second Saturday of December 2026: one day of one year."""
        named, end = months
        year = self.dates._year(end)
        if (
            year is None
            or len(named) != 1
            or len(places) != 1
            or target not in ("day", "weekday_name")
            or len(days) > 1
        ):
            return None
        first = date(year[0], named[0], 1)
        whole = (first + timedelta(days=n) for n in range((month_end(first) - first).days + 1))
        matching = [day for day in whole if not days or day.weekday() == days[0]]
        place = places[0] - 1 if places[0] > 0 else places[0]
        if not -len(matching) <= place < len(matching):
            return Day(None, "missing"), year[1]
        found = matching[place]
        return Day(found, "past" if found < self.dates.today else "none"), year[1]

    def _month_days(self, i: int) -> tuple[object, int] | None:
        """on the 15th, dnia 10., day 10 of every month, 3. każdego miesiąca; minutes past the hour."""
        s = self.s
        minutes = self._minutes_past(i)
        if minutes:
            return minutes
        at = i
        middle = s.skip(i, "ON", "IN", "THE")
        if s.is_a(middle, "MIDDLE"):
            period = self._period(middle + s.is_a(middle, "MIDDLE"))
            repeated = period and any(s.is_a(j, "EVERY") for j in range(middle, period[2]))
            if period and repeated and period[0] == "month":
                return MonthDays((15,), True, period[1]), period[2]
        opened = s.is_a(at, "ON", "AT") if s.plain[at] not in ("at", "o") else 0
        at = s.skip(at + opened, "THE")
        named = at < len(s) and s.plain[at] in ("day", "days", "dnia", "dzien", "dni", "dniu")
        if named:
            at += 1
        elif s.language == "pl" and s.plain[i] == "dnia":
            named = True
        days = self._day_list(at)
        if days is None:
            return None
        numbers, end = days
        tail = end
        if tail < len(s) and s.plain[tail] in ("day", "days", "dnia", "dzien", "dni"):
            tail += 1
        period = self._period(tail)
        if period and period[0] == "month":
            return MonthDays(numbers, True, period[1]), period[2]
        if period and period[0] in ("quarter", "year", "cycle") and (tail > end or named):
            return Nth(numbers, "day", (), period[0]), period[2]
        if not opened and not named and s.plain[at].isdecimal() and not self._dotted(at):
            return None
        month = s.value(end, "month") or (s.plain[end : end + 1] == ["of"] and s.value(end + 1, "month"))
        if month:
            several = self._month_list(end + (s.plain[end] == "of"))
            if several and len(several[0]) > 1:
                return Nth(numbers, "day", (), "months:" + ",".join(map(str, several[0]))), several[1]
            return None
        if s.is_a(end, "units", "PERCENT", "TIMES", "weekday", "dayclass", "dayclasses") or (
            s.plain[end : end + 1] in (["am"], ["pm"], [":"])
        ):
            return None
        if not opened and not named and not self._dotted(at):
            return None
        spelled = s.language == "en" and s.plain[at].isalpha() and not named
        if spelled and (
            not (opened or s.is_a(i, "THE"))
            or (s.plain[end].isalpha() and not s.is_a(end, "AT", "EVERY", "STARTING", "UNTIL", "AND", "EXCEPT"))
        ):
            return None
        bare = s.language == "pl" and opened and s.plain[i] in ("w", "we", "na", "z") and not self._dotted(at)
        if bare or (s.language == "en" and opened and not self._dotted(at) and s.plain[i] != "on"):
            return None
        if (
            s.language == "en"
            and not opened
            and not named
            and i > 0
            and not s.is_a(i, "THE")
            and not s.is_a(i - 1, "AND")
        ):
            return None
        return MonthDays(numbers, len(numbers) > 1 or (s.language == "pl" and named and self._dotted(at))), end

    def _minutes_past(self, i: int) -> tuple[object, int] | None:
        s = self.s
        at = i + s.is_a(i, "AT")
        half = at < len(s) and s.plain[at] == "half"
        quarter = at < len(s) and s.plain[at] in ("quarter", "kwadrans")
        number = cardinal(s.plain[at : at + 2], s.language)
        if half or quarter:
            value, end = (30 if half else 15), at + 1
        elif number and number.value < 60:
            value, end = number.value, at + number.words
            unit = s.value(end, "units")
            end += unit[1] if unit and unit[0] == "minute" else 0
        else:
            return None
        if end < len(s) and s.plain[end] in ("past", "after", "po"):
            at = s.skip(end + 1, "THE", "EVERY")
            words = ("hour", "godzinie", "pelnej")
            if at < len(s) and s.plain[at] in words:
                end = at + 1
                end += end < len(s) and s.plain[end] == "godzinie"
                return AtMinutes((value,)), end
        return None

    def months_at(self, i: int) -> tuple[Months, int] | None:
        """in January and July, w marcu, from March to June (only as a list of months)."""
        s = self.s
        opened = s.is_a(i, "IN", "OF", "ON", "FROM", "EVERY") if s.plain[i] not in ("from", "od", "since") else 0
        owned = s.language == "pl" and (s.value(i - 1, "weekday") or s.value(i - 1, "weekdays"))
        if not opened and not owned:
            return None
        at = s.skip(i + opened, "EVERY", "THE")
        every = any(s.is_a(j, "EVERY") for j in range(i, at))
        months = self._month_list(at)
        if months is None:
            return None
        days = self.dates._day_number(s.skip(months[1], "THE"))
        if days and len(months[0]) == 1 and not s.is_a(days[1], "units") and not s.is_a(months[1], "ON"):
            return None
        return Months(months[0], every), months[1]
