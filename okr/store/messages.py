"""Messages delivered in the app: each is stored once under its idempotency key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.errors import NotFoundError
from okr.rule_tables import automations, messages
from okr.store.engine import Database


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message says; `record` is the key of the record that it opens, if any."""

    kind: str
    title: str
    body: str
    record: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A delivered message; `rule` is the rule's key, `instant` None for a notice about the rule itself."""

    key: str
    rule: str | None
    instant: datetime | None
    delivered_at: datetime
    kind: str
    title: str
    body: str
    record: str | None
    read_at: datetime | None


class InboxPart:
    """The store's questions about a person's own messages."""

    database: Database

    def inbox(self, actor: Actor) -> list[Message]:
        """All messages of the person, newest first."""
        columns = messages.c
        query = (
            sa.select(
                columns.key,
                automations.c.key,
                columns.instant,
                columns.delivered_at,
                columns.kind,
                columns.title,
                columns.body,
                columns.record,
                columns.read_at,
            )
            .outerjoin(automations, automations.c.id == columns.automation_id)
            .where(columns.person_id == actor.id)
            .order_by(columns.delivered_at.desc(), columns.id.desc())
        )
        with self.database.read() as connection:
            return [Message(*row) for row in connection.execute(query)]

    def mark_read(self, actor: Actor, key: str, now: datetime) -> None:
        """Note that the person has read it; `NotFoundError` for any message that is not theirs."""
        mine = sa.and_(messages.c.person_id == actor.id, messages.c.key == key)
        with self.database.write() as connection:
            if connection.execute(sa.select(messages.c.id).where(mine)).scalar() is None:
                raise NotFoundError("message", key)
            unread = sa.update(messages).where(mine, messages.c.read_at.is_(None))
            connection.execute(unread.values(read_at=now))


def next_key(connection: Connection, table: sa.Table, prefix: str) -> str:
    """The next public id of a table whose writers take turns, such as MSG-12."""
    last: int = connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0
    return f"{prefix}-{last + 1}"


def put_message(
    connection: Connection,
    *,
    person_id: int,
    automation_id: int,
    idempotency_key: str,
    instant: datetime | None,
    letter: Letter,
    now: datetime,
) -> str:
    """Store the message and return its key; the key of the one that is there already on any repeat."""
    there = sa.select(messages.c.key).where(messages.c.idempotency_key == idempotency_key)
    found: str | None = connection.execute(there).scalar()
    if found is not None:
        return found
    key = next_key(connection, messages, "MSG")
    connection.execute(
        sa.insert(messages).values(
            key=key,
            person_id=person_id,
            automation_id=automation_id,
            idempotency_key=idempotency_key,
            kind=letter.kind,
            instant=instant,
            delivered_at=now,
            title=letter.title,
            body=letter.body,
            record=letter.record,
        )
    )
    return key
