"""Updates in conversation: written, shortened, narrowed, put into the other language; what the last one promised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from assistant.answers.told import Told
from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.telling.safe import cite, plain
from assistant.updates.draft import Draft
from assistant.updates.drafting import draft
from assistant.updates.rendering import as_markdown
from assistant.updates.since import promised
from assistant.updates.wanted import Wanted
from okr.calendar import day_of
from okr.errors import NotFoundError
from okr.language.glossary import concepts
from okr.language.signs_of_language import language_of
from okr.language.update_orders import UpdateOrder, update_order
from okr.language.words import fold, stems
from okr.store.scope import Scope
from okr.store.tasks import Task
from tools.context import TurnContext
from tools.result import Found, Row

Kept = dict[str, Any]
TOOL = "draft_update"


def answer(text: str, turn: TurnContext, last: Mapping[str, Any] | None) -> tuple[Told, str, Kept | None] | None:
    """The answer, its language, and the update to be spoken of next; None for a sentence about anything else.

    `last` is the update just spoken of, as this function gave it back.
    """
    order = update_order(text, following=last is not None)
    if order is None:
        return None
    language = language_of(text, turn.language)
    if order.act == "promised":
        return _promised(replace(turn, language=language)), language, dict(last) if last else None
    before = Wanted(**{**last, "scopes": tuple(last["scopes"])}) if last and order.act == "change" else None
    wanted = _wanted(order, turn, before, language)
    if wanted is None:
        return None
    turn = replace(turn, language=wanted.language)
    made = draft(turn, wanted)
    return _told(made, wanted), wanted.language, asdict(wanted)


def _wanted(order: UpdateOrder, turn: TurnContext, before: Wanted | None, language: str) -> Wanted | None:
    scopes: tuple[str, ...] = before.scopes if before is not None else ("company",)
    if order.mine:
        scopes = (f"person:{turn.actor.email}",)
    if order.names:
        found = tuple(scope for name in order.names if (scope := _scope(name, turn)) is not None)
        if len(found) != len(order.names):
            return None
        scopes = tuple(dict.fromkeys(found))
    own = next((team.key for team in turn.store.teams() if team.id == turn.actor.team_id), None)
    if order.audience == "team" and not order.names and before is None and own is not None:
        scopes = (f"team:{own}",)
    known = before or Wanted()
    length = order.length
    if order.act == "change" and {length, known.length} == {"short", "long"}:
        # Shorter than long, or longer than short, is as long as usual.
        length = "normal"
    return Wanted(
        scopes=scopes,
        audience=order.audience or known.audience,
        period=order.period or known.period,
        language=order.language or (before.language if before is not None else language),
        length=length or known.length,
    )


def _scope(name: str, turn: TurnContext) -> str | None:
    """The team, person or objective that the words name; None for none, or for more than one."""
    words = set(name.removesuffix("'s").split())
    if words & {"company", "firma", "firmie", "firmy", "whole"}:
        return "company"
    for team in turn.store.teams():
        if fold(team.key) == name or _means(words, team.name):
            return f"team:{team.key}"
    ideas = {idea for _, _, idea in concepts(name.split())}
    alike = [
        one for one in turn.store.teams() if ideas and ideas == {i for _, _, i in concepts(fold(one.name).split())}
    ]
    if len(alike) == 1:
        return f"team:{alike[0].key}"
    people = [one for one in turn.store.people() if fold(one.email) == name or _means(words, one.name)]
    if len(people) == 1:
        return f"person:{people[0].email}"
    for key in (name.upper(), name):
        try:
            return f"objective:{turn.store.ref(turn.actor, 'objective', key).key}"
        except NotFoundError:
            continue
    named = turn.store.objectives(turn.actor, [cycle.id for cycle in turn.in_force(turn.today)], Scope())
    fitting = [one for one in named if fold(one.title) == name]
    return f"objective:{fitting[0].key}" if len(fitting) == 1 else None


def _means(words: set[str], name: str) -> bool:
    """Whether the words are the name in some form: "marketingu" is Marketing."""
    borne = fold(name).split()
    return len(words) == len(borne) and all(
        any(word == one or stems(word) & stems(one) for one in borne) for word in words
    )


def _told(made: Draft, wanted: Wanted) -> Told:
    language = made.language
    sources = list(dict.fromkeys(source for fact in made.facts for source in fact.sources))
    found = Found(
        tool=TOOL,
        args={"scope": wanted.scope, "audience": wanted.audience, "period": wanted.period, "length": wanted.length},
        sources=sources,
        rule=made.rule or None,
        period=dict(made.period),
    )
    names = ["shorter", "all_hands" if wanted.audience == "leadership" else "leadership"]
    names.append("in_english" if language == "pl" else "in_polish")
    told = Told(as_markdown(made).strip(), found, suggestions=[say(language, f"update_next.{name}") for name in names])
    told.draft = made.document()
    return told


def _promised(turn: TurnContext) -> Told:
    """What the last update of the company or one's own team named as next steps, and what became of it."""
    language = turn.language
    own = next((team.key for team in turn.store.teams() if team.id == turn.actor.team_id), None)
    scopes = ["company", *([f"team:{own}"] if own is not None else [])]
    kept = [one for scope in scopes if (one := turn.store.last_update(turn.actor, scope, turn.now)) is not None]
    if not kept:
        found = Found(tool="read_update", args={}, kind="abstain", missing="update")
        return Told(say(language, "update.no_last"), found, kind="abstain")
    last = max(kept, key=lambda one: one.as_of)
    on = formats.day(day_of(last.as_of, turn.zone), language, turn.today)
    tasks = promised(turn, last)
    found = Found(tool="read_update", args={"update": last.key}, rows=[_row(task) for task in tasks])
    found.sources = [task.key for task in tasks]
    found.values["count"] = len(tasks)
    if not tasks:
        return Told(say(language, "update.promised_nothing", date=on, title=plain(last.title)), found)
    lines = [say(language, "update.promised", date=on, title=plain(last.title)), ""]
    lines += [f"- {_promise(task, turn)}" for task in tasks]
    return Told("\n".join(lines), found)


def _promise(task: Task, turn: TurnContext) -> str:
    how = "done" if task.status == "done" else "late" if task.due is not None and task.due < turn.today else "open"
    due = "" if task.due is None else formats.day(task.due, turn.language, turn.today)
    title = f"**{plain(task.title, 140)}** {cite(task.key)}"
    return f"{say(turn.language, f'update.promise_{how}', title=title, due=due)}."


def _row(task: Task) -> Row:
    due = None if task.due is None else task.due.isoformat()
    done = None if task.done_on is None else task.done_on.isoformat()
    values: dict[str, Any] = {"status": task.status, "due": due, "done_on": done, "assignee": task.assignee}
    return Row(task.key, "task", task.title, values)
