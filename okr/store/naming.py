"""Finding records by the words of their names, without reading them all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from okr.access import Actor, sees_key_result, sees_objective, sees_task
from okr.models import cycles, key_results, kpis, name_words, objectives, people, tasks, teams, word_variants
from okr.store.engine import Database

# A word that more records of a kind than this bear tells too little to look them all up.
COMMON = 400
MOST_CANDIDATES = 800


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
        if not wanted:
            return {}
        n = name_words.c
        counted = sa.select(n.word, n.kind, sa.func.count()).where(n.word.in_(wanted)).group_by(n.word, n.kind)
        found: dict[str, set[tuple[str, int]]] = {word: set() for word in wanted}
        with self.database.read() as connection:
            sizes = connection.execute(counted).all()
            rare: dict[str, list[str]] = {}
            common: dict[str, list[str]] = {}
            for word, kind, count in sizes:
                (rare if count <= COMMON else common).setdefault(kind, []).append(word)
            for kind, some in rare.items():
                rows = connection.execute(sa.select(n.word, n.record_id).where(n.word.in_(some), n.kind == kind))
                for word, record_id in rows:
                    found[word].add((kind, record_id))
            for kind, some in common.items():
                ids = {i for word in rare.get(kind, ()) for k, i in found[word] if k == kind}
                if ids:
                    query = sa.select(n.word, n.record_id).where(
                        n.word.in_(some), n.kind == kind, n.record_id.in_(sorted(ids)[:MOST_CANDIDATES])
                    )
                else:
                    # Only common words: the records that bear most of them, a few.
                    best = (
                        sa.select(n.record_id)
                        .where(n.word.in_(some), n.kind == kind)
                        .group_by(n.record_id)
                        .order_by(sa.func.count().desc(), n.record_id)
                        .limit(COMMON // 4)
                    )
                    query = sa.select(n.word, n.record_id).where(
                        n.word.in_(some), n.kind == kind, n.record_id.in_(best)
                    )
                for word, record_id in connection.execute(query):
                    found[word].add((kind, record_id))
        return found

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


def _query(actor: Actor, kind: str, ids: list[int]) -> sa.Select[tuple[object, ...]]:
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
