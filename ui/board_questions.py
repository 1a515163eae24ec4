"""The question that takes a card into the chat: with the board's team, cycle and day, so that the figures agree."""

from __future__ import annotations

from datetime import date, timedelta

from assistant.telling import formats
from okr.calendar import week_of
from ui.board_view import View
from ui.harmless import plain
from ui.session import Visit
from ui.wording import Wording

# Where the name of a cycle is understood; elsewhere its last day says the same.
BY_CYCLE = ("whole", "teams", "objectives", "risk", "watermelons")


def question(visit: Visit, view: View, card: str) -> str:
    """What to ask the assistant about a card of this view, in the reader's language."""
    words = visit.words
    whose = "team" if view.team else "person" if view.person else "company"
    if card == "moved":
        return _moved(words, view, whose)
    past = view.on < visit.today or (view.named_cycle is not None and view.named_cycle.end < visit.today)
    key = f"board.ask.{card}.{whose}"
    if past and words.has(f"{key}.then"):
        key = f"{key}.then"
    filled = {"name": plain(view.about), "when": _when(words, visit, view, card)}
    filled["first"], filled["last"] = _whole_day(words, week_of(view.on).first), _whole_day(words, view.on)
    return words(key, **filled)


def _when(words: Wording, visit: Visit, view: View, card: str) -> str:
    """Of which cycle or as of which day, where it is not simply now; with the space before it."""
    cycle = view.named_cycle
    if card in BY_CYCLE and cycle is not None and view.on in (visit.today, cycle.end):
        return words("board.ask.cycle", cycle=plain(cycle.name))
    return words("board.ask.day", day=_whole_day(words, view.on)) if view.on < visit.today else ""


def _moved(words: Wording, view: View, whose: str) -> str:
    # Between two days counts from the evening before the first.
    first, last = _whole_day(words, view.since + timedelta(days=1)), _whole_day(words, view.on)
    return words(f"board.ask.moved.{whose}", name=plain(view.about), first=first, last=last)


def _whole_day(words: Wording, day: date) -> str:
    """A day with its year, as a sentence has it: "20 November 2026", "20 listopada 2026"."""
    return f"{day.day} {formats.MONTHS[words.language][day.month - 1]} {day.year}"
