"""Polish questions as people type them at work, with the frame that each must become.

A line of the data holds a question, who asks (Ana of Sales where it does not say) and what it reads
as: the parts of the frame that differ from a bare one, or a `reading` that is no frame. Lines with
the same `thread` are one conversation; the rows of each answer are what "it" and "they" mean next.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from assistant import direct
from okr.language.frames import Clarify, Filters, Frame, Missing, Reading, Ref, Refused, When
from okr.language.reader import read
from okr.store import Store, open_store
from tools.context import TurnContext

_LINES = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data" / "questions_pl.jsonl").read_text(encoding="utf-8").splitlines()
    if line.strip()
]
_ASKED_ALONE = [line for line in _LINES if "thread" not in line]
_THREADS = [
    (name, list(lines))
    for name, lines in groupby((line for line in _LINES if "thread" in line), key=lambda line: str(line["thread"]))
]
# Who the words came from and how the answer is worded do not change what is looked up.
_LEFT_OUT = frozenset({"language", "mine", "singular", "answered"})


def compact(reading: Reading) -> dict[str, Any]:
    """The reading in the form of the data file."""
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
        case Missing() | Refused():
            return {"reading": type(reading).__name__.lower(), "reason": reading.reason}
        case _:
            return {"reading": "unread"}


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


@pytest.fixture(scope="module")
def lumen(sampled_sqlite: Path) -> Iterator[Store]:
    """The sample company, which the questions of this module only read."""
    opened = open_store(sampled_sqlite)
    yield opened
    opened.close()


def _turn(store: Store, line: dict[str, Any], now: datetime) -> TurnContext:
    actor = store.actor(f"{line.get('as', 'ana.nowak')}@lumen.example")
    return TurnContext(store, actor, store.company(), now, "pl")


@pytest.mark.parametrize("line", _ASKED_ALONE, ids=[line["question"] for line in _ASKED_ALONE])
def test_a_question_reads_as_its_frame(line: dict[str, Any], lumen: Store, sample_now: datetime) -> None:
    actor = _turn(lumen, line, sample_now).actor
    assert compact(read(line["question"], actor=actor, store=lumen, now=sample_now)) == line["frame"]


@pytest.mark.parametrize(("name", "lines"), _THREADS, ids=[name for name, _ in _THREADS])
def test_a_conversation_keeps_what_was_meant(
    name: str, lines: list[dict[str, Any]], lumen: Store, sample_now: datetime
) -> None:
    previous: Frame | None = None
    for line in lines:
        turn = _turn(lumen, line, sample_now)
        reading = read(line["question"], actor=turn.actor, store=lumen, now=sample_now, previous=previous)
        assert compact(reading) == line["frame"], line["question"]
        if isinstance(reading, Frame):
            told = direct.answer(reading, line["question"], turn)
            rows = [(row.type, row.id) for row in told.found.rows[:10]] if told.found is not None else []
            previous = replace(reading, answered=told.answered or lumen.refs(turn.actor, rows))
