"""The page of each record: how it stands and why, what was recorded and changed, and what one may do with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from okr.models import tasks
from okr.store import Store, open_store
from tests.ui.conftest import Visit, said

ADMIN = "irena.maj@lumen.example"
ANA = "ana.nowak@lumen.example"
KACPER = "kacper.dudek@lumen.example"
EVERY_KIND = {
    "O-EXPANSION": "pl", "KR-WIN-RATE": "en", "KR-RUNWAY": "pl", "KPI-NPS": "en", "T-2": "pl", "T-15": "en",
    "engineering": "pl", ANA: "en", "dominik.sroka@lumen.example": "pl", "2026-Q3": "en", "CI-1": "pl", "L-1": "en",
}  # fmt: skip


def opened(visit: Visit, home: Path, key: str, **query: str) -> AppTest:
    return visit(home, id=key, **query).switch_page("places/record.py").run()


def change(home: Path, act: Callable[[Store], object]) -> None:
    store = open_store(home)
    try:
        act(store)
    finally:
        store.close()


@pytest.mark.parametrize(("key", "language"), EVERY_KIND.items())
def test_every_kind_of_record_has_a_page(sample_home: Path, visit: Visit, key: str, language: str) -> None:
    app = opened(visit, sample_home, key, as_=ADMIN, lang=language)
    assert not app.exception
    text = said(app)
    assert text.count("<h1") == 1
    assert "okr-page-head" in text
    assert "{" not in text.split("<style")[0]
    for drawn in app.markdown:
        # An empty line would end the HTML, and what follows would be read as Markdown.
        assert "\n\n" not in drawn.value


def test_a_key_result_says_how_it_stands_and_why(sample_home: Path, visit: Visit) -> None:
    text = said(opened(visit, sample_home, "KR-WIN-RATE", as_=ANA, lang="en"))
    assert "Off track by the pace-gap rule:" in text
    assert "points behind the pace." in text
    assert "from 18% to 25%" in text
    assert 'id=O-DEALS"' in text
    assert 'id=T-11"' in text
    assert "below the expected line" in text
    for key, reason in (
        ("KR-WIN-LOSS", "Nobody recorded where it began"),
        ("KR-CHURN-QUARTER", "No value has been recorded yet"),
        ("KR-RUNWAY", "The limit"),
    ):
        assert reason in said(opened(visit, sample_home, key, as_=ADMIN, lang="en"))


def test_a_changed_target_a_correction_and_a_new_owner_are_told(sample_home: Path, visit: Visit) -> None:
    def act(store: Store) -> None:
        ana, now = store.actor(ANA), datetime.now(UTC)
        store.change(ana, "key_result", "KR-WIN-RATE", {"target": 30}, now - timedelta(minutes=5))
        entry = store.entries(ana, "KR-WIN-RATE")[1]
        store.correct_check_in(ana, entry.key, {"value": 17.25}, now - timedelta(minutes=4))
        owner = {"owner": "marcus.bell@lumen.example"}
        store.change(ana, "key_result", "KR-WIN-RATE", owner, now - timedelta(minutes=3))

    change(sample_home, act)
    text = said(opened(visit, sample_home, "KR-WIN-RATE", as_=ANA, lang="en"))
    assert "What changed targets did to progress" in text
    assert "by the old target and was" in text
    assert '<s class="okr-was">25%</s>' in text
    assert "Corrected" in text
    assert "<strong>17.25%</strong>" in text
    assert "Marcus Bell" in text
    polish = said(opened(visit, sample_home, "KR-WIN-RATE", as_=ANA, lang="pl"))
    assert "Jak zmiany celu wpłynęły na postęp" in polish
    assert "<strong>17,25\u00a0%</strong>" in polish


def test_the_buttons_are_those_one_may_press(sample_home: Path, visit: Visit) -> None:
    def links(app: AppTest) -> list[str]:
        return [each.proto.label for each in app.get("page_link")]

    own = opened(visit, sample_home, "KR-WIN-RATE", as_=ANA, lang="en")
    assert "Check in" in links(own)
    other = opened(visit, sample_home, "KR-WIN-RATE", as_=KACPER, lang="en")
    assert "Check in" not in links(other)
    assert "Edit" not in links(other)
    over = opened(visit, sample_home, "KR-REPLIES-26Q3", as_=ADMIN, lang="en")
    assert "Check in" not in links(over)


def test_a_record_is_pinned_and_remembered(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, "O-DEALS", as_=ANA, lang="en")
    app.button(key="okr_pin_page_objective_O-DEALS").click().run()

    def look(store: Store) -> None:
        ana = store.actor(ANA)
        assert [ref.key for ref in store.pinned(ana)] == ["O-DEALS"]
        assert "O-DEALS" in [ref.key for ref in store.recent(ana)]

    change(sample_home, look)


def test_a_question_about_it_goes_into_the_chat(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, "KR-WIN-RATE", as_=ANA, lang="en")
    app = app.button(key="okr_page_ask").click().run()
    assert not app.exception
    assert "How is Win rate doing?" in said(app)


@pytest.mark.parametrize("key", ["KR-COMMISSION-TALKS", "O-FUNDING", "KR-NO-SUCH", "", "\x00"])
def test_hidden_and_missing_are_told_in_the_same_words(sample_home: Path, visit: Visit, key: str) -> None:
    app = opened(visit, sample_home, key, as_=KACPER, lang="en")
    assert not app.exception
    text = said(app)
    assert "There is no such record, or it is not yours to see." in text
    assert text.count("<h1") == 1
    assert not key.strip("\x00") or key not in text


def test_an_objective_shows_only_the_children_one_may_see(sample_home: Path, visit: Visit) -> None:
    assert "O-COMMISSION" in said(opened(visit, sample_home, "O-DEALS", as_=ANA, lang="en"))
    assert "O-COMMISSION" not in said(opened(visit, sample_home, "O-DEALS", as_=KACPER, lang="en"))
    assert "KR-COMMISSION-TALKS" not in said(opened(visit, sample_home, ANA, as_=KACPER, lang="en"))
    assert "O-COMMISSION" not in said(opened(visit, sample_home, "sales", as_=KACPER, lang="en"))


def test_texts_are_shown_as_they_were_typed(sample_home: Path, visit: Visit) -> None:
    nasty = "<img src=x onerror=y> ![p](http://a.b)\n\n# **loud**"

    def act(store: Store) -> None:
        ana = store.actor(ANA)
        title = {"title": "<script>x</script> ![p](http://a.b) " + "long " * 80}
        store.change(ana, "key_result", "KR-WIN-RATE", title, datetime.now(UTC))
        store.check_in(ana, "KR-WIN-RATE", {"value": 19, "note": nasty, "blockers": nasty}, datetime.now(UTC))
        store.post_comment(ana, "key_result", "KR-WIN-RATE", nasty, datetime.now(UTC))

    change(sample_home, act)
    for key in ("KR-WIN-RATE", "O-DEALS"):
        app = opened(visit, sample_home, key, as_=ANA, lang="en")
        assert not app.exception
        text = said(app)
        assert "<script>x" not in text
        assert "<img" not in text
        for drawn in app.markdown:
            assert "\n\n" not in drawn.value


def test_an_objective_without_key_results_says_so(sample_home: Path, visit: Visit) -> None:
    def act(store: Store) -> None:
        made = {"key": "O-BARE", "title": "Bare", "cycle": "2026-Q4", "team": "sales", "owner": ANA}
        store.create(store.actor(ANA), "objective", made, datetime.now(UTC))

    change(sample_home, act)
    text = said(opened(visit, sample_home, "O-BARE", as_=ANA, lang="en"))
    assert "It has no key results yet." in text
    assert "It supports no other objective." in text
    assert "There are no active key results here yet." in text


def test_what_is_postponed_says_so_and_is_not_judged(sample_home: Path, visit: Visit) -> None:
    def act(store: Store) -> None:
        store.change(store.actor(ANA), "objective", "O-DEALS", {"state": "postponed"}, datetime.now(UTC))

    change(sample_home, act)
    for key in ("O-DEALS", "KR-WIN-RATE"):
        text = said(opened(visit, sample_home, key, as_=ANA, lang="en"))
        assert "It is postponed and counts nowhere." in text
        assert "by the pace-gap rule" not in text


def test_tasks_that_are_parts_of_each_other_are_drawn_once(sample_home: Path, visit: Visit) -> None:
    def act(store: Store) -> None:
        with store.database.write() as connection:
            ids = dict(connection.execute(sa.select(tasks.c.key, tasks.c.id)).all())
            for key, above in (("T-1", "T-2"), ("T-2", "T-1")):
                ring = sa.update(tasks).where(tasks.c.key == key)
                connection.execute(ring.values(parent_id=ids[above]))

    change(sample_home, act)
    app = opened(visit, sample_home, "KR-BUGS", as_=ADMIN, lang="en")
    assert not app.exception
    drawn = next(each.value for each in app.markdown if "okr-rows-tasks" in each.value)
    assert [drawn.count(f'id={key}" data-to=') for key in ("T-1", "T-2")] == [1, 1]
