"""How a key result is doing: its status by a named rule, how fresh its evidence is, what its owner says.

Published rules disagree about the same key result, so a rule is a value with a name, read from the
files in `okr/rules`, and each verdict says which numbers led to it.
"""

from __future__ import annotations

import operator
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from okr import measure as measures
from okr.errors import NotFoundError, OkrError
from okr.measure import Measure


class Status(StrEnum):
    """How a key result stands, in the words of the company file."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    COMPLETED = "completed"
    UNKNOWN = "unknown"
    PENDING = "pending"


# A scope is as well as its worst child. What cannot be judged does not hide a judged one, but one
# that nobody could judge keeps the scope from being called completed.
WORST_FIRST = (
    Status.OFF_TRACK,
    Status.AT_RISK,
    Status.ON_TRACK,
    Status.UNKNOWN,
    Status.PENDING,
    Status.COMPLETED,
)

DEFAULT_RULE = "pace-gap"


class RuleFileError(OkrError):
    """A status rule's file does not have the form of one."""

    code = "rule-file"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"The status rule {name} cannot be used: {why}.", "Compare it with okr/rules/pace-gap.toml.")


class Quantity(StrEnum):
    """What a rule may look at; all are shares, 0.1 being ten points or ten percent."""

    PROGRESS = "progress"
    EXPECTED = "expected"
    GAP = "gap"  # expected less progress
    RATIO = "ratio"  # progress over expected; undefined while nothing is expected
    PROJECTED = "projected"  # progress at the cycle's end if the pace so far is kept; undefined likewise


class Comparison(StrEnum):
    """How a quantity is held against a threshold."""

    AT_LEAST = "at_least"
    ABOVE = "above"
    AT_MOST = "at_most"
    BELOW = "below"


