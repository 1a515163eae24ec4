"""One turn as a page shows it, whether it is being said now or was said before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from assistant.events import Choices, Done, Event, Evidence, Failed, Step, Words


@dataclass(slots=True)
class Listed:
    """A record in a list: its id, kind, title and figures."""

    id: str
    type: str
    title: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Line:
    """A series of a chart: dated values with the record each came from, and where it was expected to be.

    `marks` are moments at which something was changed, each with its words.
    """

    title: str
    unit: str
    points: list[tuple[datetime, float, str]]
    expected: list[tuple[datetime, float]] = field(default_factory=list)
    marks: list[tuple[datetime, str]] = field(default_factory=list)


@dataclass(slots=True)
class Said:
    """What somebody wrote: the check-in or lesson, who, when, which part of it, the text."""

    id: str
    author: str
    on: date | None
    part: str
    text: str
    near_only: bool = False


@dataclass(slots=True)
class Turn:
    """A question and what there is of its answer."""

    question: str
    text: str = ""
    steps: list[str] = field(default_factory=list)
    rows: list[Listed] = field(default_factory=list)
    apart: list[Listed] = field(default_factory=list)
    quotes: list[Said] = field(default_factory=list)
    chart: str = ""
    chart_title: str = ""
    lines: list[Line] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=dict)
    failed: str = ""
    reference: str = ""
    id: int | None = None
    state: str = "done"  # answering, done, stopped, failed
    thumb: int | None = None
    more: int = 0
    proposals: list[dict[str, Any]] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Add what happened."""
        match event:
            case Step(text):
                self.steps.append(text)
            case Words(text):
                self.text += text
            case Evidence():
                self._rest_on(event)
            case Choices(options):
                self.options = list(options)
            case Failed(text, reference):
                # Not always the end: an answer that cannot be kept is still an answer.
                self.failed, self.reference = text, reference
            case Done(document, suggestions, turn):
                self.document, self.suggestions, self.id = document, list(suggestions), turn
                self.rows = self.rows or listed(document.get("rows", []))
                self.sources = self.sources or [str(each) for each in document.get("sources", [])]
                self.text = self.text or str(document.get("answer", ""))
                self.more = int(document.get("more", 0))
                self.state = "failed" if "error" in document else "done"
            case _:
                self.proposals.append(dict(event.body))

    def _rest_on(self, evidence: Evidence) -> None:
        self.rows = [Listed(row.id, row.type, row.title, dict(row.values)) for row in evidence.rows] or self.rows
        self.apart = [Listed(row.id, row.type, row.title, dict(row.values)) for row in evidence.apart] or self.apart
        self.quotes += [
            Said(quote.id, quote.author, quote.on, quote.part, quote.text, quote.near_only) for quote in evidence.quotes
        ]
        self.sources += [source for source in evidence.sources if source not in self.sources]
        if evidence.chart is not None:
            self.chart, self.chart_title = evidence.chart.kind, evidence.chart.title
            self.lines = [
                Line(series.title, series.unit, list(series.points), list(series.expected))
                for series in evidence.chart.series
            ]

    @property
    def known(self) -> frozenset[str]:
        """The ids that this answer may turn into something to open."""
        quoted = (quote.id for quote in self.quotes)
        return frozenset((*self.sources, *(row.id for row in (*self.rows, *self.apart)), *quoted))


def listed(rows: list[dict[str, Any]]) -> list[Listed]:
    """The rows of an answer document."""
    return [
        Listed(str(row["id"]), str(row.get("type", "")), str(row.get("title", "")), dict(row.get("values", {})))
        for row in rows
    ]


def said_before(
    question: str, said: str, state: str, document: dict[str, Any] | None, turn: int, thumb: int | None
) -> Turn:
    """A turn from the store, as it was shown when it was said."""
    found = document or {}
    chart: dict[str, Any] = found.get("chart") or {}
    error: dict[str, Any] = found.get("error") or {}
    return Turn(
        question=question,
        text=str(found.get("answer") or said),
        rows=listed(found.get("rows", [])),
        apart=listed(found.get("apart", [])),
        more=int(found.get("more", 0)),
        quotes=[_said(quote) for quote in found.get("quotes", [])],
        chart=str(chart.get("kind", "")),
        chart_title=str(chart.get("title", "")),
        lines=[_line(series) for series in chart.get("series", [])],
        sources=[str(each) for each in found.get("sources", [])],
        options=[(str(label), str(asked)) for label, asked in _pairs(found.get("options"))],
        suggestions=[str(each) for each in found.get("suggestions", [])],
        document=found,
        reference=str(error.get("reference", "")),
        id=turn,
        state=state,
        thumb=thumb,
        proposals=[dict(found["proposal"])] if found.get("proposal") else [],
    )


def _pairs(options: Any) -> Iterator[tuple[Any, Any]]:
    for option in options or []:
        if isinstance(option, dict):
            yield option.get("label", option.get("title", "")), option.get("question", option.get("label", ""))
        elif isinstance(option, list | tuple) and len(option) == 2:
            yield option[0], option[1]


def _said(quote: dict[str, Any]) -> Said:
    on = quote.get("date")
    return Said(
        str(quote.get("id", "")),
        str(quote.get("author", "")),
        date.fromisoformat(str(on)[:10]) if on else None,
        str(quote.get("part", "")),
        str(quote.get("text", "")),
        bool(quote.get("near_only", False)),
    )


def _line(series: dict[str, Any]) -> Line:
    return Line(
        str(series.get("title", "")),
        str(series.get("unit", "")),
        [(datetime.fromisoformat(str(at)), float(value), str(key)) for at, value, key in series.get("points", [])],
        [(datetime.fromisoformat(str(at)), float(value)) for at, value in series.get("expected", [])],
    )
