"""What a form offers to choose from, where a person may set OKRs, and what somebody owns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from okr.access import Actor, may_change_team, sees_key_result, sees_objective, sees_task
from okr.models import TaskStatus, cycles, key_results, kpis, objectives, people, tasks, team_paths, teams
from okr.store import keeping_rules as rules
from okr.store.engine import Database
from okr.store.lookup import TABLES, find, may_change, public, sees

MOST_OFFERED = 1_000


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen: its public id, its name, and what tells it from others of that name."""

    key: str
    title: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class OwnedRecord:
    """What somebody owns or is to do: its kind, the field in which they stand, its id and title."""

    kind: str
    field: str
    key: str
    title: str


class ChoicePart:
    """The store's questions about what may be chosen, and whose things are."""

    database: Database

    def teams_decided(self, actor: Actor) -> tuple[str, ...]:
        """The keys of the teams for which the person may set objectives and KPIs, in the order of the file."""
        query = sa.select(teams.c.key).where(may_change_team(actor, teams.c.id)).order_by(teams.c.id)
        with self.database.read() as connection:
            return tuple(connection.execute(query).scalars())

    def choices(
        self,
        actor: Actor,
        kind: str,
        *,
        cycle: str | None = None,
        near: str | None = None,
        changeable: bool = False,
        most: int = MOST_OFFERED,
    ) -> list[Choice]:
        """Objectives, key results or tasks to link to, as far as the person sees them; closed and done ones are not.

        `cycle` narrows to one cycle, otherwise all that are not closed; those of the team `near` and of the
        teams above it come first; `changeable` leaves only those that the person may change.
        """
        query = _offered(actor, kind)
        if changeable:
            query = query.where(may_change(actor, kind))
        if kind != "task":
            cycle_id = objectives.c.cycle_id if kind == "objective" else key_results.c.cycle_id
            running = sa.select(cycles.c.id).where(cycles.c.key == cycle if cycle else cycles.c.state != "closed")
            query = query.where(cycle_id.in_(running))
            if near is not None:
                team_id = objectives.c.team_id if kind == "objective" else key_results.c.team_id
                mine = sa.select(teams.c.id).where(teams.c.key == near).scalar_subquery()
                above = sa.select(team_paths.c.above_id).where(team_paths.c.team_id == mine)
                query = query.order_by(sa.case((team_id == mine, 0), (team_id.in_(above), 1), else_=2))
        with self.database.read() as connection:
            rows = connection.execute(query.order_by(public(kind)).limit(most)).all()
        return [Choice(row[0], row[1], row[2] or "") for row in rows]

    def names_of(self, actor: Actor, kind: str, keys: Sequence[str]) -> dict[str, str]:
        """The names of those of these records that the person sees, by public id."""
        table = TABLES[kind]
        name = table.c.name if "name" in table.c else table.c.title
        query = sa.select(public(kind), name).where(public(kind).in_(list(keys)), sees(actor, kind))
        with self.database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def key_results_of(self, actor: Actor, objective: str) -> list[tuple[str, str]]:
        """The ids and titles of the objective's key results that the person sees, in the order they were made in."""
        with self.database.read() as connection:
            above = find(connection, actor, "objective", objective)
            query = sa.select(key_results.c.key, key_results.c.title).where(
                key_results.c.objective_id == above.id, sees_key_result(actor)
            )
            return [(row[0], row[1]) for row in connection.execute(query.order_by(key_results.c.id))]

    def owned_by(self, actor: Actor, email: str) -> list[OwnedRecord]:
        """What that person owns or is to do and the asker sees: what is open, and the teams they lead."""
        with self.database.read() as connection:
            row = find(connection, actor, "person", email)
            found = []
            for kind, name, each in rules.owned(connection, row.id):
                if rules.visible_key(connection, actor, kind, each.id) is not None:
                    title = each.name if hasattr(each, "name") else each.title
                    found.append(OwnedRecord(kind, name, str(each.key), str(title)))
            return found

    def owned_counts(self, actor: Actor) -> dict[str, dict[str, int]]:
        """How many open objectives, key results and tasks, and KPIs, everybody has that the asker sees, by e-mail."""
        running = sa.select(cycles.c.id).where(cycles.c.state != "closed")
        o, kr = objectives.c, key_results.c
        owners: tuple[tuple[str, Any, tuple[Any, ...]], ...] = (
            ("objective", o.owner_id, (o.state != "closed", o.cycle_id.in_(running), sees_objective(actor))),
            ("key_result", kr.owner_id, (kr.state != "closed", kr.cycle_id.in_(running), sees_key_result(actor))),
            ("kpi", kpis.c.owner_id, ()),
            ("task", tasks.c.assignee_id, (tasks.c.status != TaskStatus.DONE.value, sees_task(actor, tasks))),
        )
        found: dict[str, dict[str, int]] = {}
        with self.database.read() as connection:
            for kind, owner, where in owners:
                query = (
                    sa.select(people.c.email, sa.func.count())
                    .select_from(owner.table)
                    .join(people, people.c.id == owner)
                    .where(*where)
                    .group_by(people.c.email)
                )
                for email, count in connection.execute(query):
                    found.setdefault(email, {})[kind] = count
        return found


def _offered(actor: Actor, kind: str) -> sa.Select[Any]:
    match kind:
        case "objective":
            return (
                sa.select(objectives.c.key, objectives.c.title, teams.c.name)
                .join(teams, teams.c.id == objectives.c.team_id)
                .where(sees_objective(actor), objectives.c.state != "closed")
            )
        case "key_result":
            return (
                sa.select(key_results.c.key, key_results.c.title, teams.c.name)
                .join(teams, teams.c.id == key_results.c.team_id)
                .where(sees_key_result(actor), key_results.c.state != "closed")
            )
        case "task":
            return (
                sa.select(tasks.c.key, tasks.c.title, people.c.name)
                .outerjoin(people, people.c.id == tasks.c.assignee_id)
                .where(sees_task(actor, tasks), tasks.c.status != TaskStatus.DONE.value)
            )
    raise ValueError(f"no choices of {kind}")
