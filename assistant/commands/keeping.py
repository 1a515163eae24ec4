"""`okr check-in`, `okr task` and `okr review`: records kept from the command line, in the name of whoever asks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from assistant.answers import reviews
from assistant.commands.asking import shown
from assistant.commands.running import Run, UsageError, print_json
from assistant.recording import change_lines
from assistant.telling.phrases import say
from assistant.telling.safe import plain as plain_words
from okr.calendar import day_named, day_of
from okr.errors import OkrError
from okr.refusals import RefusedError, said
from okr.store.change_log import plain
from okr.store.keeping import Saved
from okr.store.scope import Scope
from okr.store.tasks import Task, TaskQuery
from tools.context import TurnContext

PARTS = ("value", "confidence", "status", "wins", "blockers", "note")


def check_in(run: Run) -> int:
    """Record, correct or take back a check-in."""
    return in_words(run, _check_in)


def task(run: Run) -> int:
    """List, add, change or remove tasks."""
    acts: dict[str, Callable[[Run], int]] = {"list": _list, "add": _add, "set": _set, "remove": _remove}
    return in_words(run, acts[run.given.act])


def in_words(run: Run, act: Callable[[Run], int]) -> int:
    """Do it; what stands against it is said in the language of whoever asks."""
    try:
        return act(run)
    except UsageError:
        raise
    except OkrError as problem:
        language = run.actor().language if run.given.asker else "en"
        if run.as_json:
            reason = getattr(problem, "reason", problem.code)
            print_json({"error": {"code": problem.code, "reason": reason, "sentence": said(problem, language)}})
        print(f"okr: {said(problem, language)}", file=sys.stderr)
        return 1


def _check_in(run: Run) -> int:
    given, actor, now = run.given, run.actor(), run.clock()()
    values = {name: getattr(given, name) for name in PARTS if getattr(given, name) is not None}
    if given.withdraw:
        if values or given.on or given.done:
            raise UsageError("--withdraw takes the whole check-in back and goes with nothing else.")
        return _tell(run, run.store.withdraw_check_in(actor, given.record, now), "withdrawn")
    if given.done:
        return _with_milestones(run, values)
    if not values and not given.on:
        raise UsageError("There is nothing to record.", "Give --value, --confidence, --status or a note.")
    if given.correct:
        saved = run.store.correct_check_in(actor, given.record, values, now, on=given.on, sure=given.sure)
        return _tell(run, saved, "saved_task")
    saved = run.store.check_in(actor, given.record, values, now, on=given.on, sure=given.sure)
    return _tell(run, saved, "saved")


def _with_milestones(run: Run, values: dict[str, str]) -> int:
    """Milestones that were reached, with whatever else is said of the key result."""
    given, actor, now = run.given, run.actor(), run.clock()()
    if given.correct:
        raise UsageError("--correct is about a check-in; milestones are the key result's.", "Leave one of them out.")
    try:
        on = day_named(given.on.strip()[:10]) if given.on else day_of(now, run.store.company().tz)
    except ValueError:
        raise RefusedError("not_a_day", words=given.on) from None
    steps = run.store.ticked(actor, given.record, given.done, on)
    saved = run.store.check_in_with_steps(actor, given.record, values, steps, now, on=given.on)
    return _tell(run, saved, "saved")


def _tell(run: Run, saved: Saved, pattern: str) -> int:
    if run.as_json:
        changes = [{"field": one.field, "old": plain(one.old), "new": plain(one.new)} for one in saved.changes]
        print_json(
            {"type": saved.kind, "id": saved.key, "title": saved.title, "version": saved.version, "changes": changes}
        )
        return 0
    turn = turn_of(run)
    lines = [say(turn.language, f"record.{pattern}", record=f"{saved.title} [{saved.key}]")]
    if pattern not in ("withdrawn", "removed"):
        lines += change_lines(saved.changes, saved.kind, None, turn)
    print("\n".join(lines))
    return 0


def turn_of(run: Run) -> TurnContext:
    """Who asks, of which store, and when."""
    actor = run.actor()
    return TurnContext(run.store, actor, run.store.company(), run.clock()(), actor.language)


def review(run: Run) -> int:
    """What the coach's checks find of the OKRs of a scope."""
    return in_words(run, _review)


