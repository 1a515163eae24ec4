"""The person's own latest check-ins, each with the way to put it right."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from okr.store.journal import JournalQuery
from okr.store.scope import Scope
from ui.correcting import said_value
from ui.edit_links import edit_link
from ui.harmless import escaped, line
from ui.moments import said_when
from ui.session import Visit

LASTS = timedelta(days=14)
MOST = 6


def draw_own_check_ins(visit: Visit) -> None:
    """The latest check-ins that the person wrote in the last two weeks; nothing where there are none."""
    words, store = visit.words, visit.store
    query = JournalQuery(Scope(), visit.now, visit.now - LASTS, (visit.actor.id,))
    found = store.journal(visit.actor, query, limit=MOST)
    if not found:
        return
    titles = store.names_of(visit.actor, "key_result", [one.key_result for one in found])
    with st.container(key="okr_own"):
        st.html(f'<h2 class="okr-part">{escaped(words("correct.own"))}</h2>')
        for one in found:
            kept = store.check_in_fields(visit.actor, one.key)
            facts = [said_value(visit, kept, name, value) for name, value in _facts(one.value, one.confidence)]
            said = " · ".join([said_when(visit, one.at), *facts])
            with st.container(key=f"okr_own_{one.key}", horizontal=True, vertical_alignment="center"):
                st.html(
                    f'<div class="okr-task"><button type="button" class="okr-titled" data-open="{line(one.key)}">'
                    f"{line(titles.get(one.key_result, one.key_result))}</button>"
                    f'<p class="okr-foot">{line(said)}</p></div>',
                    width="stretch",
                )
                if kept.may_change:
                    edit_link(visit, words("correct.button"), {"kind": "check_in", "id": one.key}, ":material/edit:")


def _facts(value: float | None, confidence: int | None) -> list[tuple[str, float | int]]:
    found: list[tuple[str, float | int]] = []
    if value is not None:
        found.append(("value", value))
    if confidence is not None:
        found.append(("confidence", confidence))
    return found
