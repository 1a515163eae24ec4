"""The form that scores one key result at the end of its cycle and says what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from assistant import retrospective
from assistant.telling import formats
from okr import refusals
from okr.errors import OkrError
from okr.fields import amount
from okr.refusals import OutdatedError
from okr.store.closing import DECISIONS, Closing, ToClose
from okr.store.directory import Cycle
from ui.cycle_next import draw_next
from ui.harmless import escaped, label, plain
from ui.session import Visit, renewed

STEPS = tuple(step / 10 for step in range(11))
LONGEST = 2_000


def begin_scoring(visit: Visit, one: ToClose) -> None:
    """Open the form for a key result, remembering what it looked like."""
    st.query_params["kr"] = one.told.standing.key
    _look(visit, one.told.standing.key, None if one.decided is None else one.decided.decision)
    st.session_state.pop("okr_scoring_trouble", None)


def _look(visit: Visit, key: str, decision: str | None) -> None:
    version = visit.store.record_fields(visit.actor, "key_result", key).version
    st.session_state["okr_scoring_seen"] = {"key": key, "version": version, "decision": decision}


def draw_scoring(visit: Visit, closing: Closing, one: ToClose, cycles: Sequence[Cycle]) -> None:
    """The form; what stands against saving is said above its buttons, and nothing typed is lost."""
    words, standing = visit.words, one.told.standing
    decision = None if one.decided is None else one.decided.decision
    seen = st.session_state.get("okr_scoring_seen")
    if not isinstance(seen, dict) or seen.get("key") != standing.key:
        _look(visit, standing.key, decision)
    after = sorted(
        (cycle for cycle in cycles if cycle.state != "closed" and cycle.start > closing.cycle.start),
        key=lambda cycle: cycle.start,
    )
    goes_on = one.decided is not None and one.decided.decision != "drop"
    with st.container(key=f"okr_score_form_{standing.id}"):
        if trouble := st.session_state.get("okr_scoring_trouble"):
            st.html(f'<p class="okr-note okr-failed" role="alert">{escaped(str(trouble))}</p>')
        with st.form(f"okr_score_{standing.id}", border=False):
            _score(visit, one)
            if not goes_on:
                _decision(visit, one, after)
            st.text_input(
                words("cycle.reason"), "" if one.decided is None else one.decided.reason,
                key=f"okr_why_{standing.id}", max_chars=LONGEST, disabled=goes_on,
            )  # fmt: skip
            with st.container(key=f"okr_score_acts_{standing.id}", horizontal=True):
                st.form_submit_button(
                    words("cycle.save"), type="primary", key=f"okr_score_save_{standing.id}",
                    on_click=_save, args=(visit, one),
                )  # fmt: skip
                if one.given is None and one.suggested.score is not None:
                    score = formats.score(one.suggested.score, words.language)
                    st.form_submit_button(
                        words("cycle.take", score=score), key=f"okr_score_take_{standing.id}",
                        on_click=_save, args=(visit, one, one.suggested.score),
                    )  # fmt: skip
                st.form_submit_button(words("cycle.cancel"), key=f"okr_score_cancel_{standing.id}", on_click=_stop)
        if not after and not goes_on:
            if visit.actor.is_admin:
                draw_next(visit, closing.cycle)
            else:
                st.html(f'<p class="okr-foot">{escaped(words("cycle.no_next"))}</p>')


def _score(visit: Visit, one: ToClose) -> None:
    """The eleven scores; the one that was given is chosen, a suggested one is not: nobody has said it yet."""
    words, language, standing = visit.words, visit.words.language, one.told.standing
    chosen = one.given
    steps = STEPS if chosen is None or chosen in STEPS else tuple(sorted((*STEPS, chosen)))
    st.segmented_control(
        words("cycle.score.label"), steps, default=chosen, key=f"okr_given_{standing.id}",
        format_func=lambda score: formats.score(score, language),
    )  # fmt: skip
    why = retrospective.reason(one, language)
    if one.suggested.score is None:
        said = words("cycle.suggested.none", why=why)
    else:
        said = words("cycle.suggested", score=formats.score(one.suggested.score, language), why=why)
    st.html(f'<p class="okr-foot">{escaped(said)}</p>')


def _decision(visit: Visit, one: ToClose, after: Sequence[Cycle]) -> None:
    words, standing = visit.words, one.told.standing
    offered = DECISIONS if after else ("drop",)
    st.segmented_control(
        words("cycle.decision"), offered, default=None if one.decided is None else one.decided.decision,
        format_func=lambda name: words(f"cycle.decision.{name}"), key=f"okr_decision_{standing.id}",
    )  # fmt: skip
    if not after:
        return
    names = {cycle.key: plain(cycle.name) for cycle in after}
    st.selectbox(
        words("cycle.into"), list(names), format_func=lambda key: label(names[key], 60), key=f"okr_into_{standing.id}"
    )
    with st.container(key=f"okr_changed_{standing.id}", horizontal=True):
        st.text_input(
            words("cycle.changed.title"), key=f"okr_new_title_{standing.id}", placeholder=plain(standing.title)[:200],
            max_chars=400,
        )  # fmt: skip
        target = standing.measure.target
        shown = "" if target is None else formats.amount(float(target), standing.unit, words.language)
        st.text_input(
            words("cycle.changed.target"), key=f"okr_new_target_{standing.id}", placeholder=shown, max_chars=60
        )


def _stop() -> None:
    st.query_params.pop("kr", None)
    for name in ("okr_scoring_trouble", "okr_scoring_seen"):
        st.session_state.pop(name, None)


def _save(visit: Visit, one: ToClose, suggested: float | None = None) -> None:
    """Save the score, then the decision; the first that cannot be saved stops it, and the form stays as it is.

    A `suggested` score that the person takes stands for the one in the form.
    """
    visit, state, standing = renewed(visit), st.session_state, one.told.standing
    seen: dict[str, Any] = dict(state["okr_scoring_seen"])
    given = state.get(f"okr_given_{standing.id}") if suggested is None else suggested
    decision = state.get(f"okr_decision_{standing.id}")
    done: list[str] = []
    try:
        if given is not None and given != one.given:
            saved = visit.store.score(visit.actor, standing.key, given, visit.now, version=seen["version"])
            seen["version"] = saved.version
            done.append(visit.words("cycle.saved.score", id=standing.key))
        if decision is not None and (decision != seen["decision"] or _said_more(one, standing.id)):
            _decide(visit, one, str(decision), seen)
            done.append(visit.words(f"cycle.saved.{decision}", id=standing.key))
    except OkrError as reason:
        said = " ".join([*done, trouble(visit, reason)])
        decided = visit.store.decision_on(visit.actor, standing.key)
        # The next press of the button decides over what is told now.
        _look(visit, standing.key, None if decided is None else decided.decision)
        state["okr_scoring_trouble"] = said
        return
    _stop()
    if done:
        state["okr_said"] = " ".join(done)


def _said_more(one: ToClose, number: int) -> bool:
    before = "" if one.decided is None else one.decided.reason
    return str(st.session_state.get(f"okr_why_{number}", before)).strip() != before


def _decide(visit: Visit, one: ToClose, decision: str, seen: dict[str, Any]) -> None:
    state, standing = st.session_state, one.told.standing
    values: dict[str, Any] = {}
    if decision == "change":
        if title := str(state.get(f"okr_new_title_{standing.id}", "")).strip():
            values["title"] = title
        near = [float(end) for end in (standing.measure.baseline, standing.measure.target) if end is not None]
        if target := str(state.get(f"okr_new_target_{standing.id}", "")).strip():
            values["target"] = amount(target, standing.unit, standing.key, near)
    visit.store.decide(
        visit.actor,
        standing.key,
        decision,
        visit.now,
        into=None if decision == "drop" else state.get(f"okr_into_{standing.id}"),
        reason=str(state.get(f"okr_why_{standing.id}", "")),
        values=values,
        seen=seen["decision"],
    )


def trouble(visit: Visit, reason: OkrError) -> str:
    """What stands against it, with a decision named as the page names it."""
    words = visit.words

    def named(value: str) -> str:
        key = f"cycle.decision.{value}"
        return words(key) if words.has(key) else value

    if isinstance(reason, OutdatedError):
        changes = [(field, named(old), named(new), who) for field, old, new, who in reason.changes]
        reason = OutdatedError(reason.what, changes)
    return refusals.said(reason, words.language)
