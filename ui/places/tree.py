"""The tree: from the company down to tasks."""

import streamlit as st

from ui.tree import page

page(st.session_state["okr_visit"])
