"""The workers that run: when one last looked, and whose beats go on."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.models import marks
from okr.rule_tables import workers
from okr.store.engine import Database

WORKED = "worker_seen"
KEPT = timedelta(days=7)


class WorkersPart:
    """The store's record of workers."""

    database: Database

    def note_worker(self, now: datetime) -> None:
        """Keep when a worker last looked."""
        with self.database.write() as connection:
            _note(connection, now)

    def worker_seen(self) -> datetime | None:
        """When a worker last looked; None when none ever did."""
        with self.database.read() as connection:
            found = connection.execute(sa.select(marks.c.value).where(marks.c.name == WORKED)).scalar()
        return None if found is None else datetime.fromisoformat(found)

    def beat(self, name: str, now: datetime) -> None:
        """Note that a worker of this name is alive and looks; those that were killed long ago are forgotten."""
        mine = workers.c.name == name
        with self.database.write() as connection:
            connection.execute(sa.delete(workers).where(workers.c.seen_at < now - KEPT))
            _note(connection, now)
            more = sa.update(workers).where(mine).values(beats=workers.c.beats + 1, seen_at=now)
            if not connection.execute(more).rowcount:
                connection.execute(sa.insert(workers).values(name=name, beats=1, seen_at=now))

    def worker_beats(self) -> dict[str, int]:
        """How often each worker has noted that it is alive; those that ended in good order are not in it."""
        with self.database.read() as connection:
            found = connection.execute(sa.select(workers.c.name, workers.c.beats))
            return {row.name: row.beats for row in found}

    def forget_worker(self, name: str) -> None:
        """Take out a worker that has ended."""
        with self.database.write() as connection:
            connection.execute(sa.delete(workers).where(workers.c.name == name))


def _note(connection: Connection, now: datetime) -> None:
    kept = sa.update(marks).where(marks.c.name == WORKED).values(value=now.isoformat())
    if not connection.execute(kept).rowcount:
        connection.execute(sa.insert(marks).values(name=WORKED, value=now.isoformat()))
