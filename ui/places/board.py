"""The board: the whole at a glance."""

import streamlit as st

from ui.board import page

page(st.session_state["okr_visit"])
