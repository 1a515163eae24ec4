"""The retrospective of a cycle: what was reached, what helped and hindered, what was learnt, what goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.telling.safe import cite, plain
from okr.measure import GREEN_FROM, number
from okr.store.closing import Closing, ClosingObjective, ToClose
from okr.store.lessons import Lesson, LessonQuery
from okr.store.scope import Scope
from tools.context import TurnContext

KINDS = ("helped", "hindered", "root_cause", "lesson")
MOST_TEXT = 2_000


def document(closing: Closing, lessons: Sequence[Lesson], turn: TurnContext) -> dict[str, Any]:
    """The retrospective as a JSON value; every figure stands in a cited record."""
    return {
        "cycle": closing.cycle.key,
        "from": closing.cycle.start.isoformat(),
        "to": closing.cycle.end.isoformat(),
        "as_of": turn.now.astimezone(turn.zone).isoformat(),
        "objectives": [
            {
                "id": each.objective.key,
                "title": each.objective.title,
                "team": each.objective.team,
                "score": each.score,
                "band": each.band,
                "key_results": [_key_result(one) for one in each.key_results],
            }
            for each in closing.objectives
        ],
        "lessons": [
            {"id": one.key, "kind": one.kind, "text": one.text, "author": one.author, "objective": one.objective}
            for one in lessons
        ],
        "unscored": list(closing.unscored),
    }


def _key_result(one: ToClose) -> dict[str, Any]:
    standing = one.told.standing
    value = standing.measure.value
    return {
        "id": standing.key,
        "title": standing.title,
        "score": one.score,
        "given": one.given,
        "suggested": one.suggested.score,
        "reason": one.suggested.reason,
        "value": None if value is None else float(value),
        "decision": None if one.decided is None else one.decided.decision,
        "into": None if one.decided is None else one.decided.into,
    }


def lessons_of(closing: Closing, turn: TurnContext, scope: Scope) -> list[Lesson]:
    """What was learnt in the cycle, as far as the person sees it; the oldest first."""
    return turn.store.lessons(turn.actor, LessonQuery(scope, (closing.cycle.id,)), limit=500)[::-1]


def markdown(closing: Closing, lessons: Sequence[Lesson], turn: TurnContext, scope_name: str) -> str:
    """The retrospective to read, as Markdown that is safe to show anywhere."""
    lines = (line.rstrip() for line in _lines(closing, lessons, turn, scope_name))
    return "\n".join(lines).strip() + "\n"


def _lines(closing: Closing, lessons: Sequence[Lesson], turn: TurnContext, scope_name: str) -> Iterator[str]:
    language, cycle = turn.language, closing.cycle
    days = formats.days(cycle.start, cycle.end, language, turn.today)
    yield f"# {say(language, 'retro.title', cycle=plain(cycle.name, 80), scope=scope_name)}"
    yield ""
    yield say(language, "retro.period", days=days)
    scored = [each for each in closing.objectives if each.score is not None]
    if scored:
        mean = sum(each.score or 0.0 for each in scored) / len(scored)
        yield ""
        yield say(
            language,
            "retro.mean",
            score=formats.number(round(mean, 2), language),
            objectives=formats.counted(len(scored), "objective", language),
        )
    reached = [
        one
        for each in closing.objectives
        for one in each.key_results
        if one.score is not None and one.score >= number(GREEN_FROM)
    ]
    yield from _section("reached", [_reached(one, language) for one in reached], language)
    yield ""
    yield f"## {say(language, 'retro.scores')}"
    for each in closing.objectives:
        yield from _objective(each, language)
    for kind in KINDS:
        some = [one for one in lessons if one.kind == kind]
        yield from _section(kind, [_lesson(one, language) for one in some], language)
    decided = [one for each in closing.objectives for one in each.key_results if one.decided is not None]
    yield from _section("goes_on", [_decision(one, language) for one in decided], language)
    if closing.unscored and cycle.state != "closed":
        yield ""
        keys = formats.joined([cite(key) for key in closing.unscored[:20]], language)
        yield say(language, "retro.unscored", keys=keys)


def _section(name: str, lines: list[str], language: str) -> Iterator[str]:
    if lines:
        yield ""
        yield f"## {say(language, f'retro.{name}')}"
        yield from (f"- {line}" for line in lines)


def _objective(each: ClosingObjective, language: str) -> Iterator[str]:
    score = say(language, "retro.none") if each.score is None else formats.score(each.score, language)
    yield ""
    yield f"### {plain(each.objective.title, 300)} {cite(each.objective.key)}: {score}"
    for one in each.key_results:
        yield f"- {_scored(one, language)}"


def _scored(one: ToClose, language: str) -> str:
    standing = one.told.standing
    record = f"{plain(standing.title, 300)} {cite(standing.key)}"
    score = say(language, "retro.none") if one.score is None else formats.score(one.score, language)
    why = say(language, f"retro.why_{one.suggested.reason}") if one.suggested.reason in _TOLD else ""
    if one.given is not None and one.suggested.score is not None and one.given != one.suggested.score:
        why = say(language, "retro.suggested", score=formats.score(one.suggested.score, language))
    value = standing.measure.value
    ended = ""
    if value is not None and standing.measure.kind == "measure":
        ended = say(language, "retro.ended", value=formats.amount(float(value), standing.unit, language))
    return say(language, "retro.line", record=record, score=score, ended=ended, why=why)


_TOLD = ("holding", "breached", "no_value", "no_baseline", "no_target", "baseline_equals_target", "no_milestones")


def _reached(one: ToClose, language: str) -> str:
    record = f"{plain(one.told.standing.title, 300)} {cite(one.told.standing.key)}"
    score = formats.score(one.score or 0.0, language)
    return say(language, "retro.reached_line", record=record, person=plain(one.told.owner_name, 80), score=score)


def _lesson(one: Lesson, language: str) -> str:
    about = f" ({cite(one.objective)})" if one.objective else ""
    return f"{plain(one.text, MOST_TEXT)}{about} {cite(one.key)}"


def _decision(one: ToClose, language: str) -> str:
    decided = one.decided
    assert decided is not None
    record = f"{plain(one.told.standing.title, 300)} {cite(one.told.standing.key)}"
    into = f" → {cite(decided.into)}" if decided.into else ""
    because = f" ({plain(decided.reason, 400)})" if decided.reason else ""
    return f"{record}: {say(language, f'retro.{decided.decision}')}{into}{because}"
