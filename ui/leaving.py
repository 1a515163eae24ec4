"""Somebody who leaves, or comes back: who takes over what they have, and the one button that does all of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from okr import refusals
from okr.errors import OkrError
from okr.refusals import kind_word
from okr.store.choosing import OwnedRecord
from okr.store.directory import Person
from ui.edit_changes import told
from ui.harmless import escaped, label, plain
from ui.session import Visit, renewed

MOST_APART = 40


def draw_leaving(visit: Visit, person: Person, owned: Sequence[OwnedRecord]) -> None:
    """For admins: make inactive with a hand-over, or active again."""
    words = visit.words
    with st.container(key="okr_leaving"):
        if trouble := st.session_state.pop("okr_leaving_trouble", None):
            told(str(trouble))
        if not person.active:
            said = words("people.return")
            st.button(said, key="okr_return", on_click=_return, args=(visit, person))
            return
        if st.session_state.get("okr_leaving_of") != person.email:
            said = words("people.leave")
            st.button(said, key="okr_leave_ask", type="tertiary", on_click=_ask, args=(person.email,))
            return
        st.html(f'<h2 class="okr-part">{escaped(words("people.leave.title", name=plain(person.name)))}</h2>')
        st.html(f'<p class="okr-foot">{escaped(words("people.leave.about" if owned else "people.leave.free"))}</p>')
        if owned:
            _takers(visit, person, owned)
        with st.container(key="okr_acts_leave", horizontal=True):
            said = words("people.leave.do", count=len(owned)) if owned else words("people.leave.do_free")
            st.button(said, key="okr_leave_do", type="primary", on_click=_leave, args=(visit, person, tuple(owned)))
            st.button(words("people.leave.keep"), key="okr_leave_keep", on_click=_ask, args=(None,))


def _takers(visit: Visit, person: Person, owned: Sequence[OwnedRecord]) -> None:
    words = visit.words
    emails = [one.email for one in visit.people.values() if one.active and one.email != person.email]

    def name(email: str | None) -> str:
        if email is None:
            return words("people.leave.nobody")
        team = visit.people[email].team
        return (
            f"{plain(visit.person_name(email))} · {plain(visit.team_name(team))}" if team else visit.person_name(email)
        )

    st.selectbox(
        words("people.leave.to"), [None, *emails], key="okr_leave_to", format_func=name,
        placeholder=words("people.leave.nobody"),
    )  # fmt: skip
    with st.expander(words("people.leave.apart")):
        for one in owned[:MOST_APART]:
            kind = kind_word(one.kind, words.language)
            st.selectbox(
                label(f"{kind} {one.key}: {one.title}", 160), [None, *emails], key=_key(one),
                format_func=lambda email: words("people.leave.same") if email is None else name(email),
                placeholder=words("people.leave.same"),
            )  # fmt: skip


def _key(one: OwnedRecord) -> str:
    return f"okr_leave_to_{one.kind}_{one.key}"


def _ask(email: str | None) -> None:
    st.session_state["okr_leaving_of"] = email


def _leave(visit: Visit, person: Person, owned: Sequence[OwnedRecord]) -> None:
    others = {f"{one.kind}:{one.key}": str(to) for one in owned if (to := st.session_state.get(_key(one)))}
    try:
        to = st.session_state.get("okr_leave_to")
        saved = visit.store.leave(visit.actor, person.email, to, renewed(visit).now, others=others)
    except OkrError as reason:
        st.session_state["okr_leaving_trouble"] = refusals.said(reason, visit.words.language)
        return
    _ask(None)
    st.session_state["okr_said"] = visit.words("people.left", name=plain(person.name), count=len(saved) - 1)


def _return(visit: Visit, person: Person) -> None:
    try:
        visit.store.change(visit.actor, "person", person.email, {"active": True}, renewed(visit).now)
    except OkrError as reason:
        st.session_state["okr_leaving_trouble"] = refusals.said(reason, visit.words.language)
        return
    st.session_state["okr_said"] = visit.words("people.returned", name=plain(person.name))
