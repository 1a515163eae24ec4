"""The made-up company is a valid file on any day, and its stories are there to be asked about."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from okr.exchange.portable import read_company
from okr.sample import Guide, guide, sample_company
from okr.sample.diary import DiaryError, read
from okr.sample.plan import AIMS, RESULTS

MID_QUARTER = date(2026, 11, 23)
DAYS = [
    MID_QUARTER,
    date(2026, 10, 1),
    date(2026, 10, 4),
    date(2026, 10, 10),
    date(2026, 12, 31),
    date(2027, 1, 1),
    date(2027, 2, 14),
    date(2028, 2, 29),
    date(2029, 3, 31),
]
FROM_MID_QUARTER_ON = [date(2026, 11, 20) + timedelta(days=step) for step in range(0, 42, 5)]

Document = dict[str, Any]


@cache
def company_on(day: date) -> Document:
    return sample_company(day)


def guide_on(day: date) -> Guide:
    return guide(company_on(day), day)


def by_key(records: list[Document]) -> dict[str, Document]:
    return {record["key"]: record for record in records}


def written_on(check_in: Document) -> date:
    return datetime.fromisoformat(check_in["date"]).date()


def said(check_in: Document) -> list[str]:
    return [check_in[part] for part in ("note", "wins", "blockers") if check_in[part]]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_document_passes_the_checks_of_an_import(day: date) -> None:
    document = company_on(day)
    taken = read_company(json.dumps(document).encode())
    assert len(taken.check_ins) == len(document["check_ins"])
    assert len(taken.key_results) == len(document["key_results"])


def test_every_day_of_a_year_gives_a_valid_document() -> None:
    for step in range(0, 366, 7):
        read_company(json.dumps(sample_company(date(2027, 1, 1) + timedelta(days=step))).encode())


def test_the_same_day_gives_the_same_document() -> None:
    assert sample_company(MID_QUARTER) == sample_company(MID_QUARTER)


def test_changing_a_document_leaves_the_next_one_alone() -> None:
    spoilt = sample_company(MID_QUARTER)
    for records in spoilt.values():
        if isinstance(records, list):
            records[0].clear()
    spoilt["company"].clear()
    assert sample_company(MID_QUARTER)["company"]["name"] == "Lumen"
    assert all(sample_company(MID_QUARTER)["people"])


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_only_due_dates_and_the_end_of_the_cycle_lie_ahead(day: date) -> None:
    document = company_on(day)
    assert max(map(written_on, document["check_ins"])) < day
    assert max(date.fromisoformat(point["date"]) for kpi in document["kpis"] for point in kpi["points"]) <= day
    past = [
        *(lesson["date"] for lesson in document["lessons"]),
        *(objective["created"] for objective in document["objectives"]),
        *(task["done_on"] for task in document["tasks"] if task["done_on"]),
        *(step["done_on"] for each in document["key_results"] for step in each["milestones"] if step["done_on"]),
    ]
    assert max(past) <= day.isoformat()


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_cycle_in_force_contains_the_day_and_two_closed_ones_stand_before_it(day: date) -> None:
    cycles = company_on(day)["cycles"]
    assert [cycle["state"] for cycle in cycles] == ["closed", "closed", "active"]
    assert cycles[-1]["start"] <= day.isoformat() <= cycles[-1]["end"]
    for earlier, later in pairwise(cycles):
        assert date.fromisoformat(earlier["end"]) + timedelta(days=1) == date.fromisoformat(later["start"])


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_check_in_lies_in_the_cycle_of_its_key_result(day: date) -> None:
    document = company_on(day)
    objectives, results, cycles = (by_key(document[name]) for name in ("objectives", "key_results", "cycles"))
    for check_in in document["check_ins"]:
        cycle = cycles[objectives[results[check_in["key_result"]]["objective"]]["cycle"]]
        assert cycle["start"] <= written_on(check_in).isoformat() <= cycle["end"]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_somebody_checked_in_in_each_of_the_last_twelve_weeks(day: date) -> None:
    days = {written_on(check_in) for check_in in company_on(day)["check_ins"]}
    for back in range(12):
        assert days & {day - timedelta(days=7 * back + step) for step in range(1, 8)}


def test_all_key_results_of_the_published_guide_are_there() -> None:
    teams = {aim.key: aim.team for aim in AIMS}
    ours = {"KR-LAUNCH-STEPS", "KR-APP-RATING"}
    guides = [
        result
        for result in RESULTS
        if teams[result.aim] in ("company", "product", "engineering", "marketing", "sales", "customer-success")
        and result.aim not in ("O-TEAM", "O-FUNDING", "O-COMMISSION")
        and result.key not in ours
    ]
    assert Counter(teams[result.aim] for result in guides) == {
        "product": 10,
        "customer-success": 8,
        "company": 7,
        "engineering": 6,
        "marketing": 6,
        "sales": 6,
    }
    shapes = Counter(
        (result.shape.kind, result.shape.baseline is not None, result.shape.target is not None) for result in guides
    )
    assert shapes == {
        ("measure", True, True): 22,
        ("measure", False, True): 8,
        ("measure", False, False): 10,
        ("binary", True, True): 2,
        ("boundary", False, True): 1,
    }


def test_the_people_make_eight_teams_in_one_tree() -> None:
    document = company_on(MID_QUARTER)
    teams = document["teams"]
    assert len(teams) == 8
    assert [team["key"] for team in teams if team["parent"] is None] == ["company"]
    assert {team["parent"] for team in teams} >= {"engineering"}
    assert len(document["people"]) == 45
    assert Counter(person["role"] for person in document["people"]) == {"admin": 1, "lead": 7, "employee": 37}
    assert {team["lead"] for team in teams} == {
        person["email"] for person in document["people"] if person["role"] != "employee"
    }
    assert guide_on(MID_QUARTER).inactive == ("dominik.sroka@lumen.example",)
    assert {person["language"] for person in document["people"]} == {None, "pl"}
    assert {"Asia/Tokyo", "America/New_York"} <= {person["timezone"] for person in document["people"]}


def test_who_left_owns_nothing_that_is_in_force() -> None:
    document = company_on(MID_QUARTER)
    in_force = [each for each in document["key_results"] + document["objectives"] if each["state"] != "closed"]
    assert not set(guide_on(MID_QUARTER).inactive) & {each["owner"] for each in in_force}
    assert set(guide_on(MID_QUARTER).inactive) & {each["owner"] for each in document["key_results"]}


def test_names_are_shared_so_that_one_has_to_ask_who_is_meant() -> None:
    assert set(guide_on(MID_QUARTER).surnames) == {"Nowak", "Wilk", "Wrona"}
    titles = [each["title"] for each in company_on(MID_QUARTER)["key_results"]]
    assert {"Support response time", "Time to answer customers", "Churn rate", "Churn against last quarter"} <= {
        *titles
    }
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("day", FROM_MID_QUARTER_ON, ids=str)
def test_from_the_middle_of_a_quarter_every_kind_of_story_is_there(day: date) -> None:
    facts = guide_on(day)
    assert facts.most_behind[0] in ("KR-WIN-RATE", "KR-BUGS")
    assert facts.watermelons
    assert {"KR-OPEN-RATE", "KR-REQUIREMENTS"} <= set(facts.stale)
    assert set(facts.never) == {"KR-UPDATE-RETENTION", "KR-CHURN-QUARTER"}
    assert {"KR-BETA-PAID", "KR-DEAL-CYCLE"} <= set(facts.sliding)
    assert facts.postponed == ("KR-APP-RATING",)
    assert all(facts.by_status[status] for status in facts.by_status)
    assert len(facts.overdue) >= 10


def test_in_the_middle_of_a_quarter_the_win_rate_is_most_behind_and_three_are_green_outside_only() -> None:
    facts = guide_on(MID_QUARTER)
    assert facts.most_behind[0] == "KR-WIN-RATE"
    assert set(facts.watermelons) == {"KR-VELOCITY", "KR-CASE-STUDIES", "KR-OPEN-RATE"}
    assert "KR-ENPS" in facts.by_status["off_track"]
    assert "KR-TRAINING" in facts.by_status["completed"]


def test_only_what_should_be_old_is_stale_in_the_middle_of_a_quarter() -> None:
    for step in range(14):
        assert len(guide_on(MID_QUARTER + timedelta(days=step)).stale) <= 4


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_nps_falls_from_one_week_on_and_the_notes_say_why(day: date) -> None:
    document, facts = company_on(day), guide_on(day)
    assert facts.nps_turn == day - timedelta(days=day.weekday() + 35)
    assert facts.nps_before - facts.nps_now >= 10
    results = by_key(document["key_results"])
    fed = {key for key, result in results.items() if result["kpi"] == "KPI-NPS"}
    around = [
        check_in
        for check_in in document["check_ins"]
        if check_in["key_result"] in fed
        and facts.nps_turn <= written_on(check_in) <= facts.nps_turn + timedelta(days=20)
    ]
    text = " ".join(part for check_in in around for part in said(check_in))
    assert "release 6.2" in text
    assert "survey" in text
    assert "Waiting for an answer" in text


def test_other_figures_moved_in_the_week_of_the_turn_too() -> None:
    facts = guide_on(MID_QUARTER)
    change = {}
    for kpi in company_on(MID_QUARTER)["kpis"]:
        values = {point["date"]: point["value"] for point in kpi["points"]}
        before = (facts.nps_turn - timedelta(days=7)).isoformat()
        change[kpi["key"]] = values[facts.nps_turn.isoformat()] - values[before]
    assert change["KPI-FIRST-REPLY"] > 2
    assert change["KPI-CSAT"] < 0
    assert change["KPI-ACTIVATION"] > 0
    assert change["KPI-MRR"] > 0


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_kpi_has_a_point_on_each_of_the_last_26_mondays(day: date) -> None:
    monday = day - timedelta(days=day.weekday())
    mondays = [(monday - timedelta(weeks=back)).isoformat() for back in reversed(range(26))]
    assert all([point["date"] for point in kpi["points"]] == mondays for kpi in company_on(day)["kpis"])


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_check_in_on_the_nps_says_what_the_kpi_says(day: date) -> None:
    document = company_on(day)
    points = {point["date"]: point["value"] for point in by_key(document["kpis"])["KPI-NPS"]["points"]}
    fed = {each["key"] for each in document["key_results"] if each["kpi"] == "KPI-NPS"}
    for check_in in document["check_ins"]:
        if check_in["key_result"] in fed and check_in["value"] is not None:
            written = written_on(check_in)
            assert check_in["value"] == points[(written - timedelta(days=written.weekday())).isoformat()]


def test_restricted_objectives_have_check_ins_of_their_own() -> None:
    document, facts = company_on(MID_QUARTER), guide_on(MID_QUARTER)
    assert set(facts.hidden) <= {check_in["key_result"] for check_in in document["check_ins"]}
    assert {objective["team"] for objective in document["objectives"] if objective["visibility"] == "team"} == {
        "company",
        "sales",
    }
    assert any(set(task["key_results"]) & set(facts.hidden) for task in document["tasks"])


def test_every_team_objective_in_force_leads_up_to_one_of_the_company() -> None:
    objectives = by_key(company_on(MID_QUARTER)["objectives"])
    for objective in objectives.values():
        if objective["state"] == "active" and objective["team"] != "company":
            while objective["parent"]:
                objective = objectives[objective["parent"]]
            assert objective["team"] == "company"


def test_tasks_come_in_every_state() -> None:
    tasks = by_key(company_on(MID_QUARTER)["tasks"])
    assert {task["status"] for task in tasks.values()} == {"to_do", "in_progress", "in_review", "blocked", "done"}
    assert any(task["assignee"] is None for task in tasks.values())
    assert any(task["parent"] for task in tasks.values())
    assert any(not task["key_results"] for task in tasks.values())
    assert any(task["due"] is None for task in tasks.values())
    assert all((task["status"] == "done") == (task["done_on"] is not None) for task in tasks.values())
    for task in tasks.values():
        if task["status"] == "done":
            assert all(tasks[needed]["status"] == "done" for needed in task["depends_on"])


def test_closed_cycles_have_scores_and_lessons_in_both_languages() -> None:
    document = company_on(MID_QUARTER)
    closed = [each for each in document["key_results"] if each["state"] == "closed"]
    assert {each["score"] is None for each in closed} == {True, False}
    assert {lesson["kind"] for lesson in document["lessons"]} == {"helped", "hindered", "root_cause", "lesson"}
    assert any(is_polish(lesson["text"]) for lesson in document["lessons"])
    assert not [each["key"] for each in closed if re.search("LAST|BEFORE", each["key"])]


def is_polish(text: str) -> bool:
    return bool(re.search("[ąćęłńśźż]", text) or re.search(r"\b(nie|się|jest|już|tylko|bez|dla)\b", text))


def test_nobody_repeats_a_sentence_and_some_write_polish() -> None:
    remarks = [part for check_in in company_on(MID_QUARTER)["check_ins"] for part in said(check_in)]
    sentences = [sentence for remark in remarks for sentence in re.split(r"(?<=[.!?])\s", remark)]
    assert len(sentences) > 400
    assert len(set(sentences)) >= 0.98 * len(sentences)
    assert 0.12 < sum(map(is_polish, remarks)) / len(remarks) < 0.25


def test_one_note_quotes_a_joke_that_reads_like_an_instruction() -> None:
    notes = [check_in["note"] for check_in in company_on(MID_QUARTER)["check_ins"]]
    assert len([note for note in notes if "ignore the numbers" in note]) == 1


def test_moments_carry_the_offset_of_warsaw() -> None:
    for check_in in company_on(date(2026, 12, 31))["check_ins"]:
        at = datetime.fromisoformat(check_in["date"])
        assert at.utcoffset() == at.astimezone(ZoneInfo("Europe/Warsaw")).utcoffset()


def test_early_in_a_quarter_what_is_recent_stands_in_the_cycle_before() -> None:
    day = date(2026, 10, 3)
    document = company_on(day)
    late = [check_in for check_in in document["check_ins"] if written_on(check_in) > guide_on(day).nps_turn]
    assert {check_in["key_result"] for check_in in late} >= {"KR-NPS-26Q3", "KR-CSAT-26Q3", "KR-PIPELINE-26Q3"}


SECTION = "[KR-1]\nvalues 3 - .\nfaith  4-2\nsays   o-r\n"


@pytest.mark.parametrize(
    "text",
    [
        SECTION.replace("[KR-1]", "[KR-1] loud"),
        SECTION.replace("4-2", "4-22"),
        SECTION.replace("faith", "hope "),
        SECTION + "2: nobody wrote in the second week",
        SECTION + "a line that belongs nowhere",
    ],
    ids=["option", "letters", "line", "week", "remark"],
)
def test_a_diary_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(DiaryError, match="KR-1"):
        list(read(text))


def test_a_remark_can_be_somebody_elses() -> None:
    [diary] = read(SECTION + "3@sara.conti: for Ana\n1+ a win\n# not counted\n")
    assert [(entry.who, entry.note, entry.wins) for entry in diary.entries] == [
        (None, "", "a win"),
        ("sara.conti", "for Ana", ""),
    ]
