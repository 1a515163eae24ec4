"""Weekdays, days of the month, months and periods as they are listed in a sentence."""

from __future__ import annotations

from okr.language.numbers import cardinal, ordinal
from okr.language.rules.dates import Dates
from okr.language.rules.tokens import Sentence

_PERIODS = ("week", "month", "quarter", "year", "cycle")


# These are other words too, and days only with a capital in a list: Mo, We & Fr.
_TWO_LETTERS = {"mo": "0", "we": "2", "su": "6"}


class Lists:
    """Reads lists in one sentence."""

    def __init__(self, s: Sentence, dates: Dates) -> None:
        self.s = s
        self.dates = dates

    def _interval(self, at: int) -> tuple[int, int, bool]:
        """The step after "every": (2, place, False); ordinary is True where it was an ordinal above 2."""
        s = self.s
        if s.is_a(at, "OTHER"):
            return 2, at + s.is_a(at, "OTHER"), False
        which = ordinal(s.plain[at : at + 2], s.language)
        if which:
            after = at + which.words
            return which.value, after, True
        number = cardinal(s.plain[at : at + 3], s.language)
        if number:
            after = at + number.words
            if s.language == "pl" and after < len(s) and s.plain[after] == "." and s.touching(after):
                return number.value, after + 1, True
            return number.value, after, False
        return 1, at, False

    def _dotted(self, i: int) -> bool:
        return ordinal(self.s.plain[i : i + 1], self.s.language) is not None or (
            i + 1 < len(self.s) and self.s.plain[i + 1] == "."
        )

    def _weekday_list(self, i: int) -> tuple[tuple[int, ...], int, bool] | None:
        """Weekdays joined by commas, "and" or ranges: (days, end, whether any was plural)."""
        s = self.s
        days: list[int] = []
        plural = False
        at = i
        while True:
            named = s.value(at, "weekdays")
            is_plural = named is not None
            named = named or s.value(at, "weekday")
            named = named or self._two_letters(at)
            if named is None:
                break
            # "we", "so", "mo" and the like are other words too; they count only inside a list.
            if len(s.plain[at]) == 2 and s.language == "en" and not days and not self._short_day_is_meant(at):
                break
            plural = plural or is_plural
            day = int(named[0])
            end = at + named[1]
            if end < len(s) and s.plain[end] == "." and s.touching(end) and end + 1 < len(s) and len(s.plain[at]) < 5:
                end += 1
            ranged = s.is_a(end, "RANGE")
            if ranged and s.plain[end] not in ("and", "i", "a"):
                beyond = end + ranged
                last = s.value(beyond, "weekday") or s.value(beyond, "weekdays")
                if last:
                    span = (int(last[0]) - day) % 7
                    days += [(day + n) % 7 for n in range(span + 1)]
                    end = beyond + last[1]
                    plural = True
                    i = end
                else:
                    days.append(day)
            else:
                days.append(day)
            at = end
            i = end
            joined = s.skip(at, "AND", "OR", "ON", "EVERY", "THE")
            if joined != at and not s.is_a(at, "AND", "OR", "EVERY"):
                break
            if joined != at and not (
                s.value(joined, "weekday") or s.value(joined, "weekdays") or self._two_letters(joined)
            ):
                break
            at = joined
        return (tuple(sorted(set(days))), i, plural) if days else None

    def _two_letters(self, i: int) -> tuple[str, int] | None:
        s = self.s
        if i >= len(s) or s.plain[i] not in _TWO_LETTERS or not s.words[i].capital:
            return None
        signs = (",", "/", "-", "&")
        return (_TWO_LETTERS[s.plain[i]], 1) if s.plain[i + 1] in signs or (i and s.plain[i - 1] in signs) else None

    def _short_day_is_meant(self, i: int) -> bool:
        s = self.s
        before = i > 0 and (s.is_a(i - 1, "EVERY", "ON") or s.plain[i - 1] in (",", "/"))
        after = i + 1 < len(s) and s.plain[i + 1] in (",", "/", "-")
        return (bool(before or after) and s.plain[i] not in ("we", "su", "so")) or bool(after and before)

    def _period(self, i: int) -> tuple[str, int, int] | None:
        """of the month, of each quarter, every 2 months, każdego kwartału: (period, number, end)."""
        s = self.s
        at = i
        linked = False
        if self._this_one(at):
            return None
        while (
            s.is_a(at, "OF", "THE")
            and not s.is_a(at, "EVERY")
            and (
                s.plain[at] in ("of", "in", "the", "w", "z", "na", "per", "a", "danego", "of", "for", "to", "tego")
                or s.is_a(at, "OF") > 1
            )
        ):
            at += s.is_a(at, "OF", "THE")
            linked = True
        number = 1
        if s.is_a(at, "EVERY", "A") and s.is_a(at, "EVERY"):
            at += s.is_a(at, "EVERY")
            interval, after, _ = self._interval(at)
            number, at = interval, after
            linked = True
        at = s.skip(at, "THE")
        if at < len(s) and s.plain[at] in ("calendar", "fiscal", "okr", "new", "nowego"):
            at += 1
        unit = s.value(at, "units")
        if unit and unit[0] in _PERIODS and (linked or s.language == "pl" or number > 1):
            return unit[0], number, at + unit[1]
        often = s.value(at, "often")
        if often and often[0] in ("month:1", "quarter:1", "year:1") and not linked:
            name = {"month:1": "month", "quarter:1": "quarter", "year:1": "year"}[often[0]]
            return name, 1, at + often[1]
        return None

    def _this_one(self, i: int) -> bool:
        """Whether the period at i is the one that runs now: of this month, bieżącego kwartału."""
        s = self.s
        at = i + 1 if s.plain[i] in ("of", "in", "w", "z", "the") else i
        at = at + 1 if s.plain[at] == "the" else at
        now = ("this", "current", "tego", "tym", "biezacego", "biezacym", "obecnego", "obecnym")
        return s.plain[at] in now and s.value(at + 1, "units") is not None

    def _day_list(self, i: int) -> tuple[tuple[int, ...], int] | None:
        """1st and 15th, 1. i 15., 5, 10 and 20: (days, end)."""
        s = self.s
        days: list[int] = []
        at = end = i
        while at < len(s):
            number = self.dates._day_number(at)
            if number is None or not 1 <= number[0] <= 31:
                break
            if s.is_a(number[1], "PERCENT", "TIMES") or (days and s.is_a(number[1], "units")):
                break
            if s.language == "en" and number[1] < len(s) and s.plain[number[1]] in ("am", "pm"):
                break
            days.append(number[0])
            end = number[1]
            if end < len(s) and s.plain[end] == "." and s.touching(end) and not s.touching(end + 1):
                end += s.language == "pl" and s.plain[end - 1].isdecimal()
            ranged = end < len(s) and s.plain[end] == "-"
            if ranged and (last := self.dates._day_number(end + 1)) and last[0] > days[-1]:
                days += range(days[-1] + 1, last[0] + 1)
                end = last[1]
            at = s.skip(end, "AND", "OR", "THE", "ON")
            if at == end:
                break
        return (tuple(sorted(set(days))), end) if days else None

    def _month_list(self, i: int) -> tuple[tuple[int, ...], int] | None:
        s = self.s
        months: list[int] = []
        at = end = i
        while True:
            named = s.value(at, "month")
            if named is None or s.words[at].text.lower() == "się":
                break
            month = int(named[0])
            end = at + named[1]
            if end < len(s) and s.plain[end] == "." and s.touching(end) and end + 1 < len(s):
                end += 1
            ranged = s.is_a(end, "RANGE")
            if ranged and s.plain[end] not in ("and", "i", "a") and s.value(end + ranged, "month"):
                last = s.value(end + ranged, "month")
                assert last is not None
                span = (int(last[0]) - month) % 12
                months += [(month - 1 + n) % 12 + 1 for n in range(span + 1)]
                end = end + ranged + last[1]
            else:
                months.append(month)
            at = s.skip(end, "AND", "OR", "IN")
            if at == end:
                break
        return (tuple(sorted(set(months))), end) if months else None
