"""Records that people make, change and remove: one plan for each, checked against rights, rules and versions.

A plan is worked out by reading alone, so that a proposal can show old and new before anybody confirms
it; the same plan is worked out again inside the transaction that carries it out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.calendar import day_of, zone_named
from okr.errors import NotAllowedError, OkrError
from okr.fields import DEFAULTS, FIELDS, PREFIX, checked
from okr.models import companies, milestones, task_dependencies, task_key_results
from okr.refusals import RefusedError
from okr.store import keeping_rules as rules
from okr.store.change_log import Changed, add_changes, plain, refuse_outdated
from okr.store.committing import audited
from okr.store.engine import Database
from okr.store.lookup import TABLES, allowed, find, named, new_key, public
from okr.store.upkeep import NAMED, refresh_copied, refresh_latest, refresh_names, refresh_team_paths


@dataclass(frozen=True, slots=True)
class Saved:
    """What was done, or would be: the record, its version afterwards, and each field before and after.

    `title` is its name or title. `key` is empty for a record that would be made.
    """

    kind: str
    key: str
    title: str
    version: int
    changes: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A record as a form shows it: its fields in the words of the company file, its version, the person's rights."""

    kind: str
    key: str
    title: str
    version: int
    fields: dict[str, Any]
    may_change: bool


@dataclass(slots=True)
class Plan:
    """What is going to be written: columns of the row, links and steps in tables of their own, and the changes."""

    kind: str
    row: Any  # None for a record that is made
    columns: dict[str, Any] = field(default_factory=dict)
    links: dict[str, list[int]] = field(default_factory=dict)
    steps: list[dict[str, Any]] | None = None
    changes: list[Changed] = field(default_factory=list)
    key: str = ""
    # The links that the person saw; others stay as they are.
    seen_links: dict[str, set[int]] = field(default_factory=dict)


