"""From the names and times that a model writes to the records and days they mean.

A model passes on what the person said ("Sales", "the churn one", "last week"); which record and which
days that is, is decided here, by the same code that reads questions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from okr.calendar import day_named
from okr.errors import NotFoundError, OkrError
from okr.language.frames import Ref, When
from okr.language.naming import Linker
from okr.language.periods import Clock, CycleSpan, times
from okr.language.words import fold, safe_text, tokens
from tools.context import TurnContext
from tools.selection import Where

SCOPES = ("team", "person", "objective", "key_result")
KINDS = ("key_result", "objective", "team", "person", "kpi", "task", "cycle")
LONGEST_NAME = 200
MOST_NAMES = 12
MOST_OPTIONS = 6

_ME = {"me", "my", "mine", "myself", "ja", "mnie", "moje", "moj", "moich", "asker"}
_MY_TEAM = {"my team", "our team", "our", "us", "we", "moj zespol", "nasz zespol", "mojego zespolu", "naszego zespolu"}
_COMPANY = {"", "company", "the company", "all", "everyone", "firma", "cala firma", "calej firmy", "wszyscy"}
# Words beside a name that only say which kind of record it is.
_KIND_NAMES = """
    the a our team teams department person objective goal key result kr kpi metric task cycle quarter
    zespol zespolu zespole dzial dzialu osoba cel celu kluczowy wynik kluczowego wyniku wskaznik wskaznika zadanie
