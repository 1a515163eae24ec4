"""A draft on the page: its sentences with the records they rest on beside them, to read and to rewrite."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from assistant.updates.draft import Draft, Section, Sentence, from_document
from assistant.updates.rendering import cited, subtitle
from okr.errors import OkrError
from okr.store.updates import KeptUpdate
from ui.figures import paced_list
from ui.harmless import escaped, line
from ui.session import Visit
from ui.turns import Listed

MOST_DRAWN = 8
LONGEST = 600


def draw_sheet(visit: Visit, draft: Draft, kept: KeptUpdate | None) -> None:
    """The whole draft. Whose it is can rewrite each section until it is sent."""
    own = kept is None or (kept.owner == visit.actor.email and kept.state != "sent")
    with st.container(key="okr_sheet"):
        # "OKR-ów" is one word.
        title = escaped(draft.title).replace("OKR-", "OKR-&#8288;")
        st.html(f'<div class="okr-update-head"><h1>{title}</h1><p>{escaped(subtitle(draft))}</p></div>')
        for place, section in enumerate(draft.sections):
            with st.container(key=f"okr_part_{section.key}"):
                if own and st.session_state.get("okr_update_edit") == section.key:
                    _form(visit, draft, section, kept)
                else:
                    _section(visit, draft, section, kept, own=own)
                if place == 0 and (drawn := _figures(visit, draft)):
                    st.markdown(drawn, unsafe_allow_html=True)


def draw_reading(visit: Visit, draft: Draft) -> None:
    """A document that nobody rewrites, below a heading of the page's own."""
    with st.container(key="okr_sheet"):
        st.html(f'<div class="okr-update-head"><p>{escaped(subtitle(draft))}</p></div>')
        for section in draft.sections:
            with st.container(key=f"okr_part_{section.key}"):
                _section(visit, draft, section, None, own=False)


def _section(visit: Visit, draft: Draft, section: Section, kept: KeptUpdate | None, *, own: bool) -> None:
    with st.container(key=f"okr_part_head_{section.key}", horizontal=True, vertical_alignment="center"):
        st.html(f"<h2>{escaped(section.title)}</h2>", width="content")
        if own:
            st.button(
                visit.words("updates.edit"), key=f"okr_edit_{section.key}", type="tertiary", icon=":material/edit:",
                on_click=_edit, args=(section.key,),
            )  # fmt: skip
    leads = [one for one in section.sentences if not one.bullet]
    items = [one for one in section.sentences if one.bullet]
    drawn = f"<p>{' '.join(_said(visit, draft, one) for one in leads)}</p>" if leads else ""
    if items:
        drawn += f"<ul>{''.join(f'<li>{_said(visit, draft, one)}</li>' for one in items)}</ul>"
    st.html(f'<div class="okr-answer okr-update">{drawn}</div>')


def _said(visit: Visit, draft: Draft, sentence: Sentence) -> str:
    said = ""
    for text, kind in sentence.pieces():
        shown = escaped(text)
        said += f"<strong>{shown}</strong>" if kind == "title" else f"<q>{shown}</q>" if kind == "quote" else shown
    if sentence.edited:
        return f'{said} <span class="okr-edited">{line(visit.words("updates.edited"))}</span>'
    records = cited(draft, sentence) if sentence.bullet else []
    chips = "".join(
        f'<button type="button" class="okr-cite" data-open="{line(one)}" '
        f'aria-label="{line(visit.words("evidence.open", id=one))}">{line(one)}</button>'
        for one in records
    )
    return f"{said} {chips}" if chips else said


def _figures(visit: Visit, draft: Draft) -> str:
    """The pace bars of the key results that the draft speaks of, furthest behind first."""
    rows: dict[str, Listed] = {}
    for fact in draft.facts:
        if fact.title and "progress" in fact.values and "expected" in fact.values:
            rows.setdefault(
                fact.record, Listed(fact.record, "key_result", fact.title, {**fact.values, "unit": fact.unit})
            )
    if len(rows) < 2:
        return ""
    ordered = sorted(rows.values(), key=lambda row: -float(row.values.get("gap", 0.0)))[:MOST_DRAWN]
    return f'<div class="okr-figures">{paced_list(visit, ordered)}</div>'


# -- rewriting ----------------------------------------------------------------------------------------


def _edit(key: str) -> None:
    st.session_state["okr_update_edit"] = key


def _stop() -> None:
    st.session_state.pop("okr_update_edit", None)


def _form(visit: Visit, draft: Draft, section: Section, kept: KeptUpdate | None) -> None:
    words = visit.words
    st.html(f"<h2>{escaped(section.title)}</h2>")
    st.html(f'<p class="okr-foot">{escaped(words("updates.edit.about"))}</p>')
    for number, sentence in enumerate(section.sentences):
        st.text_area(
            words("updates.sentence", number=number + 1),
            sentence.text,
            key=f"okr_text_{section.key}_{number}",
            max_chars=LONGEST,
            label_visibility="collapsed",
            height="content",
        )
    with st.container(key=f"okr_acts_part_{section.key}", horizontal=True):
        st.button(
            words("updates.save"), key=f"okr_save_{section.key}", type="primary",
            on_click=_save, args=(visit, draft, section.key, kept),
        )  # fmt: skip
        st.button(words("updates.cancel"), key=f"okr_cancel_{section.key}", on_click=_stop)
        if kept is not None:
            st.button(
                words("updates.again"), key=f"okr_again_{section.key}", type="tertiary",
                on_click=_again, args=(visit, section.key, kept),
            )  # fmt: skip


def _save(visit: Visit, draft: Draft, key: str, kept: KeptUpdate | None) -> None:
    """Keep what was rewritten as a new version; an emptied sentence goes."""
    section = next(one for one in draft.sections if one.key == key)
    changed = draft
    for number in reversed(range(len(section.sentences))):
        text = str(st.session_state.get(f"okr_text_{key}_{number}", section.sentences[number].text))
        if " ".join(text.split()) != " ".join(section.sentences[number].text.split()):
            changed = changed.edited(key, number, " ".join(text.split()))
    # The first version is what was made from the records, so that a section can be put back.
    kept = kept or store_draft(visit, draft, None)
    if kept is not None and changed != draft:
        store_draft(visit, replace(changed, sections=tuple(one for one in changed.sections if one.sentences)), kept)
    _stop()


def _again(visit: Visit, key: str, kept: KeptUpdate) -> None:
    """Put the section back as it was first made from the records."""
    first = from_document(visit.store.update_versions(visit.actor, kept.key)[0].document)
    made = next((one for one in first.sections if one.key == key), None)
    if made is not None:
        now = from_document(kept.document)
        parts = tuple(made if one.key == key else one for one in now.sections)
        store_draft(visit, replace(now, sections=parts), kept)
    _stop()


def store_draft(visit: Visit, draft: Draft, kept: KeptUpdate | None) -> KeptUpdate | None:
    """Keep the draft, as a new update or as a new version of a kept one; what stands against it is told.

    The page shows the kept one on its next run.
    """
    try:
        if kept is None:
            kept = visit.store.save_update(visit.actor, draft.document(), visit.now)
        else:
            kept = visit.store.change_update(visit.actor, kept.key, draft.document(), kept.version, visit.now)
    except OkrError as reason:
        st.session_state["okr_said"] = str(reason)
        return None
    st.query_params["u"] = kept.key
    return kept


def keep(visit: Visit, draft: Draft) -> None:
    """Keep the draft as it was made."""
    store_draft(visit, draft, None)
