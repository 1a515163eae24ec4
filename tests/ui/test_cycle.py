"""The page of a cycle: scored with reasons, decided on, learnt from, closed and looked back on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from streamlit.testing.v1 import AppTest

from assistant.conversation import Conversation
from assistant.settings import Settings
from okr.store import Store, open_store
from tests.ui.conftest import Visit

ADMIN = "irena.maj@lumen.example"
ANA = "ana.nowak@lumen.example"
KACPER = "kacper.dudek@lumen.example"
AFTER = datetime(2027, 1, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _after() -> Iterator[None]:
    """The cycle of the sample company is over and waits to be closed."""
    with time_machine.travel(AFTER, tick=True):
        yield


@pytest.fixture
def store(sample_home: Path) -> Iterator[Store]:
    opened = open_store(sample_home)
    yield opened
    opened.close()


def said(app: AppTest) -> str:
    text = " ".join([*(each.proto.body for each in app.get("html")), *(each.value for each in app.markdown)])
    return text.replace("\u00a0", " ")


def opened(visit: Visit, home: Path, **query: str) -> AppTest:
    app = visit(home, **query).switch_page("places/cycle.py").run()
    assert not app.exception
    return app


def number(store: Store, key: str) -> int:
    """The number in the names of a key result's widgets."""
    found = store.closing(store.actor(ADMIN), "2026-Q4", AFTER)
    every = (one for each in found.objectives for one in each.key_results)
    return next(one.told.standing.id for one in every if one.told.standing.key == key)


def chosen(app: AppTest, key: str, value: object) -> None:
    next(each for each in app.segmented_control if each.key == key).set_value(value)


def press(app: AppTest, key: str) -> AppTest:
    app = app.button(key=key).click().run()
    assert not app.exception
    return app


def keys(app: AppTest) -> list[str]:
    return [str(each.key) for each in app.button]


def begin(visit: Visit, home: Path, store: Store, key: str, who: str = ANA) -> tuple[AppTest, int]:
    """The form of that key result, open."""
    app = opened(visit, home, as_=who, lang="en", key="2026-Q4", team="sales", kr=key)
    return app, number(store, key)


@pytest.mark.parametrize("language", ["en", "pl"])
def test_all_cycles_stand_there_by_where_they_are(sample_home: Path, visit: Visit, language: str) -> None:
    app = opened(visit, sample_home, as_=ANA, lang=language)
    text = said(app)
    assert ("Over, to be closed" if language == "en" else "Skończone, do zamknięcia") in text
    assert ("scored" if language == "en" else "ocenione") in text
    app = press(app, "okr_title_cycle_2")
    assert "<h1>Q3 2026</h1>" in said(app)
    assert "{" not in said(app).split("<style")[0]
    assert "okr_next_make" not in keys(app)


def test_each_key_result_shows_its_suggestion_with_the_reason(sample_home: Path, visit: Visit) -> None:
    text = said(opened(visit, sample_home, as_=ANA, lang="en", key="2026-Q4"))
    assert "suggested 0.0: " in text
    assert "of the way from 18% to 25%" in text or "further from the target of 25%" in text
    assert "no suggestion: no baseline" in text
    assert "suggested 0.4: 41.5% of the way from 95 min to 30 min" in text


def test_only_what_is_ones_own_to_score_has_the_button(sample_home: Path, visit: Visit, store: Store) -> None:
    app = opened(visit, sample_home, as_=KACPER, lang="en", key="2026-Q4", show="mine")
    found = store.closing(store.actor(KACPER), "2026-Q4", AFTER)
    every = [one for each in found.objectives for one in each.key_results]
    mine = {f"okr_score_begin_{one.told.standing.id}" for one in every if one.may_change}
    assert mine
    assert {key for key in keys(app) if key.startswith("okr_score_begin")} == mine
    assert "okr_close" not in keys(app)
    app = opened(visit, sample_home, as_=KACPER, lang="en", key="2026-Q4", kr="KR-WIN-RATE")
    assert not [key for key in keys(app) if key.startswith("okr_score_save")]


def test_what_one_may_not_see_is_not_there(sample_home: Path, visit: Visit, store: Store) -> None:
    hidden = [o.key for o in store.objectives(store.actor(ADMIN), [3], _everything()) if o.visibility == "team"]
    seen = {o.key for o in store.objectives(store.actor(KACPER), [3], _everything())}
    assert set(hidden) - seen
    for part in ("scores", "retrospective"):
        text = said(opened(visit, sample_home, as_=KACPER, lang="en", key="2026-Q4", part=part))
        assert not [key for key in hidden if key not in seen and f'"{key}"' in text]


