"""Which days a rule means: the pieces of a sentence as recurrences without their time of day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from okr.language.rules.pieces import DayClass, Edge, Every, Feast, MonthDays, Nth, Weekdays, YearDay
from okr.language.rules.timing import Said, UnclearError
from okr.recurrence import Recurrence

WORKDAYS = tuple((0, day) for day in range(5))
WEEKEND = ((0, 5), (0, 6))
FEAST_DATES = {
    "christmas": (12, 25), "christmas_eve": (12, 24), "new_year": (1, 1), "new_year_eve": (12, 31),
    "valentine": (2, 14), "halloween": (10, 31), "leap_day": (2, 29),
}  # fmt: skip
_SUB_DAILY = ("second", "minute", "hour")


@dataclass(frozen=True)
class Days:
    """A recurrence of days. `business` says that public holidays do not count as its days;
    `chosen` that the day was filled in."""

    rule: Recurrence
    business: bool = False
    chosen: bool = False


def period_months(period: str, edge: str, cycle: tuple[date, date] | None) -> tuple[int, ...]:
    """The months in which such a period begins or ends; empty for every month."""
    if period == "month":
        return ()
    if period == "year":
        return (1,) if edge == "start" else (12,)
    if period == "cycle" and cycle is not None:
        first, last = cycle
        length = (last.year - first.year) * 12 + last.month - first.month + 1
        if first.day == 1 and 12 % length == 0:
            month = first.month if edge == "start" else last.month
            return tuple(sorted({(month - 1 + n * length) % 12 + 1 for n in range(12 // length)}))
    return (1, 4, 7, 10) if edge == "start" else (3, 6, 9, 12)


def edge_days(edge: Edge, cycle: tuple[date, date] | None) -> Days:
    """So many days before or after the beginning or the end of each period."""
    if edge.period == "week":
        if edge.offset or edge.unit == "business":
            raise UnclearError("day")
        return Days(Recurrence("WEEKLY", weekdays=((0, 4 if edge.edge == "end" else 0),)), chosen=True)
    inside = (edge.edge == "end") == (edge.side == "before")
    months = period_months(edge.period, edge.edge, cycle)
    if not inside:
        # Days before a beginning lie in the period before it, days after an end in the one after it.
        months = period_months(edge.period, "end" if edge.edge == "start" else "start", cycle)
    place = edge.offset + (1 if inside else 0)
    if (edge.edge == "end" and edge.side == "before") or (edge.edge == "start" and edge.side == "before"):
        place = -place
    if edge.unit == "business":
        if abs(place) > 15:
            raise UnclearError("day")
        return Days(Recurrence("MONTHLY", months=months, weekdays=WORKDAYS, positions=(place,)), business=True)
    if abs(place) > 28:
        return _far_edge(months, place)
    return Days(Recurrence("MONTHLY", months=months, month_days=(place,)))


def _far_edge(months: tuple[int, ...], place: int) -> Days:
    """More than four weeks from the edge, where it can only be said as a date of the year."""
    if len(months) != 1 or abs(place) > 300:
        raise UnclearError("day")
    return Days(Recurrence("YEARLY", year_days=(place,)))


# So many days hold five working days whatever feasts fall among them.
_AMONG = 11


def _beyond_days(nth: Nth, number: int, months: tuple[int, ...]) -> Days:
    """The first, second, ... of its sort after a day of the month, or the last before it."""
    edge, place = abs(nth.beyond), abs(nth.positions[0])
    after = nth.beyond > 0
    if len(nth.positions) != 1 or not (after or (nth.positions[0] in (-1, 1) and place == 1)):
        raise UnclearError("day")
    if nth.target == "day":
        day = edge + place if after else edge - 1
        if not 1 <= day <= 28:
            raise UnclearError("day")
        return Days(Recurrence("MONTHLY", number, months=months, month_days=(day,)))
    if nth.target == "weekday_name":
        first = edge + 1 + 7 * (place - 1) if after else edge - 7
        if len(nth.days) != 1 or first < 1 or first + 6 > 28:
            raise UnclearError("day")
        within = tuple(range(first, first + 7))
        return Days(Recurrence("MONTHLY", number, months=months, month_days=within, weekdays=((0, nth.days[0]),)))
    # Without a working day left in a short month there would be none at all.
    if (after and edge > 24) or (not after and edge < 6):
        raise UnclearError("day")
    within = tuple(range(edge + 1, min(edge + _AMONG, 31) + 1) if after else range(max(1, edge - _AMONG), edge))
    position = place if after else -1
    rule = Recurrence("MONTHLY", number, months=months, month_days=within, weekdays=WORKDAYS, positions=(position,))
    return Days(rule, nth.target == "business")


def nth_days(nth: Nth, step: Every | None, months: tuple[int, ...], cycle: tuple[date, date] | None) -> Days:
    """The first, last, ... day of that sort within each period."""
    period, number = nth.period, nth.number
    if nth.beyond:
        return _beyond_days(nth, max(number, step.number if step and step.unit == "month" else 1), months)
    if period and period.startswith("months:"):
        months = tuple(int(m) for m in period.removeprefix("months:").split(","))
        period = "month"
    if step is not None and step.unit in ("month", "quarter", "year", "cycle", "week"):
        if period is None or (period == "month" and step.unit == "month"):
            period, number = step.unit if period is None else period, max(number, step.number)
        elif step.unit in ("quarter", "cycle") and period == "month" and not months:
            # "each quarter, on the 10th of the month": every third month from the first that comes.
            number = 3 * step.number
        elif step.unit == "year" and period in ("month",) and months:
            pass
        elif step.unit == "year" and step.number > 1:
            number = step.number
    if period == "year" and months:
        period = "month"
    period = period or "month"
    interval = number if period == "month" else 1
    yearly = step is not None and step.unit == "year" and step.number > 1
    if period == "week":
        return _nth_of_week(nth)
    positive = all(p > 0 for p in nth.positions)
    negative = all(p < 0 for p in nth.positions)
    in_months = months or period_months(period, "start" if positive else "end", cycle)
    if period != "month" and not (positive or negative):
        if nth.target == "day" and not months:
            return _both_ends(nth, period, cycle)
        raise UnclearError("day")
    if period in ("quarter", "cycle") and number > 1:
        raise UnclearError("day")
    base = Recurrence("MONTHLY", interval, months=in_months)
    if yearly and len(in_months) == 1:
        base = Recurrence("YEARLY", step.number if step else 1, months=in_months)
    if nth.target == "day":
        if period == "year" and max(map(abs, nth.positions)) > 28:
            return Days(Recurrence("YEARLY", year_days=nth.positions))
        if any(abs(p) > 31 for p in nth.positions):
            raise UnclearError("day")
        return Days(replace(base, month_days=tuple(sorted(nth.positions))))
    if nth.target == "weekday_name":
        if any(abs(p) > 5 for p in nth.positions):
            raise UnclearError("day")
        if period == "year" and any(abs(p) > 4 for p in nth.positions):
            raise UnclearError("day")
        pairs = tuple((p, day) for p in nth.positions for day in nth.days)
        return Days(replace(base, weekdays=pairs))
    wanted = WEEKEND if nth.target == "weekend" else WORKDAYS
    if any(abs(p) > 23 for p in nth.positions):
        raise UnclearError("day")
    return Days(replace(base, weekdays=wanted, positions=tuple(sorted(nth.positions))), nth.target == "business")


def _both_ends(nth: Nth, period: str, cycle: tuple[date, date] | None) -> Days:
    if nth.positions and set(nth.positions) == {1, -1} and period == "year":
        return Days(Recurrence("YEARLY", year_days=(-1, 1)))
    raise UnclearError("day")


def _nth_of_week(nth: Nth) -> Days:
    if nth.target in ("business", "weekday"):
        days = tuple(sorted({p - 1 if p > 0 else 5 + p for p in nth.positions}))
        if any(not 0 <= day <= 4 for day in days):
            raise UnclearError("day")
    elif nth.target == "day":
        days = tuple(sorted({p - 1 if p > 0 else 7 + p for p in nth.positions}))
        if any(not 0 <= day <= 6 for day in days):
            raise UnclearError("day")
    else:
        raise UnclearError("day")
    return Days(Recurrence("WEEKLY", weekdays=tuple((0, day) for day in days)))


def feast_days(feast: Feast) -> Days:
    """The feast each year."""
    if feast.name in FEAST_DATES:
        month, day = FEAST_DATES[feast.name]
        return Days(Recurrence("YEARLY", months=(month,), month_days=(day,)))
    return Days(Recurrence("YEARLY", easter=(1 if feast.name == "easter_monday" else 0,)))


def class_rule(kind: str) -> Recurrence:
    return Recurrence("WEEKLY", weekdays=WEEKEND if kind == "weekend" else WORKDAYS)


class Patterns:
    """Puts the pieces of one sentence together to recurrences of days, as of a day."""

    def __init__(self, said: Said, today: date, cycle: tuple[date, date] | None) -> None:
        self.said = said
        self.today = today
        self.cycle = cycle
        self.months = tuple(sorted({m for piece in said.months for m in piece.months}))

    def days(self) -> list[Days]:
        """What the sentence repeats on; several where it names days of different sorts."""
        said = self.said
        step = self._step()
        if step is not None and step.unit in _SUB_DAILY:
            step = None
        weekdays, interval = self._weekdays()
        found: list[Days] = []
        nths = list(said.nths)
        month_days = [d for m in said.month_days for d in m.days]
        if nths and month_days and all(n.target == "day" and n.period in (None, "month") for n in nths):
            merged = self._day_or_last(nths, month_days, step)
            if merged:
                return [merged]
        if nths and not month_days and len(nths) > 1:
            nths = self._merged(nths)
        for nth in nths:
            found.append(nth_days(self._with_weekday(nth, weekdays), step, self.months, self.cycle))
        found += [edge_days(edge, self.cycle) for edge in said.edges]
        found += [
            Days(Recurrence("YEARLY", step.number if step and step.unit == "year" else 1,
                            months=(y.month,), month_days=y.days))
            for y in said.year_days
        ]  # fmt: skip
        found += [feast_days(feast) for feast in said.feasts]
        if month_days:
            found.append(self._month_days(month_days, step, weekdays))
            if weekdays and not found[-1].rule.weekdays:
                found.append(self._weekly(weekdays, interval, step))
        elif weekdays and not any(n.target == "week" for n in nths):
            if found:
                found.append(self._weekly(weekdays, interval, step))
            else:
                found.append(self._on_weekdays(weekdays, interval, step))
        found += self._classes(step, bool(found))
        if not found:
            found = self._bare(step)
        return [self._in_months(days) for days in found]

    def _step(self) -> Every | None:
        hard = [e for e in self.said.every if not e.soft]
        pool = hard or self.said.every
        merged = {(e.unit, e.number) for e in pool}
        if len(merged) > 1:
            units = {e.unit for e in pool}
            # "daily on weekdays" and "every week on Mondays" say the same twice over.
            smaller = [e for e in pool if e.unit not in ("day",)]
            if (
                "day" in units
                and len(units) == 2
                and units & set(_SUB_DAILY)
                and all(e.number == 1 for e in pool if e.unit == "day")
            ):
                return smaller[0]
            if units <= {"month", "quarter", "year"} and self.said.nths:
                return next(e for e in pool if e.unit != "month")
            raise UnclearError("schedule")
        return pool[0] if pool else None

    def _weekdays(self) -> tuple[tuple[int, ...], int]:
        days: set[int] = set()
        interval = 1
        for piece in self.said.weekdays:
            days |= set(piece.days)
            interval = max(interval, piece.interval)
        return tuple(sorted(days)), interval

    def _with_weekday(self, nth: Nth, weekdays: tuple[int, ...]) -> Nth:
        return nth

    def _merged(self, nths: Sequence[Nth]) -> list[Nth]:
        """ "the first Monday and the last Monday of the month": one piece where the targets agree."""
        period = next((n.period for n in nths if n.period), None)
        grouped: dict[tuple[str, tuple[int, ...], str | None], list[int]] = {}
        for nth in nths:
            key = (nth.target, nth.days, nth.period or period)
            grouped.setdefault(key, []).extend(nth.positions)
        number = max(n.number for n in nths)
        return [Nth(tuple(places), target, days, within, number) for (target, days, within), places in grouped.items()]

    def _day_or_last(self, nths: Sequence[Nth], month_days: list[int], step: Every | None) -> Days | None:
        last = {p for n in nths for p in n.positions}
        number = max([n.number for n in nths] + [step.number if step and step.unit == "month" else 1])
        rule = Recurrence("MONTHLY", number, months=self.months, month_days=tuple(sorted({*month_days, *last})))
        return Days(rule)

    def _month_days(self, days: list[int], step: Every | None, weekdays: tuple[int, ...]) -> Days:
        number = max([m.number for m in self.said.month_days] + [1])
        unit = step.unit if step else "month"
        listed = tuple(sorted(set(days)))
        if unit == "year":
            if not self.months:
                raise UnclearError("day")
            return Days(Recurrence("YEARLY", step.number if step else 1, months=self.months, month_days=listed))
        if unit in ("quarter", "cycle") and listed == (1,) and (step is None or step.number == 1):
            return Days(Recurrence("MONTHLY", months=period_months(unit, "start", self.cycle), month_days=listed))
        if unit in ("quarter", "cycle"):
            return Days(Recurrence("MONTHLY", 3 * (step.number if step else 1), month_days=listed))
        if unit in ("week", "day"):
            raise UnclearError("schedule")
        rule = Recurrence("MONTHLY", max(number, step.number if step else 1), month_days=listed)
        besides = any(m.besides for m in self.said.month_days)
        if weekdays and len(weekdays) == 1 and len(listed) == 1 and len(self.said.weekdays) == 1 and not besides:
            rule = replace(rule, weekdays=((0, weekdays[0]),))
        return Days(rule)

    def _weekly(self, weekdays: tuple[int, ...], interval: int, step: Every | None) -> Days:
        return Days(Recurrence("WEEKLY", interval, weekdays=tuple((0, d) for d in weekdays)))

    def _on_weekdays(self, weekdays: tuple[int, ...], interval: int, step: Every | None) -> Days:
        if step is not None and step.unit in ("month", "quarter", "year", "cycle") and not step.soft:
            if step.unit == "year" and self.months:
                return Days(
                    Recurrence("YEARLY", step.number, months=self.months, weekdays=tuple((0, d) for d in weekdays))
                )
            raise UnclearError("day")
        if step is not None and step.unit == "week":
            interval = max(interval, step.number)
        if step is not None and step.unit == "day" and step.number > 1:
            raise UnclearError("schedule")
        return Days(Recurrence("WEEKLY", interval, weekdays=tuple((0, d) for d in weekdays)))

    def _classes(self, step: Every | None, others: bool) -> list[Days]:
        classes = {c.kind for c in self.said.classes}
        if not classes:
            return []
        if step is not None and step.unit == "week" and step.number > 1:
            return [
                Days(replace(class_rule(kind), interval=step.number), kind == "business") for kind in sorted(classes)
            ]
        if step is not None and step.unit not in ("day", "week", *_SUB_DAILY) and not step.soft:
            raise UnclearError("day")
        if step is not None and step.unit == "day" and step.number > 1:
            raise UnclearError("schedule")
        if others and self.said.weekdays and classes == {"weekend"}:
            return [Days(class_rule("weekend"))]
        return [Days(class_rule(kind), kind == "business") for kind in sorted(classes)]

    def _bare(self, step: Every | None) -> list[Days]:
        start = self.said.start.day.day if self.said.start and self.said.start.day.day else None
        first = start or self.today
        if step is None:
            monthly = self.months and any(m.every for m in self.said.months) and not self._sub_daily()
            if monthly and self.said.repeats:
                return [Days(Recurrence("YEARLY", months=self.months, month_days=(1,)), chosen=True)]
            return [Days(Recurrence("DAILY"))]
        chosen = start is None
        if step.unit == "day":
            return [Days(Recurrence("DAILY", step.number))]
        if step.unit == "week":
            return [Days(Recurrence("WEEKLY", step.number, weekdays=((0, first.weekday()),)), chosen=chosen)]
        if step.unit in ("month", "quarter", "cycle"):
            number = step.number * (1 if step.unit == "month" else 3)
            if self.months:
                raise UnclearError("day")
            return [Days(Recurrence("MONTHLY", number, month_days=(first.day,)), chosen=chosen)]
        if self.months:
            return [Days(Recurrence("YEARLY", step.number, months=self.months, month_days=(1,)), chosen=True)]
        yearly = Recurrence("YEARLY", step.number, months=(first.month,), month_days=(first.day,))
        return [Days(yearly, chosen=chosen)]

    def _sub_daily(self) -> bool:
        return any(e.unit in _SUB_DAILY for e in self.said.every)

    def _in_months(self, days: Days) -> Days:
        rule = days.rule
        if not self.months or rule.months:
            return days
        return replace(days, rule=replace(rule, months=self.months))


def thirtieth_or_last(said: Said) -> Recurrence | None:
    """ "the 30th or the last day of the month": the 30th, and the last day where there is none."""
    if len(said.nths) != 1 or len(said.month_days) > 1:
        return None
    nth = said.nths[0]
    numbers = said.month_days[0].days if said.month_days else tuple(p for p in nth.positions if p > 0)
    if not said.month_days and nth.target == "day" and -1 in nth.positions and len(nth.positions) == 2:
        nth = replace(nth, positions=(-1,))
    if nth.target != "day" or nth.positions != (-1,) or len(numbers) != 1 or numbers[0] < 29:
        return None
    return Recurrence("MONTHLY", month_days=tuple(range(28, numbers[0] + 1)), positions=(-1,))


__all__ = ["DayClass", "Days", "MonthDays", "Patterns", "Weekdays", "YearDay"]
