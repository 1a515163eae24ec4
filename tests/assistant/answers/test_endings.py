"""Questions about the end of a cycle in both languages: decisions, scores, what was reached, and what is to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.conversation import Conversation
from assistant.settings import Settings
from okr.language.ending import ending_asked
from okr.store import Store, open_store

ADMIN = "irena.maj@lumen.example"
OUTSIDER = "noor.haddad@lumen.example"
AT = datetime.fromisoformat("2026-11-23T09:00:00+01:00")


@pytest.fixture(scope="module")
def store(sampled_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample company in which somebody has decided what becomes of two key results."""
    import shutil

    home = tmp_path_factory.mktemp("endings") / "home"
    shutil.copytree(sampled_sqlite, home)
    opened = open_store(home)
    admin = opened.actor(ADMIN)
    opened.decide(admin, "KR-CHURN-26Q3", "carry_over", AT, into="2026-Q4", reason="It *moves* late.")
    opened.decide(admin, "KR-SITE-26Q3", "drop", AT)
    yield opened
    opened.close()


def ask(store: Store, question: str, who: str = ADMIN, at: datetime = AT) -> dict[str, Any]:
    settings = Settings(home=store.home, engine="direct")
    return Conversation(store, store.actor(who), settings, clock=lambda: at, kept=False).answer(question)


def rows(told: dict[str, Any]) -> list[str]:
    return [str(row["id"]) for row in told["rows"]]


CASES: list[tuple[str, list[str], dict[str, float], str]] = [
    ("What did we carry over?", ["KR-CHURN-26Q3"], {"count": 1}, "→ [KR-"),
    ("What did we carry over from Q3 to Q4?", ["KR-CHURN-26Q3"], {"count": 1}, "carried over"),
    ("Which key results were carried over?", ["KR-CHURN-26Q3"], {"count": 1}, "Irena Maj"),
    ("which key results were dropped in Q3", ["KR-SITE-26Q3"], {"count": 1}, "dropped"),
    ("Co przenieśliśmy na kolejny cykl?", ["KR-CHURN-26Q3"], {"count": 1}, "Przeniesione z cyklu Q3 2026"),
    ("co przeszlo z q3 do q4", ["KR-CHURN-26Q3"], {"count": 1}, "przechodzi dalej"),
    ("What did we drop in Q3 and why?", ["KR-SITE-26Q3"], {"count": 1}, "dropped"),
    ("Co porzuciliśmy w Q3?", ["KR-SITE-26Q3"], {"count": 1}, "porzucony"),
    ("Which key results scored below 0.7 in Q3?", ["KR-SITE-26Q3", "KR-CHURN-26Q3"], {"count": 2}, "below 0.7"),
    ("Które kluczowe wyniki miały w Q3 ocenę poniżej 0,7?", ["KR-SITE-26Q3", "KR-CHURN-26Q3"], {"count": 2}, "0,6"),
    ("Which key result got the lowest score in Q3?", [], {"score": 0.0}, "New website live"),
    ("Który cel miał najwyższą ocenę w Q3?", [], {"score": 1.0}, "O-SELF-START-26Q3"),
    ("Which objective scored worst last quarter?", [], {"score": 0.5}, "O-STORY-26Q3"),
    ("What did we reach in Q3?", [], {"count": 10, "total": 12}, "Ruth Adeyemi"),
    ("Co osiągnęliśmy w Q3?", [], {"count": 10, "total": 12}, "Ruth Adeyemi"),
    ("What was the result of KR-CHURN-26Q3 in Q3?", ["KR-CHURN-26Q3"], {"score": 0.6, "value": 5.2}, "5.2%"),
    ("Ile wyniósł wynik KR-CHURN-26Q3 za Q3?", ["KR-CHURN-26Q3"], {"score": 0.6, "value": 5.2}, "ocena 0,6"),
    ("How did KR-SELF-26Q3 end up?", ["KR-SELF-26Q3"], {"score": 1.0}, "the target was 40%"),
    ("Is Q3 closed?", ["2026-Q3"], {}, "is closed"),
    ("Czy Q4 jest zamknięty?", ["2026-Q4"], {}, "nie jest zamknięty"),
    ("How good are our forecasts?", [], {"tried": 7, "within": 5}, "the range held the end of 5"),
    ("Jak dobre są nasze prognozy?", [], {"tried": 7, "within": 5}, "5"),
]


@pytest.mark.parametrize(("question", "wanted", "values", "words"), CASES, ids=[case[0] for case in CASES])
def test_it_is_answered_from_the_records(
    store: Store, question: str, wanted: list[str], values: dict[str, float], words: str
) -> None:
    told = ask(store, question)
    assert told["kind"] == "answer", told["answer"]
    assert words in told["answer"].replace("\u00a0", " ")
    if wanted:
        assert rows(told) == wanted
    assert {name: told["values"][name] for name in values} == values


@pytest.mark.parametrize(
    ("question", "team"),
    [("Will we make it?", ""), ("Will Sales make it?", "sales"),
     ("Czy zespół Sales zdąży?", "sales"), ("Czy zdążymy?", ""),
     ("Which key results of Sales will miss their target?", "sales"), ("Które kluczowe wyniki nie osiągną celu?", "")],
)  # fmt: skip
def test_what_is_to_come_is_the_forecast(store: Store, question: str, team: str) -> None:
    told = ask(store, question)
    assert told["tools"][0]["name"] == "forecast"
    assert "steady-pace" in told["answer"]
    assert "KR-WIN-RATE" in rows(told)
    assert not team or "KR-CASE-STUDIES" not in rows(told)
    for row in told["rows"]:
        assert store.forecast(store.actor(ADMIN), row["id"], AT).reaches is False


@pytest.mark.parametrize(
    "question",
    ["What did we carry over from Q2?", "Co przenieśliśmy z Q2?", "Which objective scored best in Q4?"],
)
def test_what_nobody_recorded_is_said_to_be_unknown(store: Store, question: str) -> None:
    told = ask(store, question)
    assert (told["kind"], told["rows"]) == ("abstain", [])


@pytest.mark.parametrize(
    "question",
    ["What did Ana achieve?", "What did we achieve this week?", "Will we hit our targets this week?",
     "Which key results dropped last week?", "Is T-41 closed?",
     "What was the result of NPS?", "Is it closed?"],
)  # fmt: skip
def test_other_questions_keep_their_own_answers(store: Store, question: str) -> None:
    told = ask(store, question)
    assert not {"list_scores", "list_decisions", "forecast"} & {tool["name"] for tool in told["tools"]}


def test_what_one_may_not_see_is_in_no_answer(store: Store) -> None:
    for question in ("What is left to score?", "Will we make it?", "Which key results will miss their target?"):
        told = ask(store, question, OUTSIDER)
        assert "RUNWAY" not in str(told)
        assert "DATA-ROOM" not in str(told)
    hidden, missing = (ask(store, f"How did {key} end up?", OUTSIDER) for key in ("KR-RUNWAY", "KR-ZEBRA"))
    assert hidden["answer"].replace("KR-RUNWAY", "X") == missing["answer"].replace("KR-ZEBRA", "X")


def test_a_long_or_foreign_sentence_is_none_of_these() -> None:
    assert ending_asked("What did we carry over " + "x" * 400) is None
    assert ending_asked("Wie war das Ergebnis von Q3?") is None
    assert ending_asked("") is None
