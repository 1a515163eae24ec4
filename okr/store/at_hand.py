"""Finding anything by a few typed letters, and what a person opened last or pinned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from rapidfuzz.distance import OSA

from okr.access import Actor
from okr.errors import NotFoundError
from okr.language.frames import Ref
from okr.language.glossary import concepts
from okr.language.relevance import terms
from okr.language.words import fold, stems, tokens, variants
from okr.models import name_words
from okr.record_tables import at_hand
from okr.refusals import RefusedError
from okr.store.naming import Named, NamingPart
from okr.store.notes import NoteQuery, NotesPart
from okr.store.opening import OpeningPart
from okr.store.places import PlacesPart

KINDS = ("objective", "key_result", "kpi", "task", "team", "person", "cycle")
NOTED = ("check_in", "lesson")
MOST_RECENT = 30
MOST_PINNED = 50
MOST_TYPED = 200


MOST_BEGUN = 40
MOST_OF_A_KIND = 600

_n = name_words.c
_BEARERS = sa.select(_n.kind, _n.record_id).where(_n.word.in_(sa.bindparam("forms", expanding=True))).limit(50)
# From one word to the next by the index, however many records bear each.
_BEGINNING = sa.text(
    "WITH RECURSIVE w(word) AS ("
    "SELECT min(word) FROM name_word WHERE word >= :start AND word < :end UNION ALL "
    "SELECT (SELECT min(n.word) FROM name_word n WHERE n.word > w.word AND n.word < :end) FROM w "
    "WHERE w.word IS NOT NULL"
    f") SELECT word FROM w WHERE word IS NOT NULL LIMIT {MOST_BEGUN}"
)


def _having_all(kind: str, forms: list[list[str]]) -> sa.Select[Any]:
    """The records of a kind that bear one of the forms of every word."""
    first, *others = forms
    query = sa.select(_n.record_id).where(_n.kind == kind, _n.word.in_(first))
    for some in others:
        too = name_words.alias()
        there = sa.select(too.c.word).where(too.c.kind == kind, too.c.record_id == _n.record_id, too.c.word.in_(some))
        query = query.where(there.correlate(name_words).exists())
    # Not distinct: that would have the database read the whole kind in order of its records.
    return query.limit(MOST_OF_A_KIND)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: its kind, public id, title, and what tells it from others of that name.

    For a check-in or lesson `kind` is check_in or lesson, `title` the record it is about, `text` the note.
    """

    kind: str
    key: str
    title: str
    where: tuple[str, ...] = ()
    text: str = ""


