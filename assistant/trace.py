"""How each answer of a model came about: which prompt, tools, tokens and time; ids and counts, never words."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

FILE_NAME = "trace.jsonl"
MOST_BYTES = 2_000_000


@dataclass(slots=True)
class ToolTrace:
    """One tool call: its name, the names of its arguments, and how much came back."""

    name: str
    arguments: list[str]
    rows: int = 0
    state: str = "ok"


@dataclass(slots=True)
class Trace:
    """One turn of a model. `outcome` is answered, repaired, failed or stopped; `person` is a number, no name."""

    person: int
    model: str
    prompt: str
    tools: list[ToolTrace] = field(default_factory=list)
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    unsupported: int = 0
    left_out: int = 0
    ms: float = 0.0
    outcome: str = "stopped"
    code: str = ""
    reference: str = ""


def keep(home: Path, trace: Trace, now: datetime) -> None:
    """Add the turn to the trace file in the home folder; one that cannot be written is no reason to fail."""
    line = json.dumps({"at": now.isoformat(), **asdict(trace)}, ensure_ascii=False)
    try:
        path = home / FILE_NAME
        if path.exists() and path.stat().st_size > MOST_BYTES:
            path.replace(home / f"{FILE_NAME}.1")
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
    except OSError:
        return
