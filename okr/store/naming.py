"""Finding records by the words of their names, without reading them all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, sees_key_result, sees_objective, sees_task
from okr.models import cycles, key_results, kpis, name_words, objectives, people, tasks, teams, word_variants
from okr.store.engine import Database
from okr.store.upkeep import NAMED

# A word that more records of a kind than this bear tells too little to look them all up.
COMMON = 400
MOST_CANDIDATES = 800
# So many entries of common words are read to find the records that bear several of them.
MOST_READ = 8_000

_n = name_words.c
_BEARING = sa.select(_n.word, _n.record_id).where(
    _n.word.in_(sa.bindparam("words", expanding=True)), _n.kind == sa.bindparam("kind")
)
_AMONG = _BEARING.where(_n.record_id.in_(sa.bindparam("ids", expanding=True)))
_SOME = (
    sa.select(_n.record_id)
    .where(_n.word == sa.bindparam("word"), _n.kind == sa.bindparam("kind"))
    .order_by(_n.record_id)
    .limit(sa.bindparam("most"))
)
# Counting stops where it has become clear that a word is common: some stand in every second title.
_COUNTED = """
WITH w AS ({words}), k(kind) AS (VALUES {kinds})
SELECT w.word, k.kind, (
  SELECT count(*) FROM (SELECT 1 FROM name_word n WHERE n.word = w.word AND n.kind = k.kind LIMIT {most}) AS bearers
) FROM w CROSS JOIN k
"""
_WORDS = {
    "sqlite": "SELECT value AS word FROM json_each(:words)",
    "postgresql": "SELECT json_array_elements_text(CAST(:words AS json)) AS word",
}
_BORNE = {
    dialect: sa.text(
        f"WITH w AS ({words}) SELECT word FROM w WHERE EXISTS (SELECT 1 FROM name_word n WHERE n.word = w.word)"
    )
    for dialect, words in _WORDS.items()
}
_BORNE_BY = {
    dialect: sa.text(_COUNTED.format(words=words, kinds=", ".join(f"('{kind}')" for kind in NAMED), most=MOST_READ + 1))
    for dialect, words in _WORDS.items()
}


@dataclass(frozen=True, slots=True)
class Named:
    """A visible record that a word of the question fits.

    `cycle_id` is set for objectives and key results; `kpi_id` for a key result fed by a KPI;
    `active` is false for people who left.
    """

    kind: str
    id: int
    key: str
    name: str
    cycle_id: int | None = None
    kpi_id: int | None = None
    active: bool = True


class NamingPart:
    """The store's index of names."""

    database: Database

    def bearing(self, words: Collection[str]) -> dict[str, set[tuple[str, int]]]:
        """For each form of a word the `(kind, id)` of the records that bear it.

        Not yet filtered by what the person may see: only `named` says what exists for them. Of a word
        that very many records of one kind bear, none of that kind are given unless another word of
        the question is borne by them too.
        """
        wanted = sorted(set(words))
        found: dict[str, set[tuple[str, int]]] = {word: set() for word in wanted}
        if not wanted:
            return found
        with self.database.read() as connection:
            counted = _BORNE_BY[connection.dialect.name]
            rare: dict[str, list[str]] = {}
            common: dict[str, list[tuple[int, str]]] = {}
            for word, kind, count in connection.execute(counted, {"words": json.dumps(wanted)}):
                if count > COMMON:
                    common.setdefault(kind, []).append((count, word))
                elif count:
                    rare.setdefault(kind, []).append(word)
            for kind, some in rare.items():
                for word, record_id in connection.execute(_BEARING, {"words": some, "kind": kind}):
                    found[word].add((kind, record_id))
            for kind, sized in common.items():
                ids = {i for word in rare.get(kind, ()) for k, i in found[word] if k == kind}
                if not ids:
                    ids = _bearing_most(connection, kind, sorted(sized))
                asked = {"words": [word for _, word in sized], "kind": kind, "ids": sorted(ids)[:MOST_CANDIDATES]}
                for word, record_id in connection.execute(_AMONG, asked):
                    found[word].add((kind, record_id))
        return found

    def borne(self, words: Collection[str]) -> set[str]:
        """Those of the forms of words that any record bears."""
        with self.database.read() as connection:
            asked = _BORNE[connection.dialect.name]
            return set(connection.execute(asked, {"words": json.dumps(sorted(set(words)))}).scalars())

    def like(self, variants: Iterable[str]) -> set[str]:
        """The words of names that share one of these variants: a slip away from what was typed."""
        wanted = sorted(set(variants))
        if not wanted:
            return set()
        query = sa.select(word_variants.c.word).where(word_variants.c.variant.in_(wanted)).distinct().limit(200)
        with self.database.read() as connection:
            return set(connection.execute(query).scalars())

    def beginning(self, start: str, kind: str = "team") -> set[str]:
        """The words of names of a kind that begin so, for "eng" and "market"."""
        query = (
            sa.select(name_words.c.word)
            .where(name_words.c.word >= start, name_words.c.word < start + "\U0010ffff", name_words.c.kind == kind)
            .distinct()
            .limit(50)
        )
        with self.database.read() as connection:
            return {w for w in connection.execute(query).scalars() if w.startswith(start)}

    def named(self, actor: Actor, refs: Collection[tuple[str, int]]) -> list[Named]:
        """Those of the records that exist for the person."""
        by_kind: dict[str, list[int]] = {}
        for kind, record_id in refs:
            by_kind.setdefault(kind, []).append(record_id)
        found: list[Named] = []
        with self.database.read() as connection:
            for kind, ids in sorted(by_kind.items()):
                ids = sorted(ids)[:MOST_CANDIDATES]
                found.extend(Named(kind, *row) for row in connection.execute(_query(actor, kind, ids)))
        return found


