"""Making and changing records in forms: what is shown, what is saved, what is refused and why, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from streamlit.testing.v1 import AppTest

from okr.store import Store, open_store
from tests.ui.conftest import Visit, said

ANA = "ana.nowak@lumen.example"  # leads Sales
IRENA = "irena.maj@lumen.example"  # an admin
LIAM = "liam.byrne@lumen.example"  # owns KR-REPLY-RATE, leads nothing
PRIYA = "priya.raman@lumen.example"  # owns O-LAUNCH
KR = "KR-WIN-RATE"
T = TypeVar("T")


def opened(visit: Visit, home: Path, **query: str) -> AppTest:
    app = visit(home, **query).switch_page("places/edit.py")
    for name, value in query.items():
        app.query_params["as" if name == "as_" else name] = value
    app = app.run()
    assert not app.exception
    return app


def keys(app: AppTest) -> set[str]:
    return {str(each.key) for each in [*app.text_input, *app.selectbox, *app.radio, *app.date_input, *app.multiselect]}


def asking(home: Path, ask: Callable[[Store], T]) -> T:
    store = open_store(home)
    try:
        return ask(store)
    finally:
        store.close()


def fields(home: Path, kind: str, key: str, email: str = IRENA) -> dict[str, object]:
    return asking(home, lambda store: store.record_fields(store.actor(email), kind, key).fields)


def toasts(app: AppTest) -> str:
    return " ".join(toast.value for toast in app.toast)


def ident(app: AppTest) -> str:
    """The id of the record in the address."""
    found = app.query_params["id"]
    return found if isinstance(found, str) else str(found[0])


def save(app: AppTest) -> AppTest:
    return app.button(key="okr_save").click().run()


def test_a_new_target_is_shown_old_and_new_with_what_it_does_to_progress(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", kind="key_result", id=KR)
    assert not [button for button in app.button if button.key == "okr_save"]
    app.text_input(key="okr_edit_target").set_value("30 %").run()
    text = said(app)
    assert "25%" in text
    assert "30%" in text
    assert "Progress today" in text
    assert fields(sample_home, "key_result", KR)["target"] == 25.0
    app = save(app)
    assert "saved" in toasts(app)
    assert fields(sample_home, "key_result", KR)["target"] == 30.0
    assert not [button for button in app.button if button.key == "okr_save"]


def test_what_was_typed_and_saved_at_once_is_shown_first(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", kind="key_result", id=KR)
    app.text_input(key="okr_edit_title").set_value("Win rate of deals").run()
    app.text_input(key="okr_edit_target").set_value("31")
    app = save(app)
    assert "Press once more" in said(app)
    assert fields(sample_home, "key_result", KR)["target"] == 25.0
    save(app)
    assert fields(sample_home, "key_result", KR)["target"] == 31.0


@pytest.mark.parametrize(
    ("lang", "target", "words"),
    [
        ("en", "thirty", "is not a number"),
        ("pl", "30 dni", "mierzy się w jednostce"),
        ("en", "9" * 25, "is not a number"),
    ],
)
def test_a_figure_that_is_none_is_refused_in_words_and_stays_in_the_form(
    sample_home: Path, visit: Visit, lang: str, target: str, words: str
) -> None:
    app = opened(visit, sample_home, as_=ANA, lang=lang, kind="key_result", id=KR)
    app.text_input(key="okr_edit_target").set_value(target).run()
    assert words in said(app)
    assert app.text_input(key="okr_edit_target").value == target
    assert not [button for button in app.button if button.key == "okr_save"]


def test_only_what_matters_for_the_kind_is_asked(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", kind="key_result", under="O-DEALS")
    assert {"okr_edit_baseline", "okr_edit_target", "okr_edit_unit", "okr_edit_kpi"} <= keys(app)
    assert "okr_edit_limit" not in keys(app)
    app.text_input(key="okr_edit_baseline").set_value("3")
    app.radio(key="okr_edit_kind").set_value("boundary").run()
    assert "okr_edit_limit" in keys(app)
    assert "okr_edit_baseline" not in keys(app)
    app.radio(key="okr_edit_kind").set_value("binary").run()
    assert not {"okr_edit_limit", "okr_edit_baseline", "okr_edit_target"} & keys(app)
    app.radio(key="okr_edit_kind").set_value("measure").run()
    assert app.text_input(key="okr_edit_baseline").value == "3"


def test_a_key_result_with_milestones_is_made_and_its_steps_ticked(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", kind="key_result", under="O-DEALS")
    app.text_input(key="okr_edit_title").set_value("Steps to the new price list")
    app.radio(key="okr_edit_kind").set_value("milestones").run()
    for place, title in enumerate(("Draft agreed", "Sales trained"), 1):
        app.button(key="okr_step_add").click().run()
        app.text_input(key=f"okr_edit_m_title_{place}").set_value(title)
    app.text_input(key="okr_edit_m_weight_2").set_value("3")
    app = save(app)
    assert "created" in toasts(app)
    key = ident(app)
    steps = fields(sample_home, "key_result", key)["milestones"]
    assert steps == [
        {"title": "Draft agreed", "weight": 1.0, "done_on": None},
        {"title": "Sales trained", "weight": 3.0, "done_on": None},
    ]
    app.checkbox(key="okr_edit_m_done_1").check().run()
    assert "done: Draft agreed" in said(app)
    assert "25%" in said(app)
    save(app)
    done = fields(sample_home, "key_result", key)["milestones"]
    assert isinstance(done, list)
    assert done[0]["done_on"] is not None


def test_an_objective_from_a_template_comes_with_its_key_results_or_not_at_all(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="pl", kind="objective", team="sales")
    template = app.selectbox(key="okr_template")
    # What suits the team stands first.
    assert "sprzedaż" in template.options[1]
    app = template.select_index(1).run()
    assert app.text_input(key="okr_edit_title").value
    assert app.text_input(key="okr_edit_r_title_3").value
    app.text_input(key="okr_edit_r_target_1").set_value("dużo")
    app = save(app)
    assert "Kluczowy wynik 1" in said(app)
    assert "to nie liczba" in said(app)
    before = asking(sample_home, lambda store: len(store.choices(store.actor(IRENA), "objective")))
    app.text_input(key="okr_edit_r_target_1").set_value("27")
    app.text_input(key="okr_edit_title").set_value("Wygrywać to, co warto")
    app.button(key="okr_row_drop_3").click().run()
    assert app.text_input(key="okr_edit_title").value == "Wygrywać to, co warto"
    app = save(app)
    assert "2 kluczowe wyniki" in toasts(app)
    key = ident(app)
    made = asking(sample_home, lambda store: store.key_results_of(store.actor(IRENA), key))
    assert len(made) == 2
    assert fields(sample_home, "key_result", made[0][0])["target"] == 27.0
    assert asking(sample_home, lambda store: len(store.choices(store.actor(IRENA), "objective"))) == before + 1


def test_the_coach_says_beside_the_editor_what_could_be_better_and_blocks_nothing(
    sample_home: Path, visit: Visit
) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", kind="objective", team="sales")
    app.text_input(key="okr_edit_title").set_value("Raise revenue by 20%").run()
    assert "a figure in an objective" in said(app)
    assert "not aligned" in said(app)
    app.selectbox(key="okr_edit_parent").set_value("O-EXPANSION").run()
    assert "not aligned" not in said(app)
    app = save(app)
    assert "created" in toasts(app)
    below = opened(visit, sample_home, as_=ANA, lang="pl", kind="key_result", under="O-DEALS")
    below.text_input(key="okr_edit_title").set_value("Wdrożyć nowy CRM").run()
    assert "działanie zamiast efektu" in said(below)
    assert "brak wartości docelowej" in said(below)


def test_what_was_typed_survives_a_reload_and_can_be_let_go(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", kind="key_result", id=KR)
    app.text_input(key="okr_edit_title").set_value("Half a tho").run()
    again = opened(visit, sample_home, as_=ANA, lang="en", kind="key_result", id=KR)
    assert again.text_input(key="okr_edit_title").value == "Half a tho"
    assert "is back" in said(again)
    again.button(key="okr_afresh").click().run()
    assert again.text_input(key="okr_edit_title").value != "Half a tho"
    third = opened(visit, sample_home, as_=ANA, lang="en", kind="key_result", id=KR)
    assert "is back" not in said(third)


def test_two_people_at_once_the_second_sees_what_changed_and_chooses(sample_home: Path, visit: Visit) -> None:
    query = {"lang": "en", "kind": "key_result", "id": KR}
    second = opened(visit, sample_home, as_=ANA, **query)
    second.text_input(key="okr_edit_title").set_value("Win rate, ours").run()
    second.text_input(key="okr_edit_weight").set_value("3").run()
    first = opened(visit, sample_home, as_=IRENA, **query)
    first.text_input(key="okr_edit_title").set_value("Win rate, theirs")
    first.text_input(key="okr_edit_target").set_value("28").run()
    save(first)
    second = save(second)
    text = said(second)
    assert "Irena Maj" in text
    assert "28" in text
    assert fields(sample_home, "key_result", KR)["title"] == "Win rate, theirs"
    second.button(key="okr_clash_go_on").click().run()
    assert "Choose for each field" in said(second)
    second.radio(key="okr_clash_title").set_value("mine").run()
    second.button(key="okr_clash_go_on").click().run()
    assert second.text_input(key="okr_edit_title").value == "Win rate, ours"
    assert second.text_input(key="okr_edit_target").value == "28"
    assert second.text_input(key="okr_edit_weight").value == "3"
    save(second)
    now = fields(sample_home, "key_result", KR)
    assert (now["title"], now["target"], now["weight"]) == ("Win rate, ours", 28.0, 3.0)


def test_theirs_is_taken_where_it_is_chosen(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="pl", kind="objective", id="O-DEALS")
    app.text_input(key="okr_edit_title").set_value("Moje").run()
    asking(
        sample_home,
        lambda store: store.change(store.actor(IRENA), "objective", "O-DEALS", {"title": "Jej"}, datetime.now(UTC)),
    )
    app = save(app)
    app.radio(key="okr_clash_title").set_value("theirs").run()
    app.button(key="okr_clash_go_on").click().run()
    assert app.text_input(key="okr_edit_title").value == "Jej"
    assert "Nic się jeszcze nie zmieniło" in said(app)


def test_another_teams_record_is_not_changed_and_a_missing_one_looks_like_a_hidden_one(
    sample_home: Path, visit: Visit
) -> None:
    app = opened(visit, sample_home, as_=LIAM, lang="en", kind="key_result", id=KR)
    assert "its owner, the lead of its team or an admin" in said(app)
    assert not app.text_input
    hidden = opened(visit, sample_home, as_=LIAM, lang="en", kind="objective", id="O-FUNDING")
    missing = opened(visit, sample_home, as_=LIAM, lang="en", kind="objective", id="O-NOPE")
    assert said(hidden).split("okr-heading")[1] == said(missing).split("okr-heading")[1]
    none = opened(visit, sample_home, as_=LIAM, lang="pl", kind="objective")
    assert "Cele ustalają liderzy" in said(none)
    admins = opened(visit, sample_home, as_=LIAM, lang="en", kind="team")
    assert "Only admins" in said(admins)


def test_a_task_is_made_with_what_it_waits_for_and_a_circle_is_refused(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=IRENA, lang="en", kind="task", under=KR)
    app.text_input(key="okr_edit_title").set_value("Call the ten largest")
    app.multiselect(key="okr_edit_depends_on").set_value(["T-8"])
    app = save(app)
    key = ident(app)
    made = fields(sample_home, "task", key)
    assert (made["key_results"], made["depends_on"], made["assignee"]) == ([KR], ["T-8"], IRENA)
    other = opened(visit, sample_home, as_=IRENA, lang="pl", kind="task", id="T-8")
    other.multiselect(key="okr_edit_depends_on").set_value([key]).run()
    assert "nie może zależeć od" in said(other)
    assert not [button for button in other.button if button.key == "okr_save"]


def test_what_something_hangs_on_is_not_removed_and_a_mistake_is(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", kind="objective", id="O-DEALS")
    app.button(key="okr_remove").click().run()
    app.button(key="okr_remove_sure").click().run()
    assert "cannot be removed" in said(app)
    assert "KR-WIN-RATE" in said(app)
    new = opened(visit, sample_home, as_=ANA, lang="en", kind="key_result", under="O-DEALS")
    new.text_input(key="okr_edit_title").set_value("By mistake")
    new = save(new)
    key = ident(new)
    new.button(key="okr_remove").click().run()
    new = new.button(key="okr_remove_sure").click().run()
    assert "removed" in toasts(new)
    assert ident(new) == "O-DEALS"
    gone = opened(visit, sample_home, as_=ANA, lang="en", kind="key_result", id=key)
    assert "not here" in said(gone)


@pytest.mark.parametrize(
    ("kind", "typed", "name"),
    [
        ("kpi", {"name": "Trial sign-ups", "unit": "sign-ups"}, "Trial sign-ups"),
        ("team", {"key": "sales-north", "name": "Sales North"}, "Sales North"),
        ("person", {"email": "Nowa.Osoba@lumen.example", "name": "Nowa Osoba"}, "Nowa Osoba"),
        ("lesson", {}, "Ask early"),
        ("cycle", {"key": "2027-Q2", "name": "Q2 2027"}, "Q2 2027"),
    ],
)
def test_an_admin_makes_every_other_kind_of_record(
    sample_home: Path, visit: Visit, kind: str, typed: dict[str, str], name: str
) -> None:
    app = opened(visit, sample_home, as_=IRENA, lang="en", kind=kind)
    app = save(app)
    assert "okr-failed" in said(app)
    for field, value in typed.items():
        app.text_input(key=f"okr_edit_{field}").set_value(value)
    if kind == "lesson":
        app.text_area(key="okr_edit_text").set_value("Ask early")
    if kind == "cycle":
        app.date_input(key="okr_edit_start").set_value(datetime(2027, 4, 1, tzinfo=UTC).date())
        app.date_input(key="okr_edit_end").set_value(datetime(2027, 3, 1, tzinfo=UTC).date())
        app = save(app)
        assert "before it starts" in said(app)
        app.date_input(key="okr_edit_end").set_value(datetime(2027, 6, 30, tzinfo=UTC).date())
    app = save(app)
    assert "created" in toasts(app), said(app)[-600:]
    key = ident(app)
    made = fields(sample_home, kind, key)
    assert name in (made.get("name"), made.get("title"), made.get("text"))


def test_people_set_their_own_zone_and_language_and_nothing_else(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=LIAM, lang="en", kind="person", id=LIAM)
    assert keys(app) & {"okr_edit_timezone", "okr_edit_language", "okr_edit_role", "okr_edit_name"} == {
        "okr_edit_timezone", "okr_edit_language",
    }  # fmt: skip
    app.selectbox(key="okr_edit_language").set_value("pl").run()
    save(app)
    assert fields(sample_home, "person", LIAM)["language"] == "pl"


def test_an_address_that_names_nothing_offers_what_can_be_made(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=LIAM, lang="en", kind="nonsense")
    assert not [button for button in app.button if button.key == "okr_new_person"]
    app.button(key="okr_new_task").click().run()
    assert app.text_input(key="okr_edit_title").value == ""


def test_an_address_that_is_none_and_one_that_is_taken_are_said_in_words(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=IRENA, lang="pl", kind="person")
    app.text_input(key="okr_edit_name").set_value("Nowa Osoba")
    app.text_input(key="okr_edit_email").set_value("nowa osoba")
    assert "to nie adres e-mail" in said(save(app))
    app.text_input(key="okr_edit_email").set_value(ANA)
    assert "Już istnieje" in said(save(app))
    assert app.text_input(key="okr_edit_name").value == "Nowa Osoba"


def test_the_tree_and_a_records_page_lead_into_forms_for_whoever_may(sample_home: Path, visit: Visit) -> None:
    def links(email: str, place: str, **query: str) -> set[str]:
        app = visit(sample_home, as_=email, lang="en").switch_page(f"places/{place}.py")
        for name, value in {"as": email, "lang": "en", **query}.items():
            app.query_params[name] = value
        app = app.run()
        assert not app.exception
        return {link.proto.label for link in app.get("page_link")}

    assert "New objective" in links(ANA, "tree")
    assert "New objective" in links(ANA, "tree", team="sales")
    assert "New objective" not in links(ANA, "tree", team="marketing")
    assert "New objective" not in links(LIAM, "tree")
    assert {"Edit", "New key result"} <= links(ANA, "record", id="O-DEALS")
    assert not {"Edit", "New key result"} & links(LIAM, "record", id="O-DEALS")
    assert "New task" in links(LIAM, "record", id="KR-REPLY-RATE")
