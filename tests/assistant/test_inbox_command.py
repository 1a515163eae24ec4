"""`okr inbox` and `okr prefs` from the outside: every act, in words and as JSON, and every refusal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main

ADMIN, LEAD, OTHER = "irena.maj@lumen.example", "ana.nowak@lumen.example", "noor.haddad@lumen.example"
AT = "2026-11-27T17:00:00+01:00"

Okr = Callable[..., tuple[int, str, str]]


@pytest.fixture
def okr(capfd: pytest.CaptureFixture[str], sample_home: Path) -> Okr:
    """Runs the command: the exit status, what it printed, what stood on standard error."""

    def run(*arguments: str, by: str = LEAD, at: str = AT) -> tuple[int, str, str]:
        capfd.readouterr()
        status = main(["--home", str(sample_home), *arguments, "--as", by, "--at", at])
        printed, complained = capfd.readouterr()
        assert "Traceback" not in printed + complained
        return status, printed, complained

    return run


@pytest.fixture
def reminded(okr: Okr) -> Okr:
    """The admin's Friday reminder has reached the owners."""
    okr(
        "rule", "add", "every Friday at 16:00 remind all OKR owners to update progress and confidence", "--confirm",
        by=ADMIN, at="2026-11-23T09:00:00+01:00",
    )  # fmt: skip
    okr("worker", "--once", by=ADMIN, at="2026-11-27T16:00:30+01:00")
    return okr


def messages(okr: Okr, *arguments: str) -> list[dict[str, Any]]:
    status, printed, _ = okr("inbox", *arguments, "--json")
    assert status == 0
    found: list[dict[str, Any]] = json.loads(printed)["messages"]
    return found


def test_a_message_is_read_put_off_and_acknowledged(reminded: Okr) -> None:
    (one,) = messages(reminded)
    assert (one["unread"], one["read"], one["outside"]) == (True, False, None)
    assert "KR-WIN-RATE" in one["records"]
    (snoozed,) = messages(reminded, "--snooze", one["id"], "--until", "2026-11-30T09:00")
    assert snoozed["snoozed_until"] == "2026-11-30T09:00:00+01:00"
    assert messages(reminded, "--unread") == []
    assert "put off until 2026-11-30 09:00" in reminded("inbox")[1]
    assert len(json.loads(reminded("inbox", "--unread", "--json", at="2026-11-30T09:00:00+01:00")[1])["messages"]) == 1
    (seen,) = messages(reminded, "--acknowledge", one["id"])
    assert (seen["acknowledged_at"], seen["read"]) == (AT, True)
    assert "(acknowledged)" in reminded("inbox")[1]
    assert json.loads(reminded("inbox", "--read", "all", "--json")[1]) == {"read": 0}


def test_why_says_it_in_words_and_as_fields(reminded: Okr) -> None:
    (one,) = messages(reminded)
    status, printed, _ = reminded("inbox", "--why", one["id"])
    assert status == 0
    assert printed.startswith("Rule RULE-1 of Irena Maj.\nIt does: Every Friday at 16:00")
    document = json.loads(reminded("inbox", "--why", one["id"], "--json")[1])
    assert (document["rule"], document["owner"], document["may_turn_off"]) == ("RULE-1", ADMIN, True)
    assert document["instant"] == "2026-11-27T16:00:00+01:00"
    assert document["audience"]["kind"] == "okr_owners"


def test_turning_off_and_on_again(reminded: Okr) -> None:
    (one,) = messages(reminded)
    assert json.loads(reminded("inbox", "--turn-off", one["id"], "--json")[1]) == {"rule": "RULE-1", "turned_off": True}
    assert "turned it off" in reminded("inbox", "--why", one["id"])[1]
    assert reminded("inbox", "--turn-on", "rule-1")[1] == "RULE-1: you get its messages again.\n"
    assert reminded("rule", "must", "RULE-1", by=ADMIN)[1] == "RULE-1: its recipients may not turn it off.\n"
    status, _, complained = reminded("inbox", "--turn-off", one["id"])
    assert (status, complained) == (
        1,
        "okr: RULE-1 is a must and cannot be turned off. An admin decided so; ask one.\n",
    )
    reminded("rule", "must", "RULE-1", "--lift", by=ADMIN)
    assert reminded("inbox", "--turn-off", one["id"])[0] == 0


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("inbox", "--why", "MSG-99"), 1, "No message called 'MSG-99'."),
        (("inbox", "--read", "MSG-99"), 1, "No message called 'MSG-99'."),
        (("inbox", "--turn-off", "RULE-9"), 1, "No message or rule called 'RULE-9'."),
        (("inbox", "--snooze", "MSG-1"), 2, "It is not said until when."),
        (("inbox", "--until", "2026-12-01"), 2, "--until goes with --snooze."),
        (("inbox", "--snooze", "MSG-1", "--until", "soon"), 2, "--until: 'soon' is not a date"),
        (("inbox", "--read", "MSG-1", "--why", "MSG-1"), 2, "not allowed with argument"),
        (("prefs", "--channel", "pigeon"), 1, "There is no channel called 'pigeon'. There is: inbox."),
        (("prefs", "--quiet", "late"), 1, "'late' is no stretch of the clock."),
        (("prefs", "--digest-at", "noon"), 1, "'noon' is no time of day."),
        (("prefs", "--digest", "hourly"), 2, "invalid choice"),
        (("rule", "must", "RULE-1"), 1, "No rule called 'RULE-1'."),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else None,
)
def test_what_cannot_be_done_is_said(reminded: Okr, arguments: tuple[str, ...], status: int, said: str) -> None:
    found = reminded(*arguments, by=OTHER if "MSG-99" in arguments else LEAD)
    assert found[0] == status
    assert said in found[2]


def test_wishes_are_kept_and_shown(okr: Okr) -> None:
    document = json.loads(
        okr("prefs", "--quiet", "18:00-08:00", "--digest", "daily", "--digest-at", "7:30", "--json")[1]
    )
    assert document == {
        "channel": None, "quiet": "18:00-08:00", "digest": "daily", "digest_at": "07:30",
        "timezone": "Europe/Warsaw", "usual": "inbox", "channels": ["inbox"],
    }  # fmt: skip
    assert okr("prefs")[1] == (
        "Channel: inbox (the usual one). There is: inbox.\n"
        "Quiet hours: 18:00 to 08:00 (Europe/Warsaw).\nDigest: daily at 07:30.\n"
    )
    assert "Quiet hours: none" in okr("prefs", "--quiet", "none", "--digest", "none", "--channel", "usual")[1]