class KeepingPart:
    """The store's commands over records."""

    database: Database

    def record_fields(self, actor: Actor, kind: str, key: str) -> Kept:
        """The record for a form to edit; `NotFoundError` where there is none that the person sees."""
        with self.database.read() as connection:
            row = find(connection, actor, kind, key)
            fields = {name: plain(value) for name, value in current(connection, actor, kind, row).items()}
            may = allowed(connection, actor, kind, row.id) or (kind == "person" and row.id == actor.id)
            return Kept(kind, str(getattr(row, public(kind).name)), _title(kind, row), row.version, fields, may)

    def preview_create(self, actor: Actor, kind: str, values: Mapping[str, Any], now: datetime) -> Saved:
        """What `create` would make; raises what it would raise, and writes nothing."""
        with self.database.read() as connection:
            plan = plan_create(connection, actor, kind, values, now)
        return Saved(kind, plan.key, _new_title(plan), 1, tuple(plan.changes))

    def preview_change(self, actor: Actor, kind: str, key: str, values: Mapping[str, Any], now: datetime) -> Saved:
        """What `change` would do; raises what it would raise, and writes nothing."""
        with self.database.read() as connection:
            plan = plan_change(connection, actor, kind, key, values, now)
        return Saved(kind, plan.key, _title(kind, plan.row), plan.row.version, tuple(plan.changes))

    def create(self, actor: Actor, kind: str, values: Mapping[str, Any], now: datetime) -> Saved:
        """Make an objective, key result, KPI, task, team, person, cycle or lesson.

        `values` are the fields of the company file by name, links as public ids; `key` (for a person
        `email`) is made up where it is not given. Raises `RefusedError` with the reason,
        `NotAllowedError`, or `NotFoundError` for a link to nothing that the person sees.
        """
        return audited(self.database, actor, now, "create", kind, lambda c: create_within(c, actor, kind, values, now))

    def create_together(
        self, actor: Actor, objective: Mapping[str, Any], key_results: Sequence[Mapping[str, Any]], now: datetime
    ) -> list[Saved]:
        """Make an objective and key results under it, all of them or none; what came to be, the objective first.

        Key results are owned by the objective's owner where they name nobody. Raises what `create` raises;
        `place` of the error says which key result it was, from 1, or 0 for the objective.
        """

        def done(connection: Connection) -> tuple[str, list[Saved]]:
            return _made_together(connection, actor, objective, key_results, now)

        return audited(self.database, actor, now, "create", "objective", done)

    def change(
        self,
        actor: Actor,
        kind: str,
        key: str,
        values: Mapping[str, Any],
        now: datetime,
        *,
        version: int | None = None,
    ) -> Saved:
        """Set fields of a record; those that stay as they are may be given too.

        With the `version` that the person saw, a record that somebody else changed since raises
        `OutdatedError`, which says what was changed and by whom. Besides that as `create`.
        """

        return audited(
            self.database,
            actor,
            now,
            "change",
            kind,
            lambda c: change_within(c, actor, kind, key, values, now, version),
            key,
        )

    def remove(self, actor: Actor, kind: str, key: str, now: datetime, *, version: int | None = None) -> Saved:
        """Take out a record that was made by mistake and that nothing hangs on; its history stays.

        Objectives, key results, KPIs, tasks, teams and lessons; what has a past of its own is refused
        with the names of what hangs on it. People are made inactive instead (`active`: False).
        """

        def done(connection: Connection) -> tuple[str, Saved]:
            row = find(connection, actor, kind, key)
            refuse_outdated(connection, actor, kind, row.id, named(kind, row), version, row.version)
            if not allowed(connection, actor, kind, row.id):
                raise NotAllowedError(f"remove {named(kind, row)}")
            rules.refuse_used(connection, actor, kind, row)
            self._removed(connection, actor, kind, row, now)
            gone = Changed("removed", _title(kind, row), None)
            return row.key, Saved(kind, row.key, _title(kind, row), row.version, (gone,))

        return audited(self.database, actor, now, "remove", kind, done, key)

    def hand_over(self, actor: Actor, from_email: str, to_email: str, now: datetime) -> list[Saved]:
        """Give what one person owns or is to do to another: open objectives, key results, KPIs, tasks, teams.

        For admins. Returns what was changed, one entry a record; the teams last.
        """
        if not actor.is_admin:
            raise NotAllowedError("hand over what others own")

        def done(connection: Connection) -> tuple[str, list[Saved]]:
            giver, taker = find(connection, actor, "person", from_email), find(connection, actor, "person", to_email)
            saved: list[Saved] = []
            for kind, name, row in rules.owned(connection, giver.id):
                plan = plan_change(connection, actor, kind, str(row.key), {name: taker.email}, now)
                saved.append(carry_out(connection, actor, plan, now))
            return giver.email, saved

        return audited(self.database, actor, now, "hand over", "person", done, from_email)

    def _removed(self, connection: Connection, actor: Actor, kind: str, row: Any, now: datetime) -> None:
        before = current(connection, actor, kind, row)
        gone = [Changed("removed", _title(kind, row), None)]
        gone += [Changed(name, value, None) for name, value in before.items() if value not in (None, "", [])]
        add_changes(connection, actor, now, kind, row.id, row.key, row.version + 1, gone)
        rules.delete_with_links(connection, kind, row.id)
        if kind in NAMED:
            refresh_names(connection, kind, [row.id])
        if kind == "team":
            refresh_team_paths(connection)


# ── reading what is there ──────────────────────────────────────────────────────────────────────


def current(connection: Connection, actor: Actor, kind: str, row: Any) -> dict[str, Any]:
    """The fields of a record, links as public ids; a link to what the person does not see is None."""
    found: dict[str, Any] = {}
    for name, each in FIELDS[kind].items():
        if each.form == "link":
            ident = getattr(row, each.stored_in)
            found[name] = rules.visible_key(connection, actor, each.to, ident)
        elif each.form == "links":
            found[name] = [key for _, key in _linked(connection, actor, row.id, name)]
        elif each.form == "steps":
            found[name] = _steps(connection, row.id)
        else:
            found[name] = getattr(row, each.stored_in)
    return found


def _linked(connection: Connection, actor: Actor, task_id: int, name: str) -> list[tuple[int, str]]:
    if name == "key_results":
        table, column, kind = task_key_results, task_key_results.c.key_result_id, "key_result"
    else:
        table, column, kind = task_dependencies, task_dependencies.c.needs_id, "task"
    query = sa.select(column).where(table.c.task_id == task_id).order_by(table.c.position, column)
    found = []
    for ident in connection.execute(query).scalars().all():
        key = rules.visible_key(connection, actor, kind, ident)
        if key is not None:
            found.append((ident, key))
    return found


def _steps(connection: Connection, key_result_id: int) -> list[dict[str, Any]]:
    query = sa.select(milestones).where(milestones.c.key_result_id == key_result_id).order_by(milestones.c.id)
    return [{"title": s.title, "weight": s.weight, "done_on": s.done_on} for s in connection.execute(query)]


