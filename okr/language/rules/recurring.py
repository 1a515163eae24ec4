"""Repetition in words: every other Tuesday, ostatni dzień roboczy kwartału, three days before quarter end."""

from __future__ import annotations

from dataclasses import replace

from okr.language.numbers import cardinal, ordinal
from okr.language.rules.clock import clock_at
from okr.language.rules.monthly import Monthly
from okr.language.rules.pieces import (
    DayClass,
    Every,
    Feast,
    MonthDays,
    Months,
    Nth,
    PerUnit,
    Spelled,
    Vague,
    Weekdays,
    YearDay,
)  # fmt: skip

_PERIODS = ("week", "month", "quarter", "year", "cycle")
_SUB_DAILY = ("second", "minute", "hour")


class Recurring(Monthly):
    """Finds the repeating pieces of one sentence."""

    def at(self, i: int) -> tuple[object, int] | None:
        """The repeating piece at i that takes the most words."""
        word = self.s.plain[i]
        if word.startswith("rrule:"):
            return Spelled(word.removeprefix("rrule:").upper().strip(",;")), i + 1
        found = [
            result
            for read in (
                self._every,
                self._often,
                self._per_unit,
                self._nth,
                self._day_before,
                self._edge,
                self._days,
                self._month_days,
            )
            if (result := read(i))
        ]
        return max(found, key=lambda result: result[1]) if found else None

    def _day_before(self, i: int) -> tuple[object, int] | None:
        """the day before the last day of each month; before any other day it has to be asked which."""
        s = self.s
        at = i if s.is_a(i, "DAY_BEFORE") else s.skip(i, "THE")
        length = s.is_a(at, "DAY_BEFORE")
        nth = self._nth(at + length) if length else None
        if nth is None or not isinstance(nth[0], Nth):
            return None
        if nth[0].target == "day" and nth[0].positions == (-1,):
            return replace(nth[0], positions=(-2,)), nth[1]
        return Vague("day", s.said(i, nth[1])), nth[1]

    # -- every … ------------------------------------------------------------------------

    def _every(self, i: int) -> tuple[object, int] | None:
        s = self.s
        opened = s.is_a(i, "EVERY")
        if not opened:
            return None
        at = s.skip(i + opened, "THE") if s.language == "pl" else i + opened
        if s.plain[i] == "any" or s.plain[i] == "wszystkie":
            return self._lone(at) if s.value(at, "weekday") else None
        half = [("HALF_HOUR", 30), ("QUARTER_HOUR", 15), ("HOUR_AND_HALF", 90)]
        for tag, minutes in half:
            if s.is_a(at, tag):
                return Every("minute", minutes), at + s.is_a(at, tag)
        if s.is_a(at, "SEVERAL") and not s.value(at, "units"):
            after = at + s.is_a(at, "SEVERAL")
            unit = s.value(after, "units")
            if unit or s.value(after, "dayclasses"):
                end = after + (unit[1] if unit else 1)
                return Vague("schedule", s.said(i, end)), end
        nth = self._nth(at)
        if nth and isinstance(nth[0], Nth) and (nth[0].period or nth[0].positions[0] < 0 or len(nth[0].positions) > 1):
            return nth
        owned = self._possessive(at)
        if owned:
            return owned
        interval, after, ordinary = self._interval(at)
        following = self._after_interval(i, at, after, interval, ordinary)
        if following:
            return following
        if s.language == "en" and s.plain[at] == "second" and not s.plain[after][:1].isdigit():
            return Every("second"), at + 1
        if nth:
            return nth
        return self._every_date(i, at)

    def _possessive(self, at: int) -> tuple[object, int] | None:
        """each month's last Sunday, every quarter's first working day."""
        s = self.s
        if s.language != "en" or not s.plain[at].endswith("'s"):
            return None
        unit = s.plain[at].removesuffix("'s")
        nth = self._nth(at + 1) if unit in _PERIODS[1:] else None
        if nth and isinstance(nth[0], Nth) and nth[0].period is None:
            return replace(nth[0], period=unit), nth[1]
        return None

    def _after_interval(self, i: int, at: int, after: int, interval: int, ordinary: bool) -> tuple[object, int] | None:
        s = self.s
        if not 1 <= interval <= 1000:
            return Vague("schedule", s.said(i, after)), after
        said = after > at
        classed = s.value(after, "dayclass") or s.value(after, "dayclasses")
        if classed:
            if interval > 1:
                return Vague("schedule", s.said(i, after + classed[1])), after + classed[1]
            return DayClass(classed[0], True), after + classed[1]
        after_and = after
        listed = self._weekday_list(after_and)
        if listed:
            days, end, _ = listed
            if ordinary and s.language == "en" and interval != 2:
                return Nth((interval,), "weekday_name", days, None), end
            if ordinary and s.language == "en" and interval == 2 and s.plain[at][:1].isdigit():
                return Weekdays(days, True, 2), end
            if ordinary and s.language == "pl" and s.plain[i] not in ("co",) and interval != 2:
                return Nth((interval,), "weekday_name", days, None), end
            return Weekdays(days, True, interval), end
        unit = s.value(after, "units")
        if unit and not (s.language == "pl" and s.plain[after] in ("s", "g") and not said):
            end = after + unit[1]
            if unit[0] == "day" and ordinary and self._period(end):
                return None
            if not said and s.language == "pl" and unit[0] == "year" and s.plain[after] in ("lata", "lat"):
                return None
            if unit[0] == "hour" and s.language == "en" and s.plain[end : end + 4] == ["and", "a", "half"]:
                return Every("minute", 90), end + 3
            return Every(unit[0], interval), end
        if after < len(s) and s.plain[after] in ("fortnight", "fortnights"):
            return Every("week", 2 * interval), after + 1
        if said and after < len(s) and s.plain[after] in ("polrocze",):
            return Every("month", 6 * interval), after + 1
        months = self._month_list(after) if not said else None
        if months:
            return self._every_month(i, after, months)
        return None

    def _every_month(self, i: int, at: int, months: tuple[tuple[int, ...], int]) -> tuple[object, int] | None:
        """every January 25, every January on the 15th, every March and September."""
        s = self.s
        named, end = months
        at_day = s.skip(s.skip(end, "ON"), "THE")
        days = self._day_list(at_day)
        if days and len(named) == 1 and not (s.is_a(days[1], "units")):
            at_named = s.value(days[1], "weekday")
            if not at_named:
                return YearDay(named[0], days[0]), days[1]
        return Months(named, True), end

    def _every_date(self, i: int, at: int) -> tuple[object, int] | None:
        """every 27th, every 15 and 30, every 1 November, every 8pm, every Christmas."""
        s = self.s
        clock = clock_at(s, at, introduced=False)
        if clock:
            return Every("day"), at
        part = s.value(at, "daypart")
        if part:
            return Every("day"), at
        feast = s.value(at, "feast")
        if feast:
            return Feast(feast[0]), at + feast[1]
        days = self._day_list(at)
        if days:
            joined = days[1] + 1 if days[1] < len(s) and s.plain[days[1]] == "of" else days[1]
            month = s.value(joined, "month")
            if month:
                return YearDay(int(month[0]), days[0]), joined + month[1]
            period = self._period(days[1])
            if period and period[0] == "month":
                return MonthDays(days[0], True, period[1]), period[2]
            if s.plain[i] == "co" and not self._dotted(at):
                return None
            return MonthDays(days[0], True), days[1]
        return None

    # -- daily, weekly, once a week, three times a week ---------------------------------------

    def _often(self, i: int) -> tuple[object, int] | None:
        found = self.s.value(i, "often")
        if not found:
            adjective = self.s.value(i, "often_adjective")
            if adjective:
                unit, number = adjective[0].split(":")
                return Every(unit, int(number), soft=True), i + adjective[1]
            return None
        unit, number = found[0].split(":")
        end = i + found[1]
        return Every(unit, int(number), soft=self._describes(i, end)), end

    def _describes(self, i: int, end: int) -> bool:
        """Whether "weekly" stands before a noun: a weekly report."""
        s = self.s
        if s.language != "en" or end >= len(s) or not s.plain[end].isalpha() or s.plain[i] == "everyday":
            return False
        if s.is_a(end, "AT", "ON", "IN", "EVERY", "STARTING", "UNTIL", "EXCEPT", "BETWEEN", "FOR", "AND", "BEFORE"):
            return False
        return not (
            s.value(end, "weekday") or s.value(end, "weekdays") or s.value(end, "daypart") or s.value(end, "position")
            or s.is_a(end, "VERB") or s.is_a(end, "ME") or ordinal(s.plain[end : end + 1], "en")
        )  # fmt: skip

    def _per_unit(self, i: int) -> tuple[object, int] | None:
        """once a week, twice a day, 3 times a month, dwa razy w tygodniu, raz na dwa tygodnie."""
        s = self.s
        number: int | None = None
        at = i
        if s.is_a(i, "FEW_TIMES"):
            at = i + s.is_a(i, "FEW_TIMES")
        elif s.is_a(i, "TWICE"):
            number, at = 2, i + s.is_a(i, "TWICE")
        elif s.is_a(i, "ONCE"):
            number, at = 1, i + s.is_a(i, "ONCE")
        else:
            count = cardinal(s.plain[i : i + 3], s.language)
            if not count or not s.is_a(i + count.words, "TIMES"):
                return None
            number, at = count.value, i + count.words + s.is_a(i + count.words, "TIMES")
            if count.value == 1:
                number = 1
        if number is None and (often := s.value(at, "often")):
            return PerUnit(None, often[0].split(":")[0]), at + often[1]
        if number and s.value(at, "often"):
            unit, per = s.value(at, "often")[0].split(":")  # type: ignore[index]
            return (Every(unit, int(per)) if number == 1 else PerUnit(number, unit)), at + 1
        per_at = s.is_a(at, "A", "EVERY")
        if not per_at:
            return None
        interval, after, _ = self._interval(at + per_at)
        unit_found = s.value(after, "units")
        if unit_found is None and after < len(s) and s.plain[after] == "fortnight":
            return (Every("week", 2) if number == 1 else PerUnit(number, "week")), after + 1
        if unit_found is None or (interval == 1 and after == at + per_at and s.plain[at] == ","):
            return None
        end = after + unit_found[1]
        if number == 1:
            return Every(unit_found[0], interval), end
        return PerUnit(number, unit_found[0]), end

    # -- weekdays -----------------------------------------------------------------------------

    def _days(self, i: int) -> tuple[object, int] | None:
        s = self.s
        at = i
        opened = s.is_a(i, "ON", "BETWEEN") if not (s.language == "en" and s.plain[i] == "since") else 0
        if opened:
            at = s.skip(i + opened, "THE")
        if s.is_a(at, "EVERY") and at > i:
            inner = self._every(at)
            return inner
        if s.plain[at] in ("alternate", "alternating"):
            listed = self._weekday_list(at + 1)
            if listed:
                return Weekdays(listed[0], True, 2), listed[1]
            unit = s.value(at + 1, "units")
            if unit and unit[0] not in _SUB_DAILY:
                return Every(unit[0], 2), at + 1 + unit[1]
        adjective = s.value(at, "weekday_adjective")
        if adjective and s.value(at + 1, "daypart"):
            return Weekdays((int(adjective[0]),), s.plain[at + 1].endswith(("i", "y"))), at + 1
        classed = s.value(at, "dayclasses")
        if classed:
            return DayClass(classed[0], True), at + classed[1]
        single = s.value(at, "dayclass")
        if single:
            return DayClass(single[0], False), at + single[1]
        listed = self._weekday_list(at)
        if listed and s.plain[i] == "z" and s.plain[listed[1]] == "na" and s.value(listed[1] + 1, "weekday"):
            # The night from Friday to Saturday belongs to which of the two?
            return Vague("day", s.said(i, listed[1] + 2)), listed[1] + 2
        if listed:
            days, end, plural = listed
            if opened and s.plain[i] in ("between", "miedzy", "pomiedzy"):
                if len(days) != 2:
                    return None
                days = tuple(range(days[0], days[1] + 1))
            either = any(s.is_a(j, "OR") and s.plain[j] in ("or", "albo") for j in range(at, end))
            if either and not plural:
                return Vague("day", s.said(i, end)), end
            return Weekdays(days, plural or len(days) > 1), end
        return None

    def _lone(self, at: int) -> tuple[object, int] | None:
        listed = self._weekday_list(at)
        return (Weekdays(listed[0], True), listed[1]) if listed else None

    # -- first, last, n-th ---------------------------------------------------------------------

    def _positions(self, i: int) -> tuple[tuple[int, ...], int] | None:
        s = self.s
        found: list[int] = []
        at = i
        end = i
        while True:
            place = s.value(at, "position")
            which = ordinal(s.plain[at : at + 2], s.language)
            if place:
                found.append(int(place[0]))
                end = at + place[1]
            elif which:
                if not 1 <= which.value <= 31:
                    break
                found.append(which.value)
                end = at + which.words
                if s.plain[end : end + 2] in (["to", "last"], ["od", "konca"]) or s.plain[end : end + 1] == ["last"]:
                    found[-1] = -which.value
                    end += 2 if s.plain[end] in ("to", "od") else 1
                if s.plain[end : end + 3] == ["-", "to", "-"] and s.plain[end + 3 : end + 4] == ["last"]:
                    found[-1] = -which.value
                    end += 4
            elif (
                s.language == "pl"
                and s.plain[at].isdecimal()
                and at + 1 < len(s)
                and s.plain[at + 1] == "."
                and s.touching(at + 1)
            ):
                if not 1 <= int(s.plain[at]) <= 31:
                    break
                found.append(int(s.plain[at]))
                end = at + 2
            else:
                break
            joined = s.skip(end, "AND", "OR", "THE", "ON")
            if joined == end or joined >= len(s):
                break
            at = joined
        return (tuple(found), end) if found else None

    def _nth(self, i: int) -> tuple[object, int] | None:
        s = self.s
        at = i
        if s.is_a(at, "ON"):
            at += s.is_a(at, "ON")
        at = s.skip(at, "THE")
        if s.language == "pl":
            at = s.skip(at, "EVERY") if s.plain[at : at + 1] != ["co"] else at
        if at >= len(s):
            return None
        positions = self._positions(at)
        if positions is None:
            return None
        places, after = positions
        several = cardinal(s.plain[after : after + 2], s.language)
        if several and len(places) == 1 and places[0] in (1, -1) and 2 <= several.value <= 15:
            step = places[0]
            places = tuple(sorted(step * n for n in range(1, several.value + 1)))
            after += several.words
        target, days, end = self._target(after)
        if target is None and places == (-1,) and i > 0 and self._stands_alone(after):
            target, days, end = "day", (), after
        if target is None:
            return None
        if target == "week":
            return Vague("day", s.said(i, end)), end
        beyond = self._beyond(places, target, days, i, end)
        if beyond:
            return beyond
        period = self._period(end)
        if period:
            return Nth(places, target, days, period[0], period[1]), period[2]
        joined = end + 1 if end < len(s) and s.plain[end] in ("of", "in", "w", "z", "we") else end
        months = self._month_list(joined)
        if months:
            dated = self._dated_nth(places, target, days, months)
            if dated:
                return dated
            listed = ",".join(str(m) for m in months[0])
            return Nth(places, target, days, f"months:{listed}"), months[1]
        if target == "day" and not any(p < 0 for p in places) and s.language == "en" and not s.is_a(i, "EVERY"):
            # "the first day" of nothing is no date.
            return (Nth(places, target, days, None), end) if i > 0 and s.is_a(i - 1, "EVERY") else None
        return Nth(places, target, days, None), end

    def _beyond(
        self, places: tuple[int, ...], target: str, days: tuple[int, ...], start: int, at: int
    ) -> tuple[object, int] | None:
        """the first working day after the 15th of each month: counted from a day of the month."""
        s = self.s
        turned = s.plain[at : at + 2] in (["on", "or"], ["lub", "po"], ["nie", "wczesniej"])
        side = 1 if s.is_a(at, "AFTER") else -1 if s.is_a(at, "BEFORE") else 0
        if not side or turned:
            return None
        number = s.skip(at + s.is_a(at, "AFTER", "BEFORE"), "THE")
        number += s.plain[number] in ("day", "dniu", "dniem")
        listed = self._day_list(number)
        if listed is None or len(listed[0]) != 1:
            return None
        end = listed[1]
        end += s.plain[end] in ("day", "dniu", "dniem", "dnia")
        if s.value(end, "month") or (s.is_a(end, "units", "TIMES") and s.language == "en"):
            return None
        if target == "weekend" or not set(places) <= {1, 2, 3, side}:
            return Vague("day", s.said(start, end)), end
        period = self._period(end)
        if period and period[0] != "month":
            return Vague("day", s.said(start, period[2])), period[2]
        number_of = period[1] if period else 1
        end = period[2] if period else end
        return Nth(places, target, days, "month" if period else None, number_of, side * listed[0][0]), end

    def _stands_alone(self, i: int) -> bool:
        """Whether nothing follows "on the last" that it could be the last of."""
        s = self.s
        return i >= len(s) or bool(s.is_a(i, "AT", "AND")) or not s.plain[i][0].isalnum()

    def _target(self, i: int) -> tuple[str | None, tuple[int, ...], int]:
        s = self.s
        classed = s.value(i, "dayclass") or s.value(i, "dayclasses")
        if classed and classed[0] == "weekend" and classed[1] == 1:
            return "weekday_name", (5,), i + 1
        if classed:
            return classed[0], (), i + classed[1]
        listed = self._weekday_list(i)
        if listed:
            return "weekday_name", listed[0], listed[1]
        if i < len(s) and s.plain[i] == "calendar":
            i += 1
        unit = s.value(i, "units")
        if unit and unit[0] == "day":
            return "day", (), i + unit[1]
        if unit and unit[0] == "week":
            return "week", (), i + unit[1]
        return None, (), i
