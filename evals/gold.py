"""The truth of each question of the evals, by name, from a company file and apart from the product.

Nothing here imports from `okr`: two implementations that agree are evidence, one that is used twice is not.
A truth holds ids in order, the single figures, and the figures of each row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from evals.company import (
    WORST_FIRST,
    Company,
    Figure,
    Row,
    behind_first,
    clamped,
    exact,
    tenth,
)


@dataclass(frozen=True)
class Truth:
    """What is so: ids in order, the single figures, and the figures of each row."""

    rows: tuple[str, ...]
    values: dict[str, Figure] = field(default_factory=dict)
    each: dict[str, dict[str, Figure]] = field(default_factory=dict)


Query = Callable[..., Truth]
_QUERIES: dict[str, Query] = {}


def query(made: Query) -> Query:
    """Enter a question's truth under its name."""
    _QUERIES[made.__name__] = made
    return made


def truth(company: Company, name: str, asker: str, at: datetime, **wanted: Any) -> Truth:
    """The truth of one expectation; `on` in `wanted` moves the moment asked about."""
    on = wanted.pop("on", None)
    return _QUERIES[name](company, asker, at if on is None else company.moment(on), **wanted)


def _told(company: Company, rows: list[Row], at: datetime) -> Truth:
    each = {row["key"]: company.standing(row, at).figures() for row in rows}
    return Truth(tuple(each), {"count": Fraction(len(rows))}, each)


@query
def behind(company: Company, asker: str, at: datetime, *, ahead: bool = False, **scope: Any) -> Truth:
    """Key results by gap; `ahead` turns the order round."""
    rows = behind_first(company, company.key_results(asker, at, **scope), at)
    return _told(company, rows[::-1] if ahead else rows, at)


@query
def by_status(company: Company, asker: str, at: datetime, *, status: str | list[str], **scope: Any) -> Truth:
    """Active key results of one computed status, or of several."""
    wanted = [status] if isinstance(status, str) else status
    rows = [r for r in company.key_results(asker, at, **scope) if company.status(r, at) in wanted]
    return _told(company, rows, at)


@query
def by_freshness(company: Company, asker: str, at: datetime, *, freshness: str | list[str], **scope: Any) -> Truth:
    """Active key results of one freshness, or of several."""
    wanted = [freshness] if isinstance(freshness, str) else freshness
    rows = [r for r in company.key_results(asker, at, **scope) if company.standing(r, at).freshness in wanted]
    return _told(company, rows, at)


@query
def older_than(company: Company, asker: str, at: datetime, *, days: int, **scope: Any) -> Truth:
    """Active key results whose latest check-in is more than so many days old; those without one apart."""
    rows = []
    for row in company.key_results(asker, at, **scope):
        age = company.standing(row, at).age_days
        if age is not None and age > days:
            rows.append(row)
    return _told(company, rows, at)


@query
def every(company: Company, asker: str, at: datetime, **scope: Any) -> Truth:
    """All active key results of a scope."""
    return _told(company, company.key_results(asker, at, **scope), at)


@query
def lacking(company: Company, asker: str, at: datetime, *, field: str, **scope: Any) -> Truth:
    """Active measures whose field is empty."""
    rows = company.key_results(asker, at, **scope)
    return _told(company, [r for r in rows if r["kind"] == "measure" and r[field] is None], at)


@query
def one(company: Company, asker: str, at: datetime, *, key: str) -> Truth:
    """One key result with all its figures."""
    row = company.by_key["key_results"][key]
    figures = company.standing(row, at).figures()
    figures |= {"baseline": exact(row["baseline"]), "target": exact(row["target"]), "score": company.score(row)}
    return Truth((key,), figures, {key: figures})


@query
def kpi(company: Company, asker: str, at: datetime, *, key: str, since: str | None = None) -> Truth:
    """The latest point of a KPI, and with `since` the one that counted then and the difference."""
    points = [p for p in company.by_key["kpis"][key]["points"] if company.recorded(p["date"]) <= at]
    values: dict[str, Figure] = {"value": exact(points[-1]["value"])}
    if since is not None:
        earlier = [p for p in points if company.recorded(p["date"]) <= company.moment(since)][-1]
        values["previous"] = exact(earlier["value"])
        values["change"] = Fraction(str(points[-1]["value"])) - Fraction(str(earlier["value"]))
    return Truth((key,), values)


