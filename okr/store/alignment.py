"""Questions about how objectives hang together."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from okr.access import Actor, sees_key_result, sees_objective
from okr.models import key_results, objectives
from okr.store.engine import Database
from okr.store.measuring import Bytewise
from okr.store.scope import Scope, objectives_within

MOST_LEVELS = 12


class AlignmentPart:
    """The store's questions about parents and children. A hidden objective ends a chain as a missing one does."""

    database: Database

    def children_of(self, actor: Actor, objective_ids: Sequence[int]) -> list[int]:
        """The ids of the visible objectives right below these, by key; postponed ones too."""
        query = (
            sa.select(objectives.c.id)
            .where(objectives.c.parent_id.in_(objective_ids), sees_objective(actor))
            .order_by(Bytewise(objectives.c.key))
        )
        with self.database.read() as connection:
            return list(connection.execute(query).scalars())

    def parents_of(self, actor: Actor, objective_id: int) -> list[int]:
        """The ids of the objectives above this one, the nearest first, as far as the person sees them."""
        found: list[int] = []
        with self.database.read() as connection:
            at: int | None = objective_id
            while at is not None and len(found) <= MOST_LEVELS:
                above = objectives.alias("above")
                query = (
                    sa.select(above.c.id)
                    .join(objectives, objectives.c.parent_id == above.c.id)
                    .where(objectives.c.id == at, sees_objective(actor, above))
                )
                at = connection.execute(query).scalar()
                if at is not None:
                    found.append(at)
        return found

    def objectives_of(self, actor: Actor, key_result_ids: Sequence[int]) -> list[int]:
        """The ids of the objectives that these key results belong to, in the order given."""
        query = sa.select(key_results.c.id, key_results.c.objective_id)
        with self.database.read() as connection:
            rows = connection.execute(query.where(key_results.c.id.in_(key_result_ids), sees_key_result(actor)))
            found = {row[0]: row[1] for row in rows}
        return list(dict.fromkeys(found[ident] for ident in key_result_ids if ident in found))

    def objectives_in(self, actor: Actor, scope: Scope, cycle_ids: Sequence[int], *, roots: bool = False) -> list[int]:
        """The ids of the visible objectives of a scope in these cycles, by key; with `roots` those that feed none."""
        query = (
            sa.select(objectives.c.id)
            .where(sees_objective(actor), objectives.c.cycle_id.in_(cycle_ids), *objectives_within(scope))
            .order_by(Bytewise(objectives.c.key))
        )
        if roots:
            query = query.where(objectives.c.parent_id.is_(None))
        with self.database.read() as connection:
            return list(connection.execute(query).scalars())
