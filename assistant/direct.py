"""Answers without a model: each understood question goes to the module that answers its kind."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from assistant.answers import asked, unread
from assistant.answers.told import Told
from okr.language.frames import Ask, Frame, Reading
from tools.context import TurnContext


class Family(Protocol):
    """A module of `assistant.answers`."""

    def answer(self, frame: Frame, turn: TurnContext) -> Told:
        """The answer to a question of this family."""
        ...


# By what is asked; imported on first use, because a single question needs one of them.
_BY_ASK = {
    Ask.RANK: "ranks",
    Ask.LIST: "lists",
    Ask.COUNT: "lists",
    Ask.STATUS: "standing",
    Ask.VALUE: "standing",
    Ask.WHO: "who",
    Ask.WHEN: "when",
    Ask.ROLL_UP: "roll_ups",
    Ask.COMPARE: "comparisons",
    Ask.CHANGE: "changes",
    Ask.HISTORY: "histories",
    Ask.EXPLAIN: "explanations",
    Ask.NOTES: "notes",
    Ask.MY_WEEK: "my_week",
    Ask.ALIGNMENT: "alignment",
    Ask.LESSONS: "lessons",
    Ask.DEFINE: "define",
    Ask.HELP: "courtesy",
    Ask.GREET: "courtesy",
    Ask.THANK: "courtesy",
}
_ENUMERATING = (Ask.RANK, Ask.LIST, Ask.COUNT)
# Records that are listed, counted and ranked by modules of their own.
_BY_KIND = {
    "task": "tasks",
    "person": "people",
    "team": "teams",
    "cycle": "cycles",
    "check_in": "check_ins",
    "lesson": "lessons",
}


def family(frame: Frame) -> str:
    """The name of the module that answers this question."""
    if frame.ask in _ENUMERATING and frame.of in _BY_KIND:
        return _BY_KIND[frame.of]
    if frame.ask in (Ask.STATUS, Ask.VALUE) and frame.named and all(ref.kind == "task" for ref in frame.named):
        return "tasks"  # how one task stands
    return _BY_ASK[frame.ask]


def answer(reading: Reading, question: str, turn: TurnContext) -> Told:
    """The answer to a question as it was read; what was not understood is answered honestly too."""
    if not isinstance(reading, Frame):
        return unread.answer(reading, question, turn)
    module: Family = import_module(f"assistant.answers.{family(reading)}")
    told = module.answer(reading, turn)
    held = told.found is not None and (told.found.rule or reading.filters.checked_in is not None)
    if told.kind == "answer" and told.found is not None and held:
        note = asked.over_note(reading, turn)
        if note and note not in told.text and asked.of_running(told.found.rows, turn):
            told.text += f"\n\n{note}"
    return told
