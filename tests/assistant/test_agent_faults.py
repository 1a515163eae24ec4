"""Whatever goes wrong with a model, the person gets what the direct reader can say and one plain sentence."""

from __future__ import annotations

import logging
import time
from datetime import datetime

import pytest

from assistant.budget import MOST_CALLS
from assistant.events import Done, Failed, Words
from okr.store import Store
from tests.assistant.asking import KEY, asking
from tests.assistant.model_server import Reply

QUESTION = "Which key result is most behind this week?"
LONG = "**Win rate** lags the most of them all and by a very wide margin, says the table that was read. " * 2
LOOK = Reply(calls=[("read_record", {"id": "Win rate"})])

FAULTS = {
    "too many requests": ([Reply(fault="status", status=429)], "too many requests"),
    "our key refused": (
        [Reply(fault="status", status=401, message="Incorrect API key provided: sk-SECRET123")],
        "refused our key",
    ),
    "unknown model": ([Reply(fault="status", status=404, message="no such model")], "does not know the model"),
    "server error": ([Reply(fault="status", status=500, message="boom")], "no answer that can be used"),
    "hanging": ([Reply(fault="hang")], "in time"),
    "a page instead of an answer": ([Reply(fault="html")], "no answer that can be used"),
    "no choices": ([Reply(fault="no_choices")], "no answer that can be used"),
    "empty": ([Reply(text="")], "no answer that can be used"),
    "broken off": ([Reply(text=LONG, fault="cut")], "broke off"),
    "ending politely in the middle": ([Reply(text=LONG, fault="closed")], "broke off"),
    "broken off after a tool": ([LOOK, Reply(text=LONG, fault="cut")], "broke off"),
    "broken arguments": ([Reply(calls=[("read_record", '{"id" KR-1 oops')])], "steps"),
    "arguments that are no object": ([Reply(calls=[("read_record", "KR-1")])], "no answer that can be used"),
    "a tool for ever": ([LOOK], "steps"),
    "an unknown tool for ever": ([Reply(calls=[("run_sql", {"q": "select * from user"})])], "steps"),
    "an answer from nowhere": ([Reply(text="All is well.")], "confirmed"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_model_leaves_the_direct_answer_and_one_sentence(
    sample_store: Store, sample_now: datetime, fault: str
) -> None:
    replies, sentence = FAULTS[fault]
    seconds = 1 if fault == "hanging" else 10
    with asking(sample_store, sample_now, *replies, model_seconds=seconds) as asker:
        events = asker.events(QUESTION)
        calls = len(asker.model.asked)
    document = events[-1].document  # type: ignore[union-attr]
    assert isinstance(events[-1], Done)
    assert document["answered_by"] == "direct"
    assert document["kind"] == "answer"
    assert document["rows"][0]["id"] == "KR-WIN-RATE"
    assert sentence in document["notice"]
    failed = [event for event in events if isinstance(event, Failed)]
    assert [event.text for event in failed] == [document["notice"]]
    assert calls <= MOST_CALLS
    told = " ".join([document["answer"], document["notice"], *(e.text for e in events if isinstance(e, Words))])
    assert "Traceback" not in told
    assert "sk-" not in told
    assert "<html" not in told


def test_a_failure_is_said_in_the_language_of_the_question(sample_store: Store, sample_now: datetime) -> None:
    with asking(sample_store, sample_now, Reply(fault="status", status=429)) as asker:
        document = asker.answer("Który kluczowy wynik jest najbardziej do tyłu w tym tygodniu?")
    assert "zbyt wiele zapytań" in document["notice"]
    assert document["language"] == "pl"


def test_what_is_not_understood_and_not_answered_still_gets_words(sample_store: Store, sample_now: datetime) -> None:
    with asking(sample_store, sample_now, Reply(fault="status", status=500), engine="auto") as asker:
        document = asker.answer("zorblify the quxest frobnication of our key results")
    assert document["answer"].strip()


def test_one_broken_call_is_put_right(sample_store: Store, sample_now: datetime) -> None:
    broken = Reply(calls=[("read_record", '{"id" Win rate')])
    with asking(sample_store, sample_now, broken, LOOK, Reply(text="It is off track [KR-WIN-RATE].")) as asker:
        document = asker.answer(QUESTION)
    assert document["answered_by"] == "model:scripted"
    assert document["answer"] == "It is off track [KR-WIN-RATE]."


def test_the_last_call_comes_without_tools_and_may_still_answer(sample_store: Store, sample_now: datetime) -> None:
    def script(body: dict[str, object], number: int) -> Reply:
        return LOOK if body.get("tools") else Reply(text="It is off track [KR-WIN-RATE].")

    with asking(sample_store, sample_now, script=script) as asker:
        document = asker.answer(QUESTION)
        assert len(asker.model.asked) == MOST_CALLS - 1
    assert document["answer"] == "It is off track [KR-WIN-RATE]."


def test_no_key_comes_into_the_log_or_the_trace(
    sample_store: Store, sample_now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    message = f"Incorrect API key provided: sk-SECRET123 and {KEY}"
    with (
        caplog.at_level(logging.DEBUG),
        asking(sample_store, sample_now, Reply(fault="status", status=401, message=message)) as asker,
    ):
        asker.answer(QUESTION)
    kept = (sample_store.home / "okr.log").read_text() + (sample_store.home / "trace.jsonl").read_text()
    assert "AuthenticationError" in kept
    for text in (kept, caplog.text):
        assert "SECRET123" not in text
        assert KEY not in text


def test_the_trace_holds_ids_and_counts_and_no_words(sample_store: Store, sample_now: datetime) -> None:
    with asking(sample_store, sample_now, LOOK, Reply(text="It is off track [KR-WIN-RATE].")) as asker:
        asker.answer("Is anna@secret.example behind on Win rate?")
    trace = (sample_store.home / "trace.jsonl").read_text()
    assert '"outcome": "answered"' in trace
    assert '"prompt": "ask@' in trace
    for word in ("anna@", "Win rate", "Lena", "lena.fischer"):
        assert word not in trace


def test_whoever_stops_listening_is_not_kept_waiting(sample_store: Store, sample_now: datetime) -> None:
    slow = Reply(text=LONG * 10, pieces=[LONG] * 20, pause=0.3)
    with asking(sample_store, sample_now, LOOK, slow, kept=True) as asker:
        turn = asker.conversation.ask(QUESTION)
        for event in turn:
            if isinstance(event, Words):
                break
        turn.close()  # type: ignore[attr-defined]
        kept = sample_store.turns(asker.conversation.actor, str(asker.conversation.id))
    assert kept[-1].state == "stopped"
    assert kept[-1].said.startswith("**Win rate**")


def test_after_a_stop_no_tool_call_is_left_open(sample_store: Store, sample_now: datetime) -> None:
    hang = Reply(fault="hang")
    with asking(sample_store, sample_now, LOOK, hang, LOOK, Reply(text="It is off track [KR-WIN-RATE].")) as asker:
        turn = asker.conversation.ask(QUESTION)
        for event in turn:
            if getattr(event, "text", "") == "Looking at how it stands":
                break
        turn.close()  # type: ignore[attr-defined]
        time.sleep(0.3)
        asker.answer(QUESTION)
        for body in asker.model.asked:
            open_calls: set[str] = set()
            for message in body["messages"]:
                assert message["role"] == "tool" or not open_calls
                open_calls |= {call["id"] for call in message.get("tool_calls") or []}
                if message["role"] == "tool":
                    open_calls.discard(message["tool_call_id"])
            assert not open_calls


def test_a_missing_provider_is_said_in_words(sample_store: Store, sample_now: datetime) -> None:
    with asking(sample_store, sample_now, Reply(), model="anthropic:claude-x") as asker:
        document = asker.answer(QUESTION)
    assert "anthropic" in document["notice"]
    with asking(sample_store, sample_now, Reply(), model="nobody:x") as asker:
        document = asker.answer(QUESTION)
    assert "does not know the model" in document["notice"]


def test_tracing_that_is_switched_on_outside_sends_nothing(
    sample_store: Store, sample_now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with asking(sample_store, sample_now, LOOK, Reply(text="It is off track [KR-WIN-RATE].")) as asker:
        monkeypatch.setenv("LANGSMITH_TRACING", "true")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", asker.model.url)
        monkeypatch.setenv("LANGSMITH_API_KEY", "ls-x")
        document = asker.answer(QUESTION)
        time.sleep(0.3)
        assert len(asker.model.asked) == 2
    assert document["answered_by"] == "model:scripted"
