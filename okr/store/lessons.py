"""Questions about what was learnt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from okr.access import Actor, sees_lesson, sees_objective
from okr.models import cycles, lessons, objectives, people
from okr.store.engine import Database
from okr.store.scope import Condition, Scope, below


@dataclass(frozen=True, slots=True)
class Lesson:
    """What somebody learnt in a cycle; `objective` is a key the asker sees, `author` an e-mail."""

    id: int
    key: str
    kind: str
    text: str
    at: datetime
    author: str
    author_name: str
    cycle: str
    cycle_name: str
    objective: str | None
    objective_title: str | None


@dataclass(frozen=True, slots=True)
class LessonQuery:
    """What narrows a question about lessons; `scope.people` are authors."""

    scope: Scope
    cycle_ids: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    stretch: tuple[datetime, datetime] | None = None


class LessonsPart:
    """The store's questions about lessons."""

    database: Database

    def lessons(self, actor: Actor, query: LessonQuery, *, limit: int = 200) -> list[Lesson]:
        """The lessons that meet the query, newest first."""
        chosen = (
            _from(
                sa.select(
                    lessons.c.id,
                    lessons.c.key,
                    lessons.c.kind,
                    lessons.c.text,
                    lessons.c.at,
                    people.c.email,
                    people.c.name,
                    cycles.c.key.label("cycle"),
                    cycles.c.name.label("cycle_name"),
                    objectives.c.key.label("objective"),
                    objectives.c.title,
                ),
                actor,
            )
            .where(*_conditions(actor, query))
            .order_by(lessons.c.at.desc(), lessons.c.key)
            .limit(limit)
        )
        with self.database.read() as connection:
            return [Lesson(*row) for row in connection.execute(chosen)]

    def count_lessons(self, actor: Actor, query: LessonQuery) -> int:
        """How many lessons meet the query."""
        counted = _from(sa.select(sa.func.count(lessons.c.id)), actor).where(*_conditions(actor, query))
        with self.database.read() as connection:
            return int(connection.execute(counted).scalar_one())


def _from(chosen: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    return (
        chosen.select_from(lessons)
        .join(people, people.c.id == lessons.c.author_id)
        .join(cycles, cycles.c.id == lessons.c.cycle_id)
        .outerjoin(objectives, sa.and_(objectives.c.id == lessons.c.objective_id, sees_objective(actor)))
    )


def _conditions(actor: Actor, query: LessonQuery) -> list[Condition]:
    found: list[Condition] = [sees_lesson(actor, lessons)]
    if query.scope.objectives:
        found.append(lessons.c.objective_id.in_(query.scope.objectives))
    if query.scope.teams:
        found.append(objectives.c.team_id.in_(below(query.scope.teams)))
    if query.scope.people:
        found.append(lessons.c.author_id.in_(query.scope.people))
    if query.cycle_ids:
        found.append(lessons.c.cycle_id.in_(query.cycle_ids))
    if query.kinds:
        found.append(lessons.c.kind.in_(query.kinds))
    if query.stretch is not None:
        found += [lessons.c.at >= query.stretch[0], lessons.c.at <= query.stretch[1]]
    return found
