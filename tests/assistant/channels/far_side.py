"""Loopback servers that play the far side: programs and mail servers that answer as scripted, or not at all."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Reply:
    """One answer. `fault`: hang (none until the block ends), cut (the connection is dropped after the body), drip
    (a byte of the answer now and then), endless (a body that never ends)."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b"{}"
    fault: str = ""


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class FarSide:
    """The running server: its address, what it was asked, and the event that lets hanging answers go."""

    url: str
    port: int
    asked: list[Asked] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


@contextmanager
def program(*replies: Reply, by_path: dict[str, Reply] | None = None) -> Iterator[FarSide]:
    """A web server that gives the replies one after the other, the last one again and again."""
    side = FarSide("", 0)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            return

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with lock:
                number = len(side.asked)
                headers = {name.lower(): value for name, value in self.headers.items()}
                side.asked.append(Asked(self.path, headers, body))
            named = (by_path or {}).get(urlsplit(self.path).path)
            reply = named or replies[min(number, len(replies) - 1)]
            self.close_connection = True
            with suppress(OSError):
                self._reply(reply)

        do_GET = do_POST
        do_PUT = do_POST

        def _reply(self, reply: Reply) -> None:
            if reply.fault == "hang":
                side.released.wait(60)
                return
            if reply.fault == "cut":
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if reply.fault == "drip":
                for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: y\r\n" * 1000:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    if side.released.wait(0.2):
                        return
                return
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            if reply.fault == "endless":
                self.end_headers()
                while not side.released.is_set():
                    self.wfile.write(b"x" * 65536)
                return
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    side.port = server.server_address[1]
    side.url = f"http://127.0.0.1:{side.port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield side
    finally:
        side.released.set()
        server.shutdown()
        server.server_close()


@dataclass
class Post:
    """A running mail server: its port, the mails it took, and what it was told."""

    port: int
    mails: list[bytes] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


Answers = Callable[[str, int], str | None]
"""What a mail server says to a verb the how-many-th time: a line, `cut`, `hang`, or None for the usual."""


@contextmanager
def mail_server(answers: Answers = lambda verb, number: None) -> Iterator[Post]:
    """A mail server that does as it is scripted at each verb; `greeting` and `body` are verbs, too."""
    listening = socket.create_server(("127.0.0.1", 0))
    post = Post(listening.getsockname()[1])
    counts: dict[str, int] = {}

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    def say(connection: socket.socket, verb: str, usual: str) -> bool:
        counts[verb] = counts.get(verb, 0) + 1
        said = answers(verb, counts[verb]) or usual
        if said == "hang":
            post.released.wait(60)
            return False
        if said == "cut":
            return False
        connection.sendall(f"{said}\r\n".encode())
        return True

    def talk(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines, suppress(OSError):
            if not say(connection, "greeting", "220 far.example ready"):
                return
            while line := lines.readline():
                verb = line.split()[0].decode().upper() if line.split() else ""
                post.told.append(line.decode(errors="replace").strip())
                if verb != "DATA":
                    if not say(connection, verb, "221 bye" if verb == "QUIT" else "250 ok"):
                        return
                    continue
                if not say(connection, "DATA", "354 go on"):
                    return
                if counts and (answers("DATA", counts["DATA"]) or "354").startswith("354"):
                    body = b""
                    while (piece := lines.readline()) not in (b".\r\n", b""):
                        body += piece[1:] if piece.startswith(b"..") else piece
                    post.mails.append(body)
                    if not say(connection, "body", f"250 taken as Q{len(post.mails)}"):
                        return

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield post
    finally:
        post.released.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
