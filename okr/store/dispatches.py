"""Messages on their way out of the app: which go where and when, and what became of each.

A message is in the app first. What leaves is decided once, in one transaction, and each sending is taken by
one worker at a time; whoever was killed while sending leaves it to the next one, under the same id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, sees_key_result, sees_objective, sees_task
from okr.calendar import day_of, end_of_day, start_of_day
from okr.delivery_tables import dispatches
from okr.errors import NotFoundError
from okr.models import key_results, objectives, tasks
from okr.quiet import after_quiet, next_digest
from okr.rule_tables import automations, messages
from okr.store.automations import actor_of
from okr.store.engine import Database
from okr.store.messages import Detail
from okr.store.preferences import INBOX, Preferences, preferences_of
from okr.store.upkeep import chunks

MOST_OUTSIDE_A_DAY = 40
"""So many messages of one day leave the app for one person; the others wait in the app alone."""
AT_ONCE = 200
NUDGE = "reminder"
OPEN = ("waiting", "sending")


@dataclass(frozen=True, slots=True)
class Sent:
    """One message on its way: what it says, and the records it is about."""

    key: str
    idempotency_key: str
    kind: str
    title: str
    body: str
    record: str | None
    rule: str | None
    at: datetime
    records: tuple[Detail, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one sending carries to one person: one message, or a day's. `id` is the same on every repeat."""

    id: str
    channel: str
    attempts: int
    person: Actor
    messages: tuple[Sent, ...]


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What became of a message outside the app.

    `state` is waiting, sending, delivered, skipped, failed or unknown (it may have arrived); `reason` says why,
    `next_at` when it is tried next.
    """

    message: str
    channel: str
    state: str
    attempts: int
    next_at: datetime | None
    settled_at: datetime | None
    reason: str | None
    provider_id: str | None


class DispatchesPart:
    """The store's side of sending."""

    database: Database

    def route_messages(self, channels: Collection[str], usual: str, now: datetime) -> int:
        """Decide for new messages whether, where and when they leave the app; returns how many will be sent.

        `channels` are the names from the admin's list, `usual` the one of whoever has chosen none. One nudge a
        subject, person and day leaves the app, unless the person set the rule or an admin made it a must; the
        others are kept as skipped, with the reason.
        """
        with self.database.read() as connection:
            if connection.execute(sa.select(messages.c.id).where(~messages.c.routed).limit(1)).first() is None:
                return 0
        sent = 0
        while True:
            with self.database.write() as connection:
                if not channels:
                    connection.execute(sa.update(messages).where(~messages.c.routed).values(routed=True))
                    return sent
                found = connection.execute(_unrouted()).all()
                if not found:
                    return sent
                rows = [row for each in found if (row := _route(connection, each, channels, usual, now))]
                ids = [each.id for each in found]
                connection.execute(sa.update(messages).where(messages.c.id.in_(ids)).values(routed=True))
            sent += sum(row["state"] == "waiting" for row in rows)

    def due_bundles(self, now: datetime) -> list[str]:
        """The ids of what is to be sent now, the longest waiting first; left over by a killed worker too."""
        due = sa.and_(dispatches.c.state.in_(OPEN), dispatches.c.next_at <= now)
        first = sa.func.min(dispatches.c.next_at)
        query = sa.select(dispatches.c.bundle).where(due).group_by(dispatches.c.bundle)
        with self.database.read() as connection:
            return list(connection.execute(query.order_by(first, sa.func.min(dispatches.c.id))).scalars())

    def claim_bundle(self, bundle: str, now: datetime, lease: timedelta) -> Bundle | None:
        """Take one sending, for as long as the lease; None when another worker has it or nothing is left to say.

        Judged by the rights of this moment: what the person may not see any more is kept as skipped.
        """
        mine = sa.and_(dispatches.c.bundle == bundle, dispatches.c.state.in_(OPEN), dispatches.c.next_at <= now)
        with self.database.write() as connection:
            rows = connection.execute(_outgoing().where(mine).order_by(messages.c.delivered_at, messages.c.id)).all()
            if not rows:
                return None
            person = actor_of(connection, rows[0].person_id)
            kept: list[Sent] = []
            for row in rows:
                records = tuple((row.detail or {}).get("records", ()))
                if person is None:
                    _settle(connection, dispatches.c.id == row.id, "skipped", now, "inactive")
                elif not _sees_all(connection, person, [str(one["name"]) for one in records]):
                    _settle(connection, dispatches.c.id == row.id, "skipped", now, "not_visible")
                else:
                    kept.append(
                        Sent(row.key, row.idempotency_key, row.kind, row.title, row.body, row.record, row.rule,
                             row.delivered_at, records)
                    )  # fmt: skip
            if person is None or not kept:
                return None
            attempts = max(row.attempts for row in rows) + 1
            taken = sa.update(dispatches).where(mine)
            connection.execute(taken.values(state="sending", attempts=attempts, next_at=now + lease))
            return Bundle(bundle, rows[0].channel, attempts, person, tuple(kept))

    def settle_bundle(
        self,
        bundle: str,
        now: datetime,
        state: str,
        *,
        again_at: datetime | None = None,
        reason: str | None = None,
        provider_id: str | None = None,
    ) -> None:
        """Keep what became of a sending: delivered, failed, unknown, or waiting to be tried again at a time."""
        mine = sa.and_(dispatches.c.bundle == bundle, dispatches.c.state == "sending")
        with self.database.write() as connection:
            _settle(connection, mine, state, now, reason, again_at=again_at, provider_id=provider_id)

    def hold_channel(self, channel: str, until: datetime) -> None:
        """Send nothing over the channel before then, as its far side asked."""
        waiting = sa.and_(
            dispatches.c.channel == channel, dispatches.c.state == "waiting", dispatches.c.next_at < until
        )
        with self.database.write() as connection:
            connection.execute(sa.update(dispatches).where(waiting).values(next_at=until))

    def dispatches(self, actor: Actor, key: str | None = None) -> list[Dispatch]:
        """What became outside the app of the person's messages, or of one of them, the latest first."""
        query = _told().where(dispatches.c.person_id == actor.id)
        if key is not None:
            query = query.where(messages.c.key == key.strip().upper())
        with self.database.read() as connection:
            return [Dispatch(*row) for row in connection.execute(query.order_by(dispatches.c.id.desc()))]

    def dispatches_of_rule(self, actor: Actor, key: str) -> list[Dispatch]:
        """What became outside the app of the messages of a rule of one's own, or of any for an admin."""
        rule = automations.c.key == key.strip().upper()
        mine = rule if actor.is_admin else sa.and_(rule, automations.c.owner_id == actor.id)
        query = _told().join(automations, automations.c.id == messages.c.automation_id).where(mine)
        with self.database.read() as connection:
            if connection.execute(sa.select(automations.c.id).where(mine)).first() is None:
                raise NotFoundError("rule", key)
            return [Dispatch(*row) for row in connection.execute(query.order_by(dispatches.c.id.desc()))]

    def dispatch_counts(self, since: datetime) -> dict[tuple[str, str], int]:
        """How many messages since then are in which state, by channel and state."""
        columns = (dispatches.c.channel, dispatches.c.state)
        query = sa.select(*columns, sa.func.count()).where(dispatches.c.made_at >= since).group_by(*columns)
        with self.database.read() as connection:
            return {(row[0], row[1]): row[2] for row in connection.execute(query)}


