"""Updates in conversation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from assistant.conversation import Conversation
from assistant.settings import Settings
from assistant.updates.drafting import draft
from assistant.updates.wanted import Wanted
from okr.store import Store
from tools.context import TurnContext

LENA = "lena.fischer@lumen.example"
Ask = Callable[[str], dict[str, Any]]


@pytest.fixture
def ask(sample_store: Store, sample_now: datetime) -> Ask:
    lena = sample_store.actor(LENA)
    return Conversation(sample_store, lena, Settings(home=sample_store.home), clock=lambda: sample_now).answer


def about(answer: dict[str, Any]) -> tuple[str, ...]:
    made = answer["draft"]
    return (made["scope"], made["audience"], made["language"], made["length"])


def test_it_is_written_and_changed_step_by_step(ask: Ask) -> None:
    first = ask("Draft this week's update for leadership")
    assert first["kind"] == "answer"
    assert first["answered_by"] == "direct"
    assert first["answer"].startswith("# Lumen: OKR update, 23–29 November")
    assert about(first) == ("company", "leadership", "en", "normal")
    assert first["sources"]
    assert about(ask("make it shorter")) == ("company", "leadership", "en", "short")
    assert about(ask("only sales and marketing")) == ("team:sales+team:marketing", "leadership", "en", "short")
    polish = ask("po polsku")
    assert about(polish) == ("team:sales+team:marketing", "leadership", "pl", "short")
    assert polish["language"] == "pl"
    assert about(ask("dłuższy")) == ("team:sales+team:marketing", "leadership", "pl", "normal")
    assert about(ask("dla wszystkich")) == ("team:sales+team:marketing", "all-hands", "pl", "normal")


def test_after_another_question_nothing_is_changed_any_more(ask: Ask) -> None:
    ask("Draft an update for the board")
    assert "draft" not in ask("How is Sales doing?")
    assert "draft" not in ask("make it shorter")


def test_it_outlives_a_restart(sample_store: Store, sample_now: datetime) -> None:
    lena, settings = sample_store.actor(LENA), Settings(home=sample_store.home)
    before = Conversation(sample_store, lena, settings, clock=lambda: sample_now)
    before.answer("Przygotuj raport dla zespołu sprzedaży")
    after = Conversation(sample_store, lena, settings, before.id, clock=lambda: sample_now)
    assert about(after.answer("skróć to")) == ("team:sales", "team", "pl", "short")


def test_a_name_that_is_nobodys_is_not_taken_for_the_company(ask: Ask) -> None:
    assert "draft" not in ask("Write an update about the moon landing")


def test_what_the_last_update_promised_is_told(ask: Ask, sample_store: Store, sample_now: datetime) -> None:
    assert ask("what did we promise last week?")["kind"] == "abstain"
    lena, earlier = sample_store.actor(LENA), sample_now - timedelta(days=14)
    turn = TurnContext(sample_store, lena, sample_store.company(), earlier, "en")
    kept = sample_store.save_update(lena, draft(turn, Wanted(audience="team")).document(), earlier)
    promised = [fact["record"] for fact in kept.document["facts"] if fact["kind"] == "next"]
    told = ask("what did we promise last week?")
    assert told["kind"] == "answer"
    assert sorted(row["id"] for row in told["rows"]) == sorted(promised)
    assert "9 November" in told["answer"]
    assert ask("co obiecaliśmy?")["language"] == "pl"
