"""The form that makes the cycle after another; for administrators."""

from __future__ import annotations

import streamlit as st

from okr import refusals
from okr.errors import OkrError
from okr.store.closing import following
from okr.store.directory import Cycle
from ui.harmless import escaped, plain
from ui.session import Visit, renewed


def draw_next(visit: Visit, cycle: Cycle) -> None:
    """A button that opens the form, with the days after the cycle filled in."""
    words, after = visit.words, following(cycle)
    name = plain(after.name) or words("cycle.next.unnamed")
    with st.popover(words("cycle.next", name=name), icon=":material/add:"):
        if trouble := st.session_state.get("okr_next_trouble"):
            st.html(f'<p class="okr-note okr-failed" role="alert">{escaped(str(trouble))}</p>')
        st.text_input(words("cycle.next.name"), after.name, key="okr_next_name", max_chars=80)
        st.date_input(words("cycle.next.start"), after.start, key="okr_next_start", format="DD/MM/YYYY")
        st.date_input(words("cycle.next.end"), after.end, key="okr_next_end", format="DD/MM/YYYY")
        st.button(
            words("cycle.next.make"), type="primary", key="okr_next_make", on_click=_make, args=(visit, after.key)
        )


def _make(visit: Visit, key: str | None) -> None:
    visit, state = renewed(visit), st.session_state
    fields = {
        "name": str(state["okr_next_name"]).strip(),
        "start": _day(state["okr_next_start"]),
        "end": _day(state["okr_next_end"]),
        "state": "planned",
    }
    if key is not None and all(cycle.key != key for cycle in visit.store.cycles()):
        fields["key"] = key
    try:
        saved = visit.store.create(visit.actor, "cycle", fields, visit.now)
    except OkrError as reason:
        state["okr_next_trouble"] = refusals.said(reason, visit.words.language)
        return
    state.pop("okr_next_trouble", None)
    state["okr_said"] = visit.words("cycle.next.made", name=plain(saved.title))


def _day(chosen: object) -> str:
    return str(chosen) if chosen else ""
