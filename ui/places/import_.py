"""Import, behind the name of an admin."""

import streamlit as st

from ui.bringing import page

page(st.session_state["okr_visit"])
