"""Records as rows of a result, lines for a model, and the ids that carry their evidence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from okr.calendar import day_of
from okr.measure import Measure, holding, number, score_of, undefined_reason
from okr.store.objectives import Objective
from okr.store.records import CheckIn, Kpi
from okr.store.standing import Tally, Told
from tools.result import Row, Value

MOST_ROWS = 200
MOST_SOURCES = 60


def day_text(moment: datetime | None, zone: ZoneInfo) -> str | None:
    """The day of a moment in the zone as ISO text."""
    return None if moment is None else day_of(moment, zone).isoformat()


def why_unrankable(measure: Measure) -> str:
    """The reason why no gap can be computed, as a code: one of `undefined_reason`'s, binary or boundary."""
    reason = undefined_reason(measure)
    if measure.kind in ("binary", "boundary") and reason != "no_value":
        return measure.kind
    return reason or measure.kind


def key_result_row(told: Told, zone: ZoneInfo, before: Told | None = None) -> Row:
    """A key result with all that is known of it at the moment; with `before`, how its progress changed since.

    Figures that are undefined are null. A postponed one has no status.
    """
    one, verdict = told.standing, told.standing.verdict
    measure = one.measure
    values: dict[str, Value] = {
        "progress": None if verdict.progress is None else number(verdict.progress),
        "expected": None if verdict.expected is None else number(verdict.expected),
        "gap": None if verdict.gap is None else number(verdict.gap),
        "status": verdict.status.value,
        "reported": one.reported,
        "confidence": one.confidence,
        "freshness": one.age.freshness.value,
        "age_days": one.age.days,
        "last_check_in": day_text(one.last_at, zone),
        "kind": measure.kind,
        "value": None if measure.value is None else float(measure.value),
        "date": day_text(one.value_at, zone),
        "baseline": None if measure.baseline is None else float(measure.baseline),
        "target": None if measure.target is None else float(measure.target),
        "unit": one.unit,
        "weight": one.weight,
        "owner": told.owner,
        "team": told.team,
        "objective": told.objective,
        "cycle": told.cycle,
        "cadence": one.cadence,
        "state": one.state,
    }
    if verdict.ratio is not None:
        values["ratio"] = number(verdict.ratio)
    if measure.kind == "boundary":
        values["limit"] = measure.limit
        values["holding"] = holding(measure)
    if verdict.gap is None:
        values["why"] = why_unrankable(measure)
    if one.score is not None or verdict.expected == 1:
        # The cycle is at its end, so that what was reached is the score where nobody gave one.
        score = score_of(one.score, verdict.progress)
        values["score"] = None if score is None else number(score)
    if one.state == "postponed":
        del values["status"]
    if before is not None:
        values |= moved(told, before)
    return Row(told.standing.key, "key_result", one.title, values)


def moved(now: Told, before: Told) -> dict[str, Value]:
    """How a key result changed between two moments: progress and gap; a part that is undefined is missing."""
    values: dict[str, Value] = {}
    progress, was = now.standing.verdict.progress, before.standing.verdict.progress
    if was is not None:
        values["previous"] = number(was)
        if progress is not None:
            values["change"] = number(progress - was)
    gap, gap_was = now.standing.verdict.gap, before.standing.verdict.gap
    if gap is not None and gap_was is not None:
        values["previous_gap"] = number(gap_was)
        values["gap_change"] = number(gap - gap_was)
    if before.standing.confidence is not None:
        values["previous_confidence"] = before.standing.confidence
    return values


def evidence(told: Iterable[Told], most: int = MOST_SOURCES) -> list[str]:
    """The ids of the key results and of what gave their values, each once."""
    found: dict[str, None] = {}
    for one in told:
        found[one.standing.key] = None
        given = one.value_check_in or (one.kpi if one.standing.measure.value is not None else None)
        for key in (given, one.check_in):
            if key is not None:
                found[key] = None
        if len(found) >= most:
            break
    return list(found)


