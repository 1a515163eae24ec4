"""Updates: the report that drafts itself."""

import streamlit as st

from ui.updating import page

page(st.session_state["okr_visit"])