@query
def change(company: Company, asker: str, at: datetime, *, key: str, since: str) -> Truth:
    """The value now, the value then, and the difference."""
    row = company.by_key["key_results"][key]
    now, then = company.value(row, at), company.value(row, company.moment(since))
    moved = None if now is None or then is None else now - then
    return Truth((key,), {"value": now, "previous": then, "change": moved})


@query
def fell(company: Company, asker: str, at: datetime, *, since: str, **scope: Any) -> Truth:
    """By change of progress against change of expectation, most ground lost first."""
    then = company.moment(since)
    found = []
    for row in company.key_results(asker, at, **scope):
        now_at, then_at = company.standing(row, at), company.standing(row, then)
        if now_at.gap is not None and then_at.gap is not None:
            found.append((then_at.gap - now_at.gap, row["key"]))
    return Truth(tuple(key for _, key in sorted(found)))


@query
def owner(company: Company, asker: str, at: datetime, *, key: str) -> Truth:
    """Who owns a key result, an objective or a KPI."""
    held = next(rows[key] for name, rows in company.by_key.items() if name != "teams" and key in rows)
    return Truth((held["owner"],))


@query
def lead(company: Company, asker: str, at: datetime, *, team: str) -> Truth:
    """Who leads a team."""
    return Truth((company.by_key["teams"][team]["lead"],))


@query
def members(company: Company, asker: str, at: datetime, *, team: str) -> Truth:
    """The active people of a team itself."""
    found = tuple(e for e, p in company.people.items() if p["team"] == team and p["active"])
    return Truth(found, {"count": Fraction(len(found))})


@query
def roll_up(company: Company, asker: str, at: datetime, **scope: Any) -> Truth:
    """Mean by weight of clamped progress where it is defined, the number left out, the worst status."""
    rows = company.key_results(asker, at, **scope)
    defined = [(Fraction(str(r["weight"])), company.progress(r, at)) for r in rows]
    measured = [(weight, clamped(share)) for weight, share in defined if share is not None]
    whole = sum((weight for weight, _ in measured), Fraction(0))
    mean = sum((weight * share for weight, share in measured), Fraction(0)) / whole if whole else None
    statuses = [company.status(r, at) for r in rows]
    values: dict[str, Figure] = {"progress": mean, "left_out": Fraction(len(rows) - len(measured))}
    values["status"] = next((s for s in WORST_FIRST if s in statuses), None)
    return Truth(tuple(r["key"] for r in rows), values)


@query
def compare(company: Company, asker: str, at: datetime, *, teams: list[str]) -> Truth:
    """Two teams' roll-ups and the difference, first minus second."""
    shares = {team: roll_up(company, asker, at, team=team).values["progress"] for team in teams}
    first, second = (shares[team] for team in teams)
    apart = first - second if isinstance(first, Fraction) and isinstance(second, Fraction) else None
    return Truth(tuple(teams), {"difference": apart}, {team: {"progress": share} for team, share in shares.items()})


@query
def history(
    company: Company, asker: str, at: datetime, *, key: str, since: str | None = None, last: int | None = None
) -> Truth:
    """The check-ins of one key result, oldest first."""
    found = company.check_ins(key, at)
    if since is not None:
        found = [c for c in found if company.recorded(c["date"]) >= company.recorded(since)]
    if last is not None:
        found = found[-last:]
    return Truth(tuple(c["key"] for c in found))


@query
def said(
    company: Company, asker: str, at: datetime, *, what: str, since: str, until: str | None = None, **scope: Any
) -> Truth:
    """Check-ins with words under `wins` or `blockers` between two days, both included."""
    keys = {r["key"] for r in company.key_results(asker, at, **scope)}
    end = at if until is None else company.moment(until)
    found = [
        c["key"]
        for c in company.file["check_ins"]
        if c["key_result"] in keys and c[what] and company.recorded(since) <= company.recorded(c["date"]) <= end
    ]
    return Truth(tuple(found))


@query
def watermelons(company: Company, asker: str, at: datetime, **scope: Any) -> Truth:
    """Those whose owner says on track while the rule says off track."""
    stands = [(r, company.standing(r, at)) for r in company.key_results(asker, at, **scope)]
    return _told(company, [r for r, s in stands if (s.reported, s.status) == ("on_track", "off_track")], at)