def _everything() -> object:
    from okr.store.scope import Scope

    return Scope()


def test_a_score_is_given_and_the_objective_follows(sample_home: Path, visit: Visit, store: Store) -> None:
    app, one = begin(visit, sample_home, store, "KR-WIN-RATE")
    chosen(app, f"okr_given_{one}", 0.5)
    app = press(app, f"okr_score_save_{one}")
    assert any("is scored" in toast.value for toast in app.toast)
    assert 'aria-label="Score 0.5"' in said(app)
    assert store.record_fields(store.actor(ANA), "key_result", "KR-WIN-RATE").fields["score"] == 0.5


def test_a_suggestion_is_only_taken_by_its_own_button(sample_home: Path, visit: Visit, store: Store) -> None:
    def score() -> object:
        return store.record_fields(store.actor(ANA), "key_result", "KR-DEAL-CYCLE").fields["score"]

    app, one = begin(visit, sample_home, store, "KR-DEAL-CYCLE")
    press(app, f"okr_score_save_{one}")
    assert score() is None
    app, one = begin(visit, sample_home, store, "KR-DEAL-CYCLE")
    app = press(app, f"okr_score_take_{one}")
    closing = store.closing(store.actor(ANA), "2026-Q4", AFTER)
    every = {kr.told.standing.key: kr for each in closing.objectives for kr in each.key_results}
    assert score() == every["KR-DEAL-CYCLE"].suggested.score is not None


def test_the_second_of_two_sees_what_the_first_gave_and_decides(sample_home: Path, visit: Visit, store: Store) -> None:
    app, one = begin(visit, sample_home, store, "KR-WIN-RATE")
    store.score(store.actor(ADMIN), "KR-WIN-RATE", 0.2, AFTER)
    chosen(app, f"okr_given_{one}", 0.5)
    app.text_input(key=f"okr_why_{one}").set_value("We know better.")
    app = press(app, f"okr_score_save_{one}")
    assert "Irena Maj: score – → 0.2" in said(app)
    assert app.text_input(key=f"okr_why_{one}").value == "We know better."
    assert store.record_fields(store.actor(ANA), "key_result", "KR-WIN-RATE").fields["score"] == 0.2
    press(app, f"okr_score_save_{one}")
    assert store.record_fields(store.actor(ANA), "key_result", "KR-WIN-RATE").fields["score"] == 0.5


def test_a_decision_taken_meanwhile_is_shown_too(sample_home: Path, visit: Visit, store: Store) -> None:
    app, one = begin(visit, sample_home, store, "KR-WIN-LOSS")
    store.decide(store.actor(ADMIN), "KR-WIN-LOSS", "drop", AFTER, reason="Nobody reads it.")
    chosen(app, f"okr_decision_{one}", "drop")
    app.text_input(key=f"okr_why_{one}").set_value("It was done.")
    app = press(app, f"okr_score_save_{one}")
    assert "Irena Maj: decision – → Drop" in said(app)


def test_an_admin_makes_the_next_cycle_and_it_is_carried_over_changed(
    sample_home: Path, visit: Visit, store: Store
) -> None:
    app, one = begin(visit, sample_home, store, "KR-WIN-RATE")
    assert "An administrator can make one" in said(app)
    app = press(opened(visit, sample_home, as_=ADMIN, lang="en"), "okr_next_make")
    assert any("Q1 2027 is there" in toast.value for toast in app.toast)
    assert [cycle.key for cycle in store.cycles()][-1] == "2027-Q1"
    app, one = begin(visit, sample_home, store, "KR-WIN-RATE")
    chosen(app, f"okr_decision_{one}", "change")
    app.text_input(key=f"okr_new_title_{one}").set_value("Win every third deal")
    app.text_input(key=f"okr_new_target_{one}").set_value("33 %")
    app = press(app, f"okr_score_save_{one}")
    decided = store.decision_on(store.actor(ANA), "KR-WIN-RATE")
    assert decided is not None
    assert decided.into_title == "Win every third deal"
    assert "Goes on changed" in said(app)
    assert f'data-open="{decided.into}"' in said(app)


