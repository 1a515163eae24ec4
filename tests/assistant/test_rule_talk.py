"""Rules in the conversation: proposals and orders are cards, questions stay questions, nothing acts without a click."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from assistant import rule_talk
from assistant.automating import Automating
from assistant.conversation import Conversation
from assistant.events import Proposed
from assistant.settings import Settings
from okr.language import reader
from okr.store import Store
from tools.context import TurnContext

DATA = Path(__file__).parents[1] / "data"
ANA = "ana.nowak@lumen.example"  # leads Sales
KACPER = "kacper.dudek@lumen.example"
FRIDAY = "Every Friday at 16:00 remind me to check in"
MONDAY = "Every Monday at 9:00 remind me to plan"


def talk(store: Store, now: datetime, email: str = ANA, conversation: str | None = None) -> Conversation:
    return Conversation(store, store.actor(email), Settings(home=store.home), conversation, lambda: now)


def states(store: Store) -> dict[str, str]:
    admin = store.actor("irena.maj@lumen.example")
    return {rule.key: rule.state for rule in store.automations(admin, removed=True)}


def active(store: Store, now: datetime, *sentences: str, email: str = ANA) -> list[str]:
    actor = store.actor(email)
    made = [store.propose_automation(actor, Automating(store).read(each, actor, now), now) for each in sentences]
    return [store.confirm_automation(actor, each.key, now).key for each in made]


@pytest.mark.parametrize(
    ("sentence", "kind", "audience", "says"),
    [
        ("Every Friday at 16:00 remind my team to update progress", "recurring", "team", "Nothing runs before"),
        ("remind me tomorrow at 9 about the report", "once", "me", "It goes to you alone."),
        ("let me know when a key result becomes off track", "condition", "me", "checked every hour"),
        ("W każdy piątek o 15:00 przypomnij mi o check-inie", "recurring", "me", "Dostaniesz to tylko Ty."),
        ("Daj mi znać, gdy status KR zmieni się na off track", "condition", "me", "sprawdzany co godzinę"),
        ("Every Monday at 9:00 send me a status report", "recurring", "me", "First on Monday 30 November, 09:00"),
    ],
)
def test_a_sentence_that_sets_a_rule_is_a_proposal_that_does_nothing_yet(
    sample_store: Store, sample_now: datetime, sentence: str, kind: str, audience: str, says: str
) -> None:
    answer = talk(sample_store, sample_now).answer(sentence)
    assert answer["kind"] == "proposal"
    assert says in answer["answer"]
    proposal = answer["proposal"]
    assert (proposal["kind"], proposal["state"], proposal["rule"]["kind"]) == ("automation", "proposed", kind)
    assert proposal["rule"]["audience"]["kind"] == audience
    assert states(sample_store) == {proposal["id"]: "proposed"}


def test_a_conversation_that_is_not_kept_stores_no_proposal(sample_store: Store, sample_now: datetime) -> None:
    actor, settings = sample_store.actor(ANA), Settings(home=sample_store.home)
    answer = Conversation(sample_store, actor, settings, None, lambda: sample_now, kept=False).answer(FRIDAY)
    assert answer["kind"] == "proposal"
    assert (answer["proposal"]["id"], answer["proposal"]["state"]) == (None, "preview")
    assert "Nothing was set" in answer["answer"]
    assert states(sample_store) == {}


def test_the_card_comes_as_an_event_and_is_kept_with_the_turn(sample_store: Store, sample_now: datetime) -> None:
    conversation = talk(sample_store, sample_now)
    events = list(conversation.ask(FRIDAY))
    assert [event.kind for event in events if isinstance(event, Proposed)] == ["automation"]
    kept = sample_store.turns(sample_store.actor(ANA), str(conversation.id))[0]
    assert kept.answer is not None
    assert kept.answer["proposal"]["id"] == "RULE-1"


@pytest.mark.parametrize("name", ["questions_en", "questions_pl", "answers_en", "answers_pl"])
def test_no_question_is_taken_for_a_rule(sample_store: Store, sample_now: datetime, name: str) -> None:
    actor = sample_store.actor(ANA)
    turn = TurnContext(sample_store, actor, sample_store.company(), sample_now, "en")
    taken = []
    for each in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        question = json.loads(each)["question"]
        told = rule_talk.answer(reader.read(question, actor=actor, store=sample_store, now=sample_now), question, turn)
        if told is not None:
            taken.append(question)
    # These three ask for a reminder, and get its card, or are asked when it is to go out.
    reminders = {
        "remind me every Friday to check in",
        "set a reminder for Friday",
        "przypomnij wszystkim o check-inach",
    }
    assert set(taken) <= reminders


@pytest.mark.parametrize(
    ("sentence", "kind", "says"),
    [
        ("remind everybody a few times a week", "clarify", "On which day?"),
        ("przypominaj mi kilka razy w tygodniu o raporcie", "clarify", "musi być jasna"),
        ("remind me every 5 minutes", "refuse", "every fifteen minutes at most"),
        ("remind everyone every Monday at 9", "refuse", "no right"),
        ("W każdy poniedziałek o 9 przypomnij wszystkim", "refuse", "nie masz prawa"),
    ],
)
def test_what_cannot_be_set_is_asked_or_refused_and_nothing_is_stored(
    sample_store: Store, sample_now: datetime, sentence: str, kind: str, says: str
) -> None:
    answer = talk(sample_store, sample_now, KACPER).answer(sentence)
    assert answer["kind"] == kind
    assert says in answer["answer"]
    assert states(sample_store) == {}


def test_an_answer_to_a_question_back_is_a_proposal(sample_store: Store, sample_now: datetime) -> None:
    conversation = talk(sample_store, sample_now)
    asked = conversation.answer("remind me a few times a week to check in")
    again = conversation.answer(asked["options"][0]["question"])
    assert again["kind"] == "proposal"
    assert again["proposal"]["rule"]["rrule"].startswith("FREQ=WEEKLY;BYDAY=MO")


@pytest.mark.parametrize(
    ("order", "act"),
    [
        ("pause the Friday reminder", "pause"),
        ("wyłącz przypomnienie piątkowe", "pause"),
        ("delete the Friday reminder", "remove"),
        ("usuń przypomnienie piątkowe", "remove"),
    ],
)
def test_an_order_about_a_rule_is_a_card_and_changes_nothing_by_itself(
    sample_store: Store, sample_now: datetime, order: str, act: str
) -> None:
    friday, monday = active(
        sample_store,
        sample_now,
        FRIDAY,
        MONDAY,
    )
    answer = talk(sample_store, sample_now).answer(order)
    assert answer["kind"] == "proposal"
    assert (answer["proposal"]["id"], answer["proposal"]["act"]) == (friday, act)
    assert states(sample_store) == {friday: "active", monday: "active"}


@pytest.mark.parametrize(
    "order", ["move the Friday reminder to Monday", "przenieś przypomnienie piątkowe na poniedziałek"]
)
def test_another_time_is_a_card_of_the_new_version(sample_store: Store, sample_now: datetime, order: str) -> None:
    (key,) = active(sample_store, sample_now, FRIDAY)
    proposal = talk(sample_store, sample_now).answer(order)["proposal"]
    assert (proposal["id"], proposal["act"], proposal["version"]) == (key, "change", 1)
    assert proposal["rule"]["rrule"] == "FREQ=WEEKLY;BYDAY=MO;BYHOUR=16;BYMINUTE=0"
    assert "BYDAY=FR" in str(sample_store.automation(sample_store.actor(ANA), key).rule.document()["rrule"])


def test_an_order_that_fits_two_rules_asks_which(sample_store: Store, sample_now: datetime) -> None:
    active(
        sample_store,
        sample_now,
        FRIDAY,
        "Every Friday at 9:00 remind me to plan",
    )
    answer = talk(sample_store, sample_now).answer("pause the Friday reminder")
    assert answer["kind"] == "clarify"
    assert [option["question"] for option in answer["options"]] == ["pause RULE-1", "pause RULE-2"]
    assert talk(sample_store, sample_now).answer("pause RULE-2")["proposal"]["id"] == "RULE-2"


def test_a_number_answers_which_rule_is_meant(sample_store: Store, sample_now: datetime) -> None:
    active(sample_store, sample_now, FRIDAY, "Every Friday at 9:00 remind me to plan")
    conversation = talk(sample_store, sample_now)
    conversation.answer("pause the Friday reminder")
    assert conversation.answer("2")["proposal"]["id"] == "RULE-2"


@pytest.mark.parametrize(
    ("question", "says"),
    [("who gets the Friday reminder?", "It goes to"), ("kto dostaje piątkowe przypomnienie?", "Dziś")],
)
def test_who_gets_a_rule_is_told_by_name(sample_store: Store, sample_now: datetime, question: str, says: str) -> None:
    active(sample_store, sample_now, "Every Friday at 16:00 remind marcus.bell@lumen.example to check in", MONDAY)
    answer = talk(sample_store, sample_now).answer(question)
    assert "Marcus Bell" in answer["answer"]
    assert says in answer["answer"]
    assert "RULE-1" in answer["answer"]


def test_a_change_that_one_may_not_make_is_refused(sample_store: Store, sample_now: datetime) -> None:
    active(sample_store, sample_now, FRIDAY, email=KACPER)
    answer = talk(sample_store, sample_now, KACPER).answer("send the Friday reminder to everyone instead")
    assert answer["kind"] == "refuse"
    assert "no right" in answer["answer"]


def test_it_means_the_rule_last_talked_about_also_after_a_restart(sample_store: Store, sample_now: datetime) -> None:
    first = talk(sample_store, sample_now)
    key = first.answer(FRIDAY)["proposal"]["id"]
    sample_store.confirm_automation(sample_store.actor(ANA), key, sample_now)
    again = talk(sample_store, sample_now, conversation=first.id).answer("pause it")
    assert again["proposal"] | {"version": 1} == {
        "id": key, "kind": "automation_change", "act": "pause", "version": 1, "state": "active",
    }  # fmt: skip


def test_somebody_elses_rule_looks_like_none(sample_store: Store, sample_now: datetime) -> None:
    key = active(sample_store, sample_now, FRIDAY)[0]
    for order in (f"pause {key}", "pause the Friday reminder"):
        assert talk(sample_store, sample_now, KACPER).answer(order)["kind"] == "abstain"
    assert states(sample_store) == {key: "active"}


@pytest.mark.parametrize(
    ("question", "none", "some"),
    [
        ("which reminders do I have?", "You have no rules yet", "You have one rule"),
        ("jakie mam przypomnienia?", "Nie masz jeszcze żadnych reguł", "Masz jedną regułę"),
        ("show my automations", "You have no rules yet", "You have one rule"),
        ("pokaż moje reguły", "Nie masz jeszcze żadnych reguł", "Masz jedną regułę"),
    ],
)
def test_the_rules_one_has_are_listed(
    sample_store: Store, sample_now: datetime, question: str, none: str, some: str
) -> None:
    assert none in talk(sample_store, sample_now).answer(question)["answer"]
    active(sample_store, sample_now, FRIDAY)
    answer = talk(sample_store, sample_now).answer(question)
    assert some in answer["answer"]
    assert answer["values"] == {"count": 1}
    assert "RULE-1" in answer["answer"]


def test_a_question_about_the_status_rule_is_not_about_reminders(sample_store: Store, sample_now: datetime) -> None:
    assert "You have no rules" not in talk(sample_store, sample_now).answer("which status rule is used?")["answer"]
