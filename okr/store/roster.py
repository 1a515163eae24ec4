"""Questions about people: in which teams, in which roles, and whose something is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from okr.access import Actor, sees_key_result, sees_objective, sees_task
from okr.models import check_ins, key_results, kpis, objectives, people, tasks, teams
from okr.store.engine import Database
from okr.store.scope import Condition, below


@dataclass(frozen=True, slots=True)
class Member:
    """A person in the directory; `team` is a key, `manager` an e-mail."""

    id: int
    email: str
    name: str
    role: str
    active: bool
    team_id: int | None
    team: str | None
    team_name: str | None
    manager: str | None


@dataclass(frozen=True, slots=True)
class Whose:
    """A record and the person it belongs to (None where nobody has it); `on` dates a check-in."""

    kind: str
    id: int
    key: str
    title: str
    person_id: int | None
    team_id: int | None = None
    on: date | None = None


class RosterPart:
    """The store's questions about people."""

    database: Database

    def members(
        self,
        actor: Actor,
        *,
        ids: Sequence[int] = (),
        team_ids: Sequence[int] = (),
        roles: Sequence[str] = (),
        manager_ids: Sequence[int] = (),
        leads: bool = False,
        active: bool | None = True,
        limit: int | None = None,
    ) -> list[Member]:
        """The people who meet all of this, by name; a team takes in those below it, `leads` lead some team.

        `active` None lets in who has left as well.
        """
        manager = people.alias("manager")
        query = (
            sa.select(
                people.c.id,
                people.c.email,
                people.c.name,
                people.c.role,
                people.c.active,
                people.c.team_id,
                teams.c.key.label("team"),
                teams.c.name.label("team_name"),
                manager.c.email.label("manager"),
            )
            .outerjoin(teams, teams.c.id == people.c.team_id)
            .outerjoin(manager, manager.c.id == people.c.manager_id)
            .order_by(people.c.name, people.c.email)
        )
        where = _people(ids, team_ids, roles, manager_ids, leads, active)
        with self.database.read() as connection:
            return [Member(*row) for row in connection.execute(query.where(*where).limit(limit))]

    def count_members(
        self,
        actor: Actor,
        *,
        ids: Sequence[int] = (),
        team_ids: Sequence[int] = (),
        roles: Sequence[str] = (),
        manager_ids: Sequence[int] = (),
        leads: bool = False,
        active: bool | None = True,
        directly: bool = False,
    ) -> int:
        """How many they are; `directly` counts only who is in these very teams."""
        where = _people(ids, () if directly else team_ids, roles, manager_ids, leads, active)
        if directly:
            where.append(people.c.team_id.in_(team_ids))
        counted = sa.select(sa.func.count()).select_from(people).where(*where)
        with self.database.read() as connection:
            return int(connection.execute(counted).scalar_one())

    def whose(self, actor: Actor, kind: str, ids: Sequence[int]) -> list[Whose]:
        """Who has these records: the owner, the lead of a team, the assignee of a task, the author of a lesson."""
        query = _whose(actor, kind)
        if query is None:
            return []
        table = query.selected_columns[0].table
        with self.database.read() as connection:
            rows = {row[0]: row for row in connection.execute(query.where(table.c.id.in_(ids)))}
        return [Whose(kind, *rows[ident]) for ident in ids if ident in rows]

    def latest_authors(self, actor: Actor, key_result_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
        """Who wrote the latest check-in of each key result, with its key: `{key result: (person, check-in)}`."""
        query = (
            sa.select(key_results.c.id, check_ins.c.author_id, check_ins.c.key)
            .join(check_ins, check_ins.c.id == key_results.c.last_check_in_id)
            .where(key_results.c.id.in_(key_result_ids), sees_key_result(actor))
        )
        with self.database.read() as connection:
            return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def _people(
    ids: Sequence[int],
    team_ids: Sequence[int],
    roles: Sequence[str],
    manager_ids: Sequence[int],
    leads: bool,
    active: bool | None,
) -> list[Condition]:
    where: list[Condition] = []
    if ids:
        where.append(people.c.id.in_(ids))
    if team_ids:
        where.append(people.c.team_id.in_(below(tuple(team_ids))))
    if roles:
        where.append(people.c.role.in_(roles))
    if manager_ids:
        where.append(people.c.manager_id.in_(manager_ids))
    if leads:
        where.append(people.c.id.in_(sa.select(teams.c.lead_id).where(teams.c.lead_id.is_not(None))))
    if active is not None:
        where.append(people.c.active if active else sa.not_(people.c.active))
    return where


def _whose(actor: Actor, kind: str) -> sa.Select[Any] | None:
    match kind:
        case "key_result":
            kr = key_results.c
            return sa.select(kr.id, kr.key, kr.title, kr.owner_id, kr.team_id).where(sees_key_result(actor))
        case "objective":
            o = objectives.c
            return sa.select(o.id, o.key, o.title, o.owner_id, o.team_id).where(sees_objective(actor))
        case "kpi":
            return sa.select(kpis.c.id, kpis.c.key, kpis.c.name, kpis.c.owner_id, kpis.c.team_id)
        case "task":
            t = tasks.c
            return sa.select(t.id, t.key, t.title, t.assignee_id).where(sees_task(actor, tasks))
        case "team":
            return sa.select(teams.c.id, teams.c.key, teams.c.name, teams.c.lead_id, teams.c.id)
        case "person":
            return sa.select(people.c.id, people.c.email, people.c.name, people.c.manager_id, people.c.team_id)
    return None