class AtHandPart(NamingPart, NotesPart, OpeningPart, PlacesPart):
    """The store's search, and each person's recent and pinned records."""

    def search(self, actor: Actor, typed: str, now: datetime, *, limit: int = 20) -> list[Hit]:
        """Records whose id or name has all that was typed, each word perhaps unfinished; then notes that hold it.

        Only what exists for the person is found, exact ids first, then by how much of the name was typed.
        Where nothing is called so, a slip of one letter in each word is forgiven, and at last words that
        no name has are passed over.
        """
        words = [token.plain for token in tokens(typed[:MOST_TYPED]) if token.is_word]
        if not words:
            return []
        found = self._named_so(actor, words, typed)
        refs = [Ref(one.kind, one.id, one.key, one.name) for one in found[:limit]]
        places = self.places(actor, refs)
        hits = self._of_that_id(actor, typed.strip())
        hits += [Hit(ref.kind, ref.key, ref.title, places.get((ref.kind, ref.id), ())) for ref in refs]
        # However many bear the name, some room is left for what people wrote.
        notes = self._noted(actor, typed, now, max(limit - len(hits), limit // 4))
        return [*hits[: limit - len(notes)], *notes]

    def _of_that_id(self, actor: Actor, key: str) -> list[Hit]:
        """The check-in or lesson of that id: they bear no name, so the index of names does not know them."""
        for wanted in dict.fromkeys((key, key.upper())):
            cited = self.cited(actor, [wanted]).get(wanted)
            if cited is None or cited.kind not in NOTED:
                continue
            found = self.open_record(actor, wanted)
            if found is not None and found.kind == cited.kind:
                about = found.above[2] if found.above else found.title
                text = " ".join(said for _, said in found.wrote)
                return [Hit(found.kind, found.key, about, (found.author,), text[:400])]
        return []

    def _named_so(self, actor: Actor, words: list[str], typed: str) -> list[Named]:
        # Single letters stand in no index of names: the Q of "Q3" tells nothing without its figure.
        told = [word for word in words if len(word) > 1 or word.isdigit()] or words
        with self.database.read() as connection:
            whole = {"forms": [f"={fold(typed.strip())}"]}
            exact = {(row.kind, row.record_id) for row in connection.execute(_BEARERS, whole)}
            forms = []
            ideas = concepts(told)
            for place, word in enumerate(told):
                # A name in the other language has the same idea.
                meant = {f"§{idea}" for start, end, idea in ideas if start <= place < end}
                borne = sorted(stems(word) | {word, f"={word}"} | meant)
                if len(word) >= 3 or (place == len(told) - 1 and len(word) >= 2):
                    begun = connection.execute(_BEGINNING, {"start": word, "end": word + "\U0010ffff"}).scalars()
                    borne += [each for each in begun if each.startswith(word)]
                forms.append(borne)
        named = self._bearing_all(actor, forms, exact)
        if not named:
            named = self._nearly_so(actor, told, forms)

        def order(one: Named) -> tuple[object, ...]:
            held = fold(one.name)
            begins = held.startswith(words[0]) or any(part.startswith(words[0]) for part in held.split())
            return ((one.kind, one.id) not in exact, not begins, len(one.name), KINDS.index(one.kind), one.key)

        return sorted(named, key=order)

    def _bearing_all(self, actor: Actor, forms: list[list[str]], exact: set[tuple[str, int]]) -> list[Named]:
        wanted = set(exact)
        with self.database.read() as connection:
            for kind in KINDS:
                wanted |= {(kind, ident) for ident in connection.execute(_having_all(kind, forms)).scalars()}
        return [one for one in self.named(actor, wanted) if one.kind in KINDS and one.active]

    def _nearly_so(self, actor: Actor, told: list[str], forms: list[list[str]]) -> list[Named]:
        kinder = []
        for word, borne in zip(told, forms, strict=True):
            shorter = self.borne({each for each in variants(word) if len(each) >= 3})
            slips = {each for each in self.like(variants(word)) if OSA.distance(each, word, score_cutoff=1) <= 1}
            kinder.append(sorted({*borne, *slips, *shorter}))
        if named := self._bearing_all(actor, kinder, set()):
            return named
        # Two things forgiven at once would find what nobody means.
        some = [each for word, each in zip(told, forms, strict=True) if len(word) >= 4 and self.borne(each)]
        return self._bearing_all(actor, some, set()) if some and len(some) < len(told) else []

    def _noted(self, actor: Actor, typed: str, now: datetime, limit: int) -> list[Hit]:
        wanted = terms(typed[:MOST_TYPED])
        if not wanted:
            return []
        query = NoteQuery(last=now)
        candidates = self.note_candidates(actor, query, wanted, whole=True)
        if not candidates.indexed:
            return []
        notes = self.notes_by_ident(actor, query, candidates.idents[:limit])
        return [Hit(note.kind, note.key, note.title, (note.author_name,), note.text[:400]) for note in notes]

    # ── recent and pinned ──────────────────────────────────────────────────────────────────────

    def note_opened(self, actor: Actor, kind: str, key: str, now: datetime) -> None:
        """Remember that the person opened a record; what does not exist for them is not remembered."""
        if not self.refs(actor, [(kind, key)]):
            return
        with self.database.write() as connection:
            mine = sa.and_(at_hand.c.person_id == actor.id, at_hand.c.kind == kind, at_hand.c.key == key)
            if not connection.execute(sa.update(at_hand).where(mine).values(opened_at=now)).rowcount:
                connection.execute(sa.insert(at_hand).values(person_id=actor.id, kind=kind, key=key, opened_at=now))
            own = sa.select(at_hand.c.kind, at_hand.c.key).where(
                at_hand.c.person_id == actor.id, at_hand.c.pinned_at.is_(None)
            )
            for old in connection.execute(own.order_by(at_hand.c.opened_at.desc()).offset(MOST_RECENT)).all():
                gone = sa.and_(at_hand.c.person_id == actor.id, at_hand.c.kind == old.kind, at_hand.c.key == old.key)
                connection.execute(sa.delete(at_hand).where(gone))

    def recent(self, actor: Actor, *, limit: int = 10) -> tuple[Ref, ...]:
        """What the person opened last and still sees, the latest first."""
        mine = sa.and_(at_hand.c.person_id == actor.id, at_hand.c.opened_at.is_not(None))
        query = sa.select(at_hand.c.kind, at_hand.c.key).where(mine).order_by(at_hand.c.opened_at.desc())
        with self.database.read() as connection:
            kept = [(row.kind, row.key) for row in connection.execute(query.limit(MOST_RECENT))]
        return self.refs(actor, kept)[:limit]

    def pin(self, actor: Actor, kind: str, key: str, now: datetime) -> None:
        """Keep a record at hand for the person; `NotFoundError` for one that does not exist for them."""
        if not self.refs(actor, [(kind, key)]):
            raise NotFoundError(kind.replace("_", " "), key)
        with self.database.write() as connection:
            pinned = sa.and_(at_hand.c.person_id == actor.id, at_hand.c.pinned_at.is_not(None))
            mine = sa.and_(at_hand.c.person_id == actor.id, at_hand.c.kind == kind, at_hand.c.key == key)
            if connection.execute(sa.select(at_hand.c.key).where(mine, pinned)).first() is not None:
                return
            count = connection.execute(sa.select(sa.func.count()).select_from(at_hand).where(pinned)).scalar_one()
            if count >= MOST_PINNED:
                raise RefusedError("too_many", field="pinned", most=MOST_PINNED)
            last = connection.execute(sa.select(sa.func.max(at_hand.c.place)).where(pinned)).scalar() or 0
            values = {"pinned_at": now, "place": last + 1}
            if not connection.execute(sa.update(at_hand).where(mine).values(values)).rowcount:
                connection.execute(sa.insert(at_hand).values(person_id=actor.id, kind=kind, key=key, **values))

    def unpin(self, actor: Actor, kind: str, key: str) -> None:
        """Let it go from what is kept at hand; of one that is not pinned nothing changes."""
        mine = sa.and_(at_hand.c.person_id == actor.id, at_hand.c.kind == kind, at_hand.c.key == key)
        with self.database.write() as connection:
            connection.execute(sa.update(at_hand).where(mine).values(pinned_at=None, place=None))
            connection.execute(sa.delete(at_hand).where(mine, at_hand.c.opened_at.is_(None)))

    def pinned(self, actor: Actor) -> tuple[Ref, ...]:
        """What the person pinned and still sees, in the order in which it was pinned."""
        mine = sa.and_(at_hand.c.person_id == actor.id, at_hand.c.pinned_at.is_not(None))
        query = sa.select(at_hand.c.kind, at_hand.c.key).where(mine).order_by(at_hand.c.place, at_hand.c.key)
        with self.database.read() as connection:
            kept = [(row.kind, row.key) for row in connection.execute(query)]
        return self.refs(actor, kept)
