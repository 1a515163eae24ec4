"""How far along a whole scope is: the company, teams, people, objectives or a cycle."""

from __future__ import annotations

from dataclasses import replace

from okr.language.frames import Ref
from okr.measure import expected, number, objective_score, score_of
from okr.store.standing import Query, Tally, Told
from tools.context import TurnContext
from tools.result import Found, Row, Value
from tools.rows import MOST_ROWS, evidence, key_result_line, key_result_row, objective_line, objective_row, scored
from tools.selection import Chosen, Where, chosen

# Scores are rounded one by one, which SQL does not do; more than this nobody asks about at once.
MOST_SCORED = 5_000


def roll_up(turn: TurnContext, *, where: Where = Where(), limit: int = MOST_ROWS, confidence: bool = False) -> Found:
    """Mean progress by weight over a scope, the worst status in it with the counts, and the worst ones first.

    Use it for "how is Sales doing" and "overall progress". A team takes in those below it. The first
    row is the objective where the scope is one; the key results follow, the worst first. With
    `confidence` also the mean of the owners' latest confidence (`average`, over `confident` of them).
    """
    what = chosen(turn, where)
    tally, told = turn.store.tally_and_worst(turn.actor, what.measuring, what.query, limit=limit)
    found = what.found("roll_up", where)
    children = [key_result_row(one, turn.zone) for one in told]
    scored(tally, found.values)
    pace = _pace(what)
    if pace is not None:
        found.values["expected"] = pace
        if tally.mean is not None:
            found.values["gap"] = round(pace - tally.mean, 12)
    if pace == 1.0:
        found.values |= _scores(turn, what)
    if confidence:
        average, number_said = turn.store.mean_confidence(turn.actor, what.measuring, what.query)
        if average is not None:
            found.values |= {"average": average, "confident": number_said}
    if what.before is not None:
        then = turn.store.tally(turn.actor, what.before, replace(what.query, before=None, earlier=True))
        if then.mean is not None and tally.mean is not None:
            found.values["previous"] = then.mean
            found.values["change"] = round(tally.mean - then.mean, 12)
    own = scope_row(turn, what, tally, found)
    found.rows = [*([own] if own.type == "objective" else []), *children]
    found.more = max(0, tally.total - len(children))
    found.rule = what.measuring.rule.name
    found.sources = [*scope_ids(what), *evidence(told)]
    found.lines = [f"{_name(what)}: {_summary(tally)}", *(key_result_line(row) for row in children)]
    if tally.total == 0:
        found.kind, found.missing = "abstain", "key_results"
    return found


def _pace(what: Chosen) -> float | None:
    paces = {expected(cycle.start, cycle.end, what.measuring.on) for cycle in what.cycles}
    return number(paces.pop()) if len(paces) == 1 else None


def scope_ids(what: Chosen) -> list[str]:
    """The ids that stand for the scope: its teams, people and objectives, or the company; and the cycles."""
    named = [ref.key for refs in what.refs.values() for ref in refs]
    return [*(named or ["company"]), *(cycle.key for cycle in what.cycles)]


def _name(what: Chosen) -> str:
    named = [f"[{ref.key}] {ref.title}" for refs in what.refs.values() for ref in refs]
    return ", ".join(named) or "[company] The company"


def _summary(tally: Tally) -> str:
    progress = "undefined" if tally.mean is None else f"{round(tally.mean * 100, 1):g}%"
    counts = ", ".join(f"{number} {status}" for status, number in tally.statuses.items())
    return (
        f"progress {progress} over {tally.counted} key results by weight, {tally.left_out} left out; "
        f"worst status {tally.worst}; {counts}"
    )


def _scores(turn: TurnContext, what: Chosen) -> dict[str, Value]:
    told = turn.store.key_results(turn.actor, what.measuring, what.query, limit=MOST_SCORED)
    score = _score(told)
    return {} if score is None else {"score": score}


def _score(told: list[Told]) -> float | None:
    scores = ((score_of(one.standing.score, one.standing.verdict.progress), one.standing.weight) for one in told)
    mean = objective_score(scores).mean
    return None if mean is None else number(mean)


def scope_row(turn: TurnContext, what: Chosen, tally: Tally, found: Found) -> Row:
    """The scope itself as a row: its one team, person or objective, else the company."""
    refs: list[Ref] = [ref for named in what.refs.values() for ref in named]
    if len(refs) != 1 or refs[0].kind == "key_result":
        return Row("company", "company", turn.company.name, dict(found.values))
    if refs[0].kind == "objective":
        (objective,) = turn.store.objectives_by_id(turn.actor, [refs[0].id])
        pace = found.values.get("expected")
        row = objective_row(objective, tally, pace if isinstance(pace, float) else None)
        row.values |= {name: found.values[name] for name in ("score", "previous", "change") if name in found.values}
        return row
    return Row(refs[0].key, refs[0].kind, refs[0].title, dict(found.values))


