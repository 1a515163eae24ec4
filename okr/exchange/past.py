"""What an import changed, in the history of the records that were there before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.exchange.rows import Row, Shape
from okr.fields import CHECK_IN_FIELDS, FIELDS
from okr.record_tables import changes
from okr.store.change_log import plain
from okr.store.lookup import TABLES, public
from okr.store.upkeep import chunks

KIND = {
    "teams": "team",
    "people": "person",
    "cycles": "cycle",
    "objectives": "objective",
    "kpis": "kpi",
    "key_results": "key_result",
    "check_ins": "check_in",
    "tasks": "task",
    "lessons": "lesson",
}


def keep_past(connection: Connection, shape: Shape, changed: Sequence[tuple[int, Row, Row]], now: datetime) -> None:
    """Add what the rows were before and are now to the history, as the operator's doing.

    It is called after the rows were written, so that each stands with its new version.
    """
    kind = KIND[shape.section]
    fields = CHECK_IN_FIELDS if kind == "check_in" else FIELDS[kind]
    columns = shape.columns
    told = [(field, columns.index(field.stored_in)) for field in fields.values() if field.stored_in in columns]
    within = columns.index("key_result_id") if kind == "check_in" else None
    linked: dict[str, set[int]] = {}
    for _, row, before in changed:
        for field, at in told:
            if field.form == "link" and row[at] != before[at]:
                linked.setdefault(field.to, set()).update(ident for ident in (row[at], before[at]) if ident is not None)
    keys = {to: _keys(connection, to, ids) for to, ids in linked.items()}
    versions: dict[int, int] = {}
    for part in chunks([ident for ident, _, _ in changed]):
        query = sa.select(shape.table.c.id, shape.table.c.version).where(shape.table.c.id.in_(part))
        versions.update((ident, version) for ident, version in connection.execute(query))
    rows = [
        {
            "at": now,
            "kind": kind,
            "record_id": ident,
            "key": row[0],
            "within_id": None if within is None else row[within],
            "version": versions[ident],
            "field": field.name,
            "old": keys[field.to].get(before[at]) if field.form == "link" else plain(before[at]),
            "new": keys[field.to].get(row[at]) if field.form == "link" else plain(row[at]),
        }
        for ident, row, before in changed
        for field, at in told
        if row[at] != before[at]
    ]
    for part_of in chunks(rows):
        connection.execute(sa.insert(changes), part_of)


def _keys(connection: Connection, kind: str, ids: set[int]) -> dict[int | None, str]:
    found: dict[int | None, str] = {}
    for part in chunks(sorted(ids)):
        query = sa.select(TABLES[kind].c.id, public(kind)).where(TABLES[kind].c.id.in_(part))
        found.update((ident, key) for ident, key in connection.execute(query))
    return found
