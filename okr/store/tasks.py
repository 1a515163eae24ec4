"""Questions about tasks: whose, for what, how far, when due, and what waits for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, sees_key_result, sees_task
from okr.models import TaskStatus, key_results, people, task_dependencies, task_key_results, tasks, team_paths
from okr.store.engine import Database
from okr.store.measuring import Bytewise
from okr.store.scope import Condition, Scope, below
from okr.store.upkeep import chunks

OPEN = tuple(status.value for status in TaskStatus if status is not TaskStatus.DONE)


@dataclass(frozen=True, slots=True)
class Task:
    """A task; its links are the keys of what the asker sees, `assignee` is an e-mail."""

    id: int
    key: str
    title: str
    status: str
    due: date | None
    done_on: date | None
    assignee: str | None
    assignee_name: str | None
    parent: str | None
    key_results: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    needed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskQuery:
    """What narrows a question about tasks; an empty one lets everything through.

    `scope.people` are assignees; a team's tasks are those for its key results, and those for none that
    somebody in it has. `linked` is one of needs, needed_by, subtasks or parent, of the tasks in `ids`.
    `overdue_on` is a day before which they were due and on which they were not done; `done_by` is a day by which
    they were done.
    """

    scope: Scope = field(default_factory=Scope)
    ids: tuple[int, ...] = ()
    linked: str = ""
    statuses: tuple[str, ...] = ()
    overdue_on: date | None = None
    done_by: date | None = None
    due: tuple[date, date] | None = None
    done: tuple[date, date] | None = None
    missing: tuple[str, ...] = ()


class TasksPart:
    """The store's questions about tasks."""

    database: Database

    def tasks(
        self,
        actor: Actor,
        query: TaskQuery,
        *,
        by: str = "due",
        reverse: bool = False,
        limit: int = 200,
    ) -> list[Task]:
        """The tasks that meet the query: by `due` the earliest first, by `count` those most others wait for."""
        chosen = _columns(actor).where(*_conditions(actor, query)).order_by(*_order(by, reverse)).limit(limit)
        with self.database.read() as connection:
            return _tasks(connection, actor, connection.execute(chosen).all())

    def count_tasks(self, actor: Actor, query: TaskQuery) -> dict[str, int]:
        """How many tasks meet the query, by status; only statuses that occur."""
        counted = sa.select(tasks.c.status, sa.func.count()).where(*_conditions(actor, query)).group_by(tasks.c.status)
        with self.database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(counted)}

    def count_tasks_by_assignee(self, actor: Actor, query: TaskQuery) -> dict[int, int]:
        """How many each person has of the tasks that meet the query, by internal id."""
        counted = (
            sa.select(tasks.c.assignee_id, sa.func.count())
            .where(*_conditions(actor, query), tasks.c.assignee_id.is_not(None))
            .group_by(tasks.c.assignee_id)
        )
        with self.database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(counted)}

    def task_shares(self, actor: Actor, chosen: sa.Select[tuple[int]], on: date) -> dict[int, tuple[int, int]]:
        """How many tasks for these key results were done by the day, and how many there are, by the team's internal id.

        A team has those for its own key results and for those of the teams below it, each task once.
        """
        done = sa.case((sa.not_(_not_done_on(on)), tasks.c.id))
        counted = (
            sa.select(
                team_paths.c.above_id,
                sa.func.count(sa.distinct(done)),
                sa.func.count(sa.distinct(tasks.c.id)),
            )
            .select_from(task_key_results)
            .join(tasks, tasks.c.id == task_key_results.c.task_id)
            .join(key_results, key_results.c.id == task_key_results.c.key_result_id)
            .join(team_paths, team_paths.c.team_id == key_results.c.team_id)
            .where(key_results.c.id.in_(chosen), sees_key_result(actor))
            .group_by(team_paths.c.above_id)
        )
        with self.database.read() as connection:
            return {row[0]: (row[1], row[2]) for row in connection.execute(counted)}


def _columns(actor: Actor) -> sa.Select[Any]:
    above = tasks.alias("above")
    return (
        sa.select(
            tasks.c.id,
            tasks.c.key,
            tasks.c.title,
            tasks.c.status,
            tasks.c.due,
            tasks.c.done_on,
            people.c.email,
            people.c.name,
            above.c.key.label("parent"),
        )
        .outerjoin(people, people.c.id == tasks.c.assignee_id)
        .outerjoin(above, sa.and_(above.c.id == tasks.c.parent_id, sees_task(actor, above)))
    )


def _order(by: str, reverse: bool) -> list[sa.ColumnElement[Any]]:
    by_key = Bytewise(tasks.c.key).asc()
    if by == "count":
        waiting = sa.select(sa.func.count()).where(task_dependencies.c.needs_id == tasks.c.id)
        count = waiting.correlate(tasks).scalar_subquery()
        return [count.asc() if reverse else count.desc(), by_key]
    due = tasks.c.due.desc() if reverse else tasks.c.due.asc()
    return [due.nulls_last(), by_key]


