"""What saving a form would change: old and new of each field, and what it does to progress."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import streamlit as st

from assistant.telling import formats
from okr import refusals
from okr.errors import OkrError
from okr.fields import FIELDS
from okr.steps import StepChange, steps_changed
from okr.store.change_log import Changed
from ui.edit_fields import field_label, value_word
from ui.edit_form import FIGURES, Form, asked
from ui.harmless import escaped, line
from ui.session import Visit

ACTS = {"done": "done_now"}
MEASURING = frozenset([*FIGURES, "kind", "limit", "milestones"])


def draw_changes(visit: Visit, form: Form) -> dict[str, Any] | None:
    """What would be saved, old and new; the values, or None where they cannot be."""
    words = visit.words
    try:
        values = asked(visit, form)
        changes = (
            visit.store.preview_change(visit.actor, form.kind, form.key, values, visit.now).changes if values else ()
        )
    except OkrError as reason:
        told(refusals.said(reason, words.language))
        return None
    st.html(f'<h2 class="okr-part">{escaped(words("edit.changes"))}</h2>')
    if not changes:
        st.html(f'<p class="okr-foot">{escaped(words("edit.changes.none"))}</p>')
        return {}
    rows = "".join(_row(visit, form, one) for one in changes)
    if form.kind == "key_result" and MEASURING & values.keys():
        rows += _progress(visit, form, values)
    st.html(f'<dl class="okr-clauses">{rows}</dl>')
    return values


def told(sentence: str) -> None:
    """A refusal in words, where it is looked for."""
    st.html(f'<p class="okr-note okr-failed" role="alert">{escaped(sentence)}</p>')


def _row(visit: Visit, form: Form, one: Changed) -> str:
    if FIELDS[form.kind].get(one.field) is not None and FIELDS[form.kind][one.field].form == "steps":
        said = "<br>".join(line(_step(visit, each)) for each in steps_changed(one.old or [], one.new or []))
    else:
        old = "" if one.old in (None, "", []) else line(_value(visit, form, one.field, one.old))
        was = f'<span class="okr-was">{old}</span> <span aria-hidden="true">→</span> ' if old else ""
        said = was + line(_value(visit, form, one.field, one.new))
    return f"<div><dt>{line(field_label(visit, form.kind, one.field))}</dt><dd>{said}</dd></div>"


def _step(visit: Visit, one: StepChange) -> str:
    return visit.words(f"edit.step.{ACTS.get(one.act, one.act)}", title=one.title)


def _value(visit: Visit, form: Form, name: str, value: Any) -> str:
    language = visit.words.language
    each = FIELDS[form.kind].get(name)
    if isinstance(value, bool):
        return value_word(visit, form, name, value)
    if isinstance(value, int | float):
        unit = str(form.typed.get("unit") or "") or None
        return formats.amount(float(value), unit if name in FIGURES else None, language)
    if each is not None and each.form == "day" and value:
        on = value if isinstance(value, date) else date.fromisoformat(str(value))
        return formats.day(on, language, visit.today)
    return value_word(visit, form, name, value)


def _progress(visit: Visit, form: Form, values: dict[str, Any]) -> str:
    measured = {name: value for name, value in values.items() if name in MEASURING}
    found = visit.store.progress_after(visit.actor, form.key, measured, visit.now)
    if found.before == found.after:
        return ""
    was, now = (_share(visit, share) for share in (found.before, found.after))
    said = f'<span class="okr-was">{line(was)}</span> <span aria-hidden="true">→</span> <strong>{line(now)}</strong>'
    return f"<div><dt>{line(visit.words('edit.progress'))}</dt><dd>{said}</dd></div>"


def _share(visit: Visit, share: Fraction | None) -> str:
    if share is None:
        return visit.words("edit.progress.undefined")
    return formats.percent(float(share), visit.words.language)
