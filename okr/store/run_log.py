"""What became of each instant of a rule: who got what, who was skipped and why, and what was changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from okr.access import Actor
from okr.models import people
from okr.rule_tables import automation_changes, automation_recipients, automation_runs
from okr.store.automations import automation_shown
from okr.store.engine import Database


@dataclass(frozen=True, slots=True)
class RunRecipient:
    """What became of one person's message: delivered, skipped with a reason, failed, or still waiting."""

    person: str
    state: str
    message: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class RunChange:
    """What a run did to a record: a comment in its thread, or a task's status from `before` to `after`."""

    kind: str
    record: str
    state: str
    reason: str | None
    before: str | None
    after: str | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class AutomationRun:
    """One instant of a rule and what became of it: done, missed, failed, paused, or still running."""

    instant: datetime
    version: int
    state: str
    reason: str | None
    recipients: tuple[RunRecipient, ...]
    changes: tuple[RunChange, ...] = ()


class RunLogPart:
    """The store's questions about what rules did."""

    database: Database

    def automation_runs(self, actor: Actor, key: str) -> list[AutomationRun]:
        """What became of every instant of the rule so far, oldest first."""
        runs, to, did = automation_runs.c, automation_recipients.c, automation_changes.c
        with self.database.read() as connection:
            mine = runs.automation_id == automation_shown(connection, actor, key).id
            told = (
                sa.select(to.run_id, people.c.email, to.state, to.message, to.reason)
                .join(people, people.c.id == to.person_id)
                .join(automation_runs, runs.id == to.run_id)
                .where(mine)
                .order_by(people.c.email)
            )
            changed = (
                sa.select(did.run_id, did.kind, did.record, did.state, did.reason, did.before, did.after, did.comment)
                .join(automation_runs, runs.id == did.run_id)
                .where(mine)
                .order_by(did.id)
            )
            recipients: dict[int, list[RunRecipient]] = {}
            for run_id, *facts in connection.execute(told):
                recipients.setdefault(run_id, []).append(RunRecipient(*facts))
            changes: dict[int, list[RunChange]] = {}
            for run_id, *facts in connection.execute(changed):
                changes.setdefault(run_id, []).append(RunChange(*facts))
            columns = (runs.id, runs.instant, runs.version, runs.state, runs.reason)
            query = sa.select(*columns).where(mine).order_by(runs.instant, runs.version)
            return [
                AutomationRun(
                    row.instant,
                    row.version,
                    row.state,
                    row.reason,
                    tuple(recipients.get(row.id, ())),
                    tuple(changes.get(row.id, ())),
                )
                for row in connection.execute(query)
            ]