def objectives_holding(turn: TurnContext, *, none: bool = False, where: Where = Where()) -> Found:
    """The objectives of a scope that have key results which meet the filters; with `none` those that have no such.

    Each row says which key results they are (`key_results`) and how many (`matching`).
    """
    what = chosen(turn, where, children=True)
    told = turn.store.key_results(turn.actor, what.measuring, what.query, limit=MOST_SCORED)
    keys: dict[str, list[str]] = {}
    for one in told:
        keys.setdefault(one.objective, []).append(one.standing.key)
    found = list_objectives(turn, where=replace(where, filters=()), limit=MOST_SCORED)
    found.tool, found.args = "objectives_holding", what.found("", where, none=none or None).args
    found.rows = [row for row in found.rows if (row.id in keys) is not none]
    for row in found.rows:
        row.values |= {"key_results": list(keys.get(row.id, ())), "matching": len(keys.get(row.id, ()))}
    held = [key for row in found.rows for key in keys.get(row.id, ())]
    found.values = {"count": len(found.rows), "key_results": len(held)}
    found.more = max(0, len(found.rows) - MOST_ROWS)
    found.rows = found.rows[:MOST_ROWS]
    found.sources = [*(row.id for row in found.rows), *held][: 2 * MOST_ROWS]
    found.lines = [objective_line(row) for row in found.rows]
    return found


def list_objectives(
    turn: TurnContext, *, by: str = "", reverse: bool = False, limit: int = MOST_ROWS, where: Where = Where()
) -> Found:
    """The objectives of a scope with the roll-up of their key results, by id or in order.

    `by` is gap (the most behind first) or progress (the furthest first). A status filter looks at an
    objective's worst key result.
    """
    what = chosen(turn, where, children=True)
    filters = what.query.filters
    found = what.found("list_objectives", where, by=by, reverse=reverse or None)
    if by and not filters.statuses:
        ids, count = turn.store.objectives_in_order(
            turn.actor, what.measuring, what.query, by=by, reverse=reverse, limit=limit
        )
        objectives = turn.store.objectives_by_id(turn.actor, ids)
    else:
        # A status is that of an objective's worst key result, so all of them have to be looked at.
        roots = "parent" in filters.missing
        most = None if filters.statuses or roots else limit
        objectives = turn.store.objectives(
            turn.actor, what.cycle_ids, what.scope, filters.states, restricted=filters.restricted, limit=most
        )
        if roots:
            objectives = [one for one in objectives if one.parent is None]
        count = len(objectives)
        if most is not None and count >= most:
            count = turn.store.count_objectives(
                turn.actor, what.cycle_ids, what.scope, filters.states, restricted=filters.restricted
            )
    query = Query(earlier=what.query.earlier)
    if len(objectives) <= MOST_ROWS:
        query = replace(query, scope=replace(query.scope, objectives=tuple(one.id for one in objectives)))
    tallies = turn.store.tallies(turn.actor, what.measuring, query, "objective") if objectives else {}
    paces = {c.id: number(expected(c.start, c.end, what.measuring.on)) for c in what.cycles}
    placed = [(one, tallies.get(one.id)) for one in objectives]
    if filters.statuses:
        placed = [(one, tally) for one, tally in placed if tally and tally.worst in filters.statuses]
        count = len(placed)
    found.values["count"] = count
    found.more = max(0, count - limit)
    found.rows = [objective_row(one, tally, paces.get(one.cycle_id)) for one, tally in placed[:limit]]
    if paces and all(pace == 1.0 for pace in paces.values()):
        _add_scores(turn, what, found.rows)
    found.sources = [row.id for row in found.rows[:MOST_ROWS]]
    found.lines = [objective_line(row) for row in found.rows]
    found.rule = what.measuring.rule.name
    return found


def _add_scores(turn: TurnContext, what: Chosen, rows: list[Row]) -> None:
    ids = tuple(turn.store.ref(turn.actor, "objective", row.id).id for row in rows)
    if not ids:
        return
    query = Query(replace(what.scope, objectives=ids, people=(), teams=()), earlier=what.query.earlier)
    by_objective: dict[str, list[Told]] = {}
    for one in turn.store.key_results(turn.actor, what.measuring, query, limit=MOST_SCORED):
        by_objective.setdefault(one.objective, []).append(one)
    for row in rows:
        row.values["score"] = _score(by_objective.get(row.id, []))
