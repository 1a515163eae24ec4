"""An answer in words, with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from okr.language.frames import Ref
from tools.result import Found


@dataclass(slots=True)
class Told:
    """What is said to a person.

    `text` is Markdown that is safe to show. `kind` is the contract's: answer, clarify, abstain, refuse
    or proposal. `options` are the choices of a question back, each `(label, question)`.
    `draft` is the document of a status update.
    `suggestions` are questions that may come next. `answered` is what "it" and "they" mean from now on.
    """

    text: str
    found: Found | None = None
    kind: str = "answer"
    options: list[tuple[str, str]] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    proposal: dict[str, Any] | None = None
    draft: dict[str, Any] | None = None
    answered: tuple[Ref, ...] = ()
