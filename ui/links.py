"""Addresses inside the app: links that open a page in place and can be opened in another tab or passed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from ui.harmless import line
from ui.page import kept_address

Asked = Mapping[str, str | Sequence[str]]


def address(place: str, asked: Asked) -> str:
    """The address of a place beside the current one: `record?id=KR-12&lang=pl`; a list is said once for each entry."""
    return f"{place}?{urlencode({**kept_address(), **asked}, doseq=True)}"


def record_address(key: str) -> str:
    """Where the page of a record stands."""
    return address("record", {"id": key})


def link(to: str, text: str, css: str = "okr-link", *, spoken: str = "") -> str:
    """The text as a link that changes the page in place; `spoken` is its name where the text alone says too little."""
    named = f' aria-label="{line(spoken)}"' if spoken else ""
    return f'<a class="{css}" href="{line(to)}" data-to="{line(to)}" target="_self"{named}>{line(text)}</a>'


def record_link(key: str, title: str, css: str = "okr-titled") -> str:
    """A record's title as a link to its page."""
    return link(record_address(key), title or key, css)
