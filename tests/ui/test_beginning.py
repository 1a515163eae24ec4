"""What is asked about something on a page is asked by whoever looks at it, in the language of the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.conftest import Visit

KACPER = "kacper.dudek@lumen.example"
PLACES = (
    "automations", "board", "cycle", "edit", "inbox", "my_week", "outlook", "people", "record", "review", "settings",
    "tree", "updates",
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_a_question_keeps_the_person_and_the_language(sample_home: Path, visit: Visit, place: str) -> None:
    app = visit(sample_home).switch_page(f"places/{place}.py")
    app.query_params["as"], app.query_params["lang"] = KACPER, "pl"
    app.session_state["okr_asking"] = "Jak idzie mojemu zespołowi?"
    app = app.run()
    assert not app.exception
    assert app.query_params["as"] == KACPER
    assert app.query_params["lang"] == "pl"
    assert "Product" in " ".join(each.value for each in app.markdown)
