"""Opening the database and keeping its promises: one writer at a time, migrations, failures in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from okr import migrations
from okr.errors import (
    OkrError,
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreNewerError,
    StoreReadOnlyError,
)

FILE_NAME = "okr.db"
BUSY_SECONDS = 5.0
# One number for every writer of a PostgreSQL store, so that the audit's chain of seals has one order.
WRITE_LOCK = 0x4F4B52


class Database:
    """A connection pool with two ways in: `read()` sees one consistent moment, `write()` is alone."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading; failures of the database come out as `StoreError`."""
        with _in_words(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that no other writer shares; it is committed at the end or undone as a whole."""
        with _in_words(), self.engine.connect() as connection:
            connection = connection.execution_options(writes=True)
            with connection.begin():
                if not self.is_sqlite:
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WRITE_LOCK})
                yield connection

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def open_database(home: Path, url: str | None = None) -> Database:
    """The database at the URL, or the embedded one in the home folder, with its tables up to date.

    Raises `StoreNewerError`, `StoreDamagedError`, `StoreReadOnlyError`, `StoreBusyError` or
    `StoreError` when it cannot be used.
    """
    if url:
        database = Database(_postgresql(url))
    else:
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as reason:
            raise StoreError(f"The folder {home} cannot be made.", "Choose another with --home.") from reason
        database = Database(_sqlite(home / FILE_NAME))
    try:
        with _in_words():
            _migrate(database)
    except exc.ProgrammingError:
        # Before a connection stands this is the driver's word for an option of the address that it does not know.
        database.close()
        if not url:
            raise
        raise StoreError(
            "The database server at OKR_DATABASE_URL cannot be used.", "Check the address and its options."
        ) from None
    except BaseException:
        database.close()
        raise
    return database


def _migrate(database: Database) -> None:
    with database.engine.connect() as connection:
        found = migrations.current(connection)
    if found == migrations.HEAD:
        return
    if found is not None and found not in migrations.KNOWN:
        raise StoreNewerError
    with database.write() as connection:
        # Another process may have done it while we waited for the lock.
        if migrations.current(connection) != migrations.HEAD:
            migrations.upgrade(connection)


def _sqlite(path: Path) -> Engine:
    engine = sa.create_engine(
        f"sqlite:///{path}", connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS}, pool_size=8
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        # The driver's own transactions begin late and deferred; ours are begun by `_begin`.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("foreign_keys=ON", "synchronous=FULL", "cache_size=-65536", "mmap_size=1073741824"):
            cursor.execute(f"PRAGMA {pragma}")
        if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                cursor.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as reason:
                if "readonly" not in str(reason):
                    raise
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A deferred read that turns into a write fails at once when another has written meanwhile.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: str) -> Engine:
    try:
        parsed = sa.make_url(url)
    except (exc.ArgumentError, ValueError):
        # Without its cause, which may show the password.
        raise StoreError("OKR_DATABASE_URL is not a database address.", "It looks like postgresql://…") from None
    if parsed.get_backend_name() != "postgresql":
        raise StoreError("OKR_DATABASE_URL must be a PostgreSQL address.", "It looks like postgresql://…")
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        return sa.create_engine(parsed, pool_size=8, max_overflow=8, pool_pre_ping=True)
    except ImportError as reason:
        raise StoreError(
            "PostgreSQL needs the part called 'postgres'.", "Install this program with its 'postgres' extra."
        ) from reason


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except exc.DBAPIError as reason:
        if isinstance(reason, exc.IntegrityError | exc.ProgrammingError | exc.DataError):
            raise
        raise _explained(str(reason.orig)) from reason
    except sqlite3.Error as reason:
        raise _explained(str(reason)) from reason


def _explained(text: str) -> OkrError:
    lowered = text.lower()
    if "locked" in lowered or "busy" in lowered:
        return StoreBusyError()
    if "readonly" in lowered or "read-only" in lowered:
        return StoreReadOnlyError()
    if "full" in lowered or "no space" in lowered:
        return StoreFullError()
    if "malformed" in lowered or "not a database" in lowered:
        return StoreDamagedError()
    if "unable to open" in lowered:
        return StoreError("The database cannot be opened.", "Check that its folder exists and is yours.")
    if "password" in lowered or "authentication" in lowered or 'role "' in lowered:
        return StoreError("The database server does not let us in.", "Check the name and password in OKR_DATABASE_URL.")
    if 'database "' in lowered and "does not exist" in lowered:
        return StoreError("The server has no such database.", "Make it, or check the name in OKR_DATABASE_URL.")
    if any(word in lowered for word in ("connect", "resolve", "host name", "name or service")):
        return StoreError("The database server does not answer.", "Check OKR_DATABASE_URL and that it runs.")
    return StoreError("The database refused that.", "Nothing was changed; `okr doctor` says more.")
