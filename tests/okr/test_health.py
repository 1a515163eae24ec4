"""A status follows from its named rule alone, at every edge, and says why."""

import doctest
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okr import health
from okr.errors import NotFoundError
from okr.health import (
    WORST_FIRST,
    Freshness,
    RuleFileError,
    Status,
    confidence_colour,
    freshness,
    is_watermelon,
    judge,
    load_rules,
    rule,
    rule_from,
    worst,
)
from okr.measure import Measure, Milestone

HALF = Fraction(1, 2)


def at(percent: str) -> Measure:
    """A key result that has come that far."""
    return Measure(baseline=0, target=100, value=float(percent))


def status(percent: str, expected: str, by: str = "pace-gap") -> str:
    return judge(at(percent), Fraction(expected), False, rule(by)).status


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(health).failed == 0


@pytest.mark.parametrize(
    ("percent", "expected", "wanted"),
    [
        ("100", "1", "completed"),
        ("100", "0", "completed"),
        ("130", "1", "completed"),
        ("99.999", "1", "on_track"),
        ("40.001", "0.5", "on_track"),
        ("40", "0.5", "at_risk"),
        ("25.001", "0.5", "at_risk"),
        ("25", "0.5", "off_track"),
        ("0", "0", "on_track"),
        ("-9.9", "0", "on_track"),
        ("-10", "0", "at_risk"),
        ("-25", "0", "off_track"),
        # Below three quarters of the pace, though less than ten points behind it.
        ("11.25", "0.15", "on_track"),
        ("11.24", "0.15", "at_risk"),
        ("11", "0.149", "on_track"),
        ("15", "0.2", "on_track"),
        ("14.9", "0.2", "at_risk"),
    ],
)
def test_the_default_rule_at_its_edges(percent: str, expected: str, wanted: str) -> None:
    assert status(percent, expected) == wanted


@pytest.mark.parametrize(
    ("by", "percent", "wanted"),
    [
        ("viva-goals", "50", "on_track"),
        ("viva-goals", "49.9", "at_risk"),
        ("viva-goals", "25", "at_risk"),
        ("viva-goals", "24.9", "off_track"),
        ("engagedly", "33.5", "on_track"),
        ("engagedly", "33.4", "at_risk"),
        ("engagedly", "17", "at_risk"),
        ("engagedly", "16.9", "off_track"),
        ("innovation-minds", "50", "on_track"),
        ("innovation-minds", "40", "at_risk"),
        ("innovation-minds", "39.9", "off_track"),
        ("upraise", "47.5", "on_track"),
        ("upraise", "47.4", "at_risk"),
        ("upraise", "37.5", "at_risk"),
        ("upraise", "37.4", "off_track"),
        ("mooncamp", "45", "on_track"),
        ("mooncamp", "35", "at_risk"),
        ("mooncamp", "34.9", "off_track"),
        ("google-grades", "35", "on_track"),
        ("google-grades", "34.9", "at_risk"),
        ("google-grades", "20", "at_risk"),
        ("google-grades", "19.9", "off_track"),
    ],
)
def test_the_published_rules_at_their_edges(by: str, percent: str, wanted: str) -> None:
    assert status(percent, "0.5", by) == wanted


def test_published_rules_disagree_about_the_same_key_result() -> None:
    assert {name: status("36", "0.5", name) for name in load_rules()} == {
        "pace-gap": "at_risk",
        "viva-goals": "at_risk",
        "engagedly": "on_track",
        "innovation-minds": "off_track",
        "upraise": "off_track",
        "mooncamp": "at_risk",
        "google-grades": "on_track",
    }


@pytest.mark.parametrize("by", list(load_rules()))
def test_done_is_done_and_a_boundary_is_a_boundary_under_every_rule(by: str) -> None:
    known = rule(by)
    ceiling = Measure(kind="boundary", target=2, limit="at_most", value=3)
    assert judge(at("100"), HALF, False, known).status == "completed"
    assert judge(at("100"), HALF, False, known).reason == "done"
    assert judge(ceiling, HALF, False, known).status == "off_track"
    assert known.title.keys() == known.says.keys() == {"en", "pl"}
    assert known.kind in ("gap", "ratio", "projection")
    assert known.source


