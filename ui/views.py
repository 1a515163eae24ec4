"""The row below the bar of everything that looks at the same OKRs in another way: cards, tree, outlook and so on."""

from __future__ import annotations

import streamlit as st

from ui.page import kept_address
from ui.session import Visit

# The views that exist, in the order of the row: how a page calls itself, its file, and the key of its name.
VIEWS = (
    ("board", "places/board.py", "view.cards"),
    ("tree", "places/tree.py", "view.tree"),
    ("outlook", "places/outlook.py", "view.outlook"),
    ("review", "places/review.py", "view.review"),
    ("cycle", "places/cycle.py", "view.cycle"),
)
# What of the address stays when one looks at the same in another way.
KEPT = ("team", "cycle")


def draw_views(visit: Visit, current: str) -> None:
    """The row of views; `current` is marked, which may be another page's, as the tree is on the page of a record.

    Nothing is drawn while there is no other view to go to.
    """
    if len(VIEWS) < 2:
        return
    address = kept_address() | {name: st.query_params[name] for name in KEPT if name in st.query_params}
    with st.container(key="okr_views", horizontal=True):
        for name, file, title in VIEWS:
            with st.container(key=f"okr_view_{name}{'_here' if name == current else ''}", width="content"):
                st.page_link(file, label=visit.words(title), query_params=address)
