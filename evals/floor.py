"""What the direct reader has reached and may not fall below; it only rises."""

from __future__ import annotations

import json
from pathlib import Path

from evals.judging import Judged
from evals.report import groups

FLOOR = Path(__file__).parent / "floor.json"
# Shares are kept to four digits, cut in the reader's favour, so that an equal run never falls under itself.
PLACES = 10_000


def under(judged: list[Judged], floor: dict[str, dict[str, float]] | None = None) -> list[str]:
    """A sentence for each part that is less often right, or more often wrong, than the floor allows."""
    kept = _kept() if floor is None else floor
    found = []
    for name, reached in groups(judged).items():
        allowed = kept.get(name, {"right": 0.0, "wrong": 1.0})
        if reached.share_right < allowed["right"]:
            found.append(f"{name}: right {reached.share_right:.4f}, the floor is {allowed['right']:.4f}.")
        if reached.share_wrong > allowed["wrong"]:
            found.append(f"{name}: wrong {reached.share_wrong:.4f}, at most {allowed['wrong']:.4f} is allowed.")
    return found


def raised(judged: list[Judged], floor: dict[str, dict[str, float]] | None = None) -> str:
    """The floor as JSON, each figure the better one of what was kept and what was reached."""
    kept = _kept() if floor is None else floor
    better = {}
    for name, reached in groups(judged).items():
        before = kept.get(name, {"right": 0.0, "wrong": 1.0})
        better[name] = {
            "right": max(before["right"], int(reached.share_right * PLACES) / PLACES),
            "wrong": min(before["wrong"], -(-reached.share_wrong * PLACES // 1) / PLACES),
        }
    return json.dumps(better, indent=1) + "\n"


def _kept() -> dict[str, dict[str, float]]:
    if not FLOOR.exists():
        return {}
    found: dict[str, dict[str, float]] = json.loads(FLOOR.read_text(encoding="utf-8"))
    return found
