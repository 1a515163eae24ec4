"""Progress, expectation, gap, scores and roll-ups are those of the contract, to the last digit."""

import doctest
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okr import measure
from okr.measure import (
    Measure,
    Milestone,
    band,
    clamped,
    exact,
    expected,
    gap,
    has_pace,
    holding,
    number,
    objective_score,
    one_decimal,
    progress,
    ratio,
    roll_up,
    score_of,
    undefined_reason,
)

amounts = st.one_of(
    st.integers(-(10**6), 10**6),
    st.decimals(-(10**6), 10**6, places=3),
    st.floats(-1e6, 1e6, allow_nan=False),
)


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(measure).failed == 0


@pytest.mark.parametrize("amount", [0.1, Decimal("0.1"), Fraction(1, 10)])
def test_a_tenth_is_a_tenth_however_it_is_written(amount: float | Decimal | Fraction) -> None:
    assert exact(amount) == Fraction(1, 10)


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity")])
def test_what_is_not_a_number_is_refused(amount: float | Decimal) -> None:
    with pytest.raises(ValueError):
        exact(amount)


@pytest.mark.parametrize(
    ("baseline", "target", "value", "share"),
    [
        (18, 25, 19.5, Fraction(3, 14)),
        (7, 3, 5, Fraction(1, 2)),
        (7, 3, 8, Fraction(-1, 4)),
        (0, 500, 600, Fraction(6, 5)),
        (-10, 10, 0, Fraction(1, 2)),
        (0.1, 0.4, 0.2, Fraction(1, 3)),
        (45, 60, 45, Fraction(0)),
    ],
)
def test_progress_counts_in_both_directions_and_is_not_clamped(
    baseline: float, target: float, value: float, share: Fraction
) -> None:
    assert progress(Measure(baseline=baseline, target=target, value=value)) == share


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (Measure(baseline=1, target=2), "no_value"),
        (Measure(target=2), "no_value"),
        (Measure(target=2, value=1), "no_baseline"),
        (Measure(value=1), "no_baseline"),
        (Measure(baseline=1, value=1), "no_target"),
        (Measure(baseline=2, target=2, value=2), "baseline_equals_target"),
        (Measure(kind="boundary", limit="at_most", target=2), "no_value"),
        (Measure(kind="boundary", limit="at_most", target=2, value=1), "boundary"),
        (Measure(kind="binary", target=1), "no_value"),
        (Measure(kind="milestones"), "no_milestones"),
        (Measure(kind="milestones", milestones=(Milestone(0, True),)), "no_milestones"),
    ],
)
def test_undefined_progress_has_a_reason_and_is_never_zero(asked: Measure, reason: str) -> None:
    assert progress(asked) is None
    assert undefined_reason(asked) == reason
    assert gap(asked, Fraction(1, 2)) is None
    assert ratio(asked, Fraction(1, 2)) is None


def test_defined_progress_has_no_such_reason() -> None:
    assert undefined_reason(Measure(baseline=0, target=1, value=0)) is None


def test_milestones_are_the_weighted_share_done_and_need_no_value() -> None:
    steps = (Milestone(2, True), Milestone(0.5, False), Milestone(1.5, True))
    assert progress(Measure(kind="milestones", milestones=steps)) == Fraction(7, 8)


@pytest.mark.parametrize(
    ("baseline", "target", "value", "done"),
    [
        (0, 1, 1, 1),
        (0, 1, 0, 0),
        (0, 1, 0.5, 0),
        (None, None, 1, 1),
        (None, None, 0.99, 0),
        (None, 3, 2, 0),
        (0, 3, 4, 1),
        (1, 0, 1, 0),
        (1, 0, 0, 1),
    ],
)
def test_a_binary_one_is_done_or_not(baseline: float | None, target: float | None, value: float, done: int) -> None:
    asked = Measure(kind="binary", baseline=baseline, target=target, value=value)
    assert progress(asked) == done
    assert gap(asked, Fraction(1, 2)) is None
    assert ratio(asked, Fraction(1, 2)) is None
    assert not has_pace(asked)


@pytest.mark.parametrize(
    ("limit", "target", "value", "kept"),
    [
        ("at_least", 95, 95, True),
        ("at_least", 95, 94.99, False),
        ("at_most", 2, 2, True),
        ("at_most", 2, 2.01, False),
        ("at_most", None, 2, None),
        ("at_most", 2, None, None),
        (None, 2, 1, None),
    ],
)
def test_a_boundary_holds_up_to_its_edge(
    limit: str | None, target: float | None, value: float | None, kept: bool | None
) -> None:
    assert holding(Measure(kind="boundary", limit=limit, target=target, value=value)) is kept


