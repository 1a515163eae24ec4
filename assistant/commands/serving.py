"""`okr serve`: the web app."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from assistant.channels import channels_of
from assistant.commands.running import Run, UsageError
from okr.errors import OkrError

WORKER_LOG = "worker.log"


class ServeError(OkrError):
    """The web app cannot be opened here."""

    code = "serve"


def serve(run: Run) -> int:
    """Become the web server, on this machine alone unless another address is given."""
    port, host = run.given.port, run.given.host
    if not 1 <= port <= 65535:
        raise UsageError(f"{port} is not a port.", "Choose one from 1024 to 65535.")
    # Opened once here, so that a store that cannot be used is said before the server starts.
    run.store.close()
    # The worker that is started beside it would refuse a channel that cannot be used where nobody sees it.
    channels_of(run.settings)
    _listen(host, port)
    found = find_spec("ui")
    page = Path(found.origin).with_name("app.py") if found and found.origin else None
    if page is None or not page.exists():
        raise ServeError("The web app is not installed.", "Install the whole program.")
    environment = {**os.environ, "OKR_HOME": str(run.settings.home.absolute()), "OKR_BOUND_TO": host}
    if run.given.engine:
        environment["OKR_ENGINE"] = run.given.engine
    command = [sys.executable, "-m", "streamlit", "run", str(page), "--server.port", str(port)]
    command += ["--server.address", host, "--server.headless", "true", "--browser.gatherUsageStats", "false"]
    if not run.given.no_worker:
        _start_worker(environment)
    sys.stdout.flush()
    os.execve(sys.executable, command, environment)


def _start_worker(environment: dict[str, str]) -> None:
    """Start a worker that ends with the web server: it reads a pipe that only the server's process holds open."""
    reads, writes = os.pipe()
    command = [sys.executable, "-m", "assistant.cli", "--home", environment["OKR_HOME"], "worker", "--while-open"]
    with (Path(environment["OKR_HOME"]) / WORKER_LOG).open("ab") as log:
        # Of a session of its own, so that Ctrl-C reaches the server alone and the worker ends in good order.
        subprocess.Popen(command, stdin=reads, stdout=log, stderr=log, env=environment, start_new_session=True)
    os.close(reads)
    os.set_inheritable(writes, True)


def _listen(host: str, port: int) -> None:
    """Try the address once, so that a taken port or a wrong host is a sentence and not the server's traceback."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            # A server that has just ended leaves its port waiting; the next one may have it all the same.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except (OSError, UnicodeError) as reason:
        said = getattr(reason, "strerror", None) or "it is no address"
        raise ServeError(
            f"Nothing can listen at {host[:80]}:{port}: {said}.", "Choose another with --host and --port."
        ) from reason
