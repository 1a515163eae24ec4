"""A whole update: looked up, gathered, chosen and told."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime

from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.updates import choosing, since
from assistant.updates.choosing import Choice
from assistant.updates.draft import Draft, Section, marked
from assistant.updates.facts import Facts, missing, titled
from assistant.updates.gathering import Material, gather
from assistant.updates.telling import Teller
from assistant.updates.wanted import Target, Wanted, looked_up
from okr.access import Actor
from okr.store import Store
from tools.context import TurnContext


def draft(turn: TurnContext, wanted: Wanted) -> Draft:
    """The update as this person may see it, written from templates; the same store gives the same draft.

    Raises `UnknownValueError`, `NotFoundError` or `FuturePeriodError`; see `wanted`.
    """
    began = time.perf_counter()
    target = looked_up(turn, wanted)
    found = drafted(turn, target)
    return replace(found, ms=round((time.perf_counter() - began) * 1000, 1))


def drafted_for(store: Store, actor: Actor, now: datetime, wanted: Wanted) -> Draft:
    """The same for a person at a moment; without a language of its own it is in the person's."""
    return draft(TurnContext(store, actor, store.company(), now, actor.language), wanted)


def drafted(turn: TurnContext, target: Target) -> Draft:
    """The update of a target that was looked up already."""
    language = target.language
    blank = _blank(turn, target)
    if not target.cycles:
        on = formats.day(target.on, language, turn.today)
        return _single(blank, say(language, "update.no_cycle", date=on))
    made = gather(turn, target)
    blank = replace(blank, rule=made.measuring.rule.name)
    chosen_plan = choosing.plan(target.wanted.audience, target.wanted.length)
    facts = Facts(turn, target, made, chosen_plan.quoted)
    if not made.seen.tally.total:
        facts.headline()
        return replace(_single(blank, say(language, "update.empty"), "F1"), facts=tuple(facts.all))
    teller = Teller(
        language,
        target.on,
        made.measuring.rule.name,
        cycle=target.wanted.period == "cycle",
        names=target.wanted.audience != "all-hands",
        paced=len(target.cycles) == 1,
    )
    choice = Choice(facts, teller, chosen_plan, target.wanted.audience == "team")
    _widened(choice, target)
    last = turn.store.last_update(turn.actor, target.wanted.scope, target.as_of)
    moved: list[since.Change] = []
    if last is not None and target.wanted.audience != "all-hands":
        moved = since.changes(turn, target, made, last)
        since.tell_changes(choice, turn, last, moved)
        since.tell_promises(choice, since.promised(turn, last))
    found = choosing.chosen(choice)
    blank = replace(blank, since=since.document(last, moved))
    told = replace(
        blank, sections=choosing.sections(found, chosen_plan, language), missing=missing(made.seen.unmeasured)
    )
    told = choosing.fitted(told, chosen_plan)
    return numbered(replace(told, facts=tuple(facts.all), compared_with=_compared(turn, made)))


def numbered(told: Draft) -> Draft:
    """The draft with only the facts that its sentences rest on, numbered in the order in which they come."""
    order = list(dict.fromkeys(ident for part in told.sections for one in part.sentences for ident in one.facts))
    new = {old: f"F{place}" for place, old in enumerate(order, 1)}
    facts = tuple(replace(told.fact(old), id=new[old]) for old in order)
    sections = tuple(
        replace(
            part,
            sentences=tuple(replace(one, facts=tuple(new[ident] for ident in one.facts)) for one in part.sentences),
        )
        for part in told.sections
    )
    return replace(told, facts=facts, sections=sections)


def _compared(turn: TurnContext, made: Material) -> str | None:
    before = made.query.before
    return None if before is None else before.as_of.astimezone(turn.zone).isoformat()


def _widened(choice: Choice, target: Target) -> None:
    if not target.widened:
        return
    whole = choice.facts.headline()
    title = titled(target.refs[0].title)
    for one in (choice.teller.plain("own_none", whole, title=title),):
        choice.put("headline", one)


def _blank(turn: TurnContext, target: Target) -> Draft:
    period, language = target.period, target.language
    names = [titled(ref.title) for ref in target.refs] or [titled(turn.company.name)]
    scope = formats.joined(names, language)
    if target.wanted.period == "cycle" and target.cycles:
        shortest = min(target.cycles, key=lambda one: (one.end - one.start, one.start, one.key))
        title = say(language, "update.title_cycle", scope=scope, cycle=titled(shortest.name))
    else:
        days = formats.days(period.first, period.last, language, turn.today)
        title = say(language, "update.title", scope=scope, days=days)
    return Draft(
        scope=target.wanted.scope,
        audience=target.wanted.audience,
        language=language,
        period={"from": period.first.isoformat(), "to": period.last.isoformat(), "label": target.label},
        as_of=target.as_of.astimezone(turn.zone).isoformat(),
        title=title,
        company=titled(turn.company.name),
        length=target.wanted.length,
    )


def _single(blank: Draft, text: str, *facts: str) -> Draft:
    section = Section("headline", say(blank.language, "update_section.headline"), (marked(text, facts, bullet=False),))
    return replace(blank, sections=(section,))
