"""Objectives in lists and in order."""

from __future__ import annotations

from assistant.answers import asked, lists, roll_ups
from assistant.answers.told import Told
from assistant.telling import formats, standing
from assistant.telling.formats import percent
from assistant.telling.phrases import say
from okr.language.frames import Frame
from tools.context import TurnContext
from tools.result import Row
from tools.scopes import list_objectives
from tools.selection import NoCycleError

TOLD = 10
TOLD_RANKED = 5


def listed(frame: Frame, turn: TurnContext) -> Told:
    """The objectives of a scope, each with the worst status of its key results and their progress."""
    language = frame.language
    try:
        found = list_objectives(turn, where=asked.where_of(frame))
    except NoCycleError as error:
        return asked.no_cycle(error, frame, turn)
    asked.labelled(found, frame, turn)
    parts = [lists.head(frame, found, turn, "objective")]
    told = frame.limit or TOLD
    if found.rows:
        parts.append("\n".join(line(row, language) for row in found.rows[:told]))
    left = found.more + max(0, len(found.rows) - told)
    if left:
        found.values["more"] = left
        parts.append(say(language, "list.rest", count=str(left)))
    if found.rule and found.rows:
        parts.append(say(language, "list.rule", rule=found.rule))
    return Told("\n\n".join(parts), found, answered=asked.answered(found.rows, turn))


def ranked(frame: Frame, turn: TurnContext) -> Told:
    """The objectives by how far behind the pace they are, or by progress."""
    language = frame.language
    by = "progress" if frame.by in ("progress", "score") else "gap"
    try:
        found = list_objectives(turn, by=by, reverse=frame.reverse, where=asked.where_of(frame), limit=200)
    except NoCycleError as error:
        return asked.no_cycle(error, frame, turn)
    asked.labelled(found, frame, turn)
    scope = asked.scope_words(frame, turn)
    if not found.rows:
        found.kind, found.missing = "abstain", "objectives"
        return Told(say(language, "none.objectives", scope=scope), found, "abstain")
    first, *rest = found.rows
    name = {
        ("gap", False): "rank.objective_behind",
        ("gap", True): "rank.objective_ahead",
        ("progress", False): "rank.objective_progress_most",
        ("progress", True): "rank.objective_progress_least",
    }[by, frame.reverse]
    slots = {
        "objective": standing.named(first, language),
        "scope": f"{scope} " if scope else "",
        "date": asked.moment_words(frame, found, turn),
        "progress": _progress(first, language),
        "status": say(
            language,
            "kr.status",
            status=standing.status(first.values["status"], language),
            rule=found.rule or "",
        ),
    }
    if by == "gap":
        slots["gap"] = standing.gap(roll_ups.figure(first.values["gap"]), language)
    parts = [say(language, name, **slots)]
    told = (frame.limit or TOLD_RANKED) - 1
    if rest and told > 0:
        parts.append("\n".join([say(language, "rank.next"), *(line(row, language) for row in rest[:told])]))
    if frame.limit:
        found.more += max(0, len(found.rows) - frame.limit)
        found.rows = found.rows[: frame.limit]
    return Told("\n\n".join(parts), found, answered=asked.answered(found.rows, turn))


def line(row: Row, language: str) -> str:
    """One line of a list of objectives."""
    v = row.values
    said = []
    if v.get("status") is not None:
        said.append(standing.status(v["status"], language))
    if v.get("state") not in ("active", None):
        said.append(standing.status(v["state"], language))
    if v.get("score") is not None:
        said.append(say(language, "kr.score", score=formats.number(roll_ups.figure(v["score"]), language)))
    said.append(_progress(row, language))
    count = roll_ups.whole(v.get("count") or 0)
    said.append(formats.counted(count, "key_result", language))
    return f"- {standing.named(row, language)}: {standing.clauses(*said)}"


def _progress(row: Row, language: str) -> str:
    mean, expected = row.values.get("progress"), row.values.get("expected")
    if not isinstance(mean, float):
        return say(language, "compare.undefined")
    if not isinstance(expected, float):
        return say(language, "kr.progress_alone", progress=percent(mean, language))
    return say(language, "kr.progress", progress=percent(mean, language), expected=percent(expected, language))