def test_a_target_that_is_none_is_refused_in_words_and_nothing_is_lost(
    sample_home: Path, visit: Visit, store: Store
) -> None:
    fields = {"key": "2027-Q1", "name": "Q1 2027", "start": "2027-01-01", "end": "2027-03-31", "state": "planned"}
    store.create(store.actor(ADMIN), "cycle", fields, AFTER)
    app, one = begin(visit, sample_home, store, "KR-WIN-RATE")
    chosen(app, f"okr_decision_{one}", "change")
    app.text_input(key=f"okr_new_target_{one}").set_value("lots")
    app = press(app, f"okr_score_save_{one}")
    assert "“lots” is not a number" in said(app)
    assert app.text_input(key=f"okr_new_target_{one}").value == "lots"
    assert store.decision_on(store.actor(ANA), "KR-WIN-RATE") is None


def test_lessons_are_kept_where_they_belong_and_can_be_cited(sample_home: Path, visit: Visit, store: Store) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", key="2026-Q4", team="sales")
    closing = store.closing(store.actor(ANA), "2026-Q4", AFTER)
    deals = next(each.objective for each in closing.objectives if each.objective.key == "O-DEALS")
    app = press(app, f"okr_learn_{deals.id}")
    app.text_area(key=f"okr_helped_{deals.id}").set_value("<b>Short</b> demos")
    app.text_area(key=f"okr_root_cause_{deals.id}").set_value("No owner for pricing")
    app = press(app, f"okr_learn_save_{deals.id}")
    text = said(app)
    assert "&lt;b&gt;Short&lt;/b&gt; demos" in text
    assert "No owner for pricing" in text
    talk = Conversation(
        store, store.actor(ANA), Settings(home=store.home, engine="direct"), clock=lambda: AFTER, kept=False
    )
    assert "No owner for pricing" in talk.answer("What did we learn from O-DEALS?")["answer"]


def test_closing_names_what_is_open_and_scores_it_only_when_that_is_said(
    sample_home: Path, visit: Visit, store: Store
) -> None:
    app = opened(visit, sample_home, as_=ADMIN, lang="en", key="2026-Q4")
    assert "have no score yet" in said(app)
    app = press(app, "okr_close")
    assert "have no score yet: KR-" in said(app)
    assert store.cycles()[-1].state == "active"
    app.checkbox(key="okr_close_with").check()
    app = press(app, "okr_close")
    assert store.cycles()[-1].state == "closed"
    text = said(app)
    assert "This cycle is closed" in text
    assert "Well done, and thank you" in text
    part = opened(visit, sample_home, as_=ADMIN, lang="en", key="2026-Q4", team="sales")
    assert "okr_close" not in keys(part)


@pytest.mark.parametrize("language", ["en", "pl"])
def test_a_closed_cycle_can_be_asked_about_for_ever(store: Store, language: str) -> None:
    admin = replace(store.actor(ADMIN), language=language)
    store.score(admin, "KR-WIN-RATE", 0.5, AFTER)
    store.close_cycle(admin, "2026-Q4", AFTER, with_suggested=True)
    fields = {"kind": "lesson", "text": "Begin with the price.", "cycle": "2026-Q4", "objective": "O-DEALS"}
    store.create(admin, "lesson", fields, AFTER)
    later = datetime(2028, 5, 2, 9, 0, tzinfo=UTC)
    settings = Settings(home=store.home, engine="direct")
    talk = Conversation(store, admin, settings, clock=lambda: later, kept=False)
    asked = {
        "en": ("What was the final score of KR-WIN-RATE?", "What did we learn in Q4 2026?"),
        "pl": ("Jaki był wynik końcowy KR-WIN-RATE?", "Czego nauczyliśmy się w Q4 2026?"),
    }[language]
    score, lesson = (talk.answer(question) for question in asked)
    assert score["values"]["score"] == 0.5
    assert "Begin with the price." in lesson["answer"]


@pytest.mark.parametrize("language", ["en", "pl"])
def test_the_retrospective_is_read_and_taken_along(sample_home: Path, visit: Visit, language: str) -> None:
    app = opened(visit, sample_home, as_=ANA, lang=language, key="2026-Q3", part="retrospective")
    text = said(app)
    assert ("Root causes" if language == "en" else "Przyczyny źródłowe") in text
    assert 'data-open="L-3"' in text
    assert len(app.get("download_button")) == 6
    app = opened(visit, sample_home, as_=ANA, lang=language, key="2026-Q3", part="retrospective", team="finance")
    assert not app.exception


def test_an_address_that_names_nothing_shows_what_there_is(sample_home: Path, visit: Visit) -> None:
    text = said(opened(visit, sample_home, as_=ANA, lang="en", key="2040-Q1", part="x", show="y", team="z"))
    assert "There is no such cycle" in text
    assert not opened(visit, sample_home, as_=ANA, lang="en", key="2026-Q3", part="x", show="y", team="z").exception
