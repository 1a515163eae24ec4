"""A hundred people on the board at once: each a browser's connection to `okr serve`, without the browser.

Every visitor speaks the page's own protocol over a websocket of their own: they open the board and narrow it
twice, with a while to read in between, as all the others do at the same time. Meanwhile
check-ins are saved, so that what is kept worked out has to be worked out anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from evals.bench.measuring import percentile
from okr.access import Actor
from okr.models import companies, key_results, people, teams
from okr.store import Store, open_store

VISITORS = 100
PATIENCE = 300.0
READING = (5.0, 20.0)
CHECK_IN_EVERY = 5.0
# The places of what we send and hear in the page's messages.
RERUN, QUERY, PAGE = 11, 1, 4
FINISHED = 6
MARK = b"okr_tile_whole"


@dataclass(slots=True)
class Crowd:
    """What came of it: seconds of the first look and of each later one, what went wrong, and the check-ins saved.

    `computed` is the seconds that the server computed for, its start included, which other work does not lengthen.
    """

    visitors: int
    first: list[float] = field(default_factory=list)
    later: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    check_ins: int = 0
    computed: float = 0.0

    def said(self) -> str:
        """The figures in a sentence."""
        parts = [
            f"{name} p50 {percentile(values, 0.5):.2f} s, p95 {percentile(values, 0.95):.2f} s"
            for name, values in (("first look", self.first), ("later looks", self.later))
        ]
        looks = len(self.first) + len(self.later)
        each = 1000 * self.computed / looks if looks else float("nan")
        return (
            f"{self.visitors} people at once, {looks} looks, {self.check_ins} check-ins "
            f"meanwhile: {len(self.failed)} errors; {'; '.join(parts)}; {each:.0f} ms of computing a look"
        )


def crowd(home: Path, *, url: str | None = None, visitors: int = VISITORS) -> Crowd:
    """Serve the store, let the visitors come, and tell how it was; the check-ins are taken back afterwards."""
    store = open_store(home, url)
    before = _children()
    try:
        with _entered(store), _serving(home, url) as (port, log):
            found = asyncio.run(_all(store, port, visitors))
            # The server tells more than the page shows.
            found.failed += [line for line in log.read_text(errors="replace").splitlines() if "Traceback" in line]
    finally:
        store.close()
    found.computed = _children() - before
    return found


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextlib.contextmanager
def _entered(store: Store) -> Iterator[None]:
    """Let visitors say who they are in the address, which only the made-up company allows, while it lasts."""
    with store.database.read() as connection:
        was = connection.execute(sa.select(companies.c.sample)).scalar_one()
    try:
        _set_sample(store, sample=True)
        yield
    finally:
        _set_sample(store, sample=was)


def _set_sample(store: Store, *, sample: bool) -> None:
    with store.database.write() as connection:
        connection.execute(sa.update(companies).values(sample=sample))


@contextlib.contextmanager
def _serving(home: Path, url: str | None) -> Iterator[tuple[int, Path]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings: Mapping[str, str] = {"OKR_DATABASE_URL": url} if url else {}
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("OKR_", "OPENAI_"))}
    command = [str(Path(sys.executable).with_name("okr")), "--home", str(home), "serve", "--port", str(port)]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as printed:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.STDOUT, env={**clean, **settings}
            )
        try:
            _wait(port, process)
            yield port, log
        finally:
            process.terminate()
            process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    started = time.perf_counter()
    while time.perf_counter() - started < PATIENCE and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
            if page.status == HTTPStatus.OK:
                return
        time.sleep(0.05)
    raise RuntimeError("the page did not come up")


async def _all(store: Store, port: int, visitors: int) -> Crowd:
    found = Crowd(visitors)
    with store.database.read() as connection:
        emails = list(
            connection.execute(
                sa.select(people.c.email).where(people.c.active).order_by(people.c.id).limit(visitors)
            ).scalars()
        )
        names = list(connection.execute(sa.select(teams.c.key).order_by(teams.c.id).limit(40)).scalars())
    done = asyncio.Event()
    writing = asyncio.create_task(_check_in(store, found, done))
    await asyncio.gather(*(_visit(found, port, emails[n % len(emails)], names, n) for n in range(visitors)))
    done.set()
    await writing
    return found


async def _visit(found: Crowd, port: int, email: str, names: list[str], number: int) -> None:
    chance = random.Random(number)
    who = {"as": email, "lang": "pl" if number % 3 == 0 else "en"}
    looks: list[dict[str, str]] = [
        {},
        {"team": chance.choice(names)},
        {"status": "off_track,at_risk"},
    ]
    try:
        address = f"ws://127.0.0.1:{port}/_stcore/stream"
        async with connect(
            address, subprotocols=[Subprotocol("streamlit")], max_size=None, open_timeout=PATIENCE, ping_interval=None
        ) as page:
            for place, look in enumerate(looks):
                if place:
                    await asyncio.sleep(chance.uniform(*READING))
                took = await asyncio.wait_for(_look(page, {**who, **look}), PATIENCE)
                (found.later if place else found.first).append(took)
    except (OSError, TimeoutError, WebSocketException, LookError) as problem:
        found.failed.append(f"{email}: {type(problem).__name__} {problem}")


class LookError(Exception):
    """The page ended without the board on it."""


async def _look(page: ClientConnection, query: dict[str, str]) -> float:
    """Seconds until the board with that address is drawn whole."""
    started = time.perf_counter()
    state = _text(QUERY, urlencode(query)) + _text(PAGE, "board")
    await page.send(_bytes(RERUN, state))
    drawn = False
    while True:
        message = await page.recv(decode=False)
        drawn = drawn or MARK in message
        if (status := _finished(message)) is not None:
            if status != 0 or not drawn:
                raise LookError(f"ended as {status}, {'with' if drawn else 'without'} a board: {query}")
            return time.perf_counter() - started


async def _check_in(store: Store, found: Crowd, done: asyncio.Event) -> None:
    """Save a check-in every so often until everybody has gone."""
    owned = (
        sa.select(key_results.c.key, people.c.email, key_results.c.current)
        .join(people, people.c.id == key_results.c.owner_id)
        .where(key_results.c.live, key_results.c.kind == "measure", key_results.c.current.is_not(None), people.c.active)
        .order_by(key_results.c.id)
        .limit(50)
    )
    with store.database.read() as connection:
        rows = connection.execute(owned).all()
    saved: list[tuple[Actor, str]] = []

    def save(key: str, email: str, value: float) -> None:
        actor = store.actor(email)
        made = store.check_in(actor, key, {"value": value, "confidence": 3}, datetime.now(UTC), sure=True)
        saved.append((actor, made.key))

    while not done.is_set():
        row = rows[found.check_ins % len(rows)]
        await asyncio.to_thread(save, row.key, row.email, row.current)
        found.check_ins += 1
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), CHECK_IN_EVERY)
    for actor, key in saved:
        store.withdraw_check_in(actor, key, datetime.now(UTC))


# -- the page's messages, as far as we need them --------------------------------------------------------


def _number(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def _bytes(place: int, content: bytes) -> bytes:
    return _number(place << 3 | 2) + _number(len(content)) + content


def _text(place: int, text: str) -> bytes:
    return _bytes(place, text.encode())


def _read(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (message[at] & 0x7F) << shift
        if message[at] < 0x80:
            return value, at + 1
        at, shift = at + 1, shift + 7


def _finished(message: bytes) -> int | None:
    """How a run of the page ended, 0 for well; None for any other message."""
    at = 0
    while at < len(message):
        tag, at = _read(message, at)
        place, kind = tag >> 3, tag & 7
        if kind == 0:
            value, at = _read(message, at)
            if place == FINISHED:
                return value
        elif kind == 2:
            size, at = _read(message, at)
            at += size
        else:
            at += 8 if kind == 1 else 4
    return None
