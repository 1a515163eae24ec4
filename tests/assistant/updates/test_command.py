"""`okr draft` from outside: what it prints, and what it refuses."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main

AT = "2026-11-23T09:00:00+01:00"
LENA = "lena.fischer@lumen.example"
IRENA = "irena.maj@lumen.example"


@pytest.fixture(autouse=True)
def _without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("OKR_", "OPENAI_")) and name != "OKR_TEST_POSTGRES"]:
        monkeypatch.delenv(name)


class Drafting:
    """The command on the sample company."""

    def __init__(self, home: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.home, self.capfd = home, capfd

    def __call__(self, *arguments: str, who: str = LENA, at: str = AT) -> tuple[int, str, str]:
        status = main(["--home", str(self.home), "draft", *arguments, "--as", who, "--at", at])
        printed, complained = self.capfd.readouterr()
        assert "our side" not in complained
        return status, printed, complained

    def document(self, *arguments: str, who: str = LENA, at: str = AT) -> dict[str, Any]:
        status, printed, complained = self(*arguments, "--format", "json", who=who, at=at)
        assert (status, complained) == (0, "")
        found: dict[str, Any] = json.loads(printed)
        return found


@pytest.fixture
def draft(sample_home: Path, capfd: pytest.CaptureFixture[str]) -> Drafting:
    return Drafting(sample_home, capfd)


def test_the_document_has_the_contracts_fields(draft: Drafting) -> None:
    found = draft.document("company")
    assert found["scope"] == "company"
    assert found["audience"] == "leadership"
    assert found["language"] == "en"
    assert found["period"] == {"from": "2026-11-23", "to": "2026-11-29", "label": "this week"}
    assert found["as_of"] == AT
    assert found["written_by"] == "templates"
    assert found["since"] == {"draft": None, "changes": []}
    assert found["tokens"] == {"prompt": 0, "completion": 0, "calls": 0}
    known = {fact["id"] for fact in found["facts"]}
    cited = {ident for part in found["sections"] for one in part["sentences"] for ident in one["facts"]}
    assert known == cited
    assert [fact["id"] for fact in found["facts"]] == [f"F{n}" for n in range(1, len(known) + 1)]


@pytest.mark.parametrize(
    ("period", "first", "last", "label", "as_of"),
    [
        ("last-week", "2026-11-16", "2026-11-22", "last week", "2026-11-22T23:59:59.999999+01:00"),
        ("2026-W46", "2026-11-09", "2026-11-15", "2026-W46", "2026-11-15T23:59:59.999999+01:00"),
        ("2026-w48", "2026-11-23", "2026-11-29", "2026-W48", AT),
        ("cycle", "2026-10-01", "2026-12-31", "cycle", AT),
    ],
)
def test_a_period_that_is_over_stands_at_its_end(
    draft: Drafting, period: str, first: str, last: str, label: str, as_of: str
) -> None:
    found = draft.document("company", "--period", period)
    assert found["period"] == {"from": first, "to": last, "label": label}
    assert found["as_of"] == as_of


@pytest.mark.parametrize(
    "arguments",
    [
        ("everything",),
        ("team:",),
        ("company", "--audience", "ceo"),
        ("company", "--period", "yesterday"),
        ("company", "--period", "2026-W60"),
        ("company", "--language", "de"),
        ("company", "--format", "exe"),
        ("company", "--json", "--format", "md"),
    ],
)
def test_an_unknown_value_is_wrong_usage(draft: Drafting, arguments: tuple[str, ...]) -> None:
    status, printed, complained = draft(*arguments)
    assert (status, printed) == (2, "")
    assert complained.startswith("okr: ")
    assert complained.count("\n") == 1


def test_a_future_period_is_told(draft: Drafting) -> None:
    status, printed, complained = draft("company", "--period", "2027-W02")
    assert (status, printed) == (1, "")
    assert "2027-W02 has not begun yet" in complained


def test_a_hidden_objective_gets_the_words_of_a_missing_one(draft: Drafting) -> None:
    hidden = draft("objective:O-COMMISSION")
    missing = draft("objective:O-NOWHERE")
    assert hidden[0] == missing[0] == 1
    assert hidden[2].replace("O-COMMISSION", "X") == missing[2].replace("O-NOWHERE", "X")
    assert draft("objective:O-COMMISSION", who=IRENA)[0] == 0


def test_what_a_person_may_not_see_is_in_no_part_of_the_document(draft: Drafting) -> None:
    for scope in ("company", "team:sales", "person:ana.nowak@lumen.example"):
        seen = json.dumps(draft.document(scope, "--audience", "team"))
        assert not [key for key in ("O-COMMISSION", "O-FUNDING", "KR-COMMISSION", "prowizji") if key in seen]


def test_a_period_without_a_cycle_is_said_and_nothing_is_invented(draft: Drafting) -> None:
    found = draft.document("company", "--period", "2020-W10")
    assert (found["facts"], found["missing"]) == ([], [])
    (section,) = found["sections"]
    assert [one["text"] for one in section["sentences"]] == [
        "No cycle is in force on 8 March 2020, so there is nothing to report on."
    ]


def test_the_same_store_gives_the_same_draft(draft: Drafting) -> None:
    first, second = (draft.document("company", "--audience", "team") | {"ms": 0} for _ in range(2))
    assert first == second


def test_drafting_stores_nothing(draft: Drafting) -> None:
    database = draft.home / "okr.db"
    before = database.read_bytes()
    draft.document("company")
    assert database.read_bytes() == before


def test_markdown_and_html_say_the_same_in_polish(draft: Drafting) -> None:
    _, markdown, _ = draft("company", "--language", "pl")
    status, page, _ = draft("company", "--language", "pl", "--format", "html")
    assert status == 0
    assert markdown.startswith("# Lumen: stan OKR-ów, 23–29 listopada\n")
    assert "## W skrócie" in markdown
    assert '<html lang="pl">' in page
    for word in ("Postęp ważony wynosi", "punktu za planem", "według reguły pace-gap"):
        assert word in markdown.replace("\u00a0", " ")
        assert word in page.replace("\u00a0", " ")
    assert "<script" not in page
    assert "http" not in page


def test_for_everybody_nobody_is_named_beside_what_is_behind(draft: Drafting) -> None:
    found = draft.document("company", "--audience", "all-hands")
    behind = {fact["id"]: fact for fact in found["facts"] if fact["values"].get("status") in ("off_track", "at_risk")}
    sentences = [one for part in found["sections"] for one in part["sentences"] if set(one["facts"]) & behind.keys()]
    assert sentences
    names = {name for fact in behind.values() for name in fact.get("names", ())}
    assert names
    assert not [one for one in sentences if any(name in one["text"] for name in names)]


def test_for_everybody_only_what_everybody_may_see_is_named(draft: Drafting) -> None:
    restricted = ("KR-COMMISSION", "KR-FUNDING", "prowizji")
    seen = draft.document("team:sales", "--audience", "team", "--period", "cycle", who=IRENA)
    assert any(word in json.dumps(seen, ensure_ascii=False) for word in restricted)
    for scope in ("company", "team:sales"):
        told = draft.document(scope, "--audience", "all-hands", who=IRENA)
        said = " ".join(one["text"] for part in told["sections"] for one in part["sentences"])
        titles = " ".join(fact.get("title", "") for fact in told["facts"])
        assert not [word for word in restricted if word in said + titles]
