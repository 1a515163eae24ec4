"""The board: cards over live data, narrowed by what stands in the address."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from okr.store import open_store
from tests.ui.conftest import Visit, said
from ui.board_cards import CARDS

ANA = "ana.nowak@lumen.example"
KACPER = "kacper.dudek@lumen.example"


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


# -- cards and named boards ----------------------------------------------------------------------------


def menu(app: AppTest, name: str) -> AppTest:
    """The page with one of its menus open."""
    app.session_state[name] = True
    return app.run()


def address(app: AppTest, name: str) -> str:
    said_there = app.query_params.get(name, [])
    return "".join(said_there)


def test_cards_are_put_in_order_hidden_and_added_again(sample_home: Path, visit: Visit) -> None:
    app = menu(opened(visit, sample_home, as_=ANA, lang="en", cards="whole,risk,tasks"), "okr_board_menu_open")
    assert app.button(key="okr_up_whole").disabled
    assert app.button(key="okr_down_tasks").disabled
    app = app.button(key="okr_up_risk").click().run()
    assert asks(app) == ["okr_ask_risk", "okr_ask_whole", "okr_ask_tasks"]
    app = menu(app, "okr_board_menu_open").button(key="okr_hide_whole").click().run()
    assert asks(app) == ["okr_ask_risk", "okr_ask_tasks"]
    app = menu(app, "okr_board_menu_open").button(key="okr_add_kpis").click().run()
    assert asks(app) == ["okr_ask_risk", "okr_ask_tasks", "okr_ask_kpis"]
    assert address(app, "cards") == "risk,tasks,kpis"


def test_a_view_is_kept_under_a_name_opened_changed_and_forgotten(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", team="sales", cards="risk")
    app = menu(app, "okr_boards_open")
    app.text_input(key="okr_board_name").set_value("Round")
    app = app.button(key="okr_board_keep").click().run()
    assert not app.exception
    key = address(app, "b")
    assert "<h1>Round</h1>" in said(app)
    assert asks(app) == ["okr_ask_risk"]
    again = opened(visit, sample_home, as_=ANA, lang="en", b=key)
    assert asks(again) == ["okr_ask_risk"]
    again.selectbox(key="okr_board_team").set_value("").run()
    assert address(again, "team") == ""
    again = menu(again, "okr_boards_open").button(key="okr_board_save").click().run()
    assert not again.exception
    fresh = menu(opened(visit, sample_home, as_=ANA, lang="en", b=key), "okr_boards_open")
    assert fresh.selectbox(key="okr_board_team").value == ""
    fresh = fresh.button(key="okr_board_drop").click().run()
    assert "<h1>Lumen</h1>" in said(fresh)
    gone = opened(visit, sample_home, as_=ANA, lang="en", b=key)
    assert "That board is not here" in said(gone)


def test_the_board_one_begins_with_opens_by_itself(sample_home: Path, visit: Visit) -> None:
    store = open_store(sample_home)
    try:
        ana, kacper = store.actor(ANA), store.actor(KACPER)
        now = datetime.now(UTC)
        kept = store.keep_board(ana, "Round", {"team": "sales", "cards": "risk"}, now, shared="company")
        hidden = store.keep_board(ana, "Mine", {"team": "sales"}, now)
    finally:
        store.close()
    app = menu(opened(visit, sample_home, as_=KACPER, lang="en"), "okr_boards_open")
    app = app.button(key=f"okr_default_{kept.key}").click().run()
    first = opened(visit, sample_home, as_=KACPER, lang="en")
    assert (asks(first), address(first, "b")) == (["okr_ask_risk"], kept.key)
    usual = opened(visit, sample_home, as_=KACPER, lang="en", b="usual")
    assert asks(usual)[0] == "okr_ask_whole"
    assert "That board is not here" in said(opened(visit, sample_home, as_=KACPER, lang="en", b=hidden.key))
    assert kacper.email == KACPER


# -- status, stretch, wall -----------------------------------------------------------------------------


def test_status_and_stretch_stand_in_the_address(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", cards="whole,risk,moved")
    app = app.multiselect(key="okr_board_status").set_value(["off_track"]).run()
    assert address(app, "status") == "off_track"
    text = said(app)
    assert 'data-behind="kr:off_track"' in text
    assert 'data-behind="kr:on_track"' not in text
    app = app.selectbox(key="okr_board_period").set_value("last-week").run()
    assert address(app, "period") == "last-week"
    assert app.date_input(key="okr_board_on").disabled
    app = app.selectbox(key="okr_board_period").set_value("day").run()
    assert not app.exception
    assert app.date_input(key="okr_board_since").value < app.date_input(key="okr_board_on").value
    nothing = opened(visit, sample_home, as_=ANA, lang="en", team="customer-success", status="completed")
    assert "No key result meets these filters" in said(nothing)
    for wrong in ({"status": "nonsense"}, {"period": "9999-99-99"}, {"period": "2099-01-01"}, {"cards": ","}):
        assert not opened(visit, sample_home, as_=ANA, lang="en", **wrong).exception


@pytest.mark.parametrize(("language", "refreshed"), [("en", "refreshed every minute"), ("pl", "odświeżane co minutę")])
def test_on_a_wall_there_is_nothing_to_press_but_the_way_back(
    sample_home: Path, visit: Visit, language: str, refreshed: str
) -> None:
    app = opened(visit, sample_home, as_=ANA, lang=language, wall="1", team="sales")
    assert refreshed in said(app)
    assert "<h1>Sales</h1>" in said(app)
    assert [str(button.key) for button in app.button] == ["okr_wall_off"]
    assert not app.selectbox
    app = app.button(key="okr_wall_off").click().run()
    assert app.selectbox(key="okr_board_team").value == "sales"
