"""Which cycles there are and when they run."""

from __future__ import annotations

from collections.abc import Sequence

from okr.store.directory import Cycle
from tools.context import TurnContext
from tools.result import Found, Row, Value


def list_cycles(turn: TurnContext, *, states: Sequence[str] = (), in_force: bool = False) -> Found:
    """The cycles, newest first, with start, end, state (planned, active, closed) and whether it is in force."""
    running = {cycle.id for cycle in turn.in_force(turn.today)}
    cycles = [
        cycle
        for cycle in reversed(turn.cycles)
        if (not states or cycle.state in states) and (not in_force or cycle.id in running)
    ]
    found = Found("list_cycles", {"states": list(states)} if states else {})
    found.rows = [cycle_row(cycle, cycle.id in running) for cycle in cycles]
    found.lines = [
        f"[{row.id}] {row.title}: {row.values['start']} to {row.values['end']}, {row.values['state']}"
        for row in found.rows
    ]
    found.values = {"count": len(cycles)}
    found.sources = [cycle.key for cycle in cycles]
    return found


def cycle_row(cycle: Cycle, in_force: bool) -> Row:
    """A cycle with its days."""
    values: dict[str, Value] = {
        "start": cycle.start.isoformat(),
        "end": cycle.end.isoformat(),
        "state": cycle.state,
        "in_force": in_force,
    }
    return Row(cycle.key, "cycle", cycle.name, values)
