"""Which records meet the condition of a rule at a moment, for the person whose rule it is."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.engine import Connection

from okr import health
from okr.access import Actor, sees_key_result, sees_objective, sees_task
from okr.automations import AllOf, Condition
from okr.calendar import cycles_in_force, day_of, start_of_day, week_of
from okr.errors import NotFoundError
from okr.models import check_ins, key_results, kpi_points, kpis, objectives, people, task_key_results, tasks, teams
from okr.schedule import instant_of
from okr.store.directory import Company, Cycle
from okr.store.measuring import Measuring
from okr.store.scope import Scope, below, within

_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
# A share typed as 40 % must not be below one computed as 0.39999999999999997.
_NOISE = 5e-10


@dataclass(frozen=True, slots=True)
class Record:
    """A record that a message is about; `person_id` is whose it is, `team_id` the team it belongs to."""

    kind: str
    id: int
    key: str
    title: str
    person_id: int | None = None
    team_id: int | None = None

    @property
    def name(self) -> str:
        """How it is kept: `kind:key`."""
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True, slots=True)
class Moment:
    """What a rule is judged by: the moment, the company, and the cycles in force then."""

    at: datetime
    company: Company
    cycles: Sequence[Cycle]

    @property
    def day(self) -> date:
        """The day in the company's zone."""
        return day_of(self.at, self.company.tz)

    @property
    def in_force(self) -> tuple[Cycle, ...]:
        """The cycles in force on that day."""
        return cycles_in_force(self.cycles, self.day)

    def week_so_far(self) -> tuple[datetime, datetime]:
        """The ISO week up to the moment."""
        return start_of_day(week_of(self.day).first, self.company.tz), self.at


def met(connection: Connection, owner: Actor, condition: Condition | AllOf, moment: Moment) -> list[Record]:
    """The records that the owner sees and that meet the condition then, by key.

    Raises `NotFoundError` when the record or team that it names is not there for the owner.
    """
    if isinstance(condition, AllOf):
        parts = [met(connection, owner, part, moment) for part in condition.conditions]
        names = set.intersection(*({record.name for record in part} for part in parts)) if parts else set()
        return [record for record in parts[0] if record.name in names] if parts else []
    scope = scope_of(connection, owner, condition.scope)
    if condition.field in ("task_due", "task_status"):
        return _tasks(connection, owner, condition, scope, moment)
    if condition.field == "kpi":
        return _kpis(connection, condition, scope, moment)
    return _key_results(connection, owner, condition, scope, moment)


def scope_of(connection: Connection, owner: Actor, named: str | None) -> tuple[Scope, int | None]:
    """The scope with internal ids and the KPI's id where it names one; `NotFoundError` for what the owner lacks."""
    if not named:
        return Scope(), None
    kind, _, key = named.partition(":")
    seen: dict[str, tuple[sa.Table, list[ColumnElement[bool]]]] = {
        "team": (teams, []),
        "objective": (objectives, [sees_objective(owner)]),
        "key_result": (key_results, [sees_key_result(owner)]),
        "kpi": (kpis, []),
    }
    if kind not in seen:
        raise NotFoundError("record", key or named)
    table, conditions = seen[kind]
    found = connection.execute(sa.select(table.c.id).where(table.c.key == key, *conditions)).scalar()
    if found is None:
        raise NotFoundError(kind.replace("_", " "), key)
    match kind:
        case "team":
            return Scope(teams=(found,)), None
        case "objective":
            return Scope(objectives=(found,)), None
        case "key_result":
            return Scope(key_results=(found,)), None
    return Scope(), found


def _key_results(
    connection: Connection, owner: Actor, condition: Condition, scope: tuple[Scope, int | None], moment: Moment
) -> list[Record]:
    measuring = Measuring(moment.at, moment.company.tz, moment.in_force, health.rule())
    kr = key_results.c
    query = (
        sa.select(kr.id, kr.key, kr.title, kr.owner_id, kr.team_id)
        .where(measuring.in_cycles, kr.live, sees_key_result(owner), *within(scope[0]))
        .order_by(kr.key)
    )
    query = query.where(_key_result_meets(condition, measuring, moment))
    return [Record("key_result", *row) for row in connection.execute(query)]


def _key_result_meets(condition: Condition, measuring: Measuring, moment: Moment) -> ColumnElement[bool]:
    value = condition.value
    match condition.field:
        case "status":
            return measuring.status == str(value)
        case "progress" | "gap":
            share = measuring.progress if condition.field == "progress" else measuring.gap
            return _bound(share, condition.operator, _share(condition))
        case "confidence" if condition.operator == "falls":
            return _falls(measuring, int(_number(value)), moment)
        case "confidence" if condition.operator == "falls_by":
            last, before = _said(measuring, moment), _said(measuring, moment, skipped=1)
            return before - last >= _number(value)
        case "confidence":
            met_it: ColumnElement[bool] = _COMPARE[condition.operator](measuring.confidence, _number(value))
            return met_it
        case "last_check_in":
            return _silent(measuring, int(_number(value)), moment)
    raise NotFoundError("condition", condition.field)


