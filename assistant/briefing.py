"""What a model is told before it begins: who asks and when, what was said before, and what we understood already."""

from __future__ import annotations

import json
from collections.abc import Sequence

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from assistant.engine import Exchange
from assistant.telling.formats import WEEKDAYS
from okr.language.frames import Frame, Reading, When
from okr.language.words import safe_text
from tools.context import TurnContext

LONGEST_NAME = 80
MOST_EXCHANGES = 3
LONGEST_QUESTION = 240
LONGEST_SAID = 360
_LANGUAGES = {"en": "English", "pl": "Polish"}
_EXAMPLES = {
    "en": "NPS [KR-12] is off track: 12.4% done, 58% expected",
    "pl": "NPS [KR-12] jest poza planem: postęp 12,4 %, oczekiwany 58 %",
}
_BROKEN_OFF = "This call was broken off."


def briefing(turn: TurnContext) -> dict[str, str]:
    """The slots of the prompt `ask`."""
    team = next((team.name for team in turn.store.teams() if team.id == turn.actor.team_id), "")
    return {
        "company": _named(turn.company.name),
        "language": _LANGUAGES[turn.language],
        "example": _EXAMPLES[turn.language],
        "today": f"{WEEKDAYS['en'][turn.today.weekday()]} {turn.today.isoformat()}",
        "name": _named(turn.actor.name),
        "team": f" of the team {_named(team)}" if team else "",
    }


def _named(name: str) -> str:
    # A name is somebody's text too: one line, in quotation marks, of bounded length.
    return json.dumps(" ".join(safe_text(name, LONGEST_NAME).split()), ensure_ascii=False)


def history(past: Sequence[Exchange]) -> list[AnyMessage]:
    """The latest exchanges as messages, shortened; the ids in them say what "it" may mean."""
    messages: list[AnyMessage] = []
    for exchange in past[-MOST_EXCHANGES:]:
        if exchange.said.strip():
            messages.append(HumanMessage(_short(exchange.question, LONGEST_QUESTION)))
            messages.append(AIMessage(_short(exchange.said, LONGEST_SAID)))
    return messages


def _short(text: str, most: int) -> str:
    kept = " ".join(safe_text(text, most * 4).split())
    return kept if len(kept) <= most else kept[: most - 1].rstrip() + "…"


def understood(reading: Reading) -> str:
    """What our own reader made of the question, where it made something of it: names as ids, days as dates."""
    if not isinstance(reading, Frame):
        return ""
    refs = [*reading.named, *reading.teams, *reading.people, *reading.objectives]
    known: dict[str, object] = {"asks": reading.ask.value, "about": reading.of}
    if refs:
        known["ids"] = [ref.key for ref in refs[:6]]
    if reading.cycle is not None:
        known["cycle"] = reading.cycle.key
    for name, when in (("when", reading.when), ("versus", reading.versus)):
        if when is not None:
            known[name] = _days(when)
    return f"Read as: {json.dumps(known, ensure_ascii=False)}"


def _days(when: When) -> str:
    if when.moment or when.first == when.last:
        return when.last.isoformat()
    if when.word == "since":
        return f"since {when.first.isoformat()}"
    return f"{when.first.isoformat()} to {when.last.isoformat()}"


def closed(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The messages with an answer to every tool call, right after it: providers refuse an open one.

    A call stays open when a turn ends early: the stop button, a crash, a lost connection.
    """
    answered = {message.tool_call_id for message in messages if isinstance(message, ToolMessage)}
    found: list[AnyMessage] = []
    for message in messages:
        found.append(message)
        if isinstance(message, AIMessage):
            found.extend(
                ToolMessage(_BROKEN_OFF, tool_call_id=str(call["id"]), status="error")
                for call in [*message.tool_calls, *message.invalid_tool_calls]
                if call["id"] not in answered
            )
    return found
