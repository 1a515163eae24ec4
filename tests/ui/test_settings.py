"""Settings: language, time zone and how messages reach somebody."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from okr.store import open_store
from tests.ui.conftest import Visit

ANA = "ana.nowak@lumen.example"


def said(app: AppTest) -> str:
    return " ".join(each.proto.body for each in app.get("html"))


def opened(visit: Visit, home: Path, **query: str) -> AppTest:
    app = visit(home, as_=ANA, **query).switch_page("places/settings.py").run()
    assert not app.exception
    return app


def test_the_language_stays_and_the_page_speaks_it_at_once(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home)
    app = next(c for c in app.segmented_control if c.key == "okr_mine_language").set_value("pl").run()
    assert "<h1>Ustawienia</h1>" in said(app)
    assert any("Zapisano" in toast.value for toast in app.toast)
    assert "<h1>Ustawienia</h1>" in said(opened(visit, sample_home))


def test_the_time_zone_is_kept_and_given_back_to_the_company(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, lang="en")
    app = app.selectbox(key="okr_mine_zone").set_value("America/New_York").run()
    store = open_store(sample_home)
    try:
        assert store.actor(ANA).zone == "America/New_York"
        app = app.selectbox(key="okr_mine_zone").set_value("").run()
        assert store.actor(ANA).zone == store.company().timezone
    finally:
        store.close()
    assert not app.exception


def test_wishes_are_kept_where_there_is_a_channel(
    sample_home: Path, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No other channel is set up" in said(opened(visit, sample_home, lang="en"))
    monkeypatch.setenv("OKR_SMTP_URL", "smtp://127.0.0.1:2525")
    monkeypatch.setenv("OKR_SMTP_FROM", "okr@lumen.example")
    app = opened(visit, sample_home, lang="en")
    app = app.toggle(key="okr_wish_quiet").set_value(True).run()
    digest = next(c for c in app.segmented_control if c.key == "okr_wish_digest")
    app = digest.set_value("daily").run()
    app = app.selectbox(key="okr_wish_channel").set_value("inbox").run()
    assert not app.exception
    store = open_store(sample_home)
    kept = store.preferences(store.actor(ANA)).document()
    store.close()
    assert kept == {"channel": "inbox", "quiet": "18:00-08:00", "digest": "daily", "digest_at": "09:00"}


def test_the_address_of_the_calendar_is_shown_when_asked_for_and_can_be_renewed(
    sample_home: Path, visit: Visit
) -> None:
    app = opened(visit, sample_home, lang="en")
    assert not app.code
    app = app.button(key="okr_feed_show").click().run()
    first = app.code[0].value
    store = open_store(sample_home)
    assert first.endswith(f"/okr/calendar/{store.feed_secret(store.actor(ANA), datetime.now(UTC))}.ics")
    store.close()
    app = app.button(key="okr_feed_renew").click().run()
    assert app.code[0].value != first
