"""The thread of a key result or task: what colleagues and rules wrote, and a place to answer."""

from __future__ import annotations

import streamlit as st

from okr.errors import NotFoundError, OkrError
from okr.store.comments import LONGEST, Comment
from ui.harmless import escaped, line
from ui.moments import said_when
from ui.rule_words import refusal
from ui.session import Visit, renewed

KINDS = ("key_result", "task")
SHOWN = 20


def draw_thread(visit: Visit, kind: str, key: str) -> None:
    """The comments, oldest first, and a box for another one; nothing for a record that has no thread."""
    words = visit.words
    try:
        comments = visit.store.comments(visit.actor, kind, key)
    except NotFoundError:
        return
    with st.container(key="okr_thread"):
        count = len(comments)
        over = words("thread.count", count=count) if count else words("thread.none")
        st.html(f'<p class="okr-over">{escaped(over)}</p>')
        if trouble := st.session_state.pop("okr_thread_trouble", None):
            st.html(f'<p class="okr-note okr-failed" role="alert">{escaped(str(trouble))}</p>')
        for comment in comments[-SHOWN:]:
            _draw_comment(visit, comment)
        with st.container(key="okr_thread_write", horizontal=True, vertical_alignment="bottom"):
            st.text_area(
                words("thread.write"),
                key="okr_comment",
                height=68,
                max_chars=LONGEST,
                placeholder=words("thread.write"),
                label_visibility="collapsed",
            )
            st.button(words("thread.post"), key="okr_comment_post", on_click=_post, args=(visit, kind, key))


def _draw_comment(visit: Visit, comment: Comment) -> None:
    words, own = visit.words, comment.author == visit.actor.email
    if own and st.session_state.get("okr_comment_editing") == comment.key:
        with st.container(key=f"okr_comment_edit_{comment.key}"):
            st.text_area(words("thread.edit"), value=comment.body, key="okr_comment_changed", max_chars=LONGEST)
            with st.container(horizontal=True):
                said = words("thread.save")
                st.button(said, key=f"okr_comment_save_{comment.key}", on_click=_save, args=(visit, comment.key))
                said = words("thread.cancel")
                st.button(said, key="okr_comment_cancel", type="tertiary", on_click=_edit, args=(None,))
        return
    meta = [comment.author_name, said_when(visit, comment.at)]
    if comment.edited_at is not None:
        meta.append(words("thread.edited"))
    if comment.rule is not None:
        meta.append(words("thread.by_rule", rule=comment.rule))
    head = " · ".join(line(each) for each in meta)
    st.html(
        f'<div class="okr-comment"><div class="okr-body">{escaped(comment.body)}</div>'
        f'<p class="okr-foot">{head}</p></div>'
    )
    if not own and not visit.actor.is_admin:
        return
    with st.container(key=f"okr_acts_comment_{comment.key}", horizontal=True):
        if own:
            said = words("thread.edit")
            st.button(
                said, key=f"okr_comment_edit_of_{comment.key}", type="tertiary", on_click=_edit, args=(comment.key,)
            )
        said = words("thread.remove")
        st.button(
            said, key=f"okr_comment_remove_{comment.key}", type="tertiary", on_click=_remove, args=(visit, comment.key)
        )


def _post(visit: Visit, kind: str, key: str) -> None:
    text = str(st.session_state.get("okr_comment") or "")
    if not text.strip():
        return
    try:
        visit.store.post_comment(visit.actor, kind, key, text, renewed(visit).now)
    except OkrError as reason:
        # What was written stays in the box.
        st.session_state["okr_thread_trouble"] = refusal(visit, reason)
        return
    st.session_state["okr_comment"] = ""


def _edit(key: str | None) -> None:
    st.session_state["okr_comment_editing"] = key


def _save(visit: Visit, key: str) -> None:
    try:
        visit.store.edit_comment(
            visit.actor, key, str(st.session_state.get("okr_comment_changed") or ""), renewed(visit).now
        )
    except OkrError as reason:
        st.session_state["okr_thread_trouble"] = refusal(visit, reason)
        return
    _edit(None)


def _remove(visit: Visit, key: str) -> None:
    try:
        visit.store.remove_comment(visit.actor, key, renewed(visit).now)
    except OkrError as reason:
        st.session_state["okr_thread_trouble"] = refusal(visit, reason)
