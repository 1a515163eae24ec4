"""A rule said back in plain words, in English or Polish, so that reading it again gives the same rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from okr.automations import Action, AllOf, Audience, Condition, Rule
from okr.language.rules import phrases_en, phrases_pl
from okr.language.rules.led import led_by
from okr.language.rules.phrases import Addressed, Phrases
from okr.recurrence import SUB_DAILY, Recurrence
from okr.schedule import RECIPIENT, ExceptDay, ExceptMoment, ExceptRule, ExceptSpan, Holidays, Schedule

_WORKDAYS = (0, 1, 2, 3, 4)
_QUARTER_ENDS = (3, 6, 9, 12)
_QUARTER_STARTS = (1, 4, 7, 10)


def read_back(rule: Rule, language: str | None = None, *, spelled: bool = False) -> str:
    """What the rule does, from the rule alone; empty for a sentence that is no rule.

    `spelled` gives the schedule as RRULE text, which is how a rule is said that has no plain words.
    """
    words: Phrases = phrases_pl if (language or rule.language) == "pl" else phrases_en
    if rule.kind == "none" or not (rule.schedule or rule.at or rule.condition):
        return ""
    parts = []
    if rule.schedule is not None:
        parts.append(_schedule(rule.schedule, rule, words, spelled))
    if rule.at is not None:
        parts.append(words.once(rule.at) + " " + words.zone(rule.zone))
    if rule.condition is not None:
        parts.append(_condition(rule.condition, words))
    deeds = _deeds(rule, words)
    whole = ", ".join([*parts, *deeds])
    assumed = [words.ASSUMED[a] for a in rule.assumed if a in words.ASSUMED]
    note = f" ({words.ASSUMED_LABEL}: {', '.join(assumed)}.)" if assumed else ""
    return f"{whole[:1].upper()}{whole[1:]}.{note}"


def _schedule(schedule: Schedule, rule: Rule, words: Phrases, spelled: bool) -> str:
    lines = schedule.rules()
    skips = [e for e in schedule.exceptions if isinstance(e, Holidays)]
    business = bool(skips) and any(e.do in ("skip", "not_counted") for e in skips)
    if spelled:
        said = words.AND.join(f"RRULE:{_bare(line).text()}" for line in lines)
    else:
        said = _lines(lines, business, words)
    first = lines[0]
    if first.count is not None:
        said += f", {words.times(first.count)}"
    local = _now(rule)
    stepping = any(line.interval > 1 for line in lines) or first.freq in SUB_DAILY or first.count is not None
    if stepping or spelled or schedule.dtstart.date() > local.date():
        sub_daily = first.freq in SUB_DAILY
        natural = None if stepping or spelled else _natural(lines, local)
        if natural != schedule.dtstart:
            said += f", {words.starting(schedule.dtstart, sub_daily or spelled)}"
    if first.until is not None:
        whole_day = first.until.time() == time(23, 59, 59)
        said += (
            f", {words.UNTIL} {first.until.date().isoformat() if whole_day else first.until.strftime('%Y-%m-%dT%H:%M')}"
        )
    workdays_only = all(_days(line) == _WORKDAYS for line in lines)
    left_out = []
    for exception in schedule.exceptions:
        if isinstance(exception, ExceptDay):
            left_out.append(exception.day.isoformat())
        elif isinstance(exception, ExceptMoment):
            left_out.append(exception.at.date().isoformat())
        elif isinstance(exception, ExceptSpan):
            left_out.append(words.span(exception.first.isoformat(), exception.last.isoformat()))
        elif isinstance(exception, ExceptRule):
            left_out += [
                f"RRULE:{line.text()}" if spelled else _exception(line, words)
                for line in Schedule(exception.rrule, schedule.dtstart, schedule.zone).rules()
            ]
        elif exception.do == "skip" and (not workdays_only or spelled):
            left_out.append(words.HOLIDAYS)
    if left_out:
        said += f", {words.EXCEPT} {words.AND.join(left_out)}"
    for shift in skips:
        if shift.do.endswith("business_day"):
            said += f", {words.SHIFTED[shift.do]}"
    return f"{said} {words.zone(schedule.zone)}"


def _now(rule: Rule) -> datetime:
    zone = rule.company_zone if rule.zone == RECIPIENT else rule.zone
    return rule.asked_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _natural(lines: Sequence[Recurrence], now: datetime) -> datetime | None:
    firsts = []
    for line in lines:
        for group in line.local(datetime.combine(now.date(), time()), now, None):
            later = [at for at in group if at >= now]
            if later:
                firsts.append(later[0])
                break
    return min(firsts) if firsts else None


def _bare(line: Recurrence) -> Recurrence:
    return replace(line, until=None, count=None)


def _days(line: Recurrence) -> tuple[int, ...]:
    return tuple(day for _, day in line.weekdays)


def _lines(lines: Sequence[Recurrence], business: bool, words: Phrases) -> str:
    """The days and the times of day; lines that differ only in their time are said once."""
    if lines[0].freq in SUB_DAILY:
        return words.elapsed(lines[0])
    patterns: dict[str, list[tuple[int, int]]] = {}
    for line in lines:
        said = _pattern(line, business, words)
        patterns.setdefault(said, []).extend((h, m) for h in line.hours or (9,) for m in line.minutes or (0,))
    times = {tuple(sorted(set(t))) for t in patterns.values()}
    if len(times) == 1:
        return f"{words.AND.join(patterns)} {words.at(sorted(times.pop()))}"
    return words.AND.join(f"{p} {words.at(sorted(set(t)))}" for p, t in patterns.items())


def _pattern(line: Recurrence, business: bool, words: Phrases) -> str:
    if line.freq == "DAILY":
        return words.every("day", line.interval) + _in_months(line, words)
    if line.freq == "WEEKLY":
        days = _days(line)
        if days == _WORKDAYS and line.interval == 1:
            return (words.EVERY_WORKDAY if business else words.EVERY_WEEKDAY) + _in_months(line, words)
        return words.weekly(days, line.interval) + _in_months(line, words)
    if line.freq == "YEARLY":
        return _yearly(line, words)
    return _monthly(line, business, words)


def _in_months(line: Recurrence, words: Phrases) -> str:
    return f" {words.in_months(line.months)}" if line.months else ""


def _monthly(line: Recurrence, business: bool, words: Phrases) -> str:
    period = words.period("month", line.interval)
    tail = _in_months(line, words)
    if line.months in (_QUARTER_ENDS, _QUARTER_STARTS) and line.interval == 1:
        places = [*line.month_days, *line.positions, *(n for n, _ in line.weekdays if n)]
        wanted = _QUARTER_ENDS if all(p < 0 for p in places) else _QUARTER_STARTS if all(p > 0 for p in places) else ()
        if line.months == wanted:
            period, tail = words.period("quarter", 1), ""
    beyond = _beyond(line)
    if beyond:
        kind = "weekday_name" if not line.positions else "business" if business else "weekday"
        place = line.positions[0] if line.positions else 1 if beyond > 0 else -1
        return words.nth_beyond(place, kind, _days(line)[:1], beyond, period) + tail
    if line.positions:
        if line.month_days:
            return words.day_or_last(max(line.month_days), period) + tail
        if len(line.positions) == 1 and line.positions[0] < -2 and _days(line) == _WORKDAYS:
            return words.workdays_before_end(-line.positions[0] - 1, business, period) + tail
        kind = "weekend" if _days(line) == (5, 6) else "business" if business else "weekday"
        return words.nth(line.positions, kind, (), period) + tail
    if line.month_days and not line.weekdays:
        if len(line.month_days) == 1 and line.month_days[0] < -1:
            return words.before_end(-line.month_days[0] - 1, period) + tail
        return words.nth(line.month_days, "day", (), period) + tail
    nths = {n for n, _ in line.weekdays}
    if line.weekdays and 0 not in nths and not line.month_days:
        by_day: dict[tuple[int, ...], list[int]] = {}
        for day in dict.fromkeys(_days(line)):
            by_day.setdefault(tuple(n for n, d in line.weekdays if d == day), []).append(day)
        said = [words.nth(places, "weekday_name", tuple(days), period) for places, days in by_day.items()]
        return words.AND.join(said) + tail
    return f"RRULE:{_bare(line).text()}"


def _beyond(line: Recurrence) -> int:
    """The day of the month from which the line's day is counted on, below zero back from it; 0 where it is not."""
    days = line.month_days
    if not line.weekdays or len(days) < 5 or days != tuple(range(days[0], days[-1] + 1)) or days[0] < 1:
        return 0
    if line.positions and _days(line) == _WORKDAYS and len(line.positions) == 1:
        return days[0] - 1 if line.positions[0] > 0 else -(days[-1] + 1)
    weekday = len(line.weekdays) == 1 and line.weekdays[0][0] == 0 and not line.positions and len(days) == 7
    return days[0] - 1 if weekday else 0


