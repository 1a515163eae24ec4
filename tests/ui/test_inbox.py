"""The inbox and the bell: what came, and what its reader decides about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from assistant.automating import Automating
from assistant.worker import Worker
from okr.store import open_store
from okr.store.messages import Message
from tests.ui.conftest import Visit, said
from ui.inbox import later

ANA = "ana.nowak@lumen.example"  # leads Sales
IRENA = "irena.maj@lumen.example"  # an admin
MARCUS = "marcus.bell@lumen.example"  # of Sales


def opened(visit: Visit, home: Path, **query: str) -> AppTest:
    return visit(home, **query).switch_page("places/inbox.py").run()


def keys(app: AppTest, beginning: str) -> list[str]:
    return [str(b.key) for b in app.button if str(b.key).startswith(beginning)]


@pytest.fixture
def delivered(sample_home: Path) -> Path:
    """The sample company in which Ana's rule has reminded her team once."""
    began = datetime.now(UTC) - timedelta(hours=1)
    store = open_store(sample_home)
    ana = store.actor(ANA)
    rule = Automating(store).read("Every hour remind my team to update “<b>progress</b>”", ana, began)
    kept = store.confirm_automation(ana, store.propose_automation(ana, rule, began).key, began)
    Worker(store, sample_home).once(kept.rule.coming(began, 1)[0])
    store.close()
    return sample_home


def mail(home: Path, email: str = MARCUS) -> list[Message]:
    store = open_store(home)
    try:
        return store.inbox(store.actor(email))
    finally:
        store.close()


def test_an_empty_inbox_says_what_arrives_there(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, lang="en")
    assert "No message has come yet" in said(app)
    assert "okr-badge" not in said(app)
    assert "Nic jeszcze nie przyszło" in said(opened(visit, sample_home, lang="pl"))


def test_the_bell_counts_and_opening_a_message_reads_it(delivered: Path, visit: Visit) -> None:
    app = opened(visit, delivered, as_=MARCUS, lang="en")
    assert '<span class="okr-badge" aria-hidden="true">1</span>' in said(app)
    assert "1 message to read" in said(app)
    app = app.button(key=keys(app, "okr_mail_")[0]).click().run()
    assert "okr-body" in said(app)
    assert "&lt;b&gt;" in said(app)
    assert "<b>progress" not in said(app)
    assert "okr-badge" not in said(app)
    assert mail(delivered)[0].read_at is not None


def test_an_address_alone_does_not_read_a_message_and_shows_nobody_elses(delivered: Path, visit: Visit) -> None:
    key = mail(delivered)[0].key
    assert "okr-body" in said(opened(visit, delivered, as_=MARCUS, m=key))
    assert mail(delivered)[0].read_at is None
    app = opened(visit, delivered, as_=IRENA, m=key)
    assert "okr-body" not in said(app)
    assert not app.exception


def test_a_message_is_acknowledged_put_off_explained_and_its_rule_turned_off(delivered: Path, visit: Visit) -> None:
    key = mail(delivered)[0].key
    app = opened(visit, delivered, as_=MARCUS, lang="en", m=key)
    app = app.button(key=f"okr_ack_{key}").click().run()
    assert mail(delivered)[0].acknowledged_at is not None
    app = app.button(key=f"okr_why_{key}").click().run()
    assert "RULE-1" in said(app)
    assert "Ana Nowak" in said(app)
    app = app.button(key=f"okr_off_{key}").click().run()
    settings = visit(delivered, as_=MARCUS, lang="en").switch_page("places/settings.py").run()
    settings = settings.button(key="okr_wish_on_RULE-1").click().run()
    assert not keys(settings, "okr_wish_on_RULE-1")
    app = app.button(key=f"okr_snooze_tomorrow_{key}").click().run()
    assert mail(delivered)[0].is_snoozed(datetime.now(UTC))
    assert not app.exception


def test_all_is_read_at_once(delivered: Path, visit: Visit) -> None:
    app = opened(visit, delivered, as_=MARCUS)
    app = app.button(key="okr_read_all").click().run()
    assert all(one.read_at for one in mail(delivered))
    assert not keys(app, "okr_read_all")


def test_later_is_an_hour_tomorrow_morning_and_next_monday_on_the_readers_clock() -> None:
    friday = datetime(2026, 10, 23, 20, 30, tzinfo=UTC)
    assert {name: at.isoformat() for name, at in later(friday, "Europe/Warsaw").items()} == {
        "hour": "2026-10-23T21:30:00+00:00",
        "tomorrow": "2026-10-24T07:00:00+00:00",
        # The clocks have gone back on the Sunday before.
        "monday": "2026-10-26T08:00:00+00:00",
    }
