"""When a series of recorded values turned, by one simple rule that an answer can state.

The turn of a fall is the last time the series stood at its highest since it was last as low as it is
now; of a rise, the other way round. So an old peak before an old valley does not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """A value that was recorded, and the id of the record it stands in."""

    at: datetime
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class Move:
    """A fall or a rise: from `start`, the last time before it, by `first`, the first value after it, to `end`.

    `now` is the latest value of all; where it is not `end`, the series has come part of the way back.
    """

    direction: str  # down or up
    start: Recorded
    first: Recorded
    end: Recorded
    now: Recorded

    @property
    def change(self) -> float:
        """From the start to the latest value."""
        return self.now.value - self.start.value

    @property
    def came_back(self) -> bool:
        """Whether it has turned again since."""
        return self.end is not self.now


def by_day(values: Sequence[Recorded]) -> list[Recorded]:
    """The values in order of time, of each day (in UTC) the latest alone."""
    kept: dict[object, Recorded] = {}
    for recorded in sorted(values, key=lambda r: r.at):
        kept[recorded.at.date()] = recorded
    return list(kept.values())


def move(values: Sequence[Recorded], direction: str) -> Move | None:
    """The latest fall (`down`) or rise (`up`) of the series, oldest value first; None where there is none.

    A move that has been made good wholly since is none.
    """
    if len(values) < 2:
        return None
    sign = -1.0 if direction == "up" else 1.0
    level = [sign * recorded.value for recorded in values]
    last = len(values) - 1
    start = _turn(level, last)
    end = last
    if start is None:
        # It has come back somewhat: the move is then the one that led to its lowest point.
        end = max(range(len(level)), key=lambda at: (-level[at], at))
        start = _turn(level, end)
        if start is None or level[last] >= level[start]:
            return None
    return Move(direction, values[start], values[start + 1], values[end], values[last])


def _turn(level: Sequence[float], end: int) -> int | None:
    best: int | None = None
    for at in range(end - 1, -1, -1):
        if level[at] < level[end] or (level[at] == level[end] and best is not None):
            break
        if level[at] > level[end] and (best is None or level[at] > level[best]):
            best = at
    return best
