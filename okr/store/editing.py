"""A rule that is changed: a new version of it, from now on; what the earlier ones did stays readable."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import sqlalchemy as sa

from okr.access import Actor
from okr.automations import Rule
from okr.errors import NotFoundError
from okr.models import people
from okr.rule_tables import automation_versions, automations
from okr.store.audit import add_audit
from okr.store.automations import (
    Automation,
    AutomationsPart,
    RuleRefusedError,
    automation_by_id,
    automation_shown,
    earlier,
    next_due,
    remember_met,
    zones_of,
)
from okr.store.engine import Database
from okr.store.firing import Notice, settle


class EditingPart(AutomationsPart):
    """The store's door to changing rules."""

    database: Database

    def edit_automation(
        self, actor: Actor, key: str, rule: Rule, now: datetime, notice: Notice, *, catch_up: str | None = None
    ) -> Automation:
        """Let the rule say something else from now on, as whoever edits it; instants up to now never run again.

        What had come due before is settled as the earlier version said. An admin who edits somebody's rule becomes
        its owner, because it runs with the rights of who last said what it does.
        """
        self.automation(actor, key)
        self.check_automation(actor, rule, now)
        with self.database.write() as connection:
            before = automation_shown(connection, actor, key)
            if before.state == "removed":
                raise RuleRefusedError(f"{before.key} is removed.", "Set a new rule.")
            # A rule on a record that is gone cannot be settled, and is edited for that very reason.
            with suppress(NotFoundError):
                settle(connection, before.id, now, notice)
            before = automation_by_id(connection, before.id)
            row = connection.execute(sa.select(automations).where(automations.c.id == before.id)).one()
            connection.execute(
                sa.insert(automation_versions).values(
                    automation_id=before.id,
                    version=before.version,
                    words=before.words,
                    rule=row.rule,
                    catch_up=before.catch_up,
                    owner_id=before.owner_id,
                    ended_at=now,
                )
            )
            settled = None if row.settled_to is None else max(row.settled_to, now)
            connection.execute(
                sa.update(automations)
                .where(automations.c.id == before.id)
                .values(
                    owner_id=actor.id,
                    version=before.version + 1,
                    words=rule.text,
                    rule=rule.document(),
                    catch_up=catch_up or before.catch_up,
                    # A rule that had come to its end runs again when it is given another time.
                    state="active" if before.state == "ended" else before.state,
                    settled_to=settled,
                    next_at=None if settled is None else next_due(rule, zones_of(connection, rule), settled),
                    failures=0,
                )
            )
            if settled is not None:
                remember_met(connection, before.id, actor, rule, now)
            add_audit(
                connection,
                actor,
                now,
                "edit",
                "automation",
                before.key,
                detail={"from": before.words, "to": rule.text, "version": before.version + 1},
            )
        return self.automation(actor, key)

    def automation_versions(self, actor: Actor, key: str) -> list[Automation]:
        """What the rule said, from its first version to the one of today."""
        said = automation_versions.c
        with self.database.read() as connection:
            rule = automation_shown(connection, actor, key)
            query = (
                sa.select(automation_versions, people.c.email)
                .join(people, people.c.id == said.owner_id)
                .where(said.automation_id == rule.id)
                .order_by(said.version)
            )
            return [*(earlier(rule, row) for row in connection.execute(query)), rule]
