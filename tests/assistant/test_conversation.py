"""A conversation answers, remembers, survives being stopped, and never shows a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from assistant import direct
from assistant.conversation import Conversation
from assistant.events import Choices, Done, Event, Evidence, Failed, Step, Words
from assistant.settings import Settings
from okr.errors import NotFoundError
from okr.store import Store

ANA = "ana.nowak@lumen.example"
LENA = "lena.fischer@lumen.example"


@pytest.fixture
def settings(sample_home: Path) -> Settings:
    return Settings(home=sample_home)


def talk(store: Store, settings: Settings, now: datetime, email: str = LENA, ident: str | None = None) -> Conversation:
    return Conversation(store, store.actor(email), settings, ident, clock=lambda: now)


def of_kind(events: list[Event], kind: type) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


def test_an_answer_comes_as_steps_words_evidence_and_done(
    sample_store: Store, settings: Settings, sample_now: datetime
) -> None:
    events = list(talk(sample_store, settings, sample_now).ask("Who owns Weekly active users?"))
    assert isinstance(events[0], Step)
    assert isinstance(events[-1], Done)
    [words] = of_kind(events, Words)
    assert isinstance(words, Words)
    assert "[KR-WAU]" in words.text
    assert of_kind(events, Evidence)
    document = events[-1].document
    assert document["kind"] == "answer"
    assert [row["id"] for row in document["rows"]] == [LENA]
    assert document["answered_by"] == "direct"
    assert document["tokens"] == {"prompt": 0, "completion": 0, "calls": 0}
    assert document["as_of"] == "2026-11-23T09:00:00+01:00"


def test_a_follow_up_is_understood_after_a_restart(
    sample_store: Store, settings: Settings, sample_now: datetime
) -> None:
    first = talk(sample_store, settings, sample_now)
    first.answer("Who owns Weekly active users?")
    again = talk(sample_store, settings, sample_now, ident=first.id)
    document = again.answer("when was it last updated?")
    assert document["rows"][0]["id"] == "KR-WAU"
    assert [turn.state for turn in sample_store.turns(again.actor, str(first.id))] == ["done", "done"]


def test_nobody_continues_another_persons_conversation(
    sample_store: Store, settings: Settings, sample_now: datetime
) -> None:
    first = talk(sample_store, settings, sample_now)
    first.answer("hello")
    with pytest.raises(NotFoundError):
        talk(sample_store, settings, sample_now, ANA, first.id)


def test_two_people_of_one_name_are_asked_about_and_chosen_by_number(
    sample_store: Store, settings: Settings, sample_now: datetime
) -> None:
    conversation = talk(sample_store, settings, sample_now)
    events = list(conversation.ask("how is Nowak doing"))
    [choices] = of_kind(events, Choices)
    assert isinstance(choices, Choices)
    done = events[-1]
    assert isinstance(done, Done)
    assert done.document["kind"] == "clarify"
    ids = [option["id"] for option in done.document["options"]]
    assert set(ids) == {ANA, "michal.nowak@lumen.example"}
    # The question is still open after a restart.
    again = talk(sample_store, settings, sample_now, ident=conversation.id)
    chosen = again.answer("the second one")
    assert chosen["kind"] == "answer"
    assert ids[1] in chosen["answer"] or ids[1] in chosen["sources"]


def test_a_stopped_turn_keeps_what_was_said(sample_store: Store, settings: Settings, sample_now: datetime) -> None:
    conversation = talk(sample_store, settings, sample_now)
    events = conversation.ask("Who owns Weekly active users?")
    assert isinstance(events, Iterator)
    for event in events:
        if isinstance(event, Words):
            events.close()  # type: ignore[attr-defined]
            break
    [turn] = sample_store.turns(conversation.actor, str(conversation.id))
    assert turn.state == "stopped"
    assert "KR-WAU" in turn.said


def test_a_defect_is_a_sentence_with_a_reference_and_stands_in_the_log(
    sample_store: Store, settings: Settings, sample_now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(direct, "answer", breaks)
    events = list(talk(sample_store, settings, sample_now).ask("Who owns Weekly active users?"))
    [failed] = of_kind(events, Failed)
    assert isinstance(failed, Failed)
    assert "hunter2" not in failed.text
    assert failed.reference in (settings.home / "okr.log").read_text()
    done = events[-1]
    assert isinstance(done, Done)
    assert done.document["kind"] == "abstain"
    assert "hunter2" not in str(done.document)


def test_what_is_not_kept_leaves_no_trace(sample_store: Store, settings: Settings, sample_now: datetime) -> None:
    actor = sample_store.actor(LENA)
    conversation = Conversation(sample_store, actor, settings, clock=lambda: sample_now, kept=False)
    assert conversation.answer("Who owns Weekly active users?")["kind"] == "answer"
    assert conversation.id is None
    assert sample_store.conversations(actor) == []


@pytest.mark.parametrize(
    ("question", "kind", "language"),
    [
        ("", "refuse", "en"),
        ("a" * 20_000, "refuse", "en"),
        ("\x00\x1b[2J\u202e", "refuse", "en"),
        ("'; DROP TABLE key_result; --", None, "en"),
        ("![x](http://a.test/x.png)", None, "en"),
        ("jaka będzie jutro pogoda w Paryżu", "refuse", "pl"),
    ],
)
def test_bad_input_gets_a_sentence(
    sample_store: Store, settings: Settings, sample_now: datetime, question: str, kind: str | None, language: str
) -> None:
    document = talk(sample_store, settings, sample_now).answer(question)
    assert "error" not in document
    assert document["answer"]
    assert "](" not in document["answer"]
    if kind is not None:
        assert (document["kind"], document["language"]) == (kind, language)


def test_hidden_and_missing_are_answered_alike(sample_store: Store, settings: Settings, sample_now: datetime) -> None:
    import sqlalchemy as sa

    from okr.models import key_results

    with sample_store.database.read() as connection:
        query = sa.select(key_results.c.key).where(sa.not_(key_results.c.open)).limit(1)
        hidden = connection.execute(query).scalar_one()
    outsider = "liam.byrne@lumen.example"
    answers = []
    for key in (hidden, "KR-NEVERWAS"):
        document = talk(sample_store, settings, sample_now, outsider).answer(f"status of {key}")
        for name in ("ms", "question"):
            del document[name]
        answers.append(str(document).replace(key, "X").replace(key.lower(), "X"))
    assert answers[0] == answers[1]
