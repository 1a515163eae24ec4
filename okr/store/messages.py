"""Messages delivered in the app: each is stored once under its idempotency key, and its reader decides about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.errors import NotFoundError, OkrError
from okr.rule_tables import automations, messages
from okr.store.engine import Database

LONGEST_SNOOZE = timedelta(days=90)

Detail = dict[str, Any]


class SnoozeError(OkrError):
    """A message cannot be put off until then."""

    code = "snooze"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message says; `record` is the key of the record that it opens, if any.

    `records` are the records it is about, each with its `name` (kind:key) and its figures at that moment.
    """

    kind: str
    title: str
    body: str
    record: str | None = None
    records: tuple[Detail, ...] = ()


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
    snoozed_until: datetime | None = None
    acknowledged_at: datetime | None = None
    records: tuple[Detail, ...] = field(default=())

    def is_snoozed(self, now: datetime) -> bool:
        """Whether its reader has put it off until later than now."""
        return self.snoozed_until is not None and self.snoozed_until > now

    def is_unread(self, now: datetime) -> bool:
        """Whether it waits to be read: not read since it came or came back, and not put off."""
        return self.read_at is None and not self.is_snoozed(now)


class InboxPart:
    """The store's questions about a person's own messages, and what they may do with them."""

    database: Database

    def inbox(self, actor: Actor) -> list[Message]:
        """All messages of the person, newest first; those put off for later too."""
        query = _messages(actor).order_by(messages.c.delivered_at.desc(), messages.c.id.desc())
        with self.database.read() as connection:
            return [_message(row) for row in connection.execute(query)]

    def message(self, actor: Actor, key: str) -> Message:
        """One of the person's messages; `NotFoundError` for any other."""
        with self.database.read() as connection:
            return message_of(connection, actor, key)

    def unread_count(self, actor: Actor, now: datetime) -> int:
        """How many messages wait to be read: the number on the bell."""
        waiting = sa.and_(
            messages.c.person_id == actor.id,
            messages.c.read_at.is_(None),
            sa.or_(messages.c.snoozed_until.is_(None), messages.c.snoozed_until <= now),
        )
        with self.database.read() as connection:
            return connection.execute(sa.select(sa.func.count()).where(waiting)).scalar_one()

    def mark_read(self, actor: Actor, key: str, now: datetime) -> None:
        """Note that the person has read it; `NotFoundError` for any message that is not theirs."""
        found = self.message(actor, key)
        if found.read_at is None:
            self._change(actor, found.key, read_at=now)

    def mark_all_read(self, actor: Actor, now: datetime) -> int:
        """Note that the person has read all that waits, and say how many that were."""
        unread = sa.update(messages).where(
            messages.c.person_id == actor.id,
            messages.c.read_at.is_(None),
            sa.or_(messages.c.snoozed_until.is_(None), messages.c.snoozed_until <= now),
        )
        with self.database.write() as connection:
            return connection.execute(unread.values(read_at=now)).rowcount

    def snooze(self, actor: Actor, key: str, until: datetime, now: datetime) -> Message:
        """Put it off: until then it does not wait to be read, afterwards it does again.

        `SnoozeError` for a time that is not ahead, or more than ninety days ahead.
        """
        found = self.message(actor, key)
        if until <= now:
            raise SnoozeError("A message can only be put off until later.", "Choose a time that is still to come.")
        if until - now > LONGEST_SNOOZE:
            raise SnoozeError("That is more than ninety days away.", "Choose an earlier time.")
        self._change(actor, found.key, snoozed_until=until, read_at=None)
        return self.message(actor, key)

    def acknowledge(self, actor: Actor, key: str, now: datetime) -> Message:
        """Note that the person has seen it and takes care of it; it is read then. A second time changes nothing."""
        found = self.message(actor, key)
        if found.acknowledged_at is None:
            self._change(actor, found.key, acknowledged_at=now, read_at=found.read_at or now, snoozed_until=None)
        return self.message(actor, key)

    def _change(self, actor: Actor, key: str, **values: datetime | None) -> None:
        mine = sa.update(messages).where(messages.c.person_id == actor.id, messages.c.key == key)
        with self.database.write() as connection:
            connection.execute(mine.values(values))


def _messages(actor: Actor) -> sa.Select[Any]:
    columns = messages.c
    return (
        sa.select(
            columns.key,
            automations.c.key.label("rule"),
            columns.instant,
            columns.delivered_at,
            columns.kind,
            columns.title,
            columns.body,
            columns.record,
            columns.read_at,
            columns.snoozed_until,
            columns.acknowledged_at,
            columns.detail,
        )
        .outerjoin(automations, automations.c.id == columns.automation_id)
        .where(columns.person_id == actor.id)
    )


def message_of(connection: Connection, actor: Actor, key: str) -> Message:
    """One of the person's messages; `NotFoundError` for any other."""
    row = connection.execute(_messages(actor).where(messages.c.key == key.strip().upper())).first()
    if row is None:
        raise NotFoundError("message", key)
    return _message(row)


def _message(row: Any) -> Message:
    values = dict(row._mapping)
    detail = values.pop("detail") or {}
    return Message(**values, records=tuple(detail.get("records", ())))


def next_key(connection: Connection, table: sa.Table, prefix: str) -> str:
    """The next public id of a table whose writers take turns, such as MSG-12."""
    last: int = connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0
    return f"{prefix}-{last + 1}"


# Built once: a run stores one for each of its recipients.
_UNDER_KEY = sa.select(messages.c.key).where(messages.c.idempotency_key == sa.bindparam("under"))
_LAST = sa.select(sa.func.max(messages.c.id))
_ADD = sa.insert(messages)


def put_message(
    connection: Connection,
    *,
    person_id: int,
    automation_id: int | None,
    idempotency_key: str,
    instant: datetime | None,
    letter: Letter,
    now: datetime,
) -> str:
    """Store the message and return its key; the key of the one that is there already on any repeat."""
    found: str | None = connection.execute(_UNDER_KEY, {"under": idempotency_key}).scalar()
    if found is not None:
        return found
    last: int = connection.execute(_LAST).scalar() or 0
    key = f"MSG-{last + 1}"
    values = {
        "key": key,
        "person_id": person_id,
        "automation_id": automation_id,
        "idempotency_key": idempotency_key,
        "kind": letter.kind,
        "instant": instant,
        "delivered_at": now,
        "title": letter.title,
        "body": letter.body,
        "record": letter.record,
        "detail": {"records": list(letter.records)} if letter.records else None,
        "routed": False,
    }
    connection.execute(_ADD, values)
    return key
