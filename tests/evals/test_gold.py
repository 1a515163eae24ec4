"""The independent computation beside figures worked out by hand from the company files."""

from __future__ import annotations

from fractions import Fraction

import pytest

from evals.cases import COMPANIES, read_cases
from evals.company import Company, behind_first, tenth
from evals.gold import truth

THURSDAY = "2026-11-19T14:30:00+00:00"
DECLAN = "declan.obrien@larkfield.test"


@pytest.fixture(scope="module")
def larkfield() -> Company:
    return Company(COMPANIES / "larkfield.json")


@pytest.fixture(scope="module")
def wartrans() -> Company:
    return Company(COMPANIES / "wartrans.json")


def test_a_key_result_is_as_far_as_its_numbers_say(larkfield: Company) -> None:
    stands = larkfield.standing(larkfield.by_key["key_results"]["LH-1"], larkfield.moment(THURSDAY))
    # 34 down to 15, now 27; 49 of the 91 days from 1 October to 31 December.
    assert (stands.progress, stands.expected) == (Fraction(7, 19), Fraction(49, 91))
    assert (stands.status, stands.reported, stands.freshness, stands.age_days) == ("at_risk", "at_risk", "fresh", 2)


def test_a_check_in_without_a_value_leaves_the_value_as_it_was(larkfield: Company) -> None:
    stands = larkfield.standing(larkfield.by_key["key_results"]["LH-27"], larkfield.moment(THURSDAY))
    assert (stands.value, stands.age_days) == (30, 3)


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("LH-4", "on_track"),
        ("LH-10", "off_track"),
        ("LH-21", "pending"),
        ("LH-5", "unknown"),
        ("LH-33", "completed"),
        ("LH-12", "unknown"),
        ("LH-25", "unknown"),
        ("LH-13", "pending"),
        ("LH-30", "on_track"),
        ("LH-28", "completed"),
    ],
)
def test_every_kind_has_the_status_of_the_contract(larkfield: Company, key: str, status: str) -> None:
    assert larkfield.status(larkfield.by_key["key_results"][key], larkfield.moment(THURSDAY)) == status


def test_a_binary_one_is_off_track_from_the_last_day_on(wartrans: Company) -> None:
    row = wartrans.by_key["key_results"]["w-3"]
    assert wartrans.status(row, wartrans.moment("2026-12-30")) == "unknown"
    assert wartrans.status(row, wartrans.moment("2026-12-31")) == "off_track"


def test_a_kpi_point_and_an_own_check_in_count_by_date(wartrans: Company) -> None:
    row = wartrans.by_key["key_results"]["s-3"]
    assert wartrans.value(row, wartrans.moment("2026-11-16")) == Fraction("8.5")
    assert wartrans.value(row, wartrans.moment("2026-11-17")) == Fraction("8.4")


def test_the_ones_behind_are_ordered_by_gap(larkfield: Company) -> None:
    at = larkfield.moment(THURSDAY)
    rows = behind_first(larkfield, larkfield.key_results(DECLAN, at), at)
    assert [row["key"] for row in rows[:4]] == ["LH-16", "LH-7", "LH-31", "LH-22"]


def test_who_may_see_a_restricted_objective(larkfield: Company) -> None:
    seeing = {email for email in larkfield.people if larkfield.sees(email, "O-NIGHT")}
    assert seeing == {f"{name}@larkfield.test" for name in ("maeve.kinsella", "fiona.tighe", "marek.lis")}


def test_leads_of_the_teams_above_see_what_a_team_keeps_to_itself(wartrans: Company) -> None:
    assert wartrans.sees("jacek.mazur@wartrans.test", "cel-eksp")
    assert not wartrans.sees("anna.wojcik@wartrans.test", "cel-eksp")


def test_what_is_hidden_is_gone_from_the_company_as_somebody_knows_it(wartrans: Company) -> None:
    told = str(wartrans.as_known_to("anna.wojcik@wartrans.test"))
    assert "Szczecin" not in told
    assert "tureck" not in told
    assert "Rozmowa z kupcem" not in told
    assert "Terminowość dostaw" in told


def test_scores_are_the_given_ones_or_progress_to_a_tenth(larkfield: Company) -> None:
    at = larkfield.moment(THURSDAY)
    found = truth(larkfield, "scores", DECLAN, at, cycle="2026-Q3")
    assert {key: figures["score"] for key, figures in found.each.items()} == {
        "O-ED3": Fraction("0.6"),
        "O-SUR3": Fraction("0.7"),
        "O-DIG3": Fraction(1),
    }
    assert tenth(Fraction("0.55")) == Fraction("0.6")


def test_every_expectation_can_be_computed_and_names_only_what_the_file_holds() -> None:
    companies = {path.stem: Company(path) for path in COMPANIES.glob("*.json")}
    for asked in read_cases():
        company, gold = companies[asked.company], asked.wanted.get("gold")
        assert asked.asker in company.people, asked.id
        for source in asked.wanted.get("sources", []):
            assert company.kind_of(source), asked.id
        if gold is not None:
            found = truth(
                company,
                gold["q"],
                asked.asker,
                company.moment(asked.at),
                **{name: value for name, value in gold.items() if name != "q"},
            )
            assert all(company.kind_of(ident) for ident in found.rows), asked.id
            assert found.rows or asked.wanted.get("rows") not in ("first", "top", "contains"), asked.id
