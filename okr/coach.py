"""How well OKRs are set: named checks, each with the record it is about and the facts of its reason.

The checks are code and know no language but the words of `coach_words.toml`; what a person reads is said elsewhere.
A check says nothing where a record gives it nothing to go by.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

from okr.language.words import fold, tokens

MOST_WORDS = 12
FEWEST_OBJECTIVES, MOST_OBJECTIVES = 2, 4
FEWEST_KEY_RESULTS, MOST_KEY_RESULTS = 3, 5
# Numbers that are names: a year, a quarter, a level of support, a release.
_NOT_A_METRIC = re.compile(r"\b(?:(?:19|20)\d\d|[qhkv]\d|b2[bc]|\d+(?:st|nd|rd|th))\b")


@dataclass(frozen=True, slots=True)
class KeyResultSet:
    """What the checks need to know of a key result; `keeps` names the KPI that it is fed by, if any."""

    key: str
    title: str
    kind: str = "measure"
    unit: str | None = None
    baseline: float | None = None
    target: float | None = None
    steps: int = 0
    owner_active: bool = True
    kpi: str | None = None
    recorded: bool = False  # whether any value was recorded yet


@dataclass(frozen=True, slots=True)
class ObjectiveSet:
    """What the checks need to know of an objective.

    `aligned` is True where it hangs under another, or needs not because nothing is above its team.
    """

    key: str
    title: str
    team: str
    owner_active: bool = True
    aligned: bool = True
    key_results: tuple[KeyResultSet, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """What a check found: its name, the kind and id of the record, its title, and the facts of the reason."""

    check: str
    kind: str
    key: str
    title: str
    facts: dict[str, str | int | float] = field(default_factory=dict)


CHECKS = (
    "metric_in_objective",
    "long_objective",
    "too_few_objectives",
    "too_many_objectives",
    "no_key_results",
    "too_few_key_results",
    "too_many_key_results",
    "owner_left",
    "not_aligned",
    "no_target",
    "no_baseline",
    "target_is_baseline",
    "no_milestones",
    "activity",
    "kpi_to_keep",
)
"""The names of all checks, in the order in which their advice is given."""


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, list[str]]]:
    text = resources.files("okr").joinpath("coach_words.toml").read_text(encoding="utf-8")
    found: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    return found


@lru_cache(maxsize=1)
def _activity() -> tuple[frozenset[str], tuple[str, ...]]:
    verbs = frozenset(word for words in _words()["begins"].values() for word in words)
    things = tuple(word for words in _words()["counts"].values() for word in words)
    return verbs, things


def review(objectives: Sequence[ObjectiveSet]) -> list[Advice]:
    """All that the checks find, in the order of `CHECKS`, and within a check in that of the objectives."""
    found = list(_of_teams(objectives))
    for objective in objectives:
        found.extend(review_objective(objective))
    place = {name: number for number, name in enumerate(CHECKS)}
    return sorted(found, key=lambda advice: place[advice.check])


def review_objective(objective: ObjectiveSet) -> list[Advice]:
    """What the checks find of one objective and its key results, as an editor asks while it is being written."""
    return [*_of_objective(objective), *(each for kr in objective.key_results for each in review_key_result(kr))]


def _of_teams(objectives: Sequence[ObjectiveSet]) -> Iterator[Advice]:
    by_team: dict[str, list[ObjectiveSet]] = {}
    for objective in objectives:
        by_team.setdefault(objective.team, []).append(objective)
    for team, some in by_team.items():
        if len(some) < FEWEST_OBJECTIVES:
            yield Advice("too_few_objectives", "team", team, team, {"count": len(some), "fewest": FEWEST_OBJECTIVES})
        if len(some) > MOST_OBJECTIVES:
            yield Advice("too_many_objectives", "team", team, team, {"count": len(some), "most": MOST_OBJECTIVES})


def _of_objective(objective: ObjectiveSet) -> Iterator[Advice]:
    def advice(check: str, **facts: str | int | float) -> Advice:
        return Advice(check, "objective", objective.key, objective.title, facts)

    metric = metric_in(objective.title)
    if metric:
        yield advice("metric_in_objective", metric=metric)
    words = sum(token.is_word for token in tokens(objective.title))
    if words > MOST_WORDS:
        yield advice("long_objective", words=words, most=MOST_WORDS)
    count = len(objective.key_results)
    if not count:
        yield advice("no_key_results")
    elif count < FEWEST_KEY_RESULTS:
        yield advice("too_few_key_results", count=count, fewest=FEWEST_KEY_RESULTS)
    elif count > MOST_KEY_RESULTS:
        yield advice("too_many_key_results", count=count, most=MOST_KEY_RESULTS)
    if not objective.owner_active:
        yield advice("owner_left")
    if not objective.aligned:
        yield advice("not_aligned")


def review_key_result(kr: KeyResultSet) -> list[Advice]:
    """What the checks find of one key result."""

    def advice(check: str, **facts: str | int | float) -> Advice:
        return Advice(check, "key_result", kr.key, kr.title, facts)

    found: list[Advice] = []
    if not kr.owner_active:
        found.append(advice("owner_left"))
    if kr.kind in ("measure", "boundary") and kr.target is None:
        found.append(advice("no_target"))
    if kr.kind == "measure" and kr.target is not None:
        if kr.baseline is None:
            found.append(advice("no_baseline"))
        elif kr.baseline == kr.target:
            # To stay where one is means to keep a figure healthy, which is a KPI's business.
            found.append(advice("kpi_to_keep" if kr.kpi else "target_is_baseline"))
    if kr.kind == "milestones" and not kr.steps:
        found.append(advice("no_milestones"))
    if kr.kind == "boundary":
        found.append(advice("kpi_to_keep"))
    activity = activity_in(kr.title) if kr.kind in ("measure", "binary") else ""
    if activity:
        found.append(advice("activity", word=activity))
    return found


def metric_in(title: str) -> str:
    """The figure in a title that belongs into a key result; empty where there is none.

    >>> metric_in("Raise NPS to 60")
    '60'
    >>> metric_in("Be ready for 2027")
    ''
    """
    left = _NOT_A_METRIC.sub(" ", fold(title))
    found = re.search(r"[$€£]?\s?\d+(?:[.,]\d+)*\s?%?", left)
    return found.group().strip() if found else ""


def activity_in(title: str) -> str:
    """The word by which a title turns out to count what is done and not what changes by it; empty for none.

    >>> activity_in("Launch the new website"), activity_in("Customer interviews"), activity_in("Churn rate")
    ('Launch', 'interviews', '')
    """
    verbs, things = _activity()
    words = [token for token in tokens(title) if token.is_word]
    if words and words[0].plain in verbs:
        return words[0].text
    # A share of them, or how well they go, is an outcome: "reviews answered in a day".
    rates = ("rate", "share", "ratio", "%", "satisfaction", "score", "odsetek", "wskaznik", "procent", "satysfakcja")
    if any(token.plain in rates for token in words):
        return ""
    return next((token.text for token in words if token.plain in things), "")
