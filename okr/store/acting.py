"""What rules do to records: comments in threads and the status of tasks, in their owner's name and rights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, may_change_task, sees_key_result, sees_task
from okr.automations import ON_RECORDS, Action, Rule
from okr.models import TaskStatus, key_results, micros, task_key_results, tasks
from okr.rule_tables import automation_changes, automation_recipients, automation_runs, automations
from okr.store.audiences import OF_OWNERS, Reached, refusal, team_below
from okr.store.audit import add_audit
from okr.store.automations import Automation, actor_of, automation_by_id
from okr.store.comments import cleaned, put_comment
from okr.store.conditions import Moment, Record
from okr.store.engine import Database
from okr.store.keeping import change_within
from okr.store.restricted import names_restricted
from okr.store.upkeep import chunks

Comment = Callable[[Automation, Action], str]
"""The words of a comment that a rule posts."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One thing a rule would do to a record; `reason` says why it would be passed over."""

    action: int
    kind: str
    record: str
    before: str | None
    after: str | None
    reason: str | None = None

    def row(self) -> dict[str, Any]:
        """As it is kept until it is done."""
        return {
            "action": self.action,
            "kind": self.kind,
            "record": self.record,
            "before": self.before,
            "after": self.after,
            "state": "waiting",
        }


class ActingPart:
    """The store's side of what rules do to records."""

    database: Database

    def waiting_changes(self, run_id: int) -> list[int]:
        """The internal ids of what a run has still to do to records, in order."""
        did = automation_changes.c
        query = sa.select(did.id).where(did.run_id == run_id, did.state == "waiting").order_by(did.id)
        with self.database.read() as connection:
            return list(connection.execute(query).scalars())

    def apply_change(self, change_id: int, words: Comment, now: datetime) -> str | None:
        """Do it with the owner's rights of this moment, once; what became of it, None when it was done before."""
        did, run = automation_changes.c, automation_runs.c
        query = (
            sa.select(automation_changes, run.automation_id, run.version, run.instant)
            .join(automation_runs, run.id == did.run_id)
            .where(did.id == change_id, did.state == "waiting")
        )
        with self.database.write() as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            rule = automation_by_id(connection, row.automation_id, row.version)
            owner = actor_of(connection, rule.owner_id)
            reason = _stopped(connection, rule, owner)
            values: dict[str, Any] = {"state": "skipped", "reason": reason}
            if reason is None and owner is not None:
                values = _done(connection, rule, owner, row, words, now)
            connection.execute(sa.update(automation_changes).where(did.id == change_id).values(values))
            finish_run(connection, row.run_id)
        return str(values["state"])

    def fail_change(self, change_id: int, reason: str) -> None:
        """Note that it could not be done, so that the others are not held up by it."""
        did = automation_changes.c
        with self.database.write() as connection:
            run_id = connection.execute(sa.select(did.run_id).where(did.id == change_id)).scalar_one()
            change = sa.update(automation_changes).where(did.id == change_id, did.state == "waiting")
            connection.execute(change.values(state="failed", reason=reason[:500]))
            finish_run(connection, run_id)


def changes_of(
    connection: Connection, owner: Actor, rule: Rule, moment: Moment, records: Sequence[Record], people: Reached
) -> list[Planned]:
    """What the rule does to records then: to open tasks of the key results concerned, and to threads.

    They are those that met its condition, those of the owners it reaches, those of the team it names, or else
    all of the cycles in force. A key result that it concerns by name and that has no open task is commented on
    in its own thread.
    """
    if not rule.acts_on_records():
        return []
    named = list(records)
    if rule.condition is None and rule.audience is not None and rule.audience.kind in OF_OWNERS:
        named = list({record.name: record for theirs in people.values() for record in theirs}.values())
    explicit = rule.condition is not None or bool(named)
    if explicit:
        concerned = [record.id for record in named if record.kind == "task"]
        found = _rows(connection, owner, tasks.c.id, concerned)
        of = _key_results(connection, owner, moment, named)
        linked = _rows(connection, owner, task_key_results.c.key_result_id, of)
        found = list({row.id: row for row in (*found, *linked)}.values())
        bare = _without(connection, of, [row.id for row in found])
    elif rule.condition is None and rule.audience is not None and rule.audience.kind in OF_OWNERS:
        found, bare = [], []
    else:
        found, bare = _of_all(connection, owner, rule, moment), []
    planned: list[Planned] = []
    for place, action in enumerate(rule.actions):
        if action.kind == "set_task_status":
            for row in found:
                if row.status != action.status:
                    reason = None if row.may else "not_allowed"
                    planned.append(Planned(place, action.kind, f"task:{row.key}", row.status, action.status, reason))
        elif action.kind in ON_RECORDS:
            planned += [Planned(place, action.kind, f"task:{row.key}", None, None) for row in found]
            planned += [Planned(place, action.kind, f"key_result:{key}", None, None) for key in bare]
    return planned


