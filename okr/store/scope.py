"""Which records a question is about: the scope somebody named and the filters, as conditions in SQL."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from okr.access import Actor, sees_key_result, sees_objective
from okr.language.frames import Filters
from okr.models import check_ins, key_results, objectives, task_key_results, team_paths
from okr.store.directory import Cycle
from okr.store.measuring import Measuring

Condition = ColumnElement[bool]

_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
# A share typed as 50 % must meet one computed as 0.49999999999999994.
_NOISE = 5e-10


@dataclass(frozen=True, slots=True)
class Scope:
    """Internal ids that narrow a question; an empty scope is the whole company.

    `teams` take in those below them, `people` are owners, `objectives` are the key results' own; `chosen` is a query
    for the ids of the key results that are meant, where they are too many to be named. The `not_` ones are taken
    away from all that, teams with those below them.
    """

    teams: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    objectives: tuple[int, ...] = ()
    key_results: tuple[int, ...] = ()
    not_teams: tuple[int, ...] = ()
    not_people: tuple[int, ...] = ()
    not_objectives: tuple[int, ...] = ()
    not_key_results: tuple[int, ...] = ()
    chosen: sa.Select[tuple[int]] | None = field(default=None, compare=False, kw_only=True)

    @property
    def is_company(self) -> bool:
        """Whether nothing narrows it."""
        narrowing = (getattr(self, name) for name in Scope.__slots__ if name != "chosen")
        return self.chosen is None and not any(narrowing)


def below(team_ids: tuple[int, ...]) -> sa.Select[tuple[int]]:
    """The ids of the teams and of every team below them, as a subquery."""
    return sa.select(team_paths.c.team_id).where(team_paths.c.above_id.in_(team_ids))


def within(scope: Scope) -> list[Condition]:
    """The conditions under which a key result belongs to the scope."""
    found: list[Condition] = []
    if scope.teams:
        found.append(key_results.c.team_id.in_(below(scope.teams)))
    if scope.people:
        found.append(key_results.c.owner_id.in_(scope.people))
    if scope.objectives:
        found.append(key_results.c.objective_id.in_(scope.objectives))
    if scope.key_results:
        found.append(key_results.c.id.in_(scope.key_results))
    if scope.not_teams:
        found.append(key_results.c.team_id.not_in(below(scope.not_teams)))
    if scope.not_people:
        found.append(key_results.c.owner_id.not_in(scope.not_people))
    if scope.not_objectives:
        found.append(key_results.c.objective_id.not_in(scope.not_objectives))
    if scope.not_key_results:
        found.append(key_results.c.id.not_in(scope.not_key_results))
    if scope.chosen is not None:
        found.append(key_results.c.id.in_(scope.chosen))
    return found


def objectives_within(scope: Scope) -> list[Condition]:
    """The conditions under which an objective belongs to the scope."""
    found: list[Condition] = []
    if scope.teams:
        found.append(objectives.c.team_id.in_(below(scope.teams)))
    if scope.people:
        found.append(objectives.c.owner_id.in_(scope.people))
    if scope.objectives:
        found.append(objectives.c.id.in_(scope.objectives))
    if scope.not_teams:
        found.append(objectives.c.team_id.not_in(below(scope.not_teams)))
    if scope.not_people:
        found.append(objectives.c.owner_id.not_in(scope.not_people))
    if scope.not_objectives:
        found.append(objectives.c.id.not_in(scope.not_objectives))
    return found


def worked_on(cycles: Mapping[int, Cycle]) -> Condition:
    """Active work: live in a cycle that is not closed, and in a closed one whatever was not postponed."""
    over = [cycle.id for cycle in cycles.values() if cycle.state == "closed"]
    if not over:
        return key_results.c.live
    ended = sa.and_(key_results.c.cycle_id.in_(over), sa.not_(key_results.c.postponed))
    if len(over) == len(cycles):
        return ended
    return sa.or_(ended, key_results.c.live)


def in_states(states: tuple[str, ...]) -> Condition:
    """In one of the states, a key result sharing the fate of its objective."""
    of_state = {
        "active": key_results.c.live,
        "postponed": key_results.c.postponed,
        "closed": sa.and_(sa.not_(key_results.c.live), sa.not_(key_results.c.postponed)),
    }
    return sa.or_(*(of_state[state] for state in states))


def visible_key_results(actor: Actor, measuring: Measuring, scope: Scope, states: tuple[str, ...]) -> list[Condition]:
    """What every question about key results begins with: seen, in the cycles, in the scope, in the states."""
    chosen = in_states(states) if states else worked_on(measuring.cycles)
    return [sees_key_result(actor), chosen, *within(scope)]


def visible_objectives(
    actor: Actor, cycle_ids: tuple[int, ...], scope: Scope, states: tuple[str, ...], *, restricted: bool = False
) -> list[Condition]:
    """The same for objectives; without states, those that are not postponed; `restricted` leaves the open ones out."""
    chosen = objectives.c.state.in_(states) if states else objectives.c.state != "postponed"
    found = [sees_objective(actor), objectives.c.cycle_id.in_(cycle_ids), chosen, *objectives_within(scope)]
    if restricted:
        found.append(objectives.c.visibility != "company")
    return found


def checked_in_between(first: datetime, last: datetime) -> Condition:
    """Whether the key result has a check-in in that stretch."""
    found = sa.select(check_ins.c.id).where(
        check_ins.c.key_result_id == key_results.c.id, check_ins.c.at >= first, check_ins.c.at <= last
    )
    return found.correlate(key_results).exists()


def facts(filters: Filters, stretch: tuple[datetime, datetime] | None) -> list[Condition]:
    """The filters that the key result's own columns answer, as conditions over `key_results`."""
    kr = key_results.c
    found: list[Condition] = []
    if filters.kinds:
        found.append(kr.kind.in_(filters.kinds))
    if filters.cadences:
        found.append(kr.cadence.in_(filters.cadences))
    if filters.restricted:
        found.append(sa.not_(kr.open))
    if filters.checked_in is not None and stretch is not None:
        there = checked_in_between(*stretch)
        found.append(there if filters.checked_in else sa.not_(there))
    return found


