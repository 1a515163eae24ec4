"""The proof of a rule, its edits and dry runs, as the command line shows and prints them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main

ADMIN, EMPLOYEE = "irena.maj@lumen.example", "noor.haddad@lumen.example"
AT = "2026-11-23T09:00:00+01:00"
WEEKLY = "every Friday at 16:00 remind all OKR owners to update progress and confidence"

Okr = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def okr(capfd: pytest.CaptureFixture[str], sample_home: Path) -> Okr:
    """Runs the command with --json: the exit status, the document, what stood on standard error."""

    def run(*arguments: str, by: str = ADMIN, at: str = AT) -> tuple[int, Any, str]:
        capfd.readouterr()
        status = main(["--home", str(sample_home), *arguments, "--as", by, "--at", at, "--json"])
        printed, complained = capfd.readouterr()
        return status, json.loads(printed) if printed else None, complained

    return run


def told(capfd: pytest.CaptureFixture[str], home: Path, *arguments: str) -> str:
    assert main(["--home", str(home), *arguments, "--as", ADMIN, "--at", AT]) == 0
    return capfd.readouterr().out


def test_a_proposal_comes_with_its_proof_and_a_confirmed_rule_without(okr: Okr) -> None:
    _, document, _ = okr("rule", "add", WEEKLY)
    proof = document["proof"]
    assert document["rule"]["next"] == proof["coming"]["Europe/Warsaw"]
    assert proof["coming"]["Asia/Tokyo"][0] == "2026-11-28T00:00:00+09:00"
    (warsaw,) = [turn for turn in proof["clock_changes"] if turn["timezone"] == "Europe/Warsaw"]
    assert warsaw["before"].endswith("T16:00:00+01:00")
    assert warsaw["after"].endswith("T16:00:00+02:00")
    (tokyo,) = [turn for turn in proof["clock_changes"] if turn["timezone"] == "Asia/Tokyo"]
    assert (tokyo["before"][10:], tokyo["after"][10:]) == ("T00:00:00+09:00", "T23:00:00+09:00")
    assert len(proof["reaches"]) > 5
    assert [one["people"] for one in proof["past"]] == [len(proof["reaches"])] * 4
    assert proof["rights"] == {"as": "admin", "needs": ["message_others"]}
    assert set(okr("rule", "add", WEEKLY, "--confirm")[1]) == {"id", "state", "rule"}


def test_the_proof_of_changes_names_the_tasks(okr: Okr) -> None:
    sentence = "on Tuesdays at 10 move OKR tasks to blocked"
    proof = okr("rule", "add", sentence)[1]["proof"]
    assert proof["reaches"] == []
    assert {(one["kind"], one["to"], one["state"]) for one in proof["changes"]} == {
        ("set_task_status", "blocked", "would_be_done")
    }
    assert proof["rights"]["needs"] == ["change_tasks"]


def test_an_employees_own_reminder_needs_no_right(okr: Okr) -> None:
    proof = okr("rule", "add", "every Friday at 16:00 remind me to check in", by=EMPLOYEE)[1]["proof"]
    assert proof["rights"] == {"as": "own", "needs": []}
    assert [one["person"] for one in proof["reaches"]] == [EMPLOYEE]


def test_the_past_of_a_condition_says_which_days(okr: Okr) -> None:
    proof = okr("rule", "add", "if a key result has no check-in for 10 days, remind its owner")[1]["proof"]
    assert proof["past"]
    assert all(datetime.fromisoformat(one["instant"]) <= datetime.fromisoformat(AT) for one in proof["past"])
    assert all(one["records"] > 0 for one in proof["past"])


def test_an_edit_is_shown_first_and_done_with_confirm(
    okr: Okr, capfd: pytest.CaptureFixture[str], sample_home: Path
) -> None:
    key = okr("rule", "add", WEEKLY, "--confirm")[1]["id"]
    shown = told(capfd, sample_home, "rule", "edit", key, "every Monday at 9 remind me to plan")
    assert "Until now: Every Friday" in shown
    assert "Nothing is changed yet" in shown
    assert okr("rule", "list")[1]["rules"][0]["version"] == 1
    document = okr("rule", "edit", key, "every Monday at 9 remind me to plan", "--confirm")[1]
    assert (document["version"], document["state"], document["confirmed"]) == (2, "active", True)
    versions = okr("rule", "versions", key)[1]["versions"]
    assert [one["rule"]["rrule"].split(";")[1] for one in versions] == ["BYDAY=FR", "BYDAY=MO"]
    status, _, complained = okr("rule", "edit", key, "how are you?", "--confirm")
    assert (status, complained.startswith("okr: ")) == (1, True)


def test_a_dry_run_prints_what_would_be_sent(okr: Okr, capfd: pytest.CaptureFixture[str], sample_home: Path) -> None:
    key = okr("rule", "add", WEEKLY, "--confirm")[1]["id"]
    document = okr("rule", "dry-run", key)[1]
    assert {one["state"] for one in document["recipients"]} == {"would_get"}
    assert any(one["body"] for one in document["recipients"])
    assert "nothing is sent" in told(capfd, sample_home, "rule", "dry-run", key)
    assert okr("inbox")[1]["messages"] == []
    assert okr("rule", "runs", key)[1]["runs"] == []


def test_a_list_is_narrowed(okr: Okr) -> None:
    first = okr("rule", "add", WEEKLY, "--confirm")[1]["id"]
    second = okr("rule", "add", "when KR-CHURN goes off track, notify its owner")[1]["id"]
    third = okr("rule", "add", "every Friday at 16:00 remind me to check in", "--confirm", by=EMPLOYEE)[1]["id"]

    def listed(*how: str) -> list[str]:
        return [one["id"] for one in okr("rule", "list", *how)[1]["rules"]]

    assert listed() == [first, second, third]
    assert listed("--state", "proposed") == [second]
    assert listed("--kind", "condition") == [second]
    assert listed("--owner", EMPLOYEE) == [third]
    assert listed("--matching", "OWNERS update") == []
    assert listed("--matching", "okr owners") == [first]
