"""How the page leaves the server: its headers, its style sheet in the first answer, everything warm at the start."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from okr.errors import OkrError

log = logging.getLogger("okr.ui")
STATIC = Path(__file__).parent / "static"
SERVED = {
    "page.css": "text/css",
    "hanken-grotesk-latin-wght-normal.woff2": "font/woff2",
    "hanken-grotesk-latin-ext-wght-normal.woff2": "font/woff2",
    "hanken-grotesk-latin-wght-italic.woff2": "font/woff2",
    "hanken-grotesk-latin-ext-wght-italic.woff2": "font/woff2",
    "mark.svg": "image/svg+xml",
}

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        # Streamlit's parts and the charts write their styles into the page.
        "style-src 'self' 'unsafe-inline'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "font-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "worker-src 'self' blob:",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_HEAD = (
    '<link rel="preload" href="./okr/hanken-grotesk-latin-wght-normal.woff2" as="font" type="font/woff2" crossorigin>'
    '<link rel="stylesheet" href="./okr/page.css">'
)
_SCRIPT = re.compile(r"<script>.*?</script>", re.S)
_OTHER_FONT = re.compile(r"<link\s+rel=\"preload\"[^>]*SourceSans[^>]*/?>", re.S)


def own_page(page: str) -> str:
    """The page that Streamlit serves, with our style sheet and title, without the inline script the policy refuses.

    The style sheet is there before anything is drawn, so that nothing changes its look while it loads.
    """
    page = _OTHER_FONT.sub("", _SCRIPT.sub("", page))
    page = page.replace("<title>Streamlit</title>", "<title>OKR</title>")
    page = page.replace('href="./favicon.png"', 'href="./okr/mark.svg" type="image/svg+xml"')
    return page.replace("</head>", f"{_HEAD}</head>", 1)


class Dressed:
    """Every answer gets the security headers, and every HTML page our style sheet."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and dress what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start: dict[str, Any] = {}
        page = bytearray()

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if not headers.get("content-type", "").startswith("text/html") or "content-encoding" in headers:
                    await send(message)
                    return
                start.update(message)
                return
            if not start or message["type"] != "http.response.body":
                await send(message)
                return
            page.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            body = own_page(page.decode("utf-8")).encode() if page else b""
            headers = MutableHeaders(scope=start)
            headers["content-length"] = str(len(body))
            del headers["etag"]
            headers["cache-control"] = "no-cache"
            await send(start)
            await send({"type": "http.response.body", "body": body})

        # Compressed pages could not be dressed; the assets, which are large, are compressed in files.
        if not scope["path"].startswith(("/static/", "/_stcore/", "/okr/", "/media/")):
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in _CONDITIONAL]}
        await self.app(scope, receive, dressed)


_CONDITIONAL = {b"accept-encoding", b"if-none-match", b"if-modified-since"}


def routes() -> list[BaseRoute]:
    """The page's own files; nothing else of the folder is served."""

    async def own_file(request: Any) -> Response:
        name = request.path_params["name"]
        if name not in SERVED:
            return Response(status_code=404)
        kept = "public, max-age=31536000, immutable" if name.endswith(".woff2") else "no-cache"
        return FileResponse(STATIC / name, media_type=SERVED[name], headers={"Cache-Control": kept})

    async def calendar(request: Any) -> Response:
        secret = request.path_params["secret"]
        try:
            found = await asyncio.get_running_loop().run_in_executor(None, _calendar, secret)
        except OkrError as problem:
            return PlainTextResponse(str(problem), status_code=404)
        # Whoever has the address reads it, so it stays out of what others keep.
        return Response(found, media_type="text/calendar", headers={"Cache-Control": "private, no-store"})

    return [
        Route("/okr/calendar/{secret}.ics", calendar, methods=["GET", "HEAD"]),
        Route("/okr/{name}", own_file, methods=["GET", "HEAD"]),
    ]


def _calendar(secret: str) -> bytes:
    from assistant.calendars import calendar_at
    from assistant.channels.listed import public_url
    from ui.session import open_house

    house = open_house()
    return calendar_at(house.store, secret, datetime.now(UTC), public_url(house.settings))


# What the first page needs, and what only an answer or a drawing needs.
AT_ONCE = ("ui.asking", "streamlit.components.v2.bidi_component")
SOON = (
    "assistant.direct",
    "okr.language.reader",
    "assistant.rule_talk",
    "ui.automating",
    "ui.inbox",
    "altair",
    "streamlit.elements.vega_charts",
)


@asynccontextmanager
async def warm(_app: object) -> AsyncIterator[None]:
    """Import and build once what every page needs before the first visitor comes, and the rest while they read."""
    for module in AT_ONCE:
        import_module(module)
    try:
        import_module("ui.session").open_house().store.company()
    except OkrError:
        # Every page says what is wrong, and how to put it right, in words; the server stays up for it.
        log.warning("The store cannot be used yet.", exc_info=True)
    later = asyncio.get_running_loop().run_in_executor(None, _warm_the_rest)
    yield
    await later


def _warm_the_rest() -> None:
    for module in SOON:
        import_module(module)
    # What exists now stays for good, so the collector need not look at it again: Streamlit asks for a full
    # collection after every run, and over everything imported that takes longer than the run.
    gc.collect()
    gc.freeze()
