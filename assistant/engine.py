"""Which engine answers: the direct one, which needs no model, or a model with the same tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

from assistant.answers.told import Told
from assistant.events import Event
from assistant.settings import Settings
from okr.errors import OkrError
from okr.language.frames import Reading
from tools.context import TurnContext

NO_TOKENS = {"prompt": 0, "completion": 0, "calls": 0}


class ModelFailedError(OkrError):
    """The model gave no answer that can be used; the sentence says why, in the language of the question.

    `tokens` is what it cost all the same, `said` what of its words was shown already.
    """

    code = "model-failed"

    def __init__(self, sentence: str, remedy: str = "") -> None:
        super().__init__(sentence, remedy)
        self.tokens = dict(NO_TOKENS)
        self.said = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question of the conversation and what was said to it."""

    question: str
    said: str


@dataclass(slots=True)
class Spoken:
    """A whole answer with how it came about: which tools were used, and what it cost.

    `tools` are the contract's `{"name", "args"}`. Where the words were streamed already, `streamed`
    says so, and they are not said again.
    """

    told: Told
    tools: list[dict[str, Any]] = field(default_factory=list)
    tokens: dict[str, int] = field(default_factory=lambda: dict(NO_TOKENS))
    streamed: bool = False


class Engine(Protocol):
    """What answers a question that the direct reader passes on."""

    @property
    def name(self) -> str:
        """What `answered_by` says: "model:" and the model's name."""
        ...

    def answer(
        self, question: str, turn: TurnContext, past: Sequence[Exchange], reading: Reading
    ) -> Iterator[Event | Spoken]:
        """Steps and words as they come, then `Spoken` last; `ModelFailedError` when the model fails."""
        ...


def model_engine(settings: Settings) -> Engine | None:
    """The engine of the configured model; None where no model is set."""
    if settings.model is None:
        return None
    # Loaded on first use: LangChain takes longer to import than a direct answer takes in all.
    engine: Engine = import_module("assistant.agent").ModelEngine(settings)
    return engine
