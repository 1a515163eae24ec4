"""A loopback server that speaks OpenAI's chat completions as scripted, and misbehaves in every way one can."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """One completion: words, or tool calls as `(name, arguments)`; arguments given as text are sent as they are.

    `pieces` are the parts in which the words are streamed. `fault` is how it goes wrong: status, html, hang,
    cut (the connection is dropped in the middle), closed (it ends politely in the middle), empty, no_choices.
    """

    text: str = ""
    calls: Sequence[tuple[str, Body | str]] = ()
    pieces: Sequence[str] = ()
    fault: str = ""
    status: int = 200
    message: str = "scripted"
    pause: float = 0.0
    usage: bool = True


Script = Callable[[Body, int], Reply]


@dataclass
class Model:
    """The running server: its address, and what it was asked."""

    url: str
    asked: list[Body] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def said_to(self, index: int = -1) -> str:
        """All the text of a request, as one string."""
        return json.dumps(self.asked[index]["messages"], ensure_ascii=False)


def in_turn(*replies: Reply) -> Script:
    """The replies one after the other; the last one again and again."""
    return lambda body, number: replies[min(number, len(replies) - 1)]


@contextmanager
def serving(script: Script) -> Iterator[Model]:
    """A server on loopback for as long as the block runs."""
    model = Model("")
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            return

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            with lock:
                number = len(model.asked)
                model.asked.append(body)
            reply = script(body, number)
            try:
                _answer(self, reply, body, model)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield model
    finally:
        model.released.set()
        server.shutdown()
        server.server_close()


def _answer(handler: BaseHTTPRequestHandler, reply: Reply, body: Body, model: Model) -> None:
    if reply.fault == "hang":
        model.released.wait(30)
        handler.close_connection = True
        return
    if reply.fault == "status":
        _send(handler, reply.status, json.dumps({"error": {"message": reply.message, "type": "scripted"}}).encode())
        return
    if reply.fault == "html":
        _send(handler, 200, b"<html><body>Welcome to the proxy</body></html>", "text/html")
        return
    calls = [
        {
            "id": f"call_{len(model.asked)}_{index}",
            "type": "function",
            "index": index,
            "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)},
        }
        for index, (name, given) in enumerate(reply.calls)
    ]
    size = len(json.dumps({name: body.get(name) for name in ("messages", "tools")}, ensure_ascii=False))
    usage = {"prompt_tokens": size // 4, "completion_tokens": len(reply.text) // 4 + 5}
    usage["total_tokens"] = sum(usage.values())
    head = {"id": "chatcmpl-1", "created": 1, "model": "scripted"}
    why = "tool_calls" if calls else "stop"
    if not body.get("stream"):
        message: Body = {"role": "assistant", "content": reply.text or None}
        if calls:
            message["tool_calls"] = [{name: call[name] for name in ("id", "type", "function")} for call in calls]
        choices = [] if reply.fault == "no_choices" else [{"index": 0, "message": message, "finish_reason": why}]
        whole = {**head, "object": "chat.completion", "choices": choices, "usage": usage}
        _send(handler, 200, json.dumps(whole).encode())
        return
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.close_connection = True

    def chunk(delta: Body | None, reason: str | None = None, **more: object) -> None:
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": reason}]
        data = {**head, "object": "chat.completion.chunk", "choices": choices, **more}
        handler.wfile.write(f"data: {json.dumps(data)}\n\n".encode())
        handler.wfile.flush()

    if reply.fault == "no_choices":
        chunk(None)
        handler.wfile.write(b"data: [DONE]\n\n")
        return
    pieces = list(reply.pieces) or [reply.text[i : i + 16] for i in range(0, len(reply.text), 16)]
    chunk({"role": "assistant", "content": ""})
    for number, piece in enumerate(pieces):
        if reply.fault in ("cut", "closed") and number >= len(pieces) // 2:
            if reply.fault == "cut":
                # Promise more than is sent, so that the other side sees it break.
                handler.wfile.write(b'data: {"id": "chatcmpl-1", "choi')
            return
        if reply.pause:
            time.sleep(reply.pause)
        chunk({"content": piece})
    for call in calls:
        chunk({"tool_calls": [call]})
    chunk({}, why)
    if reply.usage:
        chunk(None, usage=usage)
    handler.wfile.write(b"data: [DONE]\n\n")


def _send(handler: BaseHTTPRequestHandler, status: int, data: bytes, kind: str = "application/json") -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)