@pytest.mark.parametrize("by", list(load_rules()))
@given(
    st.fractions(-1, 2, max_denominator=50),
    st.fractions(0, 1, max_denominator=50),
    st.fractions(0, 1, max_denominator=50),
)
def test_more_progress_is_never_worse(by: str, share: Fraction, more: Fraction, expected: Fraction) -> None:
    def rank(value: Fraction) -> int:
        return WORST_FIRST.index(judge(Measure(baseline=0, target=1, value=value), expected, False, rule(by)).status)

    assert rank(share + more) >= rank(share)


def test_a_verdict_carries_the_numbers_and_the_comparison_that_decided() -> None:
    said = judge(at("11"), Fraction("0.16"), False, rule())
    assert (said.reason, said.rule) == ("ratio", "pace-gap")
    assert (said.progress, said.expected) == (Fraction("0.11"), Fraction("0.16"))
    assert (said.gap, said.ratio) == (Fraction("0.05"), Fraction(11, 16))
    assert [condition.quantity for condition in said.because] == ["ratio", "expected"]
    assert judge(at("50"), HALF, False, rule()).reason == "otherwise"


@pytest.mark.parametrize(
    ("asked", "wanted", "reason"),
    [
        (Measure(baseline=0, target=1), "pending", "no_value"),
        (Measure(target=1), "pending", "no_value"),
        (Measure(target=1, value=1), "unknown", "no_baseline"),
        (Measure(baseline=1, target=1, value=1), "unknown", "baseline_equals_target"),
        (Measure(baseline=1, value=1), "unknown", "no_target"),
        (Measure(kind="milestones"), "unknown", "no_milestones"),
        (Measure(kind="milestones", milestones=(Milestone(1, True), Milestone(1, False))), "on_track", "otherwise"),
        (Measure(kind="boundary", target=2, limit="at_most"), "pending", "no_value"),
        (Measure(kind="boundary", target=2, limit="at_most", value=2), "on_track", "holding"),
        (Measure(kind="boundary", target=2, limit="at_least", value=1), "off_track", "breached"),
        (Measure(kind="boundary", limit="at_least", value=1), "unknown", "no_target"),
        (Measure(kind="boundary", target=2, value=1), "unknown", "no_limit"),
        (Measure(kind="binary"), "pending", "no_value"),
        (Measure(kind="binary", value=0), "unknown", "not_done"),
        (Measure(kind="binary", value=1), "completed", "done"),
    ],
)
def test_what_cannot_be_measured_by_pace_says_why(asked: Measure, wanted: str, reason: str) -> None:
    said = judge(asked, HALF, False, rule())
    assert (said.status, said.reason) == (wanted, reason)
    assert said.gap is None or asked.kind == "milestones"


def test_a_binary_one_is_off_track_from_the_last_day_on_unless_it_is_done() -> None:
    assert judge(Measure(kind="binary", value=0), Fraction(1), True, rule()).reason == "not_done_at_end"
    assert judge(Measure(kind="binary", value=0), Fraction(1), True, rule()).status == "off_track"
    assert judge(Measure(kind="binary", value=1), Fraction(1), True, rule()).status == "completed"
    assert judge(Measure(kind="binary"), Fraction(1), True, rule()).status == "pending"


@pytest.mark.parametrize(
    ("statuses", "wanted"),
    [
        ([], None),
        (["completed", "completed"], "completed"),
        (["completed", "pending"], "pending"),
        (["on_track", "unknown", "pending"], "on_track"),
        (["completed", "on_track"], "on_track"),
        (["on_track", "at_risk", "off_track"], "off_track"),
    ],
)
def test_a_scope_is_as_well_as_its_worst_child(statuses: list[str], wanted: str | None) -> None:
    assert worst(statuses) == wanted


