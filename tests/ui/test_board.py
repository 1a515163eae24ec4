"""The board: cards over live data, narrowed by what stands in the address."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from okr.store import open_store
from tests.ui.conftest import Visit
from ui.board_cards import CARDS

ANA = "ana.nowak@lumen.example"
KACPER = "kacper.dudek@lumen.example"


def said(app: AppTest) -> str:
    return " ".join([*(each.proto.body for each in app.get("html")), *(each.value for each in app.markdown)])


def opened(visit: Visit, home: Path, **query: str) -> AppTest:
    return visit(home, **query).switch_page("places/board.py").run()


def asks(app: AppTest) -> list[str]:
    return [str(button.key) for button in app.button if str(button.key).startswith("okr_ask_")]


@pytest.mark.parametrize("language", ["en", "pl"])
def test_every_card_stands_there_and_opens_its_records(sample_home: Path, visit: Visit, language: str) -> None:
    app = opened(visit, sample_home, as_=ANA, lang=language)
    assert not app.exception
    text = said(app)
    assert [key.removeprefix("okr_ask_") for key in asks(app)] == list(CARDS)
    assert 'data-open="KR-WIN-RATE"' in text
    assert 'data-open="KPI-NPS"' in text
    assert "{" not in text.split("<style")[0]


def test_the_address_says_team_day_and_cards(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", team="sales", cards="risk,whole,nonsense")
    text = said(app)
    assert "<h1>Sales</h1>" in text
    assert asks(app) == ["okr_ask_risk", "okr_ask_whole"]
    assert 'data-open="KR-WIN-RATE"' in text
    assert 'data-open="KR-CASE-STUDIES"' not in text
    for wrong in ({"on": "2026-02-31"}, {"team": "nobody"}, {"cycle": "none"}, {"person": "x@y.z"}):
        assert not opened(visit, sample_home, as_=ANA, lang="en", **wrong).exception
    before = opened(visit, sample_home, as_=ANA, lang="en", on="2001-01-01")
    assert "No cycle is in force" in said(before)


def test_a_filter_goes_into_the_address(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en")
    app.selectbox(key="okr_board_team").set_value("marketing").run()
    assert "<h1>Marketing</h1>" in said(app)
    assert list(app.query_params["team"]) in (["marketing"], list("marketing"))


def test_a_card_goes_into_the_chat(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", team="sales", cards="risk")
    app = app.button(key="okr_ask_risk").click().run()
    assert not app.exception
    assert "Which key results of Sales are at risk or off track?" in said(app)


def test_what_one_may_not_see_is_on_no_card(sample_home: Path, visit: Visit) -> None:
    store = open_store(sample_home)
    try:
        admin, kacper = store.actor("irena.maj@lumen.example"), store.actor(KACPER)
        hidden = set()
        for objective in [entry["key"] for entry in _exported(sample_home) if entry["visibility"] == "team"]:
            if store.open_record(kacper, objective) is None:
                assert store.open_record(admin, objective) is not None
                hidden.add(objective)
    finally:
        store.close()
    assert hidden
    text = said(opened(visit, sample_home, as_=KACPER, lang="en"))
    own = [kr for kr in _exported(sample_home, "key_results") if kr["objective"] in hidden]
    assert own
    assert not [kr["key"] for kr in own if f'"{kr["key"]}"' in text]


def _exported(home: Path, part: str = "objectives") -> list[dict[str, str]]:
    import json

    from okr.exchange.export import export_company

    store = open_store(home)
    file = home.parent / "company.json"
    try:
        export_company(store, file)
    finally:
        store.close()
    found: list[dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))[part]
    return found
