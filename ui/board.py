"""The board: cards over live data, filtered by what stands in the address, so that it can be shared."""

from __future__ import annotations

from dataclasses import replace
from threading import BoundedSemaphore

import streamlit as st

from assistant.telling import formats
from ui.asking import listen
from ui.beginning import begin
from ui.board_behind import show_behind
from ui.board_cards import Shown, draw_card
from ui.board_filters import draw_card_menu, draw_filters
from ui.board_named import draw_boards
from ui.board_questions import question
from ui.board_view import View, view_of
from ui.harmless import escaped, plain
from ui.session import Visit, renewed

EVERY_SECONDS = 60
# Of many who look at once, the first see theirs while the others wait, instead of all of them until the last is done.
DRAWN_AT_ONCE = BoundedSemaphore(4)


def page(visit: Visit) -> None:
    """The whole page."""
    if st.query_params.get("wall"):
        _wall(visit)
        return
    with DRAWN_AT_ONCE:
        _page(visit)


def _page(visit: Visit) -> None:
    view = view_of(visit)
    begin(visit, "board", lambda what: show_behind(renewed(visit), view.look(visit), what))
    with st.container(key="okr_board"):
        if view.lost:
            st.html(f'<p class="okr-note">{escaped(visit.words("board.lost"))}</p>')
        with st.container(key="okr_board_head", horizontal=True, vertical_alignment="bottom"):
            _heading(visit, view)
            draw_boards(visit, view)
            draw_card_menu(visit, view)
            st.button(
                visit.words("board.wall"), icon=":material/tv:", key="okr_board_wall", type="tertiary",
                on_click=_hang_up,
            )  # fmt: skip
        with st.container(key="okr_board_filters", horizontal=True, vertical_alignment="bottom"):
            draw_filters(visit, view)
        _cards(visit, view)


def _heading(visit: Visit, view: View, over: str = "") -> None:
    words = visit.words
    title = view.board.name if view.board else view.about or visit.company.name
    parts = [plain(view.about)] if view.board and view.about else []
    day = formats.day(view.on, words.language, visit.today)
    cycles = ", ".join(plain(cycle.name) for cycle in view.cycles)
    parts.append(words("board.about", cycle=cycles, day=day) if cycles else words("board.about.day", day=day))
    said = " · ".join([*parts, *([over] if over else [])])
    st.html(
        f'<div class="okr-heading"><h1>{escaped(title)}</h1><p>{escaped(said)}</p></div>', width="stretch"
    )  # fmt: skip


def _cards(visit: Visit, view: View, *, still: bool = False) -> None:
    """The cards in their order."""
    words = visit.words
    if not view.cycles:
        st.html(f'<p class="okr-note">{escaped(words("board.no_cycle"))}</p>')
        return
    board = visit.store.board(visit.actor, view.look(visit), now=visit.now)
    if not board.overview.tally.total:
        key = "board.empty.filtered" if view.said else "board.empty"
        st.html(f'<p class="okr-note">{escaped(words(key))}</p>')
        return
    shown = Shown(board, lambda card: question(visit, view, card), still)
    # The style sheet sets them in two columns, so that on a telephone they keep their order too.
    with st.container(key="okr_cards"):
        for card in view.cards:
            draw_card(visit, shown, card)


# -- on a wall ----------------------------------------------------------------------------------------


def _hang_up() -> None:
    st.query_params["wall"] = "1"


def _take_down() -> None:
    st.query_params.pop("wall", None)


def _wall(visit: Visit) -> None:
    """The cards alone, large, and anew every minute."""
    view = view_of(visit)
    listen(visit, lambda what: show_behind(renewed(visit), view.look(visit), what))
    with st.container(key="okr_board"), st.container(key="okr_wall"):
        with st.container(key="okr_wall_leave"):
            st.button(visit.words("board.wall.leave"), type="tertiary", key="okr_wall_off", on_click=_take_down)
        _hanging(visit)


@st.fragment(run_every=EVERY_SECONDS)
def _hanging(visit: Visit) -> None:
    # Who it is, is asked anew: nobody presses anything here, and rights end meanwhile.
    actor = replace(visit.store.actor(visit.actor.email), language=visit.words.language)
    now = replace(renewed(visit), actor=actor)
    view = view_of(now)
    at = f"{now.now.astimezone(visit.company.tz):%H:%M}"
    _heading(now, view, visit.words("board.wall.at", time=at))
    _cards(now, view, still=True)