def test_every_status_has_its_place() -> None:
    assert set(WORST_FIRST) == set(Status)


@pytest.mark.parametrize(
    ("reported", "computed", "melon"),
    [
        ("on_track", "off_track", True),
        ("on_track", "at_risk", False),
        ("at_risk", "off_track", False),
        (None, "off_track", False),
    ],
)
def test_a_watermelon_is_green_outside_and_red_inside(reported: str | None, computed: str, melon: bool) -> None:
    assert is_watermelon(reported, computed) is melon


@pytest.mark.parametrize(
    ("cadence", "days", "wanted"),
    [
        ("weekly", 0, "fresh"),
        ("weekly", 7, "fresh"),
        ("weekly", 8, "due"),
        ("weekly", 10, "due"),
        ("weekly", 11, "stale"),
        ("biweekly", 14, "fresh"),
        ("biweekly", 17, "due"),
        ("biweekly", 18, "stale"),
        ("monthly", 31, "fresh"),
        ("monthly", 34, "due"),
        ("monthly", 35, "stale"),
    ],
)
def test_freshness_follows_the_cadence(cadence: str, days: int, wanted: str) -> None:
    today = date(2026, 11, 23)
    assert freshness(cadence, today - timedelta(days=days), today) == health.Age(Freshness(wanted), days)


def test_what_was_never_checked_in_is_not_stale() -> None:
    assert freshness("weekly", None, date(2026, 11, 23)) == health.Age(Freshness.NEVER, None)


def test_an_unknown_cadence_is_a_defect() -> None:
    with pytest.raises(KeyError):
        freshness("hourly", None, date(2026, 11, 23))


def test_colours_and_confidence_agree() -> None:
    assert {colour: confidence_colour(n) for colour, n in health.CONFIDENCE_OF_COLOUR.items()} == {
        "red": "red",
        "yellow": "yellow",
        "green": "green",
    }


def test_a_rule_is_found_by_any_of_its_names() -> None:
    assert rule(" VIVA ").name == "viva-goals"
    assert rule("Domyślna").name == "pace-gap"
    assert rule("projekcja").name == "google-grades"


def test_no_two_rules_share_a_name() -> None:
    names = [name for known in load_rules().values() for name in {known.name, *known.aliases}]
    assert len(names) == len(set(names))


def test_an_unknown_rule_names_those_there_are() -> None:
    with pytest.raises(NotFoundError, match=r"pace-gap or .*viva-goals"):
        rule("astrology")


SOUND = """
name = "mine"
kind = "gap"
title = { en = "Mine", pl = "Moja" }
says = { en = "…", pl = "…" }
source = { from = "us", url = "" }
"""


def test_a_companys_own_rule_has_the_same_form() -> None:
    text = SOUND + '[[when]]\nstatus = "off_track"\ngap = { at_most = -0.5 }\n[[when]]\nstatus = "on_track"\n'
    mine = rule_from(text, "mine")
    assert judge(at("100"), HALF, False, mine).status == "off_track"
    assert judge(at("99.9"), HALF, False, mine).status == "on_track"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name = ", "not TOML"),
        ('name = "mine"', "is missing"),
        (SOUND, "'when' is missing"),
        (SOUND + "when = []", "last case"),
        (SOUND + '[[when]]\nstatus = "on_track"\ngap = { below = 1 }', "last case"),
        (SOUND + '[[when]]\nstatus = "fine"', "fine"),
        (SOUND + '[[when]]\nstatus = "on_track"\nmood = { below = 1 }', "mood"),
        (SOUND + '[[when]]\nstatus = "on_track"\ngap = { near = 1 }', "near"),
        (SOUND + '[[when]]\nstatus = "on_track"\ngap = 0.1', "items"),
        (SOUND.replace("mine", "yours") + '[[when]]\nstatus = "on_track"', "calls itself yours"),
        ("when = 3", "not iterable"),
    ],
)
def test_a_file_of_another_form_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(RuleFileError, match=why):
        rule_from(text, "mine")