# Built once: this is asked after each delivery.
_WAITING = tuple(
    sa.select(table.c.id).where(table.c.run_id == sa.bindparam("run"), table.c.state == "waiting").limit(1)
    for table in (automation_recipients, automation_changes)
)


def finish_run(connection: Connection, run_id: int) -> None:
    """Close a run when nobody and nothing in it waits any more."""
    if any(connection.execute(query, {"run": run_id}).first() for query in _WAITING):
        return
    states: set[str] = set()
    for table in (automation_recipients, automation_changes):
        states |= set(connection.execute(sa.select(table.c.state).where(table.c.run_id == run_id).distinct()).scalars())
    outcome = "failed" if states == {"failed"} else "done"
    run = automation_runs.c
    connection.execute(sa.update(automation_runs).where(run.id == run_id).values(state=outcome))
    of_run = sa.select(run.automation_id).where(run.id == run_id).scalar_subquery()
    failures = automations.c.failures + 1 if outcome == "failed" else 0
    connection.execute(sa.update(automations).where(automations.c.id == of_run).values(failures=failures))


def _stopped(connection: Connection, rule: Automation, owner: Actor | None) -> str | None:
    if rule.state in ("removed", "paused"):
        return rule.state
    if owner is None:
        return "owner_left"
    return "not_allowed" if refusal(connection, owner, rule.rule) is not None else None


def _done(
    connection: Connection, rule: Automation, owner: Actor, row: Any, words: Comment, now: datetime
) -> dict[str, Any]:
    kind, _, key = row.record.partition(":")
    table = tasks if kind == "task" else key_results
    sees = sees_task(owner, tasks) if kind == "task" else sees_key_result(owner)
    ident = connection.execute(sa.select(table.c.id).where(table.c.key == key, sees)).scalar()
    if ident is None:
        return {"state": "skipped", "reason": "not_visible"}
    detail: dict[str, object] = {"rule": rule.key, "instant": row.instant.isoformat()}
    if row.kind == "post_comment":
        body = cleaned(words(rule, rule.rule.actions[row.action]))
        if names_restricted(connection, body):
            # A thread is read by everybody who sees the record, not by the owner of the rule alone.
            return {"state": "skipped", "reason": "not_visible"}
        posted = put_comment(
            connection,
            owner,
            {"task_id" if kind == "task" else "key_result_id": ident},
            body,
            now,
            automation_id=rule.id,
            idempotency_key=f"{rule.key}:{row.version}:{micros(row.instant)}:{row.action}:{row.record}",
        )
        add_audit(connection, owner, now, "post", "comment", posted, detail={**detail, "record": row.record})
        return {"state": "done", "comment": posted}
    columns = (tasks.c.status, may_change_task(owner).label("may"))
    task = connection.execute(sa.select(*columns).where(tasks.c.id == ident)).one()
    reason = _unchangeable(connection, rule, row, task)
    if reason is not None:
        if reason == "not_allowed":
            add_audit(connection, owner, now, "set_status", "task", key, allowed=False, detail=detail)
        return {"state": "skipped", "reason": reason, "before": task.status}
    change_within(connection, owner, "task", key, {"status": row.after}, now, None)
    add_audit(
        connection, owner, now, "set_status", "task", key, detail={**detail, "from": task.status, "to": row.after}
    )
    return {"state": "done", "before": task.status}


