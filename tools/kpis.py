"""Looking up the company's KPIs: their latest values and how they moved."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from okr.calendar import day_named, end_of_day, start_of_day
from okr.store.records import Kpi, Point
from tools.context import TurnContext
from tools.result import Chart, Found, Row, Series
from tools.rows import day_text, kpi_row
from tools.selection import Where, arguments

MOST_POINTS = 200


def read_kpi(turn: TurnContext, *, key: str, where: Where = Where(), limit: int | None = None) -> Found:
    """One KPI: its latest value at the moment, and over a stretch of time its points and how much it moved.

    Without a stretch the movement is told over the four weeks up to the moment. The row is the KPI;
    the chart holds the points, oldest first.
    """
    ref = turn.store.ref(turn.actor, "kpi", key)
    (kpi,) = turn.store.kpis(turn.actor, kpi_ids=[ref.id])
    last_day = day_named(where.on or where.last) if where.on or where.last else turn.today
    as_of = turn.moment(last_day)
    found = Found("read_kpi", {"key": key} | arguments(where), as_of=as_of)
    if where.on or where.first or where.last:
        first_day = day_named(where.on or where.first or where.last)
        label = where.word.replace("_", " ") or f"{first_day}/{last_day}"
        found.period = {"from": first_day.isoformat(), "to": last_day.isoformat(), "label": label}
    newest = turn.store.points(turn.actor, ref.id, last=as_of, limit=1)
    if not newest:
        found.rows = [kpi_row(kpi, None, None)]
        found.kind, found.missing, found.sources = "abstain", "value", [key]
        return found
    now = newest[0]
    row = kpi_row(kpi, now.value, day_text(now.at, turn.zone))
    begins = _begins(where, last_day)
    before = turn.store.points(turn.actor, ref.id, last=end_of_day(begins, turn.zone), limit=1)
    if before:
        row.values["previous"] = before[0].value
        row.values["previous_date"] = day_text(before[0].at, turn.zone)
        row.values["change"] = round(now.value - before[0].value, 9)
    found.rows = [row]
    found.values = {name: value for name, value in row.values.items() if isinstance(value, int | float)}
    found.sources = [key]
    since = start_of_day(begins, turn.zone) if where.first else None
    points = turn.store.points(turn.actor, ref.id, first=since, last=as_of, limit=limit or MOST_POINTS)
    found.values["count"] = len(points)
    found.chart = Chart("line", kpi.name, [series(kpi, points)])
    found.lines = [f"[{key}] {kpi.name}: {now.value:g} {kpi.unit or ''} on {row.values['date']}"]
    found.lines += [f"[{key}] {day_text(point.at, turn.zone)}: {point.value:g}" for point in points[-30:]]
    return found


def _begins(where: Where, last_day: date) -> date:
    if not where.first:
        return last_day - timedelta(days=28)
    first = day_named(where.first)
    return first if where.word == "since" else first - timedelta(days=1)


def series(kpi: Kpi, points: list[Point]) -> Series:
    """The points as a line."""
    return Series(kpi.name, [(point.at, point.value, kpi.key) for point in points], kpi.unit or "")


def list_kpis(turn: TurnContext, *, where: Where = Where()) -> Found:
    """The KPIs of the company, or of some teams with those below, each with its latest value and its movement."""
    team_ids: list[int] = []
    for team in where.teams:
        team_ids += turn.store.teams_below(turn.store.ref(turn.actor, "team", team).id)
    owners = {turn.store.ref(turn.actor, "person", person).key for person in where.people}
    last_day = day_named(where.on or where.last) if where.on or where.last else turn.today
    as_of = turn.moment(last_day)
    found = Found("list_kpis", arguments(where), as_of=as_of)
    known = [kpi for kpi in turn.store.kpis(turn.actor, team_ids=team_ids) if not owners or kpi.owner in owners]
    begins = end_of_day(_begins(where, last_day), turn.zone)
    found.rows = [_row(turn, kpi, as_of, begins) for kpi in known]
    found.values["count"] = len(known)
    found.sources = [row.id for row in found.rows]
    found.lines = [f"[{row.id}] {row.title}: {row.values['value']} on {row.values['date']}" for row in found.rows]
    return found


def _row(turn: TurnContext, kpi: Kpi, as_of: datetime, begins: datetime) -> Row:
    newest = turn.store.points(turn.actor, kpi.id, last=as_of, limit=1)
    before = turn.store.points(turn.actor, kpi.id, last=begins, limit=1)
    now = newest[0] if newest else None
    row = kpi_row(kpi, now.value if now else None, day_text(now.at, turn.zone) if now else None)
    if now and before:
        row.values["previous"] = before[0].value
        row.values["previous_date"] = day_text(before[0].at, turn.zone)
        row.values["change"] = round(now.value - before[0].value, 9)
    return row
