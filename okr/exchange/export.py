"""The portable company file, written out of the store as it is read, one record a line.

Records stand in the order in which they came in, so that a file exported, imported into an empty
store and exported again is the same to the byte, and so that two check-ins of one moment keep their order.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.errors import OkrError, StoreEmptyError
from okr.exchange.dates import written
from okr.exchange.records import FORMAT, VERSION
from okr.models import (
    check_ins,
    companies,
    cycles,
    key_results,
    kpi_points,
    kpis,
    lessons,
    milestones,
    objectives,
    people,
    task_dependencies,
    task_key_results,
    tasks,
    teams,
)
from okr.store import Store
from okr.store.engine import FILE_NAME

AT_ONCE = 5_000
Record = dict[str, object]


class ExportError(OkrError):
    """The file could not be written; an older one of that name is as it was."""

    code = "export-failed"


def export_company(store: Store, path: Path) -> dict[str, int]:
    """Write the whole company to a file, which appears when it is complete; returns how many of each kind.

    Raises `StoreEmptyError` when there is no company and `ExportError` when the file cannot be written.
    """
    _refuse_place(store, path)
    # The company's own name for the unfinished file: two exports at once do not write into each other.
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with store.database.read() as connection, unfinished.open("wb") as file:
            if connection.dialect.name == "postgresql":
                # Its ordinary isolation shows each query another moment; SQLite's never does.
                connection.execution_options(isolation_level="REPEATABLE READ")
            counts = write_company(connection, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as reason:
        unfinished.unlink(missing_ok=True)
        said = reason.strerror or "it failed"
        raise ExportError(f"{path.name} cannot be written: {said}.", "Choose another place.") from reason
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return counts


def _refuse_place(store: Store, path: Path) -> None:
    if not path.name or path.is_dir():
        raise ExportError(f"{str(path)!r} is a folder.", "Name the file to write.")
    if path.exists() and not path.is_file():
        # The complete file takes the place of what is there: a device or a pipe would be lost.
        raise ExportError(f"{path} is not an ordinary file.", "Choose another place.")
    own = store.home / FILE_NAME
    if path.absolute().resolve() in {
        own.with_name(own.name + end).absolute().resolve() for end in ("", "-wal", "-shm")
    }:
        raise ExportError(f"{path} is the database itself.", "Choose another place; nothing was changed.")


def write_company(connection: Connection, file: IO[bytes]) -> dict[str, int]:
    """Write the company file; returns how many records of each list it holds."""
    company = connection.execute(sa.select(companies).order_by(companies.c.id).limit(1)).first()
    if company is None:
        raise StoreEmptyError
    zone = ZoneInfo(company.timezone)
    about = {
        "name": company.name,
        "timezone": company.timezone,
        "language": company.language,
        "country": company.country or None,
    }
    file.write(f'{{"format": "{FORMAT}", "version": {VERSION},\n"company": '.encode() + orjson.dumps(about))
    counts: dict[str, int] = {}
    for name, lines in _lists(connection, zone).items():
        file.write(f',\n"{name}": ['.encode())
        counts[name] = 0
        for record in lines:
            file.write((b",\n" if counts[name] else b"\n") + orjson.dumps(record))
            counts[name] += 1
        file.write(b"\n]" if counts[name] else b"]")
    file.write(b"\n}\n")
    return counts


def number(value: float | None) -> int | float | None:
    """The number as JSON has it, a whole one without a fraction.

    >>> number(18.0), number(19.5), number(-0.0)
    (18, 19.5, 0)
    """
    return int(value) if value is not None and value.is_integer() else value


def _lists(connection: Connection, zone: ZoneInfo) -> Mapping[str, Iterable[Record]]:
    return {
        "teams": _teams(connection),
        "people": _people(connection),
        "cycles": _cycles(connection),
        "objectives": objective_records(connection),
        "key_results": key_result_records(connection),
        "check_ins": _check_ins(connection, zone),
        "kpis": _kpis(connection, zone),
        "tasks": _tasks(connection),
        "lessons": _lessons(connection, zone),
    }


def _each(connection: Connection, query: sa.Select[Any]) -> Iterator[sa.Row[Any]]:
    """Rows in parts, by a cursor of the server's where there is one."""
    yield from connection.execute(query, execution_options={"yield_per": AT_ONCE})


def _keys(connection: Connection, table: sa.Table, column: str = "key") -> dict[int | None, str | None]:
    """Public ids by internal ones, for the lists that others refer to; no reference has no id."""
    found: dict[int | None, str | None] = {None: None}
    found.update((ident, key) for ident, key in connection.execute(sa.select(table.c.id, table.c[column])))
    return found


def _teams(connection: Connection) -> Iterator[Record]:
    keys, emails = _keys(connection, teams), _keys(connection, people, "email")
    for r in _each(connection, sa.select(teams).order_by(teams.c.id)):
        yield {"key": r.key, "name": r.name, "parent": keys[r.parent_id], "lead": emails[r.lead_id]}


def _people(connection: Connection) -> Iterator[Record]:
    keys, emails = _keys(connection, teams), _keys(connection, people, "email")
    for r in _each(connection, sa.select(people).order_by(people.c.id)):
        yield {
            "email": r.email,
            "name": r.name,
            "team": keys[r.team_id],
            "role": r.role,
            "manager": emails[r.manager_id],
            "timezone": r.timezone,
            "language": r.language,
            "active": r.active,
        }