def _title(kind: str, row: Any) -> str:
    return str(row.text[:80] if kind == "lesson" else row.name if hasattr(row, "name") else row.title)


def _new_title(plan: Plan) -> str:
    return str(plan.columns.get("title") or plan.columns.get("name") or plan.columns.get("text", ""))[:400]


# ── planning ───────────────────────────────────────────────────────────────────────────────────


def plan_create(connection: Connection, actor: Actor, kind: str, values: Mapping[str, Any], now: datetime) -> Plan:
    """What making the record would write."""
    if kind not in DEFAULTS:
        raise RefusedError("unknown_field", kind=kind, name="kind")
    given = dict(values)
    identity = "email" if kind == "person" else "key"
    key = rules.own_key(connection, kind, given.pop(identity, None))
    fields = {**DEFAULTS[kind], **checked(kind, given)}
    for name, each in FIELDS[kind].items():
        if each.needed and fields.get(name) is None:
            raise RefusedError("missing_field", kind=kind, field=name)
    plan = Plan(kind, None, key=key)
    today = day_of(now, _zone(connection))
    for name in FIELDS[kind]:
        value = fields.get(name)
        _set(connection, actor, plan, name, value)
        if value not in (None, "", []):
            plan.changes.append(Changed(name, None, value))
    rules.refuse_creating(connection, actor, kind, plan.columns, plan.links)
    rules.settle(connection, plan, today)
    return plan


def plan_change(
    connection: Connection, actor: Actor, kind: str, key: str, values: Mapping[str, Any], now: datetime
) -> Plan:
    """What changing the record would write."""
    row = find(connection, actor, kind, key)
    if kind not in FIELDS:
        raise RefusedError("unknown_field", kind=kind, name="kind")
    new = checked(kind, values)
    rules.refuse_changing(connection, actor, kind, row, new)
    plan = Plan(kind, row, key=str(getattr(row, public(kind).name)))
    before = current(connection, actor, kind, row)
    for name, value in new.items():
        if value == before[name]:
            continue
        _set(connection, actor, plan, name, value)
        each = FIELDS[kind][name]
        if each.form == "link" and plan.columns[each.stored_in] == getattr(row, each.stored_in):
            del plan.columns[each.stored_in]
            continue
        plan.changes.append(Changed(name, before[name], plan_value(value, plan, name)))
    if not plan.changes:
        raise RefusedError("nothing_changes", record=named(kind, row))
    rules.refuse_new_place(connection, actor, plan)
    rules.settle(connection, plan, day_of(now, _zone(connection)))
    return plan


def plan_value(value: Any, plan: Plan, name: str) -> Any:
    """The new value as the history tells it; a person by the address as it is kept."""
    return value.lower() if FIELDS[plan.kind][name].to == "person" and isinstance(value, str) else value


def _set(connection: Connection, actor: Actor, plan: Plan, name: str, value: Any) -> None:
    each = FIELDS[plan.kind][name]
    if each.form == "link":
        plan.columns[each.stored_in] = (
            None if value is None else rules.linkable(connection, actor, each.to, value, person_must_be_active=True)
        )
    elif each.form == "links":
        if plan.row is not None:
            plan.seen_links[name] = {ident for ident, _ in _linked(connection, actor, plan.row.id, name)}
        plan.links[name] = [rules.linkable(connection, actor, each.to, key) for key in value or []]
    elif each.form == "steps":
        plan.steps = list(value or [])
    else:
        plan.columns[each.stored_in] = value


def _zone(connection: Connection) -> Any:
    return zone_named(connection.execute(sa.select(companies.c.timezone).limit(1)).scalar() or "UTC")


def create_within(
    connection: Connection, actor: Actor, kind: str, values: Mapping[str, Any], now: datetime
) -> tuple[str, Saved]:
    """Make the record within a transaction; its public id and what was done."""
    saved = carry_out(connection, actor, plan_create(connection, actor, kind, values, now), now)
    return saved.key, saved


def _made_together(
    connection: Connection,
    actor: Actor,
    objective: Mapping[str, Any],
    key_results: Sequence[Mapping[str, Any]],
    now: datetime,
) -> tuple[str, list[Saved]]:
    key, above = create_within(connection, actor, "objective", objective, now)
    saved = [above]
    for values in key_results:
        placed = {"owner": objective.get("owner"), **values, "objective": key}
        try:
            saved.append(create_within(connection, actor, "key_result", placed, now)[1])
        except OkrError as problem:
            # Which of them it was is for the form to show.
            problem.place = len(saved)
            raise
    return key, saved


