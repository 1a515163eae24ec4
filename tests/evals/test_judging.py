"""What counts as right, wrong and declined, and which case files are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evals.cases import COMPANIES, HELD_OUT, Asked, CaseError, read_cases
from evals.company import Company
from evals.floor import raised, under
from evals.judging import DECLINED, RIGHT, WRONG, Judged, judge, judge_absence
from evals.report import as_markdown, groups, percentile

Document = dict[str, Any]
NOW = "2026-11-19T14:30:00+00:00"


@pytest.fixture(scope="module")
def company() -> Company:
    return Company(COMPANIES / "larkfield.json")


def asked(**wanted: Any) -> Asked:
    return Asked(
        id="q",
        company="larkfield",
        category="one record",
        language="en",
        asker="declan.obrien@larkfield.test",
        at=NOW,
        question="How is the median wait to triage?",
        wanted={"kind": ["answer"], **wanted},
        part="seen",
    )


def document(**said: Any) -> Document:
    told: Document = {"id": "q", "question": "?", "kind": "answer", "language": "en", "answer": "27 min."}
    told |= {"rows": [], "values": {}, "sources": [], "answered_by": "direct", "tokens": {}, "ms": 4.0}
    return told | said


def row(key: str, **values: object) -> Document:
    return {"id": key, "type": "key_result", "values": values}


ONE = asked(gold={"q": "one", "key": "LH-1"}, rows="first", values=["value", "progress"], evidence=True)
TOLD = document(rows=[row("LH-1", value=27, progress=0.3684)], sources=["LH-1", "N-19"])


def test_an_answer_with_the_right_row_figures_and_evidence_is_right(company: Company) -> None:
    assert judge(ONE, TOLD, company).reasons == ()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"rows": [row("LH-2", value=27, progress=0.3684)]}, "rows"),
        ({"rows": [row("LH-1", value=28, progress=0.3684)]}, "value is 28 instead of 27"),
        ({"rows": [row("LH-1", value=27)]}, "progress is not given"),
        ({"sources": ["LH-1"]}, "sources lack N-19"),
        ({"sources": ["LH-1", "N-19", "N-1234"]}, "N-1234 are not in the file"),
        ({"rows": [row("LH-1", value=27, progress=0.3684, status="on_track")], "as_of": NOW}, "status is on_track"),
        ({"rows": [{"id": "LH-1", "type": "task"}]}, "of type task"),
        ({"kind": "clarify"}, "without options"),
        ({"language": "pl"}, "language pl instead of en"),
        ({"kind": "proposal"}, "proposal instead of answer"),
        ({"error": {"code": "defect"}}, "failed"),
        ({"answer": " "}, "the answer is empty"),
    ],
)
def test_what_contradicts_is_wrong(company: Company, said: Document, reason: str) -> None:
    judged = judge(ONE, {**TOLD, **said}, company)
    assert judged.outcome == WRONG
    assert any(reason in one for one in judged.reasons)


@pytest.mark.parametrize("kind", ["clarify", "abstain", "refuse"])
def test_holding_back_is_declined(company: Company, kind: str) -> None:
    assert judge(ONE, document(kind=kind, options=["the one", "the other"]), company).outcome == DECLINED


def test_an_answer_where_none_can_be_is_wrong(company: Company) -> None:
    assert judge(asked(kind=["abstain", "clarify"]), document(), company).outcome == WRONG


@pytest.mark.parametrize(
    "said",
    [
        {"sources": ["N-99"]},
        {"rows": [row("LH-90")]},
        {"answer": "The merger: Prepare the merger with Saint Brigid."},
    ],
)
def test_telling_what_is_hidden_is_wrong_whatever_was_asked(company: Company, said: Document) -> None:
    judged = judge(asked(kind=["answer", "abstain"]), document(**said), company)
    assert judged.outcome == WRONG


def test_a_hidden_record_that_changes_the_answer_is_wrong(company: Company) -> None:
    judged = judge(asked(kind=["abstain"]), document(kind="abstain", answer="No such thing."), company)
    assert judged.outcome == RIGHT
    assert judge_absence(judged, document(kind="abstain", answer="No such thing.", ms=4)).outcome == RIGHT
    assert judge_absence(judged, document(kind="abstain", answer="What do you mean?")).outcome == WRONG


def test_the_floor_only_rises(company: Company) -> None:
    right = [judge(ONE, TOLD, company)]
    wrong = [judge(ONE, {**TOLD, "language": "pl"}, company)]
    floor = {"en.seen": {"right": 0.5, "wrong": 0.1}}
    assert under(right, floor) == []
    assert len(under(wrong, floor)) == 2
    assert '"right": 0.5' in raised(wrong, floor)
    assert '"right": 1.0' in raised(right, floor)
    assert '"wrong": 0.0' in raised(right, floor)


def test_the_report_names_what_was_not_right(company: Company) -> None:
    judged: list[Judged] = [judge(ONE, TOLD, company), judge(ONE, document(kind="abstain"), company)]
    report = as_markdown(judged, "direct")
    assert "| en.seen | 2 | 1 | 0 | 1 |" in report
    assert "**declined** `q`" in report
    assert groups(judged)["en.seen"].share_right == 0.5
    assert percentile([], 0.5) == 0.0


@pytest.mark.parametrize("language", ["en", "pl"])
def test_there_are_enough_cases_and_a_good_part_is_held_out(language: str) -> None:
    cases = [one for one in read_cases() if one.language == language]
    # A number and no share: a case is added for each fault that was found, and those are seen.
    assert len(cases) >= 1_000
    assert sum(1 for one in cases if one.part == HELD_OUT) >= 150


@pytest.mark.parametrize("line", ['colour = "red"', 'rows = "some"'])
def test_a_case_that_could_not_be_judged_is_refused(tmp_path: Path, line: str) -> None:
    head = 'company = "x"\ndomain = "x.test"\nas = "a"\nat = "2026-11-19"\n[[case]]\nid = "a"\ncategory = "c"\n'
    (tmp_path / "one.toml").write_text(f'{head}en = ["?"]\n{line}\n', encoding="utf-8")
    with pytest.raises(CaseError, match="a:"):
        read_cases(tmp_path)


def test_two_questions_with_one_id_are_refused(tmp_path: Path) -> None:
    head = 'company = "x"\ndomain = "x.test"\nas = "a"\nat = "2026-11-19"\n'
    case = '[[case]]\nid = "a"\ncategory = "c"\nen = ["?"]\n'
    (tmp_path / "one.toml").write_text(head + case + case, encoding="utf-8")
    with pytest.raises(CaseError, match=r"a\.en1"):
        read_cases(tmp_path)
