"""The web app as a server runs it: `streamlit run ui/app.py`, which is what `okr serve` does."""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware

from ui.serving import Dressed, routes, warm
from ui.signin import say_defect

app = st.App("main.py", middleware=[Middleware(Dressed)], routes=routes(), lifespan=warm, on_script_error=say_defect)
