"""Ask, the home page."""

import streamlit as st

from ui.asking import page

page(st.session_state["okr_visit"])
