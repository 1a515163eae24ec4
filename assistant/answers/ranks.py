"""Which key result, objective or KPI is the most …: the first row is the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from assistant.answers import asked
from assistant.answers.told import Told
from assistant.telling import formats, standing
from assistant.telling.phrases import knows, say
from assistant.telling.safe import cite
from okr.health import DEFAULT_RULE
from okr.language.frames import Frame, When
from tools.context import TurnContext
from tools.key_results import rank_key_results
from tools.result import Found, Row
from tools.selection import NoCycleError

# How many are told in words, and how many stand in the rows when nobody said how many.
TOLD_ONE = 3
TOLD_MANY = 5
ROWS = 10


def answer(frame: Frame, turn: TurnContext) -> Told:
    """The ranking; without anything that can be ranked, why not."""
    if frame.of == "objective":
        from assistant.answers import objectives

        return objectives.ranked(frame, turn)
    if frame.of == "kpi":
        from assistant.answers import kpis

        return kpis.listed(frame, turn)
    by = frame.by or "gap"
    if by in ("count", "due"):
        by = "gap"
    reverse = frame.reverse
    filters = frame.filters
    if by == "change":
        # What fell and what rose are the two ends of one order; those that stood still have a place in it.
        reverse = reverse if not filters.moved else filters.moved == "up"
        filters = replace(filters, moved="")
        if frame.when is None or frame.when.moment:
            frame = replace(frame, when=_past_week(turn))
    frame = replace(frame, filters=filters)
    try:
        found = rank_key_results(
            turn,
            by=by,
            reverse=reverse,
            limit=min(frame.limit or max(ROWS, frame.place or 0), 200),
            where=asked.where_of(frame),
        )
    except NoCycleError as error:
        return asked.no_cycle(error, frame, turn)
    asked.labelled(found, frame, turn)
    if not found.rows:
        return _nothing(found, frame, turn)
    if frame.place is not None:
        return _at_place(found, frame, turn, by, reverse)
    text = _text(found, frame, turn, by, reverse)
    return Told(text, found, answered=asked.answered(found.rows, turn))


def _at_place(found: Found, frame: Frame, turn: TurnContext, by: str, reverse: bool) -> Told:
    """The one row at the place that is asked for, with the first beside it; fewer rows than that are said."""
    language, place = frame.language, frame.place or 1
    if len(found.rows) < place:
        text = say(language, "rank.too_few", count=formats.counted(len(found.rows), "key_result", language))
        found.kind, found.missing = "abstain", "rankable"
        return Told(text, found, kind="abstain")
    first, here = found.rows[0], found.rows[place - 1]
    on = asked.day_of(found, turn)
    start = asked.since(frame, turn, week_back=by != "change") if frame.cycle is None else None
    line = standing.bullet(here, language, on, turn.today, *_details(here, language, by, on, start, turn))
    scope = asked.scope_words(frame, turn)
    way = "ahead" if by == "gap" and reverse else "behind" if by == "gap" else "order"
    slots = {"place": str(place), "scope": f" {scope}" if scope else "", "date": asked.moment_words(frame, found, turn)}
    lead = say(language, f"rank.place_{way}", **slots)
    found.rule = found.rule or DEFAULT_RULE
    said = say(language, "rank.place_first", first=standing.named(first, language))
    found.rows = [here]
    rule = say(language, "list.rule", rule=found.rule)
    parts = [f"{lead}\n\n{line}", f"{said} {rule}", asked.over_note(frame, turn)]
    return Told("\n\n".join(p for p in parts if p), found, answered=asked.answered(found.rows, turn))


def _past_week(turn: TurnContext) -> When:
    return When(turn.today - timedelta(days=7), turn.today, word="since")


def _scope(frame: Frame, turn: TurnContext) -> str:
    words = asked.scope_words(frame, turn)
    return f"{words} " if words else ""


def _nothing(found: Found, frame: Frame, turn: TurnContext) -> Told:
    found.kind = "abstain"
    found.missing = "rankable" if found.apart else "key_results"
    text = say(frame.language, f"none.{found.missing}", scope=_scope(frame, turn))
    if found.apart:
        text += " " + apart(found, frame.language)
    return Told(text, found, kind="abstain")


def _text(found: Found, frame: Frame, turn: TurnContext, by: str, reverse: bool) -> str:
    language = frame.language
    on = asked.day_of(found, turn)
    first, rest = found.rows[0], found.rows[1:]
    start = asked.since(frame, turn, week_back=by != "change")
    if frame.cycle is not None:
        start = None
    one = _lead(first, frame, turn, found, by, reverse, on, start)
    parts = [one]
    told = (frame.limit or (TOLD_ONE if frame.singular else TOLD_MANY)) - 1
    rest = rest[: max(0, min(told, 19))]
    if rest:
        lines = [say(language, "rank.next")]
        lines += [
            standing.bullet(row, language, on, turn.today, *_details(row, language, by, on, start, turn))
            for row in rest
        ]
        parts.append("\n".join(lines))
    if found.apart:
        if by == "age":
            parts.append(say(language, "rank.never", ids=ids(found.apart, language)))
        else:
            parts.append(apart(found, language))
    parts.append(asked.over_note(frame, turn))
    return "\n\n".join(part for part in parts if part)


def _lead(
    row: Row, frame: Frame, turn: TurnContext, found: Found, by: str, reverse: bool, on: date, start: date | None
) -> str:
    language = frame.language
    v = row.values
    slots = {"kr": standing.named(row, language), "scope": _scope(frame, turn)}
    if by in ("gap", "progress", "confidence", "age", "value"):
        slots["date"] = formats.day(on, language, turn.today)
    verdict = standing.verdict(row, language, found.rule or DEFAULT_RULE)
    found.rule = found.rule or DEFAULT_RULE
    notes = standing.clauses(
        standing.change(row, language, start, turn.today) if start and by != "change" else "",
        standing.stale_note(row, language, on, turn.today) if by != "age" else "",
    )
    if notes:
        verdict = f"{verdict}; {notes}"
    progress = standing.progress(row, language)
    gap = _figure(row, "gap")
    if by == "gap":
        way = "ahead" if reverse else "behind"
        reached = gap is not None and (gap < 0 if reverse else gap > 0)
        slots |= {"gap": standing.gap(gap or 0.0, language), "progress": progress}
        name = f"rank.{way}_{'one' if reached else 'none'}"
        return say(language, name, **slots, **({"verdict": verdict} if reached else {}))
    if by == "change":
        lost = ground(row)
        reached = lost is not None and (lost < -standing.SAME if reverse else lost > standing.SAME)
        slots |= {"moved": moved(row, language), "progress": progress}
        slots["date"] = formats.day(start, language, turn.today) if start else ""
        name = f"rank.{'gained' if reverse else 'lost'}_{'one' if reached else 'none'}"
        return say(language, name, **slots, **({"verdict": verdict} if reached else {}))
    name = f"rank.{by}_{'least' if reverse else 'most'}"
    own = {
        "progress": {"progress": progress, "verdict": verdict},
        "confidence": {"progress": progress, "verdict": verdict, "confidence": confidence(row, language)},
        "age": {"progress": progress, "verdict": verdict, "fresh": standing.freshness(row, language, on, turn.today)},
    }
    if by in own:
        return say(language, name, **slots, **own[by])
    if by == "value":
        return say(language, name, **slots, value=standing.value_of(row, "value", language))
    slots["scope"] = slots["scope"].rstrip()
    written = formats.score if by == "score" else formats.number
    return say(language, name, **slots, **{by: written(float(str(v[by])), language)})


def _details(row: Row, language: str, by: str, on: date, start: date | None, turn: TurnContext) -> list[str]:
    v = row.values
    if by == "change":
        return [moved(row, language), standing.progress(row, language), standing.verdict(row, language, None)]
    if by == "value":
        return [standing.value_of(row, "value", language)]
    if by == "confidence":
        return [confidence(row, language), standing.progress(row, language)]
    if by == "score":
        return [say(language, "kr.score", score=formats.score(float(str(v["score"])), language))]
    if by == "weight":
        return [say(language, "rank.weight", weight=formats.number(float(str(v["weight"])), language))]
    gap = _figure(row, "gap")
    said = [standing.gap(gap, language)] if gap is not None and by == "gap" else []
    said += [standing.progress(row, language), standing.verdict(row, language, None)]
    if start:
        said.append(standing.change(row, language, start, turn.today))
    if by == "age" and v.get("freshness") == "fresh":
        said.append(standing.freshness(row, language, on, turn.today))
    return said


def _figure(row: Row, name: str) -> float | None:
    value = row.values.get(name)
    return float(value) if isinstance(value, int | float) else None


def ground(row: Row) -> float | None:
    """The ground lost: how much the gap grew, or how much progress fell where there is no pace."""
    change = _figure(row, "gap_change")
    if change is not None:
        return change
    progress = _figure(row, "change")
    return None if progress is None else -progress


def moved(row: Row, language: str) -> str:
    """How much ground was lost or gained, and how progress changed."""
    lost = ground(row)
    if lost is None:
        return ""
    if abs(lost) < standing.SAME:
        said = say(language, "kr.ground_kept")
    else:
        word = "kr.ground_lost" if lost > 0 else "kr.ground_won"
        said = say(language, word, points=formats.points(lost, language))
    change = _figure(row, "change")
    if change is not None and _figure(row, "gap_change") is not None:
        if abs(change) < standing.SAME:
            return f"{said}, {say(language, 'rank.progress_same')}"
        said += f", {say(language, 'rank.progress_change', change=formats.signed_points(change, language))}"
    return said


def confidence(row: Row, language: str) -> str:
    """The owner's confidence, with the one before where it is known."""
    now = formats.number(float(str(row.values["confidence"])), language)
    before = row.values.get("previous_confidence")
    if before is None or before == row.values["confidence"]:
        return say(language, "kr.confidence", confidence=now)
    was = formats.number(float(str(before)), language)
    return say(language, "kr.confidence_was", confidence=now, previous=was)


