"""Asking on the page, with the real conversation over the sample company."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from streamlit.testing.v1 import AppTest

from okr.store import Store, open_store
from tests.ui.conftest import Visit

ANA = "ana.nowak@lumen.example"
RANK = "Which key results are most behind this week?"


def said(app: AppTest) -> str:
    return " ".join(each.proto.body for each in app.get("html"))


def figures(app: AppTest) -> str:
    return " ".join(each.value for each in app.markdown)


def ask(app: AppTest, question: str) -> AppTest:
    return app.chat_input[0].set_value(question).run()


def kept(home: Path, conversation: str, email: str = ANA) -> list[str]:
    store = open_store(home)
    try:
        return [turn.question for turn in store.turns(store.actor(email), conversation)]
    finally:
        store.close()


def add_turn(home: Path, question: str, *, state: str, said_: str = "", email: str = ANA) -> str:
    store: Store = open_store(home)
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    actor = store.actor(email)
    conversation, turn = store.begin_turn(actor, None, question, now)
    if state != "answering":
        store.finish_turn(actor, turn, state=state, said=said_, answer=None, frame=None, now=now)
    store.close()
    return conversation


def test_a_question_is_answered_with_figures_evidence_and_what_may_follow(sample_home: Path, visit: Visit) -> None:
    app = ask(visit(sample_home), RANK)
    assert not app.exception
    assert 'class="okr-answer"' in said(app)
    assert "okr-pace" in figures(app)
    assert "okr-chip" in said(app)
    assert "pace-gap" in said(app)
    assert [b.label for b in app.button if str(b.key).startswith("okr_next")]


def test_the_conversation_stands_in_the_address_and_a_refresh_brings_it_back(sample_home: Path, visit: Visit) -> None:
    app = ask(visit(sample_home), RANK)
    again = visit(sample_home, c=app.query_params["c"])
    assert kept(sample_home, app.query_params["c"]) == [RANK]
    for part in ("okr-answer", "okr-chip"):
        assert said(again).count(part) == said(app).count(part)
    assert figures(again) == figures(app)


def test_a_suggestion_is_asked_when_pressed(sample_home: Path, visit: Visit) -> None:
    app = visit(sample_home)
    opener = app.button(key="okr_begin_0")
    app = opener.click().run()
    assert len(kept(sample_home, app.query_params["c"])) == 1
    app = ask(app, RANK)
    follow = next(b for b in app.button if str(b.key).startswith("okr_next"))
    app = follow.click().run()
    assert len(kept(sample_home, app.query_params["c"])) == 3


def test_every_opening_question_of_every_role_is_answered(sample_home: Path, visit: Visit) -> None:
    for email in (ANA, "irena.maj@lumen.example", "kacper.dudek@lumen.example"):
        for number in range(4):
            app = visit(sample_home, as_=email)
            if not [b for b in app.button if b.key == f"okr_begin_{number}"]:
                continue
            app = app.button(key=f"okr_begin_{number}").click().run()
            assert not app.exception
            store = open_store(sample_home)
            turn = store.turns(store.actor(email), app.query_params["c"])[0]
            store.close()
            assert turn.state == "done"
            assert turn.answer is not None
            assert turn.answer["kind"] in ("answer", "abstain"), turn.question


def test_a_thumb_comes_back_after_a_refresh(sample_home: Path, visit: Visit) -> None:
    app = ask(visit(sample_home), RANK)
    app.get("feedback")[0].set_value(1).run()
    again = visit(sample_home, c=app.query_params["c"])
    assert again.get("feedback")[0].value == 1


def test_asking_again_asks_the_same_question(sample_home: Path, visit: Visit) -> None:
    app = ask(visit(sample_home), RANK)
    again = next(b for b in app.button if str(b.key).startswith("okr_retry"))
    app = again.click().run()
    assert kept(sample_home, app.query_params["c"]) == [RANK, RANK]


def test_past_questions_are_listed_and_open(sample_home: Path, visit: Visit) -> None:
    conversation = add_turn(sample_home, "What *is* [this](http://x.test)?", state="done", said_="An answer.")
    app = visit(sample_home)
    button = app.button(key=f"okr_talk_{conversation}")
    assert "://" not in button.label
    app = button.click().run()
    assert app.query_params["c"] == conversation
    assert "An answer." in said(app)
    app = next(b for b in app.button if b.label == "New question").click().run()
    assert "c" not in app.query_params


def test_somebody_elses_conversation_looks_like_one_that_never_was(sample_home: Path, visit: Visit) -> None:
    theirs = add_turn(
        sample_home, "A secret question", state="done", said_="A secret", email="ruth.adeyemi@lumen.example"
    )
    with_theirs, with_none = visit(sample_home, c=theirs), visit(sample_home, c="never-was")
    assert "secret" not in said(with_theirs).lower()
    assert said(with_theirs) == said(with_none)
    assert "c" not in with_theirs.query_params


def test_what_was_said_before_a_stop_is_there_with_a_word_about_it(sample_home: Path, visit: Visit) -> None:
    conversation = add_turn(sample_home, RANK, state="stopped", said_="Win rate is")
    app = visit(sample_home, c=conversation)
    assert "Win rate is" in said(app)
    assert "Stopped." in said(app)


def test_an_answer_cut_off_by_a_crash_says_so(sample_home: Path, visit: Visit) -> None:
    app = visit(sample_home, c=add_turn(sample_home, RANK, state="answering"))
    assert "interrupted" in said(app)


def test_the_language_is_chosen_on_the_page(sample_home: Path, visit: Visit) -> None:
    app = visit(sample_home, lang="pl")
    assert "Co chcesz wiedzieć, Ana?" in said(app)
    assert app.chat_input[0].placeholder == "Zapytaj o OKR-y"
    assert visit(sample_home, lang="xx").chat_input[0].placeholder == "Ask about your OKRs"


def test_a_very_long_question_and_an_odd_one_get_sentences(sample_home: Path, visit: Visit) -> None:
    for question in ("x" * 30_000, "\u0000\u202e", "'; DROP TABLE objective;--", "![p](http://127.0.0.1:1/p)"):
        app = ask(visit(sample_home), question)
        assert not app.exception
        assert "Traceback" not in said(app)
        assert "<img" not in said(app)


def test_a_record_opens_beside_the_answer(sample_home: Path, visit: Visit) -> None:
    app = ask(visit(sample_home), RANK)
    app.session_state["okr_open"] = "KPI-NPS"
    app.run()
    dialog = app.get("dialog")[0]
    assert "KPI" in str(dialog.proto)
    assert list(dialog.get("vega_lite_chart"))
    assert "okr-answer" in said(app)


def test_a_hidden_record_opens_like_one_that_never_was(sample_home: Path, visit: Visit) -> None:
    shown = []
    for key in ("NO-SUCH-RECORD", "KR-0"):
        app = visit(sample_home)
        app.session_state["okr_open"] = key
        app.run()
        assert app.get("dialog")
        shown.append(said(app))
    assert shown[0] == shown[1]
    assert "cannot be opened" in shown[0]