"""
_KIND_WORDS = frozenset(_KIND_NAMES.split())
_ISO_PAIR = re.compile(r"(\d{4}-\d{2}-\d{2})\s*(?:/|\.\.|to|until|do|-|–|and)\s*(\d{4}-\d{2}-\d{2})")
_ANY_TIME = {"", "now", "today", "current", "currently", "teraz", "dzis", "dzisiaj", "obecnie", "this cycle"}


class SeveralFitError(OkrError):
    """A name that several records bear equally; `options` are those that the person sees."""

    code = "several-fit"

    def __init__(self, wanted: str, options: Sequence[Ref]) -> None:
        self.wanted = wanted
        self.options = tuple(options)
        shown = ", ".join(f"[{ref.key}] {ref.title}" for ref in self.options[:MOST_OPTIONS])
        super().__init__(f"{wanted!r} could be any of: {shown}.", "Ask the person which one is meant.")


class TimeError(OkrError):
    """Words that are no time we can read."""

    code = "time"

    def __init__(self, wanted: str) -> None:
        super().__init__(
            f"{wanted!r} is no time I can read.",
            "Write it like 'last week', 'since 1 October', '2026-11-03' or '2026-10-01 to 2026-10-31'.",
        )


@dataclass(frozen=True, slots=True)
class Span:
    """The days a call is about, in the form of `Where`."""

    cycle: str = ""
    on: str = ""
    first: str = ""
    last: str = ""
    word: str = ""


def record(turn: TurnContext, name: str, kinds: Sequence[str] = KINDS) -> Ref:
    """The record that an id or a name means, of those kinds, among what the person sees.

    `NotFoundError` for none and `SeveralFitError` for several that fit equally. "me" and "my team" are
    the person's own.
    """
    wanted = _typed(name)
    folded = fold(wanted)
    if "person" in kinds and folded in _ME:
        return Ref("person", turn.actor.id, turn.actor.email, turn.actor.name)
    if "team" in kinds and folded in _MY_TEAM:
        return _own_team(turn, wanted)
    if exact := turn.store.refs(turn.actor, [(kind, _key(kind, wanted)) for kind in kinds]):
        return exact[0]
    fitting = _fitting(turn, wanted, kinds)
    if not fitting and "cycle" in kinds and (cycle := _cycle(turn, wanted)):
        return cycle
    if not fitting:
        raise NotFoundError("record" if len(kinds) > 1 else kinds[0].replace("_", " "), wanted)
    if len(fitting) > 1:
        raise SeveralFitError(wanted, fitting)
    return fitting[0]


def _typed(name: str) -> str:
    # Other hyphens, full-width letters and spaces around an id name no other record than the plain ones do.
    composed = unicodedata.normalize("NFKC", safe_text(name, LONGEST_NAME))
    return re.sub(r"[\u2010-\u2015\u2212]", "-", composed).strip().strip("[]\"'").strip()


def _key(kind: str, wanted: str) -> str:
    return wanted.lower() if kind == "person" else wanted


def _own_team(turn: TurnContext, wanted: str) -> Ref:
    team = next((team for team in turn.store.teams() if team.id == turn.actor.team_id), None)
    if team is None:
        raise NotFoundError("team", wanted)
    return Ref("team", team.id, team.key, team.name)


def _cycle(turn: TurnContext, wanted: str) -> Ref | None:
    try:
        key = spoken(turn, wanted).cycle
    except TimeError:
        return None
    cycle = next((cycle for cycle in turn.cycles if cycle.key == key), None)
    return Ref("cycle", cycle.id, cycle.key, cycle.name) if cycle else None


def _fitting(turn: TurnContext, wanted: str, kinds: Sequence[str]) -> list[Ref]:
    sentence = tokens(wanted)
    known = frozenset(i for i, token in enumerate(sentence) if token.plain in _KIND_WORDS)
    if len(known) == sum(token.is_word for token in sentence):
        known = frozenset()
    current = frozenset(cycle.id for cycle in turn.in_force(turn.today))
    linker = Linker(turn.store, turn.actor, sentence, frozenset(), known, frozenset(), current)
    mentions = linker.mentions()
    if not mentions:
        return []
    best = max(mentions, key=lambda mention: len(mention.places - known))
    words = frozenset(i for i, token in enumerate(sentence) if token.is_word) - known
    if len(best.places & words) * 2 < len(words):
        return []
    found = best.of(tuple(kinds))
    if not found:
        return []
    # Of several kinds that bear the name equally the first that the tool asks for is meant.
    kind = min((one.kind for one in found), key=list(kinds).index)
    return [Ref(one.kind, one.id, one.key, one.name) for one in found if one.kind == kind]


def where(
    turn: TurnContext, of: Sequence[str] = (), when: str = "", only: Sequence[str] = (), kinds: Sequence[str] = SCOPES
) -> Where:
    """Scope, time and filters of a call; an empty scope is the company."""
    named: dict[str, list[str]] = {kind: [] for kind in SCOPES}
    for name in of[:MOST_NAMES]:
        if is_company(name):
            continue
        ref = record(turn, name, kinds)
        named[ref.kind].append(ref.key)
    span = spoken(turn, when)
    return Where(
        teams=tuple(named["team"]),
        people=tuple(named["person"]),
        objectives=tuple(named["objective"]),
        key_results=tuple(named["key_result"]),
        cycle=span.cycle,
        on=span.on,
        first=span.first,
        last=span.last,
        word=span.word,
        filters=tuple(only),
    )


def is_company(name: str) -> bool:
    """Whether the name means the company as a whole."""
    return fold(_typed(name)) in _COMPANY


def days(turn: TurnContext, when: str) -> Span:
    """The days that words mean, a cycle as its first and last day."""
    span = spoken(turn, when)
    if span.cycle and not span.first:
        cycle = next(cycle for cycle in turn.cycles if cycle.key == span.cycle)
        return replace(span, first=cycle.start.isoformat(), last=cycle.end.isoformat())
    if span.on:
        return replace(span, on="", first=span.on, last=span.on)
    return span


def spoken(turn: TurnContext, when: str) -> Span:
    """What the words say about time; empty for now. `TimeError` for words that say none."""
    typed = _typed(when)
    if fold(typed) in _ANY_TIME:
        return Span()
    if pair := _ISO_PAIR.fullmatch(typed):
        return _pair(pair[1], pair[2], typed)
    for cycle in turn.cycles:
        if fold(typed) in {fold(cycle.key), fold(cycle.name)}:
            return Span(cycle=cycle.key)
    spans = {c.id: CycleSpan(c.id, c.key, c.name, c.start, c.end) for c in turn.cycles}
    clock = Clock(turn.today, tuple(spans.values()), tuple(spans[c.id] for c in turn.in_force(turn.today)))
    words = [token.plain for token in tokens(typed)]
    found = times(words, clock)
    if len(found) != 1 or found[0].bad:
        raise TimeError(typed)
    if (cycle_span := found[0].cycle) is not None:
        return Span(cycle=cycle_span.key)
    if found[0].when is None:
        raise TimeError(typed)
    return _span(found[0].when)


def _span(when: When) -> Span:
    if when.moment:
        return Span(on=when.last.isoformat(), word=when.word)
    return Span(first=when.first.isoformat(), last=when.last.isoformat(), word=when.word)


def _pair(first: str, last: str, typed: str) -> Span:
    try:
        begins, ends = day_named(first), day_named(last)
    except ValueError as reason:
        raise TimeError(typed) from reason
    if begins > ends:
        raise TimeError(typed)
    return Span(first=begins.isoformat(), last=ends.isoformat())
