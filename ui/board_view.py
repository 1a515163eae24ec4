"""What the board looks at, as its address says it, so that whoever opens the address looks at the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from okr.calendar import cycles_in_force, end_of_day, week_of
from okr.errors import NotFoundError
from okr.health import WORST_FIRST
from okr.store.boards import Look
from okr.store.directory import Cycle, Person, Team
from okr.store.named_boards import KEPT, NamedBoard
from okr.store.scope import Scope
from ui.board_cards import CARDS
from ui.session import Visit

STATUSES = tuple(status.value for status in WORST_FIRST)
PERIODS = ("", "last-week", "cycle", "day")
# Instead of the board that the person begins with.
USUAL = "usual"


@dataclass(frozen=True, slots=True)
class View:
    """What the board looks at: of whom, in which cycles, as of which day, since when, and which cards in which order.

    `said` is what the address says of each filter, or the named board that it opens; `lost` that it names a board
    that is not there for the person.
    """

    team: Team | None
    person: Person | None
    cycles: tuple[Cycle, ...]
    named_cycle: Cycle | None
    on: date
    since: date
    period: str
    statuses: tuple[str, ...]
    cards: tuple[str, ...]
    board: NamedBoard | None
    lost: bool
    said: Mapping[str, str]

    @property
    def about(self) -> str:
        """The name of the team or the person that it is narrowed to; empty for the whole company."""
        return self.team.name if self.team else self.person.name if self.person else ""

    @property
    def changed(self) -> bool:
        """Whether it looks at something else than the named board that was opened."""
        return self.board is not None and dict(self.said) != self.board.view

    def look(self, visit: Visit) -> Look:
        """The same for the store."""
        teams = (self.team.id,) if self.team is not None else ()
        people = (self.person.id,) if self.person is not None else ()
        as_of = visit.now if self.on >= visit.today else end_of_day(self.on, visit.company.tz)
        return Look(Scope(teams=teams, people=people), self.cycles, as_of, self.since, self.statuses)


def view_of(visit: Visit) -> View:
    """What the page's address says; what it names wrongly is left out."""
    view = read_view(visit, dict(st.query_params))
    if view.board is not None:
        # Said in the address, so that it stays open when a filter is changed, and for whoever gets the address.
        st.query_params["b"] = view.board.key
    return view


def read_view(visit: Visit, query: Mapping[str, str]) -> View:
    """What such an address says."""
    board, lost = _named(visit, query)
    base = board.view if board is not None else {}
    said = {name: text for name in KEPT if (text := query.get(name, base.get(name, "")))}
    team, person = visit.teams.get(said.get("team", "")), visit.people.get(said.get("person", ""))
    cycles = visit.store.cycles()
    named_cycle = next((cycle for cycle in cycles if cycle.key == said.get("cycle")), None)
    on = min(_day(query.get("on", "")) or visit.today, visit.today)
    period = said.get("period", "")
    if period == "last-week":
        on = week_of(on).first - timedelta(days=1)
    if named_cycle is not None and named_cycle.end < on:
        on = named_cycle.end
    looked_at = (named_cycle,) if named_cycle is not None else tuple(cycles_in_force(cycles, on))
    since = on - timedelta(days=7)
    if period == "cycle" and looked_at:
        since = min(cycle.start for cycle in looked_at)
    elif (day := _day(period)) is not None and day < on:
        since = day
    elif period != "last-week":
        period = ""
        said.pop("period", None)
    statuses = tuple(status for status in STATUSES if status in said.get("status", "").split(","))
    cards = tuple(dict.fromkeys(card for card in said.get("cards", "").split(",") if card in CARDS))
    return View(
        team, person, looked_at, named_cycle, on, since, period, statuses, cards or CARDS, board, lost, said
    )  # fmt: skip


def _named(visit: Visit, query: Mapping[str, str]) -> tuple[NamedBoard | None, bool]:
    """The named board that is open, else the one that the person begins with; and whether the address names none."""
    key = query.get("b", "")
    if key == USUAL:
        return None, False
    if key:
        try:
            return visit.store.named_board(visit.actor, key), False
        except NotFoundError:
            return None, True
    if any(name in query for name in KEPT):
        return None, False
    return next((one for one in visit.store.named_boards(visit.actor) if one.default), None), False


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def keep(name: str, text: str) -> None:
    """Put a filter into the address; an empty one is said too where a named board would say another."""
    if text or "b" in st.query_params:
        st.query_params[name] = text
    else:
        st.query_params.pop(name, None)


def open_board(key: str) -> None:
    """Go to a named board, or to the usual one, without what the address says of the present one."""
    for name in (*KEPT, "on"):
        st.query_params.pop(name, None)
    st.query_params["b"] = key
