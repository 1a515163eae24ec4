"""What the worker does with rules: settle the instants that have come, and deliver one message at a time.

Any number of workers may call this at once. Settling a rule is one transaction that moves its mark on, and
each delivery is one transaction that takes one waiting recipient, so nothing is lost or done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.automations import catch_up, newly_met
from okr.models import key_results, micros, objectives, people
from okr.rule_tables import (
    automation_changes,
    automation_met,
    automation_recipients,
    automation_runs,
    automations,
)
from okr.schedule import RECIPIENT
from okr.store.acting import changes_of, finish_run
from okr.store.audiences import reached, refusal
from okr.store.audit import add_audit
from okr.store.automations import (
    Automation,
    actor_of,
    automation_by_id,
    due_in,
    moment_at,
    next_due,
    pause,
    pauses_of,
    record_runs,
    replace_met,
    zones_of,
)
from okr.store.conditions import Record, met
from okr.store.engine import Database
from okr.store.messages import Letter, put_message
from okr.store.receiving import is_turned_off
from okr.store.seeing import has_enough, visible
from okr.store.upkeep import chunks

FAILURES_BEFORE_PAUSE = 3

Notice = Callable[[Automation, Actor, str], Letter]
"""The words of a notice about a rule: for whom, and why it was paused."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """One message that is due: whose, of which rule and instant, about which visible records.

    `skip` is the reason why it must not be sent.
    """

    recipient_id: int
    run_id: int
    automation: Automation
    owner: Actor
    person: Actor
    instant: datetime
    records: tuple[Record, ...]
    skip: str | None = None


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that is not finished; `name` is its rule, version and instant."""

    id: int
    name: str


# Built once: a run asks for each of its recipients, and building a statement costs more than running it.
_TO, _OF = automation_recipients.c, automation_runs.c
_MINE = sa.and_(_TO.id == sa.bindparam("ident", type_=sa.Integer), _TO.state == "waiting")
_RECIPIENT = (
    sa.select(automation_recipients, _OF.automation_id, _OF.version, _OF.instant)
    .join(automation_runs, _OF.id == _TO.run_id)
    .where(_MINE)
)
_WAITS = sa.select(_TO.id).where(_MINE)
_SETTLED = (
    sa.update(automation_recipients)
    .where(_MINE)
    .values(state=sa.bindparam("became"), reason=sa.bindparam("why"), message=sa.bindparam("told"))
)


