"""How well OKRs are set: what the coach's checks found, each with its reason and a mend."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from assistant.answers import unread
from assistant.answers.told import Told
from assistant.telling import formats
from assistant.telling.phrases import patterns, say, slots
from assistant.telling.safe import cite, plain
from okr.coach import Advice
from okr.language.frames import Missing
from okr.language.naming import Linker
from okr.language.periods import Clock, CycleSpan, times
from okr.language.reviewing import Asked
from okr.language.words import Token, tokens
from okr.store.directory import Cycle
from okr.store.naming import Named
from okr.store.scope import Scope
from tools.context import TurnContext
from tools.result import Found, Row

MOST_LINES = 6
_QUARTER = re.compile(r"\b([a-z]) (\d)")
KINDS = ("team", "objective", "person")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What is reviewed: the scope, what it is called, and the cycles.

    `whole` says that no time was named, or one that holds these cycles from end to end.
    """

    scope: Scope
    name: str
    cycles: tuple[Cycle, ...]
    whole: bool = True


def answer(asked: Asked, turn: TurnContext) -> Told | None:
    """The review that a sentence asks for; None where it names something that is no scope of OKRs."""
    chosen = scope_named(asked, turn)
    return chosen if chosen is None or isinstance(chosen, Told) else told(chosen, turn)


def told(reviewed: Reviewed, turn: TurnContext) -> Told:
    """What the checks found there, in words, grouped by check."""
    language = turn.language
    ids = [cycle.id for cycle in reviewed.cycles]
    objectives = turn.store.objectives_set(turn.actor, ids, reviewed.scope)
    advice = turn.store.review(turn.actor, ids, reviewed.scope) if objectives else []
    cycle = formats.joined([plain(one.name, 60) for one in reviewed.cycles], language)
    found = Found("review_okrs", {"scope": reviewed.name, "cycle": [one.key for one in reviewed.cycles]})
    found.values = {"count": len(advice), "objectives": len(objectives)}
    counted = formats.counted(len(objectives), "objective", language)
    slots = {"scope": reviewed.name, "cycle": cycle}
    if not objectives:
        return Told(say(language, "coach.none", **slots), found)
    found.sources = [one.key for one in objectives][:200]
    if not advice:
        return Told(say(language, "coach.sound", objectives=counted, **slots), found)
    number = formats.counted(len(advice), "advice", language)
    parts = [say(language, "coach.lead", advice=number, objectives=counted, **slots)]
    for check, group in groupby(advice, key=lambda one: one.check):
        some = list(group)
        lines = [say(language, "coach.head", check=say(language, f"coach.{check}"))]
        lines += [_line(one, language) for one in some[:MOST_LINES]]
        if len(some) > MOST_LINES:
            lines.append(say(language, "listing.more", count=str(len(some) - MOST_LINES)))
        lines.append(say(language, "coach.mend", mend=mend(some[0], language)))
        parts.append("\n".join(lines))
    found.rows = [Row(one.key, one.kind, one.title, {"check": one.check}) for one in advice]
    return Told("\n\n".join(parts), found)


def _line(one: Advice, language: str) -> str:
    record = f"{plain(one.title, 120)} {cite(one.key)}" if one.kind != "team" else cite(one.key)
    return say(language, "coach.line", record=record, reason=reason(one, language))


def reason(one: Advice, language: str) -> str:
    """Why the check gives its advice."""
    return say(language, f"coach.{one.check}_reason", **_slots(one, "reason", language))


def mend(one: Advice, language: str) -> str:
    """What to do about it."""
    return say(language, f"coach.{one.check}_mend", **_slots(one, "mend", language))


def _slots(one: Advice, part: str, language: str) -> dict[str, str]:
    wanted = slots(patterns(language)[f"coach.{one.check}_{part}"])
    return {name: plain(str(fact), 80) for name, fact in one.facts.items() if name in wanted}


# ── what is meant ──────────────────────────────────────────────────────────────────────────────


def scope_named(asked: Asked, turn: TurnContext, unsaid: tuple[Cycle, ...] | None = None) -> Reviewed | Told | None:
    """The teams, people, objectives and cycles that the words name; None where a word of theirs is left over.

    Where no time is named it is `unsaid`, else what is in force, else what ended last. A cycle that does not
    exist is answered.
    """
    sentence = tokens(asked.rest)
    words = [token.plain for token in sentence]
    every = {c.id: c for c in turn.cycles}
    spans = {c.id: CycleSpan(c.id, c.key, c.name, c.start, c.end) for c in turn.cycles}
    running = turn.in_force(turn.today)
    clock = Clock(turn.today, tuple(spans.values()), tuple(spans[c.id] for c in running))
    cycles = running if unsaid is None else unsaid
    taken: set[int] = set()
    whole = True
    for time in times(words, clock):
        said = _QUARTER.sub(r"\1\2", " ".join(words[time.start : time.end]))
        if time.bad:
            return unread.answer(Missing(turn.language, said, "cycle", reason="cycle"), asked.rest, turn)
        taken |= set(range(time.start, time.end))
        if time.cycle is not None:
            cycles = (every[time.cycle.id],)
        elif time.when is not None:
            when = time.when
            cycles = tuple(c for c in turn.cycles if c.start <= when.last and c.end >= when.first)
            whole = all(when.first <= c.start and c.end <= when.last for c in cycles)
            if not cycles:
                return unread.answer(Missing(turn.language, said, "cycle", reason="cycle"), asked.rest, turn)
    if not cycles:
        latest = turn.latest_ended(turn.today)
        cycles = () if latest is None else (latest,)
    named = _records(sentence, frozenset(taken), turn, [c.id for c in cycles])
    if named is None:
        return None
    if not named:
        if asked.ours and not asked.company and turn.actor.team_id is not None and not turn.actor.is_admin:
            team = next(one for one in turn.store.teams() if one.id == turn.actor.team_id)
            return Reviewed(Scope(teams=(team.id,)), plain(team.name, 80), cycles, whole)
        return Reviewed(Scope(), say(turn.language, "coach.company"), cycles, whole)
    by_kind = {kind: tuple(one.id for one in named if one.kind == kind) for kind in KINDS}
    name = formats.joined([plain(one.name, 80) for one in named], turn.language)
    scope = Scope(teams=by_kind["team"], people=by_kind["person"], objectives=by_kind["objective"])
    return Reviewed(scope, name, cycles, whole)


def _records(
    sentence: list[Token], taken: frozenset[int], turn: TurnContext, cycle_ids: list[int]
) -> list[Named] | None:
    """The scopes that the words name; None where a word is left over."""
    left = {i for i, token in enumerate(sentence) if token.is_word} - taken
    if not left:
        return []
    linker = Linker(turn.store, turn.actor, sentence, frozenset(), frozenset(), taken, frozenset(cycle_ids))
    found: list[Named] = []
    for mention in linker.mentions():
        some = mention.of(KINDS)
        if some:
            found.append(some[0])
            left -= mention.places
    return None if left else found
