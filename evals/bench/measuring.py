"""Runs the command line as a person would, and reads off how long it took and how much memory it held."""

from __future__ import annotations

import contextlib
import os
import platform
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson

from assistant.conversation import Conversation
from assistant.settings import read_settings
from evals.bench.company import ASKED_ON, Size, team_name, title
from evals.bench.questions import KINDS, OF_THE_SAMPLE, asker_of, record_of, team_of
from okr.store import open_store

ASKED_AT = f"{ASKED_ON}T09:00:00+01:00"
SQL_REPEATS = 5
PAGE_PATIENCE = 60.0
IMPORTED = "imported.json"


@dataclass(frozen=True, slots=True)
class Ran:
    """One finished command: what it printed, its seconds from start to end, the most memory it held in MB.

    `processor_seconds` are those it computed for, which other work on the machine does not lengthen.
    """

    status: int
    printed: bytes
    complained: str
    seconds: float
    megabytes: float
    processor_seconds: float = 0.0


def run_okr(home: Path, *arguments: str) -> Ran:
    """Run the installed command on a home folder and wait for it, without any setting of the environment."""
    settings = ("OKR_", "OPENAI_")
    command = [str(Path(sys.executable).with_name("okr")), "--home", str(home), *arguments]
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as complained:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=complained,
            env={name: value for name, value in os.environ.items() if not name.startswith(settings)},
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        complained.seek(0)
        # Linux counts in kilobytes, macOS in bytes.
        megabytes = used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
        words = complained.read().decode(errors="replace")
        return Ran(process.returncode, printed.read(), words, seconds, megabytes, used.ru_utime + used.ru_stime)


def keep_import(folder: Path, ran: Ran) -> None:
    """Note beside a kept company how its import went, for a later run that only asks."""
    noted = {"seconds": ran.seconds, "megabytes": ran.megabytes, "processor_seconds": ran.processor_seconds}
    (folder / IMPORTED).write_bytes(orjson.dumps(noted))


def kept_import(folder: Path) -> Ran | None:
    """How the import of a kept company went; None where nobody noted it."""
    if not (folder / IMPORTED).exists():
        return None
    return Ran(0, b"", "", **orjson.loads((folder / IMPORTED).read_bytes()))


def load() -> float:
    """How many processes wanted a core during the last minute; not a number where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least that share of the values do not exceed; not a number for no values."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * int(share * 100) // 100) - 1)] if ordered else float("nan")


@dataclass(slots=True)
class Timing:
    """Milliseconds of the real answers to one kind of question in one language, and how many of each kind came."""

    answers: list[float] = field(default_factory=list)
    kinds: dict[str, int] = field(default_factory=dict)

    def add(self, document: dict[str, Any]) -> None:
        """Count one answer document."""
        kind = "failed" if "error" in document else str(document["kind"])
        if kind == "answer":
            # Saying that something is not understood is quick, and would flatter the figures.
            self.answers.append(float(document["ms"]))
        self.kinds[kind] = self.kinds.get(kind, 0) + 1


@dataclass(slots=True)
class Asked:
    """All that one run of questions gave."""

    timings: dict[tuple[str, str], Timing]
    first_ms: float
    ran: Ran


def ask_all(home: Path, folder: Path, size: Size, each: int) -> Asked:
    """Put every kind of question in both languages, several of each, to one process; the first one warms it."""
    lines = [{"id": "first", "question": "What are my key results?", "as": asker_of(0, size), "at": ASKED_AT}]
    for n in range(each):
        for kind in KINDS:
            for language, put in (("en", kind.english), ("pl", kind.polish)):
                lines.append(
                    {
                        "id": f"{kind.name}|{language}|{n}",
                        "question": put(n, size),
                        "as": asker_of(n, size),
                        "at": ASKED_AT,
                    }
                )
    asked = folder / "questions.jsonl"
    asked.write_bytes(b"\n".join(orjson.dumps(line) for line in lines) + b"\n")
    read_through(home)
    ran = run_okr(home, "ask", "--batch", str(asked), "--json")
    timings: dict[tuple[str, str], Timing] = {}
    first = float("nan")
    for line in ran.printed.splitlines():
        document = orjson.loads(line)
        if document["id"] == "first":
            first = float(document["ms"])
            continue
        name, language, _ = document["id"].split("|")
        timings.setdefault((name, language), Timing()).add(document)
    return Asked(timings, first, ran)


def compute_all(home: Path, size: Size, each: int) -> dict[tuple[str, str], Timing]:
    """The same questions put in this process, in milliseconds of computing, which other work leaves alone."""
    store = open_store(home)
    at = datetime.fromisoformat(ASKED_AT)
    settings = read_settings(home)
    timings: dict[tuple[str, str], Timing] = {}
    for n in range(-1, each):
        for kind in KINDS:
            for language, put in (("en", kind.english), ("pl", kind.polish)):
                asked = max(n, 0)
                actor = store.actor(asker_of(asked, size))
                started = time.process_time()
                conversation = Conversation(store, actor, settings, clock=lambda: at, kept=False)
                document = conversation.answer(put(asked, size))
                took = (time.process_time() - started) * 1000
                if n >= 0:
                    # The first round prepares statements and vocabulary and is not counted.
                    timings.setdefault((kind.name, language), Timing()).add({**document, "ms": took})
    store.close()
    return timings


def read_through(home: Path) -> None:
    """Read the database from end to end, so that the disk is measured nowhere and the program everywhere."""
    with (home / "okr.db").open("rb") as file:
        while file.read(1 << 24):
            pass


def ask_sample(folder: Path, each: int) -> dict[str, Timing]:
    """The timings of the sample company's questions by language, put by several of its people to one process."""
    home = folder / "sample"
    if not (home / "okr.db").exists():
        run_okr(home, "demo")
    with sqlite3.connect(f"file:{home / 'okr.db'}?mode=ro", uri=True) as connection:
        active = connection.execute("SELECT email FROM person WHERE active ORDER BY id LIMIT ?", (each,)).fetchall()
    lines = [
        {"id": f"{language}|{n}|{m}", "question": put[language == "pl"], "as": asker}
        for m, (asker,) in enumerate(active)
        for n, put in enumerate(OF_THE_SAMPLE)
        for language in ("en", "pl")
    ]
    asked = folder / "sample.jsonl"
    # The first one is asked twice, because it warms the process.
    asked.write_bytes(b"\n".join(orjson.dumps(line) for line in [lines[0], *lines]) + b"\n")
    timings = {"en": Timing(), "pl": Timing()}
    for line in run_okr(home, "ask", "--batch", str(asked), "--json").printed.splitlines()[1:]:
        document = orjson.loads(line)
        timings[document["id"].split("|")[0]].add(document)
    return timings


