"""What the sample company's people are told, to the letter, in both languages on one day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from assistant.conversation import Conversation
from assistant.events import Done
from assistant.settings import Settings
from okr.store import Store, open_store

ANSWERS = Path(__file__).parents[2] / "data"
AT = datetime.fromisoformat("2026-11-23T09:00:00+01:00")


@dataclass(frozen=True)
class Golden:
    """A question, who asks it, and the whole answer."""

    question: str
    asker: str
    answer: str


def golden(language: str) -> list[Golden]:
    """The answers that were read and found right."""
    lines = (ANSWERS / f"answers_{language}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Golden(**json.loads(line)) for line in lines]


@pytest.fixture(scope="module")
def store(sampled_sqlite: Path) -> Iterator[Store]:
    """The sample company; nothing here changes it."""
    opened = open_store(sampled_sqlite)
    yield opened
    opened.close()


def told(store: Store, one: Golden) -> str:
    """The answer without a model, with ordinary spaces."""
    settings = Settings(home=store.home, engine="direct")
    conversation = Conversation(store, store.actor(one.asker), settings, clock=lambda: AT, kept=False)
    last = list(conversation.ask(one.question))[-1]
    assert isinstance(last, Done)
    return str(last.document["answer"]).replace("\u00a0", " ")


@pytest.mark.parametrize("one", [*golden("en"), *golden("pl")], ids=lambda one: one.question)
def test_the_answer_reads_as_it_was_approved(store: Store, one: Golden) -> None:
    assert told(store, one) == one.answer
