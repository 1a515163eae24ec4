"""How much something moved over a stretch of time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from assistant.answers import asked, kpis, ranks, roll_ups, standing
from assistant.answers.told import Told
from assistant.telling import formats
from assistant.telling import standing as telling
from assistant.telling.formats import percent, signed_amount, signed_points
from assistant.telling.phrases import say
from assistant.telling.safe import cite
from okr.language.frames import Ask, Frame, Ref, When
from tools.context import TurnContext
from tools.history import read_change
from tools.key_results import find_movers
from tools.result import Found, Row
from tools.scopes import roll_up
from tools.selection import NoCycleError

DEFAULT_DAYS = 28
MOVERS = 3


def answer(frame: Frame, turn: TurnContext) -> Told:
    """From what to what the named records or the scope moved; without a time, over the last four weeks."""
    if frame.when is None or frame.when.moment:
        # "Since when" needs a start: a moment alone is one.
        first = turn.today - timedelta(days=DEFAULT_DAYS) if frame.when is None else frame.when.first
        frame = replace(frame, when=When(first, turn.today, word="since"))
    if asked.refs_of(frame, "kpi"):
        return kpis.answer(replace(frame, ask=Ask.CHANGE), turn)
    named = [ref for ref in frame.named if ref.kind == "key_result"]
    if not named:
        return _scope(frame, turn)
    told = [_one(frame, ref, turn) for ref in named]
    return told[0] if len(told) == 1 else standing.together(told)


def _one(frame: Frame, ref: Ref, turn: TurnContext) -> Told:
    language = frame.language
    where = asked.at(replace(asked.where_of(frame, named=False), teams=(), people=(), filters=(), cycle=""), frame.when)
    found = asked.labelled(read_change(turn, key=ref.key, where=where), frame, turn)
    row = found.rows[0]
    since = asked.since(frame, turn) or turn.today
    if found.kind == "abstain":
        return Told(_nothing(frame, found, row, turn, since), found, "abstain", answered=(ref,))
    parts = [movement(row, language, since, asked.day_of(found, turn), turn)]
    if row.values.get("status"):
        on = asked.moment_words(frame, found, turn)
        word = "moving.status" if asked.day_of(found, turn) == turn.today else "moving.status_then"
        slots = {"date": on} if word == "moving.status_then" else {}
        parts.append(say(language, word, verdict=telling.verdict(row, language, found.rule), **slots))
    period = asked.period_words(frame.when, language, turn.today)
    entries = found.values.pop("check_ins", None)
    count = int(roll_ups.figure(found.values.get("count") or 0))
    if count:
        shown = ", ".join(cite(str(key)) for key in entries[-4:]) if isinstance(entries, list) else ""
        parts.append(
            say(
                language,
                "moving.evidence",
                count=formats.counted(count, "check_in", language),
                period=period,
                ids=shown,
            )
        )
    else:
        parts.append(say(language, "moving.no_entries", period=period))
    return Told(" ".join(parts), found, answered=(ref,))


def _nothing(frame: Frame, found: Found, row: Row, turn: TurnContext, since: date) -> str:
    language = frame.language
    named = telling.named(row, language)
    if found.missing == "value":
        on = formats.day(asked.day_of(found, turn), language, turn.today)
        return say(language, "none.value", what=named, date=on)
    day = formats.day(since, language, turn.today)
    if row.values.get("value") is None:
        return say(language, "none.before", what=named, date=day)
    on = formats.day(date.fromisoformat(str(row.values["date"])), language, turn.today)
    return say(language, "moving.first", kr=named, value=telling.value_of(row, "value", language), date=on, since=day)


def movement(row: Row, language: str, since: date, on: date, turn: TurnContext) -> str:
    """From what to what the key result went, in its own unit and as progress."""
    v = row.values
    named = telling.named(row, language)
    # From what counted then; where nothing did, from the first value after it.
    first = date.fromisoformat(str(v["previous_date"])) if v.get("previous_date") else since
    start = formats.day(max(first, since), language, turn.today)
    moved = v.get("progress_change")
    if v.get("change") is None or v.get("kind") in ("milestones", "binary"):
        now, was = roll_ups.figure(v["progress"]), roll_ups.figure(v["previous_progress"])
        if abs(now - was) < telling.SAME:
            return say(
                language, "moving.progress_only_same", kr=named, since=start, progress=telling.share(now, language)
            )
        return say(
            language,
            "moving.progress_only",
            kr=named,
            previous=telling.share(was, language),
            since=start,
            progress=telling.share(now, language),
            date=formats.day(on, language, turn.today),
            change=signed_points(now - was, language),
        )
    unit = None if v.get("unit") is None else str(v["unit"])
    change = roll_ups.figure(v["change"])
    value = telling.value_of(row, "value", language)
    if abs(change) < 1e-9:
        said = say(language, "moving.value_same", kr=named, value=value, since=start)
    else:
        said = say(
            language,
            "moving.value",
            kr=named,
            previous=telling.value_of(row, "previous", language),
            since=start,
            value=value,
            date=formats.day(date.fromisoformat(str(v["date"])), language, turn.today),
            change=signed_amount(change, unit, language),
        )
    if isinstance(moved, float) and isinstance(v.get("progress"), float):
        ground = ranks.moved(Row(row.id, row.type, row.title, {"gap_change": v.get("gap_change")}), language)
        said_ground = f"; {ground}" if ground else ""
        slots = {"progress": telling.share(roll_ups.figure(v["progress"]), language), "ground": said_ground}
        if abs(moved) < telling.SAME:
            said += " " + say(language, "moving.progress_same", **slots)
        else:
            slots["previous"] = telling.share(roll_ups.figure(v["previous_progress"]), language)
            said += " " + say(language, "moving.progress", **slots, change=signed_points(moved, language))
    return said


def _scope(frame: Frame, turn: TurnContext) -> Told:
    language = frame.language
    where = asked.where_of(frame)
    try:
        found = asked.labelled(roll_up(turn, where=where), frame, turn)
        movers = find_movers(turn, limit=MOVERS, where=where)
    except NoCycleError as error:
        return asked.no_cycle(error, frame, turn)
    scope = roll_ups.scope(frame, turn)
    on = asked.moment_words(frame, found, turn)
    if found.kind == "abstain":
        return Told(say(language, "scopes.empty", scope=scope, date=on), found, "abstain")
    since = asked.since(frame, turn) or turn.today
    start = formats.day(since, language, turn.today)
    progress, previous = found.values.get("progress"), found.values.get("previous")
    parts = []
    if isinstance(progress, float) and isinstance(previous, float):
        change = progress - previous
        slots = {"scope": scope, "progress": percent(progress, language), "since": start}
        if abs(change) < telling.SAME:
            parts.append(say(language, "moving.scope_same", **slots))
        else:
            slots |= {"previous": percent(previous, language), "date": on, "change": signed_points(change, language)}
            parts.append(say(language, "moving.scope", **slots))
    fell = roll_ups.whole(movers.values["lost"])
    fallen, gained = movers.rows[:fell], movers.rows[fell:]
    for name, rows in (("moving.down", fallen), ("moving.up", gained)):
        if rows:
            items = [
                say(language, "moving.item", kr=telling.named(row, language), moved=ranks.moved(row, language))
                for row in rows
            ]
            parts.append(say(language, name, items=formats.joined(items, language)))
    found.rows = movers.rows
    found.sources = list(dict.fromkeys([*found.sources[:2], *movers.sources]))
    if not parts:
        found.kind, found.missing = "abstain", "before"
        return Told(say(language, "none.before", what=scope, date=start), found, "abstain")
    return Told("\n\n".join(parts), found, answered=roll_ups.scope_refs(frame, found, turn))
