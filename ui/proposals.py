"""What an answer proposes, as a card below it: only the click on its button acts."""

from __future__ import annotations

from typing import Any

import streamlit as st

from okr import refusals
from okr.automations import Rule
from okr.errors import NotFoundError, OkrError
from okr.store.automations import Automation
from ui.harmless import escaped, label, line
from ui.rule_card import draw_card, draw_new_version, draw_settled, leave
from ui.rule_opened import act_on
from ui.rule_words import mark, readback, refusal, state_html
from ui.session import Visit

# Proposals to record something; the words of the answer say old and new.
RECORDED = ("check_in", "change", "create")
# What a rule is in once the order was carried out.
ACTS = {"pause": "paused", "resume": "active", "remove": "removed"}


def draw_proposal(visit: Visit, proposal: dict[str, Any], turn: int) -> None:
    """The card of a proposal as it stands now; a kind that this page does not know is not drawn."""
    kind = proposal.get("kind")
    if kind in RECORDED:
        _draw_record(visit, str(proposal.get("id") or ""), turn)
        return
    if kind not in ("automation", "automation_change"):
        return
    try:
        kept = visit.store.automation(visit.actor, str(proposal.get("id", "")))
    except NotFoundError:
        st.html(f'<p class="okr-note">{escaped(visit.words("card.gone"))}</p>')
        return
    if kind == "automation":
        if kept.state == "proposed":
            draw_card(visit, kept)
        else:
            draw_settled(visit, kept)
            _draw_open(visit, kept, turn)
        return
    if proposal.get("act") == "change":
        _draw_change(visit, kept, proposal, turn)
    else:
        _draw_order(visit, kept, str(proposal.get("act", "")), turn)


def _draw_change(visit: Visit, kept: Automation, proposal: dict[str, Any], turn: int) -> None:
    """The card of another time for a rule; once it is changed, or left, only what it says now."""
    left = st.session_state.get(f"okr_left_{turn}")
    if left or kept.version != proposal.get("version") or kept.state in ("removed", "proposed"):
        draw_settled(visit, kept, visit.words("card.left") if left else "")
        return
    try:
        rule = Rule.from_document(
            dict(proposal.get("rule") or {}), asked_at=visit.now, company_zone=visit.company.timezone
        )
    except OkrError as reason:
        st.html(f'<p class="okr-note okr-failed">{escaped(refusal(visit, reason))}</p>')
        return
    draw_new_version(visit, kept, rule, name=str(turn))


def _draw_open(visit: Visit, kept: Automation, turn: int) -> None:
    said = label(visit.words("card.open"))
    st.button(said, key=f"okr_to_rule_{turn}_{kept.key}", type="tertiary", on_click=_open, args=(kept.key,))


def _open(key: str) -> None:
    st.query_params["rule"] = key
    st.session_state["okr_go"] = "places/automations.py"


def _draw_order(visit: Visit, kept: Automation, act: str, turn: int) -> None:
    """The card of an order about a rule: what it is, and the button that carries the order out."""
    words = visit.words
    left = st.session_state.get(f"okr_left_{turn}")
    if act not in ACTS or left or kept.state in (ACTS[act], "removed", "ended", "proposed"):
        draw_settled(visit, kept, words("card.left") if left else "")
        return
    with st.container(key=f"okr_card_{kept.key}_{turn}"):
        head = f"<span>{line(words('card.title'))} · {line(kept.key)}</span>{state_html(visit, kept)}"
        st.markdown(
            f'<div class="okr-card-head">{head}</div><p class="okr-card-lead">{line(readback(visit, kept))}</p>',
            unsafe_allow_html=True,
        )
        with st.container(key=f"okr_card_acts_{kept.key}_{turn}", horizontal=True, vertical_alignment="center"):
            do = words("rule.remove.sure" if act == "remove" else f"rule.{act}")
            st.button(do, key=f"okr_do_{turn}", type="primary", on_click=act_on, args=(visit, act, kept.key))
            st.button(words("card.leave"), key=f"okr_leave_{turn}", on_click=leave, args=(str(turn),))


# -- something to be recorded ---------------------------------------------------------------------------


def _draw_record(visit: Visit, ident: str, turn: int) -> None:
    """The buttons of something to be recorded, or what became of it; the words above say old and new."""
    words = visit.words
    try:
        found = visit.store.proposal(visit.actor, ident, visit.now)
    except NotFoundError:
        st.html(f'<p class="okr-note">{escaped(words("card.gone"))}</p>')
        return
    about = f"{found.title} · {found.key}" if found.key else found.title
    if found.state != "open":
        state = {"confirmed": "ended", "discarded": "removed"}.get(found.state, "removed")
        said = f"<span>{line(words(f'offer.{found.state}'))}</span><p>{line(about)}</p>"
        st.markdown(f'<div class="okr-settled">{mark(state)}{said}</div>', unsafe_allow_html=True)
        return
    with st.container(key=f"okr_card_offer_{turn}"):
        head = f"<span>{line(words('card.title'))}</span><span>{line(about)}</span>"
        st.html(f'<div class="okr-card-head">{head}</div>')
        with st.container(key=f"okr_card_acts_offer_{turn}", horizontal=True, vertical_alignment="center"):
            asked = (visit, ident)
            said = words("offer.save")
            st.button(said, key=f"okr_offer_save_{turn}", type="primary", on_click=_save, args=asked)
            said = words("card.discard")
            st.button(said, key=f"okr_offer_drop_{turn}", type="tertiary", on_click=_drop, args=asked)
            st.html(f'<p class="okr-foot">{escaped(words("offer.before"))}</p>', width="content")


def _save(visit: Visit, ident: str) -> None:
    try:
        saved = visit.store.confirm_proposal(visit.actor, ident, visit.now)
    except OkrError as reason:
        st.session_state["okr_said"] = refusals.said(reason, visit.words.language)
        return
    st.session_state["okr_said"] = visit.words("offer.saved", id=saved.key)


def _drop(visit: Visit, ident: str) -> None:
    try:
        visit.store.discard_proposal(visit.actor, ident, visit.now)
    except OkrError as reason:
        st.session_state["okr_said"] = refusals.said(reason, visit.words.language)
        return
    st.session_state["okr_said"] = visit.words("offer.dropped")
