"""From the pieces of a sentence to when it runs: an RRULE with its start, or a single moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from okr.language.rules.clock import DEFAULT_HOUR, Clock
from okr.language.rules.dates import Day, add_months
from okr.language.rules.folding import at_times, off_weekends, without_months, without_weekdays
from okr.language.rules.patterns import WEEKEND, WORKDAYS, Days, Patterns, class_rule, edge_days, feast_days, nth_days
from okr.language.rules.pieces import (
    DayClass,
    Edge,
    Every,
    Feast,
    HolidayPolicy,
    MonthDays,
    Months,
    Nth,
    Spelled,
    Weekdays,
    YearDay,
)  # fmt: skip
from okr.language.rules.single import Single
from okr.language.rules.timing import Said, Timing, UnclearError
from okr.recurrence import InvalidRuleError, Recurrence
from okr.schedule import RECIPIENT, ExceptDay, ExceptRule, ExceptSpan, Exclusion, Holidays, Schedule, is_holiday

_MINUTES = {"minute": 1, "hour": 60}
_MOST_TIMES_A_DAY = 1440


class Building(Single):
    """Builds the timing of one sentence asked at one moment."""

    def __init__(
        self, said: Said, *, now: datetime, zone: str, country: str, cycle: tuple[date, date] | None, either: bool
    ) -> None:
        self.said = said
        self.zone = self._zone(zone)
        self.clock_zone = zone if self.zone == RECIPIENT else self.zone
        self.now = now.astimezone(ZoneInfo(self.clock_zone)).replace(tzinfo=None)
        self.country = country
        self.cycle = cycle
        self.either = either
        self.assumed: list[str] = []

    def _zone(self, default: str) -> str:
        named = {z.name for z in self.said.zones}
        if not named:
            return default
        if len(named) > 1 or None in named:
            raise UnclearError("timezone", self.said.zones[0].words)
        return str(named.pop())

    def timing(self) -> Timing | None:
        """When the sentence runs; None if it says nothing about time."""
        said = self.said
        if said.spelled:
            return self._spelled()
        if said.count is not None and said.count == len(set(said.clocks)) > 1:
            # "every day, three times: at 8, 13 and 18" counts the times of a day.
            said.count = None
        if said.per_unit:
            self._settle_per_unit()
        if said.empty and not (said.start or said.every):
            return None
        if said.repeats or self._soft_repeats() or self._bounded():
            return self._recurring()
        if said.month_days or said.weekdays or said.classes or said.days or said.clocks or said.dayparts:
            return self._once()
        if said.windows:
            raise UnclearError("time")
        return None

    def _spelled(self) -> Timing:
        """A rule written out: its own lines, with the start and what is left out as said."""
        said = self.said
        try:
            lines = [Recurrence.parse(text) for text in said.spelled]
        except InvalidRuleError as problem:
            raise UnclearError("schedule", said.spelled[0]) from problem
        start = self.now.replace(second=0, microsecond=0)
        if said.start and said.start.day.day:
            clock = time(*said.start.clock) if said.start.clock else time(DEFAULT_HOUR)
            start = datetime.combine(said.start.day.day, clock)
        _, exclusions = self._excepted([Days(Recurrence("HOURLY"))], fold=False)
        lines = self._ended(lines, start, exclusions)
        return self._result(Schedule("\n".join(line.text() for line in lines), start, self.zone, exclusions))

    def _soft_repeats(self) -> bool:
        """The soft "a weekly report" alone repeats; with a single date it only describes."""
        said = self.said
        if not said.every:
            return False
        monthly = all(e.soft and e.unit == "month" for e in said.every)
        if monthly and said.month_days and not said.days and not said.weekdays:
            # "the monthly report on the 1st" comes each month.
            return True
        if said.days or said.month_days or any(not w.every for w in said.weekdays):
            often = {e.unit for e in said.every if e.soft} & {"week", "month", "quarter", "day"}
            if often and said.weekdays and not said.days:
                raise UnclearError("schedule")
            return False
        return True

    def _bounded(self) -> bool:
        """Single-looking days with an end or a number of times repeat: "Mondays" as "Monday until March"."""
        said = self.said
        many = said.count is not None and said.count > 1
        return bool(
            (said.until or said.span or many) and (said.weekdays or said.classes or said.month_days or said.clocks)
        )

    def _settle_per_unit(self) -> None:
        """ "twice a week on Monday and Thursday" says when; "twice a week" does not."""
        per = self.said.per_unit[0]
        days = {d for w in self.said.weekdays for d in w.days}
        if per.unit == "week" and per.number and len(days) == per.number:
            self.said.weekdays = [Weekdays(tuple(sorted(days)), True)]
        elif per.unit == "day" and per.number and len(set(self.said.clocks)) == per.number:
            self.said.every.append(Every("day"))
        elif per.unit == "month" and per.number and per.number == sum(len(m.days) for m in self.said.month_days):
            self.said.month_days = [replace(m, every=True) for m in self.said.month_days]
        elif per.unit == "month" and per.number and per.number == sum(len(n.positions) for n in self.said.nths):
            pass
        elif (
            per.unit == "year"
            and per.number
            and self.said.months
            and (sum(len(m.months) for m in self.said.months) == per.number)
        ):
            self.said.months = [replace(m, every=True) for m in self.said.months]
        else:
            raise UnclearError("time" if per.unit == "day" else "day")
        self.said.per_unit = []

    # -- time of day ------------------------------------------------------------------------

    # -- repeating ----------------------------------------------------------------------------

    def _recurring(self) -> Timing:
        said = self.said
        step = next((e for e in said.every if e.unit in ("second", "minute", "hour") and not e.soft), None)
        self._settle_lone_days()
        if step is not None or said.minutes:
            return self._sub_daily(step)
        if said.windows:
            raise UnclearError("time")
        first_day = said.start.day.day if said.start and said.start.day.day else self.now.date()
        patterns = self._patterns(first_day)
        clocks = self._clocks()
        if not clocks:
            self._assume("time")
            clocks = (Clock(DEFAULT_HOUR),)
            timed = False
        else:
            timed = True
        if any(p.chosen for p in patterns):
            self._assume("day")
        patterns, exclusions = self._excepted(patterns)
        lines = [line for p in patterns for line in at_times(p.rule, clocks)]
        return self._finished(lines, exclusions, clocks, timed)

    def _patterns(self, first_day: date) -> list[Days]:
        from okr.language.rules.patterns import thirtieth_or_last

        if self.either:
            clamp = thirtieth_or_last(self.said)
            if clamp:
                return [Days(clamp)]
        return Patterns(self.said, first_day, self.cycle).days()

    def _settle_lone_days(self) -> None:
        """Dates beside a repetition say where it starts or what it is about; here only clean cases are taken."""
        said = self.said
        if said.days:
            weekday_only = [d for d in said.days if d.weekday and d.day]
            if len(weekday_only) == len(said.days):
                said.weekdays.append(Weekdays(tuple(sorted({d.day.weekday() for d in weekday_only if d.day})), False))
                said.days = []
                return
            yearly = [e for e in said.every if e.unit == "year"]
            dates = [d.day for d in said.days if d.day and (d.yearless or len(said.days) == 1)]
            if (yearly or said.year_days) and len(dates) == len(said.days):
                said.year_days += [YearDay(day.month, (day.day,)) for day in dates]
                said.days = []
                return
            if len(said.days) == 1 and said.start is None and said.every:
                from okr.language.rules.bounds import Start

                said.start = Start(said.days[0])
                said.days = []
                return
            raise UnclearError("schedule")

    def _sub_daily(self, step: Every | None) -> Timing:
        said = self.said
        days_named = bool(
            said.weekdays or said.classes or said.nths or said.month_days or said.edges or said.months or said.year_days
        ) or any(e.unit in ("week", "month") and not e.soft for e in said.every)
        window = said.windows[0] if said.windows else None
        if window and not (window.first.sure and window.last.sure):
            self._assume("time")
        if step is None:
            minutes = tuple(sorted(set(said.minutes)))
            if window or days_named:
                clocks = [Clock(h, m) for h in range(24) for m in minutes]
                return self._listed(clocks, window)
            return self._elapsed(Recurrence("HOURLY", minutes=minutes), minutes[0])
        if said.clocks and not window and len(said.clocks) == 1 and said.start is None:
            raise UnclearError("time")
        if step.unit == "second" or not (window or days_named or said.dayparts):
            if window or days_named:
                raise UnclearError("limit")
            unit = {"second": "SECONDLY", "minute": "MINUTELY", "hour": "HOURLY"}[step.unit]
            if said.minutes and step.unit == "hour":
                return self._elapsed(
                    Recurrence(unit, step.number, minutes=tuple(sorted(set(said.minutes)))), said.minutes[0]
                )
            return self._elapsed(Recurrence(unit, step.number), None)
        if said.dayparts and not window:
            raise UnclearError("time")
        size = step.number * _MINUTES[step.unit]
        first, last = (window.first.minutes, window.last.minutes) if window else (0, 24 * 60 - 1)
        if last <= first or ((24 * 60) % size and not window):
            raise UnclearError("time")
        clocks = [Clock(m // 60, m % 60) for m in range(first, last + 1, size)]
        if said.minutes and step.unit == "hour":
            clocks = [Clock(c.hour, m) for c in clocks for m in sorted(set(said.minutes))]
        return self._listed(clocks, None)

    def _listed(self, clocks: list[Clock], window: object) -> Timing:
        said = self.said
        if window is not None and said.windows:
            low, high = said.windows[0].first.minutes, said.windows[0].last.minutes
            clocks = [c for c in clocks if low <= c.minutes <= high]
        if not clocks or len(clocks) > _MOST_TIMES_A_DAY:
            raise UnclearError("time")
        said.every = [e for e in said.every if e.unit not in ("second", "minute", "hour")]
        first_day = said.start.day.day if said.start and said.start.day.day else self.now.date()
        patterns, exclusions = self._excepted(Patterns(said, first_day, self.cycle).days())
        lines = [line for p in patterns for line in at_times(p.rule, tuple(clocks))]
        return self._finished(lines, exclusions, tuple(clocks), True)

    def _elapsed(self, rule: Recurrence, minute: int | None) -> Timing:
        start = self.now
        if minute is not None:
            start = start.replace(minute=minute, second=0, microsecond=0)
            if start < self.now:
                start += timedelta(hours=1)
        said = self.said
        if said.start:
            day = said.start.day.day or self.now.date()
            clock = said.start.clock or ((self.now.hour, self.now.minute) if day == self.now.date() else (0, 0))
            start = datetime.combine(day, time(*clock))
            if said.start.day.day is None and start < self.now:
                start += timedelta(days=1)
        elif said.clocks:
            raise UnclearError("time")
        if start.second or start.microsecond:
            start = start.replace(second=0, microsecond=0) + timedelta(minutes=1)
        if self.said.excepted or self.said.policies:
            _, exclusions = self._excepted([Days(Recurrence("DAILY"))], fold=False)
        else:
            exclusions = ()
        rule = self._ended([rule], start)[0]
        return self._result(Schedule(rule.text(), start, self.zone, exclusions))

    # -- exceptions ---------------------------------------------------------------------------

    def _excepted(self, patterns: list[Days], fold: bool = True) -> tuple[list[Days], tuple[Exclusion, ...]]:
        found: list[Exclusion] = []
        for item in self.said.excepted:
            if isinstance(item, Weekdays | DayClass) and fold:
                days = (
                    set(item.days)
                    if isinstance(item, Weekdays)
                    else {d for _, d in (WEEKEND if item.kind == "weekend" else WORKDAYS)}
                )
                narrowed = [without_weekdays(p, days) for p in patterns]
                if all(narrowed):
                    patterns = [p for p in narrowed if p]
                    continue
                found.append(ExceptRule(Recurrence("WEEKLY", weekdays=tuple((0, d) for d in sorted(days))).text()))
            elif isinstance(item, Weekdays):
                found.append(ExceptRule(Recurrence("WEEKLY", weekdays=tuple((0, d) for d in item.days)).text()))
            elif isinstance(item, DayClass):
                found.append(ExceptRule(class_rule(item.kind).text()))
            elif isinstance(item, Months):
                if fold:
                    patterns = [without_months(p, set(item.months)) for p in patterns]
                else:
                    found.append(ExceptRule(Recurrence("DAILY", months=item.months).text()))
            elif isinstance(item, Day):
                if item.day is None:
                    raise UnclearError("day")
                if item.weekday and fold:
                    narrowed = [without_weekdays(p, {item.day.weekday()}) for p in patterns]
                    if all(narrowed):
                        patterns = [p for p in narrowed if p]
                        continue
                if item.yearless and self._endless():
                    # "except 24 December" without an end in sight leaves it out each year.
                    yearly = Recurrence("YEARLY", months=(item.day.month,), month_days=(item.day.day,))
                    found.append(ExceptRule(yearly.text()))
                    continue
                found.append(ExceptDay(item.day))
            elif isinstance(item, tuple):
                found.append(ExceptSpan(item[0], item[1]))
            elif isinstance(item, Nth):
                found.append(ExceptRule(nth_days(item, None, (), self.cycle).rule.text()))
            elif isinstance(item, Edge):
                found.append(ExceptRule(edge_days(item, self.cycle).rule.text()))
            elif isinstance(item, Feast):
                found.append(ExceptRule(feast_days(item).rule.text()))
            elif isinstance(item, YearDay):
                found.append(ExceptRule(Recurrence("YEARLY", months=(item.month,), month_days=item.days).text()))
            elif isinstance(item, MonthDays):
                found.append(ExceptRule(Recurrence("MONTHLY", month_days=item.days).text()))
            elif isinstance(item, HolidayPolicy):
                found.append(Holidays(self.country, item.do))
            elif isinstance(item, Spelled):
                found.append(ExceptRule(item.rrule))
            else:
                raise UnclearError("schedule")
        for policy in self.said.policies:
            if policy.weekends:
                patterns = [moved for p in patterns for moved in off_weekends(p, policy.do)]
            if not (policy.do == "skip" and Holidays(self.country, "skip") in found):
                found.append(Holidays(self.country, policy.do))
        if any(p.business for p in patterns) and not any(isinstance(e, Holidays) for e in found):
            counted = any(p.rule.positions for p in patterns)
            found.append(Holidays(self.country, "not_counted" if counted else "skip"))
        return patterns, tuple(found)

    def _endless(self) -> bool:
        said = self.said
        return said.until is None and said.span is None and said.count is None

    # -- start and end --------------------------------------------------------------------------

    def _finished(
        self, lines: list[Recurrence], exclusions: tuple[Exclusion, ...], clocks: Sequence[Clock], timed: bool
    ) -> Timing:
        said = self.said
        lines = list(dict.fromkeys(lines))
        first_clock = time(clocks[0].hour, clocks[0].minute)
        start_day = said.start.day.day if said.start else None
        if start_day is not None:
            low = datetime.combine(start_day, time())
            if start_day == self.now.date() and said.count is not None:
                low = max(low, self.now)
        elif timed or said.count is not None:
            low = self.now
        else:
            # Without a time of day the day of asking is the first natural match, whatever the hour.
            low = datetime.combine(self.now.date(), time())
        anchor = datetime.combine(low.date(), first_clock)
        # The first natural match, before any step is counted: the steps start there.
        steps = [replace(line, interval=1) for line in lines]
        probe = Schedule(
            "\n".join(line.text() for line in steps), datetime.combine(low.date(), time()), self.clock_zone, exclusions
        )
        first = self._first(probe, low)
        if first is None:
            raise UnclearError("day")
        stepping = any(line.interval > 1 for line in lines)
        start = first
        if said.start and start_day is not None and not stepping and not said.span and said.count is None:
            start = max(first, anchor) if first >= low else first
        lines = self._ended(lines, start, exclusions)
        rrule = "\n".join(line.text() for line in lines)
        return self._result(Schedule(rrule, start, self.zone, exclusions))

    def _first(self, probe: Schedule, low: datetime) -> datetime | None:
        """The first local run at or after `low`, before what is left out is taken away."""
        countries = [e.country for e in probe.exceptions if isinstance(e, Holidays) and e.do == "not_counted"]

        def uncounted(day: date) -> bool:
            return any(is_holiday(day, country) for country in countries)

        firsts = []
        for line in probe.rules():
            for group in line.local(probe.dtstart, low, uncounted):
                later = [at for at in group if at >= low]
                if later:
                    firsts.append(later[0])
                    break
        return min(firsts) if firsts else None

    def _ended(
        self, lines: list[Recurrence], start: datetime, exclusions: tuple[Exclusion, ...] = ()
    ) -> list[Recurrence]:
        said = self.said
        if said.until is not None:
            day = said.until.day.day
            if day is None:
                raise UnclearError("day")
            if day < start.date():
                if said.start and said.until.day.problem == "none":
                    later = add_months(day, 12)
                    if later < start.date():
                        raise UnclearError("past")
                    day = later
                else:
                    raise UnclearError("past" if day < self.now.date() else "day")
            moment = said.until.day.moment
            end = moment if moment is not None else datetime.combine(day, time(23, 59, 59))
            lines = [replace(line, until=end) for line in lines]
        if said.span is not None:
            lines = self._spanned(lines, start)
        if said.count is not None:
            if said.count < 1 or said.count > 10_000:
                raise UnclearError("schedule")
            if len(lines) == 1:
                lines = [replace(lines[0], count=said.count, until=None)]
            else:
                whole = Schedule("\n".join(line.text() for line in lines), start, self.clock_zone)
                runs = whole.next(start.replace(tzinfo=ZoneInfo(self.clock_zone)), said.count, inclusive=True)
                last = runs[-1].replace(tzinfo=None)
                lines = [replace(line, until=last) for line in lines]
        return lines

    def _spanned(self, lines: list[Recurrence], start: datetime) -> list[Recurrence]:
        span = self.said.span
        assert span is not None
        if span.unit == "hour":
            return [replace(line, until=start + timedelta(hours=span.number)) for line in lines]
        if span.unit == "business":
            if len(lines) == 1 and lines[0].freq in ("DAILY", "WEEKLY"):
                return [replace(lines[0], count=span.number)]
            raise UnclearError("schedule")
        if span.unit in ("day", "week"):
            last = start.date() + timedelta(days=span.number * (7 if span.unit == "week" else 1) - 1)
        else:
            months = span.number * {"month": 1, "quarter": 3, "cycle": 3, "year": 12}[span.unit]
            last = add_months(start.date(), months) - timedelta(days=1)
        return [replace(line, until=datetime.combine(last, time(23, 59, 59))) for line in lines]

    # -- once -------------------------------------------------------------------------------------

    # -- results --------------------------------------------------------------------------------

    def _result(self, schedule: Schedule) -> Timing:
        moment = self.now.replace(tzinfo=ZoneInfo(self.clock_zone)).astimezone(UTC)
        if not schedule.next(moment, 1, inclusive=True, zone=self.clock_zone):
            raise UnclearError("day")
        if not self.said.zones:
            self._assume("timezone")
        return Timing(schedule=schedule, zone=self.zone, zone_said=bool(self.said.zones), assumed=self.assumed)
