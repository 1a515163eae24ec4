"""Which teams there are, and how they stand beside one another."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from okr.measure import expected, number
from okr.store.directory import Team
from okr.store.standing import Tally
from tools.context import TurnContext
from tools.result import Found, Row, Value
from tools.rows import scored
from tools.selection import Chosen, Where, chosen


def list_teams(turn: TurnContext, *, below: Sequence[str] = ()) -> Found:
    """The teams, in the order of the file, with the team above and the lead; `below` keeps those under some."""
    every = turn.store.teams()
    found = Found("list_teams", {"below": list(below)} if below else {})
    if below:
        ids: set[int] = set()
        for key in below:
            ref = turn.store.ref(turn.actor, "team", key)
            ids |= set(turn.store.teams_below(ref.id)) - {ref.id}
        every = [team for team in every if team.id in ids]
    found.rows = [team_row(team) for team in every]
    found.lines = [team_line(row) for row in found.rows]
    found.values = {"count": len(every)}
    found.sources = [*below, *(row.id for row in found.rows[:60])]
    found.more = max(0, len(every) - 200)
    found.rows, found.lines = found.rows[:200], found.lines[:200]
    return found


def rank_teams(turn: TurnContext, *, by: str = "gap", reverse: bool = False, where: Where = Where()) -> Found:
    """Teams beside one another, each with the teams below it: by gap the most behind first.

    `by` is gap, progress (the furthest first), confidence (the surest first, by its mean) or count (who has
    the most key results that the filters let through). A team that stands for the whole company is left out
    of the order.
    """
    about = chosen(turn, where)
    tallies = turn.store.tallies(turn.actor, about.measuring, about.query, "tree")
    every = {team.id: team for team in turn.store.teams()}
    sure = {} if by != "confidence" else turn.store.mean_confidences(turn.actor, about.measuring, about.query, "tree")
    pace = pace_of(about)
    found = about.found("rank_teams", where, by=by, reverse=reverse)
    roots = _whole(every.values())
    within = {ident for team in about.scope.teams for ident in turn.store.teams_below(team)}
    entries = []
    for ident, team in every.items():
        if ident in roots or ident in about.scope.teams or (within and ident not in within):
            continue
        tally = tallies.get(ident)
        row = team_row(team)
        if tally is None:
            if by == "count":
                continue
            row.values["why"] = "no_key_results"
            found.apart.append(row)
            continue
        fill(row, tally, pace)
        if by == "confidence":
            if ident not in sure:
                row.values["why"] = "no_confidence"
                found.apart.append(row)
                continue
            row.values |= {"average": sure[ident][0], "confident": sure[ident][1]}
            entries.append((sure[ident][0], team.key, row))
            continue
        if by != "count" and tally.mean is None:
            row.values["why"] = "no_progress"
            found.apart.append(row)
            continue
        entries.append((_place(tally, by), team.key, row))
    entries.sort(key=lambda entry: (entry[0] if reverse else -entry[0], entry[1]))
    found.rows = [row for _, _, row in entries][:200]
    found.lines = [team_line(row) for row in found.rows]
    found.values = {"count": len(entries)}
    found.sources = [row.id for row in found.rows[:60]]
    found.rule = about.measuring.rule.name
    return found


def _whole(teams: Collection[Team]) -> set[int]:
    """The one team at the top that has all the others below it; empty where there are several at the top."""
    tops = [team.id for team in teams if team.above is None]
    return set(tops) if len(tops) == 1 and len(teams) > 1 else set()


def pace_of(about: Chosen) -> float | None:
    """Expected progress in the one cycle that a question is about; None where there are several."""
    if len(about.cycles) != 1:
        return None
    cycle = about.cycles[0]
    return number(expected(cycle.start, cycle.end, about.measuring.on))


def fill(row: Row, tally: Tally, pace: float | None) -> None:
    """Put a roll-up and its gap to the pace into a row."""
    values: dict[str, Value] = {}
    scored(tally, values)
    if pace is not None:
        values["expected"] = pace
        if tally.mean is not None:
            values["gap"] = round(pace - tally.mean, 12)
    row.values |= values


def _place(tally: Tally, by: str) -> float:
    if by == "count":
        return float(tally.total)
    mean = tally.mean or 0.0
    return mean if by == "progress" else -mean


def team_row(team: Team) -> Row:
    """A team with who leads it and which team is above it."""
    return Row(team.key, "team", team.name, {"lead": team.lead, "parent": team.above})


def team_line(row: Row) -> str:
    """One line for a model about a team."""
    v = row.values
    said = [f"led by {v['lead'] or 'nobody'}"]
    if v.get("parent"):
        said.append(f"part of {v['parent']}")
    if isinstance(progress := v.get("progress"), float):
        said.append(f"progress {round(progress * 100, 1):g}%, worst status {v['status']}")
    if "count" in v:
        said.append(f"{v['count']} key results")
    return f"[{row.id}] {row.title}: {'; '.join(said)}"
