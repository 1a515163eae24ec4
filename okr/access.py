"""Who may see and change what. Nothing is allowed that no rule here allows."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from okr.models import (
    Role,
    key_results,
    kpis,
    lessons,
    objectives,
    people,
    task_key_results,
    tasks,
    team_paths,
    teams,
)


@dataclass(frozen=True, slots=True)
class Actor:
    """The person in whose name the store is asked, made once from the sign-in.

    `zone` and `language` are the person's own or else the company's.
    """

    id: int
    email: str
    name: str
    role: str
    team_id: int | None
    zone: str
    language: str

    @property
    def is_admin(self) -> bool:
        """Whether the person sees and changes everything."""
        return self.role == Role.ADMIN

    @property
    def tz(self) -> ZoneInfo:
        """The zone the person's days are counted in."""
        return ZoneInfo(self.zone)


def led_teams(actor: Actor) -> sa.Select[tuple[int]]:
    """The ids of the teams the person leads and of those below them, as a subquery."""
    return (
        sa.select(team_paths.c.team_id)
        .join(teams, teams.c.id == team_paths.c.above_id)
        .where(teams.c.lead_id == actor.id)
    )


def sees_team(actor: Actor, team_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition under which what is for a team alone is for the person: a member, its lead, or a lead above it."""
    sees: ColumnElement[bool] = team_id.in_(led_teams(actor))
    if actor.team_id is not None:
        sees = sa.or_(team_id == actor.team_id, sees)
    return sees


def sees_key_result(actor: Actor, table: sa.FromClause = key_results) -> ColumnElement[bool]:
    """The condition under which a key result exists for the person."""
    if actor.is_admin:
        return sa.true()
    return sa.or_(table.c.open, sees_team(actor, table.c.team_id))


def sees_objective(actor: Actor, table: sa.FromClause = objectives) -> ColumnElement[bool]:
    """The condition under which an objective exists for the person."""
    if actor.is_admin:
        return sa.true()
    return sa.or_(table.c.visibility == "company", sees_team(actor, table.c.team_id))


def sees_task(actor: Actor, table: sa.FromClause) -> ColumnElement[bool]:
    """The condition under which a task exists for the person: some key result of it does, or it has none."""
    if actor.is_admin:
        return sa.true()
    of_task = sa.select(task_key_results.c.task_id).where(task_key_results.c.task_id == table.c.id)
    seen = of_task.join(key_results, key_results.c.id == task_key_results.c.key_result_id).where(sees_key_result(actor))
    return sa.or_(~of_task.correlate(table).exists(), seen.correlate(table).exists())


def sees_lesson(actor: Actor, table: sa.FromClause) -> ColumnElement[bool]:
    """The condition under which a lesson exists for the person: its objective does, or it has none."""
    if actor.is_admin:
        return sa.true()
    seen = sa.select(objectives.c.id).where(objectives.c.id == table.c.objective_id, sees_objective(actor))
    return sa.or_(table.c.objective_id.is_(None), seen.correlate(table).exists())


def may_change_team(actor: Actor, team_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition under which the person decides for a team: its lead, a lead above it, or an admin."""
    return sa.true() if actor.is_admin else team_id.in_(led_teams(actor))


def may_change_key_result(actor: Actor) -> ColumnElement[bool]:
    """The condition under which the person may check in on or change a key result that they see."""
    if actor.is_admin:
        return sa.true()
    return sa.or_(key_results.c.owner_id == actor.id, key_results.c.team_id.in_(led_teams(actor)))


def may_change_objective(actor: Actor) -> ColumnElement[bool]:
    """The condition under which the person may change an objective that they see."""
    if actor.is_admin:
        return sa.true()
    return sa.or_(objectives.c.owner_id == actor.id, objectives.c.team_id.in_(led_teams(actor)))


def may_change_kpi(actor: Actor) -> ColumnElement[bool]:
    """The condition under which the person may change a KPI and record its values."""
    if actor.is_admin:
        return sa.true()
    return sa.or_(kpis.c.owner_id == actor.id, kpis.c.team_id.in_(led_teams(actor)))


def may_change_task(actor: Actor) -> ColumnElement[bool]:
    """The condition under which the person may change a task that they see.

    Whoever has it, whoever may change a key result that it is for, and for a task of no key result
    whoever leads the team of the one who has it.
    """
    if actor.is_admin:
        return sa.true()
    links = sa.select(task_key_results.c.task_id).where(task_key_results.c.task_id == tasks.c.id)
    theirs = links.join(key_results, key_results.c.id == task_key_results.c.key_result_id).where(
        may_change_key_result(actor)
    )
    led = sa.select(people.c.id).where(people.c.team_id.in_(led_teams(actor)))
    return sa.or_(
        tasks.c.assignee_id == actor.id,
        theirs.correlate(tasks).exists(),
        sa.and_(~links.correlate(tasks).exists(), tasks.c.assignee_id.in_(led)),
    )


def may_change_lesson(actor: Actor) -> ColumnElement[bool]:
    """The condition under which the person may change a lesson that they see: who wrote it, or an admin."""
    return sa.true() if actor.is_admin else lessons.c.author_id == actor.id
