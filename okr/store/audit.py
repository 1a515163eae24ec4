"""The record of who did, or was refused, what: rows are only ever added, and each seals the one before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.errors import NotAllowedError
from okr.models import audits, micros
from okr.store.engine import Database


def add_audit(
    connection: Connection,
    actor: Actor | None,
    now: datetime,
    act: str,
    kind: str,
    record: str,
    *,
    allowed: bool = True,
    detail: dict[str, object] | None = None,
) -> None:
    """Add a row; without an actor the operator of this machine did it."""
    last = connection.execute(sa.select(audits.c.seal).order_by(audits.c.id.desc()).limit(1)).scalar() or ""
    actor_id = None if actor is None else actor.id
    connection.execute(
        sa.insert(audits).values(
            at=now,
            actor_id=actor_id,
            act=act,
            kind=kind,
            record=record,
            allowed=allowed,
            detail=detail,
            seal=_seal(last, micros(now), actor_id, act, kind, record, allowed, detail),
        )
    )


def _seal(before: str, *facts: object) -> str:
    return hashlib.sha256(before.encode() + orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One act: when, by whom (None for the operator), what to which record, and whether it was allowed."""

    id: int
    at: datetime
    actor_id: int | None
    act: str
    kind: str
    record: str
    allowed: bool
    detail: dict[str, object] | None


class AuditPart:
    """The store's record of acts."""

    database: Database

    def audit(self, actor: Actor, most: int = 200) -> list[AuditRow]:
        """The latest rows, newest first; admins only."""
        if not actor.is_admin:
            raise NotAllowedError("read the audit")
        query = sa.select(audits).order_by(audits.c.id.desc()).limit(most)
        with self.database.read() as connection:
            return [
                AuditRow(r.id, r.at, r.actor_id, r.act, r.kind, r.record, r.allowed, r.detail)
                for r in connection.execute(query)
            ]

    def audit_is_whole(self) -> bool:
        """Whether no row was changed or taken out since it was written."""
        before = ""
        with self.database.read() as connection:
            for r in connection.execute(sa.select(audits).order_by(audits.c.id)).yield_per(1000):
                seal = _seal(before, micros(r.at), r.actor_id, r.act, r.kind, r.record, r.allowed, r.detail)
                if seal != r.seal:
                    return False
                before = r.seal
        return True
