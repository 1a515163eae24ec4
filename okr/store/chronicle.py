"""What happened to a key result over time: its check-ins with what was corrected in them, and its changed terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.fields import CHECK_IN_FIELDS
from okr.models import check_ins, companies, cycles, key_results, kpi_points, milestones, people
from okr.record_tables import changes
from okr.revisions import DAYS, OWN, Change, Revision, Terms, revisions
from okr.store.engine import Database
from okr.store.lookup import find

MOST_CHANGES = 500
MOST_VALUES = 2_000


@dataclass(frozen=True, slots=True)
class Correction:
    """What stood in a check-in before somebody corrected it."""

    at: datetime
    by: str | None
    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Entry:
    """A check-in as it stands, with its corrections, the earliest first; `key_result` is a key."""

    key: str
    key_result: str
    key_result_title: str
    unit: str | None
    at: datetime
    author: str
    author_name: str
    value: float | None
    confidence: int | None
    status: str | None
    wins: str
    blockers: str
    note: str
    corrections: tuple[Correction, ...] = ()


class ChroniclePart:
    """The store's account of what happened to key results."""

    database: Database

    def entries(self, actor: Actor, key_result: str, *, limit: int = 100) -> list[Entry]:
        """The newest check-ins of a key result, the newest first; `NotFoundError` where it is not for the person."""
        with self.database.read() as connection:
            row = find(connection, actor, "key_result", key_result)
            return _entries(connection, check_ins.c.key_result_id == row.id, limit)

    def entries_of_objective(self, actor: Actor, objective: str, *, limit: int = 20) -> list[Entry]:
        """The newest check-ins of all key results of an objective, the newest first."""
        with self.database.read() as connection:
            row = find(connection, actor, "objective", objective)
            # Whoever sees an objective sees its key results.
            return _entries(connection, key_results.c.objective_id == row.id, limit)

    def count_entries(self, actor: Actor, key_result: str) -> int:
        """How many check-ins a key result has."""
        with self.database.read() as connection:
            row = find(connection, actor, "key_result", key_result)
            counted = sa.select(sa.func.count()).where(check_ins.c.key_result_id == row.id)
            return int(connection.execute(counted).scalar_one())

    def revisions(self, actor: Actor, key_result: str) -> list[Revision]:
        """What each change of a key result's terms did to its progress, oldest first."""
        with self.database.read() as connection:
            row = find(connection, actor, "key_result", key_result)
            cycle = connection.execute(sa.select(cycles).where(cycles.c.id == row.cycle_id)).one()
            made = _changes(connection, row, cycle)
            if not made:
                return []
            zone = ZoneInfo(connection.execute(sa.select(companies.c.timezone).limit(1)).scalar() or "UTC")
            steps = connection.execute(
                sa.select(milestones).where(milestones.c.key_result_id == row.id).order_by(milestones.c.id)
            )
            told = tuple({"title": s.title, "weight": s.weight, "done_on": s.done_on} for s in steps)
            terms = Terms(row.kind, row.baseline, row.target, row.limit, told, cycle.start, cycle.end)
            return revisions(terms, made, _values(connection, row), zone)


def _entries(connection: Connection, where: sa.ColumnElement[bool], limit: int) -> list[Entry]:
    query = (
        sa.select(
            check_ins,
            key_results.c.key.label("kr_key"),
            key_results.c.title,
            key_results.c.unit,
            people.c.email,
            people.c.name,
        )
        .join(key_results, key_results.c.id == check_ins.c.key_result_id)
        .join(people, people.c.id == check_ins.c.author_id)
        .where(where)
        .order_by(check_ins.c.at.desc(), check_ins.c.id.desc())
        .limit(limit)
    )
    rows = connection.execute(query).all()
    corrected = _corrections(connection, [row.id for row in rows])
    return [
        Entry(
            row.key, row.kr_key, row.title, row.unit, row.at, row.email, row.name, row.value, row.confidence,
            row.status, row.wins, row.blockers, row.note, tuple(corrected.get(row.id, ())),
        )
        for row in rows
    ]  # fmt: skip


def _corrections(connection: Connection, ids: list[int]) -> dict[int, list[Correction]]:
    query = (
        sa.select(changes, people.c.name)
        .outerjoin(people, people.c.id == changes.c.actor_id)
        .where(
            changes.c.kind == "check_in",
            changes.c.record_id.in_(ids),
            changes.c.field.in_([*CHECK_IN_FIELDS, "date", "at"]),
        )
        .order_by(changes.c.id)
    )
    found: dict[int, list[Correction]] = {}
    for row in connection.execute(query):
        found.setdefault(row.record_id, []).append(Correction(row.at, row.name, row.field, row.old, row.new))
    return found


def _changes(connection: Connection, key_result: Any, cycle: Any) -> list[Change]:
    """The changes of terms, those that were made at once together."""
    c = changes.c
    # By the public id too: a number may have been another record's that was removed.
    own = sa.and_(c.kind == "key_result", c.record_id == key_result.id, c.key == key_result.key)
    days = sa.and_(c.kind == "cycle", c.record_id == cycle.id, c.key == cycle.key)
    query = (
        sa.select(changes, people.c.name)
        .outerjoin(people, people.c.id == c.actor_id)
        .where(
            sa.or_(
                sa.and_(own, c.field.in_([*OWN, "created"])),
                sa.and_(days, c.field.in_([*DAYS, "created"])),
            )
        )
        .order_by(c.id.desc())
        .limit(MOST_CHANGES)
    )
    by_act: dict[tuple[str, int, datetime], list[Any]] = {}
    for row in connection.execute(query):
        by_act.setdefault((row.kind, row.version, row.at), []).append(row)
    return [
        Change(at, rows[0].name, tuple((row.field, row.old, row.new) for row in reversed(rows)))
        for (_, _, at), rows in by_act.items()
        # What a record had from the beginning was not changed.
        if all(row.field != "created" for row in rows)
    ]


def _values(connection: Connection, row: Any) -> list[tuple[datetime, float]]:
    """All values recorded of a key result, its KPI's among them."""
    said = sa.select(check_ins.c.at, check_ins.c.value).where(
        check_ins.c.key_result_id == row.id, check_ins.c.value.is_not(None)
    )
    found = [
        (each.at, each.value) for each in connection.execute(said.order_by(check_ins.c.at.desc()).limit(MOST_VALUES))
    ]
    if row.kpi_id is not None:
        points = sa.select(kpi_points.c.at, kpi_points.c.value).where(kpi_points.c.kpi_id == row.kpi_id)
        # At one moment the check-in wins, so it comes after the point.
        newest = points.order_by(kpi_points.c.at.desc()).limit(MOST_VALUES)
        found = [(each.at, each.value) for each in connection.execute(newest)] + found
    return sorted(found, key=lambda each: each[0])
