"""Conversations are kept for who had them, and for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from okr.errors import NotFoundError
from okr.store import Store

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ANA = "ana.nowak@lumen.example"
LENA = "lena.fischer@lumen.example"


def test_a_question_is_kept_before_it_is_answered(sample_store_on_both: Store) -> None:
    store = sample_store_on_both
    ana = store.actor(ANA)
    conversation, turn = store.begin_turn(ana, None, "  Which KR\nis behind? ", NOW)
    [kept] = store.turns(ana, conversation)
    assert (kept.id, kept.question, kept.state, kept.answer) == (turn, "  Which KR\nis behind? ", "answering", None)
    assert store.conversation(ana, conversation).title == "Which KR is behind?"


def test_answers_thumbs_and_the_frame_come_back(sample_store_on_both: Store) -> None:
    store = sample_store_on_both
    ana = store.actor(ANA)
    conversation, turn = store.begin_turn(ana, None, "how are we?", NOW)
    store.finish_turn(ana, turn, state="done", said="Well.", answer={"kind": "answer"}, frame={"a": 1}, now=NOW)
    store.rate_turn(ana, turn, 1)
    [kept] = store.turns(ana, conversation)
    assert (kept.state, kept.said, kept.answer, kept.thumb) == ("done", "Well.", {"kind": "answer"}, 1)
    assert store.conversation(ana, conversation).frame == {"a": 1}
    store.rate_turn(ana, turn, None)
    assert store.turns(ana, conversation)[0].thumb is None


def test_the_latest_used_conversation_comes_first(sample_store: Store) -> None:
    ana = sample_store.actor(ANA)
    first, _ = sample_store.begin_turn(ana, None, "one", NOW)
    second, _ = sample_store.begin_turn(ana, None, "two", NOW + timedelta(minutes=1))
    sample_store.begin_turn(ana, first, "three", NOW + timedelta(minutes=2))
    assert [one.id for one in sample_store.conversations(ana)] == [first, second]
    assert [turn.question for turn in sample_store.turns(ana, first)] == ["one", "three"]


def test_somebody_elses_conversation_is_as_good_as_missing(sample_store: Store) -> None:
    ana, lena = sample_store.actor(ANA), sample_store.actor(LENA)
    conversation, turn = sample_store.begin_turn(ana, None, "mine", NOW)
    said = {"state": "done", "said": "x", "answer": None, "frame": None}
    for touch in (
        lambda: sample_store.conversation(lena, conversation),
        lambda: sample_store.turns(lena, conversation),
        lambda: sample_store.begin_turn(lena, conversation, "let me in", NOW),
        lambda: sample_store.finish_turn(lena, turn, now=NOW, **said),
        lambda: sample_store.rate_turn(lena, turn, 0),
        lambda: sample_store.forget_conversation(lena, conversation, NOW),
    ):
        with pytest.raises(NotFoundError):
            touch()
    assert sample_store.conversations(lena) == []
    [kept] = sample_store.turns(ana, conversation)
    assert (kept.state, kept.thumb) == ("answering", None)


def test_a_forgotten_conversation_is_gone_and_the_act_is_recorded(sample_store: Store) -> None:
    ana = sample_store.actor(ANA)
    conversation, _ = sample_store.begin_turn(ana, None, "forget this", NOW)
    sample_store.forget_conversation(ana, conversation, NOW)
    assert sample_store.conversations(ana) == []
    assert sample_store.audit_is_whole()
