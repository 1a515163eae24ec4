"""A greeting, a thank-you, and what can be asked here."""

from __future__ import annotations

from assistant.answers.told import Told
from assistant.suggestions import openers
from assistant.telling.phrases import say
from assistant.telling.safe import plain
from okr.language.frames import Ask, Frame
from tools.context import TurnContext

_EXAMPLES = ("behind", "mine", "week", "at_risk", "stale", "blockers", "overdue", "lessons")


def answer(frame: Frame, turn: TurnContext) -> Told:
    """A short word back, with questions that the person may ask."""
    language = frame.language
    company = plain(turn.company.name, 80)
    questions = openers(turn.actor, language)
    if frame.ask is Ask.THANK:
        return Told(text=say(language, "courtesy.thank"))
    if frame.ask is Ask.GREET:
        name = plain(turn.actor.name.split()[0], 40)
        text = say(language, "courtesy.greet", name=name, company=company, example=questions[0])
        return Told(text=text, suggestions=questions)
    examples = [f"- {say(language, f'suggest.{name}')}" for name in _EXAMPLES]
    first, last = say(language, "courtesy.help", company=company), say(language, "courtesy.help_end")
    return Told(text="\n".join([first, "", *examples, "", last]), suggestions=questions)
