"""Looking up key results: in order, by filter, and one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from okr.store.measuring import Measuring
from okr.store.ranking import RANKED
from okr.store.standing import Query, Tally, Told
from tools.context import TurnContext
from tools.result import Chart, Found, Quote, Row
from tools.rows import MOST_ROWS, check_in_row, evidence, key_result_line, key_result_row
from tools.selection import Chosen, Where, chosen

MOST_APART = 60
_WORDS = ("status", "reported", "freshness", "date")
# Each is looked up by itself, and nobody reads more.
MOST_FALLS = 30


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
    found = what.found("rank_key_results", where, by=by, reverse=reverse or None, limit=limit)
    if by == "gap":
        ranking = turn.store.ranking(
            turn.actor, what.measuring, what.query, reverse=reverse, limit=limit, most_apart=MOST_APART
        )
        rows = ranking.rows
        found.apart = [key_result_row(one, turn.zone) for one in ranking.apart]
        counts = dict(ranking.counts)
        found.values["count"] = counts.pop(RANKED, 0)
        found.values |= counts
        found.values["left_out"] = ranking.left_out
    elif by == "change":
        movers = turn.store.movers(turn.actor, what.measuring, what.query, limit=limit)
        rows = movers.gained if reverse else movers.lost
        found.values["count"] = movers.count
    else:
        rows = turn.store.key_results(turn.actor, what.measuring, what.query, by=by, reverse=reverse, limit=limit)
        found.values["count"] = len(rows)
        if len(rows) >= limit:
            found.values["count"] = turn.store.count_key_results(turn.actor, what.measuring, what.query, by=by)
        if by == "age":
            never = replace(what.query.filters, freshness=("never",))
            _set_apart(turn, what, replace(what.query, filters=never), found)
    found.rows = _rows(turn, rows, what.before)
    found.more = max(0, int(str(found.values["count"])) - len(rows))
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
    # Those of the other statuses are worth knowing too, and cost the same pass.
    every = replace(query, filters=replace(query.filters, statuses=()))
    tally: Tally | None = None
    if query.filters.statuses and by == "status" and not reverse and not split:
        tally, rows = turn.store.tally_and_worst(
            turn.actor, what.measuring, every, limit=limit, statuses=query.filters.statuses
        )
    else:
        rows = turn.store.key_results(turn.actor, what.measuring, query, by=by, reverse=reverse, limit=limit)
    found = what.found("list_key_results", where, by=by, limit=limit if limit != MOST_ROWS else None)
    found.rows = _rows(turn, rows, what.before)
    found.values["count"] = len(rows)
    counted = Counter(str(row.values["status"]) for row in found.rows if "status" in row.values)
    if len(rows) >= limit or (query.filters.statuses and not split):
        if query.filters.statuses or not what.filtered:
            counted = Counter((tally or turn.store.tally(turn.actor, what.measuring, every)).statuses)
            asked = query.filters.statuses or tuple(counted)
            found.values["count"] = sum(counted[status] for status in asked)
        else:
            found.values["count"] = turn.store.count_key_results(turn.actor, what.measuring, query)
    found.more = max(0, int(str(found.values["count"])) - len(rows))
    whole = found.more == 0 or counted.total() >= int(str(found.values["count"]))
    if whole and (not query.filters.states or query.filters.states == ("active",)):
        found.values |= counted
    if split and "never" not in query.filters.freshness:
        never = replace(query.filters, freshness=("never",), older_than_days=None)
        _set_apart(turn, what, replace(query, filters=never), found)
    # Every row tells its status, unless it has none.
    if query.filters.states != ("postponed",):
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
    figures = found.rows[0].values.items()
    found.values = {name: value for name, value in figures if isinstance(value, int | float) or name in _WORDS}
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


def _set_apart(turn: TurnContext, what: Chosen, query: Query, found: Found, name: str = "never") -> None:
    apart = turn.store.key_results(turn.actor, what.measuring, query, limit=MOST_APART)
    found.apart = [key_result_row(one, turn.zone) for one in apart]
    found.values[name] = (
        len(apart) if len(apart) < MOST_APART else turn.store.count_key_results(turn.actor, what.measuring, query)
    )


def _pace(rows: list[Row]) -> Chart | None:
    drawn = [row for row in rows if row.values.get("progress") is not None and row.values.get("expected") is not None]
    return Chart("pace", "", rows=drawn) if len(drawn) > 1 else None


def find_movers(turn: TurnContext, *, limit: int = 3, where: Where = Where()) -> Found:
    """Those that lost the most ground over a stretch of time, and after them those that gained the most.

    Ground is progress held against what was expected to be added. `values.lost` and `values.gained`
    say how many of the rows are which.
    """
    what = chosen(turn, where)
    if what.before is None:
        raise ValueError("a change starts somewhere: give a first day")
    movers = turn.store.movers(turn.actor, what.measuring, what.query, limit=limit)
    found = what.found("find_movers", where, limit=limit)
    lost = [row for row in _rows(turn, movers.lost, what.before) if _ground(row) > 0]
    gained = [row for row in _rows(turn, movers.gained, what.before) if _ground(row) < 0]
    found.rows = [*lost, *gained]
    found.values = {"count": movers.count, "lost": len(lost), "gained": len(gained)}
    found.rule = what.measuring.rule.name
    moved = {row.id for row in found.rows}
    found.sources = evidence([one for one in (*movers.lost, *movers.gained) if one.standing.key in moved])
    found.lines = [key_result_line(row) for row in found.rows]
    return found


def _ground(row: Row) -> float:
    change, progress = row.values.get("gap_change"), row.values.get("change")
    if isinstance(change, float):
        return round(change, 9)
    return -round(progress, 9) if isinstance(progress, float) else 0.0
