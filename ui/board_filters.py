"""The row of filters above the board, and the menu in which its cards are chosen and put in order."""

from __future__ import annotations

from datetime import date

import streamlit as st

from ui.board_cards import CARDS
from ui.board_view import PERIODS, STATUSES, View, keep
from ui.figures import word
from ui.harmless import escaped, plain
from ui.narrowing import EVERYTHING, draw_choice, draw_cycle, draw_team
from ui.session import Visit


def draw_filters(visit: Visit, view: View) -> None:
    """The filters as the address says them; each change goes into the address."""
    words = visit.words
    active = [person for person in visit.people.values() if person.active or person is view.person]
    people = {EVERYTHING: words("board.person.all")} | {person.email: plain(person.name) for person in active}
    draw_team(visit, "board", view.team, keep)
    who = view.person.email if view.person else EVERYTHING
    draw_choice("board", "person", words("board.person"), people, who, keep)
    draw_cycle(visit, "board", view.named_cycle, keep)
    st.session_state["okr_board_status"] = list(view.statuses)
    st.multiselect(
        words("board.status"), STATUSES, format_func=lambda status: word(visit, status), key="okr_board_status",
        placeholder=words("board.status.all"), on_change=_keep_statuses,
    )  # fmt: skip
    periods = {period: words(f"board.period.{period or 'week'}") for period in PERIODS}
    period = view.period if view.period in PERIODS else "day"
    # "A day" begins with the day that changes count from already.
    day = view.since.isoformat()
    draw_choice(
        "board", "period", words("board.period"), periods, period,
        lambda name, chosen: keep(name, day if chosen == "day" else chosen),
    )  # fmt: skip
    if period == "day":
        st.session_state["okr_board_since"] = view.since
        st.date_input(
            words("board.since"), max_value=view.on, key="okr_board_since", on_change=_keep_since, format="DD/MM/YYYY"
        )
    st.session_state["okr_board_on"] = view.on
    st.date_input(
        words("board.on"), max_value=visit.today, key="okr_board_on", on_change=_keep_day, args=(visit.today,),
        format="DD/MM/YYYY", disabled=view.period == "last-week",
    )  # fmt: skip


def _keep_statuses() -> None:
    keep("status", ",".join(st.session_state["okr_board_status"]))


def _keep_since() -> None:
    if isinstance(chosen := st.session_state["okr_board_since"], date):
        keep("period", chosen.isoformat())


def _keep_day(today: date) -> None:
    chosen = st.session_state["okr_board_on"]
    if isinstance(chosen, date) and chosen < today:
        st.query_params["on"] = chosen.isoformat()
    else:
        st.query_params.pop("on", None)


# -- the cards ----------------------------------------------------------------------------------------


def draw_card_menu(visit: Visit, view: View) -> None:
    """The cards that are shown, each to be moved or taken away, then those that could be added."""
    words = visit.words
    with st.container(key="okr_board_menu"):
        # Drawn when it is opened: some forty buttons would be a third of the work of every look at the board.
        menu = st.popover(
            words("board.cards"), icon=":material/view_agenda:", key="okr_board_menu_open", on_change="rerun"
        )
    if not menu.open:
        return
    with menu:
        st.html(f'<p class="okr-over">{escaped(words("board.cards.about"))}</p>')
        for place, card in enumerate(view.cards):
            name = words(f"board.card.{card}")
            with st.container(key=f"okr_order_{card}", horizontal=True, vertical_alignment="center"):
                st.html(f"<span>{escaped(name)}</span>", width="stretch")
                for act, icon, there in (
                    ("up", "arrow_upward", place > 0),
                    ("down", "arrow_downward", place < len(view.cards) - 1),
                    ("hide", "close", len(view.cards) > 1),
                ):
                    st.button(
                        words(f"board.cards.{act}", card=name), icon=f":material/{icon}:", type="tertiary",
                        key=f"okr_{act}_{card}", disabled=not there, on_click=_move, args=(view.cards, card, act),
                    )  # fmt: skip
        if missing := [card for card in CARDS if card not in view.cards]:
            st.html(f'<p class="okr-over">{escaped(words("board.cards.more"))}</p>')
            for card in missing:
                st.button(
                    words(f"board.card.{card}"), icon=":material/add:", type="tertiary", key=f"okr_add_{card}",
                    on_click=_move, args=(view.cards, card, "add"),
                )  # fmt: skip


def _move(cards: tuple[str, ...], card: str, act: str) -> None:
    order = [one for one in cards if one != card]
    place = cards.index(card) if card in cards else len(order)
    if act != "hide":
        order.insert(place + {"up": -1, "down": 1}.get(act, 0), card)
    keep("cards", "" if tuple(order) == CARDS else ",".join(order))
