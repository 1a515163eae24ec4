"""How a key result stands, as clauses of a sentence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from assistant.telling import formats
from assistant.telling.formats import amount, percent, points, signed_points
from assistant.telling.phrases import knows, say
from assistant.telling.safe import cite, plain
from tools.result import Row

MOST_TITLE = 200
# Statuses whose word goes with the count.
_INFLECTED = ("at_risk", "completed")
# A share nearer to another than this is shown as the same.
SAME = 5e-7


def named(row: Row, language: str) -> str:
    """The record's title in bold with its id."""
    return say(language, "kr.named", title=plain(row.title, MOST_TITLE), id=cite(row.id))


def share(progress: float, language: str) -> str:
    """Progress as it is shown: from 0 to 100 %, with the true figure where it lies outside."""
    if progress < 0:
        return say(language, "share.below", share=percent(progress, language))
    if progress > 1:
        return say(language, "share.beyond", share=percent(progress, language))
    return percent(progress, language)


def gap(size: float, language: str) -> str:
    """How far behind or ahead of the pace, in points."""
    if abs(size) < SAME:
        return say(language, "gap.even")
    return say(language, "gap.behind" if size > 0 else "gap.ahead", points=points(size, language))


def status(word: object, language: str) -> str:
    """The status in words."""
    return say(language, f"status.{word}") if knows(language, f"status.{word}") else plain(str(word), 40)


def status_count(word: str, count: int, language: str) -> str:
    """How many stand so: "5 at risk", "5 zagrożonych"."""
    slots = {"count": formats.number(count, language)}
    if word in _INFLECTED:
        slots["noun"] = formats.noun(word, count, language)
    return say(language, f"statuses.{word}", **slots)


def freshness(row: Row, language: str, on: date, today: date) -> str:
    """How old the latest check-in was on the day, with a word for being stale; of a past day its date."""
    v = row.values
    if v.get("freshness") == "never" or v.get("age_days") is None:
        return say(language, "fresh.never")
    # Of an ended cycle the age is that at its end, so the day itself is what can be told at any time.
    if v.get("last_check_in"):
        checked = date.fromisoformat(str(v["last_check_in"]))
    else:
        checked = on - timedelta(days=int(_number(v["age_days"])))
    if on == today:
        ago = formats.how_long_ago(checked, language, today)
    else:
        ago = say(language, "fresh.on", date=formats.day(checked, language, today))
    return say(language, f"fresh.{v['freshness']}", ago=ago)


def _number(value: Any) -> float:
    return float(value)


def limit(row: Row, language: str) -> str:
    """What a boundary asks for."""
    v = row.values
    if v.get("target") is None:
        return say(language, "why.no_target")
    return say(language, f"kr.{v['limit']}", target=value_of(row, "target", language))


def value_of(row: Row, name: str, language: str) -> str:
    """A figure of the record in its unit."""
    unit = row.values.get("unit")
    return amount(_number(row.values[name]), None if unit is None else str(unit), language)


def progress(row: Row, language: str) -> str:
    """How far along it is, or why that cannot be said."""
    v = row.values
    kind = v.get("kind")
    if kind == "boundary" and v.get("holding") is not None:
        word = "kr.holding" if v["holding"] else "kr.breached"
        return say(language, word, value=value_of(row, "value", language), limit=limit(row, language))
    done = v.get("progress")
    if done is None and v.get("status") == "pending":
        # The status has said already that there is no value.
        return ""
    if done is None:
        return say(language, "kr.undefined", why=say(language, f"why.{v.get('why', 'no_value')}"))
    if kind == "binary":
        return say(language, "kr.done" if _number(done) >= 1 else "kr.done_not")
    if v.get("expected") is None:
        return say(language, "kr.progress_alone", progress=share(_number(done), language))
    pattern = "kr.milestones" if kind == "milestones" else "kr.progress"
    return say(
        language,
        pattern,
        progress=share(_number(done), language),
        expected=percent(_number(v["expected"]), language),
    )


def verdict(row: Row, language: str, rule: str | None) -> str:
    """The computed status with its rule, and the owner's word where it is another one."""
    v = row.values
    if "status" not in v:
        return status(v.get("state", "postponed"), language)
    word = status(v["status"], language)
    # Where nothing was recorded, or nothing to hold it against, no rule decided.
    decided = rule and v["status"] not in ("unknown", "pending")
    said = say(language, "kr.status", status=word, rule=rule or "") if decided else word
    if v.get("reported") and v["reported"] != v["status"]:
        said += ", " + say(language, "kr.owner_says", reported=status(v["reported"], language))
    return said


def change(row: Row, language: str, since: date, today: date) -> str:
    """How progress moved since the day; empty where that cannot be said."""
    moved = row.values.get("change")
    if moved is None:
        return ""
    on = formats.day(since, language, today)
    if abs(_number(moved)) < SAME:
        return say(language, "kr.unchanged", date=on)
    return say(language, "kr.changed", change=signed_points(_number(moved), language), date=on)


def stale_note(row: Row, language: str, on: date, today: date) -> str:
    """A word on the age of the evidence where it is not fresh; empty where it is."""
    if row.values.get("freshness") == "fresh" or "freshness" not in row.values:
        return ""
    return freshness(row, language, on, today)


def clauses(*parts: str) -> str:
    """The clauses that say something, one after another."""
    return "; ".join(part for part in parts if part)


def sentence(said: str) -> str:
    """The clauses as a sentence of their own; empty for none."""
    return f"{said[0].upper()}{said[1:].removesuffix('.')}." if said else ""


def bullet(row: Row, language: str, on: date, today: date, *parts: str) -> str:
    """One line of a list: the record and what is to be said of it."""
    said = clauses(*parts, stale_note(row, language, on, today))
    return f"- {named(row, language)}: {said}" if said else f"- {named(row, language)}"
