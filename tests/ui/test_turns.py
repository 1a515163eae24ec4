"""What was said is shown the same way while it is said and afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime

from assistant.events import Choices, Done, Evidence, Failed, Step, Words
from tools.result import Chart, Quote, Row, Series
from ui.turns import Turn, said_before

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
ROW = Row("KR-1", "key_result", "Churn", {"progress": 0.1})
DOCUMENT = {
    "answer": "Churn [KR-1].",
    "kind": "answer",
    "rows": [{"id": "KR-1", "type": "key_result", "title": "Churn", "values": {"progress": 0.1}}],
    "sources": ["KR-1", "CI-1"],
    "apart": [{"id": "KR-2", "type": "key_result", "title": "B", "values": {"why": "no_baseline"}}],
    "quotes": [
        {"id": "CI-1", "author": "Ana", "date": "2026-11-20", "part": "note", "text": "So it is.", "near_only": True}
    ],
    "options": [{"label": "A", "question": "How is A?"}],
    "suggestions": ["Why?"],
    "chart": {
        "kind": "line",
        "title": "It fell",
        "series": [{"title": "Churn", "unit": "%", "points": [[AT.isoformat(), 4.1, "CI-1"]], "expected": []}],
    },
    "more": 3,
}


def live() -> Turn:
    turn = Turn("How is churn?", state="answering")
    for event in (
        Step("Looking"),
        Words("Churn "),
        Words("[KR-1]."),
        Evidence(
            [ROW],
            [Row("KR-2", "key_result", "B", {"why": "no_baseline"})],
            [Quote("CI-1", "KR-1", "Ana", date(2026, 11, 20), "note", "So it is.", True)],
            Chart("line", "It fell", [Series("Churn", [(AT, 4.1, "CI-1")], "%")]),
            ["KR-1", "CI-1"],
        ),
        Choices([("A", "How is A?")]),
        Done(DOCUMENT, ["Why?"], 7),
    ):
        turn.take(event)
    return turn


def test_a_turn_looks_the_same_after_a_refresh() -> None:
    now = live()
    then = said_before("How is churn?", "Churn [KR-1].", "done", DOCUMENT, 7, None)
    then.steps = now.steps
    assert then == now


def test_what_was_said_before_a_stop_is_kept() -> None:
    turn = said_before("How?", "Churn is", "stopped", None, 3, None)
    assert (turn.text, turn.state, turn.rows) == ("Churn is", "stopped", [])


def test_an_answer_that_cannot_be_kept_is_still_an_answer() -> None:
    turn = Turn("Q", state="answering")
    for event in (Failed("Not kept."), Words("Yes."), Done({"answer": "Yes.", "kind": "answer"}, [], None)):
        turn.take(event)
    assert (turn.state, turn.text, turn.failed) == ("done", "Yes.", "Not kept.")


def test_a_defect_ends_a_turn_as_failed() -> None:
    turn = Turn("Q", state="answering")
    done = Done({"answer": "Something went wrong; reference ab12.", "error": {"reference": "ab12"}}, [], 4)
    for event in (Failed("Something went wrong; reference ab12.", "ab12"), done):
        turn.take(event)
    assert turn.state == "failed"
    assert turn.reference == "ab12"
    assert turn.text == turn.failed


def test_everything_that_can_be_opened_is_known() -> None:
    assert live().known == {"KR-1", "KR-2", "CI-1"}
