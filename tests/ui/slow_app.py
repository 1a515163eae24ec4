"""The web app with a conversation that speaks slowly, so that a test has the time to press stop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from assistant.conversation import Conversation, _Turn
from assistant.events import Event, Step, Words
from ui import serving, session


class Slow(Conversation):
    """Says a word every tenth of a second, for half a minute."""

    def _answered(self, turn: _Turn) -> Iterator[Event]:
        yield Step("Looking at 12 check-ins of NPS")
        time.sleep(2.5)
        for number in range(300):
            turn.said += f"word{number} "
            yield Words(f"word{number} ")
            time.sleep(0.1)


session.Conversation = Slow  # type: ignore[misc]
app = st.App(
    str(Path(session.__file__).with_name("main.py")),
    middleware=[Middleware(serving.Dressed)],
    routes=serving.routes(),
    lifespan=serving.warm,
)
