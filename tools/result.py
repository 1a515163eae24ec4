"""What a tool found: lines for a model, and the typed payload that answers and screens are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Value = float | int | str | bool | None | list[Any]


@dataclass(slots=True)
class Row:
    """A record the answer is about, in the contract's form: `id` is its public key.

    `values` holds fractions as 0-1 floats, dates as ISO text, words as in the company file.
    """

    id: str
    type: str
    title: str
    values: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True)
class Quote:
    """What somebody wrote: `id` of the check-in or lesson, its author's name, day, part (note, wins, …) and text."""

    id: str
    key_result: str
    author: str
    on: date
    part: str
    text: str
    near_only: bool = False  # only nearby in time, not about the matter itself


@dataclass(slots=True)
class Series:
    """A line of a chart: dated values, and the ids of the records they came from."""

    title: str
    points: list[tuple[datetime, float, str]]
    unit: str = ""
    expected: list[tuple[datetime, float]] = field(default_factory=list)


@dataclass(slots=True)
class Chart:
    """A drawing that helps: `kind` is pace (bars with a tick), line or bars."""

    kind: str
    title: str
    series: list[Series] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Found:
    """The result of one tool call.

    `kind` is answer, or abstain when nothing is recorded (then `missing` says what). `apart` are
    records left out of the rows with the reason in `values["why"]` (the unrankable, the never
    checked in). `more` counts rows left out by the limit. `period` is the contract's
    {"from", "to", "label"}.
    """

    tool: str
    args: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    values: dict[str, Value] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    kind: str = "answer"
    missing: str = ""
    apart: list[Row] = field(default_factory=list)
    more: int = 0
    quotes: list[Quote] = field(default_factory=list)
    chart: Chart | None = None
    rule: str | None = None
    as_of: datetime | None = None
    period: dict[str, str] | None = None
