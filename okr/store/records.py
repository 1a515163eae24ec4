"""Single records by their public ids, and what was recorded about them over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from okr.access import Actor, sees_key_result, sees_lesson, sees_objective, sees_task
from okr.errors import NotFoundError
from okr.language.frames import Ref
from okr.models import check_ins, cycles, key_results, kpi_points, kpis, lessons, objectives, people, tasks, teams
from okr.store.engine import Database

# For each kind: its table, its public id and its name.
_KINDS = {
    "key_result": (key_results, key_results.c.key, key_results.c.title),
    "objective": (objectives, objectives.c.key, objectives.c.title),
    "team": (teams, teams.c.key, teams.c.name),
    "person": (people, people.c.email, people.c.name),
    "kpi": (kpis, kpis.c.key, kpis.c.name),
    "cycle": (cycles, cycles.c.key, cycles.c.name),
    "task": (tasks, tasks.c.key, tasks.c.title),
    "lesson": (lessons, lessons.c.key, lessons.c.text),
}


# What a `CheckIn` is made of, in its order, from the check-in, its key result and its author.
CHECK_IN_COLUMNS: tuple[sa.ColumnElement[Any], ...] = (
    check_ins.c.id,
    check_ins.c.key,
    key_results.c.key.label("key_result"),
    check_ins.c.at,
    people.c.email,
    people.c.name,
    check_ins.c.value,
    check_ins.c.confidence,
    check_ins.c.status,
    check_ins.c.wins,
    check_ins.c.blockers,
    check_ins.c.note,
)


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What somebody recorded about a key result; `key_result` is its key, `author` an e-mail."""

    id: int
    key: str
    key_result: str
    at: datetime
    author: str
    author_name: str
    value: float | None
    confidence: int | None
    status: str | None
    wins: str
    blockers: str
    note: str


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure the company watches; `better` is up or down, `team` a key and `owner` an e-mail."""

    id: int
    key: str
    name: str
    unit: str | None
    better: str
    owner: str
    owner_name: str
    team: str


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a KPI; `day_only` when only a date was recorded."""

    id: int
    at: datetime
    value: float


class RecordsPart:
    """The store's questions about one record."""

    database: Database

    def ref(self, actor: Actor, kind: str, key: str) -> Ref:
        """The record of that kind and public id; `NotFoundError` where there is none that the person sees."""
        table, public, name = _KINDS[kind]
        wanted = key.strip().lower() if kind == "person" else key.strip()
        query = sa.select(table.c.id, public, name).where(public == wanted)
        match kind:
            case "key_result":
                query = query.where(sees_key_result(actor))
            case "objective":
                query = query.where(sees_objective(actor))
            case "task":
                query = query.where(sees_task(actor, tasks))
            case "lesson":
                query = query.where(sees_lesson(actor, lessons))
        with self.database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFoundError(kind.replace("_", " "), wanted[:200])
        return Ref(kind, *row)

    def check_ins(
        self,
        actor: Actor,
        key_result_ids: Sequence[int],
        *,
        last: datetime,
        first: datetime | None = None,
        limit: int = 200,
        said: Sequence[str] = (),
    ) -> list[CheckIn]:
        """The newest check-ins of these key results in that time, oldest first.

        With `said` only those in which one of these parts (wins, blockers, note) holds some text.
        """
        query: sa.Select[Any] = (
            sa.select(*CHECK_IN_COLUMNS)
            .join(key_results, key_results.c.id == check_ins.c.key_result_id)
            .join(people, people.c.id == check_ins.c.author_id)
            .where(check_ins.c.key_result_id.in_(key_result_ids), sees_key_result(actor), check_ins.c.at <= last)
            .order_by(check_ins.c.at.desc(), check_ins.c.id.desc())
            .limit(limit)
        )
        if first is not None:
            query = query.where(check_ins.c.at >= first)
        if said:
            query = query.where(sa.or_(*(check_ins.c[part] != "" for part in said)))
        with self.database.read() as connection:
            return [CheckIn(*row) for row in connection.execute(query)][::-1]

    def count_check_ins(
        self, actor: Actor, key_result_ids: Sequence[int], *, last: datetime, first: datetime | None = None
    ) -> int:
        """How many check-ins these key results have in that time."""
        query = (
            sa.select(sa.func.count())
            .select_from(check_ins)
            .join(key_results, key_results.c.id == check_ins.c.key_result_id)
            .where(check_ins.c.key_result_id.in_(key_result_ids), sees_key_result(actor), check_ins.c.at <= last)
        )
        if first is not None:
            query = query.where(check_ins.c.at >= first)
        with self.database.read() as connection:
            return connection.execute(query).scalar_one()

    def first_recorded(self, actor: Actor, key_result_id: int) -> date | None:
        """The moment of the key result's first check-in, as a UTC date; None where there is none."""
        query = (
            sa.select(sa.func.min(check_ins.c.at))
            .join(key_results, key_results.c.id == check_ins.c.key_result_id)
            .where(check_ins.c.key_result_id == key_result_id, sees_key_result(actor))
        )
        with self.database.read() as connection:
            found: datetime | None = connection.execute(query).scalar()
        return None if found is None else found.date()

    def kpis(self, actor: Actor, *, team_ids: Sequence[int] = (), kpi_ids: Sequence[int] = ()) -> list[Kpi]:
        """The KPIs, all of them or those of these teams or ids, by name; they are everybody's."""
        query = (
            sa.select(
                kpis.c.id,
                kpis.c.key,
                kpis.c.name,
                kpis.c.unit,
                kpis.c.better,
                people.c.email,
                people.c.name.label("owner_name"),
                teams.c.key.label("team"),
            )
            .join(people, people.c.id == kpis.c.owner_id)
            .join(teams, teams.c.id == kpis.c.team_id)
            .order_by(kpis.c.name, kpis.c.id)
        )
        if team_ids:
            query = query.where(kpis.c.team_id.in_(team_ids))
        if kpi_ids:
            query = query.where(kpis.c.id.in_(kpi_ids))
        with self.database.read() as connection:
            return [Kpi(*row) for row in connection.execute(query)]

    def points(
        self, actor: Actor, kpi_id: int, *, last: datetime, first: datetime | None = None, limit: int = 200
    ) -> list[Point]:
        """The newest values of a KPI in that time, oldest first."""
        query = (
            sa.select(kpi_points.c.id, kpi_points.c.at, kpi_points.c.value)
            .where(kpi_points.c.kpi_id == kpi_id, kpi_points.c.at <= last)
            .order_by(kpi_points.c.at.desc(), kpi_points.c.id.desc())
            .limit(limit)
        )
        if first is not None:
            query = query.where(kpi_points.c.at >= first)
        with self.database.read() as connection:
            return [Point(*row) for row in connection.execute(query)][::-1]
