"""Which way a sentence says that something went, and which way the records say it did, in English and in Polish."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from assistant.claims import Reading, readings, without_dates, without_quotes
from tools.result import Found, Row

_UP = (
    r"rose|risen|is\ rising|are\ rising|(?:has|have)\ increased|increased|grew|(?:has|have)\ grown|is\ growing|climbed"
    r"|(?:went|gone|moved|is|are)\ up(?!\ to)|wzr(?:ósł|osł[aoy]|ośli)|rośnie|rosną|zwiększył[aoy]?\ się"
    r"|podni(?:ósł|osł[aoy])\ się|posz(?:edł|ła|ło|ły)\ w\ górę"
)
_DOWN = (
    r"fell|fallen|is\ falling|are\ falling|(?:has|have)\ decreased|decreased|dropped|declined|shrank"
    r"|(?:went|gone|moved|is|are)\ down(?!\ to)|spadł[aoy]?|spada|spadają|zmalał[aoy]?|maleje|maleją"
    r"|zmniejszył[aoy]?\ się|obniżył[aoy]?\ się|posz(?:edł|ła|ło|ły)\ w\ dół"
)
_MOVED = re.compile(rf"(?ix)\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b")
_NOT = re.compile(r"(?i)\b(?:not|never|no longer|n[o']t|nie)\b[^.,;:]{0,16}$")
# One sentence may say of one thing that it rose and of another that it fell.
_PART = re.compile(
    r"(?i)[;:—–]|,?\s+(?:and|but|while|whereas|although|though|because|oraz|i|a|ale|choć|lecz|natomiast|bo)\s+"
)
_FIGURE = r"([+−-]?\d+(?:[.,]\d+)*)"
_ENDS = re.compile(
    rf"(?i)\b(?:from|z|ze|od)\b[^\d;]{{0,30}}?{_FIGURE}[^\d;]{{0,40}}?\b(?:to|do)\b[^\d;]{{0,30}}?{_FIGURE}"
)
_BY = re.compile(rf"(?i)\b(?:by|o)\s+(?:\w+\s+)?{_FIGURE}")
_PROGRESS = re.compile(r"(?i)\b(?:progress|postęp\w*)\b")
# What moves the other way, or is no value of the record at all.
_OTHER = re.compile(r"(?i)\b(?:gaps?|behind|confidence|expected|luk\w+|różnic\w+|zaległ\w+|pewnoś\w+|oczekiwan\w+)\b")
_NOISE = 1e-9


@dataclass(slots=True)
class Moves:
    """How one record is known to have moved: changes in its own unit, and changes of its progress as shares."""

    changes: set[float] = field(default_factory=set)
    gains: set[float] = field(default_factory=set)

    def hold(self, other: Moves) -> None:
        """Take in another's changes too."""
        self.changes |= other.changes
        self.gains |= other.gains


@dataclass(frozen=True, slots=True)
class Direction:
    """One thing that a sentence says rose or fell: `part` is the words around it, `text` the verb."""

    part: str
    text: str
    up: bool

    def stands(self, moves: Moves, ways: set[bool]) -> bool:
        """Whether the records know of such a move; `ways` are the directions that a cited text speaks of."""
        ends = _ends(self.part)
        if ends is not None:
            return (ends[1] > ends[0]) is self.up and ends[0] != ends[1]
        if _OTHER.search(self.part):
            return True
        progress = _PROGRESS.search(self.part) is not None
        by = _BY.search(self.part)
        if by is not None:
            meant = readings(by[1].lstrip("+−-"))
            fitting = {one for one in moves.changes if _near(one, meant)}
            shares = {one for one in moves.gains if _near(one * 100, meant)}
            if fitting or shares:
                # A change of progress is no change of the value: of churn it goes the other way.
                return self._among(fitting) or (progress and self._among(shares))
        known = moves.gains if progress else moves.changes
        return self._among(known) if known else self.up in ways

    def _among(self, changes: Iterable[float]) -> bool:
        return any(one > _NOISE if self.up else one < -_NOISE for one in changes)


