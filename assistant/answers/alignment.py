"""What feeds an objective, and what it feeds."""

from __future__ import annotations

from dataclasses import replace

from assistant.answers import asked, listing, tasks
from assistant.answers.told import Told
from assistant.telling import formats, standing
from assistant.telling.phrases import say
from assistant.telling.safe import plain
from okr.language.frames import Ask, Frame, Ref
from tools.alignment import read_alignment
from tools.context import TurnContext
from tools.result import Found, Row
from tools.selection import NoCycleError


def answer(frame: Frame, turn: TurnContext) -> Told:
    """The objectives right below or above; where there are none, it says so."""
    direction = "parents" if frame.field in ("parents", "parent") else "children"
    objectives = asked.refs_of(frame, "objective")
    key_results = asked.refs_of(frame, "key_result")
    teams = asked.refs_of(frame, "team")
    if any(ref.kind == "task" for ref in frame.named):
        link = "needs" if direction == "parents" else "needed_by"
        return tasks.answer(replace(frame, ask=Ask.LIST, of="task", field=link), turn)
    try:
        found = read_alignment(
            turn,
            direction=direction,
            objectives=[ref.key for ref in objectives],
            key_results=[ref.key for ref in key_results],
            teams=[ref.key for ref in teams],
            cycle=frame.cycle.key if frame.cycle else "",
        )
    except NoCycleError as error:
        return asked.no_cycle(error, frame, turn)
    about = (*objectives, *key_results)
    if not found.rows:
        # That an objective stands alone is known, not missing.
        if about:
            found.kind, found.missing = "answer", ""
        return Told(_nothing(about, direction, frame, turn), found, kind=found.kind, answered=about[:3])
    text = _parents(found, about, frame, turn) if direction == "parents" else _children(found, about, frame, turn)
    return Told(text, found, answered=listing.refs(found.rows, turn))


def _nothing(about: tuple[Ref, ...], direction: str, frame: Frame, turn: TurnContext) -> str:
    language = frame.language
    if not about:
        scope = asked.scope_words(frame, turn) or say(language, "scope.company")
        return say(language, "links.no_objectives", scope=scope)
    names = formats.joined([listing.record(ref, language) for ref in about], language)
    return say(language, f"links.no_{direction}", record=names)


def _children(found: Found, about: tuple[Ref, ...], frame: Frame, turn: TurnContext) -> str:
    language = frame.language
    total = len(found.rows) + found.more
    objectives = formats.counted(total, "objective", language)
    one = "" if formats.takes_plural(total, language) else "_one"
    if about:
        record = formats.joined([listing.record(ref, language) for ref in about], language)
        lead = say(language, f"links.children{one}", objectives=objectives, record=record)
    elif frame.teams:
        record = ", ".join(plain(team.title) for team in frame.teams)
        lead = say(language, f"links.children{one}", objectives=objectives, record=record)
    else:
        lead = say(language, f"links.of_company{one}", objectives=objectives)
    lines = listing.bullets(found.rows, lambda row: _line(row, language), total, language, 12)
    parts = [lead, lines]
    if found.apart:
        shown = listing.ids([row.id for row in found.apart], language, 5)
        parts.append(say(language, "links.below", count=str(len(found.apart)), ids=shown))
        found.sources += [row.id for row in found.apart if row.id not in found.sources]
    return "\n\n".join(parts)


def _parents(found: Found, about: tuple[Ref, ...], frame: Frame, turn: TurnContext) -> str:
    language = frame.language
    parents = formats.joined([listing.record(row, language) for row in found.rows[:8]], language)
    if about:
        record = formats.joined([listing.record(ref, language) for ref in about], language)
        of_key_result = all(ref.kind == "key_result" for ref in about)
        lead = say(language, "links.kr_parent" if of_key_result else "links.parents", record=record, parent=parents)
    else:
        team = ", ".join(plain(team.title) for team in frame.teams) or plain(turn.company.name, 80)
        lead = say(language, "links.of_team", team=team)
        lead += "\n\n" + listing.bullets(found.rows, lambda row: _line(row, language), len(found.rows), language, 12)
    if found.apart:
        chain = ", ".join(listing.record(row, language) for row in found.apart[:5])
        lead += " " + say(language, "links.above", chain=chain)
        found.sources += [row.id for row in found.apart if row.id not in found.sources]
    return lead


def _line(row: Row, language: str) -> str:
    v = row.values
    count = int(str(v["count"]))
    if count == 0:
        return f"{listing.record(row, language)}: {say(language, 'links.no_key_results')}"
    if v["progress"] is None:
        progress = say(language, "links.undefined")
    else:
        share = formats.percent(float(str(v["progress"])), language)
        progress = say(language, "kr.progress_alone", progress=share)
    said = say(
        language,
        "links.standing",
        progress=progress,
        status=standing.status(v["status"], language),
        key_results=formats.counted(count, "key_result", language),
    )
    return f"{listing.record(row, language)}: {said}"