def page_ready(folder: Path) -> float:
    """Seconds from starting `okr serve` on the sample company until its page is answered."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        str(Path(sys.executable).with_name("okr")),
        "--home",
        str(folder / "sample"),
        "serve",
        "--port",
        str(port),
    ]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while time.perf_counter() - started < PAGE_PATIENCE:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
                if page.status == HTTPStatus.OK:
                    return time.perf_counter() - started
            time.sleep(0.02)
        return float("nan")
    finally:
        process.terminate()
        process.wait()


def _micros(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1_000_000)


def time_sql(database: Path, size: Size, each: int) -> dict[str, float]:
    """The median milliseconds of computing of each kind's bare SQL, by name, warm, as the same people."""
    found: dict[str, float] = {}
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        # As the program itself opens it, so that neither side has the larger cache.
        connection.execute("PRAGMA cache_size=-65536")
        connection.execute("PRAGMA mmap_size=1073741824")
        for kind in KINDS:
            times = []
            for n in range(each):
                bound = _bound(connection, n, size)
                wanted = {name: value for name, value in bound.items() if f":{name}" in kind.sql + kind.beside}
                best = float("inf")
                for _ in range(SQL_REPEATS):
                    started = time.process_time()
                    for statement in filter(None, (kind.sql, kind.beside)):
                        connection.execute(statement, wanted).fetchall()
                    best = min(best, time.process_time() - started)
                times.append(best * 1000)
            found[kind.name] = percentile(times, 0.5)
    return found


def _bound(connection: sqlite3.Connection, n: int, size: Size) -> dict[str, object]:
    me, own = connection.execute("SELECT id, team_id FROM person WHERE email = ?", (asker_of(n, size),)).fetchone()
    return {
        "me": me,
        "own": own,
        "team": f"TEAM-{team_of(n, size)}",
        "other": f"TEAM-{team_of(n + 1, size)}",
        "record": f"KR-{record_of(n, size)}",
        "title": title(record_of(n, size)),
        "at": _micros(ASKED_ON),
        "then": _micros(ASKED_ON.replace(month=11, day=n % 28 + 2)),
        "fortnight": _micros(ASKED_ON - timedelta(days=14)),
        "month": _micros(ASKED_ON.replace(day=1)),
        "today": ASKED_ON.isoformat(),
    }


def cold_start(home: Path, size: Size, times: int = 5) -> float:
    """The median seconds of `okr ask` as a command of its own, from start to end."""
    question = f"Which key result of {team_name(team_of(0, size))} is furthest behind?"
    runs = [run_okr(home, "ask", question, "--as", asker_of(0, size), "--at", ASKED_AT, "--json") for _ in range(times)]
    return percentile((run.seconds for run in runs), 0.5)


def machine() -> str:
    """What the figures were measured on, in one sentence."""
    model = platform.processor() or platform.machine()
    about = Path("/proc/cpuinfo")
    if about.exists():
        for line in about.read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return (
        f"{os.cpu_count()} cores ({model}), {memory:.0f} GB of memory, {platform.system()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
