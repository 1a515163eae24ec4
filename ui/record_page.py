"""The page of one record: what it is, how it stands, and all that was recorded of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from okr.errors import NotFoundError
from okr.store.opening import Opened
from ui.beginning import begin
from ui.edit_links import draw_edit_links
from ui.finding import draw_pin, note_opened
from ui.harmless import escaped, line, plain
from ui.links import address, link, record_link
from ui.page import kept_address
from ui.record_items import draw_check_in_page, draw_kpi, draw_lesson, draw_task
from ui.record_key_result import draw_key_result
from ui.record_parts import PLACE
from ui.record_scopes import draw_cycle, draw_objective, draw_person, draw_team
from ui.session import Visit

LONGEST_KEY = 300
DEEPEST = 24
ASKED = ("key_result", "objective", "kpi", "team", "check_in")


def page(visit: Visit) -> None:
    """The whole page."""
    begin(visit, "tree")
    key = st.query_params.get("id", "").strip()[:LONGEST_KEY]
    kind = st.query_params.get("kind", "")
    found = visit.store.open_record(visit.actor, key, kind) if key and key.isprintable() else None
    with st.container(key="okr_record_page"):
        if found is None:
            _missing(visit)
            return
        _heading(visit, found)
        _acts(visit, found)
        try:
            _DRAWN[found.kind](visit, found)
        except NotFoundError:
            # Somebody took it away, or the right to see it, a moment ago.
            _missing(visit)
            return
    note_opened(visit, found.kind, found.key)


_DRAWN: dict[str, Callable[[Visit, Opened], None]] = {
    "key_result": draw_key_result,
    "objective": draw_objective,
    "kpi": draw_kpi,
    "task": draw_task,
    "team": draw_team,
    "person": draw_person,
    "cycle": draw_cycle,
    "check_in": draw_check_in_page,
    "lesson": draw_lesson,
}


def _missing(visit: Visit) -> None:
    """One and the same for what is not there and what the person may not see."""
    words = visit.words
    st.html(
        f'<div class="okr-heading"><h1>{escaped(words("page.none"))}</h1>'
        f"<p>{escaped(words('page.none.next'))}</p></div>"
    )
    to_tree = kept_address()
    st.page_link("places/tree.py", label=words("page.tree"), icon=":material/account_tree:", query_params=to_tree)


def _heading(visit: Visit, found: Opened) -> None:
    words = visit.words
    kind = words(f"record.{found.kind}")
    # An address says no more of a person than the name below it does.
    about = kind if found.kind == "person" else f"{kind} {plain(found.key)}"
    way = "".join(f"<li>{each}</li>" for each in _way(visit, found))
    trail = f'<nav class="okr-trail" aria-label="{line(words("page.trail"))}"><ol>{way}</ol></nav>' if way else ""
    title = line(found.title)
    st.markdown(
        f'<div class="okr-heading okr-page-head">{trail}<p class="okr-over">{line(about)}</p><h1>{title}</h1></div>',
        unsafe_allow_html=True,
    )


def _way(visit: Visit, found: Opened) -> list[str]:
    """The way from the company down to the record."""
    store, actor = visit.store, visit.actor
    way = [link(address("tree", {}), visit.company.name)]
    objective = ""
    if found.kind in ("key_result", "objective"):
        objective = found.above[1] if found.kind == "key_result" and found.above else found.key
    elif found.kind == "check_in" and found.above:
        above = store.open_record(actor, found.above[1])
        objective = above.above[1] if above is not None and above.above else ""
    if objective:
        one = store.objectives_by_id(actor, [store.ref(actor, "objective", objective).id])[0]
        way.append(record_link(one.team, one.team_name, "okr-link"))
        if found.kind != "objective":
            way.append(record_link(one.key, one.title, "okr-link"))
    if found.kind in ("check_in", "task") and found.above:
        way.append(record_link(found.above[1], found.above[2], "okr-link"))
    if found.kind == "team":
        at = visit.teams[found.key]
        over: list[str] = []
        while at.above in visit.teams and len(over) < DEEPEST:
            at = visit.teams[at.above or ""]
            over.insert(0, record_link(at.key, at.name, "okr-link"))
        way += over
    if found.kind == "person":
        team = visit.people[found.key].team
        way += [record_link(team, visit.team_name(team), "okr-link")] if team else []
    if found.kind == "kpi":
        team = store.kpis(actor, kpi_ids=[store.ref(actor, "kpi", found.key).id])[0].team
        way.append(record_link(team, visit.team_name(team), "okr-link"))
    return way


def _acts(visit: Visit, found: Opened) -> None:
    """What the person may do with it."""
    words, kind = visit.words, found.kind
    may = kind == "key_result" and visit.store.record_fields(visit.actor, kind, found.key).may_change
    with st.container(key="okr_acts_page", horizontal=True, vertical_alignment="center"):
        if may and _running(visit, found.key):
            to = {**kept_address(), "kr": found.key}
            st.page_link("places/my_week.py", label=words("week.check_in"), icon=":material/add:", query_params=to)
        draw_edit_links(visit, kind, found.key)
        if kind in ASKED:
            asked = words("record.ask.question", title=plain(found.title))
            st.button(
                words("record.ask"), key="okr_page_ask", type="tertiary", icon=":material/forum:", on_click=_ask,
                args=(asked,),
            )  # fmt: skip
        draw_pin(visit, kind, found.key, PLACE)


def _running(visit: Visit, key: str) -> bool:
    """Whether the key result takes check-ins: its cycle is not closed."""
    ref = visit.store.ref(visit.actor, "key_result", key)
    return any(cycle.state != "closed" for cycle in visit.store.record_cycle(visit.actor, [ref.id]))


def _ask(question: str) -> None:
    st.session_state["okr_asking"] = question
