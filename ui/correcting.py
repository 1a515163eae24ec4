"""A check-in put right afterwards: its values or its day; what stood there stays in the history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import streamlit as st

from assistant.telling import formats
from okr import refusals
from okr.calendar import day_of
from okr.errors import NotFoundError, OkrError
from okr.health import Status
from okr.refusals import OutdatedError, RefusedError
from okr.store.change_log import Past
from okr.store.keeping import Kept
from ui.check_in import LONGEST
from ui.edit_changes import told
from ui.figures import word
from ui.harmless import escaped, line, plain
from ui.moments import said_when
from ui.session import Visit, renewed

REPORTED = tuple(status.value for status in (Status.ON_TRACK, Status.AT_RISK, Status.OFF_TRACK))
TEXTS = ("wins", "blockers", "note")
NAMES = ("value", "confidence", "status", *TEXTS)
WIDGET = "okr_fix_"
HELD = "okr_fix"


def draw_correction(visit: Visit, key: str) -> None:
    """The form to put a check-in right, for whoever may; a sentence for anybody else."""
    words = visit.words
    try:
        kept = visit.store.check_in_fields(visit.actor, key)
    except NotFoundError:
        _head(words("correct.heading"), "")
        st.html(f'<p class="okr-note">{escaped(words("edit.missing"))}</p>')
        return
    author = visit.person_name(kept.fields["author"])
    about = words(
        "correct.about", title=plain(kept.title), name=plain(author), when=said_when(visit, kept.fields["at"])
    )
    _head(words("correct.title", id=kept.key), about)
    if not kept.may_change:
        st.html(f'<p class="okr-note">{escaped(words("edit.not_yours", title=kept.key))}</p>')
    else:
        _form(visit, kept)
    draw_corrections(visit, kept.key)


def _head(title: str, about: str) -> None:
    st.html(f'<div class="okr-heading"><h1>{line(title)}</h1><p>{line(about)}</p></div>')


def _name(kept: Kept) -> str:
    return f"check_in:{kept.key}"


def _begin(visit: Visit, kept: Kept) -> dict[str, Any]:
    """What is held of the form: the version that was seen, and what was left unfinished of it."""
    held = st.session_state.get(HELD)
    if isinstance(held, dict) and held["key"] == kept.key and held["whose"] == visit.actor.email:
        return held
    _forget()
    held = {"key": kept.key, "whose": visit.actor.email, "version": kept.version, "trouble": "", "slip": False}
    draft = visit.store.form_draft(visit.actor, _name(kept))
    if draft is not None:
        held["version"] = int(draft.body.get("version", kept.version))
        for name, value in dict(draft.body.get("typed", {})).items():
            if name in (*NAMES, "on"):
                st.session_state[WIDGET + name] = date.fromisoformat(value) if name == "on" and value else value
    st.session_state[HELD] = held
    return held


def _forget() -> None:
    st.session_state.pop(HELD, None)
    for key in [key for key in st.session_state if str(key).startswith(WIDGET)]:
        del st.session_state[key]


def _seed(name: str, value: Any) -> str:
    key = WIDGET + name
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def _form(visit: Visit, kept: Kept) -> None:
    words = visit.words
    held = _begin(visit, kept)
    fields = kept.fields
    unit = str(fields.get("unit") or "")
    with st.container(key="okr_correct"):
        if fields["kind"] != "milestones":
            said = words("check_in.value_in", unit=plain(unit)) if unit else words("check_in.value")
            st.text_input(said, key=_seed("value", _number(fields["value"])), max_chars=60)
        st.segmented_control(
            words("check_in.confidence"), [1, 2, 3, 4, 5], key=_seed("confidence", fields["confidence"]),
        )  # fmt: skip
        offered = [*REPORTED, *([fields["status"]] if fields["status"] not in (None, *REPORTED) else [])]
        st.segmented_control(
            words("check_in.status"), offered, key=_seed("status", fields["status"]),
            format_func=lambda status: words(f"status.{status}"),
        )  # fmt: skip
        form = "DD.MM.YYYY" if words.language == "pl" else "YYYY-MM-DD"
        st.date_input(words("correct.on"), key=_seed("on", _day(visit, kept)), format=form)
        for name in TEXTS:
            st.text_area(
                words(f"name.{name}"), key=_seed(name, fields[name]), height=68,
                max_chars=max(LONGEST, len(fields[name])),
            )  # fmt: skip
        changes = _changes(visit, kept)
        _keep(visit, kept, held, changes)
        _end(visit, kept, held, changes)


def _day(visit: Visit, kept: Kept) -> date:
    at: datetime = kept.fields["at"]
    return day_of(at, visit.company.tz)


def _number(value: Any) -> str:
    return "" if value is None else f"{float(value):.15g}"


def _typed() -> dict[str, Any]:
    return {name: st.session_state.get(WIDGET + name) for name in (*NAMES, "on")}


def _changes(visit: Visit, kept: Kept) -> dict[str, Any]:
    """What is typed and differs from what is recorded, as `correct_check_in` takes it."""
    typed = _typed()
    found: dict[str, Any] = {}
    for name in NAMES:
        if name == "value" and kept.fields["kind"] == "milestones":
            continue
        new, old = typed[name], kept.fields[name]
        same = str(new or "").strip() == _number(old) if name == "value" else (new or None) == (old or None)
        if not same:
            found[name] = "" if new is None else new
    if isinstance(typed["on"], date) and typed["on"] != _day(visit, kept):
        found["on"] = typed["on"].isoformat()
    return found


def _keep(visit: Visit, kept: Kept, held: dict[str, Any], changes: Mapping[str, Any]) -> None:
    typed = {name: value.isoformat() if isinstance(value, date) else value for name, value in _typed().items()}
    if held.get("kept", {}) == typed:
        return
    held["kept"] = typed
    if changes:
        visit.store.keep_form(visit.actor, _name(kept), {"version": held["version"], "typed": typed}, visit.now)
    else:
        visit.store.drop_form(visit.actor, _name(kept))


def _end(visit: Visit, kept: Kept, held: dict[str, Any], changes: Mapping[str, Any]) -> None:
    words = visit.words
    if changes:
        rows = "".join(_row(visit, kept, name, value) for name, value in changes.items())
        st.html(f'<h2 class="okr-part">{escaped(words("edit.changes"))}</h2><dl class="okr-clauses">{rows}</dl>')
    if held["trouble"]:
        told(str(held["trouble"]))
    with st.container(key="okr_ed_acts", horizontal=True):
        if changes:
            said = words("check_in.anyway" if held["slip"] else "correct.save")
            st.button(said, key="okr_fix_do", type="primary", on_click=_save, args=(visit, kept, held))
            st.button(words("edit.leave"), key="okr_fix_leave", on_click=_leave, args=(visit, kept))
        elif not st.session_state.get("okr_withdrawing"):
            st.button(
                words("correct.withdraw"), key="okr_withdraw", type="tertiary", on_click=_ask_withdraw, args=(True,)
            )
        else:
            st.button(
                words("correct.withdraw.sure"), key="okr_withdraw_sure", on_click=_withdraw, args=(visit, kept, held)
            )
            st.button(words("edit.remove.keep"), key="okr_withdraw_keep", on_click=_ask_withdraw, args=(False,))


def _row(visit: Visit, kept: Kept, name: str, value: Any) -> str:
    old = _day(visit, kept).isoformat() if name == "on" else kept.fields[name]
    was = "" if old in (None, "") else f'<span class="okr-was">{line(said_value(visit, kept, name, old))}</span> → '
    label = visit.words("edit.field.at" if name == "on" else f"edit.field.{name}")
    return f"<div><dt>{line(label)}</dt><dd>{was}{line(said_value(visit, kept, name, value))}</dd></div>"


def said_value(visit: Visit, kept: Kept, name: str, value: Any) -> str:
    """A value of a check-in as people say it."""
    language = visit.words.language
    if value in (None, ""):
        return visit.words("edit.none")
    if name == "value" and isinstance(value, int | float):
        return formats.amount(float(value), str(kept.fields.get("unit") or "") or None, language)
    if name == "confidence":
        return visit.words("record.confidence", n=str(value))
    if name == "status":
        return word(visit, value)
    if name in ("on", "at"):
        text = str(value)
        on = date.fromisoformat(text) if len(text) == 10 else day_of(datetime.fromisoformat(text), visit.company.tz)
        return formats.day(on, language, visit.today)
    return str(value)


def _save(visit: Visit, kept: Kept, held: dict[str, Any]) -> None:
    changes = _changes(visit, kept)
    on = changes.pop("on", None)
    words, language = visit.words, visit.words.language
    try:
        saved = visit.store.correct_check_in(
            visit.actor, kept.key, changes, renewed(visit).now, on=on, version=held["version"], sure=held["slip"]
        )
    except OutdatedError as reason:
        # What the other wrote is told; pressing again saves what stands here over it.
        held |= {"trouble": reason.said(language), "slip": False}
        held["version"] = visit.store.check_in_fields(visit.actor, kept.key).version
        return
    except RefusedError as reason:
        held |= {"trouble": reason.said(language), "slip": reason.reason == "unlikely"}
        return
    except OkrError as reason:
        held["trouble"] = refusals.said(reason, language)
        return
    visit.store.drop_form(visit.actor, _name(kept))
    _forget()
    st.session_state["okr_said"] = words("correct.saved", id=saved.key)


def _leave(visit: Visit, kept: Kept) -> None:
    visit.store.drop_form(visit.actor, _name(kept))
    _forget()
    st.session_state["okr_said"] = visit.words("edit.left")


def _ask_withdraw(asked: bool) -> None:
    st.session_state["okr_withdrawing"] = asked


def _withdraw(visit: Visit, kept: Kept, held: dict[str, Any]) -> None:
    _ask_withdraw(False)
    try:
        visit.store.withdraw_check_in(visit.actor, kept.key, renewed(visit).now, version=held["version"])
    except OkrError as reason:
        held["trouble"] = refusals.said(reason, visit.words.language)
        return
    _forget()
    st.session_state["okr_said"] = visit.words("correct.withdrawn", id=kept.key)
    st.query_params.pop("id", None)
    st.query_params.pop("kind", None)


def draw_corrections(visit: Visit, key: str) -> None:
    """What stood in a check-in before it was put right, by whom and when; nothing for one that never was."""
    kept = visit.store.check_in_fields(visit.actor, key)
    past = visit.store.history(visit.actor, "check_in", kept.key)
    told_there = [each for each in past if each.field not in ("created", "removed")]
    if not told_there:
        return
    items = "".join(f"<li>{_corrected(visit, kept, each)}</li>" for each in told_there)
    over = escaped(visit.words("correct.past"))
    st.html(f'<div class="okr-corrected"><p class="okr-over">{over}</p><ul>{items}</ul></div>')


def _corrected(visit: Visit, kept: Kept, one: Past) -> str:
    name = visit.words(f"edit.field.{one.field}")
    old, new = (said_value(visit, kept, one.field, value) for value in (one.old, one.new))
    by = visit.words("edit.conflict.by", name=one.by_name or "–", when=said_when(visit, one.at))
    was = f'<span class="okr-was">{line(old)}</span> <span aria-hidden="true">→</span>'
    return f"<strong>{line(name)}</strong> {was} {line(new)} <small>{line(by)}</small>"
