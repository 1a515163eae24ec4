"""From what the model said and the tools returned to an answer: rows, values and sources come from the tools alone."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answers.told import Told
from assistant.answers.unread import labels
from assistant.evidence import Evidence
from assistant.speaking import Speaker
from okr.language.frames import Ref
from tools.context import TurnContext
from tools.meant import SeveralFitError
from tools.result import Found, Quote, Row

MOST_SOURCES = 80
MOST_OPTIONS = 6


def told(speaker: Speaker, founds: Sequence[Found], evidence: Evidence, turn: TurnContext) -> Told:
    """The answer: the rows that the text names, in its order, and the figures of the result that holds most of them."""
    text = speaker.text
    cited = evidence.cited(text)
    main = _main(founds, cited)
    kind = _kind(speaker, founds)
    if main is None:
        found = Found(tool="", args={}, kind=kind, missing="record" if kind == "abstain" else "")
        return Told(text, found, kind)
    rows = _rows(founds, main, cited)
    found = Found(
        tool=main.tool,
        args=main.args,
        rows=rows,
        values=main.values,
        sources=_sources(founds, cited),
        kind=kind,
        missing=main.missing or ("record" if kind == "abstain" else ""),
        apart=main.apart,
        more=main.more if len(rows) == len(main.rows) else 0,
        quotes=_quotes(founds, main, cited),
        chart=main.chart,
        rule=main.rule or next((one.rule for one in founds if one.rule), None),
        as_of=main.as_of,
        period=main.period or next((one.period for one in founds if one.period), None),
    )
    return Told(text, found, kind, answered=_refs(rows, turn))


def choices(several: SeveralFitError, question: str, turn: TurnContext) -> list[tuple[str, str]]:
    """The records that a name may mean, each with the question asked of that one."""
    offered = several.options[:MOST_OPTIONS]
    place = question.lower().find(several.wanted.lower())
    asked = [
        question[:place] + ref.key + question[place + len(several.wanted) :] if place >= 0 else ref.key
        for ref in offered
    ]
    return list(zip(labels(offered, turn), asked, strict=True))


def _main(founds: Sequence[Found], cited: Sequence[str]) -> Found | None:
    wanted = set(cited)
    best: Found | None = None
    most = -1
    for found in founds:
        held = len(wanted & {row.id for row in found.rows})
        # Of equals the later one: what came first was often only to find a name.
        if held >= most:
            best, most = found, held
    return best


def _kind(speaker: Speaker, founds: Sequence[Found]) -> str:
    if speaker.kind is not None:
        return speaker.kind
    if founds and all(found.kind == "abstain" for found in founds):
        return "abstain"
    if founds:
        return "answer"
    return "clarify" if speaker.text.rstrip().endswith("?") else "refuse"


def _rows(founds: Sequence[Found], main: Found, cited: Sequence[str]) -> list[Row]:
    known: dict[str, Row] = {}
    for found in [main, *founds]:
        for row in (*found.rows, *found.apart):
            known.setdefault(row.id, row)
    return [known[key] for key in cited if key in known] or list(main.rows)


def _sources(founds: Sequence[Found], cited: Sequence[str]) -> list[str]:
    found: dict[str, None] = dict.fromkeys(cited)
    for one in founds:
        if not cited or set(cited) & ({row.id for row in one.rows} | set(one.sources)):
            found |= dict.fromkeys(one.sources)
    return list(found)[:MOST_SOURCES]


def _quotes(founds: Sequence[Found], main: Found, cited: Sequence[str]) -> list[Quote]:
    every = [quote for found in founds for quote in found.quotes]
    return [quote for quote in every if quote.id in cited] or list(main.quotes)


def _refs(rows: Sequence[Row], turn: TurnContext) -> tuple[Ref, ...]:
    return turn.store.refs(turn.actor, [(row.type, row.id) for row in rows[:10]])
