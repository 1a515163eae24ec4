"""What a recipient may ask and decide about the rules that write to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.automations import AllOf, Audience, Rule
from okr.delivery_tables import rules_turned_off
from okr.errors import NotAllowedError, NotFoundError
from okr.models import people
from okr.rule_tables import automations, messages
from okr.store.audit import add_audit
from okr.store.automations import automation_by_id
from okr.store.engine import Database
from okr.store.messages import Message, message_of
from okr.store.restricted import names_hidden


@dataclass(frozen=True, slots=True)
class Why:
    """Why somebody got a message.

    `rule` is None where its words name something that the person may not see, and for a message of no rule.
    `records` are the keys of the records that made them a recipient. `may_turn_off` says whether they may stop
    the rule's messages, `is_off` that they have, `must` that an admin decided that they may not.
    """

    message: Message
    key: str | None
    rule: Rule | None
    audience: Audience | None
    owner: str
    owner_name: str
    own: bool
    records: tuple[str, ...]
    must: bool
    is_off: bool

    @property
    def may_turn_off(self) -> bool:
        """Whether the person may stop the messages of this rule."""
        return self.key is not None and not self.must and not self.is_off


@dataclass(frozen=True, slots=True)
class TurnedOff:
    """A rule whose messages the person has turned off, with the name of whose it is."""

    rule: str
    owner_name: str
    at: datetime


class ReceivingPart:
    """The store's door for those who get messages."""

    database: Database

    def why(self, actor: Actor, key: str) -> Why:
        """Why the person got this message: whose rule, which one, and what made them a recipient."""
        query = sa.select(
            automations.c.id, automations.c.must, people.c.id.label("owner_id"), people.c.email, people.c.name
        ).join(people, people.c.id == automations.c.owner_id)
        with self.database.read() as connection:
            found = message_of(connection, actor, key)
            row = connection.execute(query.where(automations.c.key == found.rule)).first() if found.rule else None
            if row is None:
                return Why(found, None, None, None, "", "", False, (), False, False)
            rule = automation_by_id(connection, row.id).rule
            own = row.owner_id == actor.id
            hidden = not own and names_hidden(connection, actor, f"{rule.text} {rule.readback} {_scopes(rule)}")
            return Why(
                found,
                found.rule,
                None if hidden else rule,
                rule.audience,
                row.email,
                row.name,
                own,
                tuple(str(one["name"]).partition(":")[2] for one in found.records),
                row.must,
                _has_turned_off(connection, actor.id, row.id),
            )

    def turn_off(self, actor: Actor, key: str, now: datetime) -> str:
        """Stop the messages of a rule to this person, named by its key or by one of its messages; returns its key.

        `NotFoundError` unless the rule has written to them; `NotAllowedError` where an admin made it a must.
        """
        with self.database.write() as connection:
            row = _writes_to(connection, actor, key)
            if not row.must and not _has_turned_off(connection, actor.id, row.id):
                connection.execute(sa.insert(rules_turned_off).values(person_id=actor.id, automation_id=row.id, at=now))
            add_audit(connection, actor, now, "turn_off", "automation", row.key, allowed=not row.must)
        if row.must:
            raise NotAllowedError(f"turn off {row.key}, which an admin has made a must")
        return str(row.key)

    def turn_on(self, actor: Actor, key: str, now: datetime) -> str:
        """Let the messages of a rule come again, named as in `turn_off`; returns its key."""
        with self.database.write() as connection:
            row = _writes_to(connection, actor, key)
            mine = sa.and_(rules_turned_off.c.person_id == actor.id, rules_turned_off.c.automation_id == row.id)
            if connection.execute(sa.delete(rules_turned_off).where(mine)).rowcount:
                add_audit(connection, actor, now, "turn_on", "automation", row.key)
        return str(row.key)

    def turned_off(self, actor: Actor) -> list[TurnedOff]:
        """The rules whose messages the person has turned off, the latest first."""
        query = (
            sa.select(automations.c.key, people.c.name, rules_turned_off.c.at)
            .join(automations, automations.c.id == rules_turned_off.c.automation_id)
            .join(people, people.c.id == automations.c.owner_id)
            .where(rules_turned_off.c.person_id == actor.id)
            .order_by(rules_turned_off.c.at.desc(), automations.c.id.desc())
        )
        with self.database.read() as connection:
            return [TurnedOff(*row) for row in connection.execute(query)]

    def require_rule(self, actor: Actor, key: str, must: bool, now: datetime) -> None:
        """Decide, as an admin, whether recipients of a rule may turn it off; what they turned off comes again."""
        rule = sa.select(automations.c.id, automations.c.key).where(automations.c.key == key.strip().upper())
        if not actor.is_admin:
            rule = rule.where(automations.c.owner_id == actor.id)
        with self.database.write() as connection:
            row = connection.execute(rule).first()
            if row is None:
                raise NotFoundError("rule", key)
            if actor.is_admin:
                change = sa.update(automations).where(automations.c.id == row.id)
                connection.execute(change.values(must=must))
            add_audit(
                connection, actor, now, "require", "automation", row.key, allowed=actor.is_admin, detail={"must": must}
            )
        if not actor.is_admin:
            raise NotAllowedError("make a rule a must")


def _scopes(rule: Rule) -> str:
    """The keys of the records that the rule's condition is about."""
    condition = rule.condition
    parts = condition.conditions if isinstance(condition, AllOf) else (condition,) if condition else ()
    return " ".join((part.scope or "").partition(":")[2] for part in parts)


def _writes_to(connection: Connection, actor: Actor, key: str) -> Any:
    """The rule of that key, or of the message of that key, that has written or tried to write to the person."""
    named = key.strip().upper()
    columns = (automations.c.id, automations.c.key, automations.c.must)
    of_message = sa.select(messages.c.automation_id).where(messages.c.person_id == actor.id)
    wanted = sa.or_(
        sa.and_(automations.c.key == named, automations.c.id.in_(of_message)),
        automations.c.id.in_(of_message.where(messages.c.key == named)),
        sa.and_(automations.c.key == named, automations.c.owner_id == actor.id),
    )
    row = connection.execute(sa.select(*columns).where(wanted)).first()
    if row is None:
        raise NotFoundError("message or rule", key)
    return row


def _has_turned_off(connection: Connection, person_id: int, automation_id: int) -> bool:
    mine = sa.and_(rules_turned_off.c.person_id == person_id, rules_turned_off.c.automation_id == automation_id)
    return connection.execute(sa.select(rules_turned_off.c.person_id).where(mine)).first() is not None


def turned_off_by(connection: Connection, automation_id: int) -> set[int]:
    """The internal ids of those who have turned the rule off; empty where an admin has made it a must."""
    must = sa.select(automations.c.must).where(automations.c.id == automation_id)
    if connection.execute(must).scalar():
        return set()
    off = sa.select(rules_turned_off.c.person_id).where(rules_turned_off.c.automation_id == automation_id)
    return set(connection.execute(off).scalars())


def is_turned_off(connection: Connection, person_id: int, automation_id: int) -> bool:
    """Whether the person has turned the rule off, and no admin has made it a must."""
    must = connection.execute(sa.select(automations.c.must).where(automations.c.id == automation_id)).scalar()
    return not must and _has_turned_off(connection, person_id, automation_id)
