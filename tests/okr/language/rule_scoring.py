"""Scores what the reader makes of a phrase against a gold reading, by what would run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rruleset, rrulestr

from okr.automations import AllOf, Condition, Rule
from okr.language.rules import ListedDirectory, PersonEntry, RecordEntry, TeamEntry, read_rule
from okr.schedule import Holidays

DATA = Path(__file__).parents[2] / "data"
NOW = datetime.fromisoformat("2026-11-23T09:00:00+01:00")
LOCAL = datetime(2026, 11, 23, 9)
ASKER = "jan@acme.test"
DIRECTORY = ListedDirectory(
    [
        PersonEntry("ana@acme.test", "Ana Nowak", (), "sales"),
        PersonEntry("jan@acme.test", "Jan Maj", (), "marketing"),
        PersonEntry("ewa@acme.test", "Ewa Kowalska", (), "product"),
        PersonEntry("piotr@acme.test", "Piotr Kowalski", (), "product"),
        PersonEntry("adam@acme.test", "Adam Kowalski", (), "sales"),
        PersonEntry("magda@acme.test", "Magda Zielińska", (), "product"),
        PersonEntry("tom@acme.test", "Tom Baker", (), "cs"),
    ],
    [
        TeamEntry("sales", "Sales", "ana@acme.test"),
        TeamEntry("marketing", "Marketing", "jan@acme.test"),
        TeamEntry("product", "Product", "magda@acme.test"),
        TeamEntry("cs", "Customer Success", "tom@acme.test"),
    ],
    [
        RecordEntry("kpi", "KPI-NPS", "NPS"),
        RecordEntry("kpi", "KPI-MRR", "MRR"),
        RecordEntry("key_result", "KR-1", "Reduce churn to 3%"),
        RecordEntry("objective", "O-1", "Grow revenue"),
    ],
)


def read(text: str, at: str | None = None) -> Rule:
    """The reading of a phrase at the reference moment."""
    return read_rule(
        text,
        now=datetime.fromisoformat(at) if at else NOW,
        zone="Europe/Warsaw",
        country="PL",
        asker=ASKER,
        directory=DIRECTORY,
        cycle=(date(2026, 10, 1), date(2026, 12, 31)),
    )


def records(name: str) -> list[dict[str, Any]]:
    """The lines of a fixture."""
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def occurrences(rule: str, start: datetime, until_count: int) -> Iterator[datetime]:
    lines = [line for line in rule.splitlines() if line]
    if len(lines) == 1:
        yield from islice(_one(lines[0], start), until_count)
        return
    union = rruleset()
    for line in lines:
        union.rrule(_one(line, start))
    yield from islice(union, until_count)


def _one(line: str, start: datetime) -> rrule:
    parts = line.split(";")
    for n, part in enumerate(parts):
        if part.startswith("UNTIL=") and "T" not in part[6:]:
            parts[n] = part + "T235959"
    found = rrulestr(";".join(parts), dtstart=start)
    assert isinstance(found, rrule)
    return found


def horizon(rule: str) -> timedelta:
    if "YEARLY" in rule:
        return timedelta(days=12 * 365)
    return timedelta(days=3 * 365 if "MONTHLY" in rule else 400)


def gold_runs(gold: dict[str, Any], rule: str) -> list[datetime]:
    """The gold's occurrences from the reference on, anchored on its first natural match."""
    start = datetime.fromisoformat(gold["dtstart"]) if gold.get("dtstart") else None
    if start is None:
        timed = "BYHOUR" in rule
        base = (
            LOCAL
            if timed or "HOURLY" in rule or "MINUTELY" in rule or "SECONDLY" in rule
            else datetime.combine(LOCAL.date(), time())
        )
        firsts = [
            next(iter(_one(_without_count(line.replace("INTERVAL", "X-INTERVAL")), base)), base)
            for line in rule.splitlines()
        ]
        start = max(min(firsts), base)
    found = []
    end = start + horizon(rule)
    for at in occurrences(rule, start, 800):
        if at > end:
            break
        found.append(at)
    return _except(gold, found)


def _without_count(rule: str) -> str:
    return ";".join(p for p in rule.split(";") if not p.startswith(("X-INTERVAL", "COUNT")))


def _except(gold: dict[str, Any], runs: list[datetime]) -> list[datetime]:
    left_out = gold.get("except")
    if not left_out or left_out.startswith("CALENDAR"):
        return runs
    days = {
        at.date()
        for at in _one(left_out, datetime.combine(LOCAL.date(), time())).between(
            LOCAL - timedelta(days=1), LOCAL + timedelta(days=4500)
        )
    }
    return [at for at in runs if at.date() not in days]


def own_runs(found: Rule, end: datetime, with_holidays: bool = False) -> list[datetime]:
    assert found.schedule is not None
    low = NOW - timedelta(days=1)
    schedule = found.schedule
    if not with_holidays:
        # Plain Monday to Friday counts as well as the same without public holidays.
        kept = tuple(e for e in schedule.exceptions if not isinstance(e, Holidays))
        counted = any(isinstance(e, Holidays) and e.do == "not_counted" for e in schedule.exceptions)
        early = datetime.combine(LOCAL.date(), schedule.dtstart.time())
        start = early if counted and "INTERVAL" not in schedule.rrule else schedule.dtstart
        schedule = replace(schedule, exceptions=kept, dtstart=start)
    zone = schedule.zone if schedule.zone != "recipient" else "Europe/Warsaw"
    return [
        at.replace(tzinfo=None) for at in schedule.between(low, end.replace(tzinfo=ZoneInfo(zone)), zone=zone, most=800)
    ]


