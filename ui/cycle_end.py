"""Closing a cycle, for administrators: what is still open by name, and the one button that ends it."""

from __future__ import annotations

import streamlit as st

from assistant.telling import formats
from okr import refusals
from okr.errors import OkrError
from okr.store.closing import Closing
from ui.harmless import escaped, line, plain
from ui.session import Visit, renewed

MOST_NAMED = 12


def draw_end(visit: Visit, closing: Closing, *, whole: bool) -> None:
    """What stands between the cycle and its end; of a closed one, that it stays as it is."""
    words, cycle = visit.words, closing.cycle
    if cycle.state == "closed":
        with st.container(key="okr_cycle_end", horizontal=True, vertical_alignment="center"):
            st.html(f'<p class="okr-note">{escaped(words("cycle.closed"))}</p>', width="stretch")
            asked = words("cycle.ask.question", cycle=plain(cycle.name))
            st.button(words("record.ask"), key="okr_cycle_ask", icon=":material/forum:", on_click=_ask, args=(asked,))
        return
    if not visit.actor.is_admin:
        return
    with st.container(key="okr_cycle_end"):
        if visit.today < cycle.end:
            day = formats.day(cycle.end, words.language, visit.today)
            st.html(f'<p class="okr-foot">{escaped(words("cycle.close.from", day=day))}</p>')
        elif not whole:
            st.html(f'<p class="okr-foot">{escaped(words("cycle.close.whole"))}</p>')
        else:
            _form(visit, closing)


def _ask(question: str) -> None:
    st.session_state["okr_asking"] = question


def _form(visit: Visit, closing: Closing) -> None:
    words = visit.words
    every = {one.told.standing.key: one for each in closing.objectives for one in each.key_results}
    left = [every[key] for key in closing.unscored if key in every]
    suggested = [one for one in left if one.suggested.score is not None]
    st.html(f"<h2>{escaped(words('cycle.close.title', cycle=plain(closing.cycle.name)))}</h2>")
    if trouble := st.session_state.get("okr_close_trouble"):
        st.html(f'<p class="okr-note okr-failed" role="alert">{escaped(str(trouble))}</p>')
    st.html(f'<p class="okr-foot">{escaped(words("cycle.close.about"))}</p>')
    for key, some in (
        ("cycle.close.open", suggested),
        ("cycle.close.without", [one for one in left if one.suggested.score is None]),
    ):
        if some:
            chips = "".join(
                f'<button type="button" class="okr-chip" data-open="{line(one.told.standing.key)}">'
                f"{line(one.told.standing.title)}<small>{line(one.told.owner_name)}</small></button>"
                for one in some[:MOST_NAMED]
            )
            more = words("more.unlisted", count=len(some) - MOST_NAMED) if len(some) > MOST_NAMED else ""
            st.html(
                f'<p class="okr-over">{line(words(key, count=len(some)))}</p>'
                f'<div class="okr-chips">{chips}{line(more)}</div>'
            )
    if suggested:
        st.checkbox(words("cycle.close.with", count=len(suggested)), key="okr_close_with")
    st.button(
        words("cycle.close", cycle=plain(closing.cycle.name)), type="primary", key="okr_close",
        on_click=_close, args=(visit, closing.cycle.key),
    )  # fmt: skip


def _close(visit: Visit, key: str) -> None:
    visit, state = renewed(visit), st.session_state
    try:
        done = visit.store.close_cycle(
            visit.actor, key, visit.now, with_suggested=bool(state.get("okr_close_with", False))
        )
    except OkrError as reason:
        state["okr_close_trouble"] = refusals.said(reason, visit.words.language)
        return
    state.pop("okr_close_trouble", None)
    state["okr_said"] = visit.words("cycle.close.done", cycle=plain(done.cycle.name))
