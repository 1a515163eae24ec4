"""Searching what people wrote: notes, wins and blockers of check-ins, and lessons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from okr.calendar import day_named, day_of, start_of_day
from okr.language.relevance import Match, Term, rank, terms, words_in
from okr.store.notes import PARTS, Note, NoteQuery
from okr.store.scope import Scope
from tools import vectors
from tools.context import TurnContext
from tools.result import Found, Quote, Row, Value

# One author on one record may fill this much of an answer, so that a flood of notes hides nobody else's.
MOST_OF_ONE = 3
MOST = 50
# Beyond it the number of notes is told as "at least".
MOST_COUNTED = 2_000
# Beside the best hit, what holds less than this share of its words is left out.
WORTH_TELLING = 0.6
MOST_BY_MEANING = 30


@dataclass(frozen=True, slots=True)
class Hits:
    """Notes found for some words, best first; how the search went, and how many were left out as floods."""

    notes: list[Note]
    matches: dict[int, Match]
    indexed: bool
    by_meaning: str  # used, none (not configured) or missing (configured, and not to be had)
    flooded: int = 0
    meant: frozenset[int] = frozenset()  # those that mean the same, whatever words they use
    wanted: tuple[Term, ...] = field(default=())


def search_notes(
    turn: TurnContext,
    *,
    words: str = "",
    parts: Sequence[str] = (),
    key_results: Sequence[str] | None = None,
    objectives: Sequence[str] | None = None,
    teams: Sequence[str] | None = None,
    people: Sequence[str] | None = None,
    authors: Sequence[str] | None = None,
    cycle: str = "",
    first: str = "",
    last: str = "",
    lessons: bool = True,
    limit: int = 10,
) -> Found:
    """What people wrote, as quotes with author, day and id: by search words, or the newest without any.

    Use it for "what is blocking us", "wins of last week", "what did people say about …". `parts` are
    note, wins, blockers. `teams` take in those below them, `people` own the key results, `authors` wrote.
    A scope that is given and empty holds nothing. `values.count` is how many there are.
    """
    limit = max(1, min(limit, MOST))
    args = {
        "words": words,
        "parts": list(parts),
        "key_results": key_results,
        "objectives": objectives,
        "teams": teams,
        "people": people,
        "authors": authors,
        "cycle": cycle,
        "first": first,
        "last": last,
    }
    given = {name: list(v) if isinstance(v, tuple) else v for name, v in args.items() if v not in ("", None, [])}
    found = Found("search_notes", given)
    last_day = day_named(last) if last else turn.today
    found.as_of = turn.moment(last_day)
    if first:
        begins = day_named(first)
        found.period = {
            "from": begins.isoformat(),
            "to": last_day.isoformat(),
            "label": f"{begins.isoformat()}/{last_day.isoformat()}",
        }
    query = _query(turn, found, parts, key_results, objectives, teams, people, authors, cycle, first, lessons)
    if query is None:
        return _nothing(found)
    wanted = terms(words)
    if words.strip() and not wanted:
        return _nothing(found)
    if wanted:
        hits = search(turn, query, words)
        best = max((match.covered for match in hits.matches.values()), default=0.0)
        told = [
            note
            for note in hits.notes
            if hits.matches[note.ident].covered >= max(WORTH_TELLING * best, 0.01) or note.ident in hits.meant
        ]
        found.values["count"] = len(told)
        found.values["index"] = "words" if hits.indexed else "none"
        found.values["meaning"] = hits.by_meaning
        found.more = max(0, len(told) - limit)
    else:
        newest = turn.store.newest_notes(turn.actor, query, MOST * 4)
        one_record = len(query.scope.key_results) == 1
        # A blocker that stays is written again each week, and each of them is asked for.
        told, flooded = _capped(newest, MOST if one_record else MOST_OF_ONE, repeats=True)
        count = len(newest) if len(newest) < MOST * 4 else turn.store.count_notes(turn.actor, query, MOST_COUNTED)
        found.values["count"] = count
        if count >= MOST_COUNTED:
            found.values["at_least"] = True
        found.more = max(0, count - min(limit, len(told)))
        if flooded:
            found.values["flooded"] = flooded
    for note in told[:limit]:
        found.rows.append(note_row(turn, note))
        found.sources.append(note.key)
        found.quotes += _quotes(turn, note, wanted)
        found.lines += [
            f"[{q.id}] {q.on} {q.author} on {q.key_result} ({q.part}): {q.text}"
            for q in found.quotes[-3:]
            if q.id == note.key
        ]
    return found if found.rows else _nothing(found)


def search(turn: TurnContext, query: NoteQuery, words: str, *, whole: bool = False) -> Hits:
    """The notes that fit the words, best first, each read again under the person's rights.

    With `whole` only those that hold all of the words, in whatever form or language.
    """
    wanted = terms(words)
    candidates = turn.store.note_candidates(turn.actor, query, wanted, whole=whole)
    meant: list[int] = []
    by_meaning = "none"
    searcher = None if whole else vectors.of_store(turn.store)
    if searcher is not None:
        allowed = turn.store.note_idents(turn.actor, query, vectors.MOST_CANDIDATES)
        answer = searcher.nearest(words, allowed, MOST_BY_MEANING)
        by_meaning = "used" if answer is not None else "missing"
        meant = answer or []
    idents = list(dict.fromkeys([*candidates.idents, *meant]))
    notes = {note.ident: note for note in turn.store.notes_by_ident(turn.actor, query, idents)}
    newest_first = sorted(notes, key=lambda ident: notes[ident].at, reverse=True)
    matches = rank(wanted, {i: notes[i].text for i in newest_first}, candidates.common, [meant] if meant else [])
    told, flooded = _capped([notes[ident] for ident in matches], MOST_OF_ONE)
    kept = {note.ident: matches[note.ident] for note in told}
    return Hits(told, kept, candidates.indexed, by_meaning, flooded, frozenset(meant[:MOST_OF_ONE]), wanted)


def _query(
    turn: TurnContext,
    found: Found,
    parts: Sequence[str],
    key_results: Sequence[str] | None,
    objectives: Sequence[str] | None,
    teams: Sequence[str] | None,
    people: Sequence[str] | None,
    authors: Sequence[str] | None,
    cycle: str,
    first: str,
    lessons: bool,
) -> NoteQuery | None:
    """The same as internal ids; None where a scope was given that holds nothing."""
    if any(given is not None and not given for given in (key_results, objectives, teams, people, authors)):
        return None

    def ids(kind: str, keys: Sequence[str] | None) -> tuple[int, ...]:
        return tuple(turn.store.ref(turn.actor, kind, key).id for key in keys or ())

    chosen = tuple(part for part in PARTS if part in parts) or PARTS
    assert found.as_of is not None
    return NoteQuery(
        last=found.as_of,
        first=start_of_day(day_named(first), turn.zone) if first else None,
        scope=Scope(
            ids("team", teams), ids("person", people), ids("objective", objectives), ids("key_result", key_results)
        ),
        authors=ids("person", authors),
        cycle_ids=ids("cycle", (cycle,)) if cycle else (),
        parts=chosen,
        lessons=lessons and "note" in chosen,
    )


def _nothing(found: Found) -> Found:
    found.kind, found.missing = "abstain", "note"
    found.values.setdefault("count", 0)
    found.lines = ["Nobody wrote anything that fits."]
    return found


def _capped(notes: Sequence[Note], most: int, *, repeats: bool = False) -> tuple[list[Note], int]:
    """The notes in their order, at most so many of one author on one record; without `repeats` each text once."""
    kept: list[Note] = []
    of_one: Counter[tuple[str, str]] = Counter()
    said: set[tuple[str, tuple[str, ...]]] = set()
    for note in notes:
        same = (note.author, words_in(note.text))
        if (same in said and not repeats) or of_one[note.author, note.record] >= most:
            continue
        said.add(same)
        of_one[note.author, note.record] += 1
        kept.append(note)
    return kept, len(notes) - len(kept)


def note_row(turn: TurnContext, note: Note) -> Row:
    """A check-in or lesson as a row, with its parts."""
    values: dict[str, Value] = {
        "date": day_of(note.at, turn.zone).isoformat(),
        "author": note.author,
    }
    if note.kind == "check_in":
        values |= {
            "key_result": note.record,
            "value": note.value,
            "confidence": note.confidence,
            "reported": note.status,
        }
        values |= dict(note.texts)
        title = dict(note.texts).get("note") or note.texts[0][1]
    else:
        values |= {"objective": note.record or None, "kind": note.texts[0][0]}
        title = note.texts[0][1]
    return Row(note.key, note.kind, title, values)


def _quotes(turn: TurnContext, note: Note, wanted: Sequence[Term]) -> list[Quote]:
    on = day_of(note.at, turn.zone)
    texts = list(note.texts)
    if wanted and len(texts) > 1:
        fitting = rank(wanted, {at: text for at, (_, text) in enumerate(texts)}, {})
        texts = [texts[at] for at in sorted(fitting)] or texts[:1]
    return [Quote(note.key, note.record, note.author_name, on, part, text) for part, text in texts]