def _unrouted() -> sa.Select[Any]:
    columns = messages.c
    return (
        sa.select(
            columns.id,
            columns.key,
            columns.person_id,
            columns.kind,
            columns.detail,
            automations.c.key.label("rule"),
            automations.c.owner_id,
            automations.c.must,
        )
        .outerjoin(automations, automations.c.id == columns.automation_id)
        .where(~columns.routed)
        .order_by(columns.id)
        .limit(AT_ONCE)
    )


def _outgoing() -> sa.Select[Any]:
    return (
        sa.select(
            dispatches.c.id,
            dispatches.c.person_id,
            dispatches.c.channel,
            dispatches.c.attempts,
            messages.c.key,
            messages.c.idempotency_key,
            messages.c.kind,
            messages.c.title,
            messages.c.body,
            messages.c.record,
            messages.c.delivered_at,
            messages.c.detail,
            automations.c.key.label("rule"),
        )
        .join(messages, messages.c.id == dispatches.c.message_id)
        .outerjoin(automations, automations.c.id == messages.c.automation_id)
    )


def _told() -> sa.Select[Any]:
    columns = dispatches.c
    return sa.select(
        messages.c.key,
        columns.channel,
        columns.state,
        columns.attempts,
        columns.next_at,
        columns.settled_at,
        columns.reason,
        columns.provider_id,
    ).join(messages, messages.c.id == columns.message_id)


