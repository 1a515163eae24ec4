"""`okr score`, `okr decide`, `okr close` and `okr retro`: the end of a cycle from the command line."""

from __future__ import annotations

from dataclasses import replace

import orjson

from assistant import retrospective
from assistant.commands.drafting import form_of, put
from assistant.commands.keeping import in_words, scope_of, turn_of
from assistant.commands.running import Run, print_json
from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.updates.rendering import RENDERERS


def score(run: Run) -> int:
    """Give a key result its score."""
    return in_words(run, _score)


def decide(run: Run) -> int:
    """Say what becomes of a key result."""
    return in_words(run, _decide)


def close(run: Run) -> int:
    """Close a cycle."""
    return in_words(run, _close)


def retro(run: Run) -> int:
    """Print the retrospective of a cycle."""
    form = form_of(run)
    return in_words(run, lambda run: _retro(run, form))


def _score(run: Run) -> int:
    turn = turn_of(run)
    saved = run.store.score(turn.actor, run.given.record, run.given.score, turn.now)
    new = saved.changes[0].new
    if run.as_json:
        print_json({"id": saved.key, "title": saved.title, "score": new, "previous": saved.changes[0].old})
    else:
        told = formats.score(new, turn.language)
        print(say(turn.language, "retro.scored", record=f"{saved.title} [{saved.key}]", score=told))
    return 0


def _decide(run: Run) -> int:
    turn, given = turn_of(run), run.given
    values = {name: getattr(given, name) for name in ("title", "target") if getattr(given, name) is not None}
    decided = run.store.decide(
        turn.actor, given.record, given.decision, turn.now, into=given.into, reason=given.reason, values=values
    )
    if run.as_json:
        print_json({"id": given.record, "decision": decided.decision, "into": decided.into, "reason": decided.reason})
    else:
        word = say(turn.language, f"retro.{decided.decision}")
        into = f" → {decided.into}" if decided.into else ""
        print(say(turn.language, "retro.decided", record=given.record, decision=f"{word}{into}"))
    return 0


def _close(run: Run) -> int:
    turn = turn_of(run)
    found = run.store.close_cycle(turn.actor, run.given.cycle, turn.now, with_suggested=run.given.with_suggested)
    if run.as_json:
        print_json(retrospective.document(found, (), turn))
    else:
        print(say(turn.language, "retro.closed", cycle=found.cycle.name))
    return 0


def _retro(run: Run, form: str) -> int:
    turn = turn_of(run)
    if run.given.language:
        turn = replace(turn, language=run.given.language)
    scope, name = scope_of(run, turn, ("company", "team", "person"))
    found = run.store.closing(turn.actor, run.given.cycle, turn.now, scope)
    lessons = retrospective.lessons_of(found, turn, scope)
    if form == "json":
        put(run, orjson.dumps(retrospective.document(found, lessons, turn), option=orjson.OPT_APPEND_NEWLINE))
    else:
        put(run, RENDERERS[form](retrospective.draft(found, lessons, turn, run.given.scope, name)))
    return 0
