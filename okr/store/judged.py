"""Key results as they stood at one moment: the rows SQL chose, with figures by `okr.measure` and `okr.health`.

Which rows and in which order is said in expressions of a `Measuring`; no figure shown comes from SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.engine import Connection

from okr import measure as measures
from okr.calendar import day_of
from okr.health import Age, Verdict, freshness, judge
from okr.measure import Measure, Milestone
from okr.models import Kind, check_ins, key_results, kpi_points, kpis, milestones
from okr.store.measuring import Expression, Measuring
from okr.store.upkeep import chunks

# Fewer than either database takes as parameters of one statement.
AT_ONCE = 5_000


def settled_at(connection: Connection, as_of: datetime) -> bool:
    """Whether no check-in and no point of a KPI is dated after the moment."""
    newest = sa.select(sa.func.max(check_ins.c.at)).scalar_subquery()
    last = sa.select(sa.func.max(kpi_points.c.at)).where(kpi_points.c.kpi_id == kpis.c.id).scalar_subquery()
    later = sa.select(kpis.c.id).where(last > as_of)
    row = connection.execute(sa.select(newest, later.exists())).one()
    return (row[0] is None or row[0] <= as_of) and not row[1]


@dataclass(frozen=True, slots=True)
class Standing:
    """One key result at one moment: what was recorded by then, and what follows from it, exactly."""

    id: int
    key: str
    title: str
    objective_id: int
    owner_id: int
    team_id: int
    cycle_id: int
    kpi_id: int | None
    unit: str | None
    weight: float
    cadence: str
    state: str
    score: float | None
    measure: Measure
    verdict: Verdict
    value_at: datetime | None
    value_check_in_id: int | None  # null where a KPI point gave the value
    last_check_in_id: int | None
    last_at: datetime | None
    confidence: int | None
    reported: str | None
    age: Age


def standings(
    connection: Connection,
    measuring: Measuring,
    *where: ColumnElement[bool],
    order_by: Sequence[Expression] = (),
    limit: int | None = None,
    offset: int = 0,
) -> list[Standing]:
    """The key results of the measured cycles that meet the conditions, in that order (else, and then, by id).

    Conditions and order are expressions of `measuring`.
    """
    kr = measuring.kr.c
    # Sorting many rows is quick when they carry nothing but their ids.
    ids = sa.select(kr.id).where(measuring.in_cycles, *where).order_by(*order_by, kr.id).limit(limit).offset(offset)
    found = list(connection.execute(ids).scalars())
    rows: dict[int, sa.Row[Any]] = {}
    for part in chunks(found, AT_ONCE):
        query = _columns(measuring.plain).where(key_results.c.id.in_(part))
        rows |= {row.id: row for row in connection.execute(query)}
    return _standings(connection, measuring, [rows[one] for one in found if one in rows])


def _columns(measuring: Measuring) -> sa.Select[Any]:
    return sa.select(
        key_results,
        measuring.value.label("value"),
        measuring.value_at.label("value_at"),
        measuring.value_check_in_id.label("value_check_in_id"),
        measuring.last_check_in_id.label("check_in_id"),
        measuring.last_at.label("check_in_at"),
        measuring.confidence.label("confidence"),
        measuring.reported.label("reported"),
    )


def _standings(connection: Connection, measuring: Measuring, rows: Sequence[sa.Row[Any]]) -> list[Standing]:
    steps = _milestones(connection, [row.id for row in rows if row.kind == Kind.MILESTONES], measuring.on)
    return [_standing(measuring, row, steps.get(row.id, ())) for row in rows]


def _milestones(connection: Connection, ids: Sequence[int], on: date) -> dict[int, list[Milestone]]:
    found: dict[int, list[Milestone]] = {}
    for part in chunks(ids):
        query = sa.select(milestones.c.key_result_id, milestones.c.weight, milestones.c.done_on)
        for row in connection.execute(query.where(milestones.c.key_result_id.in_(part)).order_by(milestones.c.id)):
            done = row.done_on is not None and row.done_on <= on
            found.setdefault(row.key_result_id, []).append(Milestone(row.weight, done))
    return found


def _standing(measuring: Measuring, row: sa.Row[Any], steps: Sequence[Milestone]) -> Standing:
    measure = Measure(row.kind, row.baseline, row.target, row.limit, row.value, tuple(steps))
    cycle = measuring.cycles[row.cycle_id]
    expected = measures.expected(cycle.start, cycle.end, measuring.on)
    last_day = None if row.check_in_at is None else day_of(row.check_in_at, measuring.zone)
    return Standing(
        id=row.id,
        key=row.key,
        title=row.title,
        objective_id=row.objective_id,
        owner_id=row.owner_id,
        team_id=row.team_id,
        cycle_id=row.cycle_id,
        kpi_id=row.kpi_id,
        unit=row.unit,
        weight=row.weight,
        cadence=row.cadence,
        state=row.state,
        score=row.score,
        measure=measure,
        verdict=judge(measure, expected, measuring.on >= cycle.end, measuring.rule),
        value_at=row.value_at,
        value_check_in_id=row.value_check_in_id,
        last_check_in_id=row.check_in_id,
        last_at=row.check_in_at,
        confidence=row.confidence,
        reported=row.reported,
        age=freshness(row.cadence, last_day, measuring.on),
    )
