"""How every page but Ask begins: the bar, what was just done, and the way to where a press leads."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui.asking import listen
from ui.page import draw_bar, kept_address
from ui.rule_card import say_what_was_done
from ui.session import Visit
from ui.views import draw_views


def begin(visit: Visit, view: str = "", look_behind: Callable[[str], None] | None = None) -> None:
    """Draw what stands above the page, with the row of views where the page is one of them (`view`).

    What was asked about something here is taken to Ask, by the same person in the same language.
    `look_behind` opens what a figure of the page is made of.
    """
    draw_bar(visit)
    if view:
        draw_views(visit, view)
    listen(visit, look_behind)
    say_what_was_done()
    if st.session_state.get("okr_asking"):
        st.switch_page("places/ask.py", query_params=kept_address())
    if elsewhere := st.session_state.pop("okr_go", None):
        st.switch_page(elsewhere, query_params=kept_address())
