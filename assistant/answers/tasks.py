"""Which tasks there are, how many, and how a single one stands."""

from __future__ import annotations

from dataclasses import replace

from assistant.answers import asked, listing
from assistant.answers.told import Told
from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.telling.safe import cite, plain
from okr.language.frames import Ask, Frame, When
from okr.store.tasks import OPEN
from tools.context import TurnContext
from tools.result import Found, Row
from tools.tasks import LINKS, list_tasks

_LINK_WORDS = {
    "depends_on": "needs",
    "blocked_by": "needs",
    "blockers": "needs",
    "blocks": "needed_by",
    "dependents": "needed_by",
    "children": "subtasks",
    "parents": "parent",
}


def answer(frame: Frame, turn: TurnContext) -> Told:
    """The tasks that are asked for, the earliest due first; none is an answer too."""
    language = frame.language
    if frame.ask is Ask.RANK and not frame.filters.task_statuses:
        # The most urgent or the latest is one that is still to be done.
        frame = replace(frame, filters=replace(frame.filters, task_statuses=OPEN))
    found = _found(frame, turn)
    undated = _undated(frame, turn)
    total = int(str(found.values["count"]))
    noun = formats.counted(total, "task", language)
    words = listing.details(_details(frame, turn), language)
    link = _link(frame)
    if link:
        ids = listing.ids(listing.keys_of(frame, "task"), language)
        if total == 0:
            return Told(say(language, f"task.no_{link}", ids=ids), found, answered=frame.named[:3])
        lead = say(language, f"task.{link}", ids=ids, tasks=noun)
        lines = listing.bullets(found.rows, lambda row: line(row, language, turn), total, language)
        return Told(f"{lead}\n\n{lines}", found, answered=listing.refs(found.rows, turn))
    if total == 0:
        return Told(" ".join([say(language, "task.none", details=words), *undated]), found)
    if frame.ask is Ask.COUNT:
        lead = say(language, "task.count_one" if total == 1 else "task.count", tasks=noun, details=words)
        breakdown = _by_status(found, language)
        lead = f"{lead} {breakdown}" if breakdown else lead
    else:
        lead = say(language, "task.some", tasks=noun, details=words)
    lines = listing.bullets(found.rows, lambda row: line(row, language, turn), total, language)
    return Told("\n\n".join([lead, lines, *undated]), found, answered=listing.refs(found.rows, turn))


def _undated(frame: Frame, turn: TurnContext) -> list[str]:
    """A sentence on the tasks that are done on a day that nobody recorded, where those of some days are asked for."""
    if frame.when is None or frame.filters.task_statuses != ("done",):
        return []
    every = _found(replace(frame, when=None), turn)
    count = sum(row.values.get("done_on") is None for row in every.rows)
    if not count:
        return []
    return [say(frame.language, "task.undated", tasks=formats.counted(count, "task", frame.language))]


def _by_status(found: Found, language: str) -> str:
    counts = {name: found.values[name] for name in (*OPEN, "done") if found.values.get(name)}
    if len(counts) < 2:
        return ""
    return ", ".join(f"{say(language, f'task.{name}')}: {count}" for name, count in counts.items()) + "."


def _found(frame: Frame, turn: TurnContext) -> Found:
    filters, when = frame.filters, frame.when
    due, done, on = filters.due, None, ""
    statuses = filters.task_statuses
    if when is not None:
        if filters.overdue:
            on = when.last.isoformat() if when.last < turn.today else ""
        elif statuses == ("done",):
            done = when
        elif due is None:
            due = when
    link = _link(frame)
    found = list_tasks(
        turn,
        tasks=listing.keys_of(frame, "task"),
        link=link,
        teams=listing.keys_of(frame, "team"),
        people=listing.keys_of(frame, "person"),
        objectives=listing.keys_of(frame, "objective"),
        key_results=listing.keys_of(frame, "key_result"),
        statuses=statuses,
        overdue=filters.overdue,
        due_first=due.first.isoformat() if due else "",
        due_last=due.last.isoformat() if due else "",
        done_first=done.first.isoformat() if done else "",
        done_last=done.last.isoformat() if done else "",
        missing=filters.missing,
        on=on,
        without=asked.left_out(frame),
        by="count" if frame.by == "count" else "due",
        reverse=frame.reverse,
        limit=min(frame.limit or 200, 200),
    )
    found.period = listing.stretch(when or due, frame.language, turn)
    return found


def _link(frame: Frame) -> str:
    return frame.field if frame.field in LINKS else _LINK_WORDS.get(frame.field, "")


def _details(frame: Frame, turn: TurnContext) -> list[str]:
    language, filters = frame.language, frame.filters
    parts = []
    for person in asked.refs_of(frame, "person"):
        if person.key == turn.actor.email:
            parts.append(say(language, "task.mine"))
        else:
            parts.append(say(language, "task.of_person", person=plain(person.title)))
    for team in asked.refs_of(frame, "team"):
        below = len(turn.store.teams_below(team.id)) > 1
        parts.append(say(language, "scope.team_below" if below else "scope.team", team=plain(team.title)))
    records = [*listing.keys_of(frame, "key_result"), *listing.keys_of(frame, "objective")]
    if records:
        parts.append(say(language, "task.for_key_results", ids=listing.ids(records, language)))
    if filters.task_statuses and set(filters.task_statuses) != set(OPEN):
        parts += [say(language, f"task.{status}") for status in filters.task_statuses]
    if filters.overdue:
        on = min(frame.when.last, turn.today) if frame.when else turn.today
        parts.append(say(language, "task.filter_overdue", date=formats.day(on, language, turn.today)))
    due: When | None = filters.due
    if frame.when is not None and not filters.overdue:
        words = listing.period(frame.when, language, turn)
        done = filters.task_statuses == ("done",)
        parts.append(say(language, "task.filter_done" if done else "task.filter_due", period=words))
    elif due is not None:
        parts.append(say(language, "task.filter_due", period=listing.period(due, language, turn)))
    if "assignee" in filters.missing or "owner" in filters.missing:
        parts.append(say(language, "task.no_assignee"))
    if "due" in filters.missing:
        parts.append(say(language, "task.filter_no_due"))
    if frame.without:
        parts.append(asked.without_words(frame))
    return parts


def line(row: Row, language: str, turn: TurnContext) -> str:
    """A task in one line: status, due day, who has it, what it is for and what it waits for."""
    v = row.values
    said = []
    if v["status"] == "done" and v.get("done_on"):
        said.append(say(language, "task.done_on", date=listing.day(v["done_on"], language, turn)))
    else:
        said.append(say(language, f"task.{v['status']}"))
    if v["due"]:
        due = say(language, "task.due", date=listing.day(v["due"], language, turn))
        if v.get("overdue_days"):
            days = formats.counted(int(str(v["overdue_days"])), "day", language)
            due += listing.details([say(language, "task.overdue", days=days)], language)
        said.append(due)
    else:
        said.append(say(language, "task.no_due"))
    said.append(plain(str(v["assignee_name"])) if v["assignee"] else say(language, "task.no_assignee"))
    for name, word in (("key_results", "for_key_results"), ("depends_on", "waits_for"), ("needed_by", "holds_up")):
        keys = v[name]
        if isinstance(keys, list) and keys:
            said.append(say(language, f"task.{word}", ids=listing.ids([str(key) for key in keys], language, 4)))
    if v.get("parent"):
        said.append(say(language, "task.subtask_of", id=cite(str(v["parent"]))))
    return f"{listing.record(row, language)}: {', '.join(said)}"