def _yearly(line: Recurrence, words: Phrases) -> str:
    step = words.every("year", line.interval)
    if len(line.months) == 1 and len(line.month_days) == 1 and not line.weekdays:
        if line.month_days[0] > 0:
            return f"{step} {words.date(line.months[0], line.month_days[0])}"
        if line.month_days[0] == -1:
            return f"{step} {words.nth((-1,), 'day', (), words.month_named(line.months[0]))}"
    if len(line.months) == 1 and line.weekdays and not line.month_days and not line.positions:
        places = {n for n, _ in line.weekdays}
        if 0 not in places and len(set(_days(line))) == 1:
            named = words.month_named(line.months[0])
            return f"{step} {words.nth(tuple(n for n, _ in line.weekdays), 'weekday_name', _days(line)[:1], named)}"
    return f"RRULE:{_bare(line).text()}"


def _exception(line: Recurrence, words: Phrases) -> str:
    if line.freq == "DAILY" and line.months:
        return words.in_months(line.months)
    return _pattern(line, False, words)


# -- conditions, audiences and actions --------------------------------------------------------------


def _condition(condition: Condition | AllOf, words: Phrases) -> str:
    parts = condition.conditions if isinstance(condition, AllOf) else (condition,)
    said = [words.condition(part, words.scope(part.scope)) for part in parts]
    return f"{words.WHEN} {words.AND.join(said)}"


def _deeds(rule: Rule, words: Phrases) -> list[str]:
    to = words.audience(rule.audience or Audience("me"), rule.condition is not None)
    if rule.condition is not None or rule.audience is None or (rule.messages() and rule.audience.kind != "team"):
        # All tasks, or those of the people who are named with the message.
        to = to._replace(of="")
    return [_deed(action, to, words, rule.text) for action in rule.actions]


def _deed(action: Action, to: Addressed, words: Phrases, text: str) -> str:
    said = words.deed(action, to)
    if action.message and action.kind != "set_task_status":
        plain = action.message
        for sign in '“”„«»"':
            plain = plain.replace(sign, "’")
        said += f"{words.saying(action.kind, led_by(text, action.message))} {words.QUOTES[0]}{plain}{words.QUOTES[1]}"
    return said
