"""The search, what is marked in what it found, and what is kept at hand."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from okr.store import open_store
from tests.ui.conftest import Visit
from ui.finding import around, marked

NOOR = "noor.haddad@lumen.example"
IRENA = "irena.maj@lumen.example"


def said(app: AppTest) -> str:
    return " ".join(each.proto.body for each in app.get("html"))


def searched(visit: Visit, home: Path, **query: str) -> str:
    app = visit(home, **query).switch_page("places/search.py").run()
    assert not app.exception
    return said(app)


def found(text: str) -> list[str]:
    return re.findall(r'data-go="(record:[^"]+|ask:|all:)"', text)


def test_what_an_address_asks_for_is_found_by_kind(sample_home: Path, visit: Visit) -> None:
    text = searched(visit, sample_home, as_=NOOR, lang="en", q="nps")
    assert found(text)[:2] == ["record:KR-NPS", "record:KR-NPS-26Q3"]
    assert "Customer Success · Q4 2026 · KR-NPS" in text
    assert 'aria-label="KPIs"' in text
    assert found(text)[-1] == "ask:"


def test_notes_are_shown_where_the_words_stand_in_them(sample_home: Path, visit: Visit) -> None:
    text = searched(visit, sample_home, as_=NOOR, lang="pl", q="portal tickets")
    assert 'aria-label="Wpisy"' in text
    assert "<mark>Portal</mark> <mark>tickets</mark> go to an unwatched folder" in text


def test_a_question_is_offered_first_and_can_be_asked(sample_home: Path, visit: Visit) -> None:
    text = searched(visit, sample_home, as_=NOOR, lang="en", q="NPS?")
    assert found(text)[0] == "ask:"
    nothing = searched(visit, sample_home, as_=NOOR, lang="en", q="xyzzy frobnicate")
    assert found(nothing) == ["ask:"]
    assert "Try fewer words" in nothing


def test_what_one_may_not_see_is_found_as_little_as_what_is_not_there(sample_home: Path, visit: Visit) -> None:
    hidden = searched(visit, sample_home, as_=NOOR, lang="en", q="runway")
    nothing = searched(visit, sample_home, as_=NOOR, lang="en", q="xyzzyx")
    assert hidden.replace("runway", "xyzzyx") == nothing
    assert "record:KR-RUNWAY" in found(searched(visit, sample_home, as_=IRENA, lang="en", q="runway"))


def test_an_empty_field_shows_what_is_pinned_and_what_was_opened_lately(sample_home: Path, visit: Visit) -> None:
    assert "Type the beginning of a name" in searched(visit, sample_home, as_=NOOR, lang="en")
    store, now = open_store(sample_home), datetime.now(UTC)
    try:
        noor = store.actor(NOOR)
        store.pin(noor, "objective", "O-LOYALTY", now)
        store.note_opened(noor, "key_result", "KR-NPS", now)
        store.note_opened(noor, "objective", "O-LOYALTY", now)
    finally:
        store.close()
    text = searched(visit, sample_home, as_=NOOR, lang="pl")
    assert found(text) == ["record:O-LOYALTY", "record:KR-NPS"]
    assert text.index("Przypięte") < text.index("O-LOYALTY") < text.index("Ostatnio otwierane")


def test_what_is_typed_is_shown_as_it_was_typed(sample_home: Path, visit: Visit) -> None:
    text = searched(visit, sample_home, as_=NOOR, lang="en", q='<img src=x onerror="x">nps')
    assert "<img" not in text
    assert "&lt;img" in text


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("Win rate", "win rat", "<mark>Win</mark> <mark>rate</mark>"),
        ("Zgłoszenia z portalu", "zgloszen portal", "<mark>Zgłoszenia</mark> z <mark>portalu</mark>"),
        ("A & Bee <i>", "bee", "A &amp; <mark>Bee</mark> &lt;i&gt;"),
        ("Nothing here", "", "Nothing here"),
        ("Two customers left", "klientów", "Two <mark>customers</mark> left"),
    ],
)
def test_the_words_that_were_typed_are_marked(text: str, typed: str, shown: str) -> None:
    assert marked(text, typed) == shown


def test_a_long_note_is_shown_around_the_word(sample_home: Path) -> None:
    long = "One thing and another. " * 30 + "Then the portal broke. " + "More of it. " * 30
    part = around(long, "portal")
    assert (part[0], part[-1]) == ("…", "…")
    assert "the portal broke" in part
    assert len(part) < 300
    assert around("Short.", "portal") == "Short."


def test_a_record_is_pinned_and_let_go_from_where_it_is_open(sample_home: Path, visit: Visit) -> None:
    app = visit(sample_home, as_=NOOR, lang="en")
    app.session_state["okr_open"] = "KR-NPS"
    app.run()
    app = app.button(key="okr_pin_key_result_KR-NPS").click().run()
    beside = " ".join(each.proto.body for each in app.sidebar.get("html"))
    assert 'data-open="KR-NPS"' in beside
    store = open_store(sample_home)
    try:
        noor = store.actor(NOOR)
        assert [ref.key for ref in store.pinned(noor)] == ["KR-NPS"]
        assert [ref.key for ref in store.recent(noor)] == ["KR-NPS"]
    finally:
        store.close()
