"""What was recorded over time, and what stood where at two moments."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from okr.calendar import day_of, start_of_day
from okr.measure import number, progress
from okr.store.records import CheckIn
from okr.store.standing import Told
from tools.context import TurnContext
from tools.result import Chart, Found, Quote, Row, Series, Value
from tools.rows import check_in_line, check_in_row, day_text, evidence, key_result_line, key_result_row
from tools.selection import Where, chosen

MOST_CHECK_INS = 60


def read_history(turn: TurnContext, *, key: str, where: Where = Where(), limit: int | None = None) -> Found:
    """The check-ins of one key result over a stretch of time, oldest first, and how far it moved between them.

    Use it for "history", "trend" and before saying that anything rose or fell. Without a stretch it is
    all of them up to the moment; `limit` keeps the latest. The chart holds the values beside the pace.
    """
    what = chosen(turn, replace(where, key_results=(key,)))
    ids = what.scope.key_results
    found = what.found("read_history", replace(where, key_results=()), key=key, limit=limit)
    first = what.query.stretch[0] if what.query.stretch else None
    last = what.measuring.as_of
    entries = turn.store.check_ins(turn.actor, ids, first=first, last=last, limit=limit or MOST_CHECK_INS)
    total = turn.store.count_check_ins(turn.actor, ids, first=first, last=last)
    told = turn.store.key_results_by_id(turn.actor, what.measuring, ids)[0]
    found.rows = [check_in_row(entry, turn.zone) for entry in entries]
    found.more = total - len(entries)
    found.values["count"] = total
    found.sources = [key, *(entry.key for entry in entries)]
    found.lines = [check_in_line(row) for row in found.rows]
    for entry in entries:
        on = day_of(entry.at, turn.zone)
        found.quotes.extend(
            Quote(entry.key, key, entry.author_name, on, part, text)
            for part in ("note", "wins", "blockers")
            if (text := getattr(entry, part))
        )
    found.chart = _line(
        turn, told, [(entry.at, entry.value, entry.key) for entry in entries if entry.value is not None]
    )
    valued = [entry for entry in entries if entry.value is not None]
    if valued:
        _span(found, valued[0].value, valued[-1].value)
    if told.kpi is not None and told.standing.kpi_id is not None:
        points = turn.store.points(
            turn.actor, told.standing.kpi_id, first=first, last=last, limit=limit or MOST_CHECK_INS
        )
        if points:
            found.chart = _line(turn, told, [(point.at, point.value, told.kpi) for point in points])
            found.sources.append(told.kpi)
            _span(found, points[0].value, points[-1].value)
    if what.before is not None and told.standing.measure.value is not None:
        # What moved since then starts from what counted then, even if it was recorded earlier.
        (then,) = turn.store.key_results_by_id(turn.actor, what.before, ids)
        if then.standing.measure.value is not None:
            _span(found, float(then.standing.measure.value), float(told.standing.measure.value))
            found.sources += [key for key in evidence([then]) if key not in found.sources]
    if not entries and found.chart is None:
        found.kind, found.missing = "abstain", "check_in"
    return found


def _span(found: Found, first: float | None, last: float | None) -> None:
    if first is not None and last is not None:
        found.values |= {"previous": first, "value": last, "change": round(last - first, 9)}


def _line(turn: TurnContext, told: Told, points: list[tuple[datetime, float, str]]) -> Chart | None:
    if not points:
        return None
    line = Series(told.standing.title, points, told.standing.unit or "")
    measure = told.standing.measure
    cycle = next((cycle for cycle in turn.cycles if cycle.id == told.standing.cycle_id), None)
    if measure.kind == "measure" and measure.baseline is not None and measure.target is not None and cycle is not None:
        line.expected = [
            (start_of_day(cycle.start, turn.zone), float(measure.baseline)),
            (start_of_day(cycle.end, turn.zone), float(measure.target)),
        ]
    return Chart("line", told.standing.title, [line])


def read_change(turn: TurnContext, *, key: str, where: Where) -> Found:
    """How far one key result moved over a stretch of time: its value and its progress then and now.

    `previous`, `value` and `change` are in its own unit, `previous_progress`, `progress` and
    `progress_change` are shares. The check-ins in between are the evidence.
    """
    what = chosen(turn, replace(where, key_results=(key,)))
    if what.before is None:
        raise ValueError("a change starts somewhere: give a first day")
    found = what.found("read_change", replace(where, key_results=()), key=key)
    now = turn.store.key_results_by_id(turn.actor, what.measuring, what.scope.key_results)[0]
    then = turn.store.key_results_by_id(turn.actor, what.before, what.scope.key_results)[0]
    row = key_result_row(now, turn.zone, then)
    row.values |= movement(row, then, turn)
    first = what.query.stretch[0] if what.query.stretch else None
    entries = turn.store.check_ins(
        turn.actor, what.scope.key_results, first=first, last=what.measuring.as_of, limit=MOST_CHECK_INS
    )
    if then.standing.measure.value is None and then.standing.measure.kind == "measure":
        _from_first(row, then, entries, turn)
    found.rows = [row]
    for name in (
        "previous",
        "value",
        "change",
        "progress",
        "previous_progress",
        "progress_change",
        "gap",
        "gap_change",
    ):
        value = row.values.get(name)
        if isinstance(value, int | float):
            found.values[name] = value
    found.rule = what.measuring.rule.name
    found.sources = evidence([now])
    found.sources += [key for key in evidence([then]) if key not in found.sources]
    found.sources += [entry.key for entry in entries if entry.key not in found.sources]
    found.values["count"] = len(entries)
    found.values["check_ins"] = [entry.key for entry in entries]
    found.lines = [key_result_line(row), *(check_in_line(check_in_row(entry, turn.zone)) for entry in entries)]
    history = read_history(turn, key=key, where=where)
    found.chart = history.chart
    measured = row.values.get("value") is not None or row.values.get("progress") is not None
    if not measured or not ({"previous", "previous_progress"} & row.values.keys()):
        found.kind, found.missing = "abstain", "value" if not measured else "before"
    return found


def _from_first(row: Row, then: Told, entries: list[CheckIn], turn: TurnContext) -> None:
    """Where nothing was recorded before the stretch, it is told from the first value within it."""
    valued = [entry for entry in entries if entry.value is not None]
    now = row.values.get("value")
    if not valued or valued[0].value is None or not isinstance(now, int | float):
        return
    was = valued[0].value
    row.values["previous"] = was
    row.values["previous_date"] = day_text(valued[0].at, turn.zone)
    row.values["change"] = round(now - was, 9)
    share, progress_now = progress(replace(then.standing.measure, value=was)), row.values.get("progress")
    if share is not None:
        row.values["previous_progress"] = number(share)
        if isinstance(progress_now, float):
            row.values["progress_change"] = round(progress_now - number(share), 12)


def movement(row: Row, then: Told, turn: TurnContext) -> dict[str, Value]:
    """The change of value in the key result's own unit, with the change of progress under names of its own."""
    values: dict[str, Value] = {}
    for old, new in (("previous", "previous_progress"), ("change", "progress_change")):
        if old in row.values:
            values[new] = row.values.pop(old)
    now, was = row.values.get("value"), then.standing.measure.value
    if was is not None and isinstance(now, int | float):
        values["previous"] = float(was)
        values["previous_date"] = day_text(then.standing.value_at, turn.zone)
        values["change"] = round(now - float(was), 9)
    return values
