"""Rules that people set: proposed, confirmed, paused, resumed and removed, with the rights for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.automations import ACTIONS, CHECKED_EVERY, Rule
from okr.errors import NotAllowedError, NotFoundError, OkrError
from okr.models import TaskStatus, companies, cycles, people
from okr.rule_tables import (
    automation_met,
    automation_pauses,
    automation_runs,
    automation_versions,
    automations,
)
from okr.schedule import RECIPIENT, instant_of
from okr.store.audiences import reached, refusal
from okr.store.audit import add_audit
from okr.store.conditions import Moment, met
from okr.store.directory import Company, Cycle
from okr.store.engine import Database
from okr.store.messages import next_key
from okr.store.upkeep import chunks, insert_new

RUNNABLE = ("recurring", "once", "condition")


class RuleRefusedError(OkrError):
    """A rule that cannot be set as it is."""

    code = "rule-refused"


@dataclass(frozen=True, slots=True)
class Automation:
    """A rule that exists; `owner` is an address, `state` proposed, active, paused, ended or removed."""

    id: int
    key: str
    owner: str
    state: str
    version: int
    words: str
    rule: Rule
    catch_up: str
    made_at: datetime
    confirmed_at: datetime | None
    next_at: datetime | None
    pause_reason: str | None
    owner_id: int


@dataclass(frozen=True, slots=True)
class Reach:
    """One person whom a rule reaches: the address, the name, the zone, how many records it is about."""

    email: str
    name: str
    zone: str
    records: int


class AutomationsPart:
    """The store's door to rules."""

    database: Database

    def check_automation(self, actor: Actor, rule: Rule, now: datetime) -> None:
        """Raise what stands against the person setting this rule now; nothing is stored but the refusal."""
        _runnable(rule, now)
        with self.database.write() as connection:
            if rule.condition is not None:
                met(connection, actor, rule.condition, moment_at(connection, now))
            act = refusal(connection, actor, rule)
            if act is not None:
                add_audit(
                    connection, actor, now, "propose", "automation", "", allowed=False, detail={"words": rule.text}
                )
        if act is not None:
            raise NotAllowedError(act)

    def propose_automation(self, actor: Actor, rule: Rule, now: datetime, *, catch_up: str = "latest") -> Automation:
        """Keep the rule as a proposal that does nothing until somebody confirms it."""
        self.check_automation(actor, rule, now)
        with self.database.write() as connection:
            key = next_key(connection, automations, "RULE")
            values = {
                "key": key,
                "owner_id": actor.id,
                "state": "proposed",
                "words": rule.text,
                "rule": rule.document(),
                "catch_up": catch_up,
                "made_at": now,
            }
            connection.execute(sa.insert(automations).values(values))
            add_audit(connection, actor, now, "propose", "automation", key)
        return self.automation(actor, key)

    def confirm_automation(self, actor: Actor, key: str, now: datetime) -> Automation:
        """Make a proposal of one's own active; instants up to now never run. Confirming twice changes nothing."""
        rule = self.automation(actor, key)
        if rule.owner != actor.email:
            raise NotFoundError("rule", key)
        if rule.state == "active":
            return rule
        if rule.state != "proposed":
            raise RuleRefusedError(f"{key} is {rule.state}, not proposed.")
        self.check_automation(actor, rule.rule, now)
        with self.database.write() as connection:
            change = sa.update(automations).where(automations.c.id == rule.id, automations.c.state == "proposed")
            done = connection.execute(
                change.values(
                    state="active",
                    confirmed_at=now,
                    settled_to=now,
                    next_at=next_due(rule.rule, zones_of(connection, rule.rule), now),
                )
            )
            if done.rowcount:
                remember_met(connection, rule.id, actor, rule.rule, now)
                add_audit(connection, actor, now, "confirm", "automation", key)
        return self.automation(actor, key)

    def automations(self, actor: Actor, *, removed: bool = False) -> list[Automation]:
        """The person's rules, an admin's everybody's, in the order in which they were made."""
        query = _rules().order_by(automations.c.id)
        if not actor.is_admin:
            query = query.where(automations.c.owner_id == actor.id)
        if not removed:
            query = query.where(automations.c.state != "removed")
        with self.database.read() as connection:
            zone = company_zone(connection)
            return [_automation(row, zone) for row in connection.execute(query)]

    def automation(self, actor: Actor, key: str) -> Automation:
        """One rule, removed ones too; `NotFoundError` for any that is neither theirs nor shown to an admin."""
        with self.database.read() as connection:
            return automation_shown(connection, actor, key)

    def pause_automation(self, actor: Actor, key: str, now: datetime) -> Automation:
        """Stop it from running until it is resumed; a paused one stays as it is."""
        rule = self.automation(actor, key)
        if rule.state == "paused":
            return rule
        if rule.state != "active":
            raise RuleRefusedError(f"{rule.key} is {rule.state}, not active.")
        with self.database.write() as connection:
            if pause(connection, rule.id, now, "asked"):
                add_audit(connection, actor, now, "pause", "automation", rule.key)
        return self.automation(actor, key)

    def resume_automation(self, actor: Actor, key: str, now: datetime) -> Automation:
        """Let it run again; what came during the pause is recorded as paused and never sent."""
        rule = self.automation(actor, key)
        if rule.state == "active":
            return rule
        if rule.state != "paused":
            raise RuleRefusedError(f"{rule.key} is {rule.state}, not paused.")
        with self.database.write() as connection:
            owner = actor_of(connection, rule.owner_id)
            if owner is None:
                raise RuleRefusedError(f"The owner of {rule.key} has left.", "Set the rule anew in your own name.")
            act = refusal(connection, owner, rule.rule)
            if act is None:
                _record_pause(connection, rule, now)
                _end_pause(connection, rule.id, now)
                change = sa.update(automations).where(automations.c.id == rule.id, automations.c.state == "paused")
                due = next_due(rule.rule, zones_of(connection, rule.rule), now)
                connection.execute(change.values(state="active", pause_reason=None, failures=0, next_at=due or now))
                remember_met(connection, rule.id, owner, rule.rule, now)
            add_audit(connection, actor, now, "resume", "automation", rule.key, allowed=act is None)
        if act is not None:
            raise NotAllowedError(act)
        return self.automation(actor, key)

    def remove_automation(self, actor: Actor, key: str, now: datetime) -> Automation:
        """Take it out for good; its runs and messages stay readable."""
        rule = self.automation(actor, key)
        if rule.state != "removed":
            with self.database.write() as connection:
                if rule.state == "paused":
                    _record_pause(connection, rule, now)
                    _end_pause(connection, rule.id, now)
                _record_missed(connection, rule, now)
                change = sa.update(automations).where(automations.c.id == rule.id)
                connection.execute(change.values(state="removed", next_at=None))
                add_audit(connection, actor, now, "remove", "automation", rule.key)
        return self.automation(actor, key)

    def automation_reach(self, actor: Actor, rule: Rule, at: datetime) -> list[Reach]:
        """Who would get it at that moment, by name; for a condition, by the records that meet it then."""
        with self.database.read() as connection:
            moment = moment_at(connection, at)
            records = met(connection, actor, rule.condition, moment) if rule.condition else []
            found = reached(connection, actor, rule, moment, records) if rule.messages() else {}
            named: list[Reach] = []
            columns = (people.c.id, people.c.email, people.c.name, people.c.timezone)
            for part in chunks(sorted(found)):
                for row in connection.execute(sa.select(*columns).where(people.c.id.in_(part), people.c.active)):
                    zone = row.timezone or moment.company.timezone
                    named.append(Reach(row.email, row.name, zone, len(found[row.id])))
        return sorted(named, key=lambda one: (one.name, one.email))

    def records_met(self, actor: Actor, rule: Rule, at: datetime) -> frozenset[str]:
        """The records that meet the rule's condition at that moment, as `kind:key`."""
        if rule.condition is None:
            return frozenset()
        with self.database.read() as connection:
            return frozenset(r.name for r in met(connection, actor, rule.condition, moment_at(connection, at)))


