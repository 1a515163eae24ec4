"""When something was checked in on, is due, starts, ends or was made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from assistant.answers import asked, listing
from assistant.answers.told import Told
from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.telling.safe import cite, plain
from okr.language.frames import Frame, Ref
from okr.store.directory import Cycle
from tools.context import TurnContext
from tools.cycles import cycle_row
from tools.key_results import list_key_results
from tools.my_week import next_check_in
from tools.result import Found, Row
from tools.rows import key_result_row
from tools.selection import NoCycleError, Where, chosen
from tools.tasks import list_tasks

MOST = 10


def answer(frame: Frame, turn: TurnContext) -> Told:
    """The date that is asked for, with how far away it is."""
    match frame.field:
        case "last_check_in" | "next_check_in":
            return _check_ins(frame, turn)
        case "created":
            return _created(frame, turn)
        case "start" | "end":
            return _cycle(frame, turn)
    tasks = [ref for ref in frame.named if ref.kind == "task"]
    if tasks:
        return _tasks(frame, turn, tasks)
    if asked.refs_of(frame, "key_result") or asked.refs_of(frame, "objective"):
        return _due(frame, turn)
    return _cycle(frame, turn)


def _check_ins(frame: Frame, turn: TurnContext) -> Told:
    language = frame.language
    where = asked.where_of(frame)
    if frame.when is None:
        # Of a cycle that is over too, how long ago is counted from today.
        where = replace(where, on=turn.today.isoformat())
    try:
        found = _found(frame, turn, where)
    except NoCycleError as error:
        return asked.no_cycle(error, frame, turn)
    named = [ref.key for ref in frame.named if ref.kind == "key_result"]
    if named:
        # The contract's lists leave out what is postponed, but asked about by name it is told.
        known = {row.id: row for row in found.rows}
        missing = [key for key in named if key not in known]
        if missing:
            where = replace(where, key_results=tuple(missing), filters=("state=postponed", "state=closed"))
            known |= {row.id: row for row in list_key_results(turn, where=where).rows}
        found.rows = [known[key] for key in named if key in known]
    elif frame.field == "last_check_in":
        found.rows.sort(key=lambda row: (str(row.values["last_check_in"] or ""), row.id), reverse=True)
    else:
        found.rows.sort(key=lambda row: (next_check_in(row) or date.min, row.id))
    if not found.rows:
        text = say(language, "dates.no_record")
        found.kind, found.missing = "abstain", "key_results"
        return Told(text, found, kind="abstain")
    if not named:
        found.more += max(0, len(found.rows) - MOST)
        found.rows = found.rows[:MOST]
    entries = {row.id: key for row, key in zip(found.rows, _latest(turn, found.rows), strict=True)}
    found.sources = [key for row in found.rows for key in (row.id, entries[row.id]) if key]
    said = [_check_in(row, entries[row.id], frame, turn) for row in found.rows]
    first = found.rows[0]
    if first.values["age_days"] is not None:
        found.values = {"age_days": first.values["age_days"], "date": first.values["last_check_in"]}
    else:
        found.values = {}
    found.rule = None
    if frame.when is None:
        found.period = None
    else:
        asked.labelled(found, frame, turn)
    text = said[0] if len(said) == 1 else "\n".join(f"- {sentence}" for sentence in said)
    return Told(text, found, answered=listing.refs(found.rows, turn, 3))


def _found(frame: Frame, turn: TurnContext, where: Where) -> Found:
    if where.key_results:
        return list_key_results(turn, where=where, limit=200)
    # Of a whole scope those checked in on last are told, or those whose turn it is first.
    about = chosen(turn, where)
    newest = frame.field == "last_check_in"
    told = turn.store.key_results(
        turn.actor, about.measuring, about.query, by="age", reverse=newest, limit=MOST if newest else 200
    )
    found = about.found("list_key_results", where, by="age", reverse=newest)
    found.rows = [key_result_row(one, turn.zone) for one in told]
    return found


def _latest(turn: TurnContext, rows: list[Row]) -> list[str]:
    refs = turn.store.refs(turn.actor, [("key_result", row.id) for row in rows])
    latest = turn.store.latest_authors(turn.actor, [ref.id for ref in refs])
    keys = {ref.key: latest[ref.id][1] for ref in refs if ref.id in latest}
    return [keys.get(row.id, "") for row in rows]


def _check_in(row: Row, check_in: str, frame: Frame, turn: TurnContext) -> str:
    language, v = frame.language, row.values
    record = listing.record(row, language)
    if v["last_check_in"] is None:
        return say(language, "dates.never" if frame.field == "last_check_in" else "dates.never_next", record=record)
    last = listing.day(v["last_check_in"], language, turn)
    cadence = say(language, f"dates.{v['cadence']}")
    identity = cite(check_in) if check_in else ""
    if frame.field == "last_check_in":
        ago = formats.how_long_ago(date.fromisoformat(str(v["last_check_in"])), language, turn.today)
        said = say(language, "dates.last_check_in", record=record, date=last, ago=ago, id=identity)
        if v["freshness"] in ("stale", "due"):
            name = "last_stale" if v["freshness"] == "stale" else "last_due"
            said += " " + say(language, f"dates.{name}", cadence=cadence)
        return said
    due = next_check_in(row)
    assert due is not None
    v["next_check_in"] = due.isoformat()
    slots = {
        "record": record,
        "date": formats.day(due, language, turn.today),
        "last": last,
        "id": identity,
        "cadence": cadence,
    }
    if due < turn.today:
        return say(language, "dates.next_over", **slots, ago=formats.how_long_ago(due, language, turn.today))
    return say(language, "dates.next_check_in", **slots)


def _left(on: date, language: str, turn: TurnContext) -> str:
    days = (on - turn.today).days
    if days == 0:
        return say(language, "dates.today")
    name = "dates.left" if days > 0 else "dates.gone"
    return say(language, name, days=formats.counted(abs(days), "day", language))


def _tasks(frame: Frame, turn: TurnContext, refs: list[Ref]) -> Told:
    language = frame.language
    found = list_tasks(turn, tasks=[ref.key for ref in refs])
    said = []
    for row in found.rows:
        v, record = row.values, listing.record(row, language)
        if v["due"] is None:
            said.append(say(language, "dates.task_no_due", record=record))
            continue
        on = date.fromisoformat(str(v["due"]))
        due = formats.day(on, language, turn.today)
        if v["status"] == "done" and v.get("done_on"):
            done = listing.day(v["done_on"], language, turn)
            said.append(say(language, "dates.task_done", record=record, date=done, due=due))
        else:
            said.append(say(language, "dates.task_due", record=record, date=due, left=_left(on, language, turn)))
    found.values = {}
    if len(found.rows) == 1:
        if found.rows[0].values["due"] is None:
            found.kind, found.missing = "abstain", "due"
        else:
            due_on = date.fromisoformat(str(found.rows[0].values["due"]))
            found.values = {"date": due_on.isoformat(), "days_left": (due_on - turn.today).days}
    text = said[0] if len(said) == 1 else "\n".join(f"- {sentence}" for sentence in said)
    return Told(text, found, kind=found.kind, answered=listing.refs(found.rows, turn))


def _due(frame: Frame, turn: TurnContext) -> Told:
    """Key results and objectives are due at the end of their cycle."""
    language = frame.language
    found = Found("read_record", {})
    refs = [*asked.refs_of(frame, "key_result"), *asked.refs_of(frame, "objective")]
    found.args = {"records": [ref.key for ref in refs]}
    said = []
    for ref in refs:
        cycle = _cycle_of(ref, turn)
        if cycle is None:
            continue
        found.rows.append(Row(ref.key, ref.kind, ref.title, {"due": cycle.end.isoformat(), "cycle": cycle.key}))
        found.sources += [ref.key, cycle.key]
        said.append(
            say(
                language,
                "dates.record_due",
                record=listing.record(ref, language),
                cycle=plain(cycle.name, 60),
                id=cite(cycle.key),
                date=formats.day(cycle.end, language, turn.today),
                left=_left(cycle.end, language, turn),
            )
        )
        found.values = {"date": cycle.end.isoformat(), "days_left": (cycle.end - turn.today).days}
    if len(refs) > 1:
        found.values = {}
    found.sources = list(dict.fromkeys(found.sources))
    text = said[0] if len(said) == 1 else "\n".join(f"- {sentence}" for sentence in said)
    return Told(text, found, answered=tuple(refs[:3]))


def _cycle_of(ref: Ref, turn: TurnContext) -> Cycle | None:
    if ref.kind == "key_result":
        found = turn.store.record_cycle(turn.actor, [ref.id])
        return found[0] if found else None
    objectives = turn.store.objectives_by_id(turn.actor, [ref.id])
    return next((cycle for cycle in turn.cycles for one in objectives if cycle.id == one.cycle_id), None)


def _created(frame: Frame, turn: TurnContext) -> Told:
    language = frame.language
    ids = [ref.id for ref in asked.refs_of(frame, "objective")]
    ids += turn.store.objectives_of(turn.actor, [ref.id for ref in asked.refs_of(frame, "key_result")])
    found = Found("read_record", {"records": [ref.key for ref in frame.named]})
    said = []
    for objective in turn.store.objectives_by_id(turn.actor, ids):
        row = Row(objective.key, "objective", objective.title, {})
        record = listing.record(row, language)
        if objective.created is None:
            said.append(say(language, "dates.no_created", record=record))
            continue
        row.values["created"] = objective.created.isoformat()
        found.rows.append(row)
        found.values = {"date": objective.created.isoformat()}
        on = formats.day(objective.created, language, turn.today)
        said.append(say(language, "dates.created", record=record, date=on))
    found.sources = [row.id for row in found.rows]
    if not said:
        said = [say(language, "dates.no_record")]
    if not found.rows:
        found.kind, found.missing = "abstain", "created"
    text = said[0] if len(said) == 1 else "\n".join(f"- {sentence}" for sentence in said)
    return Told(text, found, kind=found.kind, answered=listing.refs(found.rows, turn))


def _cycle(frame: Frame, turn: TurnContext) -> Told:
    """The first or last day of a cycle: the named one, else those in force."""
    language = frame.language
    on = turn.today
    wanted = frame.cycle or next((ref for ref in frame.named if ref.kind == "cycle"), None)
    running = turn.in_force(on)
    if wanted is not None:
        cycles = tuple(cycle for cycle in turn.cycles if cycle.id == wanted.id)
    elif asked.refs_of(frame, "key_result") or asked.refs_of(frame, "objective"):
        refs = (*asked.refs_of(frame, "key_result"), *asked.refs_of(frame, "objective"))
        cycles = tuple(dict.fromkeys(cycle for ref in refs if (cycle := _cycle_of(ref, turn)) is not None))
    else:
        cycles = running
    if not cycles:
        return asked.no_cycle(NoCycleError(on, turn.latest_ended(on)), frame, turn)
    found = Found("list_cycles", {})
    found.rows = [cycle_row(cycle, cycle in running) for cycle in cycles]
    found.sources = [cycle.key for cycle in cycles]
    said = []
    for cycle in cycles:
        day = cycle.start if frame.field == "start" else cycle.end
        slots = {
            "cycle": plain(cycle.name, 60),
            "id": cite(cycle.key),
            "date": formats.day(day, language, turn.today),
        }
        found.values = {"date": day.isoformat(), "days_left": (day - on).days}
        if frame.field == "start":
            said.append(say(language, "dates.cycle_started" if day < on else "dates.cycle_start", **slots))
        elif day < on:
            said.append(say(language, "dates.cycle_ended", **slots))
        else:
            said.append(say(language, "dates.cycle_end", **slots, left=_left(day, language, turn)))
    if len(cycles) > 1:
        found.values = {}
    return Told(" ".join(said), found)
