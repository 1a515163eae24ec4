"""How much the company's KPIs moved between two moments, all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from okr.access import Actor, sees_key_result
from okr.models import key_results, kpi_points, kpis
from okr.store.engine import Database


@dataclass(frozen=True, slots=True)
class KpiMove:
    """A KPI's value at two moments."""

    key: str
    name: str
    unit: str | None
    better: str
    then: float
    now: float


@dataclass(frozen=True, slots=True)
class KpiTrend:
    """A KPI that had a value at both ends of a stretch, and its values from the one to the other, oldest first."""

    move: KpiMove
    values: tuple[float, ...]


class MovesPart:
    """The store's questions about what moved meanwhile."""

    database: Database

    def kpi_moves(self, actor: Actor, first: datetime, last: datetime, *, limit: int = 300) -> list[KpiMove]:
        """The KPIs that had a value at both moments; they are everybody's."""

        def at(moment: datetime) -> sa.ScalarSelect[float]:
            newest = sa.select(kpi_points.c.value).where(kpi_points.c.kpi_id == kpis.c.id, kpi_points.c.at <= moment)
            newest = newest.order_by(kpi_points.c.at.desc(), kpi_points.c.id.desc()).limit(1)
            return newest.correlate(kpis).scalar_subquery()

        found = sa.select(
            kpis.c.key, kpis.c.name, kpis.c.unit, kpis.c.better, at(first).label("then"), at(last).label("now")
        )
        with self.database.read() as connection:
            rows = connection.execute(found.order_by(kpis.c.id).limit(limit)).all()
        return [KpiMove(*row) for row in rows if row.then is not None and row.now is not None]

    def kpi_trends(self, actor: Actor, first: datetime, last: datetime, *, limit: int) -> list[KpiTrend]:
        """The KPIs that had a value at both moments, with their values meanwhile; they are everybody's."""
        moves = self.kpi_moves(actor, first, last, limit=limit)
        points = (
            sa.select(kpis.c.key, kpi_points.c.value)
            .join(kpis, kpis.c.id == kpi_points.c.kpi_id)
            .where(kpis.c.key.in_([move.key for move in moves]), kpi_points.c.at > first, kpi_points.c.at <= last)
            .order_by(kpi_points.c.at, kpi_points.c.id)
        )
        meanwhile: dict[str, list[float]] = {}
        with self.database.read() as connection:
            for key, value in connection.execute(points):
                meanwhile.setdefault(key, []).append(value)
        return [KpiTrend(move, (move.then, *meanwhile.get(move.key, ()))) for move in moves]

    def fed_by(self, actor: Actor, kpi_id: int, *, limit: int = 50) -> list[int]:
        """The live key results that take their values from the KPI, as far as the person sees them."""
        chosen = sa.select(key_results.c.id).where(
            key_results.c.kpi_id == kpi_id, key_results.c.live, sees_key_result(actor)
        )
        with self.database.read() as connection:
            return list(connection.execute(chosen.order_by(key_results.c.id).limit(limit)).scalars())

    def key_results_fed_by(self, actor: Actor, kpi_id: int) -> list[str]:
        """The keys of the same, in the same order."""
        chosen = sa.select(key_results.c.key).where(key_results.c.id.in_(self.fed_by(actor, kpi_id)))
        with self.database.read() as connection:
            return list(connection.execute(chosen.order_by(key_results.c.id)).scalars())

    def kpi_of(self, actor: Actor, key_result_id: int) -> tuple[int, str] | None:
        """Id and key of the KPI that feeds the key result; None without one."""
        chosen = (
            sa.select(kpis.c.id, kpis.c.key)
            .join(key_results, key_results.c.kpi_id == kpis.c.id)
            .where(key_results.c.id == key_result_id, sees_key_result(actor))
        )
        with self.database.read() as connection:
            row = connection.execute(chosen).first()
        return None if row is None else (row.id, row.key)

    def siblings(self, actor: Actor, key_result_ids: Sequence[int], *, limit: int = 40) -> list[int]:
        """The other live key results of the same objectives, as far as the person sees them."""
        own = sa.select(key_results.c.objective_id).where(key_results.c.id.in_(key_result_ids))
        chosen = sa.select(key_results.c.id).where(
            key_results.c.objective_id.in_(own),
            key_results.c.id.not_in(key_result_ids),
            key_results.c.live,
            sees_key_result(actor),
        )
        with self.database.read() as connection:
            return list(connection.execute(chosen.order_by(key_results.c.id).limit(limit)).scalars())
