"""Asking the assistant through the scripted model, as the tests of the model's path do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from assistant.conversation import Conversation
from assistant.events import Done, Event
from assistant.settings import Secret, Settings
from okr.store import Store
from tests.assistant.model_server import Model, Reply, Script, in_turn, serving

KEY = "sk-test-0123456789"
LENA = "lena.fischer@lumen.example"


@dataclass
class Asker:
    """One person's conversation with the scripted model behind it."""

    conversation: Conversation
    model: Model

    def events(self, question: str) -> list[Event]:
        """Everything that happens while the question is answered."""
        return list(self.conversation.ask(question))

    def answer(self, question: str) -> dict[str, Any]:
        """The answer document."""
        last = self.events(question)[-1]
        assert isinstance(last, Done)
        return last.document


Asking = Callable[..., Any]


@contextmanager
def asking(
    store: Store,
    now: datetime,
    *replies: Reply,
    script: Script | None = None,
    engine: str = "model",
    email: str = LENA,
    kept: bool = False,
    **settings: Any,
) -> Iterator[Asker]:
    """A conversation of the person whose model says the replies one after the other."""
    with serving(script or in_turn(*replies)) as model:
        configured = Settings(
            home=store.home,
            model="openai:scripted",
            openai_api_key=Secret(KEY),
            openai_base_url=model.url,
            engine=engine,
            model_seconds=10,
        )
        conversation = Conversation(
            store, store.actor(email), replace(configured, **settings), clock=lambda: now, kept=kept
        )
        yield Asker(conversation, model)
