"""Questions about objectives: what they are, whose, and how their key results stand together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from okr.access import Actor, sees_key_result, sees_objective
from okr.models import cycles, key_results, objectives, people, teams
from okr.store.engine import Database
from okr.store.scope import Scope, visible_objectives


@dataclass(frozen=True, slots=True)
class Objective:
    """An objective with the public names of what hangs on it; `parent` only where the person sees it."""

    id: int
    key: str
    title: str
    cycle_id: int
    cycle: str
    team: str
    team_name: str
    owner: str
    owner_name: str
    visibility: str
    kind: str
    state: str
    created: date | None
    parent: str | None


class ObjectivesPart:
    """The store's questions about objectives."""

    database: Database

    def objectives(
        self,
        actor: Actor,
        cycle_ids: Sequence[int],
        scope: Scope,
        states: tuple[str, ...] = (),
        *,
        restricted: bool = False,
        limit: int | None = None,
    ) -> list[Objective]:
        """The objectives of these cycles in the scope, by key; those that are postponed only when asked for."""
        where = visible_objectives(actor, tuple(cycle_ids), scope, states, restricted=restricted)
        query = _columns(actor).where(*where).order_by(objectives.c.key)
        with self.database.read() as connection:
            return [Objective(*row) for row in connection.execute(query if limit is None else query.limit(limit))]

    def count_objectives(
        self,
        actor: Actor,
        cycle_ids: Sequence[int],
        scope: Scope,
        states: tuple[str, ...] = (),
        *,
        restricted: bool = False,
    ) -> int:
        """How many they are."""
        where = visible_objectives(actor, tuple(cycle_ids), scope, states, restricted=restricted)
        with self.database.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(objectives).where(*where)).scalar_one()

    def objectives_by_id(self, actor: Actor, ids: Sequence[int]) -> list[Objective]:
        """Those of these objectives that the person sees, in the order of the ids."""
        query = _columns(actor).where(objectives.c.id.in_(ids), sees_objective(actor))
        with self.database.read() as connection:
            found = {row.id: Objective(*row) for row in connection.execute(query)}
        return [found[ident] for ident in ids if ident in found]

    def objectives_with_key_results(self, actor: Actor, ids: Sequence[int]) -> set[int]:
        """Which of these objectives have key results of their own that the person sees."""
        chosen = sa.select(key_results.c.objective_id).where(
            key_results.c.objective_id.in_(ids), sees_key_result(actor)
        )
        with self.database.read() as connection:
            return set(connection.execute(chosen.distinct()).scalars())

    def objectives_under(self, actor: Actor, objective_id: int) -> list[int]:
        """The ids of the visible objectives below this one, at any depth."""
        below = (
            sa.select(objectives.c.id)
            .where(objectives.c.parent_id == objective_id, sees_objective(actor))
            .cte("below", recursive=True)
        )
        below = below.union(
            sa.select(objectives.c.id).join(below, objectives.c.parent_id == below.c.id).where(sees_objective(actor))
        )
        with self.database.read() as connection:
            return list(connection.execute(sa.select(below.c.id).order_by(below.c.id)).scalars())


def _columns(actor: Actor) -> sa.Select[Any]:
    above = objectives.alias("above")
    return (
        sa.select(
            objectives.c.id,
            objectives.c.key,
            objectives.c.title,
            objectives.c.cycle_id,
            cycles.c.key.label("cycle"),
            teams.c.key.label("team"),
            teams.c.name.label("team_name"),
            people.c.email,
            people.c.name,
            objectives.c.visibility,
            objectives.c.kind,
            objectives.c.state,
            objectives.c.created,
            above.c.key.label("parent"),
        )
        .join(cycles, cycles.c.id == objectives.c.cycle_id)
        .join(teams, teams.c.id == objectives.c.team_id)
        .join(people, people.c.id == objectives.c.owner_id)
        .outerjoin(above, sa.and_(above.c.id == objectives.c.parent_id, sees_objective(actor, above)))
    )