@query
def boundaries(company: Company, asker: str, at: datetime, *, status: str | None = None, **scope: Any) -> Truth:
    """Boundaries, or those that hold (`on_track`) or are breached (`off_track`)."""
    rows = [r for r in company.key_results(asker, at, **scope) if r["kind"] == "boundary"]
    return _told(company, [r for r in rows if status in (None, company.status(r, at))], at)


@query
def losing_confidence(company: Company, asker: str, at: datetime, **scope: Any) -> Truth:
    """Those whose latest confidence is below the one before."""
    found = []
    for row in company.key_results(asker, at, **scope):
        given = [c["confidence"] for c in company.check_ins(row["key"], at) if c["confidence"] is not None]
        if len(given) > 1 and given[-1] < given[-2]:
            found.append(row)
    return _told(company, found, at)


@query
def tasks(
    company: Company,
    asker: str,
    at: datetime,
    *,
    assignee: str | None = None,
    key: str | None = None,
    status: str | None = None,
    overdue: bool = False,
    still_open: bool = False,
    team: str | None = None,
) -> Truth:
    """Visible tasks: linked to nothing, or to at least one visible key result."""
    today = company.day(at).isoformat()
    found = []
    for task in company.file["tasks"]:
        linked = [company.by_key["key_results"][k]["objective"] for k in task["key_results"]]
        visible = not linked or any(company.sees(asker, objective) for objective in linked)
        done = task["status"] == "done"
        teams = {company.by_key["objectives"][objective]["team"] for objective in linked}
        if (
            visible
            and (assignee is None or task["assignee"] == assignee)
            and (key is None or key in task["key_results"])
            and (status is None or task["status"] == status)
            and not (overdue and (done or task["due"] is None or task["due"] >= today))
            and not (still_open and done)
            and (team is None or teams & company.below(team))
        ):
            found.append(task["key"])
    return Truth(tuple(found), {"count": Fraction(len(found))})


@query
def waits_for(company: Company, asker: str, at: datetime, *, task: str) -> Truth:
    """What a task depends on."""
    return Truth(tuple(company.by_key["tasks"][task]["depends_on"]))


@query
def children(company: Company, asker: str, at: datetime, *, key: str) -> Truth:
    """Visible objectives that hang below an objective."""
    below = [o["key"] for o in company.file["objectives"] if o["parent"] == key]
    return Truth(tuple(k for k in below if company.sees(asker, k)))


@query
def parent(company: Company, asker: str, at: datetime, *, key: str) -> Truth:
    """The objective above an objective."""
    return Truth((company.by_key["objectives"][key]["parent"],))


@query
def objectives(company: Company, asker: str, at: datetime, *, team: str | None = None, own: str | None = None) -> Truth:
    """Visible active objectives of the cycle in force."""
    cycle = company.cycle(at)
    teams = None if team is None else company.below(team)
    found = [
        o["key"]
        for o in company.file["objectives"]
        if cycle is not None
        and o["cycle"] == cycle["key"]
        and o["state"] == "active"
        and company.sees(asker, o["key"])
        and (teams is None or o["team"] in teams)
        and (own is None or o["owner"] == own)
    ]
    return Truth(tuple(found), {"count": Fraction(len(found))})


@query
def scores(company: Company, asker: str, at: datetime, *, cycle: str, team: str | None = None) -> Truth:
    """Objectives of a cycle with their scores; `score` when there is one."""
    found: dict[str, dict[str, Figure]] = {}
    teams = None if team is None else company.below(team)
    for objective in company.file["objectives"]:
        if objective["cycle"] != cycle or not company.sees(asker, objective["key"]):
            continue
        if teams is not None and objective["team"] not in teams:
            continue
        rows = company.key_results(asker, at, cycle=cycle, objective=objective["key"])
        scored = [(Fraction(str(r["weight"])), company.score(r)) for r in rows]
        known = [(weight, score) for weight, score in scored if score is not None]
        whole = sum((weight for weight, _ in known), Fraction(0))
        mean = tenth(sum((w * s for w, s in known), Fraction(0)) / whole) if whole else None
        found[objective["key"]] = {"score": mean}
    values = next(iter(found.values())) if len(found) == 1 else {}
    return Truth(tuple(found), values, found)


