"""Import on the page: looked over first, brought in when confirmed, every problem with its place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from streamlit.testing.v1 import AppTest

from okr.store import open_store
from tests.ui.conftest import Visit
from ui.bringing import example

IRENA = "irena.maj@lumen.example"
NOOR = "noor.haddad@lumen.example"
HEAD = "Objective,Key result,Owner,Team,Baseline,Target,Current\n"


def said(app: AppTest) -> str:
    return " ".join(each.proto.body for each in app.get("html"))


def opened(visit: Visit, home: Path, email: str = IRENA, lang: str = "en") -> AppTest:
    app = visit(home, as_=email, lang=lang).switch_page("places/import_.py").run()
    assert not app.exception
    return app


def dropped(app: AppTest, text: str, name: str = "okrs.csv") -> AppTest:
    app = app.file_uploader[0].set_value((name, text.encode(), "text/csv")).run()
    assert not app.exception
    return app


def objectives(home: Path) -> list[str]:
    store = open_store(home)
    try:
        return [hit.title for hit in store.search(store.actor(IRENA), "glow lamps", datetime.now(UTC))]
    finally:
        store.close()


SHEET = HEAD + f"Glow lamps everywhere,Lamps sold,{IRENA},Sales,10,90,20\n"


def test_nothing_is_stored_before_somebody_confirms(sample_home: Path, visit: Visit) -> None:
    app = dropped(opened(visit, sample_home), SHEET)
    text = said(app)
    assert "3 records added" in text
    assert "Glow lamps everywhere" in text
    assert objectives(sample_home) == []
    app = app.button(key="okr_import_confirm").click().run()
    assert "Brought in: 3 added, 0 changed." in said(app)
    assert "Glow lamps everywhere" in objectives(sample_home)
    again = dropped(app, SHEET)
    assert "There is nothing to bring in" in said(again)
    assert not [button for button in again.button if button.key == "okr_import_confirm"]


def test_what_a_file_changes_is_named_field_by_field(sample_home: Path, visit: Visit) -> None:
    app = dropped(opened(visit, sample_home), SHEET)
    app = app.button(key="okr_import_confirm").click().run()
    app = dropped(app, SHEET.replace(",90,", ",95,"))
    assert "1 changed" in said(app)
    assert "changed: target" in said(app)


def test_every_problem_is_said_with_its_place_in_both_languages(sample_home: Path, visit: Visit) -> None:
    bad = HEAD + "Glow,Lamps sold,nobody@lumen.example,Salse,ten,90,20\n"
    english = said(dropped(opened(visit, sample_home), bad))
    assert "row 2, owner" in english or "line 2, owner" in english
    assert "ten" in english
    assert "so nothing was stored" in english
    polish = said(dropped(opened(visit, sample_home, lang="pl"), bad))
    assert "właściciel" in polish
    assert "nie ma zespołu" in polish
    assert "nobody here" not in polish


def test_an_unknown_column_is_left_out_only_when_asked(sample_home: Path, visit: Visit) -> None:
    odd = SHEET.replace("Current", "Current,Moonphase").replace(",20\n", ",20,full\n")
    app = dropped(opened(visit, sample_home), odd)
    assert "Moonphase" in said(app)
    assert not [button for button in app.button if button.key == "okr_import_confirm"]
    app = app.checkbox(key="okr_import_ignore").check().run()
    assert "3 records added" in said(app)


def test_what_is_no_company_file_is_refused_in_words(sample_home: Path, visit: Visit) -> None:
    for name, text in (
        ("company.json", "{"),
        ("company.json", ""),
        ("../../x.csv", "\0\1"),
        ("a.xlsx", "PK\x03\x04no"),
    ):
        app = dropped(opened(visit, sample_home), text, name)
        assert "so nothing was stored" in said(app), name


def test_the_example_can_be_brought_in_as_it_is(sample_home: Path, visit: Visit) -> None:
    row = example(["Glow lamps everywhere", "Lamps sold"], IRENA, "Sales").decode("utf-8-sig")
    assert "3 records added" in said(dropped(opened(visit, sample_home), row))


def test_whoever_is_no_admin_finds_no_place_for_files(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, NOOR)
    assert not app.file_uploader
    assert "Importing is for admins" in said(app)
    assert "Import" not in ways(app)
    assert {"Import", "Settings"} <= ways(opened(visit, sample_home))


def ways(app: AppTest) -> set[str]:
    return {link.proto.label for link in app.get("page_link")}
