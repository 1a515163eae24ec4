"""The table of a run: by part, language and category, with times and tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from evals.cases import HELD_OUT, LANGUAGES, SEEN, SWEEP
from evals.judging import DECLINED, RIGHT, WRONG, Judged


@dataclass(frozen=True)
class Tally:
    """How many were asked, and how they were judged."""

    asked: int
    right: int
    wrong: int
    declined: int

    @property
    def share_right(self) -> float:
        """Right ones among the asked; 0 for none."""
        return self.right / self.asked if self.asked else 0.0

    @property
    def share_wrong(self) -> float:
        """Wrong ones among the asked; 0 for none."""
        return self.wrong / self.asked if self.asked else 0.0


def tally(judged: Iterable[Judged]) -> Tally:
    """The counts of a run or of a part of it."""
    found = Counter(one.outcome for one in judged)
    return Tally(found.total(), found[RIGHT], found[WRONG], found[DECLINED])


def percentile(numbers: list[float], share: float) -> float:
    """The number below which so large a share of them lies; 0 for none.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 0.5)
    2.0
    """
    if not numbers:
        return 0.0
    return sorted(numbers)[max(0, -(-len(numbers) * share // 1).__int__() - 1)]


def groups(judged: list[Judged]) -> dict[str, Tally]:
    """The tallies that the floor is about: each part in each language."""
    found: dict[str, Tally] = {}
    for part in (SEEN, HELD_OUT, SWEEP):
        for language in LANGUAGES:
            found[f"{language}.{part}"] = tally(
                one for one in judged if (one.asked.language, one.asked.part) == (language, part)
            )
    return found


def as_json(judged: list[Judged], engine: str) -> dict[str, Any]:
    """The run as data: tallies, times, tokens and each case."""
    times = [float(one.document.get("ms", 0.0)) for one in judged]
    tokens = [one.document.get("tokens") or {} for one in judged]
    return {
        "engine": engine,
        "groups": {name: asdict(found) for name, found in groups(judged).items()},
        "ms": {"p50": percentile(times, 0.5), "p95": percentile(times, 0.95)},
        "tokens": {name: sum(t.get(name, 0) for t in tokens) for name in ("prompt", "completion", "calls")},
        "cases": [
            {
                "id": one.asked.id,
                "category": one.asked.category,
                "language": one.asked.language,
                "part": one.asked.part,
                "question": one.asked.question,
                "outcome": one.outcome,
                "reasons": list(one.reasons),
                "kind": one.document.get("kind"),
                "answer": one.document.get("answer"),
                "answered_by": one.document.get("answered_by"),
            }
            for one in judged
        ],
    }


def as_markdown(judged: list[Judged], engine: str) -> str:
    """The report that people read: the whole, the categories, and what was not right."""
    whole = as_json(judged, engine)
    lines = [f"# Evals: {engine}", "", "| part | asked | right | wrong | declined |", "| --- | --: | --: | --: | --: |"]
    lines += [_line(name, found) for name, found in groups(judged).items()]
    lines += [
        "",
        f"Milliseconds: p50 {whole['ms']['p50']:.1f}, p95 {whole['ms']['p95']:.1f}. "
        f"Tokens: {whole['tokens']['prompt']} prompt, {whole['tokens']['completion']} completion, "
        f"{whole['tokens']['calls']} calls.",
        "",
        "| category | language | asked | right | wrong | declined |",
        "| --- | --- | --: | --: | --: | --: |",
    ]
    kinds = sorted({(one.asked.category, one.asked.language) for one in judged})
    for category, language in kinds:
        found = tally(o for o in judged if (o.asked.category, o.asked.language) == (category, language))
        lines.append(_line(f"{category} | {language}", found))
    lines += ["", "## Not right", ""]
    lines += [failure(one) for one in judged if one.outcome != RIGHT and one.asked.part != HELD_OUT]
    lines += ["", f"The {sum(1 for one in judged if one.asked.part == HELD_OUT)} held-out ones are counted, not shown."]
    return "\n".join(lines) + "\n"


def failure(one: Judged) -> str:
    """One line: how it was judged, what was asked, why."""
    what = " ".join(one.asked.question.split())[:160].replace("|", "\\|")
    reasons = "; ".join(one.reasons)[:400]
    return f"- **{one.outcome}** `{one.asked.id}` {what!r} ({one.asked.asker.partition('@')[0]}): {reasons}"


def _line(name: str, found: Tally) -> str:
    return f"| {name} | {found.asked} | {found.right} | {found.wrong} | {found.declined} |"
