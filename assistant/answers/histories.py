"""What was recorded over time: the check-ins of a key result, the points of a KPI, the course of a scope."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from assistant.answers import asked, changes, kpis, roll_ups, standing
from assistant.answers.told import Told
from assistant.telling import formats
from assistant.telling.formats import amount, signed_amount
from assistant.telling.phrases import say
from assistant.telling.safe import cite, plain
from okr.language.frames import Ask, Frame, Ref
from tools.context import TurnContext
from tools.history import read_history
from tools.result import Found, Row

# How many are told in words; all of them stand in the rows.
TOLD = 12
MOST_TEXT = 120


def answer(frame: Frame, turn: TurnContext) -> Told:
    """The check-ins of the named key results, oldest first; a scope has none of its own and is told as a change."""
    if asked.refs_of(frame, "kpi"):
        return kpis.answer(replace(frame, ask=Ask.HISTORY), turn)
    named = [ref for ref in frame.named if ref.kind == "key_result"]
    if not named:
        return changes.answer(replace(frame, ask=Ask.CHANGE), turn)
    told = [_one(frame, ref, turn) for ref in named]
    return told[0] if len(told) == 1 else standing.together(told)


def _one(frame: Frame, ref: Ref, turn: TurnContext) -> Told:
    language = frame.language
    where = asked.at(replace(asked.where_of(frame, named=False), teams=(), people=(), filters=(), cycle=""), frame.when)
    found = asked.labelled(read_history(turn, key=ref.key, where=where, limit=frame.limit), frame, turn)
    named = say(language, "kr.named", title=plain(ref.title, 200), id=cite(ref.key))
    period = asked.period_words(frame.when, language, turn.today)
    if found.kind == "abstain":
        text = say(language, "none.check_ins", what=named, period=period)
        return Told(text, found, "abstain", answered=(ref,))
    unit = found.chart.series[0].unit if found.chart and found.chart.series else None
    parts = [_lead(found, named, period, unit, language)]
    fed = _kpi(found, ref, turn)
    if fed:
        parts[0] += " " + say(language, "history.points", id=cite(fed))
    lines = [_entry(row, unit, language, turn.today) for row in found.rows[-TOLD:]]
    older = found.more + max(0, len(found.rows) - TOLD)
    if lines:
        parts.append("\n".join(lines))
    if older:
        found.values["older"] = older
        parts.append(say(language, "history.more", count=str(older)))
    return Told("\n\n".join(parts), found, answered=(ref,))


def _kpi(found: Found, ref: Ref, turn: TurnContext) -> str:
    """The id of the KPI from which the values come; empty where they stand in the check-ins."""
    fed = turn.store.kpi_of(turn.actor, ref.id)
    return fed[1] if fed is not None and fed[1] in found.sources else ""


def _lead(found: Found, named: str, period: str, unit: str | None, language: str) -> str:
    v = found.values
    shown = roll_ups.whole(v["count"]) if not found.more else len(found.rows)
    count = formats.counted(shown, "check_in", language)
    slots = {"kr": named, "count": count, "period": f" {period}" if period else ""}
    change = v.get("change")
    if not isinstance(change, int | float):
        return say(language, "history.lead_plain", **slots)
    value = amount(roll_ups.figure(v["value"]), unit, language)
    if change == 0:
        return say(language, "history.lead_same", **slots, value=value)
    went = say(
        language,
        "history.went",
        previous=amount(roll_ups.figure(v["previous"]), unit, language),
        value=value,
        change=signed_amount(change, unit, language),
    )
    return say(language, "history.lead", **slots, change=went)


def _entry(row: Row, unit: str | None, language: str, today: date) -> str:
    v = row.values
    said = []
    if v.get("value") is not None:
        said.append(amount(roll_ups.figure(v["value"]), unit, language))
    if v.get("confidence") is not None:
        confidence = formats.number(roll_ups.figure(v["confidence"]), language)
        said.append(say(language, "history.confidence", confidence=confidence))
    if text := v.get("note") or v.get("blockers") or v.get("wins"):
        said.append(f"“{plain(str(text), MOST_TEXT)}”" if language == "en" else f"„{plain(str(text), MOST_TEXT)}”")
    on = formats.day(date.fromisoformat(str(v["date"])), language, today)
    told = "; ".join(said) or say(language, "history.nothing")
    return say(language, "history.entry", date=on, id=cite(row.id), said=told)
