"""The cycles, and one of them opened: its scores with their reasons, what becomes of each, what was learnt."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.telling import formats
from okr.store.closing import MOST, Closing
from okr.store.directory import Cycle
from okr.store.scope import Scope
from ui.beginning import begin
from ui.cycle_end import draw_end
from ui.cycle_next import draw_next
from ui.cycle_scores import draw_scores
from ui.harmless import escaped, label, line
from ui.looking_back import draw_looking_back
from ui.narrowing import draw_team, into_address, narrowed
from ui.session import Visit

PARTS = ("scores", "retrospective")


def page(visit: Visit) -> None:
    """The whole page: one cycle where the address names one, else all of them."""
    words = visit.words
    begin(visit, "cycle")
    cycles = visit.store.cycles()
    named = st.query_params.get("key") or st.query_params.get("cycle", "")
    cycle = next((one for one in cycles if one.key == named), None)
    with st.container(key="okr_cycle"):
        if cycle is not None:
            _opened(visit, cycle, cycles)
            return
        if named:
            st.html(f'<p class="okr-note">{escaped(words("cycle.missing"))}</p>')
        _list(visit, cycles)


# -- all of them --------------------------------------------------------------------------------------


def _list(visit: Visit, cycles: Sequence[Cycle]) -> None:
    words = visit.words
    st.html(f'<div class="okr-heading"><h1>{escaped(words("cycle.all"))}</h1>'
            f"<p>{escaped(words('cycle.all.about'))}</p></div>")  # fmt: skip
    counts = visit.store.scored_by_cycle(visit.actor)
    groups: dict[str, list[Cycle]] = {"running": [], "over": [], "coming": [], "past": []}
    for cycle in cycles:
        groups[phase(visit, cycle)].append(cycle)
    for name, some in groups.items():
        if not some:
            continue
        st.html(f'<h2 class="okr-part">{escaped(words(f"cycle.group.{name}"))}</h2>')
        for cycle in some if name == "coming" else reversed(some):
            with st.container(key=f"okr_cycle_row_{cycle.id}"):
                st.button(
                    label(cycle.name, 80), key=f"okr_title_cycle_{cycle.id}", type="tertiary", width="stretch",
                    on_click=open_cycle, args=(cycle.key,),
                )  # fmt: skip
                small = "".join(f"<span>{line(part)}</span>" for part in _about(visit, cycle, counts.get(cycle.id)))
                st.html(f'<div class="okr-small"><div>{small}</div></div>')
    if visit.actor.is_admin and cycles:
        last = max(cycles, key=lambda one: one.end)
        with st.container(key="okr_cycle_next"):
            draw_next(visit, last)


def phase(visit: Visit, cycle: Cycle) -> str:
    """Where a cycle is: coming, running, over but not closed, or past."""
    if cycle.state == "closed":
        return "past"
    if visit.today < cycle.start:
        return "coming"
    return "over" if visit.today > cycle.end else "running"


def _about(visit: Visit, cycle: Cycle, counted: tuple[int, int] | None) -> list[str]:
    words = visit.words
    parts = [formats.days(cycle.start, cycle.end, words.language, visit.today)]
    if counted is None:
        return [*parts, words("cycle.empty")]
    return [*parts, words("cycle.scored", done=counted[1], count=counted[0])]


def open_cycle(key: str) -> None:
    """The page shows that cycle on its next run."""
    st.query_params["key"] = key


def _close() -> None:
    for name in ("key", "cycle", "part", "kr", "show"):
        st.query_params.pop(name, None)


# -- one of them --------------------------------------------------------------------------------------


def _opened(visit: Visit, cycle: Cycle, cycles: Sequence[Cycle]) -> None:
    words = visit.words
    st.button(words("cycle.back"), key="okr_cycle_back", type="tertiary", icon=":material/arrow_back:", on_click=_close)
    days = formats.days(cycle.start, cycle.end, words.language, visit.today)
    about = words(f"cycle.about.{phase(visit, cycle)}", days=days)
    st.html(f'<div class="okr-heading"><h1>{escaped(cycle.name)}</h1><p>{escaped(about)}</p></div>')
    team = narrowed(visit).team
    part = st.query_params.get("part", PARTS[0])
    with st.container(key="okr_cycle_filters", horizontal=True, vertical_alignment="bottom"):
        draw_team(visit, "cycle", team)
        st.segmented_control(
            words("cycle.part"), PARTS, default=part if part in PARTS else PARTS[0], required=True,
            format_func=lambda name: words(f"cycle.part.{name}"), key="okr_cycle_part",
            on_change=_keep_part, label_visibility="collapsed",
        )  # fmt: skip
    scope = Scope(teams=(team.id,) if team else ())
    closing = visit.store.closing(visit.actor, cycle.key, visit.now, scope)
    if not closing.objectives:
        st.html(f'<p class="okr-note">{escaped(words("cycle.nothing"))}</p>')
    elif part == PARTS[1]:
        draw_looking_back(visit, closing, scope, f"team:{team.key}" if team else "company", _scope_name(visit, team))
    else:
        _progress(visit, closing)
        draw_end(visit, closing, whole=team is None)
        draw_scores(visit, closing, cycles)


def _scope_name(visit: Visit, team: object) -> str:
    return str(getattr(team, "name", "")) or visit.company.name


def _keep_part() -> None:
    chosen = st.session_state["okr_cycle_part"]
    into_address("part", "" if chosen == PARTS[0] else chosen or "")


def _progress(visit: Visit, closing: Closing) -> None:
    """How far the scoring is, of all that the person sees and of what is theirs to score."""
    words = visit.words
    every = [one for each in closing.objectives for one in each.key_results]
    if not every:
        return
    if len(every) >= MOST:
        # Of more than are told at once nothing is said that would be true of a part only.
        st.html(f'<p class="okr-note">{escaped(words("cycle.too_many", count=MOST))}</p>')
        return
    done = sum(one.given is not None for one in every)
    mine = [one for one in every if one.may_change]
    said = words("cycle.scored", done=done, count=len(every))
    parts = [said]
    if mine and len(mine) < len(every):
        given = sum(one.given is not None for one in mine)
        parts.append(words("cycle.scored.mine", done=given, count=len(mine)))
    share = done / len(every)
    small = "".join(f"<span>{line(part)}</span>" for part in parts)
    st.html(
        f'<div class="okr-scoring"><div class="okr-scoring-bar" role="img" aria-label="{line(said)}">'
        f'<span style="width:{share:.1%}"></span></div>'
        f'<div class="okr-small"><div>{small}</div></div></div>'
    )
