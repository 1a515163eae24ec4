"""The menu of boards that are kept under a name: open one, keep what is looked at, rename, share, forget."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from okr.errors import OkrError
from okr.refusals import said
from okr.store.named_boards import SHARED, NamedBoard
from ui.board_view import USUAL, View, open_board
from ui.harmless import escaped, label, plain
from ui.session import Visit, renewed


def draw_boards(visit: Visit, view: View) -> None:
    """The menu, under the name of the board that is open."""
    words = visit.words
    name = plain(view.board.name) if view.board else words("board.named")
    with st.container(key="okr_boards"):
        menu = st.popover(label(name, 40), icon=":material/bookmark:", key="okr_boards_open", on_change="rerun")
    if not menu.open:
        return
    with menu:
        kept = visit.store.named_boards(visit.actor)
        _list(visit, view, kept)
        if view.board is not None and view.board.mine:
            _change(visit, view, view.board)
        _keep(visit, view)


def _list(visit: Visit, view: View, kept: list[NamedBoard]) -> None:
    words = visit.words
    here = view.board.key if view.board else USUAL
    if not kept:
        st.html(f'<p class="okr-foot">{escaped(words("board.named.none"))}</p>')
        return
    first = next((one for one in kept if one.default), None)
    entries = [(USUAL, words("board.named.usual"), first is None)]
    for one in kept:
        whose = "" if one.mine else f" · {plain(one.owner_name)}"
        entries.append((one.key, f"{plain(one.name)}{whose}", one.default))
    for key, title, default in entries:
        with st.container(key=f"okr_named_{key}", horizontal=True, vertical_alignment="center"):
            st.button(
                label(title, 60), key=f"okr_open_{key}", type="secondary" if key == here else "tertiary",
                width="stretch", on_click=open_board, args=(key,),
            )  # fmt: skip
            star = ":material/star:" if default else ":material/star_outline:"
            asked = words("board.named.first" if default else "board.named.begin", name=label(title, 60))
            st.button(
                asked, icon=star, key=f"okr_default_{key}", type="tertiary", disabled=default,
                on_click=_begin, args=(visit, key),
            )  # fmt: skip


def _change(visit: Visit, view: View, board: NamedBoard) -> None:
    words = visit.words
    if view.changed:
        st.button(
            words("board.named.save", name=label(board.name, 40)), key="okr_board_save", type="primary",
            width="stretch", on_click=_save, args=(visit, view, board),
        )  # fmt: skip
    with st.expander(words("board.named.change", name=label(board.name, 40))):
        st.text_input(words("board.named.name"), plain(board.name), key=f"okr_board_rename_{board.key}")
        _readers(visit, f"okr_board_share_{board.key}", board.shared)
        with st.container(horizontal=True, key="okr_board_changing"):
            st.button(words("board.named.keep"), key="okr_board_rename", on_click=_rename, args=(visit, board))
            st.button(words("board.named.drop"), key="okr_board_drop", on_click=_drop, args=(visit, board))


def _readers(visit: Visit, key: str, chosen: str) -> None:
    there = [one for one in SHARED if one != "team" or visit.actor.team_id is not None]
    names = {one: visit.words(f"board.shared.{one}") for one in there}
    st.selectbox(
        visit.words("board.shared"), there, index=there.index(chosen) if chosen in there else 0,
        format_func=lambda one: names[one], key=key,
    )  # fmt: skip


def _keep(visit: Visit, view: View) -> None:
    words = visit.words
    with st.expander(words("board.named.new"), expanded=False):
        st.text_input(words("board.named.name"), key="okr_board_name", placeholder=words("board.named.example"))
        _readers(visit, "okr_board_share", "private")
        st.button(words("board.named.keep"), key="okr_board_keep", on_click=_make, args=(visit, view))


def _done(visit: Visit, act: Callable[[], object], key: str, **facts: str) -> bool:
    """Do it and say so; a refusal is said in the reader's words."""
    try:
        act()
    except OkrError as reason:
        st.session_state["okr_said"] = said(reason, visit.words.language)
        return False
    st.session_state["okr_said"] = visit.words(key, **facts)
    return True


def _make(visit: Visit, view: View) -> None:
    name, shared = str(st.session_state["okr_board_name"]), str(st.session_state["okr_board_share"])
    made: list[NamedBoard] = []

    def act() -> None:
        now = renewed(visit).now
        made.append(visit.store.keep_board(visit.actor, name, view.said, now, shared=shared))

    if _done(visit, act, "board.named.kept", name=plain(name)):
        open_board(made[0].key)
        st.session_state["okr_board_name"] = ""


def _save(visit: Visit, view: View, board: NamedBoard) -> None:
    now = renewed(visit).now
    if _done(
        visit,
        lambda: visit.store.change_board(visit.actor, board.key, now, version=board.version, view=view.said),
        "board.named.kept",
        name=plain(board.name),
    ):
        open_board(board.key)


def _rename(visit: Visit, board: NamedBoard) -> None:
    name = str(st.session_state[f"okr_board_rename_{board.key}"])
    shared = str(st.session_state[f"okr_board_share_{board.key}"])
    now = renewed(visit).now
    _done(
        visit,
        lambda: visit.store.change_board(
            visit.actor, board.key, now, version=board.version, name=name, shared=shared
        ),
        "board.named.kept",
        name=plain(name),
    )  # fmt: skip


def _drop(visit: Visit, board: NamedBoard) -> None:
    now = renewed(visit).now
    if _done(
        visit,
        lambda: visit.store.drop_board(visit.actor, board.key, now),
        "board.named.dropped",
        name=plain(board.name),
    ):
        open_board(USUAL)


def _begin(visit: Visit, key: str) -> None:
    now = renewed(visit).now
    wanted = None if key == USUAL else key
    _done(visit, lambda: visit.store.begin_with_board(visit.actor, wanted, now), "board.named.begun")
