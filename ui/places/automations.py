"""Automations: sentences that become reminders."""

import streamlit as st

from ui.automating import page

page(st.session_state["okr_visit"])
