"""Settings: the person's language and time zone, and how messages reach them outside the app."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

import streamlit as st

from okr import refusals
from okr.errors import OkrError
from ui.beginning import begin
from ui.harmless import escaped, line
from ui.session import Visit
from ui.wishes import draw_wishes
from ui.wording import LANGUAGES, Wording

# Zones that name no place people live in.
_NO_PLACES = ("Etc/", "posix/", "right/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")
AS_THE_COMPANY = ""


def page(visit: Visit) -> None:
    """The whole page."""
    words = visit.words
    begin(visit)
    about = f"<p>{escaped(visit.actor.name)} · {escaped(visit.actor.email)}</p>"
    st.html(f'<div class="okr-heading"><h1>{escaped(words("place.settings"))}</h1>{about}</div>')
    _draw_own(visit)
    st.html(f'<h2 class="okr-part">{escaped(words("wishes"))}</h2>')
    draw_wishes(visit)


def _draw_own(visit: Visit) -> None:
    words = visit.words
    kept = visit.store.record_fields(visit.actor, "person", visit.actor.email)
    st.html(f'<h2 class="okr-part">{escaped(words("settings.own"))}</h2>')
    zones = [AS_THE_COMPANY, *places_of_zones()]
    own = kept.fields.get("timezone") or AS_THE_COMPANY
    if own not in zones:
        zones.append(own)
    with st.container(key="okr_settings_own", horizontal=True, vertical_alignment="top"):
        st.segmented_control(
            words("settings.language"),
            LANGUAGES,
            default=kept.fields.get("language") or visit.company.language,
            format_func=lambda code: words(f"language.{code}"),
            key="okr_mine_language",
            on_change=_keep_language,
            args=(visit,),
        )
        st.selectbox(
            words("settings.zone"),
            zones,
            index=zones.index(own),
            format_func=lambda zone: (
                zone.replace("_", " ") if zone else words("settings.zone.company", zone=visit.company.timezone)
            ),
            key="okr_mine_zone",
            on_change=_keep_zone,
            args=(visit,),
        )
    there = visit.now.astimezone(visit.actor.tz)
    st.html(f'<p class="okr-foot">{line(words("settings.own.about", time=f"{there:%H:%M}"))}</p>')


@cache
def places_of_zones() -> tuple[str, ...]:
    """The names of all time zones that people live in, in order."""
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(_NO_PLACES)))


def _keep_language(visit: Visit) -> None:
    chosen = st.session_state["okr_mine_language"]
    if chosen and _keep(visit, "language", chosen):
        # The choice for one visit gives way to the one that stays.
        st.query_params.pop("lang", None)
        st.session_state["okr_said"] = Wording(chosen)("settings.kept")


def _keep_zone(visit: Visit) -> None:
    if _keep(visit, "timezone", st.session_state["okr_mine_zone"] or None):
        st.session_state["okr_said"] = visit.words("settings.kept")


def _keep(visit: Visit, field: str, value: str | None) -> bool:
    try:
        visit.store.change(visit.actor, "person", visit.actor.email, {field: value}, visit.now)
    except OkrError as reason:
        st.session_state["okr_said"] = refusals.said(reason, visit.words.language)
        return False
    return True
