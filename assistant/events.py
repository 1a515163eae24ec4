"""What happens while a question is answered, in the order in which a screen shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tools.result import Chart, Quote, Row


@dataclass(frozen=True, slots=True)
class Step:
    """What is being done, in the asker's language ("Looking at 12 check-ins of NPS")."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of the answer as Markdown that is safe to show; pieces are added to one another."""

    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the answer rests on: rows for a table, quotes, a chart, and the ids that chips open."""

    rows: list[Row] = field(default_factory=list)
    apart: list[Row] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    chart: Chart | None = None
    sources: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Choices:
    """Answers to a question back: each `(label, question)`; choosing one asks that question."""

    options: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Proposed:
    """Something that a click would do; `body` is the proposal's document."""

    id: str
    kind: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """Something went wrong that a person should know: one plain sentence, and a reference for the log."""

    text: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """The end: the answer document of the contract, and questions that may come next."""

    document: dict[str, Any]
    suggestions: list[str] = field(default_factory=list)
    turn: int | None = None  # the turn's id in the store, for thumbs


Event = Step | Words | Evidence | Choices | Proposed | Failed | Done