def _silent(measuring: Measuring, days: int, moment: Moment) -> ColumnElement[bool]:
    # Whole days on the wall clock, so that a night with 23 or 25 hours is a day like any other.
    zone = moment.company.timezone
    local = moment.at.astimezone(moment.company.tz).replace(tzinfo=None)
    since = instant_of(local - timedelta(days=days), zone)
    begun = [c.id for c in moment.in_force if c.start <= moment.day - timedelta(days=days)]
    never = sa.and_(measuring.last_at.is_(None), measuring.kr.c.cycle_id.in_(begun))
    return sa.or_(measuring.last_at <= since, never)


def _falls(measuring: Measuring, weeks: int, moment: Moment) -> ColumnElement[bool]:
    """Whether the confidence of each of the last so many weeks was below that of the week before it.

    A week's confidence is what was last said in it; this week counts from when something is said in it.
    """
    monday = week_of(moment.day).first
    firsts = [start_of_day(monday - timedelta(weeks=back), moment.company.tz) for back in range(-1, weeks + 2)]
    said = [_said(measuring, moment, span=(first, after)) for after, first in pairwise(firsts)]

    def falling(series: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
        return sa.and_(*(later < before for later, before in pairwise(series)))

    return sa.or_(falling(said[: weeks + 1]), sa.and_(said[0].is_(None), falling(said[1:])))


def _said(
    measuring: Measuring, moment: Moment, *, skipped: int = 0, span: tuple[datetime, datetime] | None = None
) -> ColumnElement[Any]:
    """The latest confidence that was said by the moment, of those in the span; with `skipped` an earlier one."""
    query = sa.select(check_ins.c.confidence).where(
        check_ins.c.key_result_id == measuring.kr.c.id,
        check_ins.c.at <= moment.at,
        check_ins.c.confidence.is_not(None),
    )
    if span is not None:
        query = query.where(check_ins.c.at >= span[0], check_ins.c.at < span[1])
    newest = query.order_by(check_ins.c.at.desc(), check_ins.c.id.desc()).limit(1).offset(skipped)
    return newest.correlate(measuring.kr).scalar_subquery()


def _tasks(
    connection: Connection, owner: Actor, condition: Condition, scope: tuple[Scope, int | None], moment: Moment
) -> list[Record]:
    linked = (
        sa.select(key_results.c.id)
        .join(task_key_results, task_key_results.c.key_result_id == key_results.c.id)
        .where(task_key_results.c.task_id == tasks.c.id, sees_key_result(owner))
    )
    first = linked.order_by(task_key_results.c.position, key_results.c.id).limit(1).correlate(tasks)
    team = first.with_only_columns(key_results.c.team_id).scalar_subquery()
    whose = sa.func.coalesce(tasks.c.assignee_id, first.with_only_columns(key_results.c.owner_id).scalar_subquery())
    query = (
        sa.select(tasks.c.id, tasks.c.key, tasks.c.title, whose, sa.func.coalesce(team, people.c.team_id))
        .outerjoin(people, people.c.id == tasks.c.assignee_id)
        .where(sees_task(owner, tasks))
        .order_by(tasks.c.key)
    )
    inside = within(scope[0])
    if inside:
        own = sa.false() if not scope[0].teams else people.c.team_id.in_(below(scope[0].teams))
        query = query.where(sa.or_(linked.where(*inside).correlate(tasks).exists(), own))
    if condition.field == "task_status":
        query = query.where(tasks.c.status == str(condition.value))
    else:
        late = int(condition.value) if isinstance(condition.value, int | float) else 0
        query = query.where(tasks.c.due < moment.day - timedelta(days=late), tasks.c.status != "done")
    return [Record("task", *row) for row in connection.execute(query)]


def _kpis(
    connection: Connection, condition: Condition, scope: tuple[Scope, int | None], moment: Moment
) -> list[Record]:
    latest = (
        sa.select(kpi_points.c.value)
        .where(kpi_points.c.kpi_id == kpis.c.id, kpi_points.c.at <= moment.at)
        .order_by(kpi_points.c.at.desc(), kpi_points.c.id.desc())
        .limit(1)
        .correlate(kpis)
        .scalar_subquery()
    )
    query = sa.select(kpis.c.id, kpis.c.key, kpis.c.name, kpis.c.owner_id, kpis.c.team_id)
    query = query.where(_COMPARE[condition.operator](latest, _number(condition.value))).order_by(kpis.c.key)
    if scope[1] is not None:
        query = query.where(kpis.c.id == scope[1])
    if scope[0].teams:
        query = query.where(kpis.c.team_id.in_(below(scope[0].teams)))
    return [Record("kpi", *row) for row in connection.execute(query)]


def _number(value: float | str | None) -> float:
    if isinstance(value, int | float):
        return float(value)
    raise NotFoundError("number", str(value))


def _share(condition: Condition) -> float:
    value = _number(condition.value)
    return value / 100 if condition.unit in ("percent", "points") else value


def _bound(share: ColumnElement[Any], sign: str, bound: float) -> ColumnElement[bool]:
    towards = -_NOISE if sign in (">=", "<") else _NOISE
    found: ColumnElement[bool] = _COMPARE[sign](share, bound + towards)
    return found
