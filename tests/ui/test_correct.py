"""A check-in put right from its form: by whoever may, in words where it cannot be, and with what stood there before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from okr.store import open_store
from tests.ui.conftest import Visit, said

ANA = "ana.nowak@lumen.example"
IRENA = "irena.maj@lumen.example"
KACPER = "kacper.dudek@lumen.example"
KR = "KR-WIN-RATE"


def recorded(home: Path, value: float) -> str:
    """A check-in of Ana's; its id."""
    store = open_store(home)
    try:
        return store.check_in(store.actor(ANA), KR, {"value": value, "note": "First."}, datetime.now(UTC)).key
    finally:
        store.close()


def opened(visit: Visit, home: Path, key: str, email: str = ANA, lang: str = "en", place: str = "edit") -> AppTest:
    app = visit(home, as_=email, lang=lang).switch_page(f"places/{place}.py")
    for name, value in {"as": email, "lang": lang, "kind": "check_in", "id": key}.items():
        app.query_params[name] = value
    app = app.run()
    assert not app.exception
    return app


def there(home: Path, key: str) -> dict[str, object]:
    store = open_store(home)
    try:
        return store.check_in_fields(store.actor(IRENA), key).fields
    finally:
        store.close()


def test_a_wrong_value_is_put_right_and_the_old_one_stays_in_sight(sample_home: Path, visit: Visit) -> None:
    key = recorded(sample_home, 21)
    app = opened(visit, sample_home, key)
    app.text_input(key="okr_fix_value").set_value("22 %").run()
    assert 'class="okr-was"' in said(app)
    assert there(sample_home, key)["value"] == 21.0
    app.button(key="okr_fix_do").click().run()
    assert any("corrected" in toast.value for toast in app.toast)
    assert there(sample_home, key)["value"] == 22.0
    assert "Corrected before" in said(app)
    page = opened(visit, sample_home, key, place="record")
    assert "orrected" in said(page)
    assert '<s class="okr-was">21%</s>' in said(page)


def test_a_correction_that_was_begun_survives_a_reload(sample_home: Path, visit: Visit) -> None:
    key = recorded(sample_home, 21)
    app = opened(visit, sample_home, key, lang="pl")
    app.text_area(key="okr_fix_note").set_value("Poprawka w toku").run()
    again = opened(visit, sample_home, key, lang="pl")
    assert again.text_area(key="okr_fix_note").value == "Poprawka w toku"
    again.button(key="okr_fix_leave").click().run()
    assert again.text_area(key="okr_fix_note").value == "First."


@pytest.mark.parametrize(
    ("value", "days", "words"),
    [("22 dni", 0, "mierzy się w jednostce"), ("dużo", 0, "to nie liczba"), ("22", 3, "dopiero nadejdzie"),
     ("22", -200, "sprzed początku cyklu")],
)  # fmt: skip
def test_what_cannot_be_is_said_in_words_and_stays_typed(
    sample_home: Path, visit: Visit, value: str, days: int, words: str
) -> None:
    key = recorded(sample_home, 21)
    app = opened(visit, sample_home, key, lang="pl")
    app.text_input(key="okr_fix_value").set_value(value)
    if days:
        app.date_input(key="okr_fix_on").set_value(datetime.now(UTC).date() + timedelta(days=days))
    app.run()
    app.button(key="okr_fix_do").click().run()
    assert words in said(app)
    assert app.text_input(key="okr_fix_value").value == value
    assert there(sample_home, key)["value"] == 21.0


def test_a_slip_is_asked_about_and_may_be_meant(sample_home: Path, visit: Visit) -> None:
    key = recorded(sample_home, 21)
    app = opened(visit, sample_home, key)
    app.text_input(key="okr_fix_value").set_value("220").run()
    app.button(key="okr_fix_do").click().run()
    assert there(sample_home, key)["value"] == 21.0
    app.button(key="okr_fix_do").click().run()
    assert there(sample_home, key)["value"] == 220.0


def test_somebody_elses_correction_is_told_before_this_one_is_saved(sample_home: Path, visit: Visit) -> None:
    key = recorded(sample_home, 21)
    app = opened(visit, sample_home, key)
    app.text_input(key="okr_fix_value").set_value("23").run()
    store = open_store(sample_home)
    store.correct_check_in(store.actor(IRENA), key, {"value": 19}, datetime.now(UTC))
    store.close()
    app.button(key="okr_fix_do").click().run()
    assert "Irena Maj" in said(app)
    assert there(sample_home, key)["value"] == 19.0
    app.button(key="okr_fix_do").click().run()
    assert there(sample_home, key)["value"] == 23.0


def test_a_check_in_on_the_wrong_key_result_is_taken_back(sample_home: Path, visit: Visit) -> None:
    key = recorded(sample_home, 21)
    app = opened(visit, sample_home, key)
    app.button(key="okr_withdraw").click().run()
    app.button(key="okr_withdraw_sure").click().run()
    assert any("taken back" in toast.value for toast in app.toast)
    assert "not here" in said(opened(visit, sample_home, key))


def test_my_week_lists_the_persons_own_check_ins_to_put_right(sample_home: Path, visit: Visit) -> None:
    key = recorded(sample_home, 21)
    app = visit(sample_home, as_=ANA, lang="pl").switch_page("places/my_week.py").run()
    assert not app.exception
    assert "Twoje ostatnie wpisy" in said(app)
    assert f'data-open="{key}"' in said(app)
    assert "Popraw" in [link.proto.label for link in app.get("page_link")]


def test_others_may_read_it_and_not_correct_it(sample_home: Path, visit: Visit) -> None:
    key = recorded(sample_home, 21)
    app = opened(visit, sample_home, key, email=KACPER)
    assert not [one for one in app.text_input if one.key == "okr_fix_value"]
    assert "its owner, the lead of its team or an admin" in said(app)
    hidden = opened(visit, sample_home, "CI-NOPE", email=KACPER)
    assert "not here" in said(hidden)
