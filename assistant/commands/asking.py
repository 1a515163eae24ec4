"""`okr ask`: one question, or a file of them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from assistant.commands.running import Run, UsageError, print_json
from assistant.conversation import Conversation
from assistant.document import Document
from okr.errors import OkrError

FIELDS = ("id", "question", "as", "at", "thread", "engine")
_ESCAPED = re.compile(r"\\([\\`*\[\]<>|~$_&:#+=.-])")


def ask(run: Run) -> int:
    """Answer the question, or each line of the batch."""
    given = run.given
    if given.batch is not None:
        if given.question is not None:
            raise UsageError("Give either a question or --batch, not both.")
        return _batch(run, given.batch)
    if given.question is None:
        raise UsageError("There is no question.", 'Write it in quotes: okr ask "How are we doing?" --as EMAIL.')
    conversation = Conversation(run.store, run.actor(), run.settings, clock=run.clock(), kept=False)
    document = {"id": "q1", **conversation.answer(given.question)}
    if run.as_json:
        print_json(document)
    elif "error" not in document:
        print(shown(document))
        if document.get("notice"):
            print(f"okr: {document['notice']}", file=sys.stderr)
    if "error" in document:
        print(f"okr: {document['answer']}", file=sys.stderr)
        return 1
    return 0


def shown(document: Document) -> str:
    """The answer for a terminal: Markdown's escapes are only needed where it is rendered."""
    return _ESCAPED.sub(r"\1", str(document["answer"]))


def _batch(run: Run, source: str) -> int:
    threads: dict[str, Conversation] = {}
    status = 0
    for number, line in enumerate(_lines(source), 1):
        if not line.strip():
            continue
        document = _answered(run, threads, number, line)
        if "error" in document:
            status = 1
        if run.as_json:
            print_json(document)
        else:
            print(f"{document['id']}: {shown(document)}", flush=True)
    return status


def _lines(source: str) -> Iterator[bytes]:
    if source == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(source).open("rb") as file:
            yield from file
    except OSError as reason:
        raise UsageError(f"{source} cannot be read: {reason.strerror}.") from reason


def _answered(run: Run, threads: dict[str, Conversation], number: int, line: bytes) -> Document:
    ident: object = f"line {number}"
    question = ""
    try:
        asked = _line(number, line)
        ident, question = asked.get("id", ident), asked["question"]
        return {"id": ident, **_conversation(run, threads, asked).answer(question)}
    except OkrError as problem:
        # The other lines are answered all the same, and this one says what is wrong with it.
        return {
            "id": ident,
            "question": question,
            "kind": "refuse",
            "answer": str(problem),
            "rows": [],
            "values": {},
            "sources": [],
            "answered_by": "direct",
            "error": {"code": problem.code},
        }


def _line(number: int, line: bytes) -> dict[str, Any]:
    try:
        asked = orjson.loads(line.lstrip(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        raise UsageError(f"Line {number} is not JSON.") from None
    if not isinstance(asked, dict) or not isinstance(asked.get("question"), str):
        raise UsageError(f"Line {number} has no question.", 'It looks like {"id": "q1", "question": "…", "as": "…"}.')
    for name in FIELDS[2:]:
        if asked.get(name) is not None and not isinstance(asked[name], str):
            raise UsageError(f"Line {number}: {name} is not text.")
    return asked


def _conversation(run: Run, threads: dict[str, Conversation], asked: dict[str, Any]) -> Conversation:
    actor, clock = run.actor(asked.get("as")), run.clock(asked.get("at"))
    thread = asked.get("thread")
    if thread is None:
        return Conversation(run.store, actor, run.settings, clock=clock, kept=False)
    known = threads.get(thread)
    if known is None or known.actor.id != actor.id:
        # A thread is one person's; somebody else's line of the same name begins another.
        known = threads[thread] = Conversation(run.store, actor, run.settings, clock=clock, kept=False)
    known.actor, known.clock = actor, clock
    return known
