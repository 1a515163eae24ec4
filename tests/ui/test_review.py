"""The coach on the page: the same findings as in the conversation, each with its record and the way to mend it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from assistant.conversation import Conversation
from assistant.settings import Settings
from okr.coach import CHECKS
from okr.store import Store, open_store
from okr.store.scope import Scope
from tests.ui.conftest import Visit, said

pytestmark = pytest.mark.usefixtures("sample_moment")

ANA = "ana.nowak@lumen.example"
ADMIN = "irena.maj@lumen.example"
KACPER = "kacper.dudek@lumen.example"


def opened(visit: Visit, home: Path, **query: str) -> AppTest:
    app = visit(home, **query).switch_page("places/review.py").run()
    assert not app.exception
    return app


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "Review the Q4 OKRs of Sales"),
        ("en", "Review the OKRs of the whole company"),
        ("pl", "Sprawdź OKR-y zespołu Sales"),
        ("pl", "Sprawdź OKR-y całej firmy"),
    ],
)
def test_the_page_and_the_conversation_agree(
    sample_home: Path, visit: Visit, sample_now: datetime, language: str, question: str
) -> None:
    store = open_store(sample_home)
    actor = replace(store.actor(ADMIN), language=language)
    settings = Settings(home=store.home, engine="direct")
    told = Conversation(store, actor, settings, clock=lambda: sample_now, kept=False).answer(question)
    store.close()
    assert told["values"]["count"] > 0
    team = {"team": "sales"} if "Sales" in question else {}
    text = said(opened(visit, sample_home, as_=ADMIN, lang=language, **team))
    assert f"{told['values']['count']} " in text.split('okr-lead">')[1]
    for row in told["rows"]:
        if row["type"] != "team":
            assert f'data-open="{row["id"]}"' in text
    shown = text.split("okr-advice")
    assert sum(part.count("<li>") for part in shown[1:]) >= told["values"]["count"]


def test_only_those_who_may_change_it_get_the_way_to_the_editor(sample_home: Path, visit: Visit) -> None:
    lead = said(opened(visit, sample_home, as_=ANA, lang="en"))
    assert "edit?" in lead
    store = open_store(sample_home)
    kacper = store.actor(KACPER)
    ids = [cycle.id for cycle in store.cycles() if cycle.state == "active"]
    advice = store.review(kacper, ids, Scope())
    may = store.changeable(kacper, advice)
    store.close()
    assert 0 < len(may) < len(advice)
    text = said(opened(visit, sample_home, as_=KACPER, lang="en"))
    links = {part.split('"')[0] for part in text.split("edit?")[1:]}
    assert {tuple(sorted(part for part in to.split("&amp;") if part[:3] in ("kin", "id="))) for to in links} == {
        tuple(sorted((f"kind={kind}", f"id={key}"))) for kind, key in may
    }


@pytest.mark.parametrize("language", ["en", "pl"])
def test_checks_that_found_nothing_are_said_too(
    sample_home: Path, visit: Visit, sample_store: Store, language: str
) -> None:
    text = said(opened(visit, sample_home, as_=ADMIN, lang=language, team="finance"))
    passed = text.split("okr-passed")[1]
    assert 0 < passed.count("<li>") < len(CHECKS)
    assert "{" not in text.split("<style")[0]


def test_what_one_may_not_see_is_not_reviewed(sample_home: Path, visit: Visit) -> None:
    store = open_store(sample_home)
    ids = [cycle.id for cycle in store.cycles() if cycle.state == "active"]
    seen = {one.key for one in store.review(store.actor(KACPER), ids, Scope())}
    hidden = {one.key for one in store.review(store.actor(ADMIN), ids, Scope()) if one.kind != "team"} - seen
    store.close()
    assert hidden
    text = said(opened(visit, sample_home, as_=KACPER, lang="en"))
    assert not [key for key in hidden if f'"{key}"' in text]


def test_filters_go_into_the_address_and_wrong_ones_are_passed_over(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", team="nobody", cycle="2040-Q1")
    app.selectbox(key="okr_review_cycle").set_value("2026-Q3").run()
    assert "Q3 2026" in said(app)
    app.selectbox(key="okr_review_team").set_value("sales").run()
    assert "How well the OKRs of Sales are set" in said(app)