def test_only_a_boundary_can_hold() -> None:
    assert holding(Measure(baseline=0, target=1, value=1)) is None


Q4 = (date(2026, 10, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("on", "share"),
    [
        (date(2026, 9, 1), Fraction(0)),
        (date(2026, 10, 1), Fraction(0)),
        (date(2026, 10, 2), Fraction(1, 91)),
        (date(2026, 12, 30), Fraction(90, 91)),
        (date(2026, 12, 31), Fraction(1)),
        (date(2027, 2, 1), Fraction(1)),
    ],
)
def test_expectation_goes_from_the_first_day_to_the_last(on: date, share: Fraction) -> None:
    assert expected(*Q4, on) == share


def test_a_cycle_of_one_day_expects_everything_on_it() -> None:
    day = date(2026, 10, 1)
    assert expected(day, day, day) == 1
    assert expected(day, day, day - timedelta(days=1)) == 0


def test_gap_and_ratio_take_progress_as_it_is() -> None:
    fallen = Measure(baseline=10, target=20, value=8)
    beaten = Measure(baseline=10, target=20, value=25)
    assert gap(fallen, Fraction(1, 2)) == Fraction(7, 10)
    assert gap(beaten, Fraction(1, 2)) == -1
    assert ratio(fallen, Fraction(1, 2)) == Fraction(-2, 5)


def test_nothing_is_in_proportion_while_nothing_is_expected() -> None:
    assert ratio(Measure(baseline=0, target=1, value=0.5), Fraction(0)) is None


@given(amounts, amounts, amounts)
def test_progress_leads_from_the_baseline_back_to_the_value(
    baseline: float | Decimal, target: float | Decimal, value: float | Decimal
) -> None:
    share = progress(Measure(baseline=baseline, target=target, value=value))
    if share is None:
        assert exact(baseline) == exact(target)
    else:
        assert exact(baseline) + share * (exact(target) - exact(baseline)) == exact(value)


@pytest.mark.parametrize(
    ("share", "rounded"),
    [("0.05", "0.1"), ("0.25", "0.3"), ("0.3499", "0.3"), ("0.35", "0.4"), ("0.95", "1"), ("0", "0")],
)
def test_scores_round_a_half_up(share: str, rounded: str) -> None:
    assert one_decimal(Fraction(share)) == Fraction(rounded)


@pytest.mark.parametrize(
    ("given_score", "share", "score"),
    [
        (0.65, Fraction(1), Fraction(13, 20)),
        (0, Fraction(1), Fraction(0)),
        (None, Fraction(-3), Fraction(0)),
        (None, Fraction(7, 2), Fraction(1)),
        (None, Fraction(13, 20), Fraction(7, 10)),
        (None, None, None),
    ],
)
def test_the_owners_score_goes_before_progress(
    given_score: float | None, share: Fraction | None, score: Fraction | None
) -> None:
    assert score_of(given_score, share) == score


def test_a_roll_up_clamps_weighs_and_says_what_it_left_out() -> None:
    whole = roll_up([(Fraction(-1), 1), (Fraction(2), 1), (Fraction(1, 2), 2.0), (None, 9)])
    assert (whole.mean, whole.counted, whole.left_out) == (Fraction(1, 2), 3, 1)


@pytest.mark.parametrize(
    ("shares", "left_out"),
    [([], 0), ([(None, 1)], 1), ([(Fraction(1), 0)], 0)],
    ids=["none", "undefined", "weightless"],
)
def test_a_roll_up_of_nothing_has_no_mean(shares: list[tuple[Fraction | None, float]], left_out: int) -> None:
    whole = roll_up(shares)
    assert whole.mean is None
    assert whole.left_out == left_out


def test_an_objectives_score_is_the_weighted_mean_to_one_decimal() -> None:
    whole = objective_score([(Fraction(7, 10), 1), (Fraction(8, 10), 1), (None, 3)])
    assert (whole.mean, whole.counted, whole.left_out) == (Fraction(8, 10), 2, 1)
    assert objective_score([]).mean is None


@pytest.mark.parametrize(("score", "colour"), [("1", "green"), ("0.7", "green"), ("0.4", "yellow"), ("0.39", "red")])
def test_bands_begin_at_their_edge(score: str, colour: str) -> None:
    assert band(Fraction(score)) == colour


def test_what_is_shown_stays_between_nothing_and_all() -> None:
    assert [clamped(Fraction(share)) for share in ("-0.1", "0.5", "1.1")] == [0, Fraction(1, 2), 1]
    assert number(Fraction(1, 3)) == 1 / 3
