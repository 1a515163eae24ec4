"""The Edit page: one form for each kind of record, with the coach beside it and what changes before it is saved."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from okr import refusals
from okr.errors import NotFoundError, OkrError
from okr.refusals import OutdatedError
from okr.store.keeping import Kept
from ui.beginning import begin
from ui.correcting import draw_correction
from ui.edit_around import draw_around
from ui.edit_changes import draw_changes, told
from ui.edit_coach import draw_coach
from ui.edit_conflict import draw_clashes
from ui.edit_fields import draw_fields
from ui.edit_form import (
    KINDS,
    Form,
    asked,
    changed,
    clashes_of,
    close_form,
    held_form,
    keep_typed,
    open_form,
    plain,
    row_values,
    take_typed,
)
from ui.edit_steps import draw_rows, draw_templates
from ui.harmless import escaped, line
from ui.moments import said_when
from ui.page import kept_address
from ui.session import Visit, renewed

COACHED = ("objective", "key_result")
ADDRESS = ("kind", "id", "under", "team", "cycle")
BY_ADMINS = ("team", "person", "cycle")


def page(visit: Visit) -> None:
    """The whole page."""
    begin(visit)
    kind, key = st.query_params.get("kind", ""), st.query_params.get("id", "")
    if kind == "check_in" and key:
        draw_correction(visit, key)
        return
    if kind not in KINDS:
        _begin(visit)
        return
    seeds = {name: st.query_params.get(name, "") for name in ("under", "team", "cycle")}
    form = _form(visit, kind, key, seeds)
    if form is not None:
        _draw(visit, form)


def heading(title: str, about: str = "") -> None:
    """The title of the page and what it is about."""
    st.html(f'<div class="okr-heading"><h1>{line(title)}</h1><p>{line(about)}</p></div>')


def _begin(visit: Visit) -> None:
    """What can be made here, for an address that names nothing."""
    words = visit.words
    heading(words("place.edit"))
    kinds = [kind for kind in KINDS if visit.actor.is_admin or kind not in BY_ADMINS]
    with st.container(key="okr_ed_begin"):
        for kind in kinds:
            st.button(
                words(f"edit.new.{kind}"), key=f"okr_new_{kind}", type="tertiary", on_click=_go, args=({"kind": kind},)
            )


def _go(address: Mapping[str, str]) -> None:
    for name in ADDRESS:
        st.query_params.pop(name, None)
    st.query_params.update(address)


# ── the form ───────────────────────────────────────────────────────────────────────────────────


def _form(visit: Visit, kind: str, key: str, seeds: Mapping[str, str]) -> Form | None:
    """The form as it was left, or opened now; None where the page has said why there is none."""
    held = held_form(visit, kind, key, seeds)
    if held is not None and (held.new or changed(held) or held.clashes):
        return held
    words = visit.words
    kept: Kept | None = None
    if key:
        try:
            kept = visit.store.record_fields(visit.actor, kind, key)
        except NotFoundError:
            heading(words("place.edit"))
            st.html(f'<p class="okr-note">{escaped(words("edit.missing"))}</p>')
            return None
        if not kept.may_change:
            heading(words(f"edit.change.{kind}", id=kept.key))
            why = "edit.not_yours.admin" if kind in BY_ADMINS else "edit.not_yours"
            st.html(f'<p class="okr-note">{escaped(words(why, title=plain(kept.title)))}</p>')
            return None
        if held is not None and held.version == kept.version:
            return held
    elif reason := _no_right(visit, kind):
        heading(words(f"edit.new.{kind}"))
        st.html(f'<p class="okr-note">{escaped(words(reason))}</p>')
        return None
    return open_form(visit, kind, kept, seeds)


def _no_right(visit: Visit, kind: str) -> str:
    if visit.actor.is_admin:
        return ""
    store, actor = visit.store, visit.actor
    if kind in BY_ADMINS:
        return "edit.no_right.admin"
    if kind in ("objective", "kpi") and not store.teams_decided(actor):
        return f"edit.no_right.{kind}"
    if kind == "key_result" and not store.choices(actor, "objective", changeable=True, most=1):
        return "edit.no_right.key_result"
    if kind == "lesson" and not store.teams_decided(actor) and not store.owned_by(actor, actor.email):
        return "edit.no_right.lesson"
    return ""


def _draw(visit: Visit, form: Form) -> None:
    words = visit.words
    # What is shown depends on what stands in the widgets now.
    take_typed(form, visit.today)
    name = words(f"edit.new.{form.kind}") if form.new else words(f"edit.change.{form.kind}", id=form.key)
    heading(name, form.title if form.title != form.key else "")
    if not form.new:
        link = {**kept_address(), "id": form.key}
        st.page_link("places/record.py", label=words("edit.open"), icon=":material/open_in_full:", query_params=link)
    if form.kept_at is not None:
        with st.container(key="okr_ed_draft", horizontal=True, vertical_alignment="center"):
            said = words("edit.draft", when=said_when(visit, form.kept_at))
            st.html(f'<p class="okr-note">{escaped(said)}</p>', width="stretch")
            st.button(words("edit.afresh"), key="okr_afresh", type="tertiary", on_click=_afresh, args=(visit, form))
    if form.clashes:
        draw_clashes(visit, form)
        return
    if form.kind in COACHED:
        with st.container(key="okr_ed_wide"):
            left, right = st.columns([5, 3], gap="large")
            with left:
                _fields(visit, form)
            with right, st.container(key="okr_ed_coach"):
                draw_coach(visit, form)
    else:
        _fields(visit, form)
    if not form.new:
        draw_around(visit, form)


def _fields(visit: Visit, form: Form) -> None:
    if form.new and form.kind == "objective":
        draw_templates(visit, form)
    draw_fields(visit, form)
    if form.new and form.kind == "objective":
        draw_rows(visit, form)
    keep_typed(visit, form)
    with st.container(key="okr_ed_end"):
        if form.new:
            _end_new(visit, form)
        else:
            _end(visit, form)


def _end_new(visit: Visit, form: Form) -> None:
    words = visit.words
    if form.trouble:
        told(form.trouble)
    said = words("edit.create_all" if form.typed.get("rows") else "edit.create")
    with st.container(key="okr_ed_acts", horizontal=True):
        st.button(said, key="okr_save", type="primary", on_click=_create, args=(visit, form))
        if changed(form):
            st.button(words("edit.leave"), key="okr_leave", on_click=_afresh, args=(visit, form))


def _end(visit: Visit, form: Form) -> None:
    words = visit.words
    values = draw_changes(visit, form)
    st.session_state["okr_ed_seen"] = plain(form.typed)
    if form.trouble:
        told(form.trouble)
    if form.look:
        st.html(f'<p class="okr-note" role="status">{escaped(words("edit.look"))}</p>')
        form.look = False
    if not changed(form):
        return
    with st.container(key="okr_ed_acts", horizontal=True):
        if values is not None:
            st.button(words("edit.save"), key="okr_save", type="primary", on_click=_save, args=(visit, form))
        st.button(words("edit.leave"), key="okr_leave", on_click=_afresh, args=(visit, form))


def _afresh(visit: Visit, form: Form) -> None:
    visit.store.drop_form(visit.actor, form.name)
    close_form()
    st.session_state.pop("okr_template", None)
    st.session_state["okr_said"] = visit.words("edit.left")


def _create(visit: Visit, form: Form) -> None:
    take_typed(form, visit.today)
    form.trouble = ""
    now, language = renewed(visit).now, visit.words.language
    try:
        values = asked(visit, form)
        if form.kind == "objective":
            keys = _create_together(visit, form, values)
        else:
            keys = [visit.store.create(visit.actor, form.kind, values, now).key]
    except OkrError as reason:
        form.trouble = refusals.said(reason, language)
        if reason.place:
            form.trouble = visit.words("edit.trouble.row", place=reason.place, why=form.trouble)
        return
    visit.store.drop_form(visit.actor, form.name)
    close_form()
    st.session_state.pop("okr_template", None)
    words = visit.words
    below = len(keys) - 1
    said = words("edit.created_all", id=keys[0], count=below) if below else words("edit.created", id=keys[0])
    st.session_state["okr_said"] = said
    _go({"kind": form.kind, "id": keys[0]})


def _create_together(visit: Visit, form: Form, values: dict[str, object]) -> list[str]:
    below = []
    for place, row in enumerate(form.typed.get("rows") or [], 1):
        try:
            below.append(row_values(row))
        except OkrError as reason:
            reason.place = place
            raise
    return [one.key for one in visit.store.create_together(visit.actor, values, below, renewed(visit).now)]


def _save(visit: Visit, form: Form) -> None:
    take_typed(form, visit.today)
    form.trouble = ""
    if plain(form.typed) != st.session_state.get("okr_ed_seen"):
        # Typed and pressed at once: nobody has seen yet what would change.
        form.look = True
        return
    try:
        values = asked(visit, form)
        visit.store.change(visit.actor, form.kind, form.key, values, renewed(visit).now, version=form.version)
    except OutdatedError:
        _told_apart(visit, form)
        return
    except OkrError as reason:
        form.trouble = refusals.said(reason, visit.words.language)
        return
    visit.store.drop_form(visit.actor, form.name)
    close_form()
    st.session_state["okr_said"] = visit.words("edit.saved", id=form.key)


def _told_apart(visit: Visit, form: Form) -> None:
    try:
        _, form.clashes = clashes_of(visit, form)
    except NotFoundError:
        form.trouble = visit.words("edit.missing")
