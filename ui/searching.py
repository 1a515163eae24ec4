"""The search as a page of its own, which an address leads to."""

from __future__ import annotations

import streamlit as st

from ui.asking import listen
from ui.bridge import LONGEST_TYPED
from ui.finding import MOST_ON_PAGE, draw_finder
from ui.harmless import escaped
from ui.page import draw_bar
from ui.session import Visit


def page(visit: Visit) -> None:
    """The whole page."""
    words = visit.words
    draw_bar(visit)
    listen(visit)
    if st.session_state.get("okr_asking"):
        st.switch_page("places/ask.py")
    st.html(
        f'<div class="okr-heading"><h1>{escaped(words("search"))}</h1><p>{escaped(words("search.about"))}</p></div>'
    )
    _finder(visit)


@st.fragment
def _finder(visit: Visit) -> None:
    text = st.query_params.get("q", "")[:LONGEST_TYPED]
    draw_finder(visit, "okr_find_page", text=text, most=MOST_ON_PAGE, on_page=True)
