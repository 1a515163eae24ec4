"""Objectives in lists and in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant.answers import asked, lists, ranks, roll_ups
from assistant.answers.told import Told
from assistant.telling import formats, standing
from assistant.telling.filters import filter_words
from assistant.telling.phrases import say
from okr.language.frames import Filters, Frame
from tools.context import TurnContext
from tools.result import Found, Row
from tools.scopes import list_objectives, objectives_holding
from tools.selection import NoCycleError

TOLD = 10
TOLD_RANKED = 5


def listed(frame: Frame, turn: TurnContext) -> Told:
    """The objectives of a scope, each with the worst status of its key results and their progress."""
    missing = tuple(what for what in frame.filters.missing if what != "parent")
    of_their_own = replace(frame.filters, statuses=(), states=(), restricted=False, missing=missing)
    if frame.field in ("key_results", "without_key_results") or of_their_own != Filters():
        return _by_key_results(frame, turn)
    language = frame.language
    try:
        found = list_objectives(turn, where=asked.where_of(frame))
    except NoCycleError as error:
        return asked.no_cycle(error, frame, turn)
    asked.labelled(found, frame, turn)
    parts = [lists.head(frame, found, turn, "objective")]
    if frame.field == "share":
        every = list_objectives(turn, limit=1, where=replace(asked.where_of(frame), filters=()))
        parts.append(lists.share_of(found, roll_ups.whole(every.values.get("count") or 0), "objective", language))
    return _in_lines(frame, found, turn, parts, roll_ups.objective_line)


def _by_key_results(frame: Frame, turn: TurnContext) -> Told:
    language, none = frame.language, frame.field == "without_key_results"
    try:
        found = objectives_holding(turn, none=none, where=asked.where_of(frame))
    except NoCycleError as error:
        return asked.no_cycle(error, frame, turn)
    asked.labelled(found, frame, turn)
    count = int(str(found.values["count"]))
    scope = asked.scope_words(frame, turn)
    slots = {
        "what": filter_words(frame.filters, language),
        "scope": f" {scope}" if scope else "",
        "date": asked.moment_words(frame, found, turn),
    }
    name = "without" if none else "with"
    if count:
        counted = formats.counted(count, "objective", language)
        parts = [say(language, f"holding.{name}", objectives=counted, **slots)]
    else:
        parts = [say(language, f"holding.none_{name}", **slots)]
    return _in_lines(frame, found, turn, parts, _holding_line)


def _in_lines(
    frame: Frame, found: Found, turn: TurnContext, parts: list[str], told_as: Callable[[Row, str], str]
) -> Told:
    """The objectives below what was said of all of them, a line each, and how many are left."""
    language, told = frame.language, frame.limit or TOLD
    if found.rows:
        parts.append("\n".join(told_as(row, language) for row in found.rows[:told]))
    left = found.more + max(0, len(found.rows) - told)
    if left:
        found.values["more"] = left
        parts.append(say(language, "list.rest", count=str(left)))
    if found.rule and found.rows:
        parts.append(say(language, "list.rule", rule=found.rule))
    parts.append(asked.over_note(frame, turn))
    return Told("\n\n".join(part for part in parts if part), found, answered=asked.answered(found.rows, turn))


def _holding_line(row: Row, language: str) -> str:
    keys = row.values["key_results"]
    if not isinstance(keys, list) or not keys:
        return roll_ups.objective_line(row, language)
    ids = ranks.ids([Row(str(key), "key_result", "") for key in keys], language, 6)
    return f"- {standing.named(row, language)}: {ids}"


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
        "progress": roll_ups.objective_progress(first, language),
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
        parts.append(
            "\n".join([say(language, "rank.next"), *(roll_ups.objective_line(row, language) for row in rest[:told])])
        )
    if frame.limit:
        found.more += max(0, len(found.rows) - frame.limit)
        found.rows = found.rows[: frame.limit]
    parts.append(asked.over_note(frame, turn))
    return Told("\n\n".join(part for part in parts if part), found, answered=asked.answered(found.rows, turn))
