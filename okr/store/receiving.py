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
from okr.errors import NotAllowedError, NotFoundError, OkrError
from okr.models import people
from okr.rule_tables import automations, messages
from okr.store.audit import add_audit
from okr.store.automations import Automation, automation_by_id
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


@dataclass(frozen=True, slots=True)
class Expected:
    """A rule whose messages the person will get: `readable` unless its words name what they may not see."""

    automation: Automation
    owner_name: str
    own: bool
    readable: bool


class MustError(NotAllowedError):
    """A decision about a rule that is an admin's alone."""

    def __init__(self, sentence: str, remedy: str) -> None:
        OkrError.__init__(self, sentence, remedy)


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
            hidden = not own and names_hidden(connection, actor, _words_of(rule))
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

        `NotFoundError` unless the rule has written to them; `MustError` where an admin made it one.
        """
        with self.database.write() as connection:
            row = _writes_to(connection, actor, key)
            if not row.must and not _has_turned_off(connection, actor.id, row.id):
                connection.execute(sa.insert(rules_turned_off).values(person_id=actor.id, automation_id=row.id, at=now))
            add_audit(connection, actor, now, "turn_off", "automation", row.key, allowed=not row.must)
        if row.must:
            raise MustError(f"{row.key} is a must and cannot be turned off.", "An admin decided so; ask one.")
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

    def expected_rules(self, actor: Actor) -> list[Expected]:
        """The active rules of the person, and those of others that have written to them and are not turned off."""
        wrote = sa.select(messages.c.automation_id).where(messages.c.person_id == actor.id)
        off = sa.select(rules_turned_off.c.automation_id).where(rules_turned_off.c.person_id == actor.id)
        query = (
            sa.select(automations.c.id, people.c.id.label("owner_id"), people.c.name)
            .join(people, people.c.id == automations.c.owner_id)
            .where(
                automations.c.state == "active",
                sa.or_(automations.c.owner_id == actor.id, automations.c.id.in_(wrote)),
                sa.or_(automations.c.must, automations.c.id.not_in(off)),
            )
            .order_by(automations.c.id)
        )
        found: list[Expected] = []
        with self.database.read() as connection:
            for row in connection.execute(query).all():
                automation = automation_by_id(connection, row.id)
                own = row.owner_id == actor.id
                hidden = not own and names_hidden(connection, actor, _words_of(automation.rule))
                found.append(Expected(automation, row.name, own, not hidden))
        return found

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
            raise MustError("You may not make a rule a must.", "An admin can.")


def _words_of(rule: Rule) -> str:
    """All that is said in and about a rule, with the keys of the records that its condition is about."""
    condition = rule.condition
    parts = condition.conditions if isinstance(condition, AllOf) else (condition,) if condition else ()
    scopes = " ".join((part.scope or "").partition(":")[2] for part in parts)
    said = " ".join(action.message or "" for action in rule.actions)
    return f"{rule.text} {rule.readback} {said} {scopes}"


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


# Built once: a run asks this for each of its recipients.
_TURNED_OFF = (
    sa.select(rules_turned_off.c.person_id)
    .join(automations, automations.c.id == rules_turned_off.c.automation_id)
    .where(
        rules_turned_off.c.person_id == sa.bindparam("person"),
        rules_turned_off.c.automation_id == sa.bindparam("rule"),
        sa.not_(automations.c.must),
    )
)


def is_turned_off(connection: Connection, person_id: int, automation_id: int) -> bool:
    """Whether the person has turned the rule off, and no admin has made it a must."""
    return connection.execute(_TURNED_OFF, {"person": person_id, "rule": automation_id}).first() is not None
