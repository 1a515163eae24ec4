"""Orders about rules that exist."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from rule_scoring import NOW, read

from okr.language.rules.commands import Standing, read_command

STANDING = [
    Standing("RULE-1", read("every Friday at 16:00 remind all OKR owners to update progress")),
    Standing("RULE-2", read("co poniedziałek o 9 przypomnij mi o fakturach")),
]


@pytest.mark.parametrize(
    ("text", "act", "targets"),
    [
        ("stop the Friday reminder", "remove", ("RULE-1",)),
        ("please cancel RULE-2", "remove", ("RULE-2",)),
        ("wyłącz przypomnienie piątkowe", "pause", ("RULE-1",)),
        ("wstrzymaj przypomnienie o fakturach", "pause", ("RULE-2",)),
        ("wznów przypomnienie poniedziałkowe", "resume", ("RULE-2",)),
        ("pause all my reminders", "pause", ("RULE-1", "RULE-2")),
        ("przestań mi przypominać w piątki", "remove", ("RULE-1",)),
        ("pause the reminder", "pause", ("RULE-1", "RULE-2")),
        ("stop the Wednesday reminder", "remove", ()),
    ],
)
def test_an_order_names_what_to_do_with_which_rules(text: str, act: str, targets: tuple[str, ...]) -> None:
    command = read_command(text, STANDING, now=NOW)
    assert command is not None
    assert (command.act, command.targets) == (act, targets)


@pytest.mark.parametrize(
    ("text", "rrule"),
    [
        ("move the Friday reminder to Monday", "FREQ=WEEKLY;BYDAY=MO;BYHOUR=16;BYMINUTE=0"),
        ("change the Friday reminder to 10:30", "FREQ=WEEKLY;BYDAY=FR;BYHOUR=10;BYMINUTE=30"),
        ("przenieś przypomnienie piątkowe na wtorek o 11", "FREQ=WEEKLY;BYDAY=TU;BYHOUR=11;BYMINUTE=0"),
    ],
)
def test_a_rule_is_moved_in_words(text: str, rrule: str) -> None:
    command = read_command(text, STANDING, now=NOW)
    assert command is not None
    assert command.targets == ("RULE-1",)
    assert command.changed is not None
    assert command.changed.schedule is not None
    assert command.changed.schedule.rrule == rrule


@pytest.mark.parametrize(
    "text", ["every Friday at 16:00 remind me", "jak idzie KR-1?", "move tasks to done every Friday"]
)
def test_what_is_no_order_is_none(text: str) -> None:
    assert read_command(text, STANDING, now=NOW) is None
