"""Golden questions as lines of data: what a line holds, and a reading in its compact form.

A line holds a `question`, who asks (`as`, Ana of Sales where it does not say) and what it reads as: in
`frame` the parts that differ from a bare frame, or the kind of `reading` that is no frame with its
reason, or null for a question that no frame may be made of. Lines with the same `thread` are one
conversation.
"""

from __future__ import annotations

import json
from dataclasses import fields
from itertools import groupby
from pathlib import Path
from typing import Any

from okr.language.frames import Clarify, Filters, Frame, Missing, Reading, Ref, Refused, When

Line = dict[str, Any]
_DATA = Path(__file__).parents[2] / "data"
# Who the words came from and how the answer is worded do not change what is looked up.
_LEFT_OUT = frozenset({"language", "mine", "singular", "answered", "company"})


def lines(language: str) -> list[Line]:
    """All lines of a language, in the order of the file."""
    text = (_DATA / f"questions_{language}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def alone(language: str) -> list[Line]:
    """The questions that stand by themselves."""
    return [line for line in lines(language) if "thread" not in line]


def threads(language: str) -> list[tuple[str, list[Line]]]:
    """The conversations by name, each with its questions in order."""
    some = [line for line in lines(language) if "thread" in line]
    return [(name, list(part)) for name, part in groupby(some, key=lambda line: str(line["thread"]))]


def compact(reading: Reading) -> Line | None:
    """The reading as a line holds it; None for words that were not understood."""
    match reading:
        case Frame():
            return {
                part.name: _plain(getattr(reading, part.name))
                for part in fields(reading)
                if part.name not in _LEFT_OUT
                and (part.name == "ask" or getattr(reading, part.name) not in (part.default, Filters()))
            }
        case Clarify():
            return {"reading": "clarify", "options": [option.key for option in reading.options]}
        case Refused():
            return {"reading": "refused", "reason": reading.reason}
        case Missing():
            return {"reading": "missing", "reason": reading.reason}
        case _:
            return None


def _plain(value: Any) -> Any:
    match value:
        case Ref():
            return value.key
        case When():
            return [value.first.isoformat(), value.last.isoformat()]
        case Filters():
            return {
                part.name: _plain(getattr(value, part.name))
                for part in fields(value)
                if getattr(value, part.name) != part.default
            }
        case tuple():
            return [_plain(one) for one in value]
        case _:
            return value
