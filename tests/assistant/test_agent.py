"""A model answers with the tools: right rows and figures, in few tokens, and only in words that the records hold."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from assistant.events import Evidence, Step, Words
from okr.store import Store
from tests.assistant.asking import asking
from tests.assistant.model_server import Reply

RANKED = Reply(calls=[("list_key_results", {"when": "this week"})])
WIN_RATE = Reply(
    text="**Win rate** [KR-WIN-RATE] lags the most: 76.8 points behind the pace, off track by the rule. "
    "Ana Nowak owns it.\n\n- New bug reports a month [KR-BUGS]: 58.2 points behind; its owner says at risk.\n"
    "\n16 more have no baseline."
)
QUESTION = "Which KR lags the most?"


def test_an_ordinary_question_takes_two_calls_and_few_tokens(sample_store: Store, sample_now: datetime) -> None:
    with asking(sample_store, sample_now, RANKED, WIN_RATE) as asker:
        document = asker.answer(QUESTION)
    assert document["answered_by"] == "model:scripted"
    assert document["tokens"]["calls"] == 2
    assert document["tokens"]["prompt"] <= 3_000
    assert document["kind"] == "answer"
    assert [row["id"] for row in document["rows"]] == ["KR-WIN-RATE", "KR-BUGS"]
    assert document["rows"][0]["values"]["gap"] == pytest.approx(0.768, abs=0.0005)
    assert document["rule"] == "pace-gap"
    assert {"KR-WIN-RATE", "KR-BUGS"} <= set(document["sources"])
    assert document["tools"] == [{"name": "list_key_results", "args": {"when": "this week"}}]
    assert document["period"]["from"] == "2026-11-23"


@pytest.mark.parametrize(
    ("question", "call"),
    [
        ("How is Sales doing?", ("read_record", {"id": "Sales"})),
        ("Jak idzie sprzedaż w porównaniu z marketingiem?", ("compare", {"sides": "sprzedaż, marketing"})),
        ("What is blocking us?", ("search_notes", {"part": "blockers", "when": "last week"})),
        ("Co mam do zrobienia?", ("my_week", {})),
        ("Which objectives does Marketing have?", ("list_records", {"kind": "objective", "of": "Marketing"})),
        ("Czemu NPS spada?", ("explain_change", {"id": "NPS"})),
    ],
)
def test_ordinary_questions_stay_under_three_thousand_prompt_tokens(
    sample_store: Store, sample_now: datetime, question: str, call: tuple[str, dict[str, str]]
) -> None:
    with asking(sample_store, sample_now, Reply(calls=[call]), Reply(text="[abstain] Nothing.")) as asker:
        document = asker.answer(question)
    assert document["tokens"]["calls"] == 2
    assert document["tokens"]["prompt"] <= 3_300 if call[0] == "explain_change" else 3_000


def test_what_is_said_is_what_the_document_holds(sample_store: Store, sample_now: datetime) -> None:
    with asking(sample_store, sample_now, RANKED, WIN_RATE) as asker:
        events = asker.events(QUESTION)
    words = "".join(event.text for event in events if isinstance(event, Words))
    assert words.strip() == events[-1].document["answer"]  # type: ignore[union-attr]
    assert len([event for event in events if isinstance(event, Words)]) > 2


def test_only_the_models_own_words_are_spoken(sample_store: Store, sample_now: datetime) -> None:
    remark = Reply(text="Let me look.", calls=[("read_record", {"id": "Win rate"})])
    with asking(sample_store, sample_now, remark, Reply(text="It is off track [KR-WIN-RATE].")) as asker:
        events = asker.events(QUESTION)
    words = "".join(event.text for event in events if isinstance(event, Words))
    assert words == "It is off track [KR-WIN-RATE]."
    steps = [event.text for event in events if isinstance(event, Step)]
    assert "Looking at how it stands" in steps
    assert any(isinstance(event, Evidence) for event in events)


def test_the_first_sentence_is_said_before_the_last_has_come(sample_store: Store, sample_now: datetime) -> None:
    text = "Win rate [KR-WIN-RATE] is the furthest behind and it is off track by the rule that is used here for it. "
    slow = Reply(text=text * 2, pieces=[text, text], pause=0.4)
    with asking(sample_store, sample_now, RANKED, slow) as asker:
        seen = 0
        for event in asker.conversation.ask(QUESTION):
            if isinstance(event, Words):
                seen += 1
                if seen == 1:
                    assert "furthest" in event.text
        assert seen == 2


def test_polish_answers_keep_their_numbers(sample_store: Store, sample_now: datetime) -> None:
    said = (
        "Zespół Sales [sales] jest poza planem: postęp 16 %, oczekiwany 58,2 % na 23 listopada. "
        "Najgorszy jest Win rate [KR-WIN-RATE], 76,8 punktu za tempem; odpowiada Ana Nowak. Trzy są poza planem."
    )
    with asking(sample_store, sample_now, Reply(calls=[("read_record", {"id": "sprzedaży"})]), Reply(text=said)) as one:
        document = one.answer("opowiedz mi jak tam sprzedaż")
    assert document["answer"] == said
    assert document["language"] == "pl"
    assert document["tokens"]["calls"] == 2


def test_what_the_direct_reader_understands_costs_no_token(sample_store: Store, sample_now: datetime) -> None:
    with asking(sample_store, sample_now, WIN_RATE, engine="auto") as asker:
        document = asker.answer("Which key result is most behind this week?")
        assert asker.model.asked == []
    assert document["answered_by"] == "direct"
    assert document["tokens"] == {"prompt": 0, "completion": 0, "calls": 0}


def test_tools_have_no_argument_for_who_asks_or_when_it_is(sample_store: Store, sample_now: datetime) -> None:
    with asking(sample_store, sample_now, RANKED, WIN_RATE) as asker:
        asker.answer(QUESTION)
        sent = asker.model.asked[0]["tools"]
    names = {name for tool in sent for name in tool["function"]["parameters"]["properties"]}
    assert not names & {"runtime", "actor", "user", "as", "role", "now", "at", "store", "where", "filter", "sql"}


def test_a_model_is_told_who_asks_and_the_day_and_little_else(sample_store: Store, sample_now: datetime) -> None:
    with asking(sample_store, sample_now, RANKED, WIN_RATE) as asker:
        asker.answer(QUESTION)
        system = asker.model.asked[0]["messages"][0]["content"]
    assert "Monday 2026-11-23" in system
    assert '"Lena Fischer"' in system
    assert "@" not in system


def test_history_comes_shortened_and_without_tool_calls(sample_store: Store, sample_now: datetime) -> None:
    with asking(sample_store, sample_now, RANKED, WIN_RATE, RANKED, WIN_RATE) as asker:
        asker.answer(QUESTION)
        asker.answer("And the second one? " + "really " * 200)
        roles = [message["role"] for message in asker.model.asked[2]["messages"]]
        sizes = [len(message["content"]) for message in asker.model.asked[2]["messages"][1:3]]
    assert roles == ["system", "user", "assistant", "user"]
    assert max(sizes) <= 360


def test_a_follow_up_may_speak_of_what_a_model_answered(sample_store: Store, sample_now: datetime) -> None:
    unread = "Does Win rate feel gloomy and should we worry about the reps?"
    said = Reply(text="It is off track [KR-WIN-RATE].")
    with asking(
        sample_store, sample_now, Reply(calls=[("read_record", {"id": "Win rate"})]), said, engine="auto"
    ) as asker:
        first = asker.answer(unread)
        assert first["answered_by"] == "model:scripted"
        second = asker.answer("who owns it?")
    assert second["answered_by"] == "direct"
    assert second["rows"][0]["id"] == "ana.nowak@lumen.example"


def test_kinds_follow_the_first_word(sample_store: Store, sample_now: datetime) -> None:
    with asking(sample_store, sample_now, Reply(text="[refuse] I only answer questions about OKRs.")) as asker:
        refused = asker.answer("write me a poem about spring")
    assert (refused["kind"], refused["answer"]) == ("refuse", "I only answer questions about OKRs.")
    missing = Reply(calls=[("read_record", {"id": "Project Nightjar"})])
    with asking(sample_store, sample_now, missing, Reply(text="[abstain] Nothing is recorded about it.")) as asker:
        absent = asker.answer("how is Project Nightjar?")
        heard = json.loads(json.dumps(asker.model.asked[1]["messages"][-1]))["content"]
    assert absent["kind"] == "abstain"
    assert "No record called 'Project Nightjar'" in heard


def test_a_model_that_does_not_stream_in_pieces_is_heard(sample_store: Store, sample_now: datetime) -> None:
    whole = Reply(text=WIN_RATE.text, pieces=[WIN_RATE.text], usage=False)
    with asking(sample_store, sample_now, RANKED, whole) as asker:
        document = asker.answer(QUESTION)
    assert document["rows"][0]["id"] == "KR-WIN-RATE"
    assert document["tokens"]["prompt"] > 500


def test_thoughts_of_a_local_model_are_not_spoken(sample_store: Store, sample_now: datetime) -> None:
    thinking = Reply(text="<think>The user wants 99 things.</think>\nIt is off track [KR-WIN-RATE].")
    with asking(sample_store, sample_now, Reply(calls=[("read_record", {"id": "Win rate"})]), thinking) as asker:
        document = asker.answer(QUESTION)
    assert document["answer"] == "It is off track [KR-WIN-RATE]."


def test_a_name_of_two_is_asked_back_with_both(sample_store: Store, sample_now: datetime) -> None:
    look = Reply(calls=[("read_record", {"id": "Nowak"})])
    back = Reply(text="[ask] Which one do you mean: Ana Nowak or Michał Nowak?")
    with asking(sample_store, sample_now, look, back) as asker:
        document = asker.answer("how is Nowak doing")
    assert document["kind"] == "clarify"
    assert {option["question"] for option in document["options"]} == {
        "how is ana.nowak@lumen.example doing",
        "how is michal.nowak@lumen.example doing",
    }


def test_what_the_records_do_not_hold_is_repaired_once_and_then_left_out(
    sample_store: Store, sample_now: datetime
) -> None:
    wrong = Reply(text="Win rate [KR-WIN-RATE] is off track. It is 75 points behind [KR-WIN-RATE].")
    right = Reply(text="It is 76.8 points behind [KR-WIN-RATE].")
    still = Reply(text="It is 74 points behind [KR-WIN-RATE].")
    with asking(sample_store, sample_now, RANKED, wrong, right) as asker:
        repaired = asker.answer(QUESTION)
        assert "It is 75 points" in asker.model.said_to()
    assert repaired["answer"] == "Win rate [KR-WIN-RATE] is off track. It is 76.8 points behind [KR-WIN-RATE]."
    with asking(sample_store, sample_now, RANKED, wrong, still) as asker:
        marked = asker.answer(QUESTION)
        assert len(asker.model.asked) == 3
    assert "74" not in marked["answer"]
    assert "75" not in marked["answer"]
    assert "not confirmed by the records" in marked["answer"]


def test_a_name_we_do_not_know_is_marked(sample_store: Store, sample_now: datetime) -> None:
    said = Reply(text="Win rate [KR-WIN-RATE] is off track. Ask Waldemar about [KR-WIN-RATE].")
    with asking(sample_store, sample_now, RANKED, said, Reply(text="Ask Waldemar about [KR-WIN-RATE].")) as asker:
        document = asker.answer(QUESTION)
    assert "Waldemar about [KR-WIN-RATE]. (not confirmed by the records)" in document["answer"]
