"""The form for what helped, what hindered, root causes and lessons, where they belong."""

from __future__ import annotations

import streamlit as st

from okr import refusals
from okr.errors import OkrError
from okr.fields import LESSON_KINDS
from ui.harmless import escaped
from ui.session import Visit, renewed

LONGEST = 4_000


def begin_learning(cycle: str, objective: str | None) -> None:
    """Open the form for an objective, or for the cycle as a whole."""
    st.session_state["okr_learning"] = (cycle, objective)


def _stop() -> None:
    st.session_state.pop("okr_learning", None)
    st.session_state.pop("okr_learning_trouble", None)


def draw_learning(visit: Visit, cycle: str, objective: str | None, number: int) -> None:
    """Four fields, of which any may stay empty."""
    words = visit.words
    with st.container(key=f"okr_learn_form_{number}"):
        if trouble := st.session_state.get("okr_learning_trouble"):
            st.html(f'<p class="okr-note okr-failed" role="alert">{escaped(str(trouble))}</p>')
        with st.form(f"okr_lessons_{number}", border=False):
            for kind in LESSON_KINDS:
                st.text_area(
                    words(f"cycle.learn.{kind}"), key=f"okr_{kind}_{number}", height=68, max_chars=LONGEST,
                    placeholder=words(f"cycle.learn.{kind}.like"),
                )  # fmt: skip
            with st.container(key=f"okr_learn_acts_{number}", horizontal=True):
                st.form_submit_button(
                    words("cycle.save"), type="primary", key=f"okr_learn_save_{number}",
                    on_click=_save, args=(visit, cycle, objective, number),
                )  # fmt: skip
                st.form_submit_button(words("cycle.cancel"), key=f"okr_learn_cancel_{number}", on_click=_stop)


def _save(visit: Visit, cycle: str, objective: str | None, number: int) -> None:
    """Keep each field that says something as a lesson of its own; one that is kept leaves the form."""
    visit, saved = renewed(visit), []
    for kind in LESSON_KINDS:
        text = str(st.session_state.get(f"okr_{kind}_{number}", "")).strip()
        if not text:
            continue
        fields = {"kind": kind, "text": text, "cycle": cycle, "objective": objective}
        try:
            saved.append(visit.store.create(visit.actor, "lesson", fields, visit.now).key)
        except OkrError as reason:
            st.session_state["okr_learning_trouble"] = refusals.said(reason, visit.words.language)
            return
        st.session_state[f"okr_{kind}_{number}"] = ""
    _stop()
    if saved:
        st.session_state["okr_said"] = visit.words("cycle.learnt", count=len(saved), ids=", ".join(saved))
