"""The outlook: forecasts with their measured worth, and each block with its rule; nothing where too little is known."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from okr.exchange.importing import import_files
from okr.forecast import Forecast, TooLittle
from okr.store import Store, open_store
from okr.store.boards import Look
from okr.store.look_ahead import LookAhead, side
from okr.store.scope import Scope
from tests.ui.conftest import Visit, said
from tests.ui.test_signin import AUTH

pytestmark = pytest.mark.usefixtures("sample_moment")

ANA = "ana.nowak@lumen.example"
ADMIN = "irena.maj@lumen.example"
KACPER = "kacper.dudek@lumen.example"


def opened(visit: Visit, home: Path, **query: str) -> AppTest:
    app = visit(home, **query).switch_page("places/outlook.py").run()
    assert not app.exception
    return app


def ahead(store: Store, now: datetime, who: str = ADMIN) -> LookAhead:
    cycles = tuple(cycle for cycle in store.cycles() if cycle.state == "active")
    look = Look(Scope(), cycles, now, (now - timedelta(days=7)).date())
    return store.look_ahead(store.actor(who), look, now)


@pytest.mark.parametrize("language", ["en", "pl"])
def test_every_block_says_its_rule(sample_home: Path, visit: Visit, language: str) -> None:
    text = said(opened(visit, sample_home, as_=ADMIN, lang=language))
    for words in {
        "en": ("steady-pace", "5 of 7 ended within", "The owner&#x27;s word", "lower than the one before", "pace-gap"),
        "pl": ("steady-pace", "5 z 7 skończyło", "Właściciel w ostatnim wpisie", "niższa niż poprzednia", "pace-gap"),
    }[language]:
        assert words in text
    assert 'data-open="KR-WIN-RATE"' in text
    assert "{" not in text.split("<style")[0]
    assert text.count('role="heading"') == 5


def test_the_page_and_the_single_forecast_agree(sample_store: Store, sample_now: datetime) -> None:
    seen = ahead(sample_store, sample_now)
    assert {side(one) for one in seen.forecasts} == {"misses", "perhaps", "reaches"}
    for one in seen.forecasts:
        assert sample_store.forecast(sample_store.actor(ADMIN), one.key, sample_now) == one
    assert seen.without["kind"] > 0


def test_nothing_is_forecast_that_cannot_be(sample_store: Store, sample_now: datetime) -> None:
    for one in ahead(sample_store, sample_now).forecasts:
        assert isinstance(one.found, Forecast)
        assert one.found.low >= 0
        if one.unit == "%":
            assert one.found.high <= 100


def test_what_fell_or_moved_carries_its_evidence(sample_store: Store, sample_now: datetime) -> None:
    seen = ahead(sample_store, sample_now)
    assert len(seen.falling) == min(seen.falling_count, 12)
    for fall in seen.falling:
        assert fall.now < fall.was
        rows = sample_store.check_ins(sample_store.actor(ADMIN), [fall.told.standing.id], last=sample_now)
        assert set(fall.check_ins) <= {row.key for row in rows}
    for moved in seen.moved:
        assert moved.was != moved.now


def test_what_one_may_not_see_is_in_no_block(sample_home: Path, visit: Visit) -> None:
    store = open_store(sample_home)
    try:
        kacper, admin = store.actor(KACPER), store.actor(ADMIN)
        ids = [cycle.id for cycle in store.cycles()]
        hidden = {one.key for one in store.forecasts(admin, ids, Scope(), datetime.now().astimezone())}
        hidden -= {one.key for one in store.forecasts(kacper, ids, Scope(), datetime.now().astimezone())}
    finally:
        store.close()
    assert hidden
    text = said(opened(visit, sample_home, as_=KACPER, lang="en"))
    assert not [key for key in hidden if f'"{key}"' in text]


def test_a_team_narrows_it_and_goes_into_the_address(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en")
    app.selectbox(key="okr_outlook_team").set_value("sales").run()
    assert "Where Sales is going" in said(app)
    assert 'data-open="KR-CASE-STUDIES"' not in said(app)


def test_a_cycle_that_is_over_leads_to_its_scores(sample_home: Path, visit: Visit) -> None:
    text = said(opened(visit, sample_home, as_=ANA, lang="en", cycle="2026-Q3", team="nobody"))
    assert "Q3 2026 is over" in text


def test_a_key_result_shows_its_forecast_or_what_it_lacks(sample_home: Path, visit: Visit) -> None:
    app = visit(sample_home, as_=ANA, lang="en", id="KR-WIN-RATE").switch_page("places/record.py").run()
    assert "Forecast for 31 December" in said(app)
    assert "5 of 7 ended within their range" in said(app)
    store = open_store(sample_home)
    ids = [cycle.id for cycle in store.cycles() if cycle.state == "active"]
    every = store.forecasts(store.actor(ADMIN), ids, Scope(), datetime.now().astimezone())
    few = next(one.key for one in every if isinstance(one.found, TooLittle) and one.found.reason == "few_values")
    store.close()
    app = visit(sample_home, as_=ADMIN, lang="pl", id=few).switch_page("places/record.py").run()
    assert "potrzeba czterech wartości" in said(app)


YOUNG = {
    "format": "okr-company",
    "version": 1,
    "company": {"name": "Young", "timezone": "Europe/Warsaw", "language": "en", "country": "PL"},
    "teams": [{"key": "all", "name": "Everybody", "parent": None, "lead": "ada@young.test"}],
    "people": [{"email": "ada@young.test", "name": "Ada Lis", "team": "all", "role": "admin"}],
    "cycles": [{"key": "Q", "name": "Q4", "start": "2026-10-01", "end": "2026-12-31", "state": "active"}],
    "objectives": [{"key": "O", "title": "Begin", "cycle": "Q", "team": "all", "owner": "ada@young.test"}],
    "key_results": [
        {"key": "K", "objective": "O", "title": "Sales", "owner": "ada@young.test", "kind": "measure", "unit": "deals",
         "baseline": 0, "target": 9},
    ],
}  # fmt: skip


def test_a_young_company_is_told_what_would_be_needed(home: Path, tmp_path: Path, visit: Visit) -> None:
    file = tmp_path / "young.json"
    file.write_text(json.dumps(YOUNG), encoding="utf-8")
    store = open_store(home)
    import_files(store, [file], now=datetime.now().astimezone())
    seen = ahead(store, datetime.now().astimezone(), "ada@young.test")
    store.close()
    assert (seen.forecasts, seen.back_test, seen.worth) == ([], None, None)
    app = visit(home)
    app.secrets["auth"] = AUTH
    app.user = {"is_logged_in": True, "email": "ada@young.test"}
    app.run()
    text = said(app.switch_page("places/outlook.py").run())
    assert "A key result needs 4 values in the cycle" in text
    assert "It takes 8 finished key results with a score" in text
    assert "Nobody&#x27;s latest check-in was less confident" in text
