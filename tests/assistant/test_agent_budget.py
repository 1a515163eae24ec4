"""What a model costs is reserved before a call and settled after it, for a turn, a person and a day."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from assistant.events import Words
from okr.store import Store
from tests.assistant.asking import asking
from tests.assistant.model_server import Reply

QUESTION = "Which key result is most behind this week?"
LOOK = Reply(calls=[("read_record", {"id": "Win rate"})])
SAID = Reply(text="It is off track [KR-WIN-RATE].")


def test_a_turn_costs_what_the_provider_says(sample_store: Store, sample_now: datetime) -> None:
    with asking(sample_store, sample_now, LOOK, SAID) as asker:
        document = asker.answer(QUESTION)
        spent = sample_store.spent(asker.conversation.actor, sample_now.date())
    assert spent.tokens == document["tokens"]["prompt"] + document["tokens"]["completion"]
    assert spent.calls == 2


def test_a_person_who_has_spent_the_day_gets_the_direct_answer_and_the_hour(
    sample_store: Store, sample_now: datetime
) -> None:
    with asking(sample_store, sample_now, LOOK, SAID, tokens_per_person=3_000) as asker:
        document = asker.answer(QUESTION)
        assert len(asker.model.asked) == 1
    assert "midnight (Europe/Warsaw)" in document["notice"]
    assert document["rows"][0]["id"] == "KR-WIN-RATE"
    with asking(sample_store, sample_now + timedelta(days=1), LOOK, SAID, tokens_per_person=8_000) as asker:
        assert asker.answer(QUESTION)["answered_by"] == "model:scripted"


def test_everybody_together_has_a_limit_too(sample_store: Store, sample_now: datetime) -> None:
    with asking(sample_store, sample_now, LOOK, SAID, tokens_per_day=6_500) as asker:
        assert asker.answer(QUESTION)["answered_by"] == "model:scripted"
    with asking(sample_store, sample_now, LOOK, SAID, tokens_per_day=6_500, email="irena.maj@lumen.example") as asker:
        assert "midnight" in asker.answer(QUESTION)["notice"]


def test_one_question_has_a_limit(sample_store: Store, sample_now: datetime) -> None:
    with asking(sample_store, sample_now, LOOK, tokens_per_turn=9_000) as asker:
        document = asker.answer(QUESTION)
        assert len(asker.model.asked) < 7
    assert "one question" in document["notice"]


def test_a_stopped_turn_is_paid_for(sample_store: Store, sample_now: datetime) -> None:
    text = "Win rate [KR-WIN-RATE] is off track by the rule and the furthest behind of all of them, as read. "
    slow = Reply(text=text, pieces=[text] * 12, pause=0.1)
    with asking(sample_store, sample_now, LOOK, slow) as asker:
        turn = asker.conversation.ask(QUESTION)
        for event in turn:
            if isinstance(event, Words):
                break
        turn.close()  # type: ignore[attr-defined]
        before = sample_store.spent(asker.conversation.actor, sample_now.date())
        time.sleep(0.8)
        after = sample_store.spent(asker.conversation.actor, sample_now.date())
    assert before.calls == after.calls == 2
    # Until the thread sees the stop the reservation stands, then what came.
    assert before.tokens >= after.tokens > 2_000


def test_a_refused_call_costs_nothing(sample_store: Store, sample_now: datetime) -> None:
    with asking(sample_store, sample_now, Reply(fault="status", status=429)) as asker:
        asker.answer(QUESTION)
        assert sample_store.spent(asker.conversation.actor, sample_now.date()).tokens == 0


def test_two_reservations_cannot_pass_a_limit_together(sample_store_on_both: Store, sample_now: datetime) -> None:
    store, day = sample_store_on_both, sample_now.date()
    actor = store.actor("irena.maj@lumen.example")
    granted = [store.reserve_tokens(actor, day, 400, most_own=1_000, most_all=9_000) for _ in range(4)]
    assert granted == [True, True, False, False]
    store.settle_tokens(actor, day, 400, 100)
    assert store.spent(actor, day).tokens == 500
    assert store.reserve_tokens(actor, day, 400, most_own=1_000, most_all=9_000)
    assert not store.reserve_tokens(actor, day, 50, most_own=9_000, most_all=900)
