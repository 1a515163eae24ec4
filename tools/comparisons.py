"""Two or more sides beside one another, and one scope at two moments."""

from __future__ import annotations

from collections.abc import Sequence

from tools.context import TurnContext
from tools.key_results import read_key_result
from tools.kpis import read_kpi
from tools.result import Found, Row
from tools.scopes import roll_up
from tools.selection import Where, arguments


def compare(turn: TurnContext, *, sides: Sequence[Where], kpi: str = "") -> Found:
    """Each side as one row, in the order given: a roll-up of its scope, or its one key result or KPI.

    `difference` is the first side's progress less the second's, `value_difference` that of the values
    of key results or of a KPI at two moments.
    """
    found = Found("compare", {"sides": [arguments(side) for side in sides]} | ({"kpi": kpi} if kpi else {}))
    for side in sides:
        part = _side(turn, side, kpi)
        found.rows.append(_own_row(turn, side, part))
        found.sources += [key for key in part.sources if key not in found.sources]
        found.lines += part.lines[:1]
        found.rule, found.as_of = part.rule or found.rule, part.as_of
        found.period = part.period or found.period
    for name, difference in (("progress", "difference"), ("value", "value_difference")):
        shares = [row.values.get(name) for row in found.rows[:2]]
        if name == "value" and len({row.values.get("unit") for row in found.rows}) > 1:
            continue
        if len(shares) == 2 and isinstance(shares[0], int | float) and isinstance(shares[1], int | float):
            found.values[difference] = round(shares[0] - shares[1], 12)
    if all(row.values.get("progress") is None and row.values.get("value") is None for row in found.rows):
        found.kind, found.missing = "abstain", "value"
    return found


def _side(turn: TurnContext, side: Where, kpi: str) -> Found:
    if kpi:
        return read_kpi(turn, key=kpi, where=side)
    if len(side.key_results) == 1:
        return read_key_result(turn, key=side.key_results[0], where=side)
    return roll_up(turn, where=side, limit=1)


def _own_row(turn: TurnContext, side: Where, part: Found) -> Row:
    if part.tool != "roll_up" or (part.rows and part.rows[0].type == "objective"):
        return part.rows[0]
    for kind, keys in (("team", side.teams), ("person", side.people)):
        if len(keys) == 1:
            ref = turn.store.ref(turn.actor, kind, keys[0])
            row = Row(ref.key, kind, ref.title, dict(part.values))
            if kind == "team":
                row.values["below"] = len(turn.store.teams_below(ref.id)) - 1
            return row
    return Row("company", "company", turn.company.name, dict(part.values))
