"""How one record is doing, and single figures of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from assistant.answers import asked, kpis, roll_ups
from assistant.answers.told import Told
from assistant.telling import formats, standing
from assistant.telling.phrases import knows, say
from assistant.telling.safe import cite, plain
from okr.language.frames import Ask, Frame, Ref
from tools.context import TurnContext
from tools.key_results import read_key_result
from tools.result import Found, Quote, Row
from tools.selection import Where

# What people ask for, and the name it has in a row.
_FIELDS = {"": "value", "current": "value", "owner_status": "reported", "unit_weight": "weight"}
_SHARES = ("progress", "expected", "gap")
MOST_NOTE = 240


def answer(frame: Frame, turn: TurnContext) -> Told:
    """How the named records stand, or the figure of each that was asked for."""
    if asked.refs_of(frame, "kpi"):
        return kpis.answer(frame, turn)
    named = [ref for ref in frame.named if ref.kind == "key_result"]
    if not named:
        if frame.ask is Ask.VALUE and frame.field in ("confidence",):
            return roll_ups.answer(frame, turn)
        scope = replace(frame, ask=Ask.ROLL_UP) if frame.ask is Ask.VALUE else frame
        return roll_ups.answer(scope, turn)
    told = [_one(frame, ref, turn) for ref in named]
    return told[0] if len(told) == 1 else together(told)


def together(told: list[Told]) -> Told:
    """Several answers as one: it is an answer when any of them is."""
    found = told[0].found or Found("", {})
    for other in told[1:]:
        more = other.found or Found("", {})
        found.rows += more.rows
        found.sources += [key for key in more.sources if key not in found.sources]
        found.quotes += more.quotes
        found.lines += more.lines
    found.values = {"count": len(told)}
    kind = "answer" if any(one.kind == "answer" for one in told) else told[0].kind
    found.kind = kind
    return Told(
        "\n\n".join(one.text for one in told), found, kind, answered=tuple(ref for one in told for ref in one.answered)
    )


def _one(frame: Frame, ref: Ref, turn: TurnContext) -> Told:
    where = asked.at(Where(rule=frame.rule, cycle=""), frame.when)
    found = asked.labelled(read_key_result(turn, key=ref.key, where=where), frame, turn)
    row = found.rows[0]
    if frame.ask is Ask.VALUE and frame.field != "status":
        return _value(frame, found, row, turn, (ref,))
    return Told(_status(frame, found, row, turn), found, answered=(ref,))


def _status(frame: Frame, found: Found, row: Row, turn: TurnContext) -> str:
    language = frame.language
    v = row.values
    on = asked.day_of(found, turn)
    begins = asked.since(frame, turn)
    gap = v.get("gap")
    verdict = standing.verdict(row, language, found.rule)
    reached = standing.progress(row, language)
    first, then = (reached, verdict) if v.get("kind") == "binary" else (verdict, reached)
    lead = f"{standing.named(row, language)}: {first}."
    if frame.when is not None or on != turn.today:
        lead = f"{standing.named(row, language)}, {formats.day(on, language, turn.today)}: {first}."
    numbers = standing.clauses(
        then,
        standing.gap(float(gap), language) if isinstance(gap, float) else "",
        standing.change(row, language, begins, turn.today) if begins else "",
        value(row, language, turn.today) if v.get("kind") != "boundary" else "",
        span(row, language),
    )
    said = [lead, standing.sentence(numbers)]
    more = []
    if v.get("score") is not None:
        more.append(say(language, "kr.score", score=formats.score(_figure(v["score"]), language)))
    if v.get("confidence") is not None:
        more.append(say(language, "kr.confidence", confidence=formats.number(_figure(v["confidence"]), language)))
    if v.get("reported") and v.get("reported") == v.get("status"):
        more.append(say(language, "kr.owner_agrees"))
    more.append(standing.freshness(row, language, on, turn.today))
    said.append(standing.sentence(standing.clauses(*more)))
    if v.get("state") != "active" and knows(language, f"about.{v.get('state')}"):
        said.append(say(language, f"about.{v['state']}"))
    text = " ".join(said)
    if found.quotes:
        note = quote(found.quotes[0], language, turn.today)
        text += "\n\n" + say(language, "about.last_note", note=note)
    return text


def quote(written: Quote, language: str, today: date) -> str:
    """What somebody wrote, with author, day and id."""
    return say(
        language,
        "kr.said",
        author=plain(written.author, 80),
        date=formats.day(written.on, language, today),
        text=plain(written.text, MOST_NOTE),
        id=cite(written.id),
    )


def value(row: Row, language: str, today: date) -> str:
    """The value with its day; empty where there is none."""
    v = row.values
    if v.get("value") is None or v.get("date") is None or v.get("kind") in ("milestones", "binary"):
        return ""
    on = formats.day(date.fromisoformat(str(v["date"])), language, today)
    return say(language, "kr.value", value=standing.value_of(row, "value", language), date=on)


def span(row: Row, language: str) -> str:
    """From where to where it is meant to go; empty for what is not measured so."""
    v = row.values
    if v.get("kind") != "measure" or v.get("target") is None:
        return ""
    target = standing.value_of(row, "target", language)
    if v.get("baseline") is None:
        return say(language, "kr.to", target=target)
    return say(language, "kr.from_to", baseline=standing.value_of(row, "baseline", language), target=target)


def _value(frame: Frame, found: Found, row: Row, turn: TurnContext, refs: tuple[Ref, ...]) -> Told:
    language = frame.language
    v = row.values
    field = _FIELDS.get(frame.field, frame.field)
    if field == "value" and v.get("kind") == "milestones":
        field = "progress"
    on = asked.day_of(found, turn)
    known = v.get(field)
    if field == "limit":
        known = v.get("target") if v.get("kind") == "boundary" else None
    if known is None:
        found.kind, found.missing = "abstain", field
        word = f"value.field_{field}"
        name = say(language, word) if knows(language, word) else plain(field)
        text = say(language, "none.field", what=standing.named(row, language), field=name)
        if field in _SHARES and v.get("why"):
            why = say(language, f"why.{v['why']}")
            text = say(language, "none.share", what=standing.named(row, language), field=name, why=why)
        found.values, found.quotes, found.rule = {}, [], None
        return Told(text, found, "abstain", answered=refs)
    slots = {"kr": standing.named(row, language)}
    today = turn.today
    if field in ("value", "baseline", "target"):
        slots["value"] = standing.value_of(row, field, language)
        if field == "value":
            slots["date"] = formats.day(date.fromisoformat(str(v["date"])), language, today)
    elif field in _SHARES:
        slots["date"] = formats.day(on, language, today)
        slots["value"] = {
            "progress": standing.progress(row, language),
            "expected": formats.percent(_figure(known), language),
            "gap": standing.gap(_figure(known), language),
        }[field]
    elif field in ("confidence", "reported"):
        checked = str(v["last_check_in"])
        slots["date"] = formats.day(date.fromisoformat(checked), language, today)
        slots["value"] = (
            standing.status(known, language) if field == "reported" else formats.number(_figure(known), language)
        )
    elif field == "freshness":
        slots["value"] = standing.freshness(row, language, on, turn.today)
    elif field == "limit":
        slots["value"] = standing.limit(row, language)
    elif field == "cadence":
        slots["value"] = say(language, f"value.{known}")
    elif field == "score":
        slots["value"] = formats.score(_figure(known), language)
    elif isinstance(known, bool) or not isinstance(known, int | float):
        slots["value"] = plain(str(known), 80)
    else:
        slots["value"] = formats.number(_figure(known), language)
    found.values = {field: known} if isinstance(known, int | float | str) else {}
    if isinstance(known, int | float):
        found.values = {"value": known, field: known}
    found.quotes = []
    if field not in ("gap", "status"):
        found.rule = None
    pattern = f"value.{field}" if knows(language, f"value.{field}") else "value.count"
    text = say(language, pattern, **slots)
    if field == "value":
        extra = standing.clauses(span(row, language), standing.stale_note(row, language, on, turn.today))
        text += f" {standing.sentence(extra)}" if extra else ""
    return Told(text, found, answered=refs)


def _figure(known: object) -> float:
    return float(known) if isinstance(known, int | float) else 0.0
