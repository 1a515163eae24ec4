"""What can be done with a draft: keep, approve, send, repeat, take along; and who got it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from assistant.telling import formats
from assistant.updates.draft import Draft, from_document
from assistant.updates.rendering import RENDERERS
from assistant.updates.sending import WHOM, letter, letter_for, recipients
from okr.calendar import day_of
from okr.errors import OkrError
from okr.store.updates import KeptUpdate
from ui.harmless import escaped, line, plain
from ui.session import Visit
from ui.update_sheet import keep, store_draft

FORMS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "html": "text/html",
    "md": "text/markdown",
    "slack": "text/plain",
}


def draw_acts(visit: Visit, draft: Draft, kept: KeptUpdate | None) -> None:
    """The buttons below a draft, and what became of a kept one."""
    words = visit.words
    own = kept is None or kept.owner == visit.actor.email
    with st.container(key="okr_update_acts", horizontal=True, vertical_alignment="center"):
        if kept is None:
            st.button(words("updates.keep"), key="okr_update_keep", on_click=keep, args=(visit, draft))
        elif own and kept.state == "draft":
            st.button(words("updates.approve"), key="okr_update_approve", on_click=_approve, args=(visit, kept))
        if own:
            with st.popover(words("updates.send"), type="primary"):
                _send_form(visit, draft, kept)
        draw_taking(visit, draft)
        if own:
            st.button(
                words("updates.repeat"), key="okr_update_repeat", type="tertiary", on_click=_repeat, args=(visit, draft)
            )
    if kept is not None:
        _history(visit, kept, own=own)


def draw_taking(visit: Visit, draft: Draft) -> None:
    """The document in each of its forms, to take along."""
    words = visit.words
    with st.popover(words("updates.take")):
        for form, mime in FORMS.items():
            st.download_button(
                words(f"updates.form.{form}"),
                _made(draft, form),
                file_name=f"{_file_name(draft)}.{'txt' if form == 'slack' else form}",
                mime=mime,
                key=f"okr_take_{form}",
                on_click="ignore",
                type="tertiary",
                width="stretch",
            )


def _made(draft: Draft, form: str) -> Callable[[], bytes]:
    """The document, made when it is wanted."""

    def made() -> bytes:
        found = RENDERERS[form](draft)
        return found.encode() if isinstance(found, str) else found

    return made


def _file_name(draft: Draft) -> str:
    words = "".join(c if c.isalnum() else " " for c in f"okr {draft.scope} {draft.period['from']}")
    return "-".join(words.split()).lower()[:80]


def _approve(visit: Visit, kept: KeptUpdate) -> None:
    try:
        visit.store.approve_update(visit.actor, kept.key, kept.version, visit.now)
    except OkrError as reason:
        st.session_state["okr_said"] = str(reason)


# -- sending ------------------------------------------------------------------------------------------


def _send_form(visit: Visit, draft: Draft, kept: KeptUpdate | None) -> None:
    words = visit.words
    whom = st.radio(
        words("updates.whom"),
        WHOM,
        index=1 if draft.audience == "leadership" else 2 if draft.audience == "team" else 3,
        format_func=lambda key: words(f"updates.whom.{key}"),
        key="okr_update_whom",
    )
    people = recipients(visit.store, visit.actor.email, str(whom), draft.scope)
    names = [plain(visit.person_name(email)) for email in people]
    shown = formats.joined(names, words.language) if len(names) <= 8 else ", ".join(names[:8]) + " …"
    count = words("updates.people", count=len(people))
    st.html(f'<p class="okr-foot">{escaped(count)}: {escaped(shown)}</p>')
    st.html(f'<p class="okr-foot">{escaped(words("updates.send.about"))}</p>')
    st.button(
        words("updates.send.now"), key="okr_update_send", type="primary",
        on_click=_send, args=(visit, draft, kept, people),
    )  # fmt: skip


def _send(visit: Visit, draft: Draft, kept: KeptUpdate | None, people: list[str]) -> None:
    kept = kept or store_draft(visit, draft, None)
    if kept is None:
        return
    words = visit.words
    try:
        said_in = from_document(kept.document)
        found = visit.store.send_update(
            visit.actor,
            kept.key,
            people,
            letter(said_in),
            kept.version,
            visit.now,
            letter_for=letter_for(visit.store, said_in, visit.now),
        )
    except OkrError as reason:
        st.session_state["okr_said"] = str(reason)
        return
    delivered = sum(one.state == "delivered" for one in found)
    said = words("updates.sent", count=delivered)
    if skipped := len(found) - delivered:
        said += f" {words('updates.skipped', count=skipped)}"
    st.session_state["okr_said"] = said


def _repeat(visit: Visit, draft: Draft) -> None:
    """Go to the automations with a sentence that sends such an update each week."""
    team = draft.scope.partition(":")[2] if draft.scope.startswith("team:") else ""
    key = "updates.repeat.team" if team else "updates.repeat.company"
    filled = {"team": plain(visit.team_name(team))} if team else {}
    st.session_state["okr_rule_read"] = visit.words(key, **filled)
    st.session_state["okr_go"] = "places/automations.py"


# -- what became of it --------------------------------------------------------------------------------


def _history(visit: Visit, kept: KeptUpdate, *, own: bool) -> None:
    words, language = visit.words, visit.words.language
    day = formats.day(day_of(kept.sent_at or kept.changed_at, visit.company.tz), language, visit.today)
    items = [words(f"updates.state.{kept.state}", day=day)]
    if own:
        versions = visit.store.update_versions(visit.actor, kept.key)
        for one in versions[1:]:
            on = formats.day(day_of(one.at, visit.company.tz), language, visit.today)
            items.append(
                words("updates.changed", number=one.version, name=plain(visit.person_name(one.person)), day=on)
            )
        for sent in visit.store.update_recipients(visit.actor, kept.key):
            name = plain(visit.person_name(sent.person))
            state = words(f"updates.to.{sent.reason or sent.state}") if sent.reason else words("updates.to.delivered")
            items.append(f"{name}: {state}")
    drawn = "".join(f"<li>{line(item)}</li>" for item in items)
    st.html(f'<ul class="okr-update-log">{drawn}</ul>')
