"""Rules from the outside: set on the command line, run by the worker, read in the inbox."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from assistant.cli import main
from okr.store import Store

ADMIN = "irena.maj@lumen.example"
LEAD = "ana.nowak@lumen.example"
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
        assert printed.count("\n") <= 1
        return status, json.loads(printed) if printed else None, complained

    return run


def added(okr: Okr, sentence: str, by: str = ADMIN, at: str = AT, *more: str) -> str:
    status, document, complained = okr("rule", "add", sentence, "--confirm", *more, by=by, at=at)
    assert (status, complained) == (0, "")
    assert document["state"] == "active"
    key: str = document["id"]
    return key


def runs(okr: Okr, key: str, by: str = ADMIN) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = okr("rule", "runs", key, by=by)[1]["runs"]
    return found


def states(okr: Okr, key: str, by: str = ADMIN) -> list[tuple[str, str]]:
    return [(run["instant"], run["state"]) for run in runs(okr, key, by)]


def inbox(okr: Okr, by: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = okr("inbox", by=by)[1]["messages"]
    return found


def changed(okr: Okr, home: Path, change: Callable[[dict[str, Any]], None]) -> None:
    file = home.parent / "company.json"
    assert main(["--home", str(home), "export", str(file)]) == 0
    company = orjson.loads(file.read_bytes())
    change(company)
    file.write_bytes(orjson.dumps(company))
    assert main(["--home", str(home), "import", str(file), "--at", AT]) == 0


def test_a_sentence_is_read_and_nothing_is_stored(okr: Okr) -> None:
    status, document, _ = okr("rule", "read", WEEKLY)
    assert status == 0
    assert document["rrule"] == "FREQ=WEEKLY;BYDAY=FR;BYHOUR=16;BYMINUTE=0"
    assert document["next"][0] == "2026-11-27T16:00:00+01:00"
    assert set(document) >= {"id", "text", "language", "kind", "audience", "actions", "readback", "ms"}
    assert okr("rule", "list")[1] == {"rules": []}


def test_a_batch_is_read_in_order_and_a_bad_line_says_so(
    capfd: pytest.CaptureFixture[str], sample_home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "in.jsonl"
    lines = [
        {"id": "a", "text": WEEKLY, "as": ADMIN, "at": AT},
        {"id": "b", "text": "w każdy poniedziałek o 9 przypomnij mi o check-inie", "as": LEAD, "at": AT},
        {"id": "c", "text": "how do reminders work?", "as": ADMIN, "at": AT},
        {"id": "d", "text": "every Friday", "as": "nobody@x.example", "at": AT},
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines))
    status = main(["--home", str(sample_home), "rule", "read", "--batch", str(file), "--json"])
    documents = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert status == 1
    assert [d["id"] for d in documents] == ["a", "b", "c", "d"]
    assert [d["kind"] for d in documents] == ["recurring", "recurring", "none", "none"]
    assert documents[1]["language"] == "pl"
    assert documents[3]["error"]["code"] == "unknown-person"


def test_names_and_records_are_those_of_the_store(okr: Okr) -> None:
    assert okr("rule", "read", "every Friday at 16:00 remind Ana Nowak to check in")[1]["audience"]["people"] == [LEAD]
    condition = okr("rule", "read", "when progress of KR-CHURN falls below 40% tell me")[1]["condition"]
    assert condition["scope"] == "key_result:KR-CHURN"
    outside = okr("rule", "read", "every Friday at 16:00 remind eve@evil.example to check in")[1]
    assert outside["kind"] == "unclear"
    assert outside["unclear"][0]["about"] == "address"


def test_a_reminder_reaches_each_owner_once(okr: Okr) -> None:
    key = added(okr, WEEKLY)
    for _ in range(2):
        assert okr("worker", "--once", at="2026-11-27T16:00:30+01:00")[0] == 0
    (run,) = runs(okr, key)
    assert (run["instant"], run["state"]) == ("2026-11-27T16:00:00+01:00", "done")
    assert len(run["recipients"]) > 5
    assert {to["state"] for to in run["recipients"]} == {"delivered"}
    (message,) = [m for m in inbox(okr, LEAD) if m["rule"] == key]
    assert message["id"] in {to["message"] for to in run["recipients"] if to["person"] == LEAD}
    assert message["kind"] == "reminder"
    assert message["read"] is False
    assert datetime.fromisoformat(message["instant"]) == datetime.fromisoformat("2026-11-27T16:00:00+01:00")


def test_nothing_runs_at_or_before_the_moment_of_confirmation(okr: Okr) -> None:
    key = added(okr, WEEKLY, at="2026-11-27T16:00:00+01:00")
    okr("worker", "--once", at="2026-11-27T16:30:00+01:00")
    assert runs(okr, key) == []
    okr("worker", "--once", at="2026-12-04T16:00:00+01:00")
    assert states(okr, key) == [("2026-12-04T16:00:00+01:00", "done")]


def test_a_proposal_does_nothing_until_it_is_confirmed(okr: Okr) -> None:
    status, document, _ = okr("rule", "add", WEEKLY)
    assert (status, document["state"]) == (0, "proposed")
    okr("worker", "--once", at="2026-11-27T16:00:30+01:00")
    assert runs(okr, document["id"]) == []
    assert okr("rule", "confirm", document["id"], at="2026-11-28T09:00+01:00")[1]["state"] == "active"
    okr("worker", "--once", at="2026-12-04T16:00:30+01:00")
    assert len(runs(okr, document["id"])) == 1


def test_a_late_start_sends_the_latest_and_records_the_others(okr: Okr) -> None:
    key = added(okr, "every day at 9:00 remind me to plan")
    okr("worker", "--once", at="2026-11-26T10:30:00+01:00")
    assert [state for _, state in states(okr, key)] == ["missed", "missed", "done"]
    okr("worker", "--once", at="2026-11-27T11:00:01+01:00")
    assert [state for _, state in states(okr, key)] == ["missed", "missed", "done", "missed"]
    assert len(inbox(okr, ADMIN)) == 1


def test_a_clock_that_goes_back_repeats_nothing(okr: Okr) -> None:
    key = added(okr, "every day at 9:00 remind me to plan")
    for at in ("2026-11-24T09:00:10+01:00", "2026-11-23T10:00:00+01:00", "2026-11-24T09:00:20+01:00"):
        okr("worker", "--once", at=at)
    assert states(okr, key) == [("2026-11-24T09:00:00+01:00", "done")]
    assert len(inbox(okr, ADMIN)) == 1


def test_what_came_in_a_pause_is_never_sent(okr: Okr) -> None:
    key = added(okr, "every day at 9:00 remind me to plan")
    assert okr("rule", "pause", key, at="2026-11-24T08:00+01:00")[1]["state"] == "paused"
    assert okr("rule", "resume", key, at="2026-11-25T09:30+01:00")[1]["state"] == "active"
    okr("worker", "--once", at="2026-11-25T09:31+01:00")
    assert [state for _, state in states(okr, key)] == ["paused", "paused"]
    okr("worker", "--once", at="2026-11-26T09:01+01:00")
    assert [state for _, state in states(okr, key)] == ["paused", "paused", "done"]
    assert len(inbox(okr, ADMIN)) == 1


def test_what_came_just_before_a_pause_or_the_end_is_recorded(okr: Okr) -> None:
    paused, removed = (added(okr, "every day at 9:00 remind me to plan") for _ in range(2))
    okr("rule", "pause", paused, at="2026-11-24T09:30+01:00")
    okr("rule", "remove", removed, at="2026-11-24T09:30+01:00")
    okr("worker", "--once", at="2026-11-24T09:31+01:00")
    assert states(okr, paused) == states(okr, removed) == [("2026-11-24T09:00:00+01:00", "missed")]
    okr("rule", "resume", paused, at="2026-11-24T09:32+01:00")
    okr("worker", "--once", at="2026-11-24T09:33+01:00")
    assert len(states(okr, paused)) == 1
    assert inbox(okr, ADMIN) == []


def test_a_removed_rule_stays_readable_and_sends_nothing(okr: Okr) -> None:
    key = added(okr, "every day at 9:00 remind me to plan")
    okr("worker", "--once", at="2026-11-24T09:00+01:00")
    assert okr("rule", "remove", key, at="2026-11-24T10:00+01:00")[1]["state"] == "removed"
    okr("worker", "--once", at="2026-11-25T09:00+01:00")
    assert states(okr, key) == [("2026-11-24T09:00:00+01:00", "done")]
    assert len(inbox(okr, ADMIN)) == 1
    assert okr("rule", "list")[1] == {"rules": []}


@pytest.mark.parametrize(
    ("made", "now", "instant"),
    [
        ("2027-03-27T12:00+01:00", "2027-03-28T03:30:10+02:00", "2027-03-28T03:30:00+02:00"),
        ("2026-10-24T12:00+02:00", "2026-10-25T02:30:10+02:00", "2026-10-25T02:30:00+02:00"),
    ],
)
def test_both_nights_of_the_clock_fire_once(okr: Okr, made: str, now: str, instant: str) -> None:
    key = added(okr, "every day at 02:30 remind me to sleep", at=made)
    okr("worker", "--once", at=now)
    later = (datetime.fromisoformat(now) + timedelta(hours=1)).isoformat()
    okr("worker", "--once", at=later)
    assert states(okr, key) == [(instant, "done")]


def test_each_persons_own_time_is_an_instant_of_its_own(okr: Okr) -> None:
    key = added(okr, "every Friday at 16:00 in each person's own time remind all OKR owners to update progress")
    okr("worker", "--once", at="2026-11-27T15:59:00+01:00")
    east = runs(okr, key)
    assert all(
        datetime.fromisoformat(run["instant"]) < datetime.fromisoformat("2026-11-27T16:00+01:00") for run in east
    )
    okr("worker", "--once", at="2026-11-27T17:00:30+01:00")
    sent = Counter(to["person"] for run in runs(okr, key) for to in run["recipients"] if to["state"] == "delivered")
    assert sent[LEAD] == 1
    assert set(sent.values()) == {1}


def test_a_condition_speaks_when_a_record_begins_to_meet_it(okr: Okr, sample_home: Path) -> None:
    key = added(okr, "when confidence of KR-CHURN falls below 2 notify me")
    okr("worker", "--once", at="2026-11-23T10:00+01:00")
    already = len(runs(okr, key))
    assert already == 0

    def say(confidence: int, day: str, ident: str) -> None:
        def change(company: dict[str, Any]) -> None:
            company["check_ins"].append(
                {"key": ident, "key_result": "KR-CHURN", "date": day, "author": LEAD, "confidence": confidence}
            )

        changed(okr, sample_home, change)

    say(5, "2026-11-23T10:30+01:00", "CI-X1")
    okr("worker", "--once", at="2026-11-23T11:00+01:00")
    assert runs(okr, key) == []
    say(1, "2026-11-23T11:30+01:00", "CI-X2")
    for at in ("2026-11-23T12:00+01:00", "2026-11-23T13:00+01:00"):
        okr("worker", "--once", at=at)
    (run,) = runs(okr, key)
    assert [to["state"] for to in run["recipients"]] == ["delivered"]
    assert inbox(okr, ADMIN)[0]["record"] == "KR-CHURN"
    say(5, "2026-11-23T13:30+01:00", "CI-X3")
    okr("worker", "--once", at="2026-11-23T14:00+01:00")
    say(1, "2026-11-23T14:30+01:00", "CI-X4")
    okr("worker", "--once", at="2026-11-23T15:00+01:00")
    assert len(runs(okr, key)) == 2


@pytest.mark.parametrize(
    "sentence",
    [
        "when a key result becomes off track, notify its owner",
        "when progress of a key result drops below 90% tell me",
        "when the gap of a key result is above 1 point, tell me",
        "if a key result has no check-in for 10 days, remind its owner",
        "if confidence falls 2 weeks in a row, tell the leads",
        "when a task is overdue notify the lead",
        "when a task is blocked tell me",
    ],
)
def test_what_met_the_condition_before_is_not_told(okr: Okr, sentence: str) -> None:
    key = added(okr, sentence)
    okr("worker", "--once", at="2026-11-23T09:10+01:00")
    assert runs(okr, key) == []


def test_silence_becomes_a_message_when_its_days_are_over(okr: Okr) -> None:
    key = added(okr, "if a key result has no check-in for 10 days, remind its owner")
    okr("worker", "--once", at="2026-12-05T12:00+01:00")
    (run,) = runs(okr, key)
    assert run["recipients"]
    assert {to["state"] for to in run["recipients"]} == {"delivered"}


# -- rights ----------------------------------------------------------------------------------------


def employee(okr: Okr, home: Path) -> str:
    file = home.parent / "who.json"
    main(["--home", str(home), "export", str(file)])
    company = orjson.loads(file.read_bytes())
    leads = {team["lead"] for team in company["teams"]}
    return next(
        str(p["email"])
        for p in company["people"]
        if p["role"] == "employee" and p["active"] and p["email"] not in leads and not p["timezone"]
    )


@pytest.mark.parametrize(
    "sentence",
    [
        WEEKLY,
        "every Friday at 16:00 remind Ana Nowak to check in",
        "every Friday at 16:00 send leadership the OKR summary",
        "when a key result becomes off track, notify its owner",
    ],
)
def test_an_employees_rule_reaches_only_that_employee(okr: Okr, sample_home: Path, sentence: str) -> None:
    who = employee(okr, sample_home)
    status, _, complained = okr("rule", "add", sentence, "--confirm", by=who)
    assert status == 1
    assert "You may not" in complained
    assert okr("rule", "list", by=ADMIN)[1] == {"rules": []}
    added(okr, "every Friday at 16:00 remind me to check in", by=who)


@pytest.mark.parametrize(
    "sentence",
    [
        "every 5 minutes remind me to breathe",
        "on 3 January 2020 at 9:00 remind me to look",
        "on 31 November at 9:00 remind me to look",
        "every Friday at 16:00 remind eve@evil.example to check in",
        "let me know when things look bad",
        "how do reminders work?",
    ],
)
def test_what_cannot_run_is_refused_in_words(okr: Okr, sentence: str) -> None:
    status, _, complained = okr("rule", "add", sentence, "--confirm")
    assert status == 1
    assert complained.startswith("okr: ")
    assert "Traceback" not in complained
    assert okr("rule", "list")[1] == {"rules": []}


def test_a_rule_whose_owner_left_pauses_and_an_admin_is_told(okr: Okr, sample_home: Path) -> None:
    who = employee(okr, sample_home)
    key = added(okr, "every day at 9:00 remind me to plan", by=who)

    def leave(company: dict[str, Any]) -> None:
        next(p for p in company["people"] if p["email"] == who)["active"] = False

    changed(okr, sample_home, leave)
    okr("worker", "--once", at="2026-11-24T09:00:10+01:00")
    assert states(okr, key) == [("2026-11-24T09:00:00+01:00", "paused")]
    (notice,) = [m for m in inbox(okr, ADMIN) if m["rule"] == key]
    assert (notice["kind"], notice["instant"]) == ("notice", None)
    status, _, complained = okr("inbox", by=who)
    assert (status, complained != "") == (1, True)


def test_an_owner_who_lost_the_right_is_told_and_the_rule_pauses(okr: Okr, sample_home: Path) -> None:
    key = added(okr, WEEKLY)

    def demote(company: dict[str, Any]) -> None:
        next(p for p in company["people"] if p["email"] == ADMIN)["role"] = "employee"
        for team in company["teams"]:
            if team["lead"] == ADMIN:
                team["lead"] = LEAD

    changed(okr, sample_home, demote)
    okr("worker", "--once", at="2026-11-27T16:00:10+01:00")
    assert states(okr, key) == [("2026-11-27T16:00:00+01:00", "paused")]
    assert inbox(okr, ADMIN)[0]["kind"] == "notice"
    assert inbox(okr, LEAD) == []


def test_somebody_elses_rule_does_not_exist(okr: Okr, sample_home: Path) -> None:
    key = added(okr, WEEKLY)
    who = employee(okr, sample_home)
    for act in ("runs", "pause", "resume", "remove", "confirm"):
        mine, missing = okr("rule", act, key, by=who), okr("rule", act, "RULE-99", by=who)
        assert mine[0] == missing[0] == 1
        assert mine[2].replace(key, "RULE-99") == missing[2]


def test_a_recipient_who_may_not_see_the_record_is_skipped(okr: Okr, sample_home: Path) -> None:
    file = sample_home.parent / "who.json"
    main(["--home", str(sample_home), "export", str(file)])
    company = orjson.loads(file.read_bytes())
    hidden = {o["key"]: o["team"] for o in company["objectives"] if o["visibility"] == "team"}
    record = next(k for k in company["key_results"] if k["objective"] in hidden)
    leads = {team["lead"] for team in company["teams"]}
    outside = next(
        p
        for p in company["people"]
        if p["role"] == "employee"
        and p["active"]
        and p["email"] not in leads
        and p["team"] != hidden[record["objective"]]
    )
    key = added(okr, f'every Friday at 16:00 remind {outside["email"]} to "look at {record["key"]}"')
    okr("worker", "--once", at="2026-11-27T16:00:10+01:00")
    (run,) = runs(okr, key)
    assert run["recipients"] == [
        {"person": outside["email"], "state": "skipped", "message": None, "reason": "not_visible"}
    ]
    assert inbox(okr, outside["email"]) == []


# -- faults ----------------------------------------------------------------------------------------


def start(home: Path, at: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", "--home", str(home), "worker", "--once", "--at", at],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=dict(os.environ),
    )


def test_workers_that_are_killed_lose_and_double_nothing(okr: Okr, sample_home: Path) -> None:
    key = added(okr, WEEKLY)
    at = "2026-11-27T16:00:10+01:00"
    delays = random.Random(7)
    for _ in range(6):
        working = start(sample_home, at)
        time.sleep(0.3 + delays.random() * 0.5)
        working.send_signal(signal.SIGKILL)
        working.wait()
    assert start(sample_home, at).wait() == 0
    (run,) = runs(okr, key)
    assert run["state"] == "done"
    assert {to["state"] for to in run["recipients"]} == {"delivered"}
    for to in run["recipients"]:
        assert [m["id"] for m in inbox(okr, to["person"]) if m["rule"] == key] == [to["message"]]


def test_two_workers_at_once_deliver_once(okr: Okr, sample_home: Path) -> None:
    key = added(okr, WEEKLY)
    at = "2026-11-27T16:00:10+01:00"
    workers = [start(sample_home, at) for _ in range(3)]
    for working in workers:
        _, complained = working.communicate()
        assert (working.returncode, complained) == (0, b"")
    (run,) = runs(okr, key)
    assert run["state"] == "done"
    messages = [m for to in run["recipients"] for m in inbox(okr, to["person"]) if m["rule"] == key]
    assert len(messages) == len(run["recipients"]) == len({m["id"] for m in messages})


def test_the_proof_stands_on_standard_output(capfd: pytest.CaptureFixture[str], sample_home: Path) -> None:
    status = main(["--home", str(sample_home), "rule", "add", WEEKLY, "--as", ADMIN, "--at", AT])
    printed = capfd.readouterr().out
    assert status == 0
    for part in (WEEKLY, "It does: Every Friday", "Assumed: timezone", "Ana Nowak", "past four weeks", "Rights:"):
        assert part in printed


def test_a_report_and_polish_words_arrive(okr: Okr, sample_home: Path) -> None:
    def polish(company: dict[str, Any]) -> None:
        next(p for p in company["people"] if p["email"] == LEAD)["language"] = "pl"

    changed(okr, sample_home, polish)
    added(okr, "co środę o 12:30 wyślij zarządowi raport OKR")
    okr("worker", "--once", at="2026-11-25T12:30:10+01:00")
    mine, theirs = inbox(okr, LEAD), inbox(okr, ADMIN)
    assert mine[0]["kind"] == "update"
    assert "Postęp ważony wynosi" in mine[0]["body"]
    assert "Progress is" in theirs[0]["body"]
    # What one of them may not see is in the other's alone.
    assert ("prowizji" in mine[0]["body"]) <= ("prowizji" in theirs[0]["body"])


def test_an_update_for_approval_reaches_its_owner_alone_and_is_kept_once(okr: Okr, sample_store: Store) -> None:
    added(okr, "Every Wednesday at 9 draft the leadership update and send it to me for approval")
    for second in (5, 40):
        okr("worker", "--once", at=f"2026-11-25T09:00:{second:02}+01:00")
    (mine,) = inbox(okr, ADMIN)
    assert inbox(okr, LEAD) == []
    (kept,) = sample_store.updates(sample_store.actor(ADMIN))
    assert (kept.state, kept.scope, kept.audience) == ("draft", "company", "leadership")
    assert kept.key in mine["body"]
