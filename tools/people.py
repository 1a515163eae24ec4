"""Who there is: people by team and role, who has a record, and whose key results want something."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from okr.store.journal import JournalQuery
from okr.store.roster import Member
from okr.store.scope import Scope
from okr.store.tasks import OPEN, TaskQuery
from tools.context import TurnContext
from tools.result import Found, Row, Value
from tools.selection import Where, chosen
from tools.teams import fill, pace_of


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
    members = turn.store.members(
        turn.actor,
        ids=ids,
        team_ids=team_ids,
        roles=roles,
        manager_ids=managers,
        leads=leads,
        active=not inactive and not ids,
    )
    if inactive:
        members = [member for member in members if not member.active]
    args = {"teams": list(teams), "roles": list(roles), "people": list(people), "reports_to": list(reports_to)}
    found = Found("list_people", {name: value for name, value in {**args, "leads": leads}.items() if value})
    found.rows = [person_row(member) for member in members]
    found.lines = [person_line(row) for row in found.rows]
    found.values = {"count": len(members)}
    found.sources = [*teams, *(row.id for row in found.rows[:60])]
    if team_ids:
        found.values["own"] = sum(1 for member in members if member.team_id in team_ids)
    found.more = max(0, len(members) - 200)
    found.rows, found.lines = found.rows[:200], found.lines[:200]
    return found


def people_by_key_results(
    turn: TurnContext, *, where: Where, by: str = "count", reverse: bool = False, limit: int = 200
) -> Found:
    """The owners of the key results that the filters let through, with how many; the most first.

    `by` gap puts first whose are the most behind together, progress whose are the furthest along. With
    the filter "checked in: no" it is who has not checked in on some of theirs.
    """
    about = chosen(turn, where)
    tallies = turn.store.tallies(turn.actor, about.measuring, about.query, "person")
    members = {one.id: one for one in turn.store.members(turn.actor, ids=list(tallies), active=False)}
    found = about.found("people_by_key_results", where, by=by, reverse=reverse)
    pace = pace_of(about)
    ranked = []
    for ident, tally in tallies.items():
        row = person_row(members[ident], tally.total)
        if by != "count":
            fill(row, tally, pace)
            if tally.mean is None:
                row.values["why"] = "no_progress"
                found.apart.append(row)
                continue
        place = {"count": float(tally.total), "gap": -(tally.mean or 0.0), "progress": tally.mean or 0.0}[by]
        ranked.append((place if reverse else -place, row.title, row.id, row))
    ranked.sort(key=lambda entry: entry[:3])
    found.rows = [entry[3] for entry in ranked[:limit]]
    keys = turn.store.key_results(turn.actor, about.measuring, about.query, limit=200)
    by_owner: dict[str, list[str]] = {}
    for one in keys:
        by_owner.setdefault(one.owner, []).append(one.standing.key)
    for row in found.rows:
        row.values["key_results"] = list(by_owner.get(row.id, ()))
    found.lines = [person_line(row) for row in found.rows]
    found.values = {"count": len(ranked), "key_results": sum(tally.total for tally in tallies.values())}
    found.more = len(ranked) - len(found.rows)
    found.sources = [row.id for row in found.rows[:20]] + [one.standing.key for one in keys[:60]]
    if by != "count" or about.query.filters.statuses:
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
    members = {member.id: member for member in turn.store.members(turn.actor, ids=list(counts), active=False)}
    order = sorted(
        (ident for ident in counts if ident in members),
        key=lambda ident: (counts[ident] if reverse else -counts[ident], members[ident].name, members[ident].email),
    )
    found.rows = [person_row(members[ident], counts[ident]) for ident in order[:limit]]
    found.lines = [person_line(row) for row in found.rows]
    found.values = {"count": len(order)}
    found.more = max(0, len(order) - limit)
    found.sources = [row.id for row in found.rows[:60]]


def person_row(member: Member, count: int | None = None) -> Row:
    """A person with team and role; `count` where something of theirs was counted."""
    values: dict[str, Value] = {"role": member.role, "team": member.team, "manager": member.manager}
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
