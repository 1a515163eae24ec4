"""Where records of like names belong, so that people can tell them apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from okr.access import Actor, sees_key_result, sees_objective, sees_task
from okr.language.frames import Ref
from okr.models import check_ins, cycles, key_results, kpis, lessons, objectives, people, tasks, teams
from okr.store.engine import Database
from okr.store.upkeep import NAMED


class PlacesPart:
    """The store's account of what named records belong to."""

    database: Database

    def places(self, actor: Actor, refs: Iterable[Ref]) -> dict[tuple[str, int], tuple[str, ...]]:
        """By kind and id, the names of the team and cycle (of a task: the assignee) that a record belongs to.

        What the person does not see is absent.
        """
        wanted: dict[str, list[int]] = {}
        for ref in refs:
            wanted.setdefault(ref.kind, []).append(ref.id)
        found: dict[tuple[str, int], tuple[str, ...]] = {}
        with self.database.read() as connection:
            for kind, ids in wanted.items():
                query = _query(actor, kind, ids)
                if query is None:
                    continue
                for row in connection.execute(query):
                    found[kind, row[0]] = tuple(name for name in row[1:] if name)
        return found

    def refs(self, actor: Actor, wanted: Sequence[tuple[str, str]]) -> tuple[Ref, ...]:
        """The records of these kinds and public ids, in that order; what the person does not see is absent."""
        by_kind: dict[str, list[str]] = {}
        for kind, key in wanted:
            if kind in NAMED:
                by_kind.setdefault(kind, []).append(key)
        found: dict[tuple[str, str], Ref] = {}
        with self.database.read() as connection:
            for kind, keys in by_kind.items():
                table, title, public = NAMED[kind]
                named = sa.select(table.c.id, public, title).where(public.in_(keys), *_seen(actor, kind))
                for ident, key, name in connection.execute(named):
                    found[kind, key] = Ref(kind, ident, key, name)
        return tuple(found[one] for one in wanted if one in found)

    def sizes(self) -> dict[str, int]:
        """How many records of each kind there are, for the operator."""
        tables = {
            "teams": teams,
            "people": people,
            "cycles": cycles,
            "objectives": objectives,
            "key_results": key_results,
            "check_ins": check_ins,
            "kpis": kpis,
            "tasks": tasks,
            "lessons": lessons,
        }
        with self.database.read() as connection:
            count = sa.select(*(sa.select(sa.func.count()).select_from(t).scalar_subquery() for t in tables.values()))
            return dict(zip(tables, connection.execute(count).one(), strict=True))


def _seen(actor: Actor, kind: str) -> list[sa.ColumnElement[bool]]:
    match kind:
        case "key_result":
            return [sees_key_result(actor)]
        case "objective":
            return [sees_objective(actor)]
        case "task":
            return [sees_task(actor, tasks)]
    return []


def _query(actor: Actor, kind: str, ids: list[int]) -> sa.Select[Any] | None:
    above = teams.alias("above")
    queries: dict[str, sa.Select[Any]] = {
        "key_result": sa.select(key_results.c.id, teams.c.name, cycles.c.name)
        .join(teams, teams.c.id == key_results.c.team_id)
        .join(cycles, cycles.c.id == key_results.c.cycle_id)
        .where(key_results.c.id.in_(ids), sees_key_result(actor)),
        "objective": sa.select(objectives.c.id, teams.c.name, cycles.c.name)
        .join(teams, teams.c.id == objectives.c.team_id)
        .join(cycles, cycles.c.id == objectives.c.cycle_id)
        .where(objectives.c.id.in_(ids), sees_objective(actor)),
        "person": sa.select(people.c.id, teams.c.name)
        .join(teams, teams.c.id == people.c.team_id)
        .where(people.c.id.in_(ids)),
        "team": sa.select(teams.c.id, above.c.name)
        .join(above, above.c.id == teams.c.parent_id)
        .where(teams.c.id.in_(ids)),
        "kpi": sa.select(kpis.c.id, teams.c.name).join(teams, teams.c.id == kpis.c.team_id).where(kpis.c.id.in_(ids)),
        "task": sa.select(tasks.c.id, people.c.name)
        .join(people, people.c.id == tasks.c.assignee_id)
        .where(tasks.c.id.in_(ids), sees_task(actor, tasks)),
    }
    return queries.get(kind)
