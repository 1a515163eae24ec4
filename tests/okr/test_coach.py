"""The coach's checks: what each finds, and what it lets be."""

from __future__ import annotations

import pytest

from okr.coach import CHECKS, KeyResultSet, ObjectiveSet, review, review_key_result, review_objective
from okr.templates import templates

SOUND = KeyResultSet("KR", "Churn rate", unit="%", baseline=5, target=3)


def objective(**other: object) -> ObjectiveSet:
    values: dict[str, object] = {"key": "O", "title": "Keep customers", "team": "cs", "key_results": (SOUND,) * 3}
    return ObjectiveSet(**{**values, **other})  # type: ignore[arg-type]


def test_a_sound_objective_gets_no_advice() -> None:
    assert review([objective(), objective(key="O2")]) == []


@pytest.mark.parametrize(
    ("other", "check"),
    [
        ({"title": "Raise NPS to 60"}, "metric_in_objective"),
        ({"title": "Cut costs by 15%"}, "metric_in_objective"),
        (
            {"title": "We want to be the one that everybody in the wide world turns to first"},
            "long_objective",
        ),
        ({"key_results": ()}, "no_key_results"),
        ({"key_results": (SOUND,)}, "too_few_key_results"),
        ({"key_results": (SOUND,) * 6}, "too_many_key_results"),
        ({"owner_active": False}, "owner_left"),
        ({"aligned": False}, "not_aligned"),
    ],
)
def test_an_objective_is_told_what_it_lacks(other: dict[str, object], check: str) -> None:
    assert [advice.check for advice in review_objective(objective(**other))] == [check]


@pytest.mark.parametrize("title", ["Be ready for 2027", "Win Q4 together", "Grow in B2B", "Become the 1st choice"])
def test_a_year_or_a_quarter_is_no_metric(title: str) -> None:
    assert review_objective(objective(title=title)) == []


@pytest.mark.parametrize(
    ("kr", "check"),
    [
        (KeyResultSet("K", "Churn rate", baseline=5), "no_target"),
        (KeyResultSet("K", "Churn rate", target=5), "no_baseline"),
        (KeyResultSet("K", "Churn rate", baseline=5, target=5), "target_is_baseline"),
        (KeyResultSet("K", "Churn rate", baseline=5, target=5, kpi="KPI-1"), "kpi_to_keep"),
        (KeyResultSet("K", "Availability", kind="boundary", target=99), "kpi_to_keep"),
        (KeyResultSet("K", "Steps", kind="milestones"), "no_milestones"),
        (KeyResultSet("K", "Launch the website", kind="binary", baseline=0, target=1), "activity"),
        (KeyResultSet("K", "Customer interviews", baseline=0, target=30), "activity"),
        (KeyResultSet("K", "Wdrożyć nowy cennik", kind="binary", target=1), "activity"),
        (KeyResultSet("K", "Szkolenia dla sprzedaży", baseline=0, target=2), "activity"),
        (KeyResultSet("K", "Churn rate", baseline=5, target=3, owner_active=False), "owner_left"),
    ],
)
def test_a_key_result_is_told_what_it_lacks(kr: KeyResultSet, check: str) -> None:
    assert [advice.check for advice in review_key_result(kr)] == [check]


@pytest.mark.parametrize("title", ["Share of interviews answered", "Webinar satisfaction", "Odsetek nagrania"])
def test_how_well_an_activity_goes_is_an_outcome(title: str) -> None:
    assert review_key_result(KeyResultSet("K", title, baseline=0, target=1)) == []


def test_a_team_has_two_to_four_objectives() -> None:
    assert [a.check for a in review([objective()])] == ["too_few_objectives"]
    assert [a.check for a in review([objective(key=str(i)) for i in range(5)])] == ["too_many_objectives"]


def test_every_template_is_sound_as_far_as_its_figures_go() -> None:
    figures = {"no_target", "no_baseline", "too_few_key_results", "too_many_key_results", "activity", "kpi_to_keep"}
    for language in ("en", "pl"):
        assert len(templates(language)) == 13
        for each in templates(language):
            held = tuple(
                KeyResultSet("K", kr.title, kr.kind, kr.unit, kr.baseline, kr.target) for kr in each.key_results
            )
            assert {
                a.check for a in review_objective(ObjectiveSet("O", each.title, each.team, key_results=held))
            } <= figures


def test_advice_comes_in_the_order_of_the_checks() -> None:
    found = review([objective(title="Raise NPS to 60", aligned=False, key_results=(KeyResultSet("K", "Churn"),))])
    places = [CHECKS.index(advice.check) for advice in found]
    assert places == sorted(places)
    assert len(places) >= 4
