"""People and teams: who is here, what each has, and changes for those who may."""

import streamlit as st

from ui.people import page

page(st.session_state["okr_visit"])
