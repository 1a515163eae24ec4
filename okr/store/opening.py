"""One record by its public id, as a screen opens it: what it is, what stands in it, who wrote it and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, sees_key_result, sees_lesson, sees_objective, sees_task
from okr.models import (
    check_ins,
    cycles,
    key_results,
    kpi_points,
    kpis,
    lessons,
    objectives,
    people,
    task_key_results,
    tasks,
    teams,
)
from okr.store.engine import Database

Fact = float | int | str | None

LATEST = 60
"""So many of the newest values of a series are shown with a record."""


@dataclass(frozen=True, slots=True)
class Value:
    """One recorded value: when, how much, and the id of the check-in (or of the KPI, for its points)."""

    at: datetime
    value: float
    key: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A record that somebody opened.

    `facts` holds what stands in it under the contract's names; `on` is its moment where it has one;
    `wrote` holds (part, text) pairs that `author` typed; `values` is its series, oldest first;
    `above` is (kind, id, title) of the record that it belongs to.
    """

    kind: str
    key: str
    title: str
    facts: dict[str, Fact] = field(default_factory=dict)
    on: datetime | None = None
    author: str = ""
    wrote: tuple[tuple[str, str], ...] = ()
    values: tuple[Value, ...] = ()
    above: tuple[str, str, str] | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Cited:
    """What a chip says of a record: its kind, and the moment it is from where it has one."""

    kind: str
    key: str
    on: datetime | date | None


class OpeningPart:
    """The store's answer to "show me this record"."""

    database: Database

    def open_record(self, actor: Actor, key: str, kind: str = "") -> Opened | None:
        """The record with that public id; None where there is none that the person may see.

        Where two kinds share an id and none is named, a check-in comes first, then key results, objectives, tasks,
        KPIs, lessons, teams, cycles and people.
        """
        readers: dict[str, Callable[[Connection, Actor, str], Opened | None]] = {
            "check_in": _check_in,
            "key_result": _key_result,
            "objective": _objective,
            "task": _task,
            "kpi": _kpi,
            "lesson": _lesson,
            "team": _team,
            "cycle": _cycle,
            "person": _person,
        }
        with self.database.read() as connection:
            for name, reader in readers.items():
                found = reader(connection, actor, key) if kind in ("", name) else None
                if found is not None:
                    return found
        return None

    def cited(self, actor: Actor, keys: Iterable[str]) -> dict[str, Cited]:
        """The kind and the moment of each record the person may see; a key of none is left out."""
        wanted = list(dict.fromkeys(keys))[:400]
        found: dict[str, Cited] = {}
        if not wanted:
            return found
        on_check_in = (
            sa.select(check_ins.c.key, check_ins.c.at)
            .join(key_results, key_results.c.id == check_ins.c.key_result_id)
            .where(check_ins.c.key.in_(wanted), sees_key_result(actor))
        )
        on_lesson = sa.select(lessons.c.key, lessons.c.at).where(lessons.c.key.in_(wanted), sees_lesson(actor, lessons))
        dateless = (
            ("key_result", sa.select(key_results.c.key).where(key_results.c.key.in_(wanted), sees_key_result(actor))),
            ("objective", sa.select(objectives.c.key).where(objectives.c.key.in_(wanted), sees_objective(actor))),
            ("task", sa.select(tasks.c.key).where(tasks.c.key.in_(wanted), sees_task(actor, tasks))),
            ("kpi", sa.select(kpis.c.key).where(kpis.c.key.in_(wanted))),
            ("team", sa.select(teams.c.key).where(teams.c.key.in_(wanted))),
            ("cycle", sa.select(cycles.c.key).where(cycles.c.key.in_(wanted))),
            ("person", sa.select(people.c.email).where(people.c.email.in_([w.lower() for w in wanted]))),
        )
        with self.database.read() as connection:
            for row in connection.execute(on_check_in):
                found[row.key] = Cited("check_in", row.key, row.at)
            for kind, query in dateless:
                for key in connection.execute(query).scalars():
                    found.setdefault(key, Cited(kind, key, None))
            for row in connection.execute(on_lesson):
                found.setdefault(row.key, Cited("lesson", row.key, row.at))
        return found


