"""Recording the values of a KPI."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.calendar import recorded
from okr.errors import NotAllowedError
from okr.fields import amount
from okr.models import companies, key_results, kpi_points, kpis
from okr.refusals import RefusedError
from okr.store.change_log import Changed, add_changes
from okr.store.committing import audited
from okr.store.engine import Database
from okr.store.keeping import Saved
from okr.store.lookup import allowed, find
from okr.store.upkeep import refresh_latest


class KpiPart:
    """The store's command for values of KPIs."""

    database: Database

    def record_point(self, actor: Actor, kpi: str, value: Any, now: datetime, *, on: str | date | None = None) -> Saved:
        """Record a KPI's value for a day, today if none is said; a value that the day has already is corrected.

        What stood there before stays in the KPI's history, and every key result that the KPI feeds moves
        with it. Raises `RefusedError` for a wrong unit or a day to come.
        """
        return audited(
            self.database,
            actor,
            now,
            "record",
            "kpi",
            lambda c: record_point_within(c, actor, kpi, value, now, on),
            kpi,
        )


def record_point_within(
    connection: Connection, actor: Actor, kpi: str, value: Any, now: datetime, on: str | date | None
) -> tuple[str, Saved]:
    """Record the value within a transaction; the KPI's public id and what was recorded."""
    row = find(connection, actor, "kpi", kpi)
    if not allowed(connection, actor, "kpi", row.id):
        raise NotAllowedError(f"record values of {row.key}")
    figure = amount(value, row.unit, row.key)
    zone = ZoneInfo(connection.execute(sa.select(companies.c.timezone).limit(1)).scalar() or "UTC")
    text = now.astimezone(zone).date().isoformat() if on is None else on if isinstance(on, str) else on.isoformat()
    try:
        at, day_only = recorded(text.strip(), zone)
    except ValueError:
        raise RefusedError("not_a_day", words=text) from None
    if at > now:
        raise RefusedError("future", date=text)
    there = sa.and_(kpi_points.c.kpi_id == row.id, kpi_points.c.at == at)
    before = connection.execute(sa.select(kpi_points.c.id, kpi_points.c.value).where(there)).first()
    if before is None:
        connection.execute(sa.insert(kpi_points).values(kpi_id=row.id, at=at, day_only=day_only, value=figure))
    elif before.value == figure:
        raise RefusedError("nothing_changes", record=row.key)
    else:
        connection.execute(sa.update(kpi_points).where(kpi_points.c.id == before.id).values(value=figure))
    version = row.version + 1
    connection.execute(sa.update(kpis).where(kpis.c.id == row.id).values(version=version))
    changed = (Changed("point", None if before is None else before.value, figure), Changed("at", None, text.strip()))
    add_changes(connection, actor, now, "kpi", row.id, row.key, version, changed)
    fed = connection.execute(sa.select(key_results.c.id).where(key_results.c.kpi_id == row.id)).scalars().all()
    refresh_latest(connection, fed)
    return row.key, Saved("kpi", row.key, row.name, version, changed)
