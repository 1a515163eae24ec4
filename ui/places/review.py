"""Review: how well OKRs are set, by the coach's checks."""

import streamlit as st

from ui.reviewing import page

page(st.session_state["okr_visit"])
