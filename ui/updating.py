"""The Updates page: what it is about, the draft beside its evidence, and what was kept and sent before."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.telling import formats
from assistant.updates.draft import Draft, from_document
from assistant.updates.drafting import drafted_for
from assistant.updates.wanted import AUDIENCES, LENGTHS, Wanted
from okr.calendar import day_of
from okr.errors import NotFoundError, OkrError
from okr.store.updates import KeptUpdate
from ui.beginning import begin
from ui.harmless import escaped, label, line, plain
from ui.session import Visit
from ui.update_acts import draw_acts
from ui.update_sheet import draw_sheet
from ui.wording import LANGUAGES

PERIODS = ("this-week", "last-week", "cycle")


def page(visit: Visit) -> None:
    """The whole page."""
    words = visit.words
    begin(visit)
    kept = _kept(visit)
    if kept is None:
        title, about = escaped(words("updates.title")), escaped(words("updates.about"))
        st.html(f'<div class="okr-heading"><h1>{title}</h1><p>{about}</p></div>')
        wanted = _choose(visit)
        made = _made(visit, wanted)
    else:
        st.button(words("updates.back"), key="okr_update_back", type="tertiary", on_click=_close)
        made = from_document(kept.document)
    if made is not None:
        draw_sheet(visit, made, kept)
        draw_acts(visit, made, kept)
    if kept is None:
        _archive(visit, visit.store.updates(visit.actor))


def _kept(visit: Visit) -> KeptUpdate | None:
    """The update that the address names; a lost one is told, and the page begins anew."""
    key = st.query_params.get("u")
    if not key:
        return None
    try:
        return visit.store.update(visit.actor, key)
    except NotFoundError:
        st.query_params.pop("u", None)
        st.html(f'<p class="okr-note">{escaped(visit.words("updates.lost"))}</p>')
        return None


def _close() -> None:
    st.query_params.pop("u", None)
    st.session_state.pop("okr_update_edit", None)


# -- what it is about ---------------------------------------------------------------------------------


def _choose(visit: Visit) -> Wanted:
    words = visit.words
    scopes = _scopes(visit)
    named = st.query_params.get("scope", "company")
    with st.container(key="okr_update_choice"):
        with st.container(key="okr_update_row", horizontal=True, vertical_alignment="bottom"):
            scope = st.selectbox(
                words("updates.scope"),
                list(scopes),
                index=list(scopes).index(named) if named in scopes else 0,
                format_func=lambda key: label(scopes[key], 80),
                key="okr_update_scope",
                on_change=_keep_scope,
            )
            audience = st.selectbox(
                words("updates.audience"),
                AUDIENCES,
                format_func=lambda key: words(f"updates.audience.{key}"),
                key="okr_update_audience",
            )
            period = st.selectbox(
                words("updates.period"),
                PERIODS,
                format_func=lambda key: words(f"updates.period.{key}"),
                key="okr_update_period",
            )
        with st.container(key="okr_update_row2", horizontal=True, vertical_alignment="center"):
            length = _segmented(visit, "length", LENGTHS, "normal")
            language = _segmented(visit, "language", LANGUAGES, words.language)
    return Wanted((str(scope),), str(audience), str(period), language, length)


def _segmented(visit: Visit, name: str, options: Sequence[str], default: str) -> str:
    chosen = st.segmented_control(
        visit.words(f"updates.{name}"),
        options,
        default=default,
        format_func=lambda key: visit.words(f"updates.{name}.{key}"),
        key=f"okr_update_{name}",
        label_visibility="collapsed",
    )
    return str(chosen or default)


def _keep_scope() -> None:
    st.query_params["scope"] = str(st.session_state["okr_update_scope"])


def _scopes(visit: Visit) -> dict[str, str]:
    """What an update can be about: the company, each team, and the person's own key results."""
    words = visit.words
    found = {"company": words("updates.scope.company", name=plain(visit.company.name))}
    found |= {f"team:{team.key}": plain(team.name) for team in visit.teams.values()}
    found[f"person:{visit.actor.email}"] = words("updates.scope.me")
    named = st.query_params.get("scope", "")
    if named.startswith("objective:"):
        found[named] = named.partition(":")[2]
    return found


def _made(visit: Visit, wanted: Wanted) -> Draft | None:
    try:
        return drafted_for(visit.store, visit.actor, visit.now, wanted)
    except OkrError as reason:
        st.html(f'<p class="okr-note okr-failed" role="alert">{escaped(str(reason))}</p>')
        return None


# -- the archive --------------------------------------------------------------------------------------


def _archive(visit: Visit, kept: Sequence[KeptUpdate]) -> None:
    words = visit.words
    with st.container(key="okr_updates"):
        st.html(f"<h2>{escaped(words('updates.archive'))}</h2>")
        if not kept:
            st.html(f'<p class="okr-note">{escaped(words("updates.archive.none"))}</p>')
        for one in kept:
            with st.container(key=f"okr_update_{one.key}"):
                st.button(
                    label(one.title, 160), key=f"okr_title_{one.key}", type="tertiary", width="stretch",
                    on_click=_open, args=(one.key,),
                )  # fmt: skip
                st.markdown(f'<div class="okr-small"><div>{_meta(visit, one)}</div></div>', unsafe_allow_html=True)


def _open(key: str) -> None:
    st.query_params["u"] = key


def _meta(visit: Visit, one: KeptUpdate) -> str:
    words, language = visit.words, visit.words.language
    moment = one.sent_at or one.changed_at
    day = formats.day(day_of(moment, visit.company.tz), language, visit.today)
    parts = [words(f"updates.state.{one.state}", day=day), words(f"updates.audience.{one.audience}")]
    if one.owner != visit.actor.email:
        parts.append(words("updates.by", name=plain(one.owner_name)))
    if one.version > 1:
        parts.append(words("updates.version", number=one.version))
    return "".join(f"<span>{line(part)}</span>" for part in parts)
