"""The form to check in with: typed, shown as old and new, saved by one more click; drafts are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from assistant.telling import formats
from okr import refusals
from okr.errors import NotFoundError, OkrError
from okr.health import Status
from okr.refusals import RefusedError
from okr.steps import steps_changed
from okr.store.change_log import Changed
from okr.store.keeping import Kept
from ui.figures import word
from ui.harmless import escaped, label, line, plain
from ui.session import Visit, renewed

REPORTED = (Status.ON_TRACK.value, Status.AT_RISK.value, Status.OFF_TRACK.value)
TEXTS = ("blockers", "wins", "note")
NAMES = ("value", "confidence", "status", *TEXTS)
LONGEST = 4_000
SHOWN = "okr_check_in_shown"


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
    shown = st.session_state.get(SHOWN)
    with st.container(key=f"okr_check_in_{kept.key}"):
        if isinstance(shown, dict) and shown.get("key") == kept.key:
            _confirm(visit, kept, shown)
        else:
            _form(visit, kept)


def _typed(visit: Visit, key: str) -> dict[str, Any]:
    """What the person typed of it before, if they left it unfinished."""
    return next((draft.values for draft in visit.store.drafts(visit.actor) if draft.key_result == key), {})


def _head(visit: Visit, kept: Kept, focus: str) -> None:
    """What the form is about; the marks let the page put the cursor into it once."""
    title = escaped(visit.words("check_in.title", title=plain(kept.title)))
    st.html(f'<p class="okr-over" data-focus="{line(f"{focus}-{kept.key}")}">{title}</p>')


def _form(visit: Visit, kept: Kept) -> None:
    words, before = visit.words, _typed(visit, kept.key)
    with st.form(f"okr_form_{kept.key}", border=False):
        _head(visit, kept, "form")
        if kept.fields["kind"] == "milestones":
            _steps(visit, kept, before)
        else:
            _value(visit, kept, before)
        st.segmented_control(
            words("check_in.confidence"),
            [1, 2, 3, 4, 5],
            default=_level(before.get("confidence")),
            key=f"okr_confidence_{kept.key}",
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
        form, on = "DD.MM.YYYY" if words.language == "pl" else "YYYY-MM-DD", _day(before.get("on")) or visit.today
        st.date_input(words("check_in.on"), on, key=f"okr_on_{kept.key}", format=form, width=240)
        with st.container(key=f"okr_form_acts_{kept.key}", horizontal=True):
            st.form_submit_button(
                words("check_in.look"), type="primary", key=f"okr_look_{kept.key}", on_click=_look, args=(visit, kept)
            )
            st.form_submit_button(
                words("check_in.later"), key=f"okr_later_{kept.key}", on_click=_later, args=(visit, kept)
            )


def _value(visit: Visit, kept: Kept, before: Mapping[str, Any]) -> None:
    words, unit = visit.words, str(kept.fields.get("unit") or "")
    latest = visit.store.open_record(visit.actor, kept.key)
    now = latest.facts.get("value") if latest is not None else None
    st.text_input(
        words("check_in.value_in", unit=plain(unit)) if unit else words("check_in.value"),
        str(before.get("value", "")),
        key=f"okr_value_{kept.key}",
        placeholder=words("check_in.now", value=_amount(now, unit, words.language)) if now is not None else "",
        max_chars=60,
    )


def _steps(visit: Visit, kept: Kept, before: Mapping[str, Any]) -> None:
    """The milestones, to be ticked as they are reached."""
    words = visit.words
    steps = kept.fields["milestones"]
    over = words("check_in.milestones" if steps else "check_in.milestones.none")
    st.html(f'<p class="okr-foot">{escaped(over)}</p>')
    done = before.get("done")
    for place, step in enumerate(steps):
        reached = step["title"] in done if isinstance(done, list) else step["done_on"] is not None
        said = label(step["title"], 160)
        if step["done_on"] is not None:
            on = formats.day(date.fromisoformat(step["done_on"]), words.language, visit.today)
            said = f"{said} · {label(on)}"
        st.checkbox(said, reached, key=f"okr_done_{kept.key}_{place}")


def _level(given: object) -> int | None:
    return int(given) if isinstance(given, int | float | str) and str(given) in ("1", "2", "3", "4", "5") else None


def _day(given: object) -> date | None:
    try:
        return date.fromisoformat(str(given)) if given else None
    except ValueError:
        return None


# ── what is typed ──────────────────────────────────────────────────────────────────────────────


def _given(visit: Visit, kept: Kept) -> dict[str, Any]:
    """What stands in the form: the values, the day where it is another than today, and which milestones are ticked."""
    found = {name: st.session_state.get(f"okr_{name}_{kept.key}") for name in NAMES}
    given = {name: value for name, value in found.items() if value not in (None, "")}
    on = st.session_state.get(f"okr_on_{kept.key}")
    if isinstance(on, date) and on != visit.today:
        given["on"] = on.isoformat()
    if kept.fields["kind"] == "milestones":
        steps = kept.fields["milestones"]
        ticked = [bool(st.session_state.get(f"okr_done_{kept.key}_{place}")) for place in range(len(steps))]
        if ticked != [step["done_on"] is not None for step in steps]:
            given["done"] = [step["title"] for step, done in zip(steps, ticked, strict=True) if done]
    return given


def _parts(visit: Visit, kept: Kept, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]] | None]:
    """The values of the check-in, and all milestones where any was ticked or unticked."""
    values = {name: given[name] for name in NAMES if name in given}
    if "done" not in given:
        return values, None
    on = given.get("on") or visit.today.isoformat()
    steps = []
    for step in kept.fields["milestones"]:
        done_on = (step["done_on"] or on) if step["title"] in given["done"] else None
        steps.append({**step, "done_on": done_on})
    return values, steps


def _look(visit: Visit, kept: Kept, *, sure: bool = False) -> None:
    """Show what would be recorded; what was typed is kept meanwhile."""
    _show(visit, kept, _given(visit, kept), sure=sure)


def _show(visit: Visit, kept: Kept, given: Mapping[str, Any], *, sure: bool) -> None:
    store, actor, now = visit.store, visit.actor, renewed(visit).now
    values, steps = _parts(visit, kept, given)
    changes: tuple[Changed, ...] = ()
    try:
        store.keep_draft(actor, kept.key, given, now)
        if steps is not None:
            changes = store.preview_change(actor, "key_result", kept.key, {"milestones": steps}, now).changes
        if values or steps is None:
            told = store.preview_check_in(actor, kept.key, values, now, on=given.get("on"), sure=sure)
            changes += told.changes
    except RefusedError as reason:
        trouble = reason.said(visit.words.language)
        slip = reason.reason == "unlikely"
        st.session_state[SHOWN] = {"key": kept.key, "given": dict(given), "trouble": trouble, "slip": slip}
        return
    except OkrError as reason:
        st.session_state["okr_said"] = refusals.said(reason, visit.words.language)
        return
    st.session_state[SHOWN] = {
        "key": kept.key, "given": dict(given), "sure": sure, "seen": store.latest_check_in(actor, kept.key),
        "changes": changes, "version": kept.version,
    }  # fmt: skip


def _later(visit: Visit, kept: Kept) -> None:
    """Keep what was typed and close the form."""
    try:
        visit.store.keep_draft(visit.actor, kept.key, _given(visit, kept), visit.now)
    except OkrError as reason:
        st.session_state["okr_said"] = refusals.said(reason, visit.words.language)
        return
    st.query_params.pop("kr", None)


# ── old and new ────────────────────────────────────────────────────────────────────────────────


def _confirm(visit: Visit, kept: Kept, shown: Mapping[str, Any]) -> None:
    words = visit.words
    _head(visit, kept, "sure")
    trouble = shown.get("trouble")
    if trouble:
        st.html(f'<p class="okr-note okr-failed" role="alert">{escaped(str(trouble))}</p>')
    else:
        st.html(_changes(visit, kept, shown["changes"], shown["given"].get("on")))
    with st.container(key=f"okr_confirm_acts_{kept.key}", horizontal=True):
        if not trouble:
            said = words("check_in.save")
            st.button(said, type="primary", key=f"okr_save_{kept.key}", on_click=_save, args=(visit, kept, shown))
        elif shown.get("slip"):
            again = words("check_in.anyway")
            args = (visit, kept, shown["given"])
            st.button(again, key=f"okr_anyway_{kept.key}", on_click=_anyway, args=args)
        st.button(words("check_in.back"), key=f"okr_back_{kept.key}", on_click=_back)


def _anyway(visit: Visit, kept: Kept, given: Mapping[str, Any]) -> None:
    _show(visit, kept, given, sure=True)


def _back() -> None:
    st.session_state.pop(SHOWN, None)


def _save(visit: Visit, kept: Kept, shown: Mapping[str, Any]) -> None:
    given, now = shown["given"], renewed(visit).now
    values, steps = _parts(visit, kept, given)
    on, seen = given.get("on"), str(shown["seen"])
    try:
        if steps is None:
            sure = bool(shown["sure"])
            saved = visit.store.check_in(visit.actor, kept.key, values, now, on=on, sure=sure, seen=seen)
        else:
            saved = visit.store.check_in_with_steps(
                visit.actor, kept.key, values, steps, now, on=on, seen=seen, version=shown["version"]
            )
            visit.store.drop_draft(visit.actor, kept.key)
    except OkrError as reason:
        trouble = refusals.said(reason, visit.words.language)
        st.session_state[SHOWN] = {**shown, "trouble": trouble, "slip": False}
        return
    _back()
    st.query_params.pop("kr", None)
    said = visit.words("check_in.saved", id=saved.key)
    after = next_due(visit, kept.key)
    if after is not None:
        st.query_params["kr"] = after[0]
        said = f"{said} {visit.words('check_in.next', title=plain(after[1]))}"
    st.session_state["okr_said"] = said


def next_due(visit: Visit, saved: str) -> tuple[str, str] | None:
    """The id and title of what is due from the person after the one that was saved; None for nothing."""
    due = visit.store.own_week(visit.actor, renewed(visit).now).check_ins
    return next(
        ((one.told.standing.key, one.told.standing.title) for one in due if one.told.standing.key != saved), None
    )


def _changes(visit: Visit, kept: Kept, changes: tuple[Changed, ...], on: str | None) -> str:
    """Old and new of each value, as a table of two columns and words."""
    words = visit.words
    rows = "".join(
        f"<div><dt>{line(refusals.field_word(one.field, words.language))}</dt><dd>{_said(visit, kept, one)}</dd></div>"
        for one in changes
    )
    if on:
        day = formats.day(date.fromisoformat(on), words.language, visit.today)
        rows += f"<div><dt>{line(words('check_in.on'))}</dt><dd>{line(day)}</dd></div>"
    return f'<dl class="okr-clauses">{rows}</dl>'


def _said(visit: Visit, kept: Kept, one: Changed) -> str:
    if one.field == "milestones":
        acts = {"done": "done_now"}
        changed = steps_changed(one.old or [], one.new or [])
        said = [visit.words(f"edit.step.{acts.get(each.act, each.act)}", title=each.title) for each in changed]
        return "<br>".join(line(each) for each in said)
    return _old(visit, kept, one) + line(_shown(visit, kept, one.field, one.new))


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
