"""Search: everything by a few letters."""

import streamlit as st

from ui.searching import page

page(st.session_state["okr_visit"])
