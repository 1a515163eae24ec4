"""Which sentences order an update, what they say of it, and which ones do not."""

from __future__ import annotations

import pytest

from okr.language.update_orders import UpdateOrder, update_order


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("Draft this week's update for leadership", UpdateOrder("draft", "leadership", "this-week")),
        ("please write a status report for the board in Polish", UpdateOrder("draft", "leadership", language="pl")),
        ("prepare the all-hands update", UpdateOrder("draft", "all-hands")),
        ("Write a short update on Sales for last week", UpdateOrder("draft", "", "last-week", "", "short", ("sales",))),
        ("draft an update for 2026-W45", UpdateOrder("draft", "", "2026-W45")),
        ("draft my update", UpdateOrder("draft")),
        ("Przygotuj raport dla zarządu za zeszły tydzień", UpdateOrder("draft", "leadership", "last-week")),
        ("napisz podsumowanie kwartału dla wszystkich", UpdateOrder("draft", "all-hands", "cycle")),
        ("przygotuj krótki raport po angielsku", UpdateOrder("draft", language="en", length="short")),
        ("what did we promise last week?", UpdateOrder("promised", period="last-week")),
        ("Co obiecaliśmy w zeszłym tygodniu?", UpdateOrder("promised", period="last-week")),
    ],
)
def test_an_order_is_read(text: str, order: UpdateOrder) -> None:
    assert update_order(text, following=False) == order


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("make it shorter", UpdateOrder("change", length="short")),
        ("longer, please", UpdateOrder("change", length="long")),
        ("Skróć to", UpdateOrder("change", length="short")),
        ("po polsku", UpdateOrder("change", language="pl")),
        ("now in English", UpdateOrder("change", language="en")),
        ("only sales and marketing", UpdateOrder("change", names=("sales", "marketing"))),
        ("tylko dla zespołu Sprzedaż", UpdateOrder("change", "team", names=("sprzedaz",))),
        ("and for everybody?", UpdateOrder("change", "all-hands")),
        ("a za zeszły tydzień?", UpdateOrder("change", period="last-week")),
    ],
)
def test_the_one_just_written_is_changed(text: str, order: UpdateOrder) -> None:
    assert update_order(text, following=True) == order
    assert update_order(text, following=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "How is Sales doing this week?",
        "what changed last week?",
        "Every Monday at 9 draft the leadership update and send it to me",
        "co poniedziałek przygotuj raport dla zarządu",
        "send the report to leadership",
        "update KR-1 to 40%",
        "write down 40% for NPS",
        "which key results are at risk?",
        "status report",
        "x" * 400,
    ],
)
@pytest.mark.parametrize("following", [True, False])
def test_other_sentences_are_left_alone(text: str, following: bool) -> None:
    assert update_order(text, following=following) is None
