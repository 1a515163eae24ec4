"""A task gets another status, by a person or by a rule in its owner's name."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, may_change_task, sees_task
from okr.errors import NotAllowedError, NotFoundError, OkrError
from okr.models import TaskStatus, tasks
from okr.store.audit import add_audit
from okr.store.automations import moment_at
from okr.store.engine import Database


class NoStatusError(OkrError):
    """A word that is no status of a task."""

    code = "no-status"

    def __init__(self, status: str) -> None:
        names = ", ".join(one.value for one in TaskStatus)
        super().__init__(f"{status[:40]!r} is no status of a task.", f"A task is one of {names}.")


class TaskChangesPart:
    """The store's door to the status of tasks."""

    database: Database

    def set_task_status(self, actor: Actor, key: str, status: str, now: datetime) -> str:
        """Give a task another status and say which it had; the same one again changes nothing."""
        if status not in [one.value for one in TaskStatus]:
            raise NoStatusError(status)
        columns = (tasks.c.id, tasks.c.status, may_change_task(actor, tasks).label("may"))
        with self.database.write() as connection:
            wanted = sa.select(*columns).where(tasks.c.key == key.strip(), sees_task(actor, tasks))
            row = connection.execute(wanted).first()
            if row is None:
                raise NotFoundError("task", key.strip())
            if row.may and row.status != status:
                put_task_status(connection, row.id, status, now)
            if not row.may or row.status != status:
                detail: dict[str, object] = {"from": row.status, "to": status}
                add_audit(
                    connection, actor, now, "set_status", "task", key.strip(), allowed=bool(row.may), detail=detail
                )
        if not row.may:
            raise NotAllowedError("change this task")
        return str(row.status)


def put_task_status(connection: Connection, task_id: int, status: str, now: datetime) -> None:
    """Write the status; a task that becomes done is done on that day of the company, any other on none."""
    done_on = moment_at(connection, now).day if status == TaskStatus.DONE else None
    change = sa.update(tasks).where(tasks.c.id == task_id)
    connection.execute(change.values(status=status, done_on=done_on, version=tasks.c.version + 1))