@query
def lessons(
    company: Company,
    asker: str,
    at: datetime,
    *,
    cycle: str | None = None,
    team: str | None = None,
    kind: str | None = None,
) -> Truth:
    """Visible lessons of a cycle, a team or a kind."""
    found = []
    for lesson in company.file["lessons"]:
        about = lesson["objective"]
        held = company.by_key["objectives"][about]["team"] if about is not None else None
        if (
            (about is None or company.sees(asker, about))
            and (cycle is None or lesson["cycle"] == cycle)
            and (team is None or held in company.below(team))
            and (kind is None or lesson["kind"] == kind)
        ):
            found.append(lesson["key"])
    return Truth(tuple(found), {"count": Fraction(len(found))})


@query
def where(
    company: Company,
    asker: str,
    at: datetime,
    *,
    kind: str | None = None,
    status: str | None = None,
    freshness: str | None = None,
    gap_over: float | None = None,
    progress_below: float | None = None,
    confidence_to: int | None = None,
    **scope: Any,
) -> Truth:
    """Key results to which each of the named conditions applies."""
    found = []
    for row in company.key_results(asker, at, **scope):
        stands = company.standing(row, at)
        if (
            kind in (None, row["kind"])
            and status in (None, stands.status)
            and freshness in (None, stands.freshness)
            and (gap_over is None or (stands.gap is not None and stands.gap > Fraction(str(gap_over))))
            and (
                progress_below is None
                or (stands.progress is not None and stands.progress < Fraction(str(progress_below)))
            )
            and (confidence_to is None or (stands.confidence is not None and stands.confidence <= confidence_to))
        ):
            found.append(row)
    return _told(company, found, at)


@query
def average_confidence(company: Company, asker: str, at: datetime, **scope: Any) -> Truth:
    """The mean of the latest confidences where one was given."""
    given = [company.standing(row, at).confidence for row in company.key_results(asker, at, **scope)]
    known = [confidence for confidence in given if confidence is not None]
    return Truth((), {"average": Fraction(sum(known), len(known))})


@query
def busiest(company: Company, asker: str, at: datetime, *, status: str | None = None, **scope: Any) -> Truth:
    """People by the number of active key results they own, or of those with a status; the most first."""
    rows = [r for r in company.key_results(asker, at, **scope) if status in (None, company.status(r, at))]
    owners = {row["owner"] for row in rows}
    counted = sorted((-sum(1 for r in rows if r["owner"] == o), o) for o in owners)
    return Truth(tuple(o for _, o in counted), {"count": Fraction(-counted[0][0])})


@query
def due(company: Company, asker: str, at: datetime, *, since: str, until: str, assignee: str | None = None) -> Truth:
    """Visible tasks that are not done and due between two days, both included."""
    unfinished = tasks(company, asker, at, still_open=True, assignee=assignee).rows
    rows = [company.by_key["tasks"][key] for key in unfinished]
    found = tuple(t["key"] for t in rows if t["due"] is not None and since <= t["due"] <= until)
    return Truth(found, {"count": Fraction(len(found))})


@query
def without_check_in(company: Company, asker: str, at: datetime, *, since: str, **scope: Any) -> Truth:
    """Active key results with no check-in from a day on."""
    found = [
        row
        for row in company.key_results(asker, at, **scope)
        if not any(company.recorded(c["date"]) >= company.recorded(since) for c in company.check_ins(row["key"], at))
    ]
    return _told(company, found, at)


@query
def checked_in(company: Company, asker: str, at: datetime, *, since: str, **scope: Any) -> Truth:
    """The visible check-ins from a day on."""
    keys = {row["key"] for row in company.key_results(asker, at, state=None, **scope)}
    found = [
        c["key"]
        for c in company.file["check_ins"]
        if c["key_result"] in keys and company.recorded(since) <= company.recorded(c["date"]) <= at
    ]
    return Truth(tuple(found), {"count": Fraction(len(found))})


@query
def manager(company: Company, asker: str, at: datetime, *, person: str) -> Truth:
    """Whom a person reports to."""
    return Truth((company.people[person]["manager"],))


@query
def cycle_in_force(company: Company, asker: str, at: datetime) -> Truth:
    """The cycle whose days hold the moment; no rows between two."""
    cycle = company.cycle(at)
    return Truth(() if cycle is None else (cycle["key"],))
