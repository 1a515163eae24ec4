"""The page of one record: what it is, how it stands, and all that was recorded of it."""

from __future__ import annotations

import streamlit as st

from okr.store.opening import Opened
from ui.asking import listen
from ui.finding import note_opened
from ui.harmless import escaped, plain
from ui.page import draw_bar, kept_address
from ui.record import draw_opened
from ui.rule_card import say_what_was_done
from ui.session import Visit
from ui.views import draw_views

LONGEST_KEY = 300


def page(visit: Visit) -> None:
    """The whole page."""
    draw_bar(visit)
    draw_views(visit, "tree")
    listen(visit)
    say_what_was_done()
    if st.session_state.get("okr_asking"):
        st.switch_page("places/ask.py")
    key = st.query_params.get("id", "").strip()[:LONGEST_KEY]
    found = visit.store.open_record(visit.actor, key) if key.isprintable() and key else None
    with st.container(key="okr_record_page"):
        if found is None:
            _missing(visit)
            return
        _heading(visit, found)
        draw_opened(visit, found, titled=False)
    note_opened(visit, found.kind, found.key)


def _missing(visit: Visit) -> None:
    """One and the same for what is not there and what the person may not see."""
    words = visit.words
    st.html(
        f'<div class="okr-heading"><h1>{escaped(words("page.none"))}</h1>'
        f"<p>{escaped(words('page.none.next'))}</p></div>"
    )
    st.page_link(
        "places/tree.py", label=words("page.tree"), icon=":material/account_tree:", query_params=kept_address()
    )


def _heading(visit: Visit, found: Opened) -> None:
    about = f"{visit.words(f'record.{found.kind}')} {plain(found.key)}"
    st.html(f'<div class="okr-heading"><p class="okr-over">{escaped(about)}</p><h1>{escaped(found.title)}</h1></div>')
