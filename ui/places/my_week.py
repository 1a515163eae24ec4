"""My week: what is due from the person, and the form to check in with."""

import streamlit as st

from ui.my_week import page

page(st.session_state["okr_visit"])