def _series(connection: Connection, key_result_id: int, kpi_id: int | None) -> tuple[Value, ...]:
    query = sa.select(check_ins.c.at, check_ins.c.value, check_ins.c.key).where(
        check_ins.c.key_result_id == key_result_id, check_ins.c.value.is_not(None)
    )
    found = [Value(*row) for row in connection.execute(query.order_by(check_ins.c.at.desc()).limit(LATEST))]
    if kpi_id is not None:
        found += _points(connection, kpi_id)
    return tuple(sorted(found, key=lambda value: value.at)[-LATEST:])


def _points(connection: Connection, kpi_id: int) -> list[Value]:
    query = (
        sa.select(kpi_points.c.at, kpi_points.c.value, kpis.c.key)
        .join(kpis, kpis.c.id == kpi_points.c.kpi_id)
        .where(kpi_points.c.kpi_id == kpi_id)
        .order_by(kpi_points.c.at.desc())
        .limit(LATEST)
    )
    return [Value(*row) for row in connection.execute(query)]


def _wrote(check_in: Any) -> tuple[tuple[str, str], ...]:
    return tuple((part, text) for part in ("note", "wins", "blockers") if (text := getattr(check_in, part)))


def _check_in(connection: Connection, actor: Actor, key: str) -> Opened | None:
    query = (
        sa.select(
            check_ins,
            key_results.c.id.label("kr_id"),
            key_results.c.key.label("kr_key"),
            key_results.c.title.label("kr_title"),
            key_results.c.unit,
            key_results.c.baseline,
            key_results.c.target,
            key_results.c.kpi_id,
            people.c.name.label("author_name"),
        )
        .join(key_results, key_results.c.id == check_ins.c.key_result_id)
        .join(people, people.c.id == check_ins.c.author_id)
        .where(check_ins.c.key == key, sees_key_result(actor))
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return Opened(
        "check_in",
        row.key,
        row.kr_title,
        facts={
            "value": row.value,
            "baseline": row.baseline,
            "target": row.target,
            "reported": row.status,
            "confidence": row.confidence,
        },
        on=row.at,
        author=row.author_name,
        wrote=_wrote(row),
        values=_series(connection, row.kr_id, row.kpi_id),
        above=("key_result", row.kr_key, row.kr_title),
        unit=row.unit or "",
    )


def _key_result(connection: Connection, actor: Actor, key: str) -> Opened | None:
    query = (
        sa.select(
            key_results,
            objectives.c.key.label("objective_key"),
            objectives.c.title.label("objective_title"),
            people.c.name.label("owner_name"),
            teams.c.name.label("team_name"),
        )
        .join(objectives, objectives.c.id == key_results.c.objective_id)
        .join(people, people.c.id == key_results.c.owner_id)
        .join(teams, teams.c.id == key_results.c.team_id)
        .where(key_results.c.key == key, sees_key_result(actor))
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    latest = connection.execute(
        sa.select(check_ins, people.c.name.label("author_name"))
        .join(people, people.c.id == check_ins.c.author_id)
        .where(check_ins.c.key_result_id == row.id)
        .order_by(check_ins.c.at.desc(), check_ins.c.id.desc())
        .limit(1)
    ).first()
    return Opened(
        "key_result",
        row.key,
        row.title,
        facts={
            "value": row.current,
            "baseline": row.baseline,
            "target": row.target,
            "reported": row.last_status,
            "confidence": row.last_confidence,
            "owner": row.owner_name,
            "team": row.team_name,
            "kind": row.kind,
            "state": row.state,
            "score": row.score,
        },
        on=latest.at if latest else None,
        author=latest.author_name if latest else "",
        wrote=_wrote(latest) if latest else (),
        values=_series(connection, row.id, row.kpi_id),
        above=("objective", row.objective_key, row.objective_title),
        unit=row.unit or "",
    )


def _objective(connection: Connection, actor: Actor, key: str) -> Opened | None:
    parent = objectives.alias("parent")
    query = (
        sa.select(
            objectives,
            people.c.name.label("owner_name"),
            teams.c.name.label("team_name"),
            cycles.c.name.label("cycle_name"),
            parent.c.key.label("parent_key"),
            parent.c.title.label("parent_title"),
        )
        .join(people, people.c.id == objectives.c.owner_id)
        .join(teams, teams.c.id == objectives.c.team_id)
        .join(cycles, cycles.c.id == objectives.c.cycle_id)
        .outerjoin(parent, sa.and_(parent.c.id == objectives.c.parent_id, sees_objective(actor, parent)))
        .where(objectives.c.key == key, sees_objective(actor))
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return Opened(
        "objective",
        row.key,
        row.title,
        facts={"owner": row.owner_name, "team": row.team_name, "cycle": row.cycle_name, "state": row.state},
        above=("objective", row.parent_key, row.parent_title) if row.parent_key else None,
    )


def _task(connection: Connection, actor: Actor, key: str) -> Opened | None:
    query = (
        sa.select(tasks, people.c.name.label("assignee_name"))
        .outerjoin(people, people.c.id == tasks.c.assignee_id)
        .where(tasks.c.key == key, sees_task(actor, tasks))
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    first = connection.execute(
        sa.select(key_results.c.key, key_results.c.title)
        .join(task_key_results, task_key_results.c.key_result_id == key_results.c.id)
        .where(task_key_results.c.task_id == row.id, sees_key_result(actor))
        .order_by(task_key_results.c.position)
        .limit(1)
    ).first()
    facts: dict[str, Fact] = {
        "assignee": row.assignee_name,
        "due": row.due.isoformat() if row.due else None,
        "status": row.status,
    }
    return Opened(
        "task", row.key, row.title, facts=facts, above=("key_result", first.key, first.title) if first else None
    )


def _kpi(connection: Connection, actor: Actor, key: str) -> Opened | None:
    query = (
        sa.select(kpis, people.c.name.label("owner_name"), teams.c.name.label("team_name"))
        .join(people, people.c.id == kpis.c.owner_id)
        .join(teams, teams.c.id == kpis.c.team_id)
        .where(kpis.c.key == key)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    values = tuple(reversed(_points(connection, row.id)))
    return Opened(
        "kpi",
        row.key,
        row.name,
        facts={
            "value": values[-1].value if values else None,
            "owner": row.owner_name,
            "team": row.team_name,
        },
        on=values[-1].at if values else None,
        values=values,
        unit=row.unit or "",
    )


def _lesson(connection: Connection, actor: Actor, key: str) -> Opened | None:
    query = (
        sa.select(
            lessons,
            people.c.name.label("author_name"),
            cycles.c.name.label("cycle_name"),
            objectives.c.key.label("objective_key"),
            objectives.c.title.label("objective_title"),
        )
        .join(people, people.c.id == lessons.c.author_id)
        .join(cycles, cycles.c.id == lessons.c.cycle_id)
        .outerjoin(objectives, objectives.c.id == lessons.c.objective_id)
        .where(lessons.c.key == key, sees_lesson(actor, lessons))
    )
    row: Any = connection.execute(query).first()
    if row is None:
        return None
    return Opened(
        "lesson",
        row.key,
        row.objective_title or row.cycle_name,
        facts={"kind": row.kind, "cycle": row.cycle_name},
        on=row.at,
        author=row.author_name,
        wrote=(("text", row.text),),
        above=("objective", row.objective_key, row.objective_title) if row.objective_key else None,
    )


def _team(connection: Connection, actor: Actor, key: str) -> Opened | None:
    above = teams.alias("above")
    query = (
        sa.select(teams.c.key, teams.c.name, people.c.name.label("lead_name"), above.c.key.label("k"), above.c.name)
        .outerjoin(people, people.c.id == teams.c.lead_id)
        .outerjoin(above, above.c.id == teams.c.parent_id)
        .where(teams.c.key == key)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return Opened("team", row[0], row[1], facts={"lead": row[2]}, above=("team", row[3], row[4]) if row[3] else None)


def _cycle(connection: Connection, actor: Actor, key: str) -> Opened | None:
    row = connection.execute(sa.select(cycles).where(cycles.c.key == key)).first()
    if row is None:
        return None
    facts: dict[str, Fact] = {"start": row.start.isoformat(), "end": row.end.isoformat(), "state": row.state}
    return Opened("cycle", row.key, row.name, facts=facts)


def _person(connection: Connection, actor: Actor, key: str) -> Opened | None:
    query = (
        sa.select(people.c.email, people.c.name, people.c.role, teams.c.name.label("team_name"))
        .outerjoin(teams, teams.c.id == people.c.team_id)
        .where(people.c.email == key.lower())
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return Opened("person", row.email, row.name, facts={"role": row.role, "team": row.team_name})