def _bearing_most(connection: Connection, kind: str, sized: list[tuple[int, str]]) -> set[int]:
    """A few of the records that bear the most of some common words, the rarest of which come first."""
    borne: Counter[int] = Counter()
    left = MOST_READ
    before = (0, "")
    unread: list[str] = []
    for count, word in sized:
        if (count, word[:3]) == before:
            continue  # another form of the same word, on the same records
        before = (count, word[:3])
        if borne and count > left:
            unread.append(word)
            continue
        # Of what stands in thousands of names by itself a few are enough: it tells none of them apart.
        most = MOST_READ if count <= left else COMMON
        borne.update(connection.execute(_SOME, {"word": word, "kind": kind, "most": most}).scalars().all())
        left -= count
    likely = [record_id for record_id, _ in _most(borne, COMMON)]
    if unread:
        found = connection.execute(_AMONG, {"words": unread, "kind": kind, "ids": sorted(likely)}).all()
        borne = Counter({record_id: borne[record_id] for record_id in likely})
        borne.update(record_id for _, record_id in found)
    return {record_id for record_id, _ in _most(borne, COMMON // 4)}


def _most(borne: Counter[int], number: int) -> list[tuple[int, int]]:
    return sorted(borne.items(), key=lambda item: (-item[1], item[0]))[:number]


def _query(actor: Actor, kind: str, ids: list[int]) -> sa.Select[Any]:
    nothing = sa.null()
    if kind == "key_result":
        k = key_results.c
        return sa.select(k.id, k.key, k.title, k.cycle_id, k.kpi_id).where(k.id.in_(ids), sees_key_result(actor))
    if kind == "objective":
        o = objectives.c
        return sa.select(o.id, o.key, o.title, o.cycle_id).where(o.id.in_(ids), sees_objective(actor))
    if kind == "task":
        t = tasks.c
        return sa.select(t.id, t.key, t.title).where(t.id.in_(ids), sees_task(actor, tasks))
    if kind == "person":
        p = people.c
        return sa.select(p.id, p.email, p.name, nothing, nothing, p.active).where(p.id.in_(ids))
    table = {"team": teams, "kpi": kpis, "cycle": cycles}[kind]
    return sa.select(table.c.id, table.c.key, table.c.name).where(table.c.id.in_(ids))
