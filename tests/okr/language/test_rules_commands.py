"""Orders about rules that exist."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from rule_scoring import NOW, read

from okr.automations import AllOf
from okr.language.rules.commands import Standing, asks_who, read_command

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


EVERYTHING = [
    *STANDING,
    Standing("RULE-3", read("when NPS drops below 30 let leadership know")),
    Standing("RULE-4", read("if progress of KR-1 drops below 25% alert Ana Nowak")),
    Standing("RULE-5", read("on the first Monday of the month at 10:00 send the leads the report")),
]


@pytest.mark.parametrize(
    ("text", "act", "targets"),
    [
        ("stop the NPS alert", "remove", ("RULE-3",)),
        ("stop the CSAT alert", "remove", ()),
        ("please cancel the monthly report", "remove", ("RULE-5",)),
        ("I don't want the Friday reminder any more", "remove", ("RULE-1",)),
        ("nie chcę już przypomnienia o fakturach", "remove", ("RULE-2",)),
        ("pause RULE-4", "pause", ("RULE-4",)),
    ],
)
def test_a_rule_is_known_by_its_words_kind_and_id(text: str, act: str, targets: tuple[str, ...]) -> None:
    command = read_command(text, EVERYTHING, now=NOW)
    assert command is not None
    assert (command.act, command.targets) == (act, targets)


@pytest.mark.parametrize(
    ("text", "rrule"),
    [
        ("make the Friday reminder daily", "FREQ=DAILY;BYHOUR=16;BYMINUTE=0"),
        ("zmień RULE-1 na co dwa tygodnie", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;BYHOUR=16;BYMINUTE=0"),
        ("move RULE-1 an hour earlier", "FREQ=WEEKLY;BYDAY=FR;BYHOUR=15;BYMINUTE=0"),
        ("przesuń przypomnienie piątkowe o godzinę później", "FREQ=WEEKLY;BYDAY=FR;BYHOUR=17;BYMINUTE=0"),
        ("move the report to the last Friday of the month at 14:00", "FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=14;BYMINUTE=0"),
        ("change RULE-2 to weekdays at 7", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=7;BYMINUTE=0"),
    ],
)
def test_a_rule_is_repeated_otherwise_in_words(text: str, rrule: str) -> None:
    command = read_command(text, EVERYTHING, now=NOW, read=read)
    assert command is not None
    assert command.changed is not None
    assert command.changed.schedule is not None
    assert command.changed.schedule.rrule == rrule
    assert command.changed.coming(NOW, 1)[0] > NOW


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("change the NPS alert to 25", 25),
        ("change the KR-1 alert to 40 %", 0.4),
        ("zmień próg alertu NPS na 20", 20),
    ],
)
def test_the_number_of_a_condition_is_changed_in_words(text: str, value: float) -> None:
    command = read_command(text, EVERYTHING, now=NOW)
    assert command is not None
    assert command.changed is not None
    assert command.changed.condition is not None
    assert not isinstance(command.changed.condition, AllOf)
    assert command.changed.condition.value == value


def test_a_rule_is_turned_to_other_people_in_words() -> None:
    command = read_command("send the Friday reminder to the team leads instead", EVERYTHING, now=NOW, read=read)
    assert command is not None
    assert command.changed is not None
    assert command.changed.audience is not None
    assert command.changed.audience.kind == "leads"


@pytest.mark.parametrize("text", ["change the Friday reminder to 26:00", "change the NPS alert to something else"])
def test_a_change_that_cannot_be_is_not_made_up(text: str) -> None:
    command = read_command(text, EVERYTHING, now=NOW, read=read)
    assert command is not None
    assert command.act == "change"
    assert command.changed is None


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("who gets the Friday reminder?", ("RULE-1",)),
        ("kto dostaje przypomnienie piątkowe?", ("RULE-1",)),
        ("komu wysyłany jest raport?", ("RULE-5",)),
        ("who is behind?", None),
    ],
)
def test_whom_a_rule_reaches_is_asked_in_words(text: str, targets: tuple[str, ...] | None) -> None:
    assert asks_who(text, EVERYTHING) == targets


@pytest.mark.parametrize("text", ["zmień RULE-1 na co dwa tygodnie", "send the Friday reminder to the leads instead"])
def test_an_order_is_no_new_rule(text: str) -> None:
    assert read(text).kind == "none"
