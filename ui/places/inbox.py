"""The inbox, behind the bell."""

import streamlit as st

from ui.inbox import page

page(st.session_state["okr_visit"])
