"""What one person has to do in the week that is running."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from okr.calendar import day_named, week_of
from okr.health import CADENCE_DAYS
from okr.store.scope import Scope
from okr.store.tasks import OPEN, TaskQuery
from tools.context import TurnContext
from tools.key_results import list_key_results
from tools.result import Found, Row
from tools.selection import NoCycleError, Where
from tools.tasks import task_line, task_row


def my_week(turn: TurnContext, *, person: str = "") -> Found:
    """Tasks overdue and due by Sunday, and key results whose check-in falls due by then.

    Overdue tasks come first, then tasks due this week, then key results to check in on. `values` count
    each: overdue, due, check_ins; blocked are those of the tasks that wait for something.
    """
    email = person or turn.actor.email
    who = turn.store.ref(turn.actor, "person", email)
    week = week_of(turn.today)
    found = Found("my_week", {"person": email})
    found.period = {"from": week.first.isoformat(), "to": week.last.isoformat(), "label": "this week"}
    mine = TaskQuery(Scope(people=(who.id,)), statuses=OPEN)
    tasks = turn.store.tasks(turn.actor, replace(mine, due=(date.min, week.last)), limit=200)
    rows = [task_row(task, turn.today) for task in tasks]
    overdue = [row for row in rows if row.values["overdue"]]
    due = [row for row in rows if not row.values["overdue"]]
    to_check = _to_check_in_on(turn, email, week.last)
    found.rows = [*overdue, *due, *to_check]
    found.lines = [*(task_line(row) for row in (*overdue, *due)), *(_check_in_line(row) for row in to_check)]
    later = turn.store.count_tasks(turn.actor, mine)
    found.values = {
        "overdue": len(overdue),
        "due": len(due),
        "check_ins": len(to_check),
        "blocked": sum(1 for row in rows if row.values["status"] == "blocked"),
        "later": sum(later.values()) - len(rows),
    }
    found.sources = [row.id for row in found.rows]
    return found


def _to_check_in_on(turn: TurnContext, email: str, until: date) -> list[Row]:
    try:
        owned = list_key_results(turn, where=Where(people=(email,)), limit=200)
    except NoCycleError:
        return []
    rows = []
    for row in owned.rows:
        if row.values.get("status") == "completed":
            continue
        due = next_check_in(row)
        if due is None or due <= until:
            row.values["next_check_in"] = None if due is None else due.isoformat()
            rows.append(row)
    return sorted(rows, key=lambda row: (str(row.values["next_check_in"] or ""), row.id))


def next_check_in(row: Row) -> date | None:
    """The day by which the next check-in keeps a key result fresh; None when it never had one."""
    last = row.values.get("last_check_in")
    if last is None:
        return None
    return day_named(str(last)) + timedelta(days=CADENCE_DAYS[str(row.values["cadence"])])


def _check_in_line(row: Row) -> str:
    when = row.values["next_check_in"]
    return f"[{row.id}] {row.title}: {f'check in by {when}' if when else 'never checked in'}"