def _conditions(actor: Actor, query: TaskQuery) -> list[Condition]:
    found: list[Condition] = [sees_task(actor, tasks)]
    scope = query.scope
    if query.ids:
        found.append(_linked(query.linked, query.ids))
    if scope.people:
        found.append(tasks.c.assignee_id.in_(scope.people))
    if scope.teams:
        found.append(_of_teams(actor, scope.teams))
    if scope.objectives:
        found.append(_for(actor, key_results.c.objective_id.in_(scope.objectives)))
    if scope.key_results:
        found.append(_for(actor, key_results.c.id.in_(scope.key_results)))
    if scope.not_people:
        found.append(sa.or_(tasks.c.assignee_id.is_(None), tasks.c.assignee_id.not_in(scope.not_people)))
    if scope.not_teams:
        found.append(sa.not_(_of_teams(actor, scope.not_teams)))
    if scope.not_objectives:
        found.append(sa.not_(_for(actor, key_results.c.objective_id.in_(scope.not_objectives))))
    if scope.not_key_results:
        found.append(sa.not_(_for(actor, key_results.c.id.in_(scope.not_key_results))))
    if scope.chosen is not None:
        # Not tied to each task, because the key results are many and would be worked out again for every one.
        links = sa.select(task_key_results.c.task_id).where(task_key_results.c.key_result_id.in_(scope.chosen))
        found.append(tasks.c.id.in_(links))
    if query.statuses:
        found.append(tasks.c.status.in_(query.statuses))
    if query.overdue_on is not None:
        found.append(tasks.c.due < query.overdue_on)
        found.append(_not_done_on(query.overdue_on))
    if query.done_by is not None:
        found.append(sa.not_(_not_done_on(query.done_by)))
    if query.due is not None:
        found += [tasks.c.due >= query.due[0], tasks.c.due <= query.due[1]]
    if query.done is not None:
        found += [tasks.c.done_on >= query.done[0], tasks.c.done_on <= query.done[1]]
    for what in query.missing:
        if what in ("assignee", "owner"):
            found.append(tasks.c.assignee_id.is_(None))
        elif what == "due":
            found.append(tasks.c.due.is_(None))
    return found


def _not_done_on(day: date) -> Condition:
    # A task that is done without a day was so at any time anybody asks about.
    return sa.or_(tasks.c.status != TaskStatus.DONE, sa.func.coalesce(tasks.c.done_on, day) > day)


def _for(actor: Actor, condition: Condition) -> Condition:
    # Not asked of each task: few key results lead to few tasks, however many there are.
    found = (
        sa.select(task_key_results.c.task_id)
        .join(key_results, key_results.c.id == task_key_results.c.key_result_id)
        .where(sees_key_result(actor), condition)
    )
    return tasks.c.id.in_(found)


def _of_teams(actor: Actor, team_ids: tuple[int, ...]) -> Condition:
    of_team = (
        sa.select(task_key_results.c.task_id)
        .join(key_results, key_results.c.id == task_key_results.c.key_result_id)
        .where(key_results.c.team_id.in_(below(team_ids)), sees_key_result(actor))
    )
    mine = tasks.alias("mine")
    linked = sa.select(task_key_results.c.task_id).where(task_key_results.c.task_id == mine.c.id)
    members = sa.select(people.c.id).where(people.c.team_id.in_(below(team_ids)))
    own = sa.select(mine.c.id).where(mine.c.assignee_id.in_(members), ~linked.correlate(mine).exists())
    return tasks.c.id.in_(sa.union(of_team, own))


def _linked(linked: str, ids: tuple[int, ...]) -> Condition:
    match linked:
        case "needs":
            wanted = sa.select(task_dependencies.c.needs_id).where(task_dependencies.c.task_id.in_(ids))
        case "needed_by":
            wanted = sa.select(task_dependencies.c.task_id).where(task_dependencies.c.needs_id.in_(ids))
        case "subtasks":
            return tasks.c.parent_id.in_(ids)
        case "parent":
            child = tasks.alias("child")
            wanted = sa.select(child.c.parent_id).where(child.c.id.in_(ids))
        case _:
            return tasks.c.id.in_(ids)
    return tasks.c.id.in_(wanted)


def _tasks(connection: Connection, actor: Actor, rows: Sequence[sa.Row[Any]]) -> list[Task]:
    ids = [row.id for row in rows]
    links: dict[int, list[str]] = {}
    needs: dict[int, list[str]] = {}
    needed_by: dict[int, list[str]] = {}
    other = tasks.alias("other")
    for part in chunks(ids):
        linked = (
            sa.select(task_key_results.c.task_id, key_results.c.key)
            .join(key_results, key_results.c.id == task_key_results.c.key_result_id)
            .where(task_key_results.c.task_id.in_(part), sees_key_result(actor))
            .order_by(task_key_results.c.task_id, task_key_results.c.position)
        )
        for task_id, key in connection.execute(linked):
            links.setdefault(task_id, []).append(key)
        for found, mine, theirs in (
            (needs, task_dependencies.c.task_id, task_dependencies.c.needs_id),
            (needed_by, task_dependencies.c.needs_id, task_dependencies.c.task_id),
        ):
            waiting = (
                sa.select(mine, other.c.key)
                .join(other, other.c.id == theirs)
                .where(mine.in_(part), sees_task(actor, other))
                .order_by(mine, task_dependencies.c.position, other.c.key)
            )
            for task_id, key in connection.execute(waiting):
                found.setdefault(task_id, []).append(key)
    return [
        Task(
            row.id,
            row.key,
            row.title,
            row.status,
            row.due,
            row.done_on,
            row.email,
            row.name,
            row.parent,
            tuple(links.get(row.id, ())),
            tuple(needs.get(row.id, ())),
            tuple(needed_by.get(row.id, ())),
        )
        for row in rows
    ]
