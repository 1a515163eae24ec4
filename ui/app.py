"""The web app as a server runs it: `streamlit run ui/app.py`, which is what `okr serve` does."""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware

from ui.serving import Dressed, routes, warm

app = st.App("main.py", middleware=[Middleware(Dressed)], routes=routes(), lifespan=warm)
