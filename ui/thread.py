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


def draw_thread(visit: Visit, kind: str, key: str, place: str = "") -> None:
    """The comments, oldest first, and a box for another one; nothing for a record that has no thread.

    `place` tells two threads apart that are on the screen at once: a page's, and that of a panel over it.
    """
    words = visit.words
    try:
        comments = visit.store.comments(visit.actor, kind, key)
    except NotFoundError:
        return
    with st.container(key=f"okr_thread{place}"):
        count = len(comments)
        over = words("thread.count", count=count) if count else words("thread.none")
        st.html(f'<p class="okr-over">{escaped(over)}</p>')
        if trouble := st.session_state.pop(f"okr_thread_trouble{place}", None):
            st.html(f'<p class="okr-note okr-failed" role="alert">{escaped(str(trouble))}</p>')
        for comment in comments[-SHOWN:]:
            _draw_comment(visit, comment, place)
        with st.container(key=f"okr_thread_write{place}", horizontal=True, vertical_alignment="bottom"):
            st.text_area(
                words("thread.write"),
                key=f"okr_comment{place}",
                height=68,
                max_chars=LONGEST,
                placeholder=words("thread.write"),
                label_visibility="collapsed",
            )
            st.button(
                words("thread.post"), key=f"okr_comment_post{place}", on_click=_post, args=(visit, kind, key, place)
            )


def _draw_comment(visit: Visit, comment: Comment, place: str) -> None:
    words, own = visit.words, comment.author == visit.actor.email
    if own and st.session_state.get(f"okr_comment_editing{place}") == comment.key:
        with st.container(key=f"okr_comment_edit_{comment.key}{place}"):
            st.text_area(words("thread.edit"), value=comment.body, key=f"okr_comment_changed{place}", max_chars=LONGEST)
            with st.container(horizontal=True):
                said = words("thread.save")
                st.button(
                    said, key=f"okr_comment_save_{comment.key}{place}", on_click=_save, args=(visit, comment.key, place)
                )
                said = words("thread.cancel")
                st.button(said, key=f"okr_comment_cancel{place}", type="tertiary", on_click=_edit, args=(None, place))
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
    with st.container(key=f"okr_acts_comment_{comment.key}{place}", horizontal=True):
        if own:
            said = words("thread.edit")
            st.button(
                said,
                key=f"okr_comment_edit_of_{comment.key}{place}",
                type="tertiary",
                on_click=_edit,
                args=(comment.key, place),
            )
        said = words("thread.remove")
        st.button(
            said,
            key=f"okr_comment_remove_{comment.key}{place}",
            type="tertiary",
            on_click=_remove,
            args=(visit, comment.key, place),
        )


def _post(visit: Visit, kind: str, key: str, place: str) -> None:
    text = str(st.session_state.get(f"okr_comment{place}") or "")
    if not text.strip():
        return
    try:
        visit.store.post_comment(visit.actor, kind, key, text, renewed(visit).now)
    except OkrError as reason:
        # What was written stays in the box.
        st.session_state[f"okr_thread_trouble{place}"] = refusal(visit, reason)
        return
    st.session_state[f"okr_comment{place}"] = ""


def _edit(key: str | None, place: str) -> None:
    st.session_state[f"okr_comment_editing{place}"] = key


def _save(visit: Visit, key: str, place: str) -> None:
    try:
        visit.store.edit_comment(
            visit.actor, key, str(st.session_state.get(f"okr_comment_changed{place}") or ""), renewed(visit).now
        )
    except OkrError as reason:
        st.session_state[f"okr_thread_trouble{place}"] = refusal(visit, reason)
        return
    _edit(None, place)


def _remove(visit: Visit, key: str, place: str) -> None:
    try:
        visit.store.remove_comment(visit.actor, key, renewed(visit).now)
    except OkrError as reason:
        st.session_state[f"okr_thread_trouble{place}"] = refusal(visit, reason)
