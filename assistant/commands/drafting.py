"""`okr draft`: a status update of the company, a team, an objective or a person."""

from __future__ import annotations

import sys

from assistant.commands.running import Run, UsageError
from assistant.updates.drafting import draft
from assistant.updates.rendering import RENDERERS
from assistant.updates.wanted import UnknownValueError, Wanted
from tools.context import TurnContext


def write(run: Run) -> int:
    """Print the update in the form that is asked for; nothing is stored."""
    given = run.given
    form = "json" if run.as_json else given.format or "md"
    if run.as_json and given.format not in (None, "json"):
        raise UsageError(f"--json and --format {given.format} contradict each other.", "Give one of them.")
    if form not in RENDERERS:
        raise UnknownValueError("format", form, ", ".join(RENDERERS))
    wanted = Wanted((given.scope,), given.audience, given.period, given.language or "").checked()
    actor = run.actor()
    turn = TurnContext(run.store, actor, run.store.company(), run.clock()(), actor.language)
    made = draft(turn, wanted)
    if made.notice:
        print(f"okr: {made.notice}", file=sys.stderr)
    said = RENDERERS[form](made)
    sys.stdout.buffer.write(said.encode() if isinstance(said, str) else said)
    sys.stdout.buffer.flush()
    return 0
