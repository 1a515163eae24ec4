"""The answer document: what a script, a batch or an eval gets for a question."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from assistant.answers.told import Told
from assistant.engine import NO_TOKENS
from okr.language.frames import Clarify, Reading
from tools.result import Chart, Found, Row

MOST_ROWS = 200
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class How:
    """Who answered a question, with what, at which cost, in how many milliseconds."""

    answered_by: str = "direct"
    tools: list[dict[str, Any]] = field(default_factory=list)
    tokens: dict[str, int] = field(default_factory=lambda: dict(NO_TOKENS))
    ms: float = 0.0


def row_document(row: Row) -> Document:
    """A record of the answer."""
    return {"id": row.id, "type": row.type, "title": row.title, "values": row.values}


def chart_document(chart: Chart) -> Document:
    """A drawing that goes with the answer, so that a page can draw it again later."""
    return {
        "kind": chart.kind,
        "title": chart.title,
        "series": [
            {
                "title": series.title,
                "unit": series.unit,
                "points": [[at.isoformat(), value, key] for at, value, key in series.points],
                "expected": [[at.isoformat(), value] for at, value in series.expected],
            }
            for series in chart.series
        ],
    }


def answer_document(
    told: Told, reading: Reading | None, question: str, language: str, now: datetime, zone: ZoneInfo, how: How
) -> Document:
    """The contract's answer document. Moments stand in the company's zone."""
    found = told.found or Found(tool="", args={})
    document: Document = {
        "question": question,
        "language": language,
        "kind": told.kind,
        "answer": told.text,
        "rows": [row_document(row) for row in found.rows[:MOST_ROWS]],
        "values": found.values,
        "sources": found.sources,
        "rule": found.rule,
        "as_of": (found.as_of or now).astimezone(zone).isoformat(),
        "period": found.period,
        "answered_by": how.answered_by,
        "tools": how.tools or ([{"name": found.tool, "args": found.args}] if found.tool else []),
        "tokens": how.tokens,
        "ms": how.ms,
    }
    if found.apart:
        document["apart"] = [row_document(row) for row in found.apart]
    more = found.more + max(0, len(found.rows) - MOST_ROWS)
    if more:
        document["more"] = more
    if found.quotes:
        document["quotes"] = [
            {
                "id": quote.id,
                "key_result": quote.key_result,
                "author": quote.author,
                "date": quote.on.isoformat(),
                "part": quote.part,
                "text": quote.text,
                "near_only": quote.near_only,
            }
            for quote in found.quotes
        ]
    if found.chart is not None:
        document["chart"] = chart_document(found.chart)
    if told.kind == "abstain" and found.missing:
        document["missing"] = found.missing
    if told.options or told.kind == "clarify":
        document["options"] = _options(told, reading)
    if told.proposal is not None:
        document["proposal"] = told.proposal
    if told.draft is not None:
        document["draft"] = told.draft
    if told.suggestions:
        document["suggestions"] = list(told.suggestions)
    return document


def _options(told: Told, reading: Reading | None) -> list[Document]:
    refs = reading.options if isinstance(reading, Clarify) and len(reading.options) == len(told.options) else ()
    options: list[Document] = []
    for index, (label, question) in enumerate(told.options):
        option: Document = {"label": label, "question": question}
        if refs:
            option = {"id": refs[index].key, "type": refs[index].kind, "title": refs[index].title, **option}
        options.append(option)
    return options
