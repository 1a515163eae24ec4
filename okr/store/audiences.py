"""Who a rule reaches at a moment, and whether its owner may reach them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, led_teams, sees_key_result, sees_objective
from okr.automations import AllOf, Audience, Condition, Rule
from okr.models import check_ins, key_results, kpis, objectives, people, team_paths, teams
from okr.store.conditions import Moment, Record, scope_of
from okr.store.scope import below

Reached = dict[int, list[Record]]
"""By person, the records that the message to them is about."""

OF_OWNERS = ("okr_owners", "kr_owners", "owners_without_check_in")


def reached(connection: Connection, owner: Actor, rule: Rule, moment: Moment, records: Sequence[Record]) -> Reached:
    """The people whom the rule reaches then; `records` are those that met its condition.

    Whoever has left is in it only when the rule names them, so that the run can say that they were skipped.
    """
    audience = rule.audience or Audience("me")
    if rule.condition is not None:
        concerned = _concerned(connection, audience, records)
        if concerned is not None:
            return _active(connection, concerned)
        return {person: list(records) for person in _fixed(connection, owner, audience, moment)}
    if audience.kind in OF_OWNERS:
        return _active(connection, _owners(connection, owner, audience, moment))
    return {person: [] for person in _fixed(connection, owner, audience, moment)}


def _concerned(connection: Connection, audience: Audience, records: Sequence[Record]) -> Reached | None:
    """Those whom the records themselves point at; None for an audience that does not depend on them."""
    found: Reached = {}
    if audience.kind in ("kr_owners", "okr_owners") and audience.team is None:
        for record in records:
            if record.person_id is not None:
                found.setdefault(record.person_id, []).append(record)
        return found
    if audience.team is None and audience.kind in ("leads", "team"):
        for record in records:
            if record.team_id is None:
                continue
            if audience.kind == "leads":
                query = sa.select(teams.c.lead_id).where(teams.c.id == record.team_id, teams.c.lead_id.is_not(None))
            else:
                query = sa.select(people.c.id).where(people.c.team_id == record.team_id, people.c.active)
            for person in connection.execute(query).scalars():
                found.setdefault(person, []).append(record)
        return found
    return None


def _fixed(connection: Connection, owner: Actor, audience: Audience, moment: Moment) -> list[int]:
    person = people.c
    leads = sa.select(teams.c.lead_id).where(teams.c.lead_id.is_not(None))
    query = sa.select(person.id).order_by(person.name, person.id)
    match audience.kind:
        case "me":
            return [owner.id]
        case "person":
            query = query.where(person.email.in_([address.lower() for address in audience.people]))
            return list(connection.execute(query).scalars())
        case "everyone":
            pass
        case "leadership":
            query = query.where(sa.or_(person.id.in_(leads), person.role == "admin"))
        case "leads":
            wanted = leads if audience.team is None else leads.where(teams.c.key == audience.team)
            query = query.where(person.id.in_(wanted))
        case "team":
            query = query.where(person.team_id.in_(team_below(audience.team, owner)))
        case _:
            return list(_active(connection, _owners(connection, owner, audience, moment)))
    return list(connection.execute(query.where(person.active)).scalars())


def team_below(key: str | None, owner: Actor) -> sa.Select[tuple[int]]:
    if key is None:
        return below((owner.team_id,) if owner.team_id is not None else ())
    named = sa.select(teams.c.id).where(teams.c.key == key)
    return sa.select(team_paths.c.team_id).where(team_paths.c.above_id.in_(named))


def _owners(connection: Connection, owner: Actor, audience: Audience, moment: Moment) -> Reached:
    """The owners of active work in the cycles in force, with what they own."""
    in_force = [cycle.id for cycle in moment.in_force]
    kr, objective = key_results.c, objectives.c
    query = sa.select(kr.id, kr.key, kr.title, kr.owner_id, kr.team_id).where(
        kr.cycle_id.in_(in_force), kr.live, sees_key_result(owner)
    )
    if audience.team is not None:
        query = query.where(kr.team_id.in_(team_below(audience.team, owner)))
    if audience.kind == "owners_without_check_in":
        first, last = moment.week_so_far()
        this_week = sa.select(check_ins.c.id).where(
            check_ins.c.key_result_id == kr.id, check_ins.c.at >= first, check_ins.c.at <= last
        )
        query = query.where(~this_week.correlate(key_results).exists())
    found: Reached = {}
    for row in connection.execute(query.order_by(kr.key)):
        found.setdefault(row.owner_id, []).append(Record("key_result", *row))
    if audience.kind == "okr_owners":
        mine = sa.select(objective.id, objective.key, objective.title, objective.owner_id, objective.team_id).where(
            objective.cycle_id.in_(in_force), objective.state == "active", sees_objective(owner)
        )
        if audience.team is not None:
            mine = mine.where(objective.team_id.in_(team_below(audience.team, owner)))
        for row in connection.execute(mine.order_by(objective.key)):
            found.setdefault(row.owner_id, []).append(Record("objective", *row))
    return found


def _active(connection: Connection, found: Reached) -> Reached:
    there = set(connection.execute(sa.select(people.c.id).where(people.c.active)).scalars())
    return {person: records for person, records in found.items() if person in there}


# -- rights ---------------------------------------------------------------------------------------


def refusal(connection: Connection, owner: Actor, rule: Rule) -> str | None:
    """What the owner may not do about this rule, to follow "You may not"; None where they may set it.

    An admin reaches everybody, a lead the people and the work of their teams, everybody themselves.
    """
    if owner.is_admin:
        return None
    if rule.acts_on_records():
        act = _records_refusal(connection, owner, rule)
        if act is not None or not rule.messages():
            return act
    audience = rule.audience or Audience("me")
    if audience.kind == "me":
        return None
    if audience.kind == "person" and {address.lower() for address in audience.people} == {owner.email}:
        return None
    led: set[Any] = set(connection.execute(led_teams(owner)).scalars())
    if not led:
        return "set a rule that messages anybody but yourself"
    whole = set(connection.execute(sa.select(teams.c.id)).scalars()) == led
    if whole:
        return None
    if audience.kind == "person":
        wanted = [address.lower() for address in audience.people]
        members = connection.execute(sa.select(people.c.id, people.c.team_id).where(people.c.email.in_(wanted)))
        outside = [row for row in members if row.team_id not in led and row.id != owner.id]
        return "message people outside the teams you lead" if outside else None
    if audience.team is not None:
        team = connection.execute(sa.select(teams.c.id).where(teams.c.key == audience.team)).scalar()
        return None if team in led else f"set a rule for the team {audience.team!r}, which you do not lead"
    if audience.kind == "team" and rule.condition is None:
        return None if owner.team_id in led else "set a rule for a team that you do not lead"
    if rule.condition is not None and audience.kind in ("kr_owners", "okr_owners", "leads", "team"):
        if all(_leads_scope(connection, owner, part.scope, led) for part in _parts(rule.condition)):
            return None
        return "set such a rule beyond the teams you lead; name your team in it"
    return "set a rule for the whole company; name the team you lead in it"


def _records_refusal(connection: Connection, owner: Actor, rule: Rule) -> str | None:
    """What a rule that comments or changes tasks may not do: it stays within the teams that its owner leads."""
    led: set[Any] = set(connection.execute(led_teams(owner)).scalars())
    if not led:
        return "set a rule that comments in threads or changes tasks"
    if set(connection.execute(sa.select(teams.c.id)).scalars()) == led:
        return None
    if rule.condition is not None:
        if all(_leads_scope(connection, owner, part.scope, led) for part in _parts(rule.condition)):
            return None
    elif rule.audience is not None and rule.audience.team is not None:
        team = connection.execute(sa.select(teams.c.id).where(teams.c.key == rule.audience.team)).scalar()
        return None if team in led else f"set a rule for the team {rule.audience.team!r}, which you do not lead"
    return "set a rule that changes tasks beyond the teams you lead; name your team in it"


def _parts(condition: Condition | AllOf) -> Iterable[Condition]:
    return condition.conditions if isinstance(condition, AllOf) else (condition,)


def _leads_scope(connection: Connection, owner: Actor, named: str | None, led: set[int]) -> bool:
    if not named:
        return False
    scope, kpi = scope_of(connection, owner, named)
    if kpi is not None:
        return connection.execute(sa.select(kpis.c.team_id).where(kpis.c.id == kpi)).scalar() in led
    if scope.teams:
        return scope.teams[0] in led
    table = objectives if scope.objectives else key_results
    ident = (scope.objectives or scope.key_results)[0]
    return connection.execute(sa.select(table.c.team_id).where(table.c.id == ident)).scalar() in led
