"""The Updates page: the draft, its evidence, rewriting, sending, and the archive."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from okr.store import open_store
from okr.store.updates import KeptUpdate
from tests.ui.conftest import Visit, said

ANA = "ana.nowak@lumen.example"  # leads Sales
KACPER = "kacper.dudek@lumen.example"
LENA = "lena.fischer@lumen.example"


def opened(visit: Visit, home: Path, **query: str) -> AppTest:
    return visit(home, **query).switch_page("places/updates.py").run()


def kept(home: Path, email: str = ANA) -> list[KeptUpdate]:
    store = open_store(home)
    try:
        return store.updates(store.actor(email))
    finally:
        store.close()


def test_the_draft_stands_there_with_the_records_it_rests_on(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en")
    assert not app.exception
    text = said(app)
    assert "In short" in text
    assert 'data-open="KR-WIN-RATE"' in text
    assert "Nothing was kept or sent yet" in text
    assert kept(sample_home) == []


def test_scope_audience_and_language_are_chosen(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", scope="team:sales")
    assert "Sales: OKR update" in said(app)
    app.selectbox(key="okr_update_audience").set_value("all-hands").run()
    language = next(control for control in app.segmented_control if control.key == "okr_update_language")
    language.set_value("pl").run()
    text = said(app).replace("&#8288;", "")
    assert "stan OKR-ów" in text
    assert "Dla wszystkich" in text


def test_a_rewritten_sentence_loses_its_lock_and_a_section_can_be_put_back(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en")
    app.button(key="okr_edit_headline").click().run()
    first = app.text_area(key="okr_text_headline_0").value
    app.text_area(key="okr_text_headline_0").set_value("We are <b>behind</b>, and we know why.")
    app.button(key="okr_save_headline").click().run()
    text = said(app)
    assert "We are &lt;b&gt;behind&lt;/b&gt;, and we know why." in text
    assert "edited by hand" in text
    (one,) = kept(sample_home)
    assert (one.version, one.state) == (2, "draft")
    app.button(key="okr_edit_headline").click().run()
    app.button(key="okr_again_headline").click().run()
    text = said(app)
    assert "edited by hand" not in text
    assert str(first).split(":")[0] in text.replace("&nbsp;", " ")


def test_sending_reaches_the_people_and_is_kept(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en")
    app.radio(key="okr_update_whom").set_value("team").run()
    app.button(key="okr_update_send").click().run()
    assert any("Delivered to" in toast.value for toast in app.toast)
    (one,) = kept(sample_home)
    assert one.state == "sent"
    store = open_store(sample_home)
    try:
        got = [message.title for message in store.inbox(store.actor("marcus.bell@lumen.example"))]
    finally:
        store.close()
    assert got == [one.title]
    again = opened(visit, sample_home, as_=ANA, lang="en", u=one.key)
    text = said(again)
    assert "delivered" in text
    assert not [button for button in again.button if str(button.key).startswith("okr_edit_")]


def test_an_employee_sends_only_to_themselves(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=KACPER, lang="en")
    app.radio(key="okr_update_whom").set_value("everyone").run()
    app.button(key="okr_update_send").click().run()
    assert any("You may not send an update to other people" in toast.value for toast in app.toast)
    assert [one.state for one in kept(sample_home, KACPER)] == ["draft"]
    app.radio(key="okr_update_whom").set_value("me").run()
    app.button(key="okr_update_send").click().run()
    assert [one.state for one in kept(sample_home, KACPER)] == ["sent"]


def test_somebody_elses_update_does_not_exist(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en")
    app.button(key="okr_update_keep").click().run()
    (one,) = kept(sample_home)
    other = opened(visit, sample_home, as_=KACPER, lang="en", u=one.key)
    assert "This update is not here" in said(other)
    missing = opened(visit, sample_home, as_=KACPER, lang="en", u="UPD-99")
    assert "This update is not here" in said(missing)


def test_sending_each_week_goes_to_the_proof_of_a_rule(sample_home: Path, visit: Visit) -> None:
    for language in ("en", "pl"):
        app = opened(visit, sample_home, as_=ANA, lang=language)
        app.button(key="okr_update_repeat").click().run()
        assert not app.exception
        store = open_store(sample_home)
        try:
            rules = store.automations(store.actor(ANA))
        finally:
            store.close()
        assert rules[-1].state == "proposed"
        assert [action.kind for action in rules[-1].rule.actions] == ["send_update"]