def _runnable(rule: Rule, now: datetime) -> None:
    if rule.kind not in RUNNABLE or rule.unclear:
        raise RuleRefusedError("The sentence is no rule that can run.", " ".join(u.question for u in rule.unclear))
    if not rule.actions:
        raise RuleRefusedError("The rule does not say what to do.")
    for action in rule.actions:
        if action.kind not in ACTIONS:
            raise RuleRefusedError("A rule cannot do that.", "Ask for a reminder or a report instead.")
        if action.kind == "set_task_status" and action.status not in [one.value for one in TaskStatus]:
            raise RuleRefusedError("The rule does not say which status the tasks get.", "Name it: in review, blocked …")
    if rule.too_often(now):
        raise RuleRefusedError("A rule may not run more often than every fifteen minutes.", "Choose a longer interval.")
    if next_due(rule, {rule.company_zone}, now) is None:
        raise RuleRefusedError("That time is over, or never comes.", "Choose a time that is still to come.")


# -- what the worker shares --------------------------------------------------------------------------


def due_in(rule: Rule, zone: str, after: datetime, until: datetime) -> list[datetime]:
    """The instants later than `after` and not later than `until`; `zone` is the recipients' where it is theirs."""
    if rule.at is not None:
        once = instant_of(rule.at, zone if rule.zone == RECIPIENT else rule.zone)
        return [once] if after < once <= until else []
    if rule.schedule is None:
        return []
    shown_in = zone if rule.zone == RECIPIENT else rule.zone
    return [at.astimezone(UTC) for at in rule.schedule.between(after, until, zone=shown_in)]


