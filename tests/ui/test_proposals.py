"""What was said in the conversation is recorded by a press below the answer, and by nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from okr.store import open_store
from tests.ui.conftest import Visit, said

ANA = "ana.nowak@lumen.example"
KR = "KR-WIN-RATE"


def keys(app: AppTest, beginning: str) -> list[str]:
    return [str(b.key) for b in app.button if str(b.key).startswith(beginning)]


def values(home: Path) -> list[float]:
    store = open_store(home)
    try:
        found = store.open_record(store.actor(ANA), KR)
        assert found is not None
        return [value.value for value in found.values]
    finally:
        store.close()


@pytest.mark.parametrize(
    ("language", "sentence", "saved"),
    [("en", "win rate is 17.5, confidence 3", "Saved"), ("pl", "win rate to 17,5, pewność 3", "Zapisano")],
)
def test_a_check_in_said_in_the_conversation_is_saved_by_its_button_alone(
    sample_home: Path, visit: Visit, language: str, sentence: str, saved: str
) -> None:
    before = values(sample_home)
    app = visit(sample_home, lang=language).chat_input[0].set_value(sentence).run()
    assert not app.exception
    assert values(sample_home) == before
    app = app.button(key=keys(app, "okr_offer_save")[0]).click().run()
    assert values(sample_home)[-1] == 17.5
    assert not keys(app, "okr_offer_save")
    assert saved in said(app)
    again = visit(sample_home, lang=language, c=app.query_params["c"])
    assert not keys(again, "okr_offer_save")


def test_a_discarded_one_records_nothing(sample_home: Path, visit: Visit) -> None:
    before = values(sample_home)
    app = visit(sample_home).chat_input[0].set_value("win rate is 17.5, confidence 3").run()
    app = app.button(key=keys(app, "okr_offer_drop")[0]).click().run()
    assert values(sample_home) == before
    assert not keys(app, "okr_offer_save")