def _unchangeable(connection: Connection, rule: Automation, row: Any, task: Any) -> str | None:
    if not task.may:
        return "not_allowed"
    if task.status == row.after:
        return "no_change"
    if task.status == TaskStatus.DONE:
        return "done_meanwhile"
    if rule.rule.condition is not None:
        # Two rules that answer each other's changes would never come to an end.
        did, run = automation_changes.c, automation_runs.c
        last = (
            sa.select(did.after, run.automation_id)
            .join(automation_runs, run.id == did.run_id)
            .where(did.record == row.record, did.kind == "set_task_status", did.state == "done")
            .order_by(did.id.desc())
            .limit(1)
        )
        before = connection.execute(last).first()
        if before is not None and before.after == task.status and before.automation_id != rule.id:
            return "set_by_rule"
    return None


def _open_tasks(owner: Actor) -> sa.Select[Any]:
    columns = (tasks.c.id, tasks.c.key, tasks.c.status, may_change_task(owner).label("may"))
    return sa.select(*columns).where(sees_task(owner, tasks), tasks.c.status != TaskStatus.DONE).order_by(tasks.c.key)


def _rows(connection: Connection, owner: Actor, column: sa.Column[Any], ids: Sequence[int]) -> list[Any]:
    found: list[Any] = []
    for part in chunks(sorted(set(ids))):
        query = _open_tasks(owner)
        if column.table is task_key_results:
            linked = sa.select(task_key_results.c.task_id).where(column.in_(part))
            query = query.where(tasks.c.id.in_(linked))
        else:
            query = query.where(column.in_(part))
        found += connection.execute(query).all()
    return found


def _key_results(connection: Connection, owner: Actor, moment: Moment, records: Iterable[Record]) -> list[int]:
    """The live key results that the records are, belong to, or feed."""
    ids: dict[str, list[int]] = {}
    for record in records:
        ids.setdefault(record.kind, []).append(record.id)
    live = sa.select(key_results.c.id).where(
        key_results.c.live, key_results.c.cycle_id.in_([c.id for c in moment.in_force]), sees_key_result(owner)
    )
    found: list[int] = []
    by = {"key_result": key_results.c.id, "objective": key_results.c.objective_id, "kpi": key_results.c.kpi_id}
    for kind, column in by.items():
        for part in chunks(ids.get(kind, [])):
            found += connection.execute(live.where(column.in_(part)).order_by(key_results.c.key)).scalars()
    return list(dict.fromkeys(found))


def _without(connection: Connection, key_result_ids: Sequence[int], task_ids: Sequence[int]) -> list[str]:
    """The keys of those key results that none of the tasks is linked to."""
    having: set[int] = set()
    for part in chunks(task_ids):
        linked = sa.select(task_key_results.c.key_result_id).where(task_key_results.c.task_id.in_(part))
        having |= set(connection.execute(linked).scalars())
    bare: list[str] = []
    for some in chunks([ident for ident in key_result_ids if ident not in having]):
        named = sa.select(key_results.c.key).where(key_results.c.id.in_(some)).order_by(key_results.c.key)
        bare += connection.execute(named).scalars()
    return bare


def _of_all(connection: Connection, owner: Actor, rule: Rule, moment: Moment) -> list[Any]:
    """The open tasks of live key results in the cycles in force, of the rule's team where it names one."""
    linked = (
        sa.select(task_key_results.c.task_id)
        .join(key_results, key_results.c.id == task_key_results.c.key_result_id)
        .where(key_results.c.live, key_results.c.cycle_id.in_([c.id for c in moment.in_force]), sees_key_result(owner))
    )
    if rule.audience is not None and rule.audience.team is not None:
        linked = linked.where(key_results.c.team_id.in_(team_below(rule.audience.team, owner)))
    return list(connection.execute(_open_tasks(owner).where(tasks.c.id.in_(linked))).all())