def _route(
    connection: Connection, row: Any, channels: Collection[str], usual: str, now: datetime
) -> dict[str, Any] | None:
    """The dispatch of one message, stored; None for one that stays in the app."""
    person = actor_of(connection, row.person_id)
    wanted = preferences_of(connection, row.person_id)
    channel = wanted.channel or usual
    if channel == INBOX or person is None:
        return None
    values: dict[str, Any] = {
        "message_id": row.id,
        "person_id": row.person_id,
        "channel": channel,
        "bundle": row.key,
        "state": "waiting",
        "made_at": now,
    }
    why = "no_such_channel" if channel not in channels else _refused(connection, row, person, now)
    if why is not None:
        values |= {"state": "skipped", "reason": why, "settled_at": now}
    else:
        values["next_at"] = _when(wanted, person.zone, now)
        if wanted.digest == "daily":
            values["bundle"] = f"digest:{channel}:{row.person_id}:{day_of(values['next_at'], person.tz)}"
    connection.execute(sa.insert(dispatches).values(values))
    return values


def _when(wanted: Preferences, zone: str, now: datetime) -> datetime:
    at = now
    if wanted.digest == "daily":
        at = next_digest(now, zone, wanted.digest_at)
    if wanted.quiet is not None:
        at = after_quiet(at, zone, *wanted.quiet)
    return at


def _refused(connection: Connection, row: Any, person: Actor, now: datetime) -> str | None:
    day = day_of(now, person.tz)
    today = sa.and_(
        dispatches.c.person_id == person.id,
        dispatches.c.made_at >= start_of_day(day, person.tz),
        dispatches.c.made_at < end_of_day(day, person.tz) + timedelta(seconds=1),
        dispatches.c.state.not_in(("skipped", "failed")),
    )
    if (connection.execute(sa.select(sa.func.count()).where(today)).scalar() or 0) >= MOST_OUTSIDE_A_DAY:
        return "daily_cap"
    if row.kind != NUDGE or row.must or row.owner_id == person.id:
        return None
    query = (
        sa.select(messages.c.detail, automations.c.key.label("rule"))
        .join(dispatches, dispatches.c.message_id == messages.c.id)
        .outerjoin(automations, automations.c.id == messages.c.automation_id)
        .where(today, messages.c.kind == NUDGE)
    )
    spoken_of = {subject for other in connection.execute(query) for subject in _subjects(other)}
    return "nudged_today" if _subjects(row) <= spoken_of else None


def _subjects(row: Any) -> set[str]:
    """What a message is about: its records, or else its rule."""
    records = (row.detail or {}).get("records", ())
    return {str(one["name"]) for one in records} or {f"rule:{row.rule}"}


def _settle(
    connection: Connection,
    which: sa.ColumnElement[bool],
    state: str,
    now: datetime,
    reason: str | None,
    *,
    again_at: datetime | None = None,
    provider_id: str | None = None,
) -> None:
    values: dict[str, Any] = {"state": state, "reason": reason and reason[:300], "next_at": again_at}
    values |= {"settled_at": None if state == "waiting" else now, "provider_id": provider_id and provider_id[:200]}
    connection.execute(sa.update(dispatches).where(which).values(values))


def _sees_all(connection: Connection, person: Actor, names: Iterable[str]) -> bool:
    keys: dict[str, set[str]] = {}
    for name in names:
        kind, _, key = name.partition(":")
        keys.setdefault(kind, set()).add(key)
    tables = {
        "key_result": (key_results, sees_key_result(person)),
        "objective": (objectives, sees_objective(person)),
        "task": (tasks, sees_task(person, tasks)),
    }
    for kind, wanted in keys.items():
        if kind not in tables:
            continue
        table, sees = tables[kind]
        seen = 0
        for part in chunks(sorted(wanted), 500):
            query = sa.select(sa.func.count()).select_from(table).where(table.c.key.in_(part), sees)
            seen += connection.execute(query).scalar_one()
        if seen < len(wanted):
            return False
    return True
