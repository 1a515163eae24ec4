"""Two people at once: what the other changed, field by field, beside what is typed here, to be chosen from."""

from __future__ import annotations

import streamlit as st

from ui.edit_changes import told
from ui.edit_fields import field_label, value_word
from ui.edit_form import Clash, Form, settle
from ui.harmless import escaped, label, line
from ui.moments import said_when
from ui.session import Visit

MINE, THEIRS = "mine", "theirs"


def draw_clashes(visit: Visit, form: Form) -> None:
    """The fields that somebody else changed, with a choice for each that was changed here too."""
    words = visit.words
    with st.container(key="okr_ed_clash"):
        st.html(
            f'<h2 class="okr-part" data-focus="clash-{form.version}">{escaped(words("edit.conflict.title"))}</h2>'
            f'<p class="okr-foot">{escaped(words("edit.conflict.about"))}</p>'
        )
        for clash in form.clashes:
            if clash.both:
                _choose(visit, form, clash)
            else:
                _taken(visit, form, clash)
        if st.session_state.pop("okr_clash_open", None):
            told(words("edit.conflict.choose"))
        st.button(
            words("edit.conflict.go_on"), key="okr_clash_go_on", type="primary", on_click=_go_on, args=(visit, form)
        )


def _who(visit: Visit, clash: Clash) -> str:
    if clash.at is None:
        return ""
    return visit.words("edit.conflict.by", name=clash.by or "–", when=said_when(visit, clash.at))


def _choose(visit: Visit, form: Form, clash: Clash) -> None:
    words = visit.words
    values = {MINE: clash.mine, THEIRS: clash.theirs}
    st.radio(
        label(field_label(visit, form.kind, clash.field)),
        [MINE, THEIRS],
        index=None,
        key=f"okr_clash_{clash.field}",
        format_func=lambda which: label(
            words(f"edit.conflict.{which}", value=_said(visit, form, clash.field, values[which])), 400
        ),
    )
    was = words("edit.conflict.was", old=_said(visit, form, clash.field, clash.old))
    st.html(f'<p class="okr-foot">{line(" · ".join(part for part in (_who(visit, clash), was) if part))}</p>')


def _taken(visit: Visit, form: Form, clash: Clash) -> None:
    name = field_label(visit, form.kind, clash.field)
    now = visit.words("edit.conflict.taken", value=_said(visit, form, clash.field, clash.theirs))
    was = visit.words("edit.conflict.was", old=_said(visit, form, clash.field, clash.old))
    said = " · ".join(part for part in (_who(visit, clash), was) if part)
    st.html(f'<p class="okr-note"><strong>{line(name)}</strong> {line(now)}<br><small>{line(said)}</small></p>')


def _said(visit: Visit, form: Form, name: str, value: object) -> str:
    if name == "milestones" and isinstance(value, list):
        return "; ".join(f"{'✓ ' if step['done_on'] else ''}{step['title']}" for step in value) or visit.words(
            "edit.none"
        )
    return value_word(visit, form, name, value)


def _go_on(visit: Visit, form: Form) -> None:
    chosen = {clash.field: st.session_state.get(f"okr_clash_{clash.field}") for clash in form.clashes if clash.both}
    if not all(chosen.values()):
        st.session_state["okr_clash_open"] = True
        return
    now = visit.store.record_fields(visit.actor, form.kind, form.key)
    settle(form, now, {name for name, which in chosen.items() if which == THEIRS})
