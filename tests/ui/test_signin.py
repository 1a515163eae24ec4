"""Nobody sees anything before it is clear who they are."""

from __future__ import annotations

import re
import time
from pathlib import Path

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from okr.exchange.portable import read_company
from okr.exchange.writing import import_into
from okr.store import open_store
from tests.ui.conftest import Visit

REAL = {
    "format": "okr-company",
    "version": 1,
    "company": {"name": "Acme <b>&", "timezone": "Europe/Warsaw", "language": "en", "country": "PL"},
    "people": [
        {"email": "ana@acme.test", "name": "Ana Nowak", "team": None, "role": "lead", "active": True},
        {"email": "old@acme.test", "name": "Olga Old", "team": None, "role": "lead", "active": False},
    ],
}
AUTH = {"redirect_uri": "x", "cookie_secret": "y", "client_id": "z", "client_secret": "s", "server_metadata_url": "u"}


@pytest.fixture
def real_home(home: Path, sample_now: object) -> Path:
    store = open_store(home)
    import_into(store, read_company(orjson.dumps(REAL)), now=sample_now)  # type: ignore[arg-type]
    store.close()
    return home


def said(app: object) -> str:
    return " ".join(each.proto.body for each in app.get("html"))  # type: ignore[attr-defined]


def test_an_empty_store_says_how_to_begin(home: Path, visit: Visit) -> None:
    open_store(home).close()
    app = visit(home)
    assert "There is no company here yet" in said(app)
    assert [code.value for code in app.code] == ["okr demo", "okr import company.json"]
    assert not app.chat_input


def test_the_sample_company_opens_as_its_first_asker_and_says_so(sample_home: Path, visit: Visit) -> None:
    app = visit(sample_home)
    assert not app.exception
    assert "made-up company" in said(app)
    assert app.selectbox(key="okr_as").value == "ana.nowak@lumen.example"


def test_another_person_is_chosen_and_stands_in_the_address(sample_home: Path, visit: Visit) -> None:
    app = visit(sample_home)
    app.selectbox(key="okr_as").set_value("kacper.dudek@lumen.example").run()
    assert app.query_params["as"] == "kacper.dudek@lumen.example"
    assert "Co chcesz wiedzieć, Kacper?" in said(app)


def test_who_has_left_cannot_be_chosen(sample_home: Path, visit: Visit) -> None:
    app = visit(sample_home, as_="dominik.sroka@lumen.example")
    assert app.selectbox(key="okr_as").value == "ana.nowak@lumen.example"


def test_the_sample_company_is_closed_where_others_can_reach_it(sample_home: Path, visit: Visit) -> None:
    app = visit(sample_home, address="0.0.0.0")
    assert "reachable from elsewhere" in said(app)
    assert not app.chat_input
    assert not app.selectbox


def test_a_real_company_without_sign_in_says_how_to_set_it_up(real_home: Path, visit: Visit) -> None:
    app = visit(real_home, as_="ana@acme.test")
    assert "Signing in is not set up yet" in said(app)
    assert "Acme &lt;b&gt;&amp;" in said(app)
    assert "server_metadata_url" in app.code[0].value
    assert not app.chat_input


def test_a_real_company_asks_to_sign_in(real_home: Path, visit: Visit) -> None:
    app = visit(real_home)
    app.secrets["auth"] = AUTH
    app.user = {"is_logged_in": False}
    app.run()
    assert "Sign in to ask" in said(app)
    assert [button.label for button in app.button] == ["Sign in"]
    assert not app.chat_input


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ({"email": "stranger@else.test"}, "not an active person"),
        ({"email": "old@acme.test"}, "not an active person"),
        ({"email": ""}, "not an active person"),
        ({"email": "ana@acme.test", "email_verified": False}, "does not vouch"),
    ],
)
def test_only_active_people_of_the_directory_get_in(
    real_home: Path, visit: Visit, user: dict[str, object], words: str
) -> None:
    app = visit(real_home)
    app.secrets["auth"] = AUTH
    app.user = {"is_logged_in": True, **user}
    app.run()
    assert words in said(app)
    assert not app.chat_input


def test_who_signed_in_asks_as_themselves_whatever_the_address_says(real_home: Path, visit: Visit) -> None:
    app = visit(real_home, as_="old@acme.test")
    app.secrets["auth"] = AUTH
    app.user = {"is_logged_in": True, "email": "ana@acme.test"}
    app.run()
    assert app.chat_input
    assert "What would you like to know, Ana?" in said(app)
    assert not app.selectbox


@pytest.mark.parametrize(("hours", "ended"), [(1, False), (13, True)])
def test_a_session_ends_after_hours(real_home: Path, visit: Visit, hours: int, ended: bool) -> None:
    app = visit(real_home)
    app.secrets["auth"] = AUTH
    app.user = {"is_logged_in": True, "email": "ana@acme.test", "iat": time.time() - 3600 * hours}
    app.run()
    assert ("Your session has ended" in said(app)) == ended
    assert bool(app.chat_input) == (not ended)


def test_a_damaged_store_is_said_in_a_sentence(home: Path, visit: Visit) -> None:
    store = open_store(home)
    store.close()
    for file in home.iterdir():
        if file.is_file():
            file.write_bytes(b"not a database, not at all, " * 400)
    app = visit(home)
    assert not app.exception
    assert "The records cannot be reached" in said(app)


def test_a_defect_is_told_with_a_reference_and_nothing_else(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    monkeypatch.setenv("OKR_HOME", str(home))

    def broken() -> None:
        from ui.signin import say_defect

        assert say_defect(ValueError("password=hunter2 <b>"))

    shown = said(AppTest.from_function(broken, default_timeout=30).run())
    assert "Something went wrong on this page" in shown
    assert "hunter2" not in shown
    reference = re.findall(r"reference ([0-9a-f]{8})", shown)
    assert len(reference) == 1
    assert reference[0] in (home / "okr.log").read_text()


def test_a_failure_a_person_can_act_on_is_told_as_it_is(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKR_HOME", str(home))

    def busy() -> None:
        from okr.errors import StoreBusyError
        from ui.signin import say_defect

        say_defect(StoreBusyError())

    assert "The database is busy." in said(AppTest.from_function(busy, default_timeout=30).run())
