"""What is offered to be asked is understood."""

from __future__ import annotations

from datetime import datetime

import pytest

from assistant.conversation import Conversation
from assistant.settings import Settings
from assistant.suggestions import _BY_ROLE
from assistant.telling.phrases import LANGUAGES, say
from okr.store import Store


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted({name for names in _BY_ROLE.values() for name in names} | {"at_risk", "stale"}))
def test_an_opener_is_answered(sample_store: Store, sample_now: datetime, language: str, name: str) -> None:
    ana = sample_store.actor("ana.nowak@lumen.example")
    settings = Settings(home=sample_store.home, engine="direct")
    talk = Conversation(sample_store, ana, settings, clock=lambda: sample_now, kept=False)
    document = talk.answer(say(language, f"suggest.{name}"))
    assert (document["kind"], document["language"]) == ("answer", language)