def _cycles(connection: Connection) -> Iterator[Record]:
    for r in _each(connection, sa.select(cycles).order_by(cycles.c.id)):
        yield {"key": r.key, "name": r.name, "start": r.start, "end": r.end, "state": r.state}


def objective_records(connection: Connection, ids: Sequence[int] | None = None) -> Iterator[Record]:
    """Objectives as the file has them, all or those with the internal ids."""
    cycle, team, emails = _keys(connection, cycles), _keys(connection, teams), _keys(connection, people, "email")
    keys = _keys(connection, objectives)
    chosen = sa.select(objectives).order_by(objectives.c.id)
    if ids is not None:
        chosen = chosen.where(objectives.c.id.in_(ids))
    for r in _each(connection, chosen):
        yield {
            "key": r.key,
            "title": r.title,
            "cycle": cycle[r.cycle_id],
            "team": team[r.team_id],
            "owner": emails[r.owner_id],
            "parent": keys[r.parent_id],
            "visibility": r.visibility,
            "kind": r.kind,
            "state": r.state,
            "created": r.created,
        }


def key_result_records(connection: Connection, ids: Sequence[int] | None = None) -> Iterator[Record]:
    """Key results as the file has them, all or those with the internal ids."""
    objective, emails = _keys(connection, objectives), _keys(connection, people, "email")
    kpi = _keys(connection, kpis)
    steps: dict[int, list[Record]] = {}
    chosen, stepped = sa.select(key_results).order_by(key_results.c.id), sa.select(milestones).order_by(milestones.c.id)
    if ids is not None:
        chosen, stepped = chosen.where(key_results.c.id.in_(ids)), stepped.where(milestones.c.key_result_id.in_(ids))
    for m in _each(connection, stepped):
        step: Record = {"title": m.title, "weight": number(m.weight), "done_on": m.done_on}
        steps.setdefault(m.key_result_id, []).append(step)
    for r in _each(connection, chosen):
        yield {
            "key": r.key,
            "objective": objective[r.objective_id],
            "title": r.title,
            "owner": emails[r.owner_id],
            "kind": r.kind,
            "unit": r.unit,
            "baseline": number(r.baseline),
            "target": number(r.target),
            "limit": r.limit,
            "weight": number(r.weight),
            "kpi": kpi[r.kpi_id],
            "milestones": steps.get(r.id, []),
            "cadence": r.cadence,
            "state": r.state,
            "score": number(r.score),
        }


def _check_ins(connection: Connection, zone: ZoneInfo) -> Iterator[Record]:
    keys, emails = _keys(connection, key_results), _keys(connection, people, "email")
    for r in _each(connection, sa.select(check_ins).order_by(check_ins.c.id)):
        yield {
            "key": r.key,
            "key_result": keys[r.key_result_id],
            "date": written(r.at, r.day_only, zone),
            "author": emails[r.author_id],
            "value": number(r.value),
            "confidence": r.confidence,
            "status": r.status,
            "wins": r.wins,
            "blockers": r.blockers,
            "note": r.note,
        }


def _kpis(connection: Connection, zone: ZoneInfo) -> Iterator[Record]:
    team, emails = _keys(connection, teams), _keys(connection, people, "email")
    for r in connection.execute(sa.select(kpis).order_by(kpis.c.id)).all():
        points = sa.select(kpi_points.c.at, kpi_points.c.day_only, kpi_points.c.value)
        points = points.where(kpi_points.c.kpi_id == r.id).order_by(kpi_points.c.id)
        yield {
            "key": r.key,
            "name": r.name,
            "unit": r.unit,
            "better": r.better,
            "owner": emails[r.owner_id],
            "team": team[r.team_id],
            "points": [
                {"date": written(p.at, p.day_only, zone), "value": number(p.value)} for p in connection.execute(points)
            ],
        }


def _tasks(connection: Connection) -> Iterator[Record]:
    keys, results = _keys(connection, tasks), _keys(connection, key_results)
    emails = _keys(connection, people, "email")
    linked: dict[int, list[str | None]] = {}
    links = sa.select(task_key_results.c.task_id, task_key_results.c.key_result_id)
    for task, other in connection.execute(links.order_by(task_key_results.c.task_id, task_key_results.c.position)):
        linked.setdefault(task, []).append(results[other])
    needed: dict[int, list[str | None]] = {}
    needs = sa.select(task_dependencies.c.task_id, task_dependencies.c.needs_id)
    for task, other in connection.execute(needs.order_by(task_dependencies.c.task_id, task_dependencies.c.position)):
        needed.setdefault(task, []).append(keys[other])
    for r in _each(connection, sa.select(tasks).order_by(tasks.c.id)):
        yield {
            "key": r.key,
            "title": r.title,
            "key_results": linked.get(r.id, []),
            "assignee": emails[r.assignee_id],
            "due": r.due,
            "status": r.status,
            "depends_on": needed.get(r.id, []),
            "parent": keys[r.parent_id],
            "done_on": r.done_on,
        }


def _lessons(connection: Connection, zone: ZoneInfo) -> Iterator[Record]:
    cycle, objective = _keys(connection, cycles), _keys(connection, objectives)
    emails = _keys(connection, people, "email")
    for r in _each(connection, sa.select(lessons).order_by(lessons.c.id)):
        yield {
            "key": r.key,
            "cycle": cycle[r.cycle_id],
            "objective": objective[r.objective_id],
            "kind": r.kind,
            "text": r.text,
            "author": emails[r.author_id],
            "date": written(r.at, r.day_only, zone),
        }
