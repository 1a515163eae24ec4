"""What somebody has to do this week."""

from __future__ import annotations

from datetime import date

from assistant.answers import asked, listing, tasks
from assistant.answers.told import Told
from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.telling.safe import cite, plain
from okr.language.frames import Frame
from tools.context import TurnContext
from tools.my_week import my_week
from tools.result import Row


def answer(frame: Frame, turn: TurnContext) -> Told:
    """Overdue tasks, tasks due by Sunday and check-ins that fall due, of the asker or of one named person."""
    language = frame.language
    named = asked.refs_of(frame, "person")
    email = named[0].key if named else turn.actor.email
    mine = email == turn.actor.email
    found = my_week(turn, person=email)
    found.period = dict(found.period or {})
    found.period["label"] = say(language, "period.this_week")
    first, last = (date.fromisoformat(found.period[end]) for end in ("from", "to"))
    days = formats.days(first, last, language, turn.today)
    name = "" if mine else plain(named[0].title, 80)
    begun = _begun(turn, language) if mine else []
    if not found.rows:
        who = say(language, "week.nothing_you") if mine else say(language, "week.nothing_person", person=name)
        return Told("\n\n".join([say(language, "week.nothing", who=who, period=days), *begun]), found)
    count = {key: int(str(found.values[key])) for key in ("overdue", "due", "check_ins", "later")}
    what = []
    for key, noun, slot in (
        ("overdue", "task", "tasks"),
        ("due", "task", "tasks"),
        ("check_ins", "key_result", "key_results"),
    ):
        if count[key]:
            what.append(say(language, f"week.{key}", **{slot: formats.counted(count[key], noun, language)}))
    who = say(language, "week.you") if mine else say(language, "week.person", person=name)
    parts = [say(language, "week.lead", period=days, who=who, what=formats.joined(what, language))]
    overdue = found.rows[: count["overdue"]]
    due = found.rows[count["overdue"] : count["overdue"] + count["due"]]
    check_ins = found.rows[count["overdue"] + count["due"] :]
    for head, rows in (("overdue_head", overdue), ("due_head", due)):
        if rows:
            lines = listing.bullets(rows, lambda row: tasks.line(row, language, turn), len(rows), language)
            parts.append(f"{say(language, f'week.{head}')}\n{lines}")
    if check_ins:
        lines = listing.bullets(check_ins, lambda row: _check_in(row, language, turn), len(check_ins), language)
        parts.append(f"{say(language, 'week.check_in_head')}\n{lines}")
    parts += begun
    if count["later"]:
        parts.append(say(language, "week.later", tasks=formats.counted(count["later"], "task", language)))
    return Told("\n\n".join(parts), found, answered=listing.refs(found.rows, turn))


def _begun(turn: TurnContext, language: str) -> list[str]:
    """What the asker began and left open: proposals to confirm, check-ins that were not saved."""
    said = []
    for name, records in (
        ("proposals", [(one.title, one.key) for one in turn.store.proposals(turn.actor, turn.now)]),
        ("drafts", [(one.title, one.key_result) for one in turn.store.drafts(turn.actor)]),
    ):
        if records:
            named = [f"{plain(title, 80)} {cite(key)}" if key else plain(title, 80) for title, key in records[:10]]
            said.append(say(language, f"week.{name}", records=formats.joined(named, language)))
    return said


def _check_in(row: Row, language: str, turn: TurnContext) -> str:
    by = row.values["next_check_in"]
    record = listing.record(row, language)
    if by is None:
        return f"{record}: {say(language, 'week.check_in_first')}"
    late = date.fromisoformat(str(by)) < turn.today
    said = say(language, "week.check_in_late" if late else "week.check_in_by", date=listing.day(by, language, turn))
    return f"{record}: {said}"
