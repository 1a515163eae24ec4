"""What a model's answers cost: tokens by person and day, reserved before a call and settled after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.models import spent_tokens
from okr.store.audit import add_audit
from okr.store.engine import Database


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens and calls of one day, of one person or of everybody."""

    tokens: int
    calls: int


class SpendingPart:
    """The store's account of tokens."""

    database: Database

    def reserve_tokens(self, actor: Actor, day: date, tokens: int, *, most_own: int, most_all: int) -> bool:
        """Put the tokens on the person's account of the day, and say so; False where a limit would be passed.

        It is one transaction, so that a hundred questions at once cannot pass a limit together.
        """
        with self.database.write() as connection:
            own, everybody = _spent(connection, day, actor.id), _spent(connection, day, None)
            if own.tokens + tokens > most_own or everybody.tokens + tokens > most_all:
                return False
            _add(connection, actor.id, day, tokens, 1)
        return True

    def settle_tokens(self, actor: Actor, day: date, reserved: int, used: int) -> None:
        """Put right what was reserved by what was used."""
        if used == reserved:
            return
        with self.database.write() as connection:
            _add(connection, actor.id, day, used - reserved, 0)

    def spent(self, actor: Actor, day: date) -> Spent:
        """What the person's questions have cost on that day."""
        with self.database.read() as connection:
            return _spent(connection, day, actor.id)

    def note_unknown_tool(self, actor: Actor, name: str, now: datetime) -> None:
        """Keep in the audit that a model asked for a tool that does not exist, for this person."""
        with self.database.write() as connection:
            add_audit(connection, actor, now, "call", "tool", name[:80], allowed=False)


def _spent(connection: Connection, day: date, person_id: int | None) -> Spent:
    t = spent_tokens.c
    total = sa.select(sa.func.coalesce(sa.func.sum(t.tokens), 0), sa.func.coalesce(sa.func.sum(t.calls), 0))
    query = total.where(t.day == day)
    if person_id is not None:
        query = query.where(t.person_id == person_id)
    return Spent(*(int(figure) for figure in connection.execute(query).one()))


def _add(connection: Connection, person_id: int, day: date, tokens: int, calls: int) -> None:
    t = spent_tokens.c
    changed = connection.execute(
        sa.update(spent_tokens)
        .where(t.person_id == person_id, t.day == day)
        .values(tokens=t.tokens + tokens, calls=t.calls + calls)
    )
    if changed.rowcount == 0:
        new = sa.insert(spent_tokens).values(person_id=person_id, day=day, tokens=max(0, tokens), calls=calls)
        connection.execute(new)