def scope_of(run: Run, turn: TurnContext, kinds: tuple[str, ...]) -> tuple[Scope, str]:
    """The scope that was named and what it is called; `UsageError` for what is none."""
    kind, _, key = run.given.scope.partition(":")
    if kind not in kinds or bool(key) == (kind == "company"):
        raise UsageError("That is no scope.", "It is company, team:KEY, objective:KEY or person:EMAIL.")
    if not key:
        return Scope(), say(turn.language, "coach.company")
    ref = run.store.ref(turn.actor, kind, key)
    return _SCOPES[kind](ref.id), plain_words(ref.title, 80)


def _review(run: Run) -> int:
    turn = turn_of(run)
    scope, name = scope_of(run, turn, ("company", "team", "objective", "person"))
    cycles = turn.in_force(turn.today)
    if run.given.cycle:
        wanted = run.store.ref(turn.actor, "cycle", run.given.cycle)
        cycles = tuple(cycle for cycle in turn.cycles if cycle.id == wanted.id)
    if not cycles:
        raise UsageError("No cycle is in force.", "Name one with --cycle.")
    found = reviews.told(reviews.Reviewed(scope, name, cycles), turn)
    if run.as_json:
        advice = run.store.review(turn.actor, [cycle.id for cycle in cycles], scope)
        print_json(
            {
                "scope": run.given.scope,
                "cycle": [cycle.key for cycle in cycles],
                "advice": [
                    {
                        "check": one.check,
                        "type": one.kind,
                        "id": one.key,
                        "title": one.title,
                        "facts": one.facts,
                        "reason": reviews.reason(one, turn.language),
                        "mend": reviews.mend(one, turn.language),
                    }
                    for one in advice
                ],
            }
        )
    else:
        print(shown({"answer": found.text}))
    return 0


_SCOPES: dict[str, Callable[[int], Scope]] = {
    "team": lambda ident: Scope(teams=(ident,)),
    "objective": lambda ident: Scope(objectives=(ident,)),
    "person": lambda ident: Scope(people=(ident,)),
}


# ── tasks ──────────────────────────────────────────────────────────────────────────────────────


def _list(run: Run) -> int:
    turn = turn_of(run)
    who = run.given.assignee or turn.actor.email
    ref = run.store.ref(turn.actor, "person", who)
    found = run.store.tasks(turn.actor, TaskQuery(Scope(people=(ref.id,))))
    if run.as_json:
        print_json({"tasks": [_document(one) for one in found]})
        return 0
    for one in found:
        due = one.due.isoformat() if one.due else "–"
        print(f"{one.key}  {say(turn.language, f'task.{one.status}')}  {due}  {one.title}")
    return 0


def _document(one: Task) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": one.title,
        "status": one.status,
        "due": plain(one.due),
        "done_on": plain(one.done_on),
        "assignee": one.assignee,
        "parent": one.parent,
        "key_results": list(one.key_results),
        "depends_on": list(one.needs),
    }


def _fields(run: Run) -> dict[str, Any]:
    given = run.given
    found: dict[str, Any] = {}
    for name in ("title", "status", "assignee", "due", "parent"):
        if getattr(given, name, None) is not None:
            found[name] = getattr(given, name)
    for name, value in (("key_results", given.key_results), ("depends_on", given.depends_on)):
        if value is not None:
            found[name] = [key for each in value for key in each.split(",") if key.strip()]
    return found


def _add(run: Run) -> int:
    values = {"assignee": run.actor().email, **_fields(run)}
    return _tell(run, run.store.create(run.actor(), "task", values, run.clock()()), "saved_new")


def _set(run: Run) -> int:
    values = _fields(run)
    if not values:
        raise UsageError("There is nothing to change.", "Give --status, --assignee, --due or another field.")
    saved = run.store.change(run.actor(), "task", run.given.id, values, run.clock()(), version=run.given.version)
    return _tell(run, saved, "saved_task")


def _remove(run: Run) -> int:
    return _tell(run, run.store.remove(run.actor(), "task", run.given.id, run.clock()()), "removed")