def next_due(rule: Rule, zones: Iterable[str], after: datetime) -> datetime | None:
    """When there may be something to do next, in UTC; None when there never is."""
    if rule.schedule is None and rule.at is None:
        hour = after.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return hour + CHECKED_EVERY
    coming: list[datetime] = []
    for zone in zones if rule.zone == RECIPIENT else (rule.zone,):
        if rule.at is not None:
            coming += due_in(rule, zone, after, datetime.max.replace(tzinfo=UTC))
        elif rule.schedule is not None:
            coming += rule.schedule.next(after, 1, zone=zone)
    return min(coming).astimezone(UTC) if coming else None


def zones_of(connection: Connection, rule: Rule) -> set[str]:
    """The zones in which the rule has to be looked at: one, or those of all active people."""
    if rule.zone != RECIPIENT:
        return {rule.zone}
    own = connection.execute(sa.select(people.c.timezone).where(people.c.active).distinct()).scalars()
    return {zone or rule.company_zone for zone in own} | {rule.company_zone}


def moment_at(connection: Connection, at: datetime) -> Moment:
    """The company and its cycles at that moment."""
    row = connection.execute(sa.select(companies).order_by(companies.c.id).limit(1)).one()
    company = Company(row.name, row.timezone, row.language, row.country, row.sample)
    found = connection.execute(sa.select(cycles).order_by(cycles.c.start, cycles.c.end, cycles.c.id))
    return Moment(at, company, [Cycle(c.id, c.key, c.name, c.start, c.end, c.state) for c in found])


# Built once: a run asks for each of its recipients, and building a statement costs more than running it.
_ONE = sa.bindparam("ident", type_=sa.Integer)
_PERSON = sa.select(people).where(people.c.id == _ONE, people.c.active)
_COMPANY = sa.select(companies.c.timezone, companies.c.language).order_by(companies.c.id).limit(1)


def actor_of(connection: Connection, person_id: int) -> Actor | None:
    """The person as one who asks; None for somebody who has left."""
    row = connection.execute(_PERSON, {"ident": person_id}).first()
    if row is None:
        return None
    zone, language = row.timezone, row.language
    if not zone or not language:
        company = connection.execute(_COMPANY).one()
        zone, language = zone or company.timezone, language or company.language
    return Actor(row.id, row.email, row.name, row.role, row.team_id, zone, language)


def pauses_of(connection: Connection, automation_id: int) -> list[tuple[datetime, datetime | None]]:
    """The pauses so far; the last one may still last."""
    of_rule = automation_pauses.c.automation_id == automation_id
    query = sa.select(automation_pauses.c.began, automation_pauses.c.ended).where(of_rule)
    return [(row.began, row.ended) for row in connection.execute(query.order_by(automation_pauses.c.id))]


def pause(connection: Connection, automation_id: int, now: datetime, reason: str) -> bool:
    """Begin a pause of an active rule; False when it is not active."""
    change = sa.update(automations).where(automations.c.id == automation_id, automations.c.state == "active")
    if not connection.execute(change.values(state="paused", pause_reason=reason)).rowcount:
        return False
    connection.execute(sa.insert(automation_pauses).values(automation_id=automation_id, began=now))
    return True


def _end_pause(connection: Connection, automation_id: int, now: datetime) -> None:
    of_rule = automation_pauses.c.automation_id == automation_id
    open_one = sa.update(automation_pauses).where(of_rule, automation_pauses.c.ended.is_(None))
    connection.execute(open_one.values(ended=now))


