"""The team and the cycle that views of the same OKRs are narrowed to, as the address names them, and their boxes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from okr.calendar import cycles_in_force
from okr.store.directory import Cycle, Team
from ui.harmless import label, plain
from ui.session import Visit

EVERYTHING = ""
Keep = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A team or the whole company, in the named cycle or in those that run (`cycles`)."""

    team: Team | None
    cycle: Cycle | None
    cycles: tuple[Cycle, ...]


def narrowed(visit: Visit) -> Narrowed:
    """What the address says; what it names wrongly is left out."""
    every = visit.store.cycles()
    named = next((cycle for cycle in every if cycle.key == st.query_params.get("cycle")), None)
    cycles = (named,) if named is not None else tuple(cycles_in_force(every, visit.today))
    return Narrowed(visit.teams.get(st.query_params.get("team", "")), named, cycles)


def into_address(name: str, chosen: str) -> None:
    """Put what was chosen into the address; everything is not said there."""
    if chosen:
        st.query_params[name] = chosen
    else:
        st.query_params.pop(name, None)


def draw_team(visit: Visit, page: str, chosen: Team | None, keep: Keep = into_address) -> None:
    """The box in which a page's team is chosen."""
    teams = {EVERYTHING: visit.words("board.team.all")}
    teams |= {key: plain(team.name) for key, team in visit.teams.items()}
    draw_choice(page, "team", visit.words("board.team"), teams, chosen.key if chosen else EVERYTHING, keep)


def draw_cycle(visit: Visit, page: str, chosen: Cycle | None, keep: Keep = into_address) -> None:
    """The box in which a page's cycle is chosen, the newest first."""
    cycles = {EVERYTHING: visit.words("board.cycle.running")}
    cycles |= {cycle.key: plain(cycle.name) for cycle in reversed(visit.store.cycles())}
    draw_choice(page, "cycle", visit.words("board.cycle"), cycles, chosen.key if chosen else EVERYTHING, keep)


def draw_choice(page: str, name: str, title: str, options: Mapping[str, str], chosen: str, keep: Keep) -> None:
    """One box of a page; `keep` gets the filter's name and what was chosen."""
    key = f"okr_{page}_{name}"
    # The address decides what is chosen: it may have changed by going back, by a link or by a named board.
    st.session_state[key] = chosen if chosen in options else EVERYTHING
    st.selectbox(
        title, list(options), format_func=lambda each: label(options[each], 60), key=key, on_change=_keep,
        args=(key, name, keep),
    )  # fmt: skip


def _keep(key: str, name: str, keep: Keep) -> None:
    keep(name, st.session_state[key])
