"""The last run of many rules at once, for a list of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from okr.access import Actor
from okr.rule_tables import automation_recipients, automation_runs, automations
from okr.store.engine import Database
from okr.store.upkeep import chunks


@dataclass(frozen=True, slots=True)
class LastRun:
    """The latest instant of a rule, what became of it, and how many messages became what."""

    instant: datetime
    state: str
    states: dict[str, int]


class RuleHistoryPart:
    """The store's questions about the latest runs."""

    database: Database

    def last_runs(self, actor: Actor, keys: Sequence[str]) -> dict[str, LastRun]:
        """The last run of each of the rules that the person may read, by key; none for those that never ran."""
        run, to = automation_runs.c, automation_recipients.c
        found: dict[str, LastRun] = {}
        with self.database.read() as connection:
            for part in chunks(list(keys), 500):
                rules = sa.select(automations.c.id).where(automations.c.key.in_(part))
                if not actor.is_admin:
                    rules = rules.where(automations.c.owner_id == actor.id)
                latest = (
                    sa.select(run.automation_id, sa.func.max(run.instant).label("instant"))
                    .where(run.automation_id.in_(rules))
                    .group_by(run.automation_id)
                    .subquery()
                )
                query = (
                    sa.select(automations.c.key, run.id, run.instant, run.state, to.state, sa.func.count(to.id))
                    .select_from(automation_runs)
                    .join(latest, sa.and_(latest.c.automation_id == run.automation_id, latest.c.instant == run.instant))
                    .join(automations, automations.c.id == run.automation_id)
                    .outerjoin(automation_recipients, to.run_id == run.id)
                    .group_by(automations.c.key, run.id, run.instant, run.state, run.version, to.state)
                    .order_by(run.version, run.id)
                )
                by_run: dict[tuple[str, int], LastRun] = {}
                for key, ident, instant, state, became, count in connection.execute(query):
                    one = by_run.setdefault((key, ident), LastRun(instant, state, {}))
                    if became is not None:
                        one.states[became] = count
                    # Two versions may have an instant in common; the newer one is told.
                    found[key] = one
        return found
