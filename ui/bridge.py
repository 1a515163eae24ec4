"""What the browser tells the page: the record or page that somebody wants to open. The script is ui/static/page.js."""

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
LONGEST_ADDRESS = 20_000


def _mounted() -> Any:
    # Registered from a folder, because the page's policy lets no script run that is not a file of this server.
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(NAME) is None:
        manifest = ComponentManifest("okr", "1", [ComponentConfig("page", "static")])
        manager.register_from_manifest(manifest, Path(__file__).parent)
    return component(NAME, js="page.js")


@dataclass(frozen=True, slots=True)
class Told:
    """What the browser told in this run: the id of a record to open, a run ended by the stop button, where to go."""

    wanted: str | None
    stopped: bool
    address: str | None = None


def told_by_browser(data: dict[str, str]) -> Told:
    """Put the page's script in place, and hear what it has to tell."""
    with st.container(key="okr_bridge"):
        told = _mounted()(
            key="okr_bridge_script",
            data=data,
            on_open_change=_nothing,
            on_stopped_change=_nothing,
            on_go_change=_nothing,
        )
    wanted, address = getattr(told, "open", None), getattr(told, "go", None)
    return Told(
        str(wanted)[:LONGEST_KEY] if wanted else None,
        bool(getattr(told, "stopped", None)),
        str(address)[:LONGEST_ADDRESS] if address else None,
    )


def _nothing() -> None:
    """Streamlit tells a value only where somebody listens for it."""
