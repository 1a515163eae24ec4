"""The form to check in with: typed, shown as old and new, saved by one more click; drafts are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from assistant.telling import formats
from okr import refusals
from okr.errors import NotFoundError, OkrError
from okr.health import Status
from okr.refusals import RefusedError
from okr.store.change_log import Changed
from okr.store.keeping import Kept
from ui.figures import word
from ui.harmless import escaped, line, plain
from ui.session import Visit

REPORTED = (Status.ON_TRACK.value, Status.AT_RISK.value, Status.OFF_TRACK.value)
TEXTS = ("wins", "blockers", "note")
LONGEST = 4_000


def draw_check_in(visit: Visit, key: str) -> None:
    """The form for a key result that the person may check in on; a sentence for any other."""
    words = visit.words
    try:
        kept = visit.store.record_fields(visit.actor, "key_result", key)
    except NotFoundError:
        st.html(f'<p class="okr-note">{escaped(words("check_in.missing"))}</p>')
        return
    if not kept.may_change:
        st.html(f'<p class="okr-note">{escaped(words("check_in.not_yours", title=plain(kept.title)))}</p>')
        return
    shown = st.session_state.get("okr_check_in_shown")
    with st.container(key=f"okr_check_in_{kept.key}"):
        if isinstance(shown, dict) and shown.get("key") == kept.key:
            _confirm(visit, kept, shown)
        else:
            _form(visit, kept)


def _typed(visit: Visit, key: str) -> dict[str, Any]:
    """What the person typed of it before, if they left it unfinished."""
    return next((draft.values for draft in visit.store.drafts(visit.actor) if draft.key_result == key), {})


def _form(visit: Visit, kept: Kept) -> None:
    words, before = visit.words, _typed(visit, kept.key)
    latest = visit.store.open_record(visit.actor, kept.key)
    now = latest.facts.get("value") if latest is not None else None
    unit = str(kept.fields.get("unit") or "")
    with st.form(f"okr_form_{kept.key}", border=False):
        st.html(f'<p class="okr-over">{escaped(words("check_in.title", title=plain(kept.title)))}</p>')
        if kept.fields["kind"] == "milestones":
            st.html(f'<p class="okr-foot">{escaped(words("check_in.milestones"))}</p>')
        else:
            st.text_input(
                words("check_in.value_in", unit=plain(unit)) if unit else words("check_in.value"),
                str(before.get("value", "")),
                key=f"okr_value_{kept.key}",
                placeholder=words("check_in.now", value=_amount(now, unit, words.language)) if now is not None else "",
                max_chars=60,
            )
        st.segmented_control(
            words("check_in.confidence"),
            [1, 2, 3, 4, 5],
            default=_level(before.get("confidence")),
            key=f"okr_confidence_{kept.key}",
            help=words("check_in.confidence.help"),
        )
        st.segmented_control(
            words("check_in.status"),
            REPORTED,
            default=before.get("status") if before.get("status") in REPORTED else None,
            format_func=lambda status: words(f"status.{status}"),
            key=f"okr_status_{kept.key}",
        )
        for name in TEXTS:
            st.text_area(
                words(f"name.{name}"), str(before.get(name, "")), key=f"okr_{name}_{kept.key}", height=68,
                max_chars=LONGEST,
            )  # fmt: skip
        with st.container(key=f"okr_form_acts_{kept.key}", horizontal=True):
            st.form_submit_button(
                words("check_in.look"), type="primary", key=f"okr_look_{kept.key}", on_click=_look, args=(visit, kept)
            )
            st.form_submit_button(
                words("check_in.later"), key=f"okr_later_{kept.key}", on_click=_later, args=(visit, kept)
            )


def _level(given: object) -> int | None:
    return int(given) if isinstance(given, int | float | str) and str(given) in ("1", "2", "3", "4", "5") else None


def _given(kept: Kept) -> dict[str, Any]:
    names = ("value", "confidence", "status", *TEXTS)
    found = {name: st.session_state.get(f"okr_{name}_{kept.key}") for name in names}
    return {name: value for name, value in found.items() if value not in (None, "")}


def _look(visit: Visit, kept: Kept, *, sure: bool = False) -> None:
    """Show what would be recorded; what was typed is kept meanwhile."""
    values = _given(kept)
    _show(visit, kept, values, sure=sure)


def _show(visit: Visit, kept: Kept, values: Mapping[str, Any], *, sure: bool) -> None:
    try:
        visit.store.keep_draft(visit.actor, kept.key, values, visit.now)
        saved = visit.store.preview_check_in(visit.actor, kept.key, values, visit.now, sure=sure)
    except RefusedError as reason:
        trouble = reason.said(visit.words.language)
        shown = {"key": kept.key, "values": dict(values), "trouble": trouble, "slip": reason.reason == "unlikely"}
        st.session_state["okr_check_in_shown"] = shown
        return
    except OkrError as reason:
        st.session_state["okr_said"] = refusals.said(reason, visit.words.language)
        return
    seen = visit.store.latest_check_in(visit.actor, kept.key)
    st.session_state["okr_check_in_shown"] = {
        "key": kept.key, "values": dict(values), "sure": sure, "seen": seen, "changes": saved.changes,
    }  # fmt: skip


def _later(visit: Visit, kept: Kept) -> None:
    """Keep what was typed and close the form."""
    try:
        visit.store.keep_draft(visit.actor, kept.key, _given(kept), visit.now)
    except OkrError as reason:
        st.session_state["okr_said"] = refusals.said(reason, visit.words.language)
        return
    st.query_params.pop("kr", None)


def _confirm(visit: Visit, kept: Kept, shown: Mapping[str, Any]) -> None:
    words = visit.words
    st.html(f'<p class="okr-over">{escaped(words("check_in.title", title=plain(kept.title)))}</p>')
    if trouble := shown.get("trouble"):
        st.html(f'<p class="okr-note okr-failed" role="alert">{escaped(str(trouble))}</p>')
    else:
        st.html(_changes(visit, kept, shown["changes"]))
    with st.container(key=f"okr_confirm_acts_{kept.key}", horizontal=True):
        if not trouble:
            said = words("check_in.save")
            st.button(said, type="primary", key=f"okr_save_{kept.key}", on_click=_save, args=(visit, kept, shown))
        elif shown.get("slip"):
            again = words("check_in.anyway")
            args = (visit, kept, shown["values"])
            st.button(again, key=f"okr_anyway_{kept.key}", on_click=_anyway, args=args)
        st.button(words("check_in.back"), key=f"okr_back_{kept.key}", on_click=_back)


def _anyway(visit: Visit, kept: Kept, values: Mapping[str, Any]) -> None:
    _show(visit, kept, values, sure=True)


def _back() -> None:
    st.session_state.pop("okr_check_in_shown", None)


def _save(visit: Visit, kept: Kept, shown: Mapping[str, Any]) -> None:
    try:
        saved = visit.store.check_in(
            visit.actor, kept.key, shown["values"], visit.now, sure=bool(shown["sure"]), seen=str(shown["seen"])
        )
    except OkrError as reason:
        trouble = refusals.said(reason, visit.words.language)
        st.session_state["okr_check_in_shown"] = {**shown, "trouble": trouble, "slip": False}
        return
    _back()
    st.query_params.pop("kr", None)
    st.session_state["okr_said"] = visit.words("check_in.saved", id=saved.key)


def _changes(visit: Visit, kept: Kept, changes: tuple[Changed, ...]) -> str:
    """Old and new of each value, as a table of two columns and words."""
    rows = "".join(
        f"<div><dt>{line(refusals.field_word(one.field, visit.words.language))}</dt>"
        f"<dd>{_old(visit, kept, one)}{line(_shown(visit, kept, one.field, one.new))}</dd></div>"
        for one in changes
    )
    return f'<dl class="okr-clauses">{rows}</dl>'


def _old(visit: Visit, kept: Kept, one: Changed) -> str:
    if one.field in TEXTS or one.old in (None, ""):
        return ""
    said = line(_shown(visit, kept, one.field, one.old))
    return f'<span class="okr-was">{said}</span> <span aria-hidden="true">→</span> '


def _shown(visit: Visit, kept: Kept, name: str, value: object) -> str:
    if name == "value" and isinstance(value, int | float):
        return _amount(value, str(kept.fields.get("unit") or ""), visit.words.language)
    if name == "confidence":
        return visit.words("record.confidence", n=str(value))
    return word(visit, value) if name == "status" else str(value)


def _amount(value: Any, unit: str, language: str) -> str:
    return formats.amount(float(value), unit or None, language) if isinstance(value, int | float) else str(value)
