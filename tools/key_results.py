"""Looking up key results: in order, by filter, and one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from okr.store.measuring import Measuring
from okr.store.standing import Query, Told
from tools.context import TurnContext
from tools.result import Chart, Found, Quote, Row
from tools.rows import MOST_ROWS, check_in_row, evidence, key_result_line, key_result_row
from tools.selection import Chosen, Where, chosen

MOST_APART = MOST_ROWS
# Each is looked up by itself, and nobody reads more.
MOST_FALLS = 30
# What is done needs no rank, and a reason for having none only those do that are not.
_OPEN = ("on_track", "at_risk", "off_track", "unknown", "pending")


def rank_key_results(
    turn: TurnContext, *, by: str = "gap", reverse: bool = False, limit: int = 10, where: Where = Where()
) -> Found:
    """The key results of a scope in order: the most behind first, or by progress, change, confidence, age, …

    Use it for every "which … most". The rows come with their figures; those that cannot be ranked
    stand apart with the reason. `values.count` is how many are ranked in all.
    """
    what = chosen(turn, where, week_back=by != "change")
    if by == "change" and what.before is None:
        raise ValueError("a change starts somewhere: give a first day")
    rows = turn.store.key_results(turn.actor, what.measuring, what.query, by=by, reverse=reverse, limit=limit)
    found = what.found("rank_key_results", where, by=by, reverse=reverse or None, limit=limit)
    found.rows = _rows(turn, rows, what.before)
    total = turn.store.count_key_results(turn.actor, what.measuring, what.query, by=by)
    found.values["count"] = total
    found.more = max(0, total - len(rows))
    if by == "gap" and not what.query.filters.unrankable:
        open_ones = tuple(status for status in _OPEN if status in (what.query.filters.statuses or _OPEN))
        left = replace(what.query.filters, unrankable=True, statuses=open_ones)
        _set_apart(turn, what, replace(what.query, filters=left), found)
        done = replace(what.query.filters, statuses=("completed",), unrankable=False)
        if not what.query.filters.statuses:
            query = replace(what.query, filters=done)
            found.values["completed"] = turn.store.count_key_results(turn.actor, what.measuring, query)
    elif by == "age":
        never = replace(what.query.filters, freshness=("never",))
        _set_apart(turn, what, replace(what.query, filters=never), found)
    found.rule = what.measuring.rule.name if by in ("gap", "change") or _judged(what) else None
    found.sources = evidence(rows)
    found.lines = [key_result_line(row) for row in found.rows]
    found.lines += [f"{key_result_line(row)} (not ranked)" for row in found.apart]
    found.chart = _pace(found.rows)
    return found


def list_key_results(
    turn: TurnContext, *, by: str = "", reverse: bool = False, limit: int = MOST_ROWS, where: Where = Where()
) -> Found:
    """The key results that meet the filters, and how many they are.

    Use it for "which ones are …" and "how many". Without an order they come by their ids; in lists
    by freshness the never checked in stand apart. `values` has the count, and the counts by status.
    """
    what = chosen(turn, where)
    query = what.query
    split = bool(query.filters.freshness or query.filters.older_than_days is not None)
    if split and "never" not in query.filters.freshness:
        by = by or "age"
    rows = turn.store.key_results(turn.actor, what.measuring, query, by=by, reverse=reverse, limit=limit)
    found = what.found("list_key_results", where, by=by, limit=limit if limit != MOST_ROWS else None)
    found.rows = _rows(turn, rows, what.before)
    tally = turn.store.tally(turn.actor, what.measuring, query) if len(rows) >= limit or by else None
    found.values["count"] = tally.total if tally else len(rows)
    found.more = int(tally.total) - len(rows) if tally else 0
    statuses: dict[str, int] = tally.statuses if tally else {}
    if tally is None:
        for row in found.rows:
            status = str(row.values.get("status"))
            statuses[status] = statuses.get(status, 0) + 1
    if not query.filters.states or query.filters.states == ("active",):
        found.values |= statuses
    if split and "never" not in query.filters.freshness:
        never = replace(query.filters, freshness=("never",), older_than_days=None)
        _set_apart(turn, what, replace(query, filters=never), found, name="never")
    # Every row tells its status.
    found.rule = what.measuring.rule.name
    if query.filters.confidence_falling:
        _add_earlier_confidence(turn, what, rows, found.rows)
    found.sources = evidence(rows)
    found.lines = [f"{found.values['count']} key results in all.", *(key_result_line(row) for row in found.rows)]
    return found


def read_key_result(turn: TurnContext, *, key: str, where: Where = Where()) -> Found:
    """One key result as it stood at the moment: figures, status, the owner's word, freshness and the last note."""
    what = chosen(turn, replace(where, key_results=(key,)))
    told = turn.store.key_results_by_id(turn.actor, what.measuring, what.scope.key_results)[0]
    found = what.found("read_key_result", replace(where, key_results=()), key=key)
    found.rows = _rows(turn, [told], what.before)
    found.values = {name: value for name, value in found.rows[0].values.items() if isinstance(value, int | float)}
    found.rule = what.measuring.rule.name
    found.sources = evidence([told])
    found.lines = [key_result_line(found.rows[0])]
    last = turn.store.check_ins(turn.actor, what.scope.key_results, last=what.measuring.as_of, limit=1)
    for entry in last:
        row = check_in_row(entry, turn.zone)
        for part in ("blockers", "note", "wins"):
            if text := getattr(entry, part):
                on = entry.at.astimezone(turn.zone).date()
                found.quotes.append(Quote(row.id, told.standing.key, entry.author_name, on, part, text))
                found.lines.append(f"[{entry.key}] {entry.author_name} wrote ({part}): {text}")
    return found


def _add_earlier_confidence(turn: TurnContext, what: Chosen, told: list[Told], rows: list[Row]) -> None:
    for one, row in zip(told[:MOST_FALLS], rows, strict=False):
        entries = turn.store.check_ins(turn.actor, [one.standing.id], last=what.measuring.as_of, limit=6)
        said = [entry for entry in entries if entry.confidence is not None and entry.key != one.check_in]
        if said:
            row.values["previous_confidence"] = said[-1].confidence


def _judged(what: Chosen) -> bool:
    filters = what.query.filters
    return bool(filters.statuses or filters.watermelon or filters.gap or filters.unrankable)


def _rows(turn: TurnContext, told: list[Told], before: Measuring | None) -> list[Row]:
    if before is None or not told:
        return [key_result_row(one, turn.zone) for one in told]
    was = turn.store.key_results_by_id(turn.actor, before, [one.standing.id for one in told])
    then = {one.standing.id: one for one in was}
    return [key_result_row(one, turn.zone, then.get(one.standing.id)) for one in told]


def _set_apart(turn: TurnContext, what: Chosen, query: Query, found: Found, name: str = "left_out") -> None:
    apart = turn.store.key_results(turn.actor, what.measuring, query, limit=MOST_APART)
    found.apart = [key_result_row(one, turn.zone) for one in apart]
    if name == "left_out":
        found.values |= Counter(str(row.values.get("why", "completed")) for row in found.apart)
    found.values[name] = (
        len(apart) if len(apart) < MOST_APART else turn.store.count_key_results(turn.actor, what.measuring, query)
    )


def _pace(rows: list[Row]) -> Chart | None:
    drawn = [row for row in rows if row.values.get("progress") is not None and row.values.get("expected") is not None]
    return Chart("pace", "", rows=drawn) if len(drawn) > 1 else None
