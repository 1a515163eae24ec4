"""The board: cards over live data, filtered by what stands in the address, so that it can be shared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from assistant.telling import formats
from okr.calendar import cycles_in_force, end_of_day
from okr.store.boards import Board, Look
from okr.store.directory import Cycle, Person, Team
from okr.store.scope import Scope
from ui.asking import listen
from ui.board_cards import CARDS, draw_card
from ui.harmless import escaped, label, plain
from ui.page import draw_bar
from ui.rule_card import say_what_was_done
from ui.session import Visit
from ui.views import draw_views

EVERYTHING = ""


@dataclass(frozen=True, slots=True)
class View:
    """What the board looks at: a team or a person or all, in which cycles, and as of which day."""

    team: Team | None
    person: Person | None
    cycles: tuple[Cycle, ...]
    on: date

    @property
    def scope(self) -> Scope:
        """The same in internal ids."""
        teams = (self.team.id,) if self.team is not None else ()
        return Scope(teams=teams, people=(self.person.id,) if self.person is not None else ())


def page(visit: Visit) -> None:
    """The whole page."""
    words = visit.words
    draw_bar(visit)
    draw_views(visit, "board")
    listen(visit)
    say_what_was_done()
    if st.session_state.get("okr_asking"):
        st.switch_page("places/ask.py")
    with st.container(key="okr_board"):
        view = _view(visit)
        _heading(visit, view)
        chosen = _filters(visit, view)
        if not view.cycles:
            st.html(f'<p class="okr-note">{escaped(words("board.no_cycle"))}</p>')
            return
        as_of = visit.now if view.on >= visit.today else end_of_day(view.on, visit.company.tz)
        look = Look(view.scope, view.cycles, as_of, view.on - timedelta(days=7))
        board = visit.store.board(visit.actor, look, now=visit.now)
        if not board.overview.tally.total:
            st.html(f'<p class="okr-note">{escaped(words("board.empty"))}</p>')
            return
        _cards(visit, view, board, chosen)


def _view(visit: Visit) -> View:
    """What the address says; what it names wrongly is left out."""
    query = st.query_params
    team = visit.teams.get(query.get("team", ""))
    person = visit.people.get(query.get("person", ""))
    on = visit.today
    if named := query.get("on"):
        try:
            on = min(date.fromisoformat(named), visit.today)
        except ValueError:
            query.pop("on")
    cycles = visit.store.cycles()
    named_cycle = next((cycle for cycle in cycles if cycle.key == query.get("cycle")), None)
    running = tuple(cycles_in_force(cycles, on))
    if named_cycle is not None and named_cycle.end < on:
        on = named_cycle.end
    return View(team, person, (named_cycle,) if named_cycle is not None else running, on)


def _heading(visit: Visit, view: View) -> None:
    words = visit.words
    title = view.team.name if view.team else view.person.name if view.person else visit.company.name
    day = formats.day(view.on, words.language, visit.today)
    cycles = ", ".join(cycle.name for cycle in view.cycles)
    about = words("board.about", cycle=plain(cycles), day=day) if cycles else words("board.about.day", day=day)
    st.html(f'<div class="okr-heading"><h1>{escaped(title)}</h1><p>{escaped(about)}</p></div>')


# -- filters ------------------------------------------------------------------------------------------


def _filters(visit: Visit, view: View) -> list[str]:
    words = visit.words
    teams = {EVERYTHING: words("board.team.all")} | {key: plain(team.name) for key, team in visit.teams.items()}
    active = [person for person in visit.people.values() if person.active]
    people = {EVERYTHING: words("board.person.all")} | {person.email: plain(person.name) for person in active}
    running = words("board.cycle.running")
    cycles = {EVERYTHING: running} | {cycle.key: plain(cycle.name) for cycle in reversed(visit.store.cycles())}
    with st.container(key="okr_board_filters", horizontal=True, vertical_alignment="bottom"):
        _choice("team", words("board.team"), teams, view.team.key if view.team else EVERYTHING)
        _choice("person", words("board.person"), people, view.person.email if view.person else EVERYTHING)
        cycle = st.query_params.get("cycle", EVERYTHING)
        _choice("cycle", words("board.cycle"), cycles, cycle if cycle in cycles else EVERYTHING)
        st.date_input(
            words("board.on"), view.on, max_value=visit.today, key="okr_board_on", on_change=_keep_day,
            args=(visit.today,), format="DD/MM/YYYY",
        )  # fmt: skip
        with st.popover(words("board.cards"), width="content"):
            st.multiselect(
                words("board.cards.about"),
                CARDS,
                default=_chosen(),
                format_func=lambda card: words(f"board.card.{card}"),
                key="okr_board_cards",
                on_change=_keep_cards,
            )
    return _chosen()


def _choice(name: str, title: str, options: dict[str, str], chosen: str) -> None:
    keys = list(options)
    st.selectbox(
        title, keys, index=keys.index(chosen), format_func=lambda key: label(options[key], 60),
        key=f"okr_board_{name}", on_change=_keep, args=(name,),
    )  # fmt: skip


def _keep(name: str) -> None:
    chosen = st.session_state[f"okr_board_{name}"]
    if chosen:
        st.query_params[name] = chosen
    else:
        st.query_params.pop(name, None)


def _keep_day(today: date) -> None:
    chosen = st.session_state["okr_board_on"]
    if isinstance(chosen, date) and chosen < today:
        st.query_params["on"] = chosen.isoformat()
    else:
        st.query_params.pop("on", None)


def _keep_cards() -> None:
    chosen = st.session_state["okr_board_cards"]
    if chosen and list(chosen) != list(CARDS):
        st.query_params["cards"] = ",".join(chosen)
    else:
        st.query_params.pop("cards", None)


def _chosen() -> list[str]:
    """The cards in their order; all of them where none are named."""
    named = [card for card in st.query_params.get("cards", "").split(",") if card in CARDS]
    return list(dict.fromkeys(named)) or list(CARDS)


# -- cards --------------------------------------------------------------------------------------------


def _cards(visit: Visit, view: View, board: Board, chosen: list[str]) -> None:
    """The cards in two columns, each one going into the shorter."""
    about = view.team.name if view.team else view.person.name if view.person else ""
    columns = st.columns(2, gap="large")
    for place, card in enumerate(chosen):
        with columns[place % 2]:
            draw_card(visit, board, card, plain(about))
