"""The company's KPIs: how they stand, how they moved, and which there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from assistant.answers import asked
from assistant.answers.told import Told
from assistant.telling import formats
from assistant.telling.formats import amount, signed_amount
from assistant.telling.phrases import say
from assistant.telling.safe import cite, plain
from okr.language.frames import Ask, Frame, Ref
from tools.context import TurnContext
from tools.kpis import list_kpis, read_kpi
from tools.result import Found, Row


def answer(frame: Frame, turn: TurnContext) -> Told:
    """The named KPI's latest value and its movement; for a history its points too."""
    told = [_one(frame, ref, turn) for ref in asked.refs_of(frame, "kpi")]
    if len(told) == 1:
        return told[0]
    found = told[0].found or Found("", {})
    for other in told[1:]:
        more = other.found or Found("", {})
        found.rows += more.rows
        found.sources += more.sources
        found.lines += more.lines
        if found.chart is not None and more.chart is not None:
            found.chart.series += more.chart.series
    found.values = {"count": len(told)}
    found.kind = "answer" if any(one.kind == "answer" for one in told) else "abstain"
    text = "\n\n".join(one.text for one in told)
    return Told(text, found, found.kind, answered=tuple(ref for one in told for ref in one.answered))


def _one(frame: Frame, ref: Ref, turn: TurnContext) -> Told:
    language = frame.language
    where = asked.at(replace(asked.where_of(frame, named=False), teams=(), people=(), cycle="", filters=()), frame.when)
    found = asked.labelled(read_kpi(turn, key=ref.key, where=where, limit=frame.limit), frame, turn)
    row = found.rows[0]
    if found.kind == "abstain":
        on = formats.day(asked.day_of(found, turn), language, turn.today)
        what = f"**{plain(row.title)}** {cite(row.id)}"
        return Told(say(language, "none.value", what=what, date=on), found, "abstain", answered=(ref,))
    if frame.ask is Ask.VALUE:
        found.chart = None
    if frame.ask in (Ask.CHANGE, Ask.HISTORY):
        text = moved_over(row, language, turn.today)
        if frame.ask is Ask.HISTORY:
            text += "\n\n" + _points(found, row, language, turn)
        return Told(text, found, answered=(ref,))
    slots = {"name": plain(row.title), "id": cite(row.id)}
    text = say(
        language, "kpi.stands", **slots, value=_amount(row, "value", language), date=_day(row, "date", turn, language)
    )
    if row.values.get("change") is not None:
        text += " " + _movement(row, language, turn)
    return Told(text, found, answered=(ref,))


def _movement(row: Row, language: str, turn: TurnContext) -> str:
    v = row.values
    change = _figure(v["change"])
    since = _day(row, "previous_date", turn, language)
    if change == 0:
        return say(language, "kpi.same", date=since)
    moved = signed_amount(change, _unit(row), language)
    said = say(language, "kpi.moved", change=moved, date=since, previous=_amount(row, "previous", language))
    better = (change > 0) == (v["better"] == "up")
    return f"{said} {say(language, 'kpi.better' if better else 'kpi.worse')}"


def moved_over(row: Row, language: str, today: date) -> str:
    """From what to what the KPI went, and when."""
    v = row.values
    slots = {"name": plain(row.title), "id": cite(row.id), "value": _amount(row, "value", language)}
    on = formats.day(date.fromisoformat(str(v["date"])), language, today)
    if v.get("change") is None:
        return say(language, "kpi.stands", **slots, date=on)
    since = formats.day(date.fromisoformat(str(v["previous_date"])), language, today)
    change = _figure(v["change"])
    if change == 0:
        return say(language, "kpi.stood", **slots, since=since, date=on)
    moved = signed_amount(change, _unit(row), language)
    previous = _amount(row, "previous", language)
    said = say(language, "kpi.moved_over", **slots, previous=previous, since=since, date=on, change=moved)
    better = (change > 0) == (v["better"] == "up")
    return f"{said} {say(language, 'kpi.better' if better else 'kpi.worse')}"


