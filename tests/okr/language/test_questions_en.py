"""English questions as hurried, British, American, non-native and chatty people type them, and the frame of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from assistant import direct
from okr.access import Actor
from okr.language.frames import Ask, Frame
from okr.language.reader import read
from okr.store import Store, open_store
from tests.okr.language.question_lines import Line, alone, compact, threads
from tools.context import TurnContext

_ALONE = alone("en")
_THREADS = threads("en")
_NO_SUBJECT = (Ask.HELP, Ask.GREET, Ask.THANK)


@pytest.fixture(scope="module")
def lumen(sampled_sqlite: Path) -> Iterator[Store]:
    """The sample company, which the questions of this module only read."""
    opened = open_store(sampled_sqlite)
    yield opened
    opened.close()


def _asker(store: Store, line: Line) -> Actor:
    return store.actor(f"{line.get('as', 'ana.nowak')}@lumen.example")


@pytest.mark.parametrize("line", _ALONE, ids=[line["question"] for line in _ALONE])
def test_a_question_reads_as_its_frame(line: Line, lumen: Store, sample_now: datetime) -> None:
    reading = read(line["question"], actor=_asker(lumen, line), store=lumen, now=sample_now)
    if line["frame"] is None:
        # Any way of saying that it was not understood will do; a frame would answer something else.
        assert not isinstance(reading, Frame)
    else:
        assert compact(reading) == line["frame"]


@pytest.mark.parametrize(("name", "lines"), _THREADS, ids=[name for name, _ in _THREADS])
def test_a_conversation_keeps_what_was_meant(name: str, lines: list[Line], lumen: Store, sample_now: datetime) -> None:
    previous: Frame | None = None
    for line in lines:
        actor = _asker(lumen, line)
        reading = read(line["question"], actor=actor, store=lumen, now=sample_now, previous=previous)
        assert compact(reading) == line["frame"], line["question"]
        if isinstance(reading, Frame) and reading.ask not in _NO_SUBJECT:
            turn = TurnContext(lumen, actor, lumen.company(), sample_now, "en")
            told = direct.answer(reading, line["question"], turn)
            rows = [(row.type, row.id) for row in told.found.rows[:10]] if told.found is not None else []
            previous = replace(reading, answered=told.answered or lumen.refs(actor, rows))
