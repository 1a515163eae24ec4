"""Times of day and exceptions said within the rule itself, where that can be said as an RRULE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from okr.language.rules.clock import Clock
from okr.language.rules.patterns import WORKDAYS, Days
from okr.language.rules.timing import UnclearError
from okr.recurrence import Recurrence


def at_times(rule: Recurrence, clocks: Sequence[Clock]) -> list[Recurrence]:
    """The rule at these times: one line where hours and minutes multiply out, else one a time."""
    hours = tuple(sorted({c.hour for c in clocks}))
    minutes = tuple(sorted({c.minute for c in clocks}))
    if len(hours) * len(minutes) == len(clocks) and not (rule.positions and len(clocks) > 1):
        return [replace(rule, hours=hours, minutes=minutes)]
    if rule.positions:
        return [replace(rule, hours=(c.hour,), minutes=(c.minute,)) for c in clocks]
    by_minutes: dict[tuple[int, ...], list[int]] = {}
    for hour in hours:
        at = tuple(sorted(c.minute for c in clocks if c.hour == hour))
        by_minutes.setdefault(at, []).append(hour)
    return [replace(rule, hours=tuple(hs), minutes=at) for at, hs in by_minutes.items()]


def without_weekdays(days: Days, left_out: set[int]) -> Days | None:
    """The same days without these weekdays, where that can be said as a rule; None where not."""
    rule = days.rule
    if rule.freq == "DAILY" and rule.interval == 1 and not rule.weekdays:
        kept = tuple((0, d) for d in range(7) if d not in left_out)
        return replace(days, rule=replace(rule, freq="WEEKLY", weekdays=kept)) if kept else None
    if rule.freq == "WEEKLY" and not rule.positions:
        kept = tuple(pair for pair in rule.weekdays if pair[1] not in left_out)
        if kept:
            return replace(days, rule=replace(rule, weekdays=kept))
    return None


def without_months(days: Days, left_out: set[int]) -> Days:
    months = tuple(m for m in days.rule.months or range(1, 13) if m not in left_out)
    if not months:
        raise UnclearError("day")
    return replace(days, rule=replace(days.rule, months=months))


def off_weekends(days: Days, do: str) -> list[Days]:
    """A day of the month moved off the weekend, said as rules of their own."""
    rule = days.rule
    if rule.freq != "MONTHLY" or rule.weekdays or len(rule.month_days) != 1:
        if rule.freq == "DAILY" and do == "skip":
            return [replace(days, rule=replace(rule, freq="WEEKLY", weekdays=WORKDAYS))]
        if all(day < 5 for _, day in rule.weekdays) and rule.weekdays:
            return [days]
        raise UnclearError("day")
    day = rule.month_days[0]
    on_workdays = replace(days, rule=replace(rule, weekdays=WORKDAYS))
    if do == "skip":
        return [on_workdays]
    if do == "next_business_day":
        if not 1 <= day <= 26:
            raise UnclearError("day")
        moved = replace(rule, month_days=(day + 1, day + 2), weekdays=((0, 0),))
    elif day == -1:
        return [replace(days, rule=replace(rule, month_days=(), weekdays=WORKDAYS, positions=(-1,)))]
    elif day >= 3:
        moved = replace(rule, month_days=(day - 2, day - 1), weekdays=((0, 4),))
    else:
        raise UnclearError("day")
    return [on_workdays, replace(days, rule=moved)]
