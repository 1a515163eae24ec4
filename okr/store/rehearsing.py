"""What a rule would do at a moment, worked out without doing it: whom it reaches, whom it passes over and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.automations import Rule
from okr.models import key_results, objectives, people, task_key_results, tasks
from okr.store.acting import Planned, changes_of
from okr.store.audiences import reached
from okr.store.automations import actor_of, automation_shown, moment_at
from okr.store.conditions import Record, met
from okr.store.engine import Database
from okr.store.firing import Addressed
from okr.store.receiving import turned_off_by
from okr.store.restricted import names_restricted
from okr.store.seeing import judged
from okr.store.upkeep import chunks


@dataclass(frozen=True, slots=True)
class Heard:
    """One person whom the rule would write to; `reason` says why they would be passed over, None that they get it.

    `records` is the number of records that it would be about.
    """

    email: str
    name: str
    zone: str
    records: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would happen at one instant: who hears of it, and what is done to which records."""

    at: datetime
    heard: tuple[Heard, ...]
    changes: tuple[Planned, ...]
    records: tuple[str, ...] = ()

    @property
    def gets(self) -> int:
        """How many people would get it."""
        return sum(one.reason is None for one in self.heard)


class RehearsingPart:
    """The store's dry runs."""

    database: Database

    def rehearse(
        self, actor: Actor, rule: Rule, at: datetime, *, key: str | None = None, new: Collection[str] | None = None
    ) -> Rehearsal:
        """What the rule, as this person's, would do at that moment; nothing is stored or sent.

        `key` names the rule where it exists already. For a condition it is about the records that meet it then, or
        those of them that are in `new` (kind:key).
        """
        with self.database.read() as connection:
            own = None if key is None else automation_shown(connection, actor, key).id
            moment = moment_at(connection, at)
            records = met(connection, actor, rule.condition, moment) if rule.condition else []
            if new is not None:
                records = [record for record in records if record.name in new]
            idle = rule.condition is not None and not records
            found = {} if idle else reached(connection, actor, rule, moment, records)
            changes = [] if idle else changes_of(connection, actor, rule, moment, records, found)
            if not rule.messages():
                found = {}
            told = " ".join(action.message or "" for action in rule.messages())
            named = {record.name: record for theirs in found.values() for record in theirs}
            narrow = _restricted(connection, list(named.values()))
            closed = names_restricted(connection, told)
            off = set() if own is None else turned_off_by(connection, own)
            heard: list[Heard] = []
            columns = (people.c.id, people.c.email, people.c.name, people.c.timezone, people.c.active)
            for part in chunks(sorted(found)):
                for row in connection.execute(sa.select(*columns).where(people.c.id.in_(part))):
                    theirs = found[row.id]
                    one = Heard(row.email, row.name, row.timezone or moment.company.timezone, len(theirs))
                    reason = "turned_off" if row.id in off else None
                    if not row.active:
                        reason = "inactive"
                    elif closed or any(record.name in narrow for record in theirs):
                        # Only these need a look at what the person may see.
                        person = actor_of(connection, row.id)
                        shown = [] if person is None else judged(connection, person, theirs, told)
                        one = replace(one, records=len(shown or ()))
                        reason = "not_visible" if shown is None else reason
                    heard.append(replace(one, reason=reason))
        heard.sort(key=lambda one: (one.name, one.email))
        return Rehearsal(at, tuple(heard), tuple(changes), tuple(record.name for record in records))

    def addressed_now(self, actor: Actor, key: str, now: datetime, most: int = 20) -> list[Addressed]:
        """The messages that the rule would send now, of the first people in it, for a dry run to show."""
        with self.database.read() as connection:
            rule = automation_shown(connection, actor, key)
            owner = actor_of(connection, rule.owner_id)
            if owner is None:
                return []
            moment = moment_at(connection, now)
            records = met(connection, owner, rule.rule.condition, moment) if rule.rule.condition else []
            idle = (rule.rule.condition is not None and not records) or not rule.rule.messages()
            found = {} if idle else reached(connection, owner, rule.rule, moment, records)
            told = " ".join(action.message or "" for action in rule.rule.messages())
            letters: list[Addressed] = []
            for person_id in sorted(found):
                person = actor_of(connection, person_id)
                shown = None if person is None else judged(connection, person, found[person_id], told)
                if person is not None and shown is not None and len(letters) < most:
                    letters.append(Addressed(0, 0, rule, owner, person, now, tuple(shown)))
        return letters


def _restricted(connection: Connection, records: Sequence[Record]) -> set[str]:
    """Those of the records that are not everybody's to see."""
    ids: dict[str, list[int]] = {}
    for record in records:
        ids.setdefault(record.kind, []).append(record.id)
    linked = (
        sa.select(task_key_results.c.task_id)
        .join(key_results, key_results.c.id == task_key_results.c.key_result_id)
        .where(sa.not_(key_results.c.open))
    )
    closed = {
        "key_result": sa.select(key_results.c.id).where(sa.not_(key_results.c.open)),
        "objective": sa.select(objectives.c.id).where(objectives.c.visibility != "company"),
        "task": sa.select(tasks.c.id).where(tasks.c.id.in_(linked)),
    }
    found: set[tuple[str, int]] = set()
    for kind, query in closed.items():
        for part in chunks(ids.get(kind, [])):
            found |= {
                (kind, ident)
                for ident in connection.execute(query.where(query.selected_columns[0].in_(part))).scalars()
            }
    return {record.name for record in records if (record.kind, record.id) in found}
