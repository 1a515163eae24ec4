"""What the browser tells the page: a record to open, words typed into the search. The scripts are in ui/static."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

NAME = "okr.page"
SEARCH = "okr.search"
LONGEST_KEY = 300
LONGEST_TYPED = 200


def _mounted(name: str, script: str, *, isolated: bool = True) -> Any:
    # Registered from a folder, because the page's policy lets no script run that is not a file of this server.
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(name) is None:
        parts = [ComponentConfig("page", "static"), ComponentConfig("search", "static")]
        manager.register_from_manifest(ComponentManifest("okr", "1", parts), Path(__file__).parent)
    return component(name, js=script, isolate_styles=isolated)


@dataclass(frozen=True, slots=True)
class Told:
    """What the browser told in this run.

    The id of the record to open, that the stop button ended a run, that the search is wanted, the address to go to,
    the figure to look behind.
    """

    wanted: str | None
    stopped: bool
    search: bool = False
    behind: str | None = None


def told_by_browser(data: dict[str, str]) -> Told:
    """Put the page's script in place, and hear what it has to tell."""
    heard = {f"on_{name}_change": _nothing for name in ("open", "stopped", "search", "to", "behind")}
    with st.container(key="okr_bridge"):
        told = _mounted(NAME, "page.js")(key="okr_bridge_script", data=data, **heard)
    wanted = getattr(told, "open", None)
    key = str(wanted)[:LONGEST_KEY] if wanted else None
    behind = getattr(told, "behind", None)
    return Told(
        key,
        bool(getattr(told, "stopped", None)),
        bool(getattr(told, "search", None)),
        str(behind)[:LONGEST_KEY] if behind else None,
    )


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the search field, and the address that was chosen from what it found."""

    text: str
    chosen: str | None


def typed_in_browser(key: str, data: dict[str, str], text: str) -> Typed:
    """The search field, with `text` in it to begin with, and what has been typed and chosen since."""
    told = _mounted(SEARCH, "search.js", isolated=False)(
        key=key, data={**data, "text": text}, default={"typed": text}, on_typed_change=_nothing, on_go_change=_nothing
    )
    typed = getattr(told, "typed", text)
    chosen = getattr(told, "go", None)
    return Typed(
        str(typed if typed is not None else text)[:LONGEST_TYPED], str(chosen)[:LONGEST_KEY] if chosen else None
    )


def _nothing() -> None:
    """Streamlit tells a value only where somebody listens for it."""
