"""One record by its public id, as far as it exists for the person, and whether they may change it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr import access
from okr.access import Actor
from okr.errors import NotFoundError
from okr.models import check_ins, cycles, key_results, kpis, lessons, objectives, people, tasks, teams

TABLES: dict[str, sa.Table] = {
    "objective": objectives,
    "key_result": key_results,
    "kpi": kpis,
    "task": tasks,
    "team": teams,
    "person": people,
    "cycle": cycles,
    "lesson": lessons,
    "check_in": check_ins,
}


def public(kind: str) -> sa.Column[str]:
    """The column with the public id of a kind."""
    table = TABLES[kind]
    found: sa.Column[str] = table.c.email if kind == "person" else table.c.key
    return found


def named(kind: str, row: Any) -> str:
    """What a record of that row is called in a sentence: its public id, a person's name."""
    return str(row.name if kind == "person" else row.key)


def sees(actor: Actor, kind: str) -> sa.ColumnElement[bool]:
    """The condition under which a record of the kind exists for the person."""
    match kind:
        case "objective":
            return access.sees_objective(actor)
        case "key_result":
            return access.sees_key_result(actor)
        case "task":
            return access.sees_task(actor, tasks)
        case "lesson":
            return access.sees_lesson(actor, lessons)
        case "check_in":
            return _of_key_result(access.sees_key_result(actor))
    return sa.true()


def _of_key_result(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    found = sa.select(key_results.c.id).where(key_results.c.id == check_ins.c.key_result_id, condition)
    return found.correlate(check_ins).exists()


def may_change(actor: Actor, kind: str) -> sa.ColumnElement[bool]:
    """The condition under which the person may change a record of the kind that they see."""
    match kind:
        case "objective":
            return access.may_change_objective(actor)
        case "key_result":
            return access.may_change_key_result(actor)
        case "kpi":
            return access.may_change_kpi(actor)
        case "task":
            return access.may_change_task(actor)
        case "lesson":
            return access.may_change_lesson(actor)
        case "check_in":
            return _of_key_result(access.may_change_key_result(actor))
    return sa.true() if actor.is_admin else sa.false()


def find(connection: Connection, actor: Actor, kind: str, key: str) -> Any:
    """The row of the record; `NotFoundError` for one that is missing or hidden, in the same words.

    A key in small or in large letters is found too, where it is nobody else's.
    """
    if kind not in TABLES:
        raise NotFoundError("kind of record", kind)
    wanted = key.strip()
    rows: list[Any] = []
    if wanted.isprintable():
        spellings = {wanted.lower()} if kind == "person" else {wanted, wanted.upper(), wanted.lower()}
        query = sa.select(TABLES[kind]).where(public(kind).in_(sorted(spellings)), sees(actor, kind))
        rows = list(connection.execute(query).all())
    if not rows:
        raise NotFoundError(kind.replace("_", " "), wanted)
    return next((row for row in rows if kind != "person" and row.key == wanted), rows[0])


def allowed(connection: Connection, actor: Actor, kind: str, record_id: int) -> bool:
    """Whether the person may change that record."""
    table = TABLES[kind]
    query = sa.select(table.c.id).where(table.c.id == record_id, may_change(actor, kind))
    return connection.execute(query).first() is not None


def new_key(connection: Connection, kind: str, prefix: str) -> str:
    """The next free public id of a kind, such as T-45."""
    table = TABLES[kind]
    number = (connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0) + 1
    while connection.execute(sa.select(table.c.id).where(table.c.key == f"{prefix}-{number}")).first() is not None:
        number += 1
    return f"{prefix}-{number}"
