"""A rule with something else in it: another day, time, repetition, number or recipient, as an order says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from okr.automations import Condition, Rule
from okr.language.rules.clock import Times, times_at
from okr.language.rules.dates import Dates
from okr.language.rules.lists import Lists
from okr.language.rules.numbering import number_at
from okr.language.rules.pieces import DayClass, Weekdays
from okr.language.rules.readback import read_back
from okr.language.rules.recurring import Recurring
from okr.language.rules.tokens import Sentence
from okr.recurrence import SUB_DAILY, Recurrence
from okr.schedule import RECIPIENT

Read = Callable[[str], Rule]


def changed(s: Sentence, split: int, rule: Rule, now: datetime, read: Read | None) -> Rule | None:
    """The rule as the words from `split` on want it; None where they are not understood for this rule."""
    found: Rule | None = None
    if isinstance(rule.condition, Condition):
        found = _other_number(s, split, rule)
    elif rule.schedule is not None or rule.at is not None:
        found = _shifted(s, rule) or _repeated_otherwise(s, split, rule, read) or _moved_to(s, split, rule, now)
    if found is None and read is not None:
        found = _for_others(s, split, rule, read)
    if found is None:
        return None
    found = replace(found, text=s.text, unclear=())
    return found.with_readback(read_back(found))


def _other_number(s: Sentence, split: int, rule: Rule) -> Rule | None:
    condition = rule.condition
    if not isinstance(condition, Condition) or not isinstance(condition.value, int | float):
        return None
    number = next((n for i in range(split, len(s)) if (n := number_at(s, i))), None)
    if number is None:
        return None
    value, unit = number
    if condition.unit == "fraction":
        value = value / 100 if unit is not None or value > 1 else value
    plain = int(value) if value == int(value) and condition.unit != "fraction" else round(value, 6)
    if condition.field == "confidence" and condition.operator not in ("falls", "falls_by") and not 1 <= plain <= 5:
        return None
    if condition.unit == "fraction" and not 0 <= plain <= 2:
        return None
    if condition.field == "last_check_in":
        dates = Dates(s, rule.asked_at, None)
        length = next((found for i in range(split, len(s)) if (found := dates.length(i))), None)
        days = {"day": 1, "week": 7, "month": 30}.get(length[1]) if length else 1
        if days is None:
            return None
        plain = int(value) * days
    return replace(rule, condition=replace(condition, value=plain))


def _shifted(s: Sentence, rule: Rule) -> Rule | None:
    """An hour earlier, o pół godziny później: the same rule with its times moved."""
    side = next((-1 if s.is_a(i, "EARLIER_BY") else 1 for i in range(len(s)) if s.is_a(i, "EARLIER_BY", "LATER_BY")), 0)
    if not side:
        return None
    lengths = [n for i in range(len(s)) if (n := Dates(s, rule.asked_at, None).length(i))]
    if not lengths or lengths[0][1] not in ("minute", "hour"):
        return None
    by = side * lengths[0][0] * (60 if lengths[0][1] == "hour" else 1)
    if rule.at is not None:
        return replace(rule, at=rule.at + timedelta(minutes=by))
    if rule.schedule is None:
        return None
    lines = []
    for line in rule.schedule.rules():
        if line.freq in SUB_DAILY or len(line.hours) != 1 or len(line.minutes) != 1:
            return None
        minutes = line.hours[0] * 60 + line.minutes[0] + by
        if not 0 <= minutes < 24 * 60:
            # Another day would be another rule.
            return None
        lines.append(replace(line, hours=(minutes // 60,), minutes=(minutes % 60,)))
    return _with_lines(rule, lines, rule.schedule.dtstart + timedelta(minutes=by))


def _with_lines(rule: Rule, lines: list[Recurrence], start: datetime) -> Rule:
    assert rule.schedule is not None
    text = "\n".join(line.text() for line in lines)
    return replace(rule, schedule=replace(rule.schedule, rrule=text, dtstart=start))


def _repeated_otherwise(s: Sentence, split: int, rule: Rule, read: Read | None) -> Rule | None:
    """Make it every two weeks, zmień na ostatni piątek miesiąca: another repetition at the same time of day."""
    if read is None or split >= len(s) or rule.schedule is None:
        return None
    first = split + 1 if s.is_a(split, "NEW_TIME") and not s.value(split, "often") else split
    words = s.said(first, len(s)).rstrip(" .!?")
    new = read(words)
    if new.kind != "recurring" or new.schedule is None:
        return None
    lines = list(new.schedule.rules())
    old = rule.schedule.rules()
    if "time" in new.assumed:
        clocks = {(line.hours, line.minutes) for line in old}
        if len(clocks) != 1 or any(line.freq in SUB_DAILY for line in (*old, *lines)):
            return None
        hours, minutes = clocks.pop()
        lines = [replace(line, hours=hours, minutes=minutes) for line in lines]
    days = {line.weekdays for line in old}
    if "day" in new.assumed or all(line.freq == "WEEKLY" and not _names_a_day(s, first) for line in lines):
        # "every two weeks" keeps the weekday it had.
        if len(days) == 1 and all(line.freq == "WEEKLY" for line in (*old, *lines)):
            lines = [replace(line, weekdays=next(iter(days))) for line in lines]
        elif any(line.freq in ("MONTHLY", "YEARLY") for line in lines):
            return None
    start = new.schedule.dtstart
    if "time" in new.assumed and lines[0].hours:
        start = start.replace(hour=lines[0].hours[0], minute=(lines[0].minutes or (0,))[0])
    zone = rule.zone if "timezone" in new.assumed else new.zone
    exceptions = new.schedule.exceptions or rule.schedule.exceptions
    text = "\n".join(line.text() for line in lines)
    made = replace(new.schedule, rrule=text, dtstart=_first(lines, start), zone=zone, exceptions=exceptions)
    return replace(rule, schedule=made, zone=zone, asked_at=new.asked_at)


def _first(lines: list[Recurrence], start: datetime) -> datetime:
    """The first local run of the lines from that moment on."""
    low = datetime.combine(start.date(), time())
    firsts = [
        at
        for line in lines
        if line.freq not in SUB_DAILY
        for at in islice((at for group in replace(line, interval=1).local(low, low, None) for at in group), 50)
        if at >= start
    ]
    return min(firsts) if firsts else start


def _names_a_day(s: Sentence, first: int) -> bool:
    tags = ("weekday", "weekdays", "dayclass", "dayclasses")
    return any(s.value(i, tag) for i in range(first, len(s)) for tag in tags)


def _moved_to(s: Sentence, split: int, rule: Rule, now: datetime) -> Rule | None:
    """The rule on the days and at the times that stand from `split` on."""
    recurring = Recurring(s, Dates(s, now.replace(tzinfo=None), None))
    days: tuple[int, ...] = ()
    clocks: tuple[tuple[int, int], ...] = ()
    i = split
    while i < len(s):
        times = times_at(s, i)
        found = recurring.at(i)
        if times and isinstance(times[0], Times) and times[0].clocks:
            if not all(c.exists for c in times[0].clocks):
                return None
            clocks = tuple((c.hour, c.minute) for c in times[0].clocks)
            i = times[1]
        elif found and isinstance(found[0], Weekdays):
            days, i = found[0].days, found[1]
        elif found and isinstance(found[0], DayClass):
            days, i = ((5, 6) if found[0].kind == "weekend" else (0, 1, 2, 3, 4)), found[1]
        elif listed := Lists(s, recurring.dates)._weekday_list(i):
            days, i = listed[0], listed[1]
        elif s.plain[i].isdecimal() and not clocks and s.is_a(i - 1, "NEW_TIME") and int(s.plain[i]) < 24:
            clocks, i = ((int(s.plain[i]), 0),), i + 1
        else:
            i += 1
    if not (days or clocks) or rule.schedule is None:
        return None
    moved = [_moved(line, days, clocks) for line in rule.schedule.rules()]
    lines = [line for line in moved if line]
    if len(lines) < len(moved):
        return None
    return _with_lines(rule, lines, _first(lines, _local(rule, now)))


def _local(rule: Rule, now: datetime) -> datetime:
    """The later of now and the rule's own start, in the rule's zone."""
    assert rule.schedule is not None
    zone = ZoneInfo(rule.company_zone if rule.zone == RECIPIENT else rule.zone)
    today = now.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
    start = rule.schedule.dtstart
    # A start in the future that is only the first natural match is none that anybody set.
    return start if start > today + timedelta(days=40) else today


def _moved(line: Recurrence, days: tuple[int, ...], clocks: tuple[tuple[int, int], ...]) -> Recurrence | None:
    if days and (line.freq not in ("WEEKLY", "DAILY") or (line.interval > 1 and line.freq == "DAILY")):
        return None
    if clocks and line.freq in SUB_DAILY:
        return None
    if days:
        line = replace(line, freq="WEEKLY", weekdays=tuple((0, d) for d in days))
    if clocks:
        line = replace(line, hours=tuple(sorted({h for h, _ in clocks})), minutes=tuple(sorted({m for _, m in clocks})))
    return line


def _for_others(s: Sentence, split: int, rule: Rule, read: Read) -> Rule | None:
    """Send it to the leads instead, wysyłaj go liderom: the same rule for somebody else."""
    for first in range(len(s) - 1, 0, -1):
        words = " ".join(w.text for w in s.words[first:] if w.plain not in _TAILS).strip(" .!?")
        if not words or s.is_a(first, "IT_RULE") or not s.words[first].text[:1].isalpha():
            continue
        asked = f"every day at 9 remind {words}" if s.language == "en" else f"codziennie o 9 przypominaj {words}"
        new = read(asked)
        used = new.actions[0].message is None if new.actions else False
        if new.kind == "recurring" and used and new.audience is not None and "audience" not in new.assumed:
            return replace(rule, audience=new.audience)
    return None


_TAILS = ("instead", "only", "too", "please", "zamiast", "tylko", "prosze")
