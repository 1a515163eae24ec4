"""What belongs to a record that is being changed: what hangs on it, what can be added, and taking it out."""

from __future__ import annotations

import streamlit as st

from okr import refusals
from okr.errors import OkrError
from okr.store.scope import Scope
from okr.store.tasks import TaskQuery
from ui.edit_changes import told
from ui.edit_form import Form, close_form
from ui.edit_links import BELOW, edit_link
from ui.harmless import escaped, label, line, plain
from ui.session import Visit, renewed

REMOVABLE = ("objective", "key_result", "kpi", "task", "team", "lesson")
MOST = 60


def draw_around(visit: Visit, form: Form) -> None:
    """The records below, with buttons to add one, and the way to take this one out."""
    words = visit.words
    below = _below(visit, form)
    adds = BELOW.get(form.kind, ())
    if below or adds:
        with st.container(key="okr_ed_around"):
            st.html(f'<h2 class="okr-part">{escaped(words("edit.around"))}</h2>')
            for kind, key, title in below[:MOST]:
                st.button(
                    label(f"{title} · {key}", 160), key=f"okr_title_{kind}_{key}", type="tertiary", width="stretch",
                    on_click=_go, args=({"kind": kind, "id": key},),
                )  # fmt: skip
            with st.container(key="okr_acts_add", horizontal=True):
                for kind, name, seed in adds:
                    edit_link(visit, words(f"edit.add.{name}"), {"kind": kind, seed: form.key}, ":material/add:")
    if form.kind in REMOVABLE:
        _draw_remove(visit, form)


def _go(address: dict[str, str]) -> None:
    for name in ("kind", "id", "under", "team", "cycle"):
        st.query_params.pop(name, None)
    st.query_params.update(address)


def _below(visit: Visit, form: Form) -> list[tuple[str, str, str]]:
    store, actor = visit.store, visit.actor
    match form.kind:
        case "objective":
            return [("key_result", key, title) for key, title in store.key_results_of(actor, form.key)]
        case "key_result":
            ref = store.ref(actor, "key_result", form.key)
            found = store.tasks(actor, TaskQuery(Scope(key_results=(ref.id,))))
            return [("task", one.key, plain(one.title)) for one in found]
        case "task":
            ref = store.ref(actor, "task", form.key)
            found = store.tasks(actor, TaskQuery(ids=(ref.id,), linked="subtasks"))
            return [("task", one.key, plain(one.title)) for one in found]
    return []


# ── taking it out ──────────────────────────────────────────────────────────────────────────────


def _draw_remove(visit: Visit, form: Form) -> None:
    words = visit.words
    asked = st.session_state.get("okr_removing") == form.name
    with st.container(key="okr_ed_remove"):
        if trouble := st.session_state.pop("okr_remove_trouble", None):
            told(str(trouble))
        if not asked:
            st.button(words("edit.remove"), key="okr_remove", type="tertiary", on_click=_ask, args=(form,))
            return
        st.html(f'<p class="okr-foot">{line(words("edit.remove.about"))}</p>')
        with st.container(key="okr_acts_remove", horizontal=True):
            said = words("edit.remove.sure", id=form.key)
            st.button(label(said), key="okr_remove_sure", on_click=_remove, args=(visit, form))
            st.button(words("edit.remove.keep"), key="okr_remove_keep", on_click=_ask, args=(None,))


def _ask(form: Form | None) -> None:
    st.session_state["okr_removing"] = form.name if form is not None else None


def _remove(visit: Visit, form: Form) -> None:
    _ask(None)
    above = form.before.get("objective") if form.kind == "key_result" else None
    try:
        visit.store.remove(visit.actor, form.kind, form.key, renewed(visit).now, version=form.version)
    except OkrError as reason:
        st.session_state["okr_remove_trouble"] = refusals.said(reason, visit.words.language)
        return
    visit.store.drop_form(visit.actor, form.name)
    close_form()
    st.session_state["okr_said"] = visit.words("edit.removed", id=form.key)
    _go({"kind": "objective", "id": str(above)} if above else {})
