"""Who there is: people by team and role, who has a record, and whose key results want something."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from okr.store.journal import JournalQuery
from okr.store.roster import Member
from okr.store.scope import Scope
from okr.store.standing import Tally
from okr.store.tasks import OPEN, TaskQuery
from tools.context import TurnContext
from tools.result import Found, Row, Value
from tools.selection import Where, chosen
from tools.teams import fill, pace_of

MOST_PEOPLE = 200
MOST_WITH_KEYS = 60


def list_people(
    turn: TurnContext,
    *,
    teams: Sequence[str] = (),
    roles: Sequence[str] = (),
    people: Sequence[str] = (),
    reports_to: Sequence[str] = (),
    leads: bool = False,
    inactive: bool = False,
) -> Found:
    """The people of teams (with those below), of roles (employee, lead, admin), or named ones, by name.

    `reports_to` are the e-mails of managers; `leads` keeps those who lead some team.
    """
    team_ids = [turn.store.ref(turn.actor, "team", key).id for key in teams]
    ids = [turn.store.ref(turn.actor, "person", email).id for email in people]
    managers = [turn.store.ref(turn.actor, "person", email).id for email in reports_to]
    active = None if ids else not inactive
    members = turn.store.members(
        turn.actor,
        ids=ids,
        team_ids=team_ids,
        roles=roles,
        manager_ids=managers,
        leads=leads,
        active=active,
        limit=MOST_PEOPLE,
    )
    count = len(members)
    if count == MOST_PEOPLE:
        count = turn.store.count_members(
            turn.actor, team_ids=team_ids, roles=roles, manager_ids=managers, leads=leads, active=active
        )
    args = {"teams": list(teams), "roles": list(roles), "people": list(people), "reports_to": list(reports_to)}
    found = Found("list_people", {name: value for name, value in {**args, "leads": leads}.items() if value})
    found.rows = [person_row(member) for member in members]
    found.lines = [person_line(row) for row in found.rows]
    found.values = {"count": count}
    found.more = count - len(members)
    found.sources = [*teams, *(row.id for row in found.rows[:60])]
    if team_ids:
        found.values["own"] = turn.store.count_members(
            turn.actor,
            team_ids=team_ids,
            roles=roles,
            manager_ids=managers,
            leads=leads,
            active=active,
            directly=True,
        )
    return found


def people_by_key_results(
    turn: TurnContext, *, where: Where, by: str = "count", reverse: bool = False, limit: int = 200
) -> Found:
    """The owners of the key results that the filters let through, with how many; the most first.

    `by` confidence puts the surest first, by the mean of their latest confidence; gap puts first whose are the
    most behind together, progress whose are the furthest along. With the filter "checked in: no" it is who has
    not checked in on some of theirs.
    """
    about = chosen(turn, where)
    found = about.found("people_by_key_results", where, by=by, reverse=reverse)
    if by == "count":
        counts = turn.store.count_by_owner(turn.actor, about.measuring, about.query)
        places = {ident: float(count) for ident, count in counts.items()}
        tallies: dict[int, Tally] = {}
    elif by == "confidence":
        counts, tallies = turn.store.count_by_owner(turn.actor, about.measuring, about.query), {}
        sure = turn.store.mean_confidences(turn.actor, about.measuring, about.query, "person")
        places = {ident: mean for ident, (mean, _) in sure.items()}
    else:
        tallies = turn.store.tallies(turn.actor, about.measuring, about.query, "person")
        counts = {ident: tally.total for ident, tally in tallies.items()}
        sign = 1.0 if by == "progress" else -1.0
        places = {ident: sign * tally.mean for ident, tally in tallies.items() if tally.mean is not None}
    order = sorted(places, key=lambda ident: (places[ident] if reverse else -places[ident], ident))
    # Equal ones stand by name, so all that may be shown are read with those equal to the last of them.
    edge = places[order[min(limit, len(order)) - 1]] if order else 0.0
    top = [ident for n, ident in enumerate(order) if n < limit or places[ident] == edge][: 5 * limit]
    left_out = [ident for ident in tallies if ident not in places][:limit]
    members = {one.id: one for one in turn.store.members(turn.actor, ids=[*top, *left_out], active=None)}
    top.sort(key=lambda ident: (places[ident] if reverse else -places[ident], members[ident].name, ident))
    pace = pace_of(about)
    keys = turn.store.keys_by_owner(turn.actor, about.measuring, about.query, top[:MOST_WITH_KEYS])
    for ident in top[:limit]:
        row = person_row(members[ident], counts[ident])
        if ident in tallies:
            fill(row, tallies[ident], pace)
        row.values["key_results"] = list(keys.get(ident, ()))
        if by == "confidence":
            row.values |= {"average": places[ident], "confident": sure[ident][1]}
        found.rows.append(row)
    for ident in left_out:
        found.apart.append(person_row(members[ident], counts[ident]))
        found.apart[-1].values["why"] = "no_progress"
    found.lines = [person_line(row) for row in found.rows]
    found.values = {"count": len(order), "key_results": sum(counts.values())}
    found.more = len(order) - len(found.rows)
    found.sources = [row.id for row in found.rows[:20]]
    found.sources += [key for ident in top[:20] for key in keys.get(ident, ())][:60]
    if by in ("gap", "progress") or about.query.filters.statuses:
        found.rule = about.measuring.rule.name
    return found


def people_by_check_ins(
    turn: TurnContext, *, teams: Sequence[str] = (), first: str = "", last: str = "", reverse: bool = False
) -> Found:
    """Who wrote the most check-ins in a stretch of days, the most first; without days the past four weeks."""
    where = Where(
        teams=teams, first=first or (turn.today - timedelta(days=28)).isoformat(), last=last or turn.today.isoformat()
    )
    about = chosen(turn, where)
    stretch = about.query.stretch
    query = JournalQuery(Scope(teams=about.scope.teams), about.measuring.as_of, stretch[0] if stretch else None)
    counts = turn.store.count_journal_by(turn.actor, query, "person")
    found = about.found("people_by_check_ins", where)
    _add_counted(turn, found, counts, reverse, 200)
    return found


def people_by_tasks(
    turn: TurnContext,
    *,
    teams: Sequence[str] = (),
    statuses: Sequence[str] = (),
    overdue: bool = False,
    reverse: bool = False,
) -> Found:
    """Who has the most tasks of these statuses (those not done without any), or the most overdue ones."""
    scope = Scope(teams=tuple(turn.store.ref(turn.actor, "team", key).id for key in teams))
    query = TaskQuery(scope, statuses=tuple(statuses) or OPEN, overdue_on=turn.today if overdue else None)
    counts = turn.store.count_tasks_by_assignee(turn.actor, query)
    args: dict[str, object] = {"teams": list(teams), "statuses": list(statuses), "overdue": overdue}
    found = Found("people_by_tasks", {name: value for name, value in args.items() if value})
    _add_counted(turn, found, counts, reverse, 200)
    return found


def _add_counted(turn: TurnContext, found: Found, counts: dict[int, int], reverse: bool, limit: int) -> None:
    order = sorted(counts, key=lambda ident: (counts[ident] if reverse else -counts[ident], ident))
    edge = counts[order[min(limit, len(order)) - 1]] if order else 0
    top = [ident for n, ident in enumerate(order) if n < limit or counts[ident] == edge][: 5 * limit]
    members = {member.id: member for member in turn.store.members(turn.actor, ids=top, active=None)} if top else {}
    top.sort(key=lambda ident: (counts[ident] if reverse else -counts[ident], members[ident].name, ident))
    found.rows = [person_row(members[ident], counts[ident]) for ident in top[:limit]]
    found.lines = [person_line(row) for row in found.rows]
    found.values = {"count": len(order)}
    found.more = len(order) - len(found.rows)
    found.sources = [row.id for row in found.rows[:60]]


def person_row(member: Member, count: int | None = None) -> Row:
    """A person with team and role; `count` where something of theirs was counted."""
    values: dict[str, Value] = {
        "role": member.role,
        "team": member.team,
        "team_name": member.team_name,
        "manager": member.manager,
    }
    if not member.active:
        values["active"] = False
    if count is not None:
        values["count"] = count
    return Row(member.email, "person", member.name, values)


def person_line(row: Row) -> str:
    """One line for a model about a person."""
    v = row.values
    counted = f"; {v['count']}" if "count" in v else ""
    return f"[{row.id}] {row.title}: {v['role']}, team {v['team'] or 'none'}{counted}"
