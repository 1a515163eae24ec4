"""What runs for every visit and every click: who is it, then the page they are on."""

from __future__ import annotations

import streamlit as st

from ui.page import pages
from ui.signin import arrive

st.set_page_config(page_title="OKR", layout="centered", initial_sidebar_state="auto")

visit = arrive()
if visit is not None:
    st.session_state["okr_visit"] = visit
    st.navigation(pages(visit), position="hidden").run()
