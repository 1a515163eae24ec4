"""My week: what is due, and checking in from the form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from streamlit.testing.v1 import AppTest

from okr.store import open_store
from okr.store.opening import Opened
from tests.ui.conftest import Visit, said

ANA = "ana.nowak@lumen.example"
KACPER = "kacper.dudek@lumen.example"


def opened(visit: Visit, home: Path, **query: str) -> AppTest:
    return visit(home, **query).switch_page("places/my_week.py").run()


def record(home: Path, key: str, email: str = ANA) -> Opened:
    store = open_store(home)
    try:
        found = store.open_record(store.actor(email), key)
        assert found is not None
        return found
    finally:
        store.close()


def fill(app: AppTest, key: str, value: str, note: str = "Went well.") -> AppTest:
    app.text_input(key=f"okr_value_{key}").set_value(value)
    confidence = next(each for each in app.segmented_control if each.key == f"okr_confidence_{key}")
    confidence.set_value(4)
    app.text_area(key=f"okr_note_{key}").set_value(note)
    return app.button(key=f"okr_look_{key}").click().run()


def test_a_check_in_is_typed_looked_over_and_saved(sample_home: Path, visit: Visit) -> None:
    before = record(sample_home, "KR-WIN-RATE")
    app = opened(visit, sample_home, as_=ANA, lang="en", kr="KR-WIN-RATE")
    assert not app.exception
    app = fill(app, "KR-WIN-RATE", "19 %", "<b>Better</b> than it looks")
    text = said(app)
    assert "19%" in text
    assert 'class="okr-was"' in text
    assert "&lt;b&gt;Better&lt;/b&gt;" in text
    assert len(record(sample_home, "KR-WIN-RATE").values) == len(before.values)
    app.button(key="okr_save_KR-WIN-RATE").click().run()
    assert any("Saved as" in toast.value for toast in app.toast)
    after = record(sample_home, "KR-WIN-RATE")
    assert len(after.values) == len(before.values) + 1
    assert after.values[-1].value == 19


def test_what_was_typed_is_kept_as_a_draft(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", kr="KR-WIN-RATE")
    app.text_area(key="okr_blockers_KR-WIN-RATE").set_value("Legal is slow.")
    app.button(key="okr_later_KR-WIN-RATE").click().run()
    again = opened(visit, sample_home, as_=ANA, lang="en", kr="KR-WIN-RATE")
    assert again.text_area(key="okr_blockers_KR-WIN-RATE").value == "Legal is slow."


def test_a_value_that_looks_like_a_slip_is_asked_about(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", kr="KR-WIN-RATE")
    app = fill(app, "KR-WIN-RATE", "1900")
    assert not [button for button in app.button if str(button.key).startswith("okr_save_")]
    app.button(key="okr_back_KR-WIN-RATE").click().run()
    assert app.text_input(key="okr_value_KR-WIN-RATE").value == "1900"
    app = fill(app, "KR-WIN-RATE", "many")
    assert not app.exception
    assert not [button for button in app.button if str(button.key).startswith("okr_save_")]


def test_a_newer_check_in_of_somebody_else_is_told_before_anything_is_saved(sample_home: Path, visit: Visit) -> None:
    app = fill(opened(visit, sample_home, as_=ANA, lang="en", kr="KR-WIN-RATE"), "KR-WIN-RATE", "19")
    store = open_store(sample_home)
    try:
        lena = store.actor("irena.maj@lumen.example")
        store.check_in(lena, "KR-WIN-RATE", {"value": 17}, datetime.now(UTC))
    finally:
        store.close()
    app.button(key="okr_save_KR-WIN-RATE").click().run()
    assert "Irena Maj" in said(app)
    assert record(sample_home, "KR-WIN-RATE").values[-1].value == 17


def test_another_teams_key_result_is_not_checked_in_on(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=KACPER, lang="en", kr="KR-WIN-RATE")
    assert "its owner, the lead of its team or an admin" in said(app)
    missing = opened(visit, sample_home, as_=KACPER, lang="pl", kr="KR-NOPE")
    assert "nie ma albo nie możesz" in said(missing)


def test_due_check_ins_and_tasks_are_listed_and_a_task_is_moved_on(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=KACPER, lang="en")
    assert [button for button in app.button if str(button.key).startswith("okr_begin_KR-REQUIREMENTS")]
    app.button(key="okr_begin_KR-REQUIREMENTS").click().run()
    assert app.text_input(key="okr_value_KR-REQUIREMENTS")
    sofia = opened(visit, sample_home, as_="sofia.almeida@lumen.example", lang="en")
    app = sofia.selectbox(key="okr_task_status_T-24").set_value("done").run()
    assert any("is saved" in toast.value for toast in app.toast)
    assert record(sample_home, "T-24").facts["status"] == "done"


PRIYA = "priya.raman@lumen.example"  # owns the steps to the launch
STEPS = "KR-LAUNCH-STEPS"


def test_a_late_check_in_is_recorded_for_its_day_and_none_for_a_day_that_cannot_be(
    sample_home: Path, visit: Visit
) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="pl", kr="KR-WIN-RATE")
    today = datetime.now(UTC).date()
    for days, words in ((5, "dopiero nadejdzie"), (-300, "sprzed początku cyklu")):
        app.date_input(key="okr_on_KR-WIN-RATE").set_value(today + timedelta(days=days))
        app = fill(app, "KR-WIN-RATE", "19")
        assert words in said(app)
        app.button(key="okr_back_KR-WIN-RATE").click().run()
        assert app.text_input(key="okr_value_KR-WIN-RATE").value == "19"
    app.date_input(key="okr_on_KR-WIN-RATE").set_value(today - timedelta(days=2))
    app = fill(app, "KR-WIN-RATE", "19")
    assert "Z którego dnia" in said(app)
    app.button(key="okr_save_KR-WIN-RATE").click().run()
    late = [value.at for value in record(sample_home, "KR-WIN-RATE").values if value.value == 19]
    assert today - timedelta(days=2) in {at.astimezone(ZoneInfo("Europe/Warsaw")).date() for at in late}


def test_milestones_are_ticked_on_the_form_with_what_there_is_to_say(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=PRIYA, lang="en", kr=STEPS)
    box = next(one for one in app.checkbox if one.label == "Public launch")
    assert not box.value
    box.check()
    app.text_area(key=f"okr_note_{STEPS}").set_value("It is out.")
    app.button(key=f"okr_look_{STEPS}").click().run()
    assert "done: Public launch" in said(app)
    store = open_store(sample_home)
    before = store.record_fields(store.actor(PRIYA), "key_result", STEPS).fields["milestones"]
    assert before[-1]["done_on"] is None
    app.button(key=f"okr_save_{STEPS}").click().run()
    after = store.record_fields(store.actor(PRIYA), "key_result", STEPS).fields["milestones"]
    wrote = store.check_in_fields(store.actor(PRIYA), store.latest_check_in(store.actor(PRIYA), STEPS)).fields
    store.close()
    assert after[-1]["done_on"] is not None
    assert [step["done_on"] for step in after[:-1]] == [step["done_on"] for step in before[:-1]]
    assert wrote["note"] == "It is out."


def test_ticked_milestones_are_kept_in_the_draft(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=PRIYA, lang="pl", kr=STEPS)
    next(one for one in app.checkbox if one.label == "Public launch").check()
    app.button(key=f"okr_later_{STEPS}").click().run()
    again = opened(visit, sample_home, as_=PRIYA, lang="pl", kr=STEPS)
    assert next(one for one in again.checkbox if one.label == "Public launch").value


def test_after_saving_the_next_due_one_is_open(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=KACPER, lang="en")
    begun = [str(button.key) for button in app.button if str(button.key).startswith("okr_begin_")]
    keys = [key.removeprefix("okr_begin_") for key in begun]
    assert len(keys) > 1
    app.button(key=begun[0]).click().run()
    app.text_area(key=f"okr_note_{keys[0]}").set_value("Steady.")
    app.button(key=f"okr_look_{keys[0]}").click().run()
    app.button(key=f"okr_save_{keys[0]}").click().run()
    assert any("Next" in toast.value for toast in app.toast)
    assert app.text_area(key=f"okr_note_{keys[1]}")
