"""Outlook: where things are going."""

import streamlit as st

from ui.outlook import page

page(st.session_state["okr_visit"])