def key_result_line(row: Row) -> str:
    """One line for a model: the id to cite, the title, and the figures that are known."""
    v = row.values
    said = [f"status {v.get('status', v.get('state'))}"]
    for name in ("progress", "expected", "gap", "change"):
        if isinstance(share := v.get(name), float):
            # Of progress, not of the value: of churn the two go opposite ways.
            points = f"progress change {round(share * 100, 1):+g} points"
            said.append(points if name == "change" else f"{name} {round(share * 100, 1):g}%")
    if v.get("value") is not None:
        said.append(f"value {v['value']:g}{' ' + str(v['unit']) if v.get('unit') else ''} on {v['date']}")
    if v.get("baseline") is not None or v.get("target") is not None:
        said.append(f"from {v['baseline']} to {v['target']}")
    if v.get("reported") and v["reported"] != v.get("status"):
        said.append(f"owner says {v['reported']}")
    if v.get("confidence") is not None:
        said.append(f"confidence {v['confidence']}/5")
    said.append(f"check-in {v['freshness']}" + (f" ({v['age_days']} days)" if v["age_days"] is not None else ""))
    said.append(f"owner {v['owner']}, team {v['team']}")
    if v.get("why"):
        said.append(f"no gap: {v['why']}")
    return f"[{row.id}] {row.title}: {'; '.join(said)}"


def objective_row(objective: Objective, tally: Tally | None, expected: float | None) -> Row:
    """An objective with the roll-up of its key results; without any, its figures are null."""
    mean = None if tally is None else tally.mean
    values: dict[str, Value] = {
        "progress": mean,
        "expected": expected,
        "gap": None if mean is None or expected is None else round(expected - mean, 12),
        "status": None if tally is None else tally.worst,
        "count": 0 if tally is None else tally.total,
        "left_out": 0 if tally is None else tally.left_out,
        "owner": objective.owner,
        "team": objective.team,
        "cycle": objective.cycle,
        "parent": objective.parent,
        "state": objective.state,
        "kind": objective.kind,
        "visibility": objective.visibility,
        "created": None if objective.created is None else objective.created.isoformat(),
    }
    if tally is not None:
        values |= dict(tally.statuses)
    return Row(objective.key, "objective", objective.title, values)


def objective_line(row: Row) -> str:
    """One line for a model about an objective."""
    v = row.values
    progress = v["progress"]
    share = f"{round(progress * 100, 1):g}%" if isinstance(progress, float) else "undefined"
    return (
        f"[{row.id}] {row.title}: worst status {v['status']}; progress {share} over {v['count']} key results "
        f"({v['left_out']} left out); owner {v['owner']}, team {v['team']}"
    )


def check_in_row(entry: CheckIn, zone: ZoneInfo) -> Row:
    """A check-in with what was recorded in it; its title is what was written first."""
    values: dict[str, Value] = {
        "date": day_text(entry.at, zone),
        "value": entry.value,
        "confidence": entry.confidence,
        "reported": entry.status,
        "author": entry.author,
        "key_result": entry.key_result,
    }
    for part in ("wins", "blockers", "note"):
        if text := getattr(entry, part):
            values[part] = text
    return Row(entry.key, "check_in", entry.note or entry.wins or entry.blockers, values)


def check_in_line(row: Row) -> str:
    """One line for a model about a check-in."""
    v = row.values
    said = [f"{name} {v[name]}" for name in ("value", "confidence", "reported") if v.get(name) is not None]
    said += [f"{part}: {v[part]}" for part in ("wins", "blockers", "note") if v.get(part)]
    return f"[{row.id}] {v['date']} on {v['key_result']} by {v['author']}: {'; '.join(said)}"


def kpi_row(kpi: Kpi, value: float | None, day: str | None) -> Row:
    """A KPI with its latest value."""
    values: dict[str, Value] = {
        "value": value,
        "date": day,
        "unit": kpi.unit,
        "better": kpi.better,
        "owner": kpi.owner,
        "team": kpi.team,
    }
    return Row(kpi.key, "kpi", kpi.name, values)


def scored(tally: Tally, values: dict[str, Value]) -> None:
    """Put the roll-up into a result's values: progress, count, counted, left_out, status and each status' count."""
    values["progress"] = tally.mean
    values["count"] = tally.total
    values["counted"] = tally.counted
    values["left_out"] = tally.left_out
    values["status"] = tally.worst
    for status, count in tally.statuses.items():
        values[status] = count
