"""Inserting the one list that runs into millions, past the per-row work of the query layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Connection

from okr.models import Instant, micros


def insert_many(connection: Connection, table: sa.Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of values in the order of the columns; times are given as aware moments.

    The table may have times, texts, numbers and flags; a date column would need its own conversion.
    """
    times = [at for at, name in enumerate(columns) if isinstance(table.c[name].type, Instant)]

    def stored(row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for at in times:
            values[at] = micros(values[at])
        return values

    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in columns)
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        copying = f"COPY {quote(table.name)} ({names}) FROM STDIN"
        failure: type[Exception] = connection.dialect.loaded_dbapi.Error
        try:
            with driver.cursor() as cursor, cursor.copy(copying) as copy:
                for row in rows:
                    copy.write_row(stored(row))
        except failure as reason:
            # In the form in which every other failure of the database comes.
            raise exc.DBAPIError.instance(copying, None, reason, failure) from reason
        return
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})"
    connection.exec_driver_sql(statement, [tuple(stored(row)) for row in rows])
