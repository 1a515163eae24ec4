"""The OKRs of a scope as the coach's checks look at them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from okr.access import Actor, may_change_key_result, may_change_objective, sees_key_result
from okr.coach import Advice, KeyResultSet, ObjectiveSet, review
from okr.models import key_results, kpis, milestones, objectives, people, teams
from okr.store.engine import Database
from okr.store.scope import Scope, visible_objectives
from okr.store.upkeep import chunks


class CoachPart:
    """The store's question how well OKRs are set."""

    database: Database

    def objectives_set(self, actor: Actor, cycle_ids: Sequence[int], scope: Scope) -> list[ObjectiveSet]:
        """The objectives of these cycles in the scope with their key results, by team and key; postponed ones never."""
        where = visible_objectives(actor, tuple(cycle_ids), scope, ())
        query = (
            sa.select(
                objectives.c.id,
                objectives.c.key,
                objectives.c.title,
                objectives.c.parent_id,
                teams.c.key.label("team"),
                teams.c.parent_id.label("above"),
                people.c.active,
            )
            .join(teams, teams.c.id == objectives.c.team_id)
            .join(people, people.c.id == objectives.c.owner_id)
            .where(*where)
            .order_by(teams.c.id, objectives.c.key)
        )
        with self.database.read() as connection:
            rows = connection.execute(query).all()
            by_objective: dict[int, list[KeyResultSet]] = {}
            kr = key_results.c
            steps = sa.select(sa.func.count()).where(milestones.c.key_result_id == kr.id)
            for part in chunks([row.id for row in rows]):
                chosen = (
                    sa.select(
                        kr.objective_id,
                        kr.key,
                        kr.title,
                        kr.kind,
                        kr.unit,
                        kr.baseline,
                        kr.target,
                        steps.correlate(key_results).scalar_subquery().label("steps"),
                        people.c.active,
                        kpis.c.key.label("kpi"),
                        kr.current.is_not(None).label("recorded"),
                    )
                    .join(people, people.c.id == kr.owner_id)
                    .outerjoin(kpis, kpis.c.id == kr.kpi_id)
                    .where(kr.objective_id.in_(part), kr.state != "postponed", sees_key_result(actor))
                    .order_by(kr.id)
                )
                for row in connection.execute(chosen):
                    by_objective.setdefault(row[0], []).append(KeyResultSet(*row[1:]))
        return [
            ObjectiveSet(
                row.key,
                row.title,
                row.team,
                row.active,
                row.parent_id is not None or row.above is None,
                tuple(by_objective.get(row.id, ())),
            )
            for row in rows
        ]

    def review(self, actor: Actor, cycle_ids: Sequence[int], scope: Scope) -> list[Advice]:
        """What the coach's checks find of the OKRs of these cycles in the scope that the person sees.

        How many objectives a team has is only judged where the person sees all of it that there is to see:
        of a scope narrower than a team those checks are left out.
        """
        found = review(self.objectives_set(actor, cycle_ids, scope))
        if scope.people or scope.objectives:
            found = [advice for advice in found if advice.kind != "team"]
        return found

    def changeable(self, actor: Actor, advice: Sequence[Advice]) -> set[tuple[str, str]]:
        """Of the records that the advice is about, those that the person may change, as (kind, id)."""
        rules = {"objective": (objectives, may_change_objective), "key_result": (key_results, may_change_key_result)}
        found: set[tuple[str, str]] = set()
        with self.database.read() as connection:
            for kind, (table, rule) in rules.items():
                for part in chunks(dict.fromkeys(one.key for one in advice if one.kind == kind)):
                    mine = sa.select(table.c.key).where(table.c.key.in_(part), rule(actor))
                    found |= {(kind, key) for key in connection.execute(mine).scalars()}
        return found
