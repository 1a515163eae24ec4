"""The card of a proposed rule, which reads like a contract: everything that would happen, and the three buttons."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from assistant import delivery
from assistant.automating import Automating, Proof
from okr.automations import Rule
from okr.errors import NotFoundError, OkrError
from okr.store.automations import Automation
from ui.harmless import escaped, label, line
from ui.rule_contract import contract_html, is_checked
from ui.rule_words import mark, moment, readback, refusal, state_html
from ui.session import Visit

MOST_PROOFS = 8


def draw_card(visit: Visit, kept: Automation, *, on_page: bool = False) -> None:
    """The whole card. Only the click on Confirm makes the rule active, and it does so in the clicker's own name."""
    words, key = visit.words, kept.key
    with st.container(key=f"okr_card_{key}"):
        if not _draw_contract(visit, kept, words("card.title")):
            return
        with st.container(key=f"okr_card_acts_{key}", horizontal=True, vertical_alignment="center"):
            said = words("card.confirm")
            st.button(said, key=f"okr_confirm_{key}", type="primary", on_click=_confirm, args=(visit, key))
            again = (key, kept.words, on_page)
            st.button(words("card.change"), key=f"okr_change_{key}", on_click=change, args=again)
            said = words("card.discard")
            st.button(said, key=f"okr_discard_{key}", type="tertiary", on_click=_discard, args=(visit, key))
            st.html(f'<p class="okr-foot">{escaped(words("card.before"))}</p>', width="content")


def draw_new_version(visit: Visit, kept: Automation, rule: Rule, *, name: str, on_page: bool = False) -> None:
    """The card of what a rule would say from now on; until Confirm it goes on as it is."""
    words, key = visit.words, kept.key
    shown = replace(kept, rule=rule, words=rule.text)
    with st.container(key=f"okr_card_{key}_{name}"):
        if not _draw_contract(visit, shown, words("card.new_version")):
            return
        with st.container(key=f"okr_card_acts_{key}_{name}", horizontal=True, vertical_alignment="center"):
            asked = (visit, key, kept.version, rule)
            said = words("card.confirm")
            st.button(said, key=f"okr_confirm_{key}_{name}", type="primary", on_click=_confirm_version, args=asked)
            if on_page:
                again = (key, rule.text, on_page)
                st.button(words("card.change"), key=f"okr_change_{key}_{name}", on_click=change, args=again)
            said = words("card.leave")
            st.button(said, key=f"okr_leave_{key}_{name}", type="tertiary", on_click=leave, args=(name,))
            st.html(f'<p class="okr-foot">{escaped(words("card.until"))}</p>', width="content")


def _draw_contract(visit: Visit, kept: Automation, title: str) -> bool:
    """The head and the clauses; False where the proof cannot be made, which is said instead."""
    try:
        proof = proof_of(visit, kept)
    except OkrError as reason:
        st.html(f'<p class="okr-note okr-failed">{escaped(refusal(visit, reason))}</p>')
        return False
    head = f"<span>{line(title)} · {line(kept.key)}</span>{state_html(visit, kept)}"
    st.markdown(
        f'<div class="okr-card-head">{head}</div>'
        f'<p class="okr-card-lead">{line(readback(visit, kept))}</p>'
        f"{contract_html(visit, kept, proof)}",
        unsafe_allow_html=True,
    )
    return True


def draw_settled(visit: Visit, kept: Automation, said: str = "") -> None:
    """What became of a proposal, in one line, where its card once stood; `said` in other words than its state's."""
    words, state = visit.words, kept.state
    said = said or words(f"card.settled.{state}")
    coming = kept.rule.coming(visit.now, 1)
    if state == "active" and coming:
        after = "rules.next.check" if is_checked(kept) else "rules.next"
        said = f"{said}; {words(after, moment=moment(visit, coming[0]))}"
    shown = f"{mark(state)}<span>{line(kept.key)} · {line(said)}</span>"
    st.markdown(
        f'<div class="okr-settled okr-state-{state}">{shown}<p>{line(readback(visit, kept))}</p></div>',
        unsafe_allow_html=True,
    )


def proof_of(visit: Visit, kept: Automation) -> Proof:
    """The proof of a rule, worked out once a minute while its card is on the page."""
    held: dict[object, Proof] = st.session_state.setdefault("okr_proofs", {})
    at = visit.now.replace(second=0, microsecond=0)
    name = (kept.key, kept.version, kept.rule.readback, visit.actor.email, at)
    if name not in held:
        while len(held) >= MOST_PROOFS:
            held.pop(next(iter(held)))
        held[name] = Automating(visit.store).proof(kept.rule, visit.actor, visit.now, key=kept.key)
    return held[name]


# -- the buttons ------------------------------------------------------------------------------------


def _confirm(visit: Visit, key: str) -> None:
    words = visit.words
    try:
        kept = visit.store.confirm_automation(visit.actor, key, visit.now)
    except OkrError as reason:
        st.session_state["okr_said"] = refusal(visit, reason)
        return
    coming = kept.rule.coming(visit.now, 1)
    if is_checked(kept) or not coming:
        st.session_state["okr_said"] = words("card.confirmed.check", rule=kept.key)
    else:
        st.session_state["okr_said"] = words("card.confirmed", rule=kept.key, moment=moment(visit, coming[0]))
    _put_away(key)


def _discard(visit: Visit, key: str) -> None:
    try:
        visit.store.remove_automation(visit.actor, key, visit.now)
    except NotFoundError:
        st.session_state["okr_said"] = visit.words("card.gone")
    else:
        st.session_state["okr_said"] = visit.words("card.discarded")
    _put_away(key)


def change(key: str, sentence: str, on_page: bool) -> None:
    """Put the sentence back into the box, from where a new reading of it takes the place of this one."""
    st.session_state["okr_rule_prefill"] = sentence
    st.session_state["okr_rule_changing"] = key
    st.query_params.pop("rule", None)
    if not on_page:
        st.session_state["okr_go"] = "places/automations.py"


def _confirm_version(visit: Visit, key: str, version: int, rule: Rule) -> None:
    """Let the rule say this from now on, unless it was changed since the card was made."""
    words = visit.words
    try:
        if visit.store.automation(visit.actor, key).version != version:
            st.session_state["okr_said"] = words("card.stale", rule=key)
            return
        kept = visit.store.edit_automation(visit.actor, key, rule, visit.now, delivery.notice)
    except OkrError as reason:
        st.session_state["okr_said"] = refusal(visit, reason)
        return
    coming = kept.rule.coming(visit.now, 1)
    said = words("card.changed", rule=key)
    if coming and kept.state == "active" and not is_checked(kept):
        said = f"{said} {words('card.changed.next', moment=moment(visit, coming[0]))}"
    st.session_state["okr_said"] = said
    st.session_state.pop("okr_rule_edit", None)


def leave(name: str) -> None:
    """Leave a rule as it is; the card of its change is not shown again."""
    st.session_state[f"okr_left_{name}"] = True
    st.session_state.pop("okr_rule_edit", None)


def _put_away(key: str) -> None:
    if st.query_params.get("rule") == key:
        st.query_params.pop("rule", None)


def say_what_was_done() -> None:
    """Tell what the last click did, once."""
    if said := st.session_state.pop("okr_said", None):
        st.toast(label(str(said), 300))
