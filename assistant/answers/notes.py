"""What people wrote: blockers, wins and notes of a scope and a time, or whatever fits some words, as quotes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from assistant.answers import asked
from assistant.answers.told import Told
from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.telling.safe import cite, plain
from okr.language.frames import Filters, Frame, Ref
from tools.context import TurnContext
from tools.key_results import list_key_results
from tools.notes import search_notes
from tools.result import Found, Quote
from tools.selection import NoCycleError

# So many are told when nobody said how many, and so many stand in the rows.
TOLD = 6
ROWS = 12
MOST_TEXT = 280
# Where a running week holds nothing yet, so many from before it are told.
BEFORE = 3
_PARTS = {"blockers": ("blockers",), "wins": ("wins",)}
_SINGLE_DAYS = ("today", "yesterday", "on", "day")


def answer(frame: Frame, turn: TurnContext) -> Told:
    """The quotes, newest first or the best fitting first; without any, what was looked for."""
    parts = _PARTS.get(frame.field, ())
    when = frame.when
    dated = when is not None and (not when.moment or when.word in _SINGLE_DAYS)
    key_results: list[str] | None = _keys(asked.refs_of(frame, "key_result"))
    for kpi in asked.refs_of(frame, "kpi"):
        # Nobody checks in on a KPI: what is written about it stands at what it feeds, or mentions it by name.
        fed = turn.store.key_results_fed_by(turn.actor, kpi.id)
        key_results = [*(key_results or []), *fed] or None
        if not fed and not frame.words:
            frame = replace(frame, words=kpi.title)
    if frame.filters != Filters():
        try:
            key_results = [row.id for row in list_key_results(turn, where=asked.where_of(frame)).rows]
        except NoCycleError as error:
            return asked.no_cycle(error, frame, turn)
    people = _keys(asked.refs_of(frame, "person"))
    written_by = people if not parts or frame.words else None
    narrow = bool(key_results or frame.words or dated or frame.cycle)
    running = turn.in_force(turn.today)
    look = partial(
        search_notes,
        turn,
        parts=parts,
        objectives=_keys(asked.refs_of(frame, "objective")),
        teams=_keys(asked.refs_of(frame, "team")),
        people=None if written_by else people,
        authors=written_by,
        cycle=frame.cycle.key if frame.cycle else "" if narrow or len(running) != 1 else running[0].key,
        lessons=bool(frame.words),
        limit=min(frame.limit or ROWS, 50),
    )
    first = when.first.isoformat() if when is not None and dated else ""
    last = when.last.isoformat() if when is not None else ""
    found = look(words=frame.words, key_results=key_results, first=first, last=last)
    if not found.rows and frame.words and key_results:
        # What was taken for the name of a record may have been just a word of what is looked for.
        names = " ".join(ref.title for ref in asked.refs_of(frame, "key_result"))
        wider = look(words=f"{frame.words} {names}", first=first, last=last)
        if wider.rows:
            found, frame = wider, replace(frame, named=())
    if not found.rows and when is not None and dated and not frame.words and when.first <= turn.today <= when.last:
        # A week that has just begun holds little yet.
        earlier = look(key_results=key_results, last=(when.first - timedelta(days=1)).isoformat(), limit=BEFORE)
        found.quotes, found.sources = earlier.quotes, earlier.sources
    if when is not None and not dated:
        found.period = {"from": when.last.isoformat(), "to": when.last.isoformat(), "label": ""}
    asked.labelled(found, frame, turn)
    text = _text(frame, found, turn)
    refs = [("key_result", str(row.values["key_result"])) for row in found.rows if row.values.get("key_result")]
    named = tuple(ref for ref in frame.named if ref.kind in ("key_result", "objective"))
    answered: tuple[Ref, ...] = named or turn.store.refs(turn.actor, list(dict.fromkeys(refs))[:3])
    return Told(text, found, found.kind, answered=answered)


def _keys(refs: tuple[Ref, ...]) -> list[str] | None:
    return [ref.key for ref in refs] or None


def _what(frame: Frame) -> str:
    return frame.field if frame.field in _PARTS else "note"


def details(frame: Frame, turn: TurnContext) -> str:
    """About what and when, in words: " on **NPS** [KR-NPS] this week"."""
    language = frame.language
    said = [
        say(language, "notes.on", title=plain(ref.title, 200), id=cite(ref.key))
        for ref in asked.refs_of(frame, "key_result")
    ]
    said.append(asked.scope_words(replace(frame, named=tuple(r for r in frame.named if r.kind != "key_result")), turn))
    if frame.when is not None:
        said.append(asked.period_words(frame.when, language, turn.today))
    words = " ".join(part for part in said if part)
    return f" {words}" if words else ""


def _text(frame: Frame, found: Found, turn: TurnContext) -> str:
    language, what = frame.language, _what(frame)
    where = details(frame, turn)
    warned = _warning(found, language)
    if not found.rows:
        if frame.words:
            said = say(language, "notes.none_about", words=plain(frame.words, 80), where=where)
        else:
            said = say(language, f"notes.none_{what}", where=where)
        lines = [f"- {quoted(quote, language, turn)}" for quote in found.quotes]
        before = "\n\n" + "\n".join([say(language, "notes.before"), *lines]) if lines else ""
        return f"{said}{warned}{before}"
    shown = min(frame.limit or TOLD, len(found.rows))
    ids = {row.id for row in found.rows[:shown]}
    lines = [f"- {quoted(quote, language, turn)}" for quote in found.quotes if quote.id in ids]
    count = int(str(found.values["count"]))
    number = formats.counted(count, "entry" if frame.words else "check_in", language)
    if found.values.get("at_least"):
        number = say(language, "notes.at_least", count=number)
    one = "_one" if count == 1 else ""
    if frame.words:
        lead = say(language, f"notes.about{one}", words=plain(frame.words, 80), where=where, count=number)
    else:
        lead = say(language, f"notes.some_{what}{one}", count=number, where=where)
    parts = [lead + warned, "\n".join(lines)]
    if count > shown:
        found.values["untold"] = count - shown
        parts.append(say(language, "notes.more", count=str(count - shown)))
    return "\n\n".join(parts)


def quoted(quote: Quote, language: str, turn: TurnContext, known: str = "") -> str:
    """What somebody wrote, with author, day and the ids of the check-in and of what it is about.

    `known` is the id of the record that the reader already knows it to be about.
    """
    return say(
        language,
        "notes.quote",
        author=plain(quote.author, 80),
        date=formats.day(quote.on, language, turn.today),
        text=plain(quote.text, MOST_TEXT),
        about=f" {cite(quote.key_result)}" if quote.key_result not in ("", None, known) else "",
        id=cite(quote.id),
    )


def _warning(found: Found, language: str) -> str:
    """A sentence where an index could not be used; empty otherwise."""
    said = []
    if found.values.get("index") == "none":
        said.append(say(language, "notes.index_missing"))
    if found.values.get("meaning") == "missing":
        said.append(say(language, "notes.meaning_missing"))
    return "".join(f" {sentence}" for sentence in said)
