"""What may be made, changed and removed, by whom, and what has to hold between records; each refusal says why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, may_change_key_result, may_change_objective, may_change_team
from okr.errors import NotAllowedError
from okr.fields import MOST_KEY, PREFIX
from okr.models import (
    check_ins,
    cycles,
    key_results,
    kpi_points,
    kpis,
    lessons,
    milestones,
    objectives,
    people,
    task_dependencies,
    task_key_results,
    tasks,
    team_paths,
    teams,
)
from okr.record_tables import check_in_drafts
from okr.refusals import RefusedError
from okr.store.lookup import TABLES, allowed, find, named, public, sees

if TYPE_CHECKING:
    from okr.store.keeping import Plan

MOST_NAMED = 6
OWN_FIELDS = frozenset(["timezone", "language"])
"""What people may set for themselves."""
_KEY = re.compile(r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


def own_key(connection: Connection, kind: str, given: Any) -> str:
    """The public id that was given, checked; empty where one is to be made up."""
    if given in (None, ""):
        if kind in PREFIX:
            return ""
        raise RefusedError("missing_field", kind=kind, field="email" if kind == "person" else "key")
    key = str(given).strip()
    if kind == "person":
        key = key.lower()
        if not _ADDRESS.fullmatch(key):
            raise RefusedError("not_an_address", words=key)
    if len(key) > MOST_KEY or not _KEY.fullmatch(key) or not key.isprintable():
        raise RefusedError("too_long", field="key", most=MOST_KEY)
    if connection.execute(sa.select(TABLES[kind].c.id).where(public(kind) == key)).first() is not None:
        raise RefusedError("key_taken", kind=kind, key=key)
    return key


def visible_key(connection: Connection, actor: Actor, kind: str, ident: int | None) -> str | None:
    """The public id of a record that exists for the person; None for any other."""
    if ident is None:
        return None
    query = sa.select(public(kind)).where(TABLES[kind].c.id == ident, sees(actor, kind))
    return connection.execute(query).scalar()


def linkable(connection: Connection, actor: Actor, kind: str, key: str, *, person_must_be_active: bool = False) -> int:
    """The internal id of what is linked to; `NotFoundError` where it does not exist for the person."""
    row = find(connection, actor, kind, key)
    if kind == "person" and person_must_be_active and not row.active:
        raise RefusedError("not_active", person=row.name)
    return int(row.id)


def hidden_links(connection: Connection, plan: Plan, name: str) -> list[int]:
    """The links of a task that the person did not see and that therefore stay as they are."""
    if plan.row is None:
        return []
    seen = plan.seen_links.get(name, set())
    table, column = _link_table(name)
    query = sa.select(column).where(table.c.task_id == plan.row.id)
    return [ident for ident in connection.execute(query).scalars() if ident not in seen]


def _link_table(name: str) -> tuple[sa.Table, sa.Column[int]]:
    if name == "key_results":
        return task_key_results, task_key_results.c.key_result_id
    return task_dependencies, task_dependencies.c.needs_id


# ── rights ─────────────────────────────────────────────────────────────────────────────────────


def refuse_creating(
    connection: Connection, actor: Actor, kind: str, columns: Mapping[str, Any], links: Mapping[str, list[int]]
) -> None:
    """Raise what stands against the person making such a record there."""
    match kind:
        case "objective":
            _refuse_team(connection, actor, columns["team_id"], "set objectives for this team")
            refuse_closed_cycle(connection, columns["cycle_id"])
        case "kpi":
            _refuse_team(connection, actor, columns["team_id"], "add KPIs to this team")
        case "key_result":
            _refuse_objective(connection, actor, columns["objective_id"])
        case "task":
            _refuse_key_results(connection, actor, links.get("key_results", []))
            if not links.get("key_results") and columns.get("assignee_id") not in (None, actor.id):
                _refuse_assignee(connection, actor, columns["assignee_id"])
            if columns.get("parent_id") is not None and not allowed(connection, actor, "task", columns["parent_id"]):
                raise NotAllowedError("add a part to this task")
        case "lesson":
            _refuse_lesson(connection, actor, columns)
        case _:
            if not actor.is_admin:
                raise NotAllowedError(f"add a {kind.replace('_', ' ')}")


def refuse_changing(connection: Connection, actor: Actor, kind: str, row: Any, new: Mapping[str, Any]) -> None:
    """Raise what stands against the person changing these fields of the record at all."""
    own = kind == "person" and row.id == actor.id and new.keys() <= OWN_FIELDS
    if not own and not allowed(connection, actor, kind, row.id):
        raise NotAllowedError(f"change {named(kind, row)}")
    if kind in ("objective", "key_result") and not actor.is_admin:
        # Afterwards only the score is the owner's to give; an admin puts mistakes right.
        if not (kind == "key_result" and new.keys() <= {"score"}):
            cycle = connection.execute(sa.select(cycles).where(cycles.c.id == row.cycle_id)).one()
            if cycle.state == "closed":
                raise RefusedError("closed_cycle", record=row.key, cycle=cycle.name)


def refuse_new_place(connection: Connection, actor: Actor, plan: Plan) -> None:
    """Raise what stands against where the change would put the record: rights there, circles, who is left."""
    columns, row, kind = plan.columns, plan.row, plan.kind
    if kind in ("objective", "kpi") and "team_id" in columns:
        _refuse_team(connection, actor, columns["team_id"], "move it to this team")
    if kind == "objective" and "cycle_id" in columns:
        refuse_closed_cycle(connection, columns["cycle_id"])
    if kind == "key_result" and "objective_id" in columns:
        _refuse_objective(connection, actor, columns["objective_id"])
    if kind == "task" and "key_results" in plan.links:
        before = set(
            connection.execute(
                sa.select(task_key_results.c.key_result_id).where(task_key_results.c.task_id == row.id)
            ).scalars()
        )
        _refuse_key_results(connection, actor, [each for each in plan.links["key_results"] if each not in before])
    if kind in _ABOVE and columns.get(_ABOVE[kind]) is not None:
        _refuse_circle(connection, actor, kind, row, columns[_ABOVE[kind]])
    if kind == "task" and "depends_on" in plan.links:
        for needed in plan.links["depends_on"]:
            _refuse_waiting_circle(connection, actor, row, needed)
    if kind == "person":
        _refuse_leaving(connection, columns, row)


def _refuse_team(connection: Connection, actor: Actor, team_id: int, act: str) -> None:
    if connection.execute(
        sa.select(teams.c.id).where(teams.c.id == team_id, may_change_team(actor, teams.c.id))
    ).first():
        return
    raise NotAllowedError(act)


def _refuse_objective(connection: Connection, actor: Actor, objective_id: int) -> None:
    row = connection.execute(sa.select(objectives).where(objectives.c.id == objective_id)).one()
    mine = sa.select(objectives.c.id).where(objectives.c.id == objective_id, may_change_objective(actor))
    if connection.execute(mine).first() is None:
        raise NotAllowedError(f"change {row.key}")
    refuse_closed_cycle(connection, row.cycle_id)


def _refuse_key_results(connection: Connection, actor: Actor, ids: Iterable[int]) -> None:
    for ident in ids:
        mine = sa.select(key_results.c.id).where(key_results.c.id == ident, may_change_key_result(actor))
        if connection.execute(mine).first() is None:
            key = connection.execute(sa.select(key_results.c.key).where(key_results.c.id == ident)).scalar()
            raise NotAllowedError(f"add tasks to {key}")


def _refuse_assignee(connection: Connection, actor: Actor, person_id: int) -> None:
    team_id = connection.execute(sa.select(people.c.team_id).where(people.c.id == person_id)).scalar()
    if team_id is None and not actor.is_admin:
        raise NotAllowedError("give tasks to this person")
    if team_id is not None:
        _refuse_team(connection, actor, team_id, "give tasks to this person")


def _refuse_lesson(connection: Connection, actor: Actor, columns: Mapping[str, Any]) -> None:
    if actor.is_admin:
        return
    objective_id = columns.get("objective_id")
    if objective_id is None:
        leads = sa.select(teams.c.id).where(teams.c.lead_id == actor.id).limit(1)
        if connection.execute(leads).first() is None:
            raise NotAllowedError("write lessons for the whole cycle")
        return
    mine = sa.select(objectives.c.id).where(objectives.c.id == objective_id, may_change_objective(actor))
    part = sa.select(key_results.c.id).where(
        key_results.c.objective_id == objective_id, key_results.c.owner_id == actor.id
    )
    if connection.execute(mine).first() is None and connection.execute(part.limit(1)).first() is None:
        raise NotAllowedError("write lessons for this objective")


def refuse_closed_cycle(connection: Connection, cycle_id: int) -> None:
    """Raise where nothing can be put into that cycle any more."""
    row = connection.execute(sa.select(cycles).where(cycles.c.id == cycle_id)).one()
    if row.state == "closed":
        raise RefusedError("cycle_not_open", cycle=row.name)


# ── circles ────────────────────────────────────────────────────────────────────────────────────

_ABOVE = {"objective": "parent_id", "task": "parent_id", "team": "parent_id", "person": "manager_id"}


def _refuse_circle(connection: Connection, actor: Actor, kind: str, row: Any, above: int) -> None:
    table, column = TABLES[kind], _ABOVE[kind]
    step: int | None = above
    passed: set[int] = set()
    while step is not None and step not in passed:
        if step == row.id:
            other = connection.execute(sa.select(public(kind)).where(table.c.id == above)).scalar()
            raise RefusedError("circle", record=str(getattr(row, public(kind).name)), other=str(other))
        passed.add(step)
        step = connection.execute(sa.select(table.c[column]).where(table.c.id == step)).scalar()


def _refuse_waiting_circle(connection: Connection, actor: Actor, row: Any, needed: int) -> None:
    left, passed = [needed], set()
    while left:
        step = left.pop()
        if step == row.id:
            other = connection.execute(sa.select(tasks.c.key).where(tasks.c.id == needed)).scalar()
            raise RefusedError("circle", record=row.key, other=str(other))
        if step not in passed:
            passed.add(step)
            needs = sa.select(task_dependencies.c.needs_id).where(task_dependencies.c.task_id == step)
            left.extend(connection.execute(needs).scalars().all())


# ── people who leave, and what hangs on what ───────────────────────────────────────────────────


def owned(connection: Connection, person_id: int) -> Iterator[tuple[str, str, Any]]:
    """What a person owns or is to do, as (kind, field, row): open objectives, key results, KPIs, tasks, teams."""
    running = sa.select(cycles.c.id).where(cycles.c.state != "closed")
    o, kr = objectives.c, key_results.c
    queries = (
        ("objective", "owner", sa.select(objectives).where(
            o.owner_id == person_id, o.state != "closed", o.cycle_id.in_(running)).order_by(o.id)),
        ("key_result", "owner", sa.select(key_results).where(
            kr.owner_id == person_id, kr.state != "closed", kr.cycle_id.in_(running)).order_by(kr.id)),
        ("kpi", "owner", sa.select(kpis).where(kpis.c.owner_id == person_id).order_by(kpis.c.id)),
        ("task", "assignee", sa.select(tasks).where(
            tasks.c.assignee_id == person_id, tasks.c.status != "done").order_by(tasks.c.id)),
        ("team", "lead", sa.select(teams).where(teams.c.lead_id == person_id).order_by(teams.c.id)),
    )  # fmt: skip
    for kind, name, query in queries:
        for row in connection.execute(query).all():
            yield kind, name, row


def _refuse_leaving(connection: Connection, columns: Mapping[str, Any], row: Any) -> None:
    leaves = columns.get("active") is False and row.active
    if row.role == "admin" and row.active and (leaves or columns.get("role", "admin") != "admin"):
        others = sa.select(people.c.id).where(people.c.role == "admin", people.c.active, people.c.id != row.id).limit(1)
        if connection.execute(others).first() is None:
            raise RefusedError("last_admin", person=row.name)
    if leaves:
        held = [str(each.key) for _, _, each in owned(connection, row.id)]
        if held:
            raise RefusedError("still_owns", person=row.name, count=len(held), what=_some(held))


def _some(keys: list[str]) -> str:
    return ", ".join(keys[:MOST_NAMED]) + (", …" if len(keys) > MOST_NAMED else "")


# For each kind: the tables, and columns of theirs, in which a record may be held by another.
_HELD: dict[str, tuple[tuple[sa.Table, str], ...]] = {
    "objective": ((key_results, "objective_id"), (objectives, "parent_id"), (lessons, "objective_id")),
    "key_result": ((check_ins, "key_result_id"),),
    "kpi": ((key_results, "kpi_id"),),
    "task": ((tasks, "parent_id"),),
    "team": (
        (people, "team_id"), (objectives, "team_id"), (key_results, "team_id"), (kpis, "team_id"),
        (teams, "parent_id"),
    ),
    "lesson": (),
}  # fmt: skip


def refuse_used(connection: Connection, actor: Actor, kind: str, row: Any) -> None:
    """Raise where a record cannot be removed because others hang on it; those not seen are only counted."""
    if kind not in _HELD:
        raise RefusedError("cannot_remove", kind=kind)
    if kind in ("objective", "key_result"):
        refuse_changing(connection, actor, kind, row, {"title": ""})
    held: list[str] = []
    count = 0
    for table, column in _HELD[kind]:
        other = next((name for name, each in TABLES.items() if each is table), "")
        query = sa.select(table.c.id).where(table.c[column] == row.id)
        ids = connection.execute(query.limit(1_000)).scalars().all()
        count += len(ids)
        keys = (visible_key(connection, actor, other, ident) for ident in ids[:MOST_NAMED])
        held += [key for key in keys if key is not None]
    for table, own, others in (
        (task_key_results, "key_result_id", "task_id"),
        (task_dependencies, "needs_id", "task_id"),
    ):
        if (kind, own) in (("key_result", "key_result_id"), ("task", "needs_id")):
            ids = connection.execute(sa.select(table.c[others]).where(table.c[own] == row.id)).scalars().all()
            count += len(ids)
            keys = (visible_key(connection, actor, "task", ident) for ident in ids[:MOST_NAMED])
            held += [key for key in keys if key is not None]
    if count:
        raise RefusedError("still_used", record=named(kind, row), count=count, what=_some(held) or "…")


def delete_with_links(connection: Connection, kind: str, record_id: int) -> None:
    """Take the row out with what is only a part of it."""
    if kind == "key_result":
        connection.execute(sa.delete(milestones).where(milestones.c.key_result_id == record_id))
        connection.execute(sa.delete(check_in_drafts).where(check_in_drafts.c.key_result_id == record_id))
    if kind == "kpi":
        connection.execute(sa.delete(kpi_points).where(kpi_points.c.kpi_id == record_id))
    if kind == "task":
        connection.execute(sa.delete(task_key_results).where(task_key_results.c.task_id == record_id))
        connection.execute(sa.delete(task_dependencies).where(task_dependencies.c.task_id == record_id))
    if kind == "team":
        paths = sa.or_(team_paths.c.team_id == record_id, team_paths.c.above_id == record_id)
        connection.execute(sa.delete(team_paths).where(paths))
    connection.execute(sa.delete(TABLES[kind]).where(TABLES[kind].c.id == record_id))


# ── what follows from a change ─────────────────────────────────────────────────────────────────


def settle(connection: Connection, plan: Plan, today: date) -> None:
    """Add what a change brings with it, and raise where the record would not be one: done on, limits, dates."""
    from okr.store.change_log import Changed

    columns = plan.columns

    def value(name: str) -> Any:
        return columns[name] if name in columns else None if plan.row is None else getattr(plan.row, name)

    if plan.kind == "task":
        if value("done_on") is not None and value("done_on") > today:
            raise RefusedError("future", date=value("done_on").isoformat())
        done, before = value("status") == "done", value("done_on")
        if done and before is None:
            columns["done_on"] = today
            plan.changes.append(Changed("done_on", None, today))
        elif not done and before is not None:
            columns["done_on"] = None
            plan.changes[:] = [one for one in plan.changes if one.field != "done_on"]
            if plan.row is not None and plan.row.done_on is not None:
                plan.changes.append(Changed("done_on", plan.row.done_on, None))
    if plan.kind == "key_result":
        if value("kind") == "boundary" and value("limit") is None:
            raise RefusedError("boundary_without_limit")
        for step in plan.steps or ():
            if step["done_on"] is not None and step["done_on"] > today:
                raise RefusedError("future", date=step["done_on"].isoformat())
    if plan.kind == "cycle" and value("start") > value("end"):
        raise RefusedError("ends_before_start")