def same_schedule(found: Rule, gold: dict[str, Any], rule: str) -> bool:
    """Whether the reading runs when the gold does."""
    assert found.schedule is not None
    expected = gold_runs(gold, rule)
    if any(word in rule for word in ("HOURLY", "MINUTELY", "SECONDLY")):
        own = [at.replace(tzinfo=None) for at in found.coming(NOW, 60, inclusive=True)]
        gaps = [b - a for a, b in pairwise(own[:41])]
        golden = [b - a for a, b in pairwise(expected[:41])]
        if gold.get("dtstart") and own[:5] != expected[:5]:
            return False
        return gaps == golden
    last = (expected[0] if expected else LOCAL) + horizon(rule) - timedelta(days=2)
    end = datetime.combine(last.date(), time(23, 59))
    own = own_runs(found, end)
    expected = [at for at in expected if at <= end]
    if "BYHOUR" in rule and not gold.get("daypart"):
        drop = {LOCAL}
        return [a for a in own if a not in drop and a >= LOCAL] == [e for e in expected if e not in drop and e >= LOCAL]
    today = LOCAL.date()
    return [a.date() for a in own if a.date() > today] == [e.date() for e in expected if e.date() > today]


def has_daypart(gold: dict[str, Any]) -> bool:
    return "any hour" in gold.get("note", "")


_REMINDING = {"remind", "ask_check_in", "notify"}


def same_deeds(found: Rule, gold: dict[str, Any]) -> bool:
    """Whether condition, audience and actions are the gold's, where it names them."""
    if "cond" in gold:
        wanted_all = gold["cond"].split(" & ")
        own_all = found.condition.conditions if isinstance(found.condition, AllOf) else (found.condition,)
        if len(wanted_all) != len(own_all):
            return False
        if not all(_same_condition(c, one) for c, one in zip(own_all, wanted_all, strict=True)):
            return False
    if "aud" in gold:
        kind, _, detail = gold["aud"].partition(":")
        a = found.audience
        if kind == "none":
            if a is not None:
                return False
        elif (
            a is None
            or a.kind != kind
            or (kind == "person" and sorted(a.people) != sorted(detail.split("+")))
            or (kind != "person" and (a.team or "") != detail)
        ):
            return False
    if "act" in gold:
        wanted = sorted(_alike(part) for part in gold["act"].split(","))
        own = sorted(_alike(a.kind + (f":{a.status}" if a.status else "")) for a in found.actions)
        if wanted != own:
            return False
    return True


def _same_condition(found: Condition | None, gold: str) -> bool:
    words = gold.split()
    if found is None or (found.field, found.operator) != (words[0], words[1]):
        return False
    rest = words[2:]
    if rest and ":" not in rest[0]:
        value = rest.pop(0)
        if str(found.value) != value and (isinstance(found.value, str) or float(found.value or 0) != float(value)):
            return False
    return found.scope == (rest[0] if rest else None)


def _alike(kind: str) -> str:
    return "remind" if kind in _REMINDING else kind


def verdict(gold: dict[str, Any]) -> tuple[str, Rule]:
    """right, silently wrong, asked, missed, or false accept; with the reading."""
    result, found = timing_verdict(gold)
    if result == "right" and found.kind in ("recurring", "once", "condition") and not same_deeds(found, gold):
        return "silently wrong", found
    if result == "right" and "about" in gold and gold["about"] not in {u.about for u in found.unclear}:
        return "asked otherwise", found
    return result, found


def timing_verdict(gold: dict[str, Any]) -> tuple[str, Rule]:
    """The verdict on when it runs alone."""
    found = read(gold["text"], gold.get("at"))
    alternatives = [gold["expected"], *gold.get("alt", [])]
    kind = gold["kind"]
    if kind in ("ambiguous", "none"):
        if found.kind in ("recurring", "once", "condition"):
            return "false accept", found
        return ("asked" if kind == "none" and found.kind == "unclear" else "right"), found
    if kind == "condition":
        verdicts = {"condition": "right", "unclear": "asked", "none": "missed"}
        return verdicts.get(found.kind, "false accept"), found
    if found.kind == "none":
        return "missed", found
    if found.kind == "unclear":
        return ("right" if "CLARIFY" in alternatives else "asked"), found
    if kind == "once":
        if found.at is None:
            return "silently wrong", found
        for wanted in alternatives:
            if len(wanted) == 10 and found.at.date().isoformat() == wanted and "time" in found.assumed:
                return "right", found
            if len(wanted) > 10 and found.at.isoformat() == wanted:
                return "right", found
        return "silently wrong", found
    if found.schedule is None:
        once = [a for a in alternatives if a.startswith("ONCE:")]
        if found.at and any(found.at.isoformat().startswith(a[5:15]) for a in once):
            return "right", found
        return "silently wrong", found
    if gold.get("tz") and found.zone != gold["tz"]:
        return "silently wrong", found
    loose = {**gold, "daypart": has_daypart(gold)}
    for rule in alternatives:
        if rule.startswith("FREQ=") and same_schedule(found, loose, rule):
            if (
                "BYHOUR" not in rule
                and "HOURLY" not in rule
                and "MINUTELY" not in rule
                and "SECONDLY" not in rule
                and "time" not in found.assumed
            ):
                return "silently wrong", found
            return "right", found
    return "silently wrong", found


def scores(name: str) -> tuple[dict[tuple[str, str], int], list[tuple[str, dict[str, Any], Rule]]]:
    """Counts by language and verdict, and what was not right."""
    counts: dict[tuple[str, str], int] = {}
    wrong = []
    for gold in records(name):
        result, found = verdict(gold)
        counts[gold["lang"], result] = counts.get((gold["lang"], result), 0) + 1
        if result != "right":
            wrong.append((result, gold, found))
    return counts, wrong
