"""One command as one transaction: what was done with its audit row, or nothing but the row that says it was refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.errors import NotAllowedError
from okr.store.audit import add_audit
from okr.store.engine import Database

T = TypeVar("T")


def audited(
    database: Database,
    actor: Actor,
    now: datetime,
    act: str,
    kind: str,
    done: Callable[[Connection], tuple[str, T]],
    key: str = "",
) -> T:
    """Do it in a transaction of its own; `done` says the record's public id and what comes back.

    A refusal by rights leaves an audit row and nothing else; any other failure leaves nothing.
    """
    refused: NotAllowedError | None = None
    with database.write() as connection:
        try:
            with connection.begin_nested():
                key, found = done(connection)
        except NotAllowedError as problem:
            refused = problem
        add_audit(connection, actor, now, act, kind, key[:200], allowed=refused is None)
    if refused is not None:
        raise refused
    return found