def change_within(
    connection: Connection,
    actor: Actor,
    kind: str,
    key: str,
    values: Mapping[str, Any],
    now: datetime,
    version: int | None,
) -> tuple[str, Saved]:
    """Change the record within a transaction; its public id and what was done."""
    row = find(connection, actor, kind, key)
    refuse_outdated(connection, actor, kind, row.id, named(kind, row), version, row.version)
    saved = carry_out(connection, actor, plan_change(connection, actor, kind, key, values, now), now)
    return saved.key, saved


# ── carrying out ───────────────────────────────────────────────────────────────────────────────


def carry_out(connection: Connection, actor: Actor, plan: Plan, now: datetime) -> Saved:
    """Write the plan, its history, and what is kept in step with it."""
    table = TABLES[plan.kind]
    if plan.row is None:
        identity = public(plan.kind).name
        key = plan.key or new_key(connection, plan.kind, PREFIX[plan.kind])
        values = {**plan.columns, identity: key, **_of_the_moment(connection, actor, plan, now)}
        done = connection.execute(sa.insert(table).values(values))
        record_id, version = int(done.inserted_primary_key[0]), 1  # type: ignore[index]
        title = _new_title(plan)
        told = [Changed("created", None, title), *plan.changes]
    else:
        record_id, version, key, title = plan.row.id, plan.row.version + 1, plan.key, _title(plan.kind, plan.row)
        connection.execute(sa.update(table).where(table.c.id == record_id).values(**plan.columns, version=version))
        told = plan.changes
    _write_links(connection, plan, record_id)
    add_changes(connection, actor, now, plan.kind, record_id, key, version, told)
    _keep_in_step(connection, plan, record_id)
    return Saved(
        plan.kind, key, str(plan.columns.get("title") or plan.columns.get("name") or title), version, tuple(told)
    )


def _of_the_moment(connection: Connection, actor: Actor, plan: Plan, now: datetime) -> dict[str, Any]:
    if plan.kind == "objective":
        return {"created": day_of(now, _zone(connection))}
    if plan.kind == "lesson":
        return {"author_id": actor.id, "at": now, "day_only": False}
    if plan.kind == "key_result":
        # Filled in from the objective a moment later.
        objective = connection.execute(
            sa.select(TABLES["objective"]).where(TABLES["objective"].c.id == plan.columns["objective_id"])
        ).one()
        copied = {"cycle_id": objective.cycle_id, "team_id": objective.team_id}
        return {**copied, "open": False, "live": False, "postponed": False}
    return {}


def _write_links(connection: Connection, plan: Plan, record_id: int) -> None:
    for name, ids in plan.links.items():
        if name == "key_results":
            table, column = task_key_results, "key_result_id"
        else:
            table, column = task_dependencies, "needs_id"
        hidden = rules.hidden_links(connection, plan, name)
        connection.execute(sa.delete(table).where(table.c.task_id == record_id))
        rows = [
            {"task_id": record_id, column: ident, "position": place}
            for place, ident in enumerate(dict.fromkeys([*ids, *hidden]))
        ]
        if rows:
            connection.execute(sa.insert(table), rows)
    if plan.steps is not None:
        connection.execute(sa.delete(milestones).where(milestones.c.key_result_id == record_id))
        if plan.steps:
            connection.execute(sa.insert(milestones), [{"key_result_id": record_id, **step} for step in plan.steps])


def _keep_in_step(connection: Connection, plan: Plan, record_id: int) -> None:
    changed = {one.field for one in plan.changes}
    if plan.kind == "objective" and (plan.row is not None) and changed & {"cycle", "team", "visibility", "state"}:
        refresh_copied(connection, [record_id])
    if plan.kind == "key_result":
        if plan.row is None or changed & {"objective", "state"}:
            refresh_copied(connection, [plan.columns.get("objective_id") or plan.row.objective_id])
        if plan.row is None or "kpi" in changed:
            refresh_latest(connection, [record_id])
    if plan.kind == "team" and (plan.row is None or "parent" in changed):
        refresh_team_paths(connection)
    if plan.kind in NAMED and (plan.row is None or changed & {"title", "name"}):
        refresh_names(connection, plan.kind, [record_id])
