"""What was changed in each record: old and new, who and when; rows are only ever added."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, sees_key_result, sees_objective, sees_task
from okr.fields import FIELDS
from okr.models import key_results, objectives, people, tasks
from okr.record_tables import changes
from okr.refusals import OutdatedError
from okr.store.engine import Database
from okr.store.lookup import find, public

MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Changed:
    """One field, before and after, in the words of the company file: links as keys, days as ISO text."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Past:
    """A change as it stands in the history.

    `field` is `created` or `removed` for the record as a whole. `by` is an e-mail and `by_name` a name;
    both are None for the operator's imports. `kind` and `key` are the changed record's own: a key
    result's history also holds the corrections of its check-ins.
    """

    at: datetime
    by: str | None
    by_name: str | None
    kind: str
    key: str
    version: int
    field: str
    old: Any
    new: Any


def plain(value: Any) -> Any:
    """The value as JSON holds it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return value


def add_changes(
    connection: Connection,
    actor: Actor | None,
    now: datetime,
    kind: str,
    record_id: int,
    key: str,
    version: int,
    changed: Iterable[Changed],
    *,
    within: int | None = None,
) -> None:
    """Add what was changed at once to the history."""
    rows = [
        {
            "at": now,
            "actor_id": None if actor is None else actor.id,
            "kind": kind,
            "record_id": record_id,
            "key": key,
            "within_id": within,
            "version": version,
            "field": one.field,
            "old": plain(one.old),
            "new": plain(one.new),
        }
        for one in changed
    ]
    if rows:
        connection.execute(sa.insert(changes), rows)


def refuse_outdated(
    connection: Connection, actor: Actor, kind: str, record_id: int, name: str, seen: int | None, version: int
) -> None:
    """Raise `OutdatedError` with what changed and by whom, where the record is not as the person saw it."""
    if seen is None or seen == version:
        return
    query = (
        sa.select(changes, people.c.name, people.c.email)
        .outerjoin(people, people.c.id == changes.c.actor_id)
        .where(changes.c.kind == kind, changes.c.record_id == record_id, changes.c.version > seen)
        .order_by(changes.c.id.desc())
        .limit(MOST_TOLD)
    )
    rows = shown(connection, actor, connection.execute(query).all())
    told = [(row.field, said(row.old), said(row.new), row.by_name or "import") for row in reversed(rows)]
    raise OutdatedError(name, told)


def said(value: Any) -> str:
    """A value of a change in a sentence."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    if isinstance(value, list):
        return ", ".join(said(each) for each in value)
    if isinstance(value, dict):
        return str(value.get("title", ""))
    return str(value)[:200]


def shown(connection: Connection, actor: Actor, rows: Sequence[Any]) -> list[Past]:
    """The rows as the person may read them: a link to a record that does not exist for them is left out."""
    linked: dict[str, set[str]] = {}
    for row in rows:
        field = FIELDS.get(row.kind, {}).get(row.field)
        if field is not None and field.to in _SEEN:
            linked.setdefault(field.to, set()).update(_keys(row.old) | _keys(row.new))
    seen = {to: _seen(connection, actor, to, keys) for to, keys in linked.items()}
    found = []
    for row in rows:
        field = FIELDS.get(row.kind, {}).get(row.field)
        old, new = row.old, row.new
        if field is not None and field.to in seen:
            old, new = (_kept(value, seen[field.to]) for value in (old, new))
        found.append(Past(row.at, row.email, row.name, row.kind, row.key, row.version, row.field, old, new))
    return found


_SEEN = {
    "objective": (objectives, sees_objective),
    "key_result": (key_results, sees_key_result),
    "task": (tasks, sees_task),
}


def _seen(connection: Connection, actor: Actor, kind: str, keys: set[str]) -> set[str]:
    table, sees = _SEEN[kind]
    query = sa.select(table.c.key).where(table.c.key.in_(sorted(keys)), sees(actor, table))
    return set(connection.execute(query).scalars())


def _keys(value: Any) -> set[str]:
    return {value} if isinstance(value, str) else set(value) if isinstance(value, list) else set()


def _kept(value: Any, seen: set[str]) -> Any:
    if isinstance(value, list):
        return [each for each in value if each in seen]
    return value if value in seen else None


class ChangeLogPart:
    """The store's history of changes."""

    database: Database

    def history(self, actor: Actor, kind: str, key: str, *, limit: int = 200) -> list[Past]:
        """What was changed in the record, newest first; of a key result, the corrections of its check-ins too.

        `NotFoundError` for a record that does not exist for the person.
        """
        with self.database.read() as connection:
            found = find(connection, actor, kind, key)
            # By its public id too: a number may have been another record's that was removed.
            which = sa.and_(
                changes.c.kind == kind,
                changes.c.record_id == found.id,
                changes.c.key == getattr(found, public(kind).name),
            )
            if kind == "key_result":
                which = sa.or_(which, sa.and_(changes.c.kind == "check_in", changes.c.within_id == found.id))
            query = (
                sa.select(changes, people.c.name, people.c.email)
                .outerjoin(people, people.c.id == changes.c.actor_id)
                .where(which)
                .order_by(changes.c.id.desc())
                .limit(limit)
            )
            return shown(connection, actor, connection.execute(query).all())