def _said(measuring: Measuring, part: str) -> Condition:
    return measuring.last_check_in_id.in_(sa.select(check_ins.c.id).where(check_ins.c[part] != ""))


def _missing(measuring: Measuring, what: str) -> Condition:
    kr = measuring.kr.c
    if what == "baseline":
        # Only a measure starts somewhere; a boundary, milestones and a yes-or-no have no need of it.
        return sa.and_(kr.kind == "measure", kr.baseline.is_(None))
    if what == "target":
        return sa.and_(kr.kind.in_(("measure", "boundary")), kr.target.is_(None))
    if what == "value":
        return sa.and_(kr.kind != "milestones", measuring.value.is_(None))
    if what == "check_in":
        return measuring.last_at.is_(None)
    if what == "task":
        linked = sa.select(task_key_results.c.task_id).where(task_key_results.c.key_result_id == kr.id)
        return sa.not_(linked.exists())
    if what == "score":
        return kr.id.in_(sa.select(key_results.c.id).where(key_results.c.score.is_(None)))
    if what == "confidence":
        return sa.and_(measuring.last_at.is_not(None), measuring.confidence.is_(None))
    # Every key result has an owner and none has a date of its own.
    return sa.false()


def earlier_confidence(measuring: Measuring) -> ColumnElement[Any]:
    """The confidence said before the latest check-in; null where there were not two."""
    kr = measuring.kr
    found = (
        sa.select(check_ins.c.confidence)
        .where(
            check_ins.c.key_result_id == kr.c.id,
            check_ins.c.at <= measuring.as_of,
            check_ins.c.confidence.is_not(None),
            check_ins.c.id != measuring.last_check_in_id,
        )
        .order_by(check_ins.c.at.desc(), check_ins.c.id.desc())
        .limit(1)
    )
    return found.correlate(kr).scalar_subquery()


def judged(filters: Filters, measuring: Measuring) -> list[Condition]:
    """The filters that only the definitions answer, as conditions over `measuring.kr`.

    A movement is looked for where `measuring.held` has the earlier progress (`was`).
    """
    m, kr = measuring, measuring.kr.c
    found: list[Condition] = []
    if filters.statuses:
        found.append(m.status.in_(filters.statuses))
    if filters.reported:
        found.append(m.reported.in_(filters.reported))
    if filters.freshness:
        found.append(m.freshness.in_(filters.freshness))
    if filters.older_than_days is not None:
        found.append(m.older_than(filters.older_than_days))
    if filters.confidence is not None:
        sign, level = filters.confidence
        found.append(_COMPARE[sign](m.confidence, level))
    if filters.confidence_falling:
        found.append(m.confidence < earlier_confidence(m))
    for bound, share in ((filters.progress, m.progress), (filters.gap, m.gap)):
        if bound is not None:
            found.append(_share_bound(share, *bound))
    for name, most in filters.upto:
        found.append(m.confidence <= most if name == "confidence" else _share_bound(getattr(m, name), "<=", most))
    if filters.watermelon:
        found.append(m.is_watermelon)
    if filters.held is not None:
        found.append(sa.and_(kr.kind == "boundary", m.holding if filters.held else sa.not_(m.holding)))
    if filters.missing:
        found.append(sa.or_(*(_missing(m, what) for what in filters.missing)))
    if filters.unrankable:
        found.append(m.gap.is_(None))
    if filters.moved and "was" in m.held:
        found.append(_moved(filters.moved, m.progress - m.held["was"]))
    if filters.has:
        found.append(sa.or_(*(_said(m, part) for part in filters.has)))
    return found


# What each filter looks at, so that a question about an earlier moment works it out once.
_LOOKS_AT = {
    "reported": ("reported",),
    "freshness": ("last_at",),
    "older_than_days": ("last_at",),
    "confidence": ("confidence",),
    "confidence_falling": ("confidence", "last_check_in_id"),
    "watermelon": ("reported",),
    "missing": ("last_at",),
    "has": ("last_check_in_id",),
}


def looked_at(filters: Filters) -> set[str]:
    """The attributes of `Measuring` that the filters look at, besides value and progress."""
    return {name for field, names in _LOOKS_AT.items() if getattr(filters, field) for name in names} | {
        name for name, _ in filters.upto if name == "confidence"
    }


def _share_bound(share: ColumnElement[Any], sign: str, bound: float) -> Condition:
    if sign == "=":
        return sa.and_(share >= bound - _NOISE, share <= bound + _NOISE)
    towards = -_NOISE if sign in (">=", "<") else _NOISE
    met: Condition = _COMPARE[sign](share, bound + towards)
    return met


def _moved(way: str, change: ColumnElement[Any]) -> Condition:
    if way == "up":
        return change > _NOISE
    if way == "down":
        return change < -_NOISE
    return sa.and_(change <= _NOISE, change >= -_NOISE)
