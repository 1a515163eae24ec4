"""Orders about rules that exist: stop, pause, resume them, or move them to another time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from okr.automations import Rule
from okr.language.rules.clock import Times, clock_at, times_at
from okr.language.rules.dates import Dates
from okr.language.rules.lists import Lists
from okr.language.rules.pieces import DayClass, Weekdays
from okr.language.rules.recurring import Recurring
from okr.language.rules.tokens import Sentence, language_of
from okr.language.words import stems, tokens
from okr.recurrence import Recurrence

_ACTS = (("RESUME_RULE", "resume"), ("PAUSE_RULE", "pause"), ("REMOVE_RULE", "remove"), ("CHANGE_RULE", "change"))
_COMMON = ("the", "and", "for", "with", "all", "reminder", "rule", "przypomnienie", "regula")


@dataclass(frozen=True)
class Standing:
    """A rule that exists, under the id people know it by."""

    id: str
    rule: Rule


@dataclass(frozen=True)
class Command:
    """What to do with which rules. `act` is remove, pause, resume or change; `changed` is the new
    reading for a change. With several `targets` and not `everything`, ask which one is meant."""

    act: str
    targets: tuple[str, ...]
    everything: bool = False
    changed: Rule | None = None


def read_command(text: str, standing: Sequence[Standing], *, now: datetime) -> Command | None:
    """The order that the sentence gives about standing rules; None if it gives none.

    The rules meant are those whose weekday, words or id the sentence names; "it" is the only
    rule there is. No target at all comes back as an empty tuple.
    """
    s = Sentence(text, language_of(text))
    at = s.skip(0, "REQUEST", "FILLER")
    act = next((name for start in (at, 0) for tag, name in _ACTS if s.is_a(start, tag)), None)
    if act is None:
        return None
    if act == "change" and not any(s.is_a(i, "ORDER_OBJECT", "REMINDER") for i in range(len(s))):
        return None
    split = _new_time_at(s) if act == "change" else len(s)
    everything = any(s.is_a(i, "ALL_RULES") for i in range(len(s)))
    targets = [r for r in standing if everything] or _meant(s, split, standing, now)
    if act != "change":
        return Command(act, tuple(r.id for r in targets), everything)
    changed = _changed(s, split, targets[0].rule, now) if len(targets) == 1 else None
    return Command(act, tuple(r.id for r in targets), everything, changed)


def _new_time_at(s: Sentence) -> int:
    """Where the new time begins: at the first "to" or "na" with a day or a time of day after it."""
    for i in range(1, len(s) - 1):
        if s.is_a(i, "NEW_TIME"):
            day = s.value(i + 1, "weekday") or s.value(i + 1, "weekdays") or s.value(i + 1, "dayclasses")
            if day or clock_at(s, i + 1, introduced=True):
                return i
    return len(s)


def _meant(s: Sentence, end: int, standing: Sequence[Standing], now: datetime) -> list[Standing]:
    said = " ".join(s.plain[:end])
    by_id = [r for r in standing if r.id.lower() in s.text.lower().split() or r.id.lower() in said.replace(" ", "")]
    if by_id:
        return by_id
    days = {
        int(found[0])
        for i in range(end)
        for tag in ("weekday", "weekdays", "weekday_adjective")
        if (found := s.value(i, tag))
    }
    words = {
        stem
        for t in tokens(s.text[: s.words[end - 1].end if end else 0])
        if len(t.plain) > 3
        for stem in stems(t.plain)
    }
    words -= {stem for word in _COMMON for stem in stems(word)}
    scored = []
    for r in standing:
        own_days = {d for line in (r.rule.schedule.rules() if r.rule.schedule else ()) for _, d in line.weekdays}
        about = " ".join(a.message or "" for a in r.rule.actions)
        own_words = {stem for t in tokens(about) if len(t.plain) > 3 for stem in stems(t.plain)}
        if days and not days & own_days:
            continue
        scored.append((len(words & own_words), r))
    best = max((score for score, _ in scored), default=0)
    return [r for score, r in scored if score == best]


def _changed(s: Sentence, split: int, rule: Rule, now: datetime) -> Rule | None:
    """The rule with the time that stands after "to"; None where no time is understood there."""
    if rule.schedule is None:
        return None
    recurring = Recurring(s, Dates(s, now.replace(tzinfo=None), None))
    days: tuple[int, ...] = ()
    clocks: tuple[tuple[int, int], ...] = ()
    i = split
    while i < len(s):
        times = times_at(s, i)
        found = recurring.at(i)
        if isinstance(times and times[0], Times) and times and isinstance(times[0], Times) and times[0].clocks:
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
    if not (days or clocks):
        return None
    lines = [_moved(line, days, clocks) for line in rule.schedule.rules()]
    if any(line is None for line in lines):
        return None
    text = "\n".join(line.text() for line in lines if line)
    return replace(rule, schedule=replace(rule.schedule, rrule=text), text=s.text)


def _moved(line: Recurrence, days: tuple[int, ...], clocks: tuple[tuple[int, int], ...]) -> Recurrence | None:
    if days and (line.freq not in ("WEEKLY", "DAILY") or (line.interval > 1 and line.freq == "DAILY")):
        return None
    if days:
        line = replace(line, freq="WEEKLY", weekdays=tuple((0, d) for d in days))
    if clocks:
        line = replace(line, hours=tuple(sorted({h for h, _ in clocks})), minutes=tuple(sorted({m for _, m in clocks})))
    return line
