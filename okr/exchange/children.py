"""What hangs on a record and has no key of its own: milestones, links of tasks, points of KPIs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.exchange.records import KeyResult, Kpi, Task
from okr.exchange.rows import RowMaker
from okr.models import kpi_points, milestones, task_dependencies, task_key_results
from okr.store.upkeep import chunks


def write_milestones(
    connection: Connection, key_results: Sequence[KeyResult], ids: dict[str, int], make: RowMaker
) -> set[str]:
    """Give each key result the milestones of the file; returns the keys of those whose list changed."""
    changed: set[str] = set()
    for part in chunks(key_results):
        wanted = {ids[r.key]: [(m.title, m.weight, make.day(m.done_on)) for m in r.milestones] for r in part}
        held: dict[int, list[tuple[Any, ...]]] = {ident: [] for ident in wanted}
        query = sa.select(milestones.c.key_result_id, milestones.c.title, milestones.c.weight, milestones.c.done_on)
        query = query.where(milestones.c.key_result_id.in_(wanted)).order_by(milestones.c.id)
        for ident, *rest in connection.execute(query):
            held[ident].append(tuple(rest))
        differing = [ident for ident in wanted if held[ident] != wanted[ident]]
        emptied = [ident for ident in differing if held[ident]]
        if emptied:
            connection.execute(sa.delete(milestones).where(milestones.c.key_result_id.in_(emptied)))
        rows = [
            {"key_result_id": ident, "title": title, "weight": weight, "done_on": done_on}
            for ident in differing
            for title, weight, done_on in wanted[ident]
        ]
        for some in chunks(rows):
            connection.execute(sa.insert(milestones), some)
        changed.update(r.key for r in part if held[ids[r.key]] != wanted[ids[r.key]])
    return changed


def write_task_links(connection: Connection, tasks: Sequence[Task], ids: dict[str, dict[str, int]]) -> set[str]:
    """Give each task the key results and the dependencies of the file; returns the keys of those that changed."""
    changed: set[str] = set()
    links = (
        (task_key_results, task_key_results.c.key_result_id, "key_results"),
        (task_dependencies, task_dependencies.c.needs_id, "depends_on"),
    )
    for table, other, name in links:
        section = "tasks" if name == "depends_on" else name
        for part in chunks(tasks):
            wanted = {
                ids["tasks"][task.key]: list(dict.fromkeys(ids[section][key] for key in getattr(task, name)))
                for task in part
            }
            held: dict[int, list[int]] = {ident: [] for ident in wanted}
            query = sa.select(table.c.task_id, other).where(table.c.task_id.in_(wanted))
            for ident, linked in connection.execute(query.order_by(table.c.task_id, table.c.position, other)):
                held[ident].append(linked)
            differing = [ident for ident in wanted if held[ident] != wanted[ident]]
            emptied = [ident for ident in differing if held[ident]]
            if emptied:
                connection.execute(sa.delete(table).where(table.c.task_id.in_(emptied)))
            rows = [
                {"task_id": ident, other.name: linked, "position": position}
                for ident in differing
                for position, linked in enumerate(wanted[ident])
            ]
            for some in chunks(rows):
                connection.execute(sa.insert(table), some)
            told = set(differing)
            changed.update(task.key for task in part if ids["tasks"][task.key] in told)
    return changed


def write_points(
    connection: Connection, kpis: Sequence[Kpi], ids: dict[str, int], make: RowMaker
) -> tuple[set[int], tuple[int, int, int]]:
    """Add the points of the file or give them its values; points it does not have are left alone.

    Returns the ids of the KPIs whose points changed, and how many were added, changed and unchanged.
    """
    moved: set[int] = set()
    added = changed = unchanged = 0
    following = (connection.execute(sa.select(sa.func.max(kpi_points.c.id))).scalar() or 0) + 1
    for kpi in kpis:
        ident = ids[kpi.key]
        query = sa.select(kpi_points.c.at, kpi_points.c.day_only, kpi_points.c.id, kpi_points.c.value)
        held: dict[tuple[datetime, bool], tuple[int, float]] = {
            (at, day_only): (point_id, value)
            for at, day_only, point_id, value in connection.execute(query.where(kpi_points.c.kpi_id == ident))
        }
        fresh: dict[tuple[datetime, bool], float] = {}
        other: list[dict[str, object]] = []
        for point in kpi.points:
            moment = make.moment(point.date)
            if moment not in held:
                fresh[moment] = point.value
            elif held[moment][1] != point.value:
                other.append({"which": held[moment][0], "figure": point.value})
            else:
                unchanged += 1
        rows = []
        for (at, day_only), value in fresh.items():
            rows.append({"id": following, "kpi_id": ident, "at": at, "day_only": day_only, "value": value})
            following += 1
        for some in chunks(rows):
            connection.execute(sa.insert(kpi_points), some)
        if other:
            change = sa.update(kpi_points).where(kpi_points.c.id == sa.bindparam("which"))
            connection.execute(change.values(value=sa.bindparam("figure")), other)
        added += len(fresh)
        changed += len(other)
        if fresh or other:
            moved.add(ident)
    return moved, (added, changed, unchanged)
