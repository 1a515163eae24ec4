"""`okr draft`: a status update of the company, a team, an objective or a person."""

from __future__ import annotations

import sys
from pathlib import Path

from assistant.commands.running import Run, UsageError
from assistant.updates.drafting import draft
from assistant.updates.rendering import RENDERERS
from assistant.updates.wanted import UnknownValueError, Wanted
from okr.errors import OkrError
from tools.context import TurnContext

BINARY = ("docx", "pdf", "pptx")


class NotWrittenError(OkrError):
    """The document could not be put where it was wanted."""

    code = "not-written"

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file} could not be written: {reason}.", "Name another place with --out.")


def write(run: Run) -> int:
    """Print the update in the form that is asked for, or put it into a file; nothing is stored."""
    given = run.given
    form = form_of(run)
    wanted = Wanted((given.scope,), given.audience, given.period, given.language or "").checked()
    actor = run.actor()
    turn = TurnContext(run.store, actor, run.store.company(), run.clock()(), actor.language)
    made = draft(turn, wanted)
    if run.settings.model is not None and run.settings.engine != "direct":
        # Loaded on first use: LangChain takes longer to import than an update takes to write.
        from assistant.updates.phrasing import phrased

        made = phrased(made, turn, run.settings)
    if made.notice:
        print(f"okr: {made.notice}", file=sys.stderr)
    put(run, RENDERERS[form](made))
    return 0


def put(run: Run, said: str | bytes) -> None:
    """Print a document, or put it into the file that was named."""
    given = run.given
    document = said.encode() if isinstance(said, str) else said
    if given.out is None:
        sys.stdout.buffer.write(document)
        sys.stdout.buffer.flush()
        return
    try:
        given.out.write_bytes(document)
    except OSError as reason:
        raise NotWrittenError(given.out, reason.strerror or "the system refused it") from reason


def form_of(run: Run) -> str:
    """The form that was asked for: by name, by the ending of the file, or Markdown; `UsageError` for a terminal."""
    given = run.given
    if run.as_json and given.format not in (None, "json"):
        raise UsageError(f"--json and --format {given.format} contradict each other.", "Give one of them.")
    ending = given.out.suffix.lstrip(".").lower() if given.out is not None else ""
    form = "json" if run.as_json else given.format or (ending if ending in RENDERERS else "md")
    if form not in RENDERERS:
        raise UnknownValueError("format", form, ", ".join(RENDERERS))
    if form in BINARY and given.out is None and sys.stdout.isatty():
        raise UsageError(f"A {form} document is not for a terminal.", f"Add --out FILE.{form}, or send it into a file.")
    return str(form)
