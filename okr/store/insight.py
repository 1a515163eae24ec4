"""What the records say of the end: forecasts, how they would have done before, what confidence was worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import inf
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr import forecast as rules
from okr.access import Actor, sees_key_result
from okr.calendar import day_of, end_of_day
from okr.forecast import BackTest, Forecast, TooLittle
from okr.measure import Measure, number, progress, score_of
from okr.models import check_ins, companies, cycles, key_results, kpi_points
from okr.store.engine import Database
from okr.store.lookup import find
from okr.store.scope import Scope, within
from okr.store.upkeep import chunks

MOST_PAST = 400
"""So many key results of the cycles that ended last are looked back on."""
MOST_FORECAST = 2_000
"""So many key results of a scope are forecast at once."""
FEWEST_SCORED = 8
"""What confidence was worth is not told over fewer scored key results than this."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """A key result's forecast, or why there is none; `reaches` says whether its target would be met.

    `certain` is True where the whole range lies on that side of the target. `end` is the cycle's last day.
    """

    key: str
    title: str
    unit: str | None
    baseline: float | None
    target: float | None
    end: date
    found: Forecast | TooLittle
    reaches: bool | None = None
    certain: bool = False


@dataclass(frozen=True, slots=True)
class ConfidenceWorth:
    """What owners' confidence half way said about final scores: for each level how many, and their mean score."""

    counted: int
    levels: tuple[tuple[int, int, float], ...]
    high: float | None  # the mean score where they had said 4 or 5
    low: float | None  # and where they had said 1 or 2


class InsightPart:
    """The store's questions about where things are going."""

    database: Database

    def forecast(self, actor: Actor, key_result: str, now: datetime) -> Outlook:
        """Where the key result will stand on its cycle's last day, by the rule `steady-pace`.

        Nothing is forecast below zero where neither a value, the baseline nor the target is, and no percentage
        above 100 likewise. Only measures with a target are forecast; of the others `found.reason` is `kind`.
        `NotFoundError` for one that does not exist for the person.
        """
        with self.database.read() as connection:
            row = find(connection, actor, "key_result", key_result)
            cycle = connection.execute(sa.select(cycles).where(cycles.c.id == row.cycle_id)).one()
            zone = _zone(connection)
            values = _values(connection, [row], {row.cycle_id: cycle}, zone)[row.id]
        return _outlook(row, cycle, values, day_of(now, zone))

    def forecasts(self, actor: Actor, cycle_ids: Sequence[int], scope: Scope, now: datetime) -> list[Outlook]:
        """The same for every active key result of these cycles in the scope that the person sees, by key.

        At most `MOST_FORECAST` of them.
        """
        kr = key_results.c
        with self.database.read() as connection:
            zone = _zone(connection)
            running = {row.id: row for row in connection.execute(sa.select(cycles).where(cycles.c.id.in_(cycle_ids)))}
            query = sa.select(key_results).where(
                kr.cycle_id.in_(list(running)), kr.state == "active", sees_key_result(actor), *within(scope)
            )
            rows = list(connection.execute(query.order_by(kr.key).limit(MOST_FORECAST)).all())
            values = _values(connection, [row for row in rows if row.kind == "measure"], running, zone)
        on = day_of(now, zone)
        return [_outlook(row, running[row.cycle_id], values.get(row.id, []), on) for row in rows]

    def back_test(self, actor: Actor) -> BackTest | None:
        """How the forecast would have done half way through the cycles that are over; None for too few of them."""
        with self.database.read() as connection:
            zone = _zone(connection)
            rows, over = _finished(connection, actor)
            values = _values(connection, rows, over, zone)
        return rules.back_test(
            [
                (values[row.id], over[row.cycle_id].start, over[row.cycle_id].end, row.baseline, row.target)
                for row in rows
                if row.kind == "measure" and row.baseline is not None and row.target is not None
            ]
        )

    def confidence_worth(self, actor: Actor) -> ConfidenceWorth | None:
        """What the owners' confidence half way through said about the scores at the end; None for too few of them."""
        with self.database.read() as connection:
            zone = _zone(connection)
            rows, over = _finished(connection, actor)
            said = _half_way(connection, rows, over, zone)
            values = _values(connection, rows, over, zone)
        by_level: dict[int, list[float]] = {}
        for row in rows:
            if row.id not in said:
                continue
            last = values[row.id][-1][1] if values[row.id] else None
            measure = Measure(row.kind, row.baseline, row.target, row.limit, last)
            score = score_of(row.score, None if row.kind == "milestones" else progress(measure))
            if score is not None:
                by_level.setdefault(said[row.id], []).append(number(score))
        counted = sum(len(each) for each in by_level.values())
        if counted < FEWEST_SCORED:
            return None
        levels = tuple((level, len(some), round(sum(some) / len(some), 4)) for level, some in sorted(by_level.items()))
        return ConfidenceWorth(counted, levels, _mean(by_level, (4, 5)), _mean(by_level, (1, 2)))


