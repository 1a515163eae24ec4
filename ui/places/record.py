"""The page of one record, of whatever kind."""

import streamlit as st

from ui.record_page import page

page(st.session_state["okr_visit"])
