"""The words a model is given: Markdown files with named slots, each with a fingerprint."""

from __future__ import annotations

import hashlib
import string
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


class PromptError(ValueError):
    """A prompt that does not exist, or slots that do not fit it."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt filled in; `version` is its name with the fingerprint of its file, whatever the slots held."""

    text: str
    version: str


def load(name: str, /, **slots: str) -> Prompt:
    """The prompt with its slots filled in; `PromptError` for an unknown prompt, a missing slot or a surplus one.

    A `$` in a value stays as it is: only the file's own slots are filled.
    """
    text = _text(name)
    template = string.Template(text)
    wanted = set(template.get_identifiers())
    if missing := wanted - slots.keys():
        raise PromptError(f"{name} needs {', '.join(sorted(missing))}")
    if surplus := slots.keys() - wanted:
        raise PromptError(f"{name} has no place for {', '.join(sorted(surplus))}")
    fingerprint = hashlib.sha256(text.encode()).hexdigest()[:8]
    return Prompt(template.substitute(slots).strip(), f"{name}@{fingerprint}")


@cache
def _text(name: str) -> str:
    file = files("prompts") / f"{name}.md"
    if not name.isidentifier() or not file.is_file():
        raise PromptError(f"there is no prompt called {name!r}")
    return file.read_text(encoding="utf-8")
