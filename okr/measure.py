"""How far along a key result is, from its numbers alone.

Everything is computed in exact fractions, so that a gap of ten points is ten points and not
9.999999999999998; `number` turns a result into the float that a document holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

Amount = int | float | Decimal | Fraction

ZERO = Fraction(0)
ONE = Fraction(1)
HALF = Fraction(1, 2)

GREEN_FROM = Fraction(7, 10)
YELLOW_FROM = Fraction(4, 10)


def exact(amount: Amount) -> Fraction:
    """The fraction that the amount is written as; ValueError for NaN and the infinities.

    A float counts as its shortest decimal form: 0.1 is a tenth, not the binary number beside it.

    >>> exact(0.1) + exact(0.2)
    Fraction(3, 10)
    """
    if isinstance(amount, float):
        return Fraction(repr(amount))
    try:
        return Fraction(amount)
    except OverflowError:
        raise ValueError(f"{amount} is not a number to measure with") from None


def number(fraction: Fraction) -> float:
    """The float nearest to the fraction, as it stands in documents.

    >>> number(Fraction(1, 4))
    0.25
    """
    return float(fraction)


def clamped(progress: Fraction) -> Fraction:
    """Progress as it is shown and averaged: between 0 and 1.

    >>> clamped(Fraction(-1, 5)), clamped(Fraction(6, 5))
    (Fraction(0, 1), Fraction(1, 1))
    """
    return min(max(progress, ZERO), ONE)


@dataclass(frozen=True, slots=True)
class Milestone:
    """One step of a key result, with whether it was done by the moment asked about."""

    weight: Amount
    done: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """The numbers of one key result as they stood at one moment.

    `kind` is measure, boundary, milestones or binary; `limit` is at_least or at_most and belongs to
    a boundary; `value` is the latest value dated on or before the moment, None when there was none.
    """

    kind: str = "measure"
    baseline: Amount | None = None
    target: Amount | None = None
    limit: str | None = None
    value: Amount | None = None
    milestones: Sequence[Milestone] = ()


def progress(measure: Measure) -> Fraction | None:
    """Share of the way done, 1 being all of it; None where it is undefined (see `undefined_reason`).

    It counts in both directions and is not clamped: falling behind the baseline is negative,
    beating the target is above 1. A boundary has none; a binary one is 0 or 1.

    >>> progress(Measure(baseline=100, target=40, value=70))
    Fraction(1, 2)
    >>> progress(Measure(baseline=18, target=25, value=17.3))
    Fraction(-1, 10)
    >>> progress(Measure(target=25, value=17)) is None
    True
    """
    if measure.kind == "milestones":
        return _share_done(measure.milestones)
    if measure.kind == "boundary" or measure.value is None:
        return None
    if measure.kind == "binary":
        return ONE if _achieved(measure, exact(measure.value)) else ZERO
    if measure.baseline is None or measure.target is None:
        return None
    baseline, target = exact(measure.baseline), exact(measure.target)
    if baseline == target:
        return None
    return (exact(measure.value) - baseline) / (target - baseline)


def _share_done(milestones: Sequence[Milestone]) -> Fraction | None:
    whole = sum((exact(step.weight) for step in milestones), ZERO)
    if whole == 0:
        return None
    return sum((exact(step.weight) for step in milestones if step.done), ZERO) / whole


def _achieved(measure: Measure, value: Fraction) -> bool:
    target = ONE if measure.target is None else exact(measure.target)
    if measure.baseline is not None and target < exact(measure.baseline):
        # "From 1 open contract to 0" is done at the bottom.
        return value <= target
    return value >= target


def undefined_reason(measure: Measure) -> str | None:
    """Why progress is undefined, as a code; None where it is defined.

    `no_value`, `no_baseline`, `no_target`, `baseline_equals_target`, `no_milestones`, `boundary`.
    A missing value comes first: until somebody checks in, nothing else can be said.

    >>> undefined_reason(Measure(baseline=5, target=5, value=5))
    'baseline_equals_target'
    >>> undefined_reason(Measure(kind="boundary", target=2, limit="at_most", value=1))
    'boundary'
    """
    if progress(measure) is not None:
        return None
    if measure.kind == "milestones":
        return "no_milestones"
    if measure.value is None:
        return "no_value"
    if measure.kind == "boundary":
        return "boundary"
    if measure.baseline is None:
        return "no_baseline"
    if measure.target is None:
        return "no_target"
    return "baseline_equals_target"


def holding(measure: Measure) -> bool | None:
    """Whether a boundary is kept, its very edge included; None for other kinds and where it cannot be told.

    >>> holding(Measure(kind="boundary", target=2, limit="at_most", value=2))
    True
    """
    if measure.kind != "boundary" or measure.value is None or measure.target is None:
        return None
    value, target = exact(measure.value), exact(measure.target)
    if measure.limit == "at_least":
        return value >= target
    if measure.limit == "at_most":
        return value <= target
    return None


def expected(start: date, end: date, on: date) -> Fraction:
    """The share of the cycle that has passed: 0 on its first day, 1 on its last, never outside.

    A cycle of a single day expects everything on that day.

    >>> expected(date(2026, 10, 1), date(2026, 12, 31), date(2026, 11, 16))
    Fraction(46, 91)
    """
    if on >= end:
        return ONE
    if on <= start:
        return ZERO
    return Fraction((on - start).days, (end - start).days)


def has_pace(measure: Measure) -> bool:
    """Whether being behind means anything: a boundary holds or not, a binary one is done or not."""
    return measure.kind not in ("boundary", "binary")


def gap(measure: Measure, expectation: Fraction) -> Fraction | None:
    """Expected progress less progress, 0.1 being ten points; above 0 is behind. None where there is no pace.

    >>> gap(Measure(baseline=0, target=10, value=2), Fraction(1, 2))
    Fraction(3, 10)
    """
    share = progress(measure)
    return None if share is None or not has_pace(measure) else expectation - share


def ratio(measure: Measure, expectation: Fraction) -> Fraction | None:
    """Progress over expected progress; None where there is no pace or nothing is expected yet.

    It is also the progress at the cycle's end if the pace so far is kept.

    >>> ratio(Measure(baseline=0, target=10, value=2), Fraction(1, 2))
    Fraction(2, 5)
    """
    share = progress(measure)
    return None if share is None or not has_pace(measure) or expectation == 0 else share / expectation


def one_decimal(value: Fraction) -> Fraction:
    """The value rounded to one decimal, a half always up.

    >>> one_decimal(Fraction(1, 4)), one_decimal(Fraction(7, 20))
    (Fraction(3, 10), Fraction(2, 5))
    """
    return Fraction((value * 10 + HALF).__floor__(), 10)


def score_of(given: Amount | None, progress: Fraction | None) -> Fraction | None:
    """The score at the end of a cycle: the owner's as given, else progress from 0 to 1 to one decimal.

    None where nothing was given and progress is undefined.

    >>> score_of(None, Fraction(2, 3)), score_of(0.65, Fraction(2, 3))
    (Fraction(7, 10), Fraction(13, 20))
    """
    if given is not None:
        return exact(given)
    return None if progress is None else one_decimal(clamped(progress))


@dataclass(frozen=True, slots=True)
class RollUp:
    """A mean by weight, over how many, and how many had nothing to add; `mean` is None where none had."""

    mean: Fraction | None
    counted: int
    left_out: int


def roll_up(shares: Iterable[tuple[Fraction | None, Amount]]) -> RollUp:
    """The weighted mean of progress, each clamped to 0 to 1, over those where it is defined.

    Where all the weights are 0 there is no mean either.

    >>> roll_up([(Fraction(3, 2), 1), (Fraction(1, 2), 3), (None, 5)])
    RollUp(mean=Fraction(5, 8), counted=2, left_out=1)
    """
    return _mean((None if share is None else clamped(share), weight) for share, weight in shares)


def objective_score(scores: Iterable[tuple[Fraction | None, Amount]]) -> RollUp:
    """The score of an objective: the weighted mean of its key results' scores, to one decimal.

    >>> objective_score([(Fraction(7, 10), 1), (Fraction(4, 10), 1), (None, 1)]).mean
    Fraction(3, 5)
    """
    whole = _mean(scores)
    return whole if whole.mean is None else RollUp(one_decimal(whole.mean), whole.counted, whole.left_out)


def _mean(shares: Iterable[tuple[Fraction | None, Amount]]) -> RollUp:
    total, weights, counted, left_out = ZERO, ZERO, 0, 0
    for share, weight in shares:
        if share is None:
            left_out += 1
            continue
        counted += 1
        total += share * exact(weight)
        weights += exact(weight)
    return RollUp(None if weights == 0 else total / weights, counted, left_out)


def band(score: Fraction) -> str:
    """The colour of a score: green from 0.7, yellow from 0.4, red below.

    >>> band(Fraction(7, 10)), band(Fraction(39, 100))
    ('green', 'red')
    """
    if score >= GREEN_FROM:
        return "green"
    return "yellow" if score >= YELLOW_FROM else "red"