def ids(rows: Sequence[Row], language: str, most: int = 4) -> str:
    """The ids of the rows, the first few and how many more."""
    shown = ", ".join(cite(row.id) for row in rows[:most])
    if len(rows) <= most:
        return shown
    return say(language, "rank.and_more", ids=shown, count=str(len(rows) - most))


def apart(found: Found, language: str) -> str:
    """What could not be ranked, by reason."""
    by_reason: dict[str, list[Row]] = {}
    for row in found.apart:
        by_reason.setdefault(str(row.values.get("why", "no_value")), []).append(row)
    reasons = []
    for why, rows in sorted(by_reason.items(), key=lambda item: (-_counted(found, item), item[0])):
        words = say(language, f"rank.{why}" if knows(language, f"rank.{why}") else f"why.{why}")
        count = _counted(found, (why, rows))
        shown = ", ".join(cite(row.id) for row in rows[:3])
        if count > len(rows[:3]):
            more = formats.number(count - len(rows[:3]), language)
            shown = say(language, "rank.and_more", ids=shown, count=more)
        number = formats.number(count, language)
        reasons.append(say(language, "rank.reason", why=words, count=number, ids=shown))
    return say(language, "rank.apart", reasons="; ".join(reasons))


def _counted(found: Found, reason: tuple[str, list[Row]]) -> int:
    known = found.values.get(reason[0])
    return int(known) if isinstance(known, int) else len(reason[1])