class FiringPart:
    """The store's side of the worker."""

    database: Database

    def due_automations(self, now: datetime, *, all_conditions: bool = False, most: int | None = None) -> list[int]:
        """The internal ids of rules that may have something to do, those with a time before those with a condition.

        With `all_conditions` those whose condition is not due to be checked yet, too.
        """
        columns = automations.c
        by_condition = sa.and_(
            columns.rule["kind"].as_string() == "condition", columns.rule["rrule"].as_string().is_(None)
        )
        come: sa.ColumnElement[bool] = columns.next_at <= now
        alive = columns.state.in_(("active", "paused"))
        query = sa.select(columns.id).where(alive, come)
        query = query.order_by(sa.case((by_condition, 1), else_=0), columns.next_at, columns.id).limit(most)
        later = sa.select(columns.id).where(columns.state == "active", columns.next_at > now, by_condition)
        with self.database.read() as connection:
            found = list(connection.execute(query).scalars())
            if all_conditions:
                found += connection.execute(later.order_by(columns.id)).scalars()
        return found

    def settle_automation(self, automation_id: int, now: datetime, notice: Notice) -> None:
        """Open the runs whose instants have come, and record those that were missed or fell in a pause.

        A rule whose owner has left or may no longer set it is paused, and somebody is told.
        """
        with self.database.write() as connection:
            settle(connection, automation_id, now, notice)

    def note_failed_run(self, automation_id: int, now: datetime, reason: str, notice: Notice) -> None:
        """Record that the rule could not be run now; the third time in a row it is paused and its owner told."""
        with self.database.write() as connection:
            row = connection.execute(sa.select(automations).where(automations.c.id == automation_id)).one()
            if row.state != "active" or (row.settled_to is not None and row.settled_to >= now):
                return
            rule = automation_by_id(connection, automation_id)
            instants = sorted(_due(connection, rule, row.settled_to or now, now)) or [now]
            record_runs(connection, rule, instants, "failed", now)
            failed = sa.update(automation_runs).where(
                automation_runs.c.automation_id == rule.id, automation_runs.c.instant.in_(instants)
            )
            connection.execute(failed.values(reason=reason[:500]))
            coming = next_due(rule.rule, zones_of(connection, rule.rule), now)
            change = sa.update(automations).where(automations.c.id == rule.id)
            connection.execute(change.values(settled_to=now, next_at=coming, failures=row.failures + 1))
            if row.failures + 1 >= FAILURES_BEFORE_PAUSE:
                _pause_failing(connection, rule, now, notice)

    def open_runs(self) -> list[OpenRun]:
        """The runs in which somebody or something still waits, oldest first."""
        run = automation_runs.c
        query = (
            sa.select(run.id, automations.c.key, run.version, run.instant)
            .join(automations, automations.c.id == run.automation_id)
            .where(run.state == "running")
            .order_by(run.instant, run.id)
        )
        with self.database.read() as connection:
            return [
                OpenRun(row.id, f"{row.key}:{row.version}:{micros(row.instant)}") for row in connection.execute(query)
            ]

    def waiting_count(self) -> int:
        """How many people and records wait in all open runs."""
        open_ones = sa.select(automation_runs.c.id).where(automation_runs.c.state == "running")
        with self.database.read() as connection:
            return sum(
                connection.execute(
                    sa.select(sa.func.count()).where(table.c.state == "waiting", table.c.run_id.in_(open_ones))
                ).scalar_one()
                for table in (automation_recipients, automation_changes)
            )

    def waiting_in(self, run_id: int) -> list[int]:
        """The internal ids of the run's recipients who wait for their message, in order."""
        to = automation_recipients.c
        query = sa.select(to.id).where(to.run_id == run_id, to.state == "waiting").order_by(to.id)
        with self.database.read() as connection:
            return list(connection.execute(query).scalars())

    def ids_told(self, run_id: int, most: int) -> dict[str, list[int]]:
        """The internal ids of the key results and objectives that the run's waiting messages are about.

        Of each message only the first so many records are told in full.
        """
        to = automation_recipients.c
        query = sa.select(to.records).where(to.run_id == run_id, to.state == "waiting")
        found: dict[str, list[int]] = {}
        with self.database.read() as connection:
            named = [record for records in connection.execute(query).scalars() for record in records[:most]]
            for kind, table in (("key_result", key_results), ("objective", objectives)):
                ids: list[int] = []
                for part in chunks(sorted({key for of_kind, key in named if of_kind == kind})):
                    ids += connection.execute(sa.select(table.c.id).where(table.c.key.in_(part))).scalars()
                found[kind] = ids
        return found

    def addressed(self, recipient_id: int, now: datetime) -> Addressed | None:
        """What has to be said to whom, judged by the rights of this moment; None when another worker did it."""
        with self.database.read() as connection:
            row = connection.execute(_RECIPIENT, {"ident": recipient_id}).first()
            if row is None:
                return None
            rule = automation_by_id(connection, row.automation_id, row.version)
            person = actor_of(connection, row.person_id)
            owner = actor_of(connection, rule.owner_id)
            nobody = Actor(row.person_id, "", "", "employee", None, "UTC", "en")
            due = Addressed(row.id, row.run_id, rule, owner or nobody, person or nobody, row.instant, ())
            if rule.state in ("removed", "paused"):
                return replace(due, skip=rule.state)
            if owner is None or person is None:
                return replace(due, skip="inactive" if person is None else "owner_left")
            told = " ".join(action.message or "" for action in rule.rule.messages())
            records = visible(connection, person, row.records, told)
            if records is None:
                return replace(due, skip="not_visible")
            if is_turned_off(connection, person.id, rule.id):
                return replace(due, skip="turned_off")
            if has_enough(connection, rule.id, person.id, now):
                return replace(due, skip="daily_cap")
            return replace(due, records=tuple(records))

    def deliver(self, due: Addressed, letter: Letter | None, now: datetime) -> None:
        """Put the message into the person's inbox, or note why not; once, whatever happens in between."""
        with self.database.write() as connection:
            if connection.execute(_WAITS, {"ident": due.recipient_id}).scalar() is None:
                return
            if letter is None:
                values: dict[str, Any] = {"state": "skipped", "reason": due.skip}
            else:
                rule = due.automation
                key = put_message(
                    connection,
                    person_id=due.person.id,
                    automation_id=rule.id,
                    idempotency_key=f"{rule.key}:{rule.version}:{micros(due.instant)}:{due.person.id}",
                    instant=due.instant,
                    letter=letter,
                    now=now,
                )
                values = {"state": "delivered", "message": key}
            mine = {"ident": due.recipient_id, "became": values["state"], "why": values.get("reason")}
            connection.execute(_SETTLED, {**mine, "told": values.get("message")})
            finish_run(connection, due.run_id)

    def fail_delivery(self, recipient_id: int, reason: str) -> None:
        """Note that a message could not be made, so that the others are not held up by it."""
        to = automation_recipients.c
        with self.database.write() as connection:
            run_id = connection.execute(sa.select(to.run_id).where(to.id == recipient_id)).scalar_one()
            change = sa.update(automation_recipients).where(to.id == recipient_id, to.state == "waiting")
            connection.execute(change.values(state="failed", reason=reason[:500]))
            finish_run(connection, run_id)

    def pause_failing(self, now: datetime, notice: Notice) -> None:
        """Pause the rules that failed three times in a row, and tell their owners."""
        columns = automations.c
        failing = sa.select(columns.id).where(columns.state == "active", columns.failures >= FAILURES_BEFORE_PAUSE)
        with self.database.write() as connection:
            for ident in connection.execute(failing).scalars().all():
                _pause_failing(connection, automation_by_id(connection, ident), now, notice)


