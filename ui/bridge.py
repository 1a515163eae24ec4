"""What the browser tells the page: that somebody wants to open a record. The script is ui/static/page.js."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

NAME = "okr.page"
LONGEST_KEY = 300


def _mounted() -> Any:
    # Registered from a folder, because the page's policy lets no script run that is not a file of this server.
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(NAME) is None:
        manifest = ComponentManifest("okr", "1", [ComponentConfig("page", "static")])
        manager.register_from_manifest(manifest, Path(__file__).parent)
    return component(NAME, js="page.js")


@dataclass(frozen=True, slots=True)
class Told:
    """What the browser told in this run: the id of the record to open, and that the stop button ended a run."""

    wanted: str | None
    stopped: bool


def told_by_browser(data: dict[str, str]) -> Told:
    """Put the page's script in place, and hear what it has to tell."""
    with st.container(key="okr_bridge"):
        told = _mounted()(key="okr_bridge_script", data=data, on_open_change=_nothing, on_stopped_change=_nothing)
    wanted = getattr(told, "open", None)
    return Told(str(wanted)[:LONGEST_KEY] if wanted else None, bool(getattr(told, "stopped", None)))


def _nothing() -> None:
    """Streamlit tells a value only where somebody listens for it."""
