"""What somebody said they want recorded, kept as a row until they confirm or discard it.

A proposal is typed: it names the act, the record, the values, and what the record was like when it was
made. It is the person's own, is used once, and ends by itself after a day.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.errors import NotAllowedError, NotFoundError
from okr.models import proposals
from okr.refusals import RefusedError
from okr.store.audit import add_audit
from okr.store.change_log import Changed, plain
from okr.store.check_in_writing import check_in_within, latest_key, plan_check_in
from okr.store.committing import audited
from okr.store.engine import Database
from okr.store.keeping import Saved, change_within, create_within, plan_change, plan_create
from okr.store.lookup import find

LASTS = timedelta(hours=24)
MOST_WORDS = 4_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that a click would do.

    `act` is check_in, change or create; `kind`, `key` and `title` say of which record (`key` is empty
    for one that is made); `changes` hold old and new of each field. `state` is open, confirmed,
    discarded or expired. `id` is None for one that was only worked out and not kept.
    """

    id: str | None
    act: str
    kind: str
    key: str
    title: str
    words: str
    changes: tuple[Changed, ...]
    state: str
    made_at: datetime
    expires_at: datetime

    def document(self) -> dict[str, Any]:
        """The proposal as the answer document and a card show it."""
        return {
            "id": self.id,
            "kind": self.act,
            "record": {"type": self.kind, "id": self.key, "title": self.title},
            "changes": [{"field": one.field, "old": plain(one.old), "new": plain(one.new)} for one in self.changes],
            "words": self.words,
            "state": self.state,
            "expires_at": self.expires_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Wish:
    """What is proposed: the act, the kind and public id of the record, the values; for a check-in its day."""

    act: str  # check_in, change, create
    kind: str
    key: str
    values: Mapping[str, Any]
    on: str | None = None
    sure: bool = False


class ProposalPart:
    """The store's proposals."""

    database: Database

    def preview(self, actor: Actor, wish: Wish, words: str, now: datetime) -> Proposal:
        """The proposal that `propose` would keep; raises what stands against it, and writes nothing."""
        with self.database.read() as connection:
            return _proposal(connection, actor, wish, words, now)[0]

    def propose(self, actor: Actor, wish: Wish, words: str, now: datetime) -> Proposal:
        """Keep a proposal of the person's own; `words` are theirs. It changes no record.

        What could not be carried out now is refused now, in the words that carrying it out would get.
        """

        def done(connection: Connection) -> tuple[str, Proposal]:
            found, body = _proposal(connection, actor, wish, words, now)
            ident = secrets.token_urlsafe(9)
            row = {
                "id": ident,
                "person_id": actor.id,
                "kind": wish.act,
                "words": words[:MOST_WORDS],
                "body": body,
                "state": "open",
                "made_at": now,
                "expires_at": found.expires_at,
            }
            connection.execute(sa.insert(proposals).values(row))
            return found.key, _of_row(
                connection.execute(sa.select(proposals).where(proposals.c.id == ident)).one(), now
            )

        return audited(self.database, actor, now, "propose", wish.kind, done, wish.key)

    def proposals(self, actor: Actor, now: datetime) -> list[Proposal]:
        """The person's open proposals, the newest first."""
        mine = sa.and_(proposals.c.person_id == actor.id, proposals.c.state == "open", proposals.c.expires_at > now)
        query = sa.select(proposals).where(mine).order_by(proposals.c.made_at.desc(), proposals.c.id)
        with self.database.read() as connection:
            return [_of_row(row, now) for row in connection.execute(query)]

    def proposal(self, actor: Actor, ident: str, now: datetime) -> Proposal:
        """One proposal of the person's own, whatever became of it; `NotFoundError` for any other."""
        with self.database.read() as connection:
            return _of_row(_mine(connection, actor, ident), now)

    def confirm_proposal(self, actor: Actor, ident: str, now: datetime) -> Saved:
        """Carry it out by the rights that the person has now; what comes back says what was recorded.

        It is used once: a second time, or after it ended, raises `RefusedError`. Where the record was
        changed meanwhile `OutdatedError` says by whom and how, and the proposal stays open.
        """

        def done(connection: Connection) -> tuple[str, Saved]:
            row = _mine(connection, actor, ident)
            state = _state(row, now)
            if state != "open":
                raise RefusedError("proposal_over", state=state)
            key, saved = _carried_out(connection, actor, row.body, now)
            change = sa.update(proposals).where(proposals.c.id == row.id)
            connection.execute(change.values(state="confirmed", settled_at=now))
            return key, saved

        return audited(self.database, actor, now, "confirm", "proposal", done, ident)

    def discard_proposal(self, actor: Actor, ident: str, now: datetime) -> Proposal:
        """Let it go; one that was confirmed stays confirmed and is refused."""
        with self.database.write() as connection:
            row = _mine(connection, actor, ident)
            if row.state == "confirmed":
                raise RefusedError("proposal_over", state="confirmed")
            if row.state == "open":
                change = sa.update(proposals).where(proposals.c.id == row.id)
                connection.execute(change.values(state="discarded", settled_at=now))
                add_audit(connection, actor, now, "discard", "proposal", row.id)
            return _of_row(_mine(connection, actor, ident), now)


def _mine(connection: Connection, actor: Actor, ident: str) -> Any:
    query = sa.select(proposals).where(proposals.c.id == ident, proposals.c.person_id == actor.id)
    row = connection.execute(query).first() if ident.isprintable() else None
    if row is None or "act" not in row.body:
        raise NotFoundError("proposal", ident)
    return row


def _state(row: Any, now: datetime) -> str:
    return "expired" if row.state == "open" and row.expires_at <= now else str(row.state)


def _of_row(row: Any, now: datetime) -> Proposal:
    body = row.body
    changed = tuple(Changed(*one) for one in body["changes"])
    state = _state(row, now)
    return Proposal(
        row.id,
        body["act"],
        body["kind"],
        body["key"],
        body["title"],
        row.words,
        changed,
        state,
        row.made_at,
        row.expires_at,
    )


def _proposal(
    connection: Connection, actor: Actor, wish: Wish, words: str, now: datetime
) -> tuple[Proposal, dict[str, Any]]:
    version: int | None = None
    seen: str | None = None
    key = wish.key
    match wish.act:
        case "check_in":
            row = find(connection, actor, "key_result", wish.key)
            key, title, seen = row.key, row.title, latest_key(connection, row)
            changed = plan_check_in(connection, actor, wish.key, wish.values, now, on=wish.on, sure=wish.sure)
        case "change":
            plan = plan_change(connection, actor, wish.kind, wish.key, wish.values, now)
            key, version, changed = plan.key, plan.row.version, tuple(plan.changes)
            title = str(getattr(plan.row, "title", None) or getattr(plan.row, "name", None) or plan.key)
        case "create":
            made = plan_create(connection, actor, wish.kind, wish.values, now)
            changed = tuple(made.changes)
            title = str(wish.values.get("title") or wish.values.get("name") or wish.values.get("text", ""))[:400]
        case _:
            raise NotAllowedError(wish.act)
    body = {
        "act": wish.act,
        "kind": wish.kind,
        "key": key,
        "title": title,
        "values": plain(dict(wish.values)),
        "on": wish.on,
        "sure": wish.sure,
        "version": version,
        "seen": seen,
        "changes": [[one.field, plain(one.old), plain(one.new)] for one in changed],
    }
    return Proposal(None, wish.act, wish.kind, key, title, words, changed, "open", now, now + LASTS), body


def _carried_out(connection: Connection, actor: Actor, body: dict[str, Any], now: datetime) -> tuple[str, Saved]:
    match body["act"]:
        case "check_in":
            return check_in_within(
                connection,
                actor,
                body["key"],
                body["values"],
                now,
                on=body["on"],
                sure=body["sure"],
                seen=body["seen"],
            )
        case "change":
            return change_within(connection, actor, body["kind"], body["key"], body["values"], now, body["version"])
    return create_within(connection, actor, body["kind"], body["values"], now)