def settle(connection: Connection, automation_id: int, now: datetime, notice: Notice) -> None:
    """Settle a rule within a transaction, as `settle_automation` says."""
    row = connection.execute(sa.select(automations).where(automations.c.id == automation_id)).one()
    if row.state not in ("active", "paused") or row.settled_to is None or row.settled_to >= now:
        return
    rule = automation_by_id(connection, automation_id)
    run = _due(connection, rule, row.settled_to, now)
    owner = actor_of(connection, row.owner_id)
    state, failures = row.state, row.failures
    if run and state == "active":
        why = _right_lost(connection, rule, owner)
        if why is None and owner is not None:
            opened = [_open_run(connection, rule, owner, at, run[at], now) for at in sorted(run)]
            # Where somebody waits it is known only later whether the run succeeds.
            failures = row.failures if any(opened) else 0
        else:
            record_runs(connection, rule, sorted(run), "paused", now)
            pause(connection, rule.id, now, why or "owner_left")
            state = "paused"
            _tell(connection, rule, owner, why or "owner_left", notice, now)
            add_audit(connection, None, now, "pause", "automation", rule.key, detail={"reason": why})
    elif run:
        # They came before the pause, and nobody looked in time.
        record_runs(connection, rule, sorted(run), "missed", now)
    coming = next_due(rule.rule, zones_of(connection, rule.rule), now)
    values: dict[str, Any] = {"settled_to": now, "next_at": coming, "failures": failures}
    if coming is None and state == "active":
        values["state"] = "ended"
    connection.execute(sa.update(automations).where(automations.c.id == automation_id).values(values))


def _due(connection: Connection, rule: Automation, after: datetime, now: datetime) -> dict[datetime, set[str]]:
    """The instants to run now, each with the zones it is due in; the others that came are recorded."""
    if rule.rule.schedule is None and rule.rule.at is None:
        return {now: set()} if rule.state == "active" else {}
    pauses = pauses_of(connection, rule.id)
    run: dict[datetime, set[str]] = {}
    missed: set[datetime] = set()
    paused: set[datetime] = set()
    for zone in zones_of(connection, rule.rule):
        settled = catch_up(due_in(rule.rule, zone, after, now), now, rule.catch_up, pauses=pauses)
        for at in settled.run:
            run.setdefault(at, set()).add(zone)
        missed.update(settled.missed)
        paused.update(settled.paused)
    record_runs(connection, rule, sorted(missed - set(run)), "missed", now)
    record_runs(connection, rule, sorted(paused - set(run)), "paused", now)
    return run


