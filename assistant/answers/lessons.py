"""What was learnt."""

from __future__ import annotations

from assistant.answers import asked, listing
from assistant.answers.told import Told
from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.telling.safe import cite, plain
from okr.language.frames import Ask, Frame
from tools.context import TurnContext
from tools.lessons import list_lessons
from tools.result import Found, Quote, Row

MOST_TEXT = 400
MOST_TOLD = 10


def answer(frame: Frame, turn: TurnContext) -> Told:
    """The lessons of a cycle, objective or team, newest first; where none are recorded it says so."""
    language = frame.language
    cycles = _cycles(frame, turn)
    when = None if cycles else frame.when
    objectives = listing.keys_of(frame, "objective") + _objectives_of_key_results(frame, turn)
    found = list_lessons(
        turn,
        cycles=cycles,
        objectives=objectives,
        teams=listing.keys_of(frame, "team"),
        people=[] if frame.mine == "me" else listing.keys_of(frame, "person"),
        kinds=frame.filters.lesson_kinds,
        first=when.first.isoformat() if when and not when.moment else "",
        last=when.last.isoformat() if when else "",
        limit=min(frame.limit or 200, 200),
    )
    found.period = listing.stretch(frame.when, language, turn)
    total = int(str(found.values["count"]))
    words = listing.details(_details(frame, turn, cycles), language)
    if total == 0:
        text = say(language, "lessons.none", details=words)
        if frame.ask is Ask.COUNT:
            return Told(text, found)
        found.kind, found.missing = "abstain", "lessons"
        return Told(text, found, kind="abstain")
    name = "lessons.some"
    if frame.ask is Ask.COUNT:
        name = "lessons.count_one" if total == 1 else "lessons.count"
    lead = say(language, name, lessons=formats.counted(total, "lesson", language), details=words)
    return Told(f"{lead}\n\n{_lines(found, total, language, turn, told=len(cycles) == 1)}", found)


def _lines(found: Found, total: int, language: str, turn: TurnContext, *, told: bool) -> str:
    quotes: dict[str, Quote] = {quote.id: quote for quote in found.quotes}
    titles = {cycle.key: cycle.name for cycle in turn.cycles}

    def line(row: Row) -> str:
        cycle = str(row.values["cycle"])
        return say(
            language,
            "lessons.line",
            kind=say(language, f"lessons.{row.values['kind']}"),
            cycle="" if told else f" ({plain(titles.get(cycle, cycle), 60)})",
            text=plain(row.title, MOST_TEXT),
            author=plain(quotes[row.id].author, 80),
            date=listing.day(row.values["date"], language, turn),
            id=cite(row.id),
        )

    return listing.bullets(found.rows, line, total, language, MOST_TOLD)


def _cycles(frame: Frame, turn: TurnContext) -> list[str]:
    """The cycles that are meant: the named one, or those that lie within the time asked about."""
    if frame.cycle is not None:
        return [frame.cycle.key]
    named = [ref.key for ref in frame.named if ref.kind == "cycle"]
    if named or frame.when is None or frame.when.moment:
        return named
    first, last = frame.when.first, frame.when.last
    # Lessons of a quarter are written after it, so the quarter is the cycle and not the days.
    return [cycle.key for cycle in turn.cycles if first <= cycle.start and cycle.end <= last]


def _objectives_of_key_results(frame: Frame, turn: TurnContext) -> list[str]:
    ids = [ref.id for ref in asked.refs_of(frame, "key_result")]
    if not ids:
        return []
    above = turn.store.objectives_of(turn.actor, ids)
    return [objective.key for objective in turn.store.objectives_by_id(turn.actor, above)]


def _details(frame: Frame, turn: TurnContext, cycles: list[str]) -> list[str]:
    language = frame.language
    titles = {cycle.key: cycle.name for cycle in turn.cycles}
    parts = [f"{plain(titles.get(key, key), 60)} {cite(key)}" for key in cycles]
    records = (*asked.refs_of(frame, "objective"), *asked.refs_of(frame, "key_result"))
    parts += [listing.record(record, language) for record in records]
    parts += [say(language, "scope.team", team=plain(team.title)) for team in asked.refs_of(frame, "team")]
    parts += [say(language, f"lessons.{kind}") for kind in frame.filters.lesson_kinds]
    if not cycles and frame.when is not None:
        parts.append(say(language, "lessons.from", period=listing.period(frame.when, language, turn)))
    return parts
