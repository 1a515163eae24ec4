"""Settings, behind the person's name."""

import streamlit as st

from ui.settling import page

page(st.session_state["okr_visit"])
