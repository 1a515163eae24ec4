"""Which key results, objectives or KPIs meet some filters, and how many they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from assistant.answers import asked, kpis, objectives, ranks, roll_ups
from assistant.answers.told import Told
from assistant.telling import formats, standing
from assistant.telling.filters import filter_words
from assistant.telling.phrases import say
from okr.language.frames import Ask, Filters, Frame, When
from tools.context import TurnContext
from tools.filters import words_for
from tools.key_results import list_key_results
from tools.result import Found, Row
from tools.selection import NoCycleError

TOLD = 10
TOLD_COUNT = 5


def answer(frame: Frame, turn: TurnContext) -> Told:
    """The records that meet the filters, or their number; an empty list is an answer too."""
    if frame.of == "kpi":
        return kpis.listed(frame, turn)
    if frame.of == "objective":
        return objectives.listed(frame, turn)
    frame = _with_time(frame, turn)
    try:
        found = list_key_results(turn, by=_order(frame), reverse=frame.reverse, where=asked.where_of(frame))
    except NoCycleError as error:
        return asked.no_cycle(error, frame, turn)
    if frame.limit:
        found.more += max(0, len(found.rows) - frame.limit)
        found.rows = found.rows[: frame.limit]
    asked.labelled(found, frame, turn)
    parts = [head(frame, found, turn, "key_result")]
    if frame.field == "share":
        every = list_key_results(turn, limit=1, where=replace(asked.where_of(frame), filters=()))
        parts.append(share_of(found, roll_ups.whole(every.values.get("count") or 0), "key_result", frame.language))
    parts += [*_body(frame, found, turn), asked.over_note(frame, turn)]
    return Told("\n\n".join(part for part in parts if part), found, answered=asked.answered(found.rows, turn))


def share_of(found: Found, total: int, thing: str, language: str) -> str:
    """What part of all the found ones are, put into the values too; empty where there are none at all."""
    if not total:
        return ""
    share = roll_ups.whole(found.values.get("count") or 0) / total
    found.values |= {"share": share, "total": total}
    return say(
        language, "list.share", share=formats.percent(share, language), total=formats.out_of(total, thing, language)
    )


def _with_time(frame: Frame, turn: TurnContext) -> Frame:
    filters = frame.filters
    if (filters.checked_in is not None or filters.moved) and (frame.when is None or frame.when.moment):
        if frame.when is not None and filters.checked_in is not None and frame.when.word != "today":
            return replace(frame, when=replace(frame.when, moment=False))
        # What was not checked in on or did not move, of late, is meant for the running week.
        day = turn.today if frame.when is None else frame.when.last
        monday = day.fromordinal(day.toordinal() - day.weekday())
        sunday = day.fromordinal(monday.toordinal() + 6)
        return replace(frame, when=When(monday, sunday, word="this_week" if frame.when is None else "week"))
    return frame


def _order(frame: Frame) -> str:
    if frame.by in ("progress", "confidence", "age", "value", "score", "weight", "gap"):
        return frame.by
    filters = frame.filters
    if filters.statuses or filters.watermelon or filters.reported:
        return "status"
    return ""


def head(frame: Frame, found: Found, turn: TurnContext, thing: str) -> str:
    """The count with what was asked for, where and when."""
    language = frame.language
    count = roll_ups.whole(found.values.get("count") or 0)
    what = filter_words(frame.filters, language)
    scope = asked.scope_words(frame, turn)
    slots = {"scope": f" {scope}" if scope else "", "when": _when(frame, found, turn)}
    if count == 0:
        none = formats.noun(thing, 0, language)
        if not what:
            return say(language, "list.none_all", thing=none, **slots)
        return _begun(say(language, "list.none", thing=none, what=what, **slots))
    counted = formats.counted(count, thing, language)
    if what:
        return _begun(say(language, "list.count", count=counted, what=what, **slots))
    if scope == say(language, "scope.me") and slots["when"]:
        things = formats.noun(thing, count if language == "en" else 2, language)
        return say(language, "list.mine", things=things, count=formats.number(count, language), when=slots["when"])
    return say(language, "list.all", count=counted, **slots)


def _begun(said: str) -> str:
    return said[0].upper() + said[1:]


def _when(frame: Frame, found: Found, turn: TurnContext) -> str:
    language = frame.language
    told_in_days = frame.filters.older_than_days is not None
    if frame.when is not None and not frame.when.moment and frame.cycle is None and not told_in_days:
        return say(language, "list.in_period", period=asked.period_words(frame.when, language, turn.today))
    if frame.cycle is not None:
        return ""
    return say(language, "list.on", date=asked.moment_words(frame, found, turn))


def _body(frame: Frame, found: Found, turn: TurnContext) -> list[str]:
    language = frame.language
    on = asked.day_of(found, turn)
    parts: list[str] = []
    told = TOLD_COUNT if frame.ask is Ask.COUNT else TOLD
    lines = [_line(row, frame, on, turn) for row in found.rows[:told]]
    left = found.more + max(0, len(found.rows) - told)
    if lines:
        parts.append("\n".join(lines))
    if left:
        found.values["more"] = left
        parts.append(say(language, "list.rest", count=str(left)))
    if found.apart:
        found.values["never"] = max(roll_ups.whole(found.values.get("never") or 0), len(found.apart))
        parts.append(say(language, "list.never", ids=ranks.ids(found.apart, language, 6)))
    filters = frame.filters
    if filters.statuses == ("at_risk",):
        # "At risk" means at risk alone; whoever asks wants to know that there are worse ones.
        found.values.setdefault("off_track", 0)
        worse = str(found.values["off_track"])
        parts.append(say(language, "list.off_track_too", rule=found.rule or "", count=worse))
    if "baseline" in filters.missing:
        parts.append(say(language, "list.needs_none"))
    if not filters.statuses and not words_for(filters) and len(found.rows) > 1:
        parts.append(say(language, "list.statuses", rule=found.rule or "", counts=roll_ups.counts(found, language)))
    elif found.rule and found.rows:
        parts.append(say(language, "list.rule", rule=found.rule))
    return parts


def _line(row: Row, frame: Frame, on: date, turn: TurnContext) -> str:
    language = frame.language
    filters: Filters = frame.filters
    gap = row.values.get("gap")
    said = []
    doubted = filters.confidence or filters.confidence_falling or frame.by == "confidence"
    if doubted and row.values.get("confidence") is not None:
        said.append(ranks.confidence(row, language))
    if filters.moved:
        said.append(ranks.moved(row, language))
    if row.values.get("score") is not None:
        said.append(say(language, "kr.score", score=formats.score(roll_ups.figure(row.values["score"]), language)))
    if filters.older_than_days is not None and row.values.get("freshness") == "fresh":
        said.append(standing.freshness(row, language, on, turn.today))
    said.append(standing.verdict(row, language, None))
    said.append(standing.progress(row, language))
    if isinstance(gap, float) and (filters.statuses or filters.gap or filters.watermelon):
        said.append(standing.gap(gap, language))
    return standing.bullet(row, language, on, turn.today, *said)
