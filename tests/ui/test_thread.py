"""Comments below the record that they are about."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from okr.store import open_store
from okr.store.comments import Comment
from tests.ui.conftest import Visit

ANA = "ana.nowak@lumen.example"
KR = "KR-WIN-RATE"


def said(app: AppTest) -> str:
    return " ".join(each.proto.body for each in app.get("html"))


def record(app: AppTest, key: str = KR) -> AppTest:
    """Open the record, as a press on its id does."""
    app.session_state["okr_open"] = key
    return app.run()


def thread(home: Path) -> list[Comment]:
    store = open_store(home)
    try:
        return store.comments(store.actor(ANA), "key_result", KR)
    finally:
        store.close()


def test_a_comment_is_posted_shown_changed_and_removed(sample_home: Path, visit: Visit) -> None:
    app = record(visit(sample_home, lang="en"))
    assert "No comments yet" in said(app)
    app.text_area(key="okr_comment").set_value("Waiting for <b>legal</b>\nuntil Friday")
    app = app.button(key="okr_comment_post").click().run()
    comment = thread(sample_home)[0]
    assert comment.body == "Waiting for <b>legal</b>\nuntil Friday"
    app = record(app)
    assert "1 comment" in said(app)
    assert "&lt;b&gt;legal" in said(app)
    app = app.button(key=f"okr_comment_edit_of_{comment.key}").click().run()
    app = record(app)
    app.text_area(key="okr_comment_changed").set_value("Legal has agreed")
    app = app.button(key=f"okr_comment_save_{comment.key}").click().run()
    assert [(each.body, each.edited_at is not None) for each in thread(sample_home)] == [("Legal has agreed", True)]
    app = record(app)
    app = app.button(key=f"okr_comment_remove_{comment.key}").click().run()
    assert thread(sample_home) == []
    assert not app.exception


def test_an_empty_comment_is_not_posted(sample_home: Path, visit: Visit) -> None:
    app = record(visit(sample_home))
    app.text_area(key="okr_comment").set_value("  \n ")
    app.button(key="okr_comment_post").click().run()
    assert thread(sample_home) == []


def test_only_ones_own_comment_can_be_changed(sample_home: Path, visit: Visit) -> None:
    app = record(visit(sample_home))
    app.text_area(key="okr_comment").set_value("Mine")
    app.button(key="okr_comment_post").click().run()
    key = thread(sample_home)[0].key
    other = record(visit(sample_home, as_="marcus.bell@lumen.example", lang="en"))
    assert "Ana Nowak" in said(other)
    assert not [b for b in other.button if b.key in (f"okr_comment_edit_of_{key}", f"okr_comment_remove_{key}")]


def test_a_record_without_a_thread_has_no_box(sample_home: Path, visit: Visit) -> None:
    app = record(visit(sample_home), "KPI-NPS")
    assert not [each for each in app.text_area if each.key == "okr_comment"]
    assert not app.exception