def _points(found: Found, row: Row, language: str, turn: TurnContext) -> str:
    points = found.chart.series[0].points[-12:] if found.chart else []
    lines = [
        f"- {formats.day(at.astimezone(turn.zone).date(), language, turn.today)}: {amount(value, _unit(row), language)}"
        for at, value, _ in points
    ]
    return "\n".join(lines)


def listed(frame: Frame, turn: TurnContext) -> Told:
    """The KPIs of the company or of a team, each with its latest value."""
    language = frame.language
    where = replace(asked.where_of(frame), cycle="", filters=(), objectives=(), key_results=())
    found = asked.labelled(list_kpis(turn, where=where), frame, turn)
    if frame.ask is Ask.RANK:
        known = [row for row in found.rows if row.values.get("change") is not None]
        known.sort(key=lambda row: (_worsening(row) * (-1 if not frame.reverse else 1), row.id))
        found.rows = known[: frame.limit] if frame.limit else known
    moved = frame.filters.moved
    if moved and found.rows:
        found.rows = [row for row in found.rows if _went(row) == moved]
        found.values["count"] = len(found.rows)
        since = _since(frame, turn)
        if not found.rows:
            return Told(say(language, f"kpi.none_{moved}", since=since), found)
        head = say(language, f"kpi.{moved}", count=formats.counted(len(found.rows), "kpi", language), since=since)
        return Told(
            "\n".join([head, *(bullet(row, turn, language) for row in found.rows[:20])]),
            found,
            answered=asked.answered(found.rows, turn),
        )
    if not found.rows:
        scope = asked.scope_words(frame, turn)
        found.kind, found.missing = "abstain", "kpis"
        return Told(say(language, "none.kpis", scope=scope), found, "abstain")
    lines = [say(language, "kpi.counted", count=formats.counted(len(found.rows), "kpi", language))]
    lines += [bullet(row, turn, language) for row in found.rows[:20]]
    return Told("\n".join(lines), found, answered=asked.answered(found.rows, turn))


def _went(row: Row) -> str:
    change = row.values.get("change")
    if not isinstance(change, int | float):
        return ""
    return "up" if change > 0 else "down" if change < 0 else "flat"


def _since(frame: Frame, turn: TurnContext) -> str:
    """In what time they moved: as it was asked, else the four weeks that are looked at."""
    if frame.when is not None and not frame.when.moment:
        return asked.period_words(frame.when, frame.language, turn.today)
    return say(frame.language, "kpi.four_weeks")


def _worsening(row: Row) -> float:
    # Held against where it was, because KPIs have units of their own.
    v = row.values
    before = abs(_figure(v["previous"])) or 1.0
    change = _figure(v["change"]) / before
    return -change if v["better"] == "up" else change


def bullet(row: Row, turn: TurnContext, language: str) -> str:
    """One line of a list of KPIs."""
    slots = {"name": plain(row.title), "id": cite(row.id)}
    v = row.values
    if v.get("value") is None:
        return say(language, "kpi.bullet_none", **slots)
    slots |= {"value": _amount(row, "value", language), "date": _day(row, "date", turn, language)}
    if v.get("change") is None:
        return say(language, "kpi.bullet", **slots)
    moved = signed_amount(_figure(v["change"]), _unit(row), language)
    return say(language, "kpi.bullet_moved", **slots, change=moved, since=_day(row, "previous_date", turn, language))


def _amount(row: Row, name: str, language: str) -> str:
    return amount(_figure(row.values[name]), _unit(row), language)


def _unit(row: Row) -> str | None:
    unit = row.values.get("unit")
    return None if unit is None else str(unit)


def _day(row: Row, name: str, turn: TurnContext, language: str) -> str:
    return formats.day(date.fromisoformat(str(row.values[name])), language, turn.today)


def _figure(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