def _right_lost(connection: Connection, rule: Automation, owner: Actor | None) -> str | None:
    if owner is None:
        return "owner_left"
    return "not_allowed" if refusal(connection, owner, rule.rule) is not None else None


def _open_run(
    connection: Connection, rule: Automation, owner: Actor, at: datetime, zones: set[str], now: datetime
) -> bool:
    """Begin the run of an instant; True when somebody or something waits in it then."""
    records: Sequence[Record] = ()
    if rule.rule.condition is not None:
        now_met = {
            record.name: record for record in met(connection, owner, rule.rule.condition, moment_at(connection, now))
        }
        known = sa.select(automation_met.c.record).where(automation_met.c.automation_id == rule.id)
        new = newly_met(now_met, connection.execute(known).scalars())
        replace_met(connection, rule.id, sorted(now_met))
        records = [now_met[name] for name in sorted(new)]
        if not records and rule.rule.schedule is None:
            return False
    moment = moment_at(connection, at)
    everybody = reached(connection, owner, rule.rule, moment, records) if _has_work(rule, records) else {}
    changes = changes_of(connection, owner, rule.rule, moment, records, everybody) if _has_work(rule, records) else []
    found = everybody if rule.rule.messages() else {}
    if rule.rule.zone == RECIPIENT and zones:
        own = {row.id: row.timezone for row in connection.execute(sa.select(people.c.id, people.c.timezone))}
        found = {who: what for who, what in found.items() if (own.get(who) or rule.rule.company_zone) in zones}
    # Whichever version it was: an edited rule does not repeat an instant.
    there = sa.select(automation_runs.c.id).where(
        automation_runs.c.automation_id == rule.id, automation_runs.c.instant == at
    )
    if connection.execute(there).scalar() is not None:
        return False
    run_id = connection.execute(
        sa.insert(automation_runs)
        .values(
            automation_id=rule.id,
            version=rule.version,
            instant=at,
            began=now,
            state="running" if found or changes else "done",
        )
        .returning(automation_runs.c.id)
    ).scalar_one()
    rows = [
        {"run_id": run_id, "person_id": who, "state": "waiting", "records": [[r.kind, r.key] for r in what]}
        for who, what in found.items()
    ]
    for part in chunks(rows):
        connection.execute(sa.insert(automation_recipients), part)
    for piece in chunks(changes):
        connection.execute(sa.insert(automation_changes), [{"run_id": run_id, **change.row()} for change in piece])
    add_audit(connection, owner, now, "run", "automation", rule.key, detail={"instant": at.isoformat()})
    return bool(found or changes)


def _has_work(rule: Automation, records: Sequence[Record]) -> bool:
    return rule.rule.condition is None or bool(records)


def _pause_failing(connection: Connection, rule: Automation, now: datetime, notice: Notice) -> None:
    if pause(connection, rule.id, now, "failures"):
        _tell(connection, rule, actor_of(connection, rule.owner_id), "failures", notice, now)
        add_audit(connection, None, now, "pause", "automation", rule.key, detail={"reason": "failures"})


def _tell(
    connection: Connection, rule: Automation, owner: Actor | None, why: str, notice: Notice, now: datetime
) -> None:
    told = [owner] if owner is not None else _admins(connection)
    for person in told:
        put_message(
            connection,
            person_id=person.id,
            automation_id=rule.id,
            idempotency_key=f"{rule.key}:{rule.version}:notice:{micros(now)}:{person.id}",
            instant=None,
            letter=notice(rule, person, why),
            now=now,
        )


def _admins(connection: Connection) -> list[Actor]:
    query = sa.select(people.c.id).where(people.c.active, people.c.role == "admin").order_by(people.c.id)
    found = (actor_of(connection, ident) for ident in connection.execute(query).scalars().all())
    return [actor for actor in found if actor is not None]
