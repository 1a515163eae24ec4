"""Cycle: all of them, and one while it is scored, closed and looked back on."""

import streamlit as st

from ui.cycle import page

page(st.session_state["okr_visit"])
