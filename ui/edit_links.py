"""Ways into the forms from wherever a record stands: only those that the person may go."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from okr.errors import NotFoundError
from ui.page import kept_address
from ui.session import Visit

# What can be added under a record of each kind: the kind, the name of the button, and where the form begins.
BELOW: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "objective": (("key_result", "key_result", "under"),),
    "key_result": (("task", "task", "under"),),
    "task": (("task", "subtask", "under"),),
    "team": (("objective", "objective", "team"),),
}
PAGE = "places/edit.py"


def edit_link(visit: Visit, text: str, asked: Mapping[str, str], icon: str) -> None:
    """A link to a form."""
    st.page_link(PAGE, label=text, icon=icon, query_params={**kept_address(), **asked})


def draw_edit_links(visit: Visit, kind: str, key: str) -> None:
    """Links to change the record and to add what goes under it, as far as the person may."""
    words = visit.words
    try:
        if kind == "check_in":
            if visit.store.check_in_fields(visit.actor, key).may_change:
                edit_link(visit, words("correct.button"), {"kind": kind, "id": key}, ":material/edit:")
            return
        kept = visit.store.record_fields(visit.actor, kind, key)
    except NotFoundError:
        return
    if kept.may_change:
        edit_link(visit, words("edit.button"), {"kind": kind, "id": key}, ":material/edit:")
    for below, name, seed in BELOW.get(kind, ()):
        if kept.may_change or (kind == "team" and key in visit.store.teams_decided(visit.actor)):
            edit_link(visit, words(f"edit.add.{name}"), {"kind": below, seed: key}, ":material/add:")


def draw_new_objective(visit: Visit, team: str | None, cycle: str | None) -> None:
    """A link to set an objective for the team, or for any that the person decides for; nothing for others."""
    decided = visit.store.teams_decided(visit.actor)
    if not decided or (team is not None and team not in decided):
        return
    asked = {"kind": "objective", "team": team or "", "cycle": cycle or ""}
    with st.container(key="okr_acts_new", horizontal=True):
        wanted = {name: value for name, value in asked.items() if value}
        edit_link(visit, visit.words("edit.add.objective"), wanted, ":material/add:")
