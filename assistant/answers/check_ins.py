"""Which check-ins there are, and how many."""

from __future__ import annotations

from assistant.answers import asked, listing
from assistant.answers.told import Told
from assistant.telling import formats, standing
from assistant.telling.phrases import say
from assistant.telling.safe import cite, plain
from okr.language.frames import Ask, Frame, Ref
from tools.check_ins import list_check_ins
from tools.context import TurnContext
from tools.result import Found, Row

SHOWN = 20
MOST_TEXT = 160


def answer(frame: Frame, turn: TurnContext) -> Told:
    """The check-ins in the scope and time, newest first; none is an answer too."""
    language, when = frame.language, frame.when
    found = list_check_ins(
        turn,
        key_results=listing.keys_of(frame, "key_result"),
        objectives=listing.keys_of(frame, "objective"),
        teams=listing.keys_of(frame, "team"),
        people=listing.keys_of(frame, "person"),
        cycle=frame.cycle.key if frame.cycle else "",
        first=when.first.isoformat() if when and not when.moment else "",
        last=when.last.isoformat() if when else "",
        said=frame.filters.has,
        oldest=frame.reverse,
        limit=frame.limit or (200 if frame.ask is Ask.COUNT else SHOWN),
    )
    found.period = listing.stretch(when, language, turn)
    total = int(str(found.values["count"]))
    words = listing.details(_details(frame, turn), language)
    if total == 0:
        return Told(say(language, "entries.none", details=words), found)
    noun = formats.counted(total, "check_in", language)
    if frame.ask is Ask.COUNT:
        lead = say(language, "entries.count_one" if total == 1 else "entries.count", check_ins=noun, details=words)
    elif found.more:
        lead = say(language, "entries.newest", shown=str(len(found.rows)), check_ins=noun, details=words)
    else:
        lead = say(language, "entries.some", check_ins=noun, details=words)
    people = listing.names([str(row.values["author"]) for row in found.rows], turn)
    lines = listing.bullets(found.rows, lambda row: _line(row, language, turn, people), total, language)
    return Told(f"{lead}\n\n{lines}", found, answered=_key_results(found, turn))


def _key_results(found: Found, turn: TurnContext) -> tuple[Ref, ...]:
    keys = dict.fromkeys(str(row.values["key_result"]) for row in found.rows[:10])
    return turn.store.refs(turn.actor, [("key_result", key) for key in list(keys)[:3]])


def _details(frame: Frame, turn: TurnContext) -> list[str]:
    language = frame.language
    parts = []
    for record in (*asked.refs_of(frame, "key_result"), *asked.refs_of(frame, "objective")):
        parts.append(say(language, "entries.on", record=listing.record(record, language)))
    for team in asked.refs_of(frame, "team"):
        below = len(turn.store.teams_below(team.id)) > 1
        parts.append(say(language, "scope.team_below" if below else "scope.team", team=plain(team.title)))
    for person in asked.refs_of(frame, "person"):
        parts.append(say(language, "entries.by", person=plain(person.title)))
    if frame.when is not None:
        parts.append(listing.period(frame.when, language, turn))
    return parts


def _line(row: Row, language: str, turn: TurnContext, people: dict[str, str]) -> str:
    v = row.values
    figures = []
    if v["value"] is not None:
        figures.append(say(language, "entries.value", value=formats.number(float(str(v["value"])), language)))
    if v["confidence"] is not None:
        figures.append(say(language, "entries.confidence", confidence=str(v["confidence"])))
    if v["reported"]:
        figures.append(say(language, "entries.reported", reported=standing.status(v["reported"], language)))
    author = str(v["author"])
    said = say(
        language,
        "entries.line",
        date=listing.day(v["date"], language, turn),
        person=plain(people.get(author, author)),
        record=cite(str(v["key_result"])),
        figures="".join(f", {figure}" for figure in figures),
        id=cite(row.id),
    )
    text = str(v.get("blockers") or v.get("note") or v.get("wins") or "")
    quoted = f"“{plain(text, MOST_TEXT)}”" if language == "en" else f"„{plain(text, MOST_TEXT)}”"
    return f"{said}: {quoted}" if text else said