def directions(sentence: str) -> Iterator[Direction]:
    """What the sentence says rose or fell, outside of quotation marks; what it denies is not among them.

    >>> [(one.text, one.up) for one in directions("NPS fell while churn rose.")]
    [('fell', False), ('rose', True)]
    """
    text = without_quotes(sentence)
    start = 0
    parts: list[str] = []
    for match in _PART.finditer(text):
        # "Fell between May and June": a part without a verb of its own belongs to the one before it.
        if _MOVED.search(text, start, match.start()) and _MOVED.search(text, match.end()):
            parts.append(text[start : match.start()])
            start = match.end()
    parts.append(text[start:])
    for part in parts:
        for match in _MOVED.finditer(part):
            if not _NOT.search(part[: match.start()]):
                yield Direction(part, match.group(), match.lastgroup == "up")


def ways(text: str) -> set[bool]:
    """The directions that a text speaks of: True for up, False for down."""
    return {match.lastgroup == "up" for match in _MOVED.finditer(text)}


def _ends(part: str) -> tuple[float, float] | None:
    match = _ENDS.search(without_dates(part))
    if match is None:
        return None
    first, last = (_signed(figure) for figure in match.groups())
    return first, last


def _signed(figure: str) -> float:
    size = readings(figure.lstrip("+−-"))[-1][0]
    return -size if figure[0] in "−-" else size


def _near(change: float, meant: Sequence[Reading]) -> bool:
    return any(abs(abs(change) - value) <= slack + 1e-6 for value, slack in meant)


def moves_of(found: Found) -> dict[str, Moves]:
    """By record, how it moved according to one tool result."""
    known: dict[str, Moves] = {}
    dated: dict[str, list[tuple[str, float]]] = {}
    for row in (*found.rows, *found.apart):
        if row.type in ("key_result", "kpi"):
            _of_row(row, known.setdefault(row.id, Moves()))
        value, above, day = (row.values.get(name) for name in ("value", "key_result", "date"))
        if row.type == "check_in" and isinstance(value, int | float) and isinstance(above, str):
            dated.setdefault(above, []).append((str(day), float(value)))
    for key, entries in dated.items():
        _of_series([value for _, value in sorted(entries)], known.setdefault(key, Moves()))
    first = found.rows[0] if found.rows else None
    about = str(found.args.get("key") or (first.id if first is not None else ""))
    if isinstance(above := first.values.get("key_result") if first is not None else None, str):
        about = about if first is None or first.id != about else above
    if about and found.chart is not None and len(found.chart.series) == 1 and found.chart.kind == "line":
        points: list[tuple[datetime, float, str]] = found.chart.series[0].points
        _of_series([value for _, value, _ in sorted(points)], known.setdefault(about, Moves()))
    change = found.values.get("change")
    if about and found.tool in ("read_history", "explain_change") and isinstance(change, int | float):
        known.setdefault(about, Moves()).changes.add(float(change))
    return known


def _of_series(values: Sequence[float], moves: Moves) -> None:
    if len(values) > 1:
        moves.changes.add(round(values[-1] - values[0], 9))
        moves.changes.update(round(now - was, 9) for was, now in pairwise(values))


def _of_row(row: Row, moves: Moves) -> None:
    numbers = {name: float(v) for name, v in row.values.items() if isinstance(v, int | float) and v is not True}
    value, baseline, target = (numbers.get(name) for name in ("value", "baseline", "target"))
    if row.type == "kpi" or "progress_change" in numbers:
        # Here the change is in the record's own unit, elsewhere it is one of progress.
        if "change" in numbers:
            moves.changes.add(numbers["change"])
        if "progress_change" in numbers:
            moves.gains.add(numbers["progress_change"])
    elif "change" in numbers:
        moves.gains.add(numbers["change"])
        if baseline is not None and target is not None:
            moves.changes.add(round(numbers["change"] * (target - baseline), 9))
    if value is not None and baseline is not None and row.type == "key_result":
        moves.changes.add(round(value - baseline, 9))
    if "progress" in numbers:
        moves.gains.add(numbers["progress"])