_COMPARE: Mapping[Comparison, Callable[[Fraction, Fraction], bool]] = {
    Comparison.AT_LEAST: operator.ge,
    Comparison.ABOVE: operator.gt,
    Comparison.AT_MOST: operator.le,
    Comparison.BELOW: operator.lt,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a rule; an undefined quantity meets none."""

    quantity: Quantity
    comparison: Comparison
    threshold: Fraction

    def met_by(self, numbers: Mapping[Quantity, Fraction | None]) -> bool:
        """Whether these numbers meet it; equality counts for at_least and at_most."""
        value = numbers[self.quantity]
        return value is not None and _COMPARE[self.comparison](value, self.threshold)


@dataclass(frozen=True, slots=True)
class Case:
    """A status and the conditions that must all hold for it; with none it is what is left over."""

    status: Status
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named way to tell the status from progress and expectation; the first case that holds wins.

    `title` and `says` (the thresholds in a sentence) are by language, `aliases` are what people call
    it, `source` is where the thresholds are published.
    """

    name: str
    kind: str
    title: Mapping[str, str]
    says: Mapping[str, str]
    aliases: tuple[str, ...]
    source: str
    source_url: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status with the reason for it.

    `reason` is one of: done, gap, ratio, projected, progress, expected (the quantity that decided, see
    `because`), otherwise (no other case of the rule held), holding, breached, not_done,
    not_done_at_end, or a code of `measure.undefined_reason`. The numbers are None where undefined.
    """

    status: Status
    reason: str
    rule: str
    progress: Fraction | None = None
    expected: Fraction | None = None
    gap: Fraction | None = None
    ratio: Fraction | None = None
    because: tuple[Condition, ...] = ()


def judge(measure: Measure, expected: Fraction, last_day_reached: bool, rule: Rule) -> Verdict:
    """The status of one active key result under the rule, with the reason.

    `last_day_reached` is true on the cycle's last day and afterwards; only a binary key result asks.
    Pending means no value yet, unknown that there is one but nothing to hold it against.

    >>> half = Measure(baseline=0, target=100, value=50)
    >>> judge(half, Fraction(3, 5), False, rule("pace-gap")).status
    <Status.AT_RISK: 'at_risk'>
    >>> judge(half, Fraction(59, 100), False, rule("pace-gap")).reason
    'otherwise'
    """
    share = measures.progress(measure)
    if measure.kind == "boundary":
        return _boundary(measure, expected, rule)
    if share is None:
        reason = measures.undefined_reason(measure) or "no_value"
        status = Status.PENDING if reason == "no_value" else Status.UNKNOWN
        return Verdict(status, reason, rule.name, expected=expected)
    if measure.kind == "binary":
        if share == 1:
            return Verdict(Status.COMPLETED, "done", rule.name, share, expected)
        if last_day_reached:
            return Verdict(Status.OFF_TRACK, "not_done_at_end", rule.name, share, expected)
        return Verdict(Status.UNKNOWN, "not_done", rule.name, share, expected)
    return _paced(share, expected, rule)


def _boundary(measure: Measure, expected: Fraction, rule: Rule) -> Verdict:
    if measure.value is None:
        return Verdict(Status.PENDING, "no_value", rule.name, expected=expected)
    kept = measures.holding(measure)
    if kept is None:
        missing = "no_target" if measure.target is None else "no_limit"
        return Verdict(Status.UNKNOWN, missing, rule.name, expected=expected)
    if kept:
        return Verdict(Status.ON_TRACK, "holding", rule.name, expected=expected)
    return Verdict(Status.OFF_TRACK, "breached", rule.name, expected=expected)


def _paced(share: Fraction, expected: Fraction, rule: Rule) -> Verdict:
    gap = expected - share
    ratio = share / expected if expected else None
    numbers = {
        Quantity.PROGRESS: share,
        Quantity.EXPECTED: expected,
        Quantity.GAP: gap,
        Quantity.RATIO: ratio,
        Quantity.PROJECTED: ratio,
    }
    # Every rule ends with a case without conditions (see `rule_from`), so one always holds.
    case = next(case for case in rule.cases if all(condition.met_by(numbers) for condition in case.conditions))
    reason = case.conditions[0].quantity.value if case.conditions else "otherwise"
    if case.status is Status.COMPLETED:
        reason = "done"
    return Verdict(case.status, reason, rule.name, share, expected, gap, ratio, case.conditions)


def worst(statuses: Iterable[str]) -> Status | None:
    """The worst of the statuses, in the order of `WORST_FIRST`; None of none.

    >>> worst(["on_track", "unknown", "at_risk", "completed"])
    <Status.AT_RISK: 'at_risk'>
    """
    return min((Status(status) for status in statuses), key=WORST_FIRST.index, default=None)


def is_watermelon(reported: str | None, computed: str) -> bool:
    """Green outside and red inside: the owner says on track while the rule says off track.

    >>> is_watermelon("on_track", "off_track"), is_watermelon("on_track", "at_risk")
    (True, False)
    """
    return reported == Status.ON_TRACK and computed == Status.OFF_TRACK


CADENCE_DAYS = {"weekly": 7, "biweekly": 14, "monthly": 31}
GRACE_DAYS = 3


class Freshness(StrEnum):
    """How old the latest check-in is, by the key result's own cadence."""

    FRESH = "fresh"
    DUE = "due"
    STALE = "stale"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Age:
    """Freshness with the age of the latest check-in in whole days; None where there is none."""

    freshness: Freshness
    days: int | None


def freshness(cadence: str, latest: date | None, on: date) -> Age:
    """How fresh the evidence is on the day: fresh up to the cadence, due three days longer, then stale.

    `latest` is the local day of the latest check-in by then. KeyError for an unknown cadence.

    >>> freshness("weekly", date(2026, 11, 16), date(2026, 11, 23))
    Age(freshness=<Freshness.FRESH: 'fresh'>, days=7)
    """
    allowed = CADENCE_DAYS[cadence]
    if latest is None:
        return Age(Freshness.NEVER, None)
    days = (on - latest).days
    if days <= allowed:
        return Age(Freshness.FRESH, days)
    return Age(Freshness.DUE if days <= allowed + GRACE_DAYS else Freshness.STALE, days)


# What the owner's confidence of 1 to 5 looks like, and what a colour in a spreadsheet counts as.
CONFIDENCE_OF_COLOUR = {"red": 1, "yellow": 3, "green": 5}


def confidence_colour(confidence: int) -> str:
    """The colour of a confidence from 1 to 5: red, yellow (3) or green.

    >>> [confidence_colour(n) for n in range(1, 6)]
    ['red', 'red', 'yellow', 'green', 'green']
    """
    if confidence < 3:
        return "red"
    return "yellow" if confidence == 3 else "green"


@cache
def load_rules() -> Mapping[str, Rule]:
    """Every rule in `okr/rules` by its name, the default first; RuleFileError for a file of another form."""
    written = [file for file in (files("okr") / "rules").iterdir() if file.name.endswith(".toml")]
    rules = [rule_from(file.read_text(encoding="utf-8"), file.name.removesuffix(".toml")) for file in written]
    rules.sort(key=lambda known: (known.name != DEFAULT_RULE, known.name))
    return {known.name: known for known in rules}


def rule(name: str = DEFAULT_RULE) -> Rule:
    """The rule of that name or alias, in any case; NotFoundError with the names there are.

    >>> rule("Viva Goals").name
    'viva-goals'
    """
    wanted = name.strip().casefold()
    for known in load_rules().values():
        if wanted == known.name or wanted in known.aliases:
            return known
    raise NotFoundError("status rule", name, tuple(load_rules()))


def rule_from(text: str, name: str) -> Rule:
    """The rule that a file's text describes; RuleFileError with the reason where it describes none."""
    try:
        # Decimals, so that a threshold of 0.1 is a tenth.
        written = tomllib.loads(text, parse_float=Decimal)
        cases = tuple(_case(entry) for entry in written["when"])
        told = Rule(
            name=written["name"],
            kind=written["kind"],
            title=written["title"],
            says=written["says"],
            aliases=tuple(alias.casefold() for alias in written.get("aliases", ())),
            source=written["source"]["from"],
            source_url=written["source"]["url"],
            cases=cases,
        )
    except tomllib.TOMLDecodeError as error:
        raise RuleFileError(name, f"it is not TOML ({error})") from None
    except KeyError as error:
        raise RuleFileError(name, f"{error} is missing") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise RuleFileError(name, str(error)) from None
    if told.name != name:
        raise RuleFileError(name, f"it calls itself {told.name}")
    if not cases or cases[-1].conditions:
        raise RuleFileError(name, "its last case must have no condition, so that every number gets a status")
    return told


def _case(entry: dict[str, Any]) -> Case:
    status = Status(entry["status"])
    conditions = tuple(
        Condition(Quantity(quantity), Comparison(comparison), measures.exact(threshold))
        for quantity, comparisons in entry.items()
        if quantity != "status"
        for comparison, threshold in comparisons.items()
    )
    return Case(status, conditions)
