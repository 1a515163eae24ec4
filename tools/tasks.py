"""What there is to do: tasks by person, team, key result, status and date, and what waits for what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from okr.calendar import day_named
from okr.store.scope import Scope
from okr.store.tasks import OPEN, Task, TaskQuery
from tools.context import TurnContext
from tools.result import Found, Row, Value
from tools.selection import leaving_out

LINKS = ("needs", "needed_by", "subtasks", "parent")


def list_tasks(
    turn: TurnContext,
    *,
    tasks: Sequence[str] = (),
    link: str = "",
    teams: Sequence[str] = (),
    people: Sequence[str] = (),
    objectives: Sequence[str] = (),
    key_results: Sequence[str] = (),
    statuses: Sequence[str] = (),
    overdue: bool = False,
    due_first: str = "",
    due_last: str = "",
    done_first: str = "",
    done_last: str = "",
    missing: Sequence[str] = (),
    on: str = "",
    without: Sequence[str] = (),
    by: str = "due",
    reverse: bool = False,
    limit: int = 200,
) -> Found:
    """Tasks that meet all of this, the earliest due first, with their status, due day, assignee and links.

    `link` looks from the named `tasks` to what they need, what needs them, their subtasks or their
    parent. `without` leaves out ("person:ana@acme.test").
    `statuses` are to_do, in_progress, in_review, blocked, done; `missing` is assignee or due.
    What is due or overdue is not done yet. `values` hold the count, and counts by status.
    """

    def ids(kind: str, keys: Sequence[str]) -> tuple[int, ...]:
        return tuple(turn.store.ref(turn.actor, kind, key).id for key in keys)

    day = day_named(on) if on else turn.today
    wanted = tuple(statuses)
    if (overdue or due_first or due_last) and not wanted and not on:
        wanted = OPEN
    scope = Scope(
        ids("team", teams), ids("person", people), ids("objective", objectives), ids("key_result", key_results)
    )
    query = TaskQuery(
        scope=leaving_out(turn, scope, without),
        ids=ids("task", tasks),
        linked=link,
        statuses=wanted,
        overdue_on=day if overdue else None,
        due=_stretch(due_first, due_last),
        done=_stretch(done_first, done_last),
        missing=tuple(missing),
    )
    counts = turn.store.count_tasks(turn.actor, query)
    found_tasks = turn.store.tasks(turn.actor, query, by=by, reverse=reverse, limit=limit)
    args = {
        "tasks": list(tasks),
        "link": link,
        "teams": list(teams),
        "people": list(people),
        "objectives": list(objectives),
        "key_results": list(key_results),
        "statuses": list(statuses),
        "overdue": overdue,
        "due_first": due_first,
        "due_last": due_last,
        "done_first": done_first,
        "done_last": done_last,
        "missing": list(missing),
        "on": on,
        "without": list(without),
        "by": "" if by == "due" else by,
        "reverse": reverse,
    }
    found = Found("list_tasks", {name: value for name, value in args.items() if value})
    found.rows = [task_row(task, day) for task in found_tasks]
    found.lines = [task_line(row) for row in found.rows]
    total = sum(counts.values())
    found.values = {"count": total, **counts}
    found.more = total - len(found.rows)
    found.sources = _sources(found_tasks, tasks)
    if on:
        found.as_of = turn.moment(day)
    return found


def _stretch(first: str, last: str) -> tuple[date, date] | None:
    if not first and not last:
        return None
    return (day_named(first) if first else date.min, day_named(last) if last else date.max)


def _sources(found: Sequence[Task], named: Sequence[str]) -> list[str]:
    keys: dict[str, None] = dict.fromkeys(named)
    for task in found[:60]:
        keys[task.key] = None
    for task in found[:20]:
        keys |= dict.fromkeys((*task.key_results, *task.needs))
    return list(keys)


def task_row(task: Task, on: date) -> Row:
    """A task with its status, dates, who has it and what it hangs on."""
    values: dict[str, Value] = {
        "status": task.status,
        "due": None if task.due is None else task.due.isoformat(),
        "assignee": task.assignee,
        "assignee_name": task.assignee_name,
        "key_results": list(task.key_results),
        "depends_on": list(task.needs),
        "needed_by": list(task.needed_by),
        "parent": task.parent,
    }
    if task.done_on is not None:
        values["done_on"] = task.done_on.isoformat()
    is_open = task.status != "done" or (task.done_on is not None and task.done_on > on)
    values["overdue"] = task.due is not None and task.due < on and is_open
    if task.due is not None and task.due < on and is_open:
        values["overdue_days"] = (on - task.due).days
    return Row(task.key, "task", task.title, values)


def task_line(row: Row) -> str:
    """One line for a model about a task."""
    v = row.values
    said = [str(v["status"]).replace("_", " "), f"due {v['due']}" if v["due"] else "no due date"]
    if v.get("overdue_days"):
        said.append(f"{v['overdue_days']} days overdue")
    said.append(f"assigned to {v['assignee']}" if v["assignee"] else "assigned to nobody")
    for name in ("key_results", "depends_on", "needed_by"):
        keys = v[name]
        if isinstance(keys, list) and keys:
            said.append(f"{name.replace('_', ' ')} {', '.join(map(str, keys))}")
    return f"[{row.id}] {row.title}: {'; '.join(said)}"
