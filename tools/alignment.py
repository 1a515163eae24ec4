"""How objectives hang together: what feeds one, and what it feeds."""

from __future__ import annotations

from collections.abc import Sequence

from okr import health
from okr.measure import expected, number
from okr.store.measuring import Measuring
from okr.store.scope import Scope
from okr.store.standing import Query
from tools.context import TurnContext
from tools.result import Found, Row
from tools.rows import objective_line, objective_row
from tools.selection import Where, chosen

MOST_FURTHER = 200


def read_alignment(
    turn: TurnContext,
    *,
    direction: str = "children",
    objectives: Sequence[str] = (),
    key_results: Sequence[str] = (),
    teams: Sequence[str] = (),
    cycle: str = "",
) -> Found:
    """Children: the objectives right below these. Parents: what these feed, the nearest above.

    A key result feeds its own objective. Of a team it is its objectives in the cycle in force, or in
    the named one. `values` hold the count; `apart` holds objectives further up or down.
    """
    store, actor = turn.store, turn.actor
    args = {
        "direction": direction,
        "objectives": list(objectives),
        "key_results": list(key_results),
        "teams": list(teams),
        "cycle": cycle,
    }
    found = Found("read_alignment", {name: value for name, value in args.items() if value})
    own = [store.ref(actor, "objective", key).id for key in objectives]
    results = [store.ref(actor, "key_result", key).id for key in key_results]
    if not own and not results:
        about = chosen(turn, Where(teams=tuple(teams), cycle=cycle))
        own = store.objectives_in(actor, about.scope, about.cycle_ids, roots=not teams and direction == "children")
    nearest: list[int] = []
    further: list[int] = []
    if direction == "parents":
        nearest = store.objectives_of(actor, results)
        for ident in own:
            above = store.parents_of(actor, ident)
            nearest += above[:1]
            further += above[1:]
        for ident in nearest[: len(results)]:
            further += store.parents_of(actor, ident)
    else:
        nearest = store.children_of(actor, own or store.objectives_of(actor, results))
        level = nearest
        while level and len(further) < MOST_FURTHER:
            level = [ident for ident in store.children_of(actor, level) if ident not in further]
            further += level
    nearest = list(dict.fromkeys(nearest))
    further = [ident for ident in dict.fromkeys(further) if ident not in nearest]
    found.rows = _rows(turn, nearest)
    found.apart = [
        Row(one.key, "objective", one.title, {"owner": one.owner, "team": one.team, "cycle": one.cycle})
        for one in turn.store.objectives_by_id(turn.actor, further[:MOST_FURTHER])
    ]
    found.lines = [objective_line(row) for row in found.rows]
    found.values = {"count": len(found.rows), "further": len(further)}
    found.more = max(0, len(found.rows) - 200)
    found.sources = [*objectives, *key_results, *teams, *(row.id for row in found.rows)]
    if not found.rows:
        found.kind, found.missing = "abstain", direction
    return found


def _rows(turn: TurnContext, ids: Sequence[int]) -> list[Row]:
    """The objectives with how far along they are, each held against its own cycle."""
    found = turn.store.objectives_by_id(turn.actor, ids)
    cycles = {cycle.id: cycle for cycle in turn.cycles}
    of = [cycles[ident] for ident in {objective.cycle_id for objective in found}]
    measuring = Measuring(turn.now, turn.zone, of, health.rule(health.DEFAULT_RULE))
    tallies = turn.store.tallies(turn.actor, measuring, Query(Scope(objectives=tuple(ids))), "objective")
    paces = {cycle.id: number(expected(cycle.start, cycle.end, measuring.on)) for cycle in of}
    return [objective_row(one, tallies.get(one.id), paces[one.cycle_id]) for one in found]