def remember_met(connection: Connection, automation_id: int, owner: Actor, rule: Rule, now: datetime) -> None:
    """Note which records meet the condition already, so that only those that begin to are told of."""
    if rule.condition is None:
        connection.execute(sa.delete(automation_met).where(automation_met.c.automation_id == automation_id))
        return
    names = [record.name for record in met(connection, owner, rule.condition, moment_at(connection, now))]
    replace_met(connection, automation_id, names)


def replace_met(connection: Connection, automation_id: int, names: Sequence[str]) -> None:
    """Keep exactly these records as those that meet the rule's condition."""
    connection.execute(sa.delete(automation_met).where(automation_met.c.automation_id == automation_id))
    insert_new(connection, automation_met, ({"automation_id": automation_id, "record": name} for name in names))


def record_runs(
    connection: Connection, rule: Automation, instants: Sequence[datetime], state: str, now: datetime
) -> None:
    """Note instants that nothing was sent for; what is recorded already stays as it is."""
    columns = automation_runs.c
    there = sa.select(columns.instant).where(columns.automation_id == rule.id)
    known = set(connection.execute(there).scalars()) if instants else set()
    rows = [
        {"automation_id": rule.id, "version": rule.version, "instant": at, "state": state, "began": now}
        for at in instants
        if at not in known
    ]
    for part in chunks(rows):
        connection.execute(sa.insert(automation_runs), part)


def _record_pause(connection: Connection, rule: Automation, now: datetime) -> None:
    for began, ended in pauses_of(connection, rule.id):
        if ended is None:
            for zone in zones_of(connection, rule.rule):
                # A pause takes in the instant at which it began.
                come = due_in(rule.rule, zone, began - timedelta(microseconds=1), now)
                record_runs(connection, rule, come, "paused", now)


def _record_missed(connection: Connection, rule: Automation, now: datetime) -> None:
    """Note what had come due and was not looked at yet, of a rule that will not be looked at again."""
    settled = connection.execute(sa.select(automations.c.settled_to).where(automations.c.id == rule.id)).scalar()
    if settled is not None:
        for zone in zones_of(connection, rule.rule):
            record_runs(connection, rule, due_in(rule.rule, zone, settled, now), "missed", now)


def company_zone(connection: Connection) -> str:
    row = connection.execute(_COMPANY).first()
    return "UTC" if row is None else str(row.timezone)


def _rules() -> sa.Select[Any]:
    return sa.select(automations, people.c.email).join(people, people.c.id == automations.c.owner_id)


_RULE = _rules().where(automations.c.id == _ONE)


def automation_shown(connection: Connection, actor: Actor, key: str) -> Automation:
    """One rule, removed ones too; `NotFoundError` for any that is neither theirs nor shown to an admin."""
    query = _rules().where(automations.c.key == key.strip().upper())
    if not actor.is_admin:
        query = query.where(automations.c.owner_id == actor.id)
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError("rule", key)
    return _automation(row, company_zone(connection))


def automation_by_id(connection: Connection, automation_id: int, version: int | None = None) -> Automation:
    """The rule as it stands, or as that version of it said, for whoever holds its internal id."""
    row = connection.execute(_RULE, {"ident": automation_id}).one()
    found = _automation(row, company_zone(connection))
    if version is None or version == found.version:
        return found
    said = automation_versions.c
    of_version = (
        sa.select(automation_versions, people.c.email)
        .join(people, people.c.id == said.owner_id)
        .where(said.automation_id == automation_id, said.version == version)
    )
    return earlier(found, connection.execute(of_version).one())


def earlier(now: Automation, row: Any) -> Automation:
    """The rule as an earlier version of it said."""
    rule = Rule.from_document(row.rule, asked_at=now.rule.asked_at, company_zone=now.rule.company_zone)
    return replace(
        now, version=row.version, words=row.words, rule=rule, catch_up=row.catch_up, owner=row.email,
        owner_id=row.owner_id,
    )  # fmt: skip


def _automation(row: Any, company_zone: str) -> Automation:
    document = row.rule
    zone = document.get("timezone") or company_zone
    shown_in = company_zone if zone == RECIPIENT else zone
    asked_at = row.made_at.astimezone(ZoneInfo(shown_in))
    rule = Rule.from_document(document, asked_at=asked_at, company_zone=company_zone)
    return Automation(
        row.id,
        row.key,
        row.email,
        row.state,
        row.version,
        row.words,
        rule,
        row.catch_up,
        row.made_at,
        row.confirmed_at,
        row.next_at,
        row.pause_reason,
        row.owner_id,
    )
