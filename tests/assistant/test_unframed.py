"""Reviews of OKRs and forecasts in chat, and on the command line."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.conversation import Conversation
from assistant.settings import Settings
from okr.language.reviewing import confidence_worth_asked, forecast_asked, review_asked
from okr.store import Store

LEAD = "ana.nowak@lumen.example"
OUTSIDER = "noor.haddad@lumen.example"
ADMIN = "irena.maj@lumen.example"
AT = "2026-11-23T09:00:00+01:00"


def talk(store: Store, who: str, now: datetime) -> Conversation:
    return Conversation(store, store.actor(who), Settings(home=store.home), clock=lambda: now, kept=False)


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("review our OKRs", "en", "Outbound reply rate [KR-REPLY-RATE]: progress has no beginning"),
        ("are our objectives well written?", "en", "Mend: measure where it stands today"),
        ("sprawdź nasze OKR-y", "pl", "postęp nie ma początku"),
        ("oceń cele zespołu Sales w Q4", "pl", "Poprawka: zmierz, jak jest dziś"),
    ],
)
def test_a_review_names_the_checks_with_reason_and_mend(
    sample_store_on_both: Store, sample_now: datetime, text: str, language: str, words: str
) -> None:
    document = talk(sample_store_on_both, LEAD, sample_now).answer(text)
    assert (document["kind"], document["language"]) == ("answer", language)
    assert words in document["answer"].replace("\\", "")
    assert "KR-REPLY-RATE" in [row["id"] for row in document["rows"]]
    assert document["values"]["count"] == len(document["rows"])


def test_a_review_covers_what_one_sees_and_no_more(sample_store: Store, sample_now: datetime) -> None:
    document = talk(sample_store, OUTSIDER, sample_now).answer("review the OKRs of the company")
    assert "O-FUNDING" not in json.dumps(document)
    assert "O-FUNDING" in json.dumps(talk(sample_store, ADMIN, sample_now).answer("review the OKRs of the company"))


def test_a_cycle_that_never_was_cannot_be_reviewed(sample_store: Store, sample_now: datetime) -> None:
    document = talk(sample_store, LEAD, sample_now).answer("review our Q1 OKRs")
    assert (document["kind"], "q1" in document["answer"]) == ("abstain", True)
    past = talk(sample_store, ADMIN, sample_now).answer("review the Q3 OKRs of the company")
    assert "O-PIPELINE-26Q3" in past["sources"]


@pytest.mark.parametrize("text", ["review", "what is in review", "check NPS", "review KR-NPS", "who reviews OKRs"])
def test_what_asks_for_no_review_is_a_question(text: str) -> None:
    assert review_asked(text) is None


@pytest.mark.parametrize("text", ["forecast for win rate", "prognoza dla wskaźnika wygranych", "will we hit win rate?"])
def test_a_forecast_gives_its_range_its_rule_and_how_it_did_before(
    sample_store_on_both: Store, sample_now: datetime, text: str
) -> None:
    document = talk(sample_store_on_both, LEAD, sample_now).answer(text)
    assert document["kind"] == "answer"
    figures = document["values"]
    assert figures["low"] < figures["forecast"] < figures["high"]
    assert figures["tried"] >= figures["within"] > 0
    assert document["rows"][0]["id"] == "KR-WIN-RATE"
    assert "steady-pace" in document["answer"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("forecast for KR-PRICING-LIVE", "only measures with a target"),
        ("forecast for organic traffic", "only measures with a target"),
        ("prognoza dla KR-PRICING-LIVE", "tylko mierniki"),
    ],
)
def test_without_enough_to_go_by_there_is_no_forecast(
    sample_store: Store, sample_now: datetime, text: str, words: str
) -> None:
    document = talk(sample_store, LEAD, sample_now).answer(text)
    assert (document["kind"], words in document["answer"]) == ("abstain", True), document["answer"]


def test_will_we_hit_it_is_answered_by_its_status_where_nothing_can_be_forecast(
    sample_store: Store, sample_now: datetime
) -> None:
    document = talk(sample_store, LEAD, sample_now).answer("will we hit organic traffic?")
    assert (document["kind"], document["rows"][0]["id"]) == ("answer", "KR-ORGANIC")
    assert "forecast" not in document["values"]


def test_a_hidden_key_result_has_no_forecast_like_one_that_never_was(sample_store: Store, sample_now: datetime) -> None:
    chat = talk(sample_store, OUTSIDER, sample_now)
    hidden, missing = chat.answer("forecast for KR-DATA-ROOM"), chat.answer("forecast for KR-DATA-ROOF")
    assert hidden["kind"] == missing["kind"]
    assert hidden["answer"].replace("KR-DATA-ROOM", "") == missing["answer"].replace("KR-DATA-ROOF", "")


@pytest.mark.parametrize("text", ["how well did confidence predict scores?", "jak trafnie pewność przewidywała oceny"])
def test_confidence_is_held_against_what_came_of_it(sample_store: Store, sample_now: datetime, text: str) -> None:
    assert confidence_worth_asked(text)
    document = talk(sample_store, ADMIN, sample_now).answer(text)
    assert document["kind"] == "answer"
    assert document["values"]["count"] >= 8


@pytest.mark.parametrize("text", ["forecast", "weather forecast", "what is NPS", "NPS"])
def test_other_words_ask_for_no_forecast_of_ours(text: str) -> None:
    assert forecast_asked(text) is None


def test_a_review_on_the_command_line(capfd: pytest.CaptureFixture[str], sample_home: Path) -> None:
    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["--home", str(sample_home), "--at", AT, "review", *arguments])
        return (status, *capfd.readouterr())

    status, printed, _ = run("team:sales", "--as", LEAD, "--json")
    advice = json.loads(printed)["advice"]
    assert status == 0
    assert {"check", "id", "reason", "mend"} <= advice[0].keys()
    assert run("team:sales", "--as", LEAD)[1].startswith("4 suggestions on 3 objectives")
    assert run("team:nowhere", "--as", LEAD)[0] == 1
    assert run("galaxy", "--as", LEAD)[0] == 2
    assert run("objective:O-FUNDING", "--as", OUTSIDER)[2] == "okr: No objective called 'O-FUNDING'.\n"
    assert run("company", "--as", ADMIN, "--cycle", "2026-Q3", "--json")[0] == 0
