"""Right, wrong or declined: an answer document beside what is so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from evals.cases import Asked
from evals.company import Company, Figure, exact
from evals.gold import Truth, truth

RIGHT, WRONG, DECLINED = "right", "wrong", "declined"
WITHOUT_ANSWER = ("clarify", "abstain", "refuse")
CLOSE, CLOSE_SHARE = 0.0006, 0.0005
PREFIX = 3
# Any other error is a sentence that a person can act on (an empty question, say) and is judged as the answer it is.
DEFECT = "defect"
ALWAYS = ("id", "question", "language", "kind", "answer", "rows", "values", "sources", "answered_by", "tokens", "ms")
TYPES = {
    "key_result": "key_results",
    "check_in": "check_ins",
    "task": "tasks",
    "person": "people",
    "objective": "objectives",
    "lesson": "lessons",
    "team": "teams",
    "kpi": "kpis",
    "cycle": "cycles",
}
# What a person gets to see; the time taken and the reference of a conversation differ between any two runs.
SAID = ("kind", "answer", "rows", "values", "sources", "options", "language", "period", "rule")

Document = dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """One question, what came back, and how it is judged with the reasons."""

    asked: Asked
    document: Document
    outcome: str
    reasons: tuple[str, ...]


def judge(asked: Asked, document: Document, company: Company) -> Judged:
    """Wrong contradicts what is so or tells what is hidden; declined holds back where an answer was wanted."""
    kinds, got = asked.wanted["kind"], str(document.get("kind"))
    if (document.get("error") or {}).get("code") == DEFECT:
        return Judged(asked, document, WRONG, (f"failed: {document['error']} {document.get('answer')}",))
    broken = list(_broken(document, company))
    if broken:
        return Judged(asked, document, WRONG, tuple(broken))
    told = list(_leaks(asked, document, company)) + list(_avoided(asked, document))
    if told:
        return Judged(asked, document, WRONG, tuple(told))
    if got not in kinds:
        outcome = DECLINED if got in WITHOUT_ANSWER else WRONG
        return Judged(asked, document, outcome, (f"{got} instead of {' or '.join(kinds)}",))
    reasons = list(_contradictions(asked, document, company))
    return Judged(asked, document, WRONG if reasons else RIGHT, tuple(reasons))


def judge_absence(one: Judged, without: Document) -> Judged:
    """Once more, beside the answer of a company in which what is hidden from the asker never existed."""
    apart = [name for name in SAID if one.document.get(name) != without.get(name)]
    if not apart or one.outcome == WRONG:
        return one
    reason = f"what is hidden shows in {', '.join(apart)}: {one.document.get('answer')!r} or {without.get('answer')!r}"
    return Judged(one.asked, one.document, WRONG, (*one.reasons, reason))


def _broken(document: Document, company: Company) -> Iterator[str]:
    """What no answer document may be, whatever was asked: incomplete, or citing what is not in the file."""
    missing = [name for name in ALWAYS if name not in document]
    if missing:
        yield f"the document lacks {', '.join(missing)}"
        return
    for row in document["rows"]:
        held, named = company.kind_of(str(row["id"])), TYPES.get(str(row.get("type")))
        if held is None or held != named:
            yield f"the row {row['id']} of type {row.get('type')} is not in the file"
    unheard = [one for one in document["sources"] if one != "company" and company.kind_of(str(one)) is None]
    if unheard:
        yield f"the sources {', '.join(map(str, unheard))} are not in the file"
    if document["kind"] == "clarify" and not document.get("options"):
        yield "a question back without options"


def _figures(document: Document, company: Company) -> Iterator[str]:
    """Each figure of each key result that is shown, beside its own computation at the moment of the answer."""
    if document.get("as_of") is None:
        return
    at = datetime.fromisoformat(document["as_of"])
    shown = [row for row in document["rows"] if row["type"] == "key_result"]
    for row in shown:
        held = company.by_key["key_results"][row["id"]]
        # One that stands twice is shown at two moments; a postponed one has no status.
        if held["state"] != "active" or sum(1 for other in shown if other["id"] == row["id"]) > 1:
            continue
        stands = company.standing(held, at)
        figures = stands.figures() | {"baseline": exact(held["baseline"]), "target": exact(held["target"])}
        if stands.gap is None:
            del figures["expected"]
        said = row.get("values") or {}
        for name in figures.keys() & said.keys():
            yield from _compared(name, figures[name], said, f"{row['id']}: ")


def _leaks(asked: Asked, document: Document, company: Company) -> Iterator[str]:
    """Ids and titles of what the asker may not see; a title that the asker typed may be said back."""
    hidden = company.hidden_from(asked.asker)
    ids = {str(row.get("id")) for row in document.get("rows", [])} | set(map(str, document.get("sources", [])))
    answer, question = str(document.get("answer", "")).casefold(), asked.question.casefold()
    for row in (row for rows in hidden.values() for row in rows):
        title = str(row.get("title", row.get("text", row.get("note", "")))).casefold()
        if row["key"] in ids:
            yield f"{row['key']} is hidden from the asker"
        elif title and title in answer and title not in question:
            yield f"the hidden {title!r} is told"


def _avoided(asked: Asked, document: Document) -> Iterator[str]:
    answer = str(document.get("answer", "")).casefold()
    ids = {str(row.get("id")) for row in document.get("rows", [])} | set(map(str, document.get("sources", [])))
    for word in asked.wanted.get("avoid", []):
        if word in ids or word.casefold() in answer:
            yield f"{word!r} must not be told"


def _contradictions(asked: Asked, document: Document, company: Company) -> Iterator[str]:
    wanted = asked.wanted
    if not wanted.get("any_language") and document.get("language") != asked.language:
        yield f"language {document.get('language')} instead of {asked.language}"
    if not str(document.get("answer", "")).strip():
        yield "the answer is empty"
    if document.get("kind") in WITHOUT_ANSWER:
        if "options" in wanted:
            yield from _options(wanted["options"], document)
        if wanted.get("rows") == "none" and document.get("rows"):
            yield "there should be no rows"
        return
    expected = _truth(asked, company)
    yield from _rows(wanted.get("rows"), expected, document, company)
    yield from _figures(document, company)
    yield from _values(wanted.get("values", []), expected, document)
    yield from _each(wanted.get("each", []), expected, document)
    yield from _sources(asked, expected, document, company)
    if "mentions" in wanted and not any(m.casefold() in str(document["answer"]).casefold() for m in wanted["mentions"]):
        yield f"none of {wanted['mentions']} is said"
    if "period" in wanted:
        got = document.get("period") or {}
        for end, day in wanted["period"].items():
            if str(got.get(end))[:10] != day:
                yield f"period {end} is {got.get(end)} instead of {day}"


def _truth(asked: Asked, company: Company) -> Truth:
    gold = asked.wanted.get("gold")
    if gold is None:
        named = asked.wanted.get("rows")
        return Truth(tuple(named) if isinstance(named, list) else ())
    arguments = {name: value for name, value in gold.items() if name != "q"}
    return truth(company, gold["q"], asked.asker, company.moment(asked.at), **arguments)


def _options(wanted: list[str], document: Document) -> Iterator[str]:
    said = str(document.get("options", "")) + str(document.get("answer", ""))
    missing = [option for option in wanted if option.casefold() not in said.casefold()]
    if missing:
        yield f"{', '.join(missing)} is not offered"


def _rows(match: str | list[str] | None, expected: Truth, document: Document, company: Company) -> Iterator[str]:
    if match is None:
        return
    every = [str(row.get("id")) for row in document.get("rows", [])]
    if match == "none":
        if every:
            yield f"rows {every[:5]} instead of none"
        return
    wanted = list(expected.rows)
    kinds = {company.kind_of(ident) for ident in wanted}
    # Rows of another kind (the team beside its key results, say) are neither asked for nor forbidden.
    got = [ident for ident in every if company.kind_of(ident) in kinds] if kinds else every
    mode = "set" if isinstance(match, list) else match
    fits = {
        "first": got[:1] == wanted[:1],
        "top": got[:PREFIX] == wanted[:PREFIX],
        "ordered": got[: len(wanted)] == wanted,
        "set": sorted(got) == sorted(wanted),
        "contains": set(wanted) <= set(got),
    }[mode]
    if not fits:
        shown = wanted[: {"first": 1, "top": PREFIX}.get(mode, 12)]
        yield f"rows {got[:12]} instead of {shown} ({mode})"


def _values(names: list[str], expected: Truth, document: Document) -> Iterator[str]:
    rows = document.get("rows", [])
    first = next((row for row in rows if str(row.get("id")) in expected.rows[:1]), rows[0] if rows else {})
    said = {**(first.get("values") or {}), **(document.get("values") or {})}
    figures = {**expected.each.get(next(iter(expected.rows), ""), {}), **expected.values}
    for names_of_one in names:
        # "target/value": the contract leaves open under which of the names the figure stands.
        allowed = names_of_one.split("/")
        name = next((n for n in allowed if n in said and _agrees(figures.get(allowed[0]), said[n])), allowed[0])
        yield from _compared(name, figures.get(allowed[0]), said, "")


def _each(names: list[str], expected: Truth, document: Document) -> Iterator[str]:
    for row in document.get("rows", []):
        figures = expected.each.get(str(row.get("id")))
        for name in names if figures is not None else []:
            yield from _compared(name, (figures or {}).get(name), row.get("values") or {}, f"{row['id']}: ")


def _compared(name: str, wanted: Figure, said: dict[str, Any], where: str) -> Iterator[str]:
    if name not in said:
        if wanted is not None:
            yield f"{where}{name} is not given, it is {_short(wanted)}"
        return
    if not _agrees(wanted, said[name]):
        yield f"{where}{name} is {said[name]} instead of {_short(wanted)}"


def _agrees(wanted: Figure, got: Any) -> bool:
    if isinstance(wanted, Fraction):
        return isinstance(got, (int, float)) and not isinstance(got, bool) and near(float(got), float(wanted))
    return bool(got == wanted)


def near(got: float, wanted: float) -> bool:
    """Equal but for rounding in the fourth digit."""
    return abs(got - wanted) <= max(CLOSE, CLOSE_SHARE * abs(wanted))


def _short(figure: Figure) -> str:
    return f"{float(figure):.4g}" if isinstance(figure, Fraction) else str(figure)


def _sources(asked: Asked, expected: Truth, document: Document, company: Company) -> Iterator[str]:
    cited = set(map(str, document.get("sources", []))) | {str(row.get("id")) for row in document.get("rows", [])}
    missing = [ident for ident in asked.wanted.get("sources", []) if ident not in cited]
    if asked.wanted.get("evidence"):
        gold = asked.wanted["gold"]
        at = company.moment(gold.get("on", asked.at))
        missing += [ident for ident in _evidence(company, expected.rows[0], at) if ident not in cited]
    if missing:
        yield f"sources lack {', '.join(missing)}"
    some = asked.wanted.get("any_source", [])
    if some and not cited & set(some):
        yield f"sources hold none of {', '.join(some)}"


def _evidence(company: Company, key: str, at: Any) -> list[str]:
    """The check-in that holds the value, or the KPI when its point is the later one."""
    row = company.by_key["key_results"][key]
    valued = [c for c in company.check_ins(key, at) if c["value"] is not None]
    if row["kpi"] is None:
        return [valued[-1]["key"]] if valued else []
    points = [p for p in company.by_key["kpis"][row["kpi"]]["points"] if company.recorded(p["date"]) <= at]
    if not points or (valued and company.recorded(valued[-1]["date"]) >= company.recorded(points[-1]["date"])):
        return []
    return [row["kpi"]]
