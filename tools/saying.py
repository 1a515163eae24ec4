"""A tool's result as a model reads it: lines as JSON values, capped, with what was left out said."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from okr.language.words import safe_text
from tools.context import TurnContext
from tools.result import Found, Row

MOST_CHARACTERS = 5_200  # about 1,300 tokens: with the prompt and the question an answer stays cheap
LONGEST_LINE = 460
SHORTER_LINE = 300  # where there are several
MOST_QUOTES = 12
MOST_APART = 2
# That a check-in is as fresh as it should be is not worth its tokens in a list.
_NO_BASELINE = re.compile(r"\bfrom None to (?!None)")
_NO_TARGET = re.compile(r"\bfrom (\S+) to None\b")
_FRESH = re.compile(r"; check-in fresh \(\d+ days\)")

Shown = dict[str, Any]


def shown(found: Found, turn: TurnContext, most: int = MOST_CHARACTERS) -> str:
    """The result as one JSON object; what people wrote stands in it as JSON strings, never as markup.

    Lines beyond the cap are counted in `lines_left_out`, never dropped in silence.
    """
    said: Shown = {}
    if found.kind == "abstain":
        said["nothing_recorded"] = found.missing or "nothing"
    apart = _apart(found.apart)
    if figures := _figures({name: value for name, value in found.values.items() if name not in apart}):
        said["values"] = figures
    if found.rule:
        said["rule"] = found.rule
    if found.as_of is not None and found.as_of < turn.now:
        said["as_of"] = found.as_of.astimezone(turn.zone).date().isoformat()
    if found.period:
        said["period"] = f"{found.period['from']} to {found.period['to']}"
    lines, left = _lines(found, most)
    said["lines"] = lines
    if apart:
        said["no_rank"] = apart
    if left + found.more > 0:
        said["lines_left_out"] = left + found.more
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _lines(found: Found, most: int) -> tuple[list[str], int]:
    every: list[str] = []
    told: set[str] = set()
    for line in found.lines:
        # What somebody wrote is told once, however often it is found.
        text = line.partition("): ")[2]
        if not line.endswith("(not ranked)") and (not text or text not in told):
            every.append(_clean(line))
            told.add(text)
    if len(every) > 3:
        every = [_cut(_FRESH.sub("", line), SHORTER_LINE) for line in every]
    for quote in found.quotes[:MOST_QUOTES]:
        if not any(quote.id in line and quote.text in line for line in found.lines):
            near = ", only nearby in time" if quote.near_only else ""
            about = f" on {quote.key_result}" if quote.key_result else ""
            head = f"[{quote.id}] {quote.on}{about}, {quote.author} wrote ({quote.part}{near})"
            every.append(_clean(f"{head}: {quote.text}"))
    kept: list[str] = []
    size = 0
    for line in every:
        size += len(line) + 3
        if size > most and kept:
            break
        kept.append(line)
    return kept, len(every) - len(kept)


def _clean(line: str) -> str:
    # Marks that some models read as the end of a message mean nothing inside a value.
    line = _NO_TARGET.sub(r"from \1, no target", _NO_BASELINE.sub("no baseline, target ", line))
    kept = " ".join(safe_text(line, LONGEST_LINE * 4).split()).replace("<|", "< |").replace("|>", "| >")
    return _cut(kept, LONGEST_LINE)


def _cut(line: str, most: int) -> str:
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _figures(values: Mapping[str, Any]) -> Shown:
    kept: Shown = {}
    for name, value in values.items():
        if isinstance(value, float):
            kept[name] = round(value, 4)
        elif isinstance(value, int | str | bool):
            kept[name] = value
    return kept


def _apart(rows: list[Row]) -> Shown:
    """What could not be ranked, by reason: how many, and the first few ids."""
    by_reason: dict[str, list[str]] = {}
    for row in rows:
        by_reason.setdefault(str(row.values.get("why") or row.values.get("freshness") or "other"), []).append(row.id)
    return {why: {"count": len(ids), "first": ids[:MOST_APART]} for why, ids in by_reason.items()}
