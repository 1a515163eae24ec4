"""Sending one request to a program outside: no redirects, every address public, caps on size and time.

Of an answer only its status, its headers and a bounded piece of its body are read. The connection goes to the
very address that was checked, so that a name which changes its mind in between leads nowhere else.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from urllib.parse import SplitResult

from assistant.channels.addresses import public_addresses

MOST_BODY = 64 * 1024
"""So much of an answer is read."""
MOST_WAIT = 24 * 3600.0
"""Longer than this nobody may make us wait."""


class NotSentError(Exception):
    """Nothing of the request can have had an effect."""


class UnsureError(Exception):
    """The request may have had its effect; no answer says so."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the far side said: `headers` by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def retry_after(self) -> float | None:
        """The seconds to wait that it asks for; None where it does not, or not in a form that means something."""
        asked = self.headers.get("retry-after", "").strip()
        if asked.isdigit() and len(asked) < 8:
            return min(float(asked), MOST_WAIT)
        try:
            until, said = parsedate_to_datetime(asked), parsedate_to_datetime(self.headers.get("date", ""))
        except (TypeError, ValueError):
            return None
        if not isinstance(until, datetime) or (until.tzinfo is None) != (said.tzinfo is None):
            return None
        # By the far side's own clock, which need not be ours.
        return min(max((until - said).total_seconds(), 0.0), MOST_WAIT)


def post(
    url: SplitResult, body: bytes, headers: Mapping[str, str], *, seconds: float, loopback: bool, method: str = "POST"
) -> Answer:
    """The answer to the request; a redirect is an answer like any other and not followed.

    `ChannelError` for an address that is not public, `NotSentError` when it was not sent, `UnsureError` when it was
    and no answer came within the time.
    """
    host, secure = url.hostname or "", url.scheme == "https"
    port = url.port or (443 if secure else 80)
    until = time.monotonic() + seconds
    reached = _reached(host, port, secure, public_addresses(host, port, loopback=loopback), until)
    connection = http.client.HTTPConnection(host, port)
    connection.default_port = 443 if secure else 80
    connection.sock = reached
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    try:
        with cut_at(reached, until):
            try:
                connection.request(method, path, body, {"Connection": "close", **headers})
            except (OSError, http.client.HTTPException) as reason:
                # Part of it may be there already, but a request that is cut short asks for nothing.
                raise NotSentError(said(reason, until)) from reason
            try:
                return _answer(connection)
            except (OSError, http.client.HTTPException, ValueError) as reason:
                raise UnsureError(said(reason, until)) from reason
    finally:
        connection.close()
        reached.close()


@cache
def trusting(authority: str | None = None) -> ssl.SSLContext:
    """Whom we believe who they are: those whom this machine does, or a company's own authority from its file."""
    return ssl.create_default_context(cafile=authority)


@contextmanager
def cut_at(reached: socket.socket, until: float) -> Iterator[None]:
    """Cut the connection at that moment, so that a far side that sends a byte now and then cannot hold us."""

    def cut() -> None:
        with suppress(OSError):
            reached.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(max(until - time.monotonic(), 0.0), cut)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _reached(host: str, port: int, secure: bool, addresses: list[str], until: float) -> socket.socket:
    failed: Exception | None = None
    for address in addresses:
        left = until - time.monotonic()
        if left <= 0:
            break
        try:
            reached = socket.create_connection((address, port), timeout=left)
        except OSError as reason:
            failed = reason
            continue
        if not secure:
            return reached
        try:
            with cut_at(reached, until):
                return trusting().wrap_socket(reached, server_hostname=host)
        except (OSError, ValueError) as reason:
            reached.close()
            failed = reason
    raise NotSentError(said(failed, until) if failed else "it does not answer in time")


def _answer(connection: http.client.HTTPConnection) -> Answer:
    answer = connection.getresponse()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    body = b""
    # The status is the answer, even when its body never ends; what else there is only explains it.
    with suppress(OSError, http.client.HTTPException):
        while len(body) < MOST_BODY and (piece := answer.read1(min(8192, MOST_BODY - len(body)))):
            body += piece
    return Answer(answer.status, headers, body)


def said(reason: Exception, until: float) -> str:
    """Why a connection failed, in words that hold nothing of what was sent."""
    if isinstance(reason, TimeoutError) or time.monotonic() >= until:
        return "it does not answer in time"
    if isinstance(reason, ssl.SSLCertVerificationError):
        return "its certificate is not valid"
    if isinstance(reason, ConnectionRefusedError):
        return "nothing listens there"
    return "the connection failed"