def _outlook(row: Any, cycle: Any, values: list[tuple[date, float]], on: date) -> Outlook:
    about = (row.key, row.title, row.unit, row.baseline, row.target, cycle.end)
    if row.kind != "measure" or row.target is None:
        return Outlook(*about, TooLittle("kind", 0))
    found = rules.forecast(values, cycle.start, cycle.end, on)
    if isinstance(found, TooLittle):
        return Outlook(*about, found)
    found = _kept_within(found, row, [value for _, value in values])
    ends = [rules.reaches(each, row.baseline, row.target) for each in (found.low, found.value, found.high)]
    return Outlook(*about, found, ends[1], len(set(ends)) == 1)


def _kept_within(found: Forecast, row: Any, values: list[float]) -> Forecast:
    """The forecast without what cannot be: below zero where nothing of it ever was, or above 100 of a percentage."""
    known = [*values, *(end for end in (row.baseline, row.target) if end is not None)]
    low = 0.0 if min(known) >= 0 else -inf
    high = 100.0 if row.unit == "%" and max(known) <= 100 else inf
    value, least, most = (min(max(end, low), high) for end in (found.value, found.low, found.high))
    return replace(found, value=value, low=least, high=most)


def _mean(by_level: dict[int, list[float]], levels: tuple[int, ...]) -> float | None:
    some = [score for level in levels for score in by_level.get(level, ())]
    return round(sum(some) / len(some), 4) if some else None


def _zone(connection: Connection) -> ZoneInfo:
    return ZoneInfo(connection.execute(sa.select(companies.c.timezone).limit(1)).scalar() or "UTC")


def _finished(connection: Connection, actor: Actor) -> tuple[list[Any], dict[int, Any]]:
    """The visible key results of the closed cycles, those that ended last first, and the cycles."""
    over = {row.id: row for row in connection.execute(sa.select(cycles).where(cycles.c.state == "closed"))}
    if not over:
        return [], {}
    query = (
        sa.select(key_results)
        .join(cycles, cycles.c.id == key_results.c.cycle_id)
        .where(key_results.c.cycle_id.in_(list(over)), sa.not_(key_results.c.postponed), sees_key_result(actor))
        .order_by(cycles.c.end.desc(), key_results.c.id)
        .limit(MOST_PAST)
    )
    return list(connection.execute(query).all()), over


def _values(
    connection: Connection, rows: list[Any], over: dict[int, Any], zone: ZoneInfo
) -> dict[int, list[tuple[date, float]]]:
    """The values recorded of each within its cycle, by day, its KPI's among them, the earliest first."""
    found: dict[int, list[tuple[datetime, float]]] = {row.id: [] for row in rows}
    by_kpi: dict[int, list[int]] = {}
    for row in rows:
        if row.kpi_id is not None:
            by_kpi.setdefault(row.kpi_id, []).append(row.id)
    for part in chunks(list(by_kpi)):
        points = sa.select(kpi_points.c.kpi_id, kpi_points.c.at, kpi_points.c.value).where(
            kpi_points.c.kpi_id.in_(part)
        )
        for point in connection.execute(points.order_by(kpi_points.c.at, kpi_points.c.id)):
            for ident in by_kpi[point.kpi_id]:
                found[ident].append((point.at, point.value))
    for part in chunks(list(found)):
        said = sa.select(check_ins.c.key_result_id, check_ins.c.at, check_ins.c.value).where(
            check_ins.c.key_result_id.in_(part), check_ins.c.value.is_not(None)
        )
        for row in connection.execute(said.order_by(check_ins.c.at, check_ins.c.id)):
            found[row.key_result_id].append((row.at, row.value))
    cycle_of = {row.id: over[row.cycle_id] for row in rows}
    return {
        ident: [
            (day, value)
            for at, value in sorted(some, key=lambda each: each[0])
            if cycle_of[ident].start <= (day := day_of(at, zone)) <= cycle_of[ident].end
        ]
        for ident, some in found.items()
    }


def _half_way(connection: Connection, rows: list[Any], over: dict[int, Any], zone: ZoneInfo) -> dict[int, int]:
    """The confidence that was said last by the middle of the cycle, of those that had said one."""
    found: dict[int, int] = {}
    for cycle in over.values():
        middle = end_of_day(cycle.start + (cycle.end - cycle.start) / 2, zone)
        for part in chunks([row.id for row in rows if row.cycle_id == cycle.id]):
            said = sa.select(check_ins.c.key_result_id, check_ins.c.confidence).where(
                check_ins.c.key_result_id.in_(part), check_ins.c.confidence.is_not(None), check_ins.c.at <= middle
            )
            for row in connection.execute(said.order_by(check_ins.c.at, check_ins.c.id)):
                found[row.key_result_id] = row.confidence
    return found
