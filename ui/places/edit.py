"""Edit: forms to make and change records."""

import streamlit as st

from ui.editing import page

page(st.session_state["okr_visit"])
