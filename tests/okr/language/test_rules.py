"""Single facts about reading sentences that set a time."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from rule_scoring import ASKER, DIRECTORY, read

from okr.automations import Rule
from okr.language.numbers import cardinal, ordinal
from okr.language.rules import read_back, read_rule, same_rule
from okr.recurrence import InvalidRuleError


def abouts(text: str) -> set[str]:
    rule = read(text)
    assert rule.kind == "unclear", (text, rule)
    return {u.about for u in rule.unclear}


def test_the_document_has_every_field_of_the_contract() -> None:
    document = read("every Friday at 16:00 remind all OKR owners").document()
    wanted = {
        "text",
        "language",
        "kind",
        "rrule",
        "dtstart",
        "timezone",
        "exceptions",
        "next",
        "condition",
        "audience",
        "actions",
        "assumed",
        "unclear",
        "readback",
    }
    assert wanted <= set(document)
    assert document["dtstart"] == "2026-11-27T16:00:00"
    assert document["next"][0] == "2026-11-27T16:00:00+01:00"
    assert len(document["next"]) == 5
    assert document["assumed"] == ["timezone"]


def test_a_rule_survives_its_document() -> None:
    for text in (
        "every 2 weeks on Monday at 9 except public holidays",
        "jutro o 16",
        "when a task is overdue notify me",
    ):
        rule = read(text)
        again = Rule.from_document(rule.document(), asked_at=rule.asked_at, company_zone="Europe/Warsaw")
        assert same_rule(rule, again)
        assert again.document() == rule.document()


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"kind": "recurring"},
        {"kind": "dance"},
        {"kind": "recurring", "rrule": "FREQ=DAILY"},
        {"kind": "once", "timezone": "Mars/Olympus"},
        {"kind": "condition"},
        {"kind": "once", "dtstart": "2026-11-27T16:00:00", "audience": {"kind": "aliens"}},
        {"kind": "once", "dtstart": "2026-11-27T16:00:00", "actions": [{"kind": "explode"}]},
    ],
)
def test_a_document_that_is_no_rule_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(InvalidRuleError):
        Rule.from_document(
            broken, asked_at=datetime.fromisoformat("2026-11-23T09:00:00+01:00"), company_zone="Europe/Warsaw"
        )


def test_a_quoted_message_changes_nothing() -> None:
    rule = read('every Monday at 9 remind Sales "delete every rule on Friday and tell everyone@evil.test"')
    assert rule.schedule is not None
    assert rule.schedule.rrule == "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0"
    assert rule.audience is not None
    assert rule.audience.team == "sales"
    assert rule.actions[0].message == "delete every rule on Friday and tell everyone@evil.test"


def test_text_after_a_colon_is_the_message() -> None:
    rule = read("przypominaj mi w każdy poniedziałek o 8: kup mleko w piątek")
    assert rule.schedule is not None
    assert rule.schedule.rrule == "FREQ=WEEKLY;BYDAY=MO;BYHOUR=8;BYMINUTE=0"
    assert rule.actions[0].message == "kup mleko w piątek"


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("remind bob@evil.test every Friday at 9", "address"),
        ("remind Kowalski every Friday at 9", "audience"),
        ("przypomnij zespołowi Rakieta co piątek o 9", "audience"),
        ("every Monday at 9:00 Europe/Atlantis", "timezone"),
        ("every Monday at 9 Foo/Bar remind me to report", "timezone"),
        ("every Monday at 9:00 Mars time remind me to report", "timezone"),
        ("w każdy poniedziałek o 9:00 czasu Marsa przypomnij mi o raporcie", "timezone"),
        ("every day at 26:15", "time"),
        ("on 31 November", "day"),
        ("yesterday at 9", "past"),
        ("when confidence is too low notify the owner", "threshold"),
        ("every 5 minutes remind everyone", "limit"),
        ("twice a week", "day"),
        ("every hour during office hours", "time"),
        ("remind everyone except Ana every Friday at 9", "schedule"),
    ],
)
def test_what_is_unclear_is_asked_with_its_subject(text: str, about: str) -> None:
    assert about in abouts(text)


def test_a_question_back_quotes_the_words() -> None:
    rule = read("let me know when things look bad")
    assert rule.unclear[0].words
    assert rule.unclear[0].words in rule.unclear[0].question


@pytest.mark.parametrize(
    ("text", "hour", "assumed"),
    [
        ("every day at 9", 9, False),
        ("every day at 4", 16, True),
        ("every day at 4am", 4, False),
        ("every evening at 8", 20, False),
        ("codziennie o 4", 4, False),
        ("codziennie o czwartej po południu", 16, False),
        ("every day at 04:00", 4, False),
        ("every day at 12:30 am", 0, False),
    ],
)
def test_an_hour_is_as_said_or_marked_as_assumed(text: str, hour: int, assumed: bool) -> None:
    rule = read(text)
    assert rule.schedule is not None
    assert rule.schedule.rules()[0].hours == (hour,)
    assert ("time" in rule.assumed) == assumed


def test_the_cycle_in_force_decides_where_it_ends() -> None:
    def months(cycle: tuple[date, date] | None) -> tuple[int, ...]:
        rule = read_rule(
            "three days before the cycle ends at 9 remind all OKR owners",
            now=datetime.fromisoformat("2026-11-23T09:00:00+01:00"),
            zone="Europe/Warsaw",
            country="PL",
            asker=ASKER,
            directory=DIRECTORY,
            cycle=cycle,
        )
        assert rule.schedule is not None
        return rule.schedule.rules()[0].months

    assert months(None) == (3, 6, 9, 12)
    assert months((date(2026, 11, 1), date(2027, 4, 30))) == (4, 10)


def test_every_person_can_have_their_own_clock() -> None:
    rule = read("every Monday at 9:00 in each person's own time zone remind everyone")
    assert rule.zone == "recipient"
    assert rule.document()["next"][0] == "2026-11-23T09:00:00+01:00"


@pytest.mark.parametrize(
    ("words", "language", "value"),
    [
        ("twenty five", "en", 25),
        ("dwadziescia piec", "pl", 25),
        ("stu", "pl", 100),
        ("forty-two", "en", 42),
        ("7", "pl", 7),
    ],
)
def test_cardinals(words: str, language: str, value: int) -> None:
    found = cardinal(words.split(), language)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    ("words", "language", "value"),
    [
        ("third", "en", 3),
        ("21st", "en", 21),
        ("twenty first", "en", 21),
        ("trzeciego", "pl", 3),
        ("15-go", "pl", 15),
        ("dwudziestej trzeciej", "pl", 23),
        ("osma", "pl", 8),
        ("thirty-first", "en", 31),
    ],
)
def test_ordinals(words: str, language: str, value: int) -> None:
    found = ordinal(words.split(), language)
    assert found is not None
    assert found.value == value


def test_what_is_no_number_is_none() -> None:
    assert cardinal(["monday"], "en") is None
    assert ordinal([], "pl") is None


WORDS = st.sampled_from(
    [
        "every",
        "each",
        "other",
        "second",
        "third",
        "last",
        "first",
        "Monday",
        "Friday",
        "weekday",
        "business",
        "day",
        "days",
        "week",
        "month",
        "quarter",
        "year",
        "at",
        "on",
        "of",
        "the",
        "in",
        "9",
        "16:00",
        "25:99",
        "5pm",
        "noon",
        "until",
        "except",
        "starting",
        "for",
        "3",
        "times",
        "December",
        "15",
        "31st",
        "tomorrow",
        "next",
        "end",
        "before",
        "after",
        "if",
        "when",
        "remind",
        "owners",
        "Sales",
        "Ana",
        "me",
        "everyone",
        "to",
        "update",
        "progress",
        ",",
        "and",
        "-",
        ":",
        "?",
        '"x"',
        "not",
        "40%",
        "below",
        "confidence",
        "KR-1",
        "NPS",
        "co",
        "każdy",
        "drugi",
        "piątek",
        "ostatni",
        "dzień",
        "roboczy",
        "miesiąca",
        "o",
        "ósmej",
        "wpół",
        "do",
        "trzeciej",
        "przez",
        "tydzień",
        "oprócz",
        "świąt",
        "jeśli",
        "postęp",
        "spadnie",
        "poniżej",
        "właścicielom",
        "przypomnij",
        "wyślij",
        "raport",
        "zarządowi",
        "za",
        "kwadrans",
        "od",
        "jutra",
        "bob@evil.test",
        "Europe/Warsaw",
        "Mars/Olympus",
        "UTC+2",
        "RRULE:FREQ=DAILY",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(WORDS, max_size=14))
def test_no_jumble_of_words_breaks_the_reader(words: list[str]) -> None:
    rule = read(" ".join(words))
    document = rule.document()
    assert rule.kind in ("recurring", "once", "condition", "unclear", "none")
    if rule.kind == "recurring":
        assert document["next"]
    if rule.kind == "once":
        assert len(document["next"]) == 1
    if rule.kind == "unclear":
        assert document["unclear"]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert read(text).kind in ("recurring", "once", "condition", "unclear", "none")


DAYS_EN = [
    "every day",
    "every Monday",
    "every 2 weeks on Tuesday",
    "every weekday",
    "on the last Friday of the month",
    "on the 15th of every month",
    "on the last working day of each quarter",
    "every year on 8 March",
    "every 3 days",
]
DAYS_PL = [
    "codziennie",
    "co poniedziałek",
    "co 2 tygodnie we wtorek",
    "w dni powszednie",
    "w ostatni piątek miesiąca",
    "15. każdego miesiąca",
    "w ostatni dzień roboczy kwartału",
    "co roku 8 marca",
    "co 3 dni",
]
TIMES_EN = ["at 9", "at 16:30", "at noon", "at 8am and 5pm", "at quarter past ten"]
TIMES_PL = ["o 9", "o 16:30", "w południe", "o 8 i 17", "kwadrans po dziesiątej"]
BOUNDS_EN = ["", "until 31 May 2027", "starting 1 December", "5 times", "for six weeks", "except public holidays"]
BOUNDS_PL = ["", "do 31 maja 2027", "od 1 grudnia", "5 razy", "przez sześć tygodni", "oprócz świąt"]
DEEDS_EN = [
    "remind all OKR owners to update",
    "send leadership a report",
    "ask key result owners for a check-in",
    "notify Ana Nowak",
    "move OKR tasks to in review",
    "remind owners without a check-in this week",
]
DEEDS_PL = [
    "przypomnij wszystkim właścicielom OKR o aktualizacji",
    "wyślij zarządowi raport",
    "poproś właścicieli KR o check-in",
    "powiadom Anę Nowak",
    "ustaw status zadań na w przeglądzie",
    "przypomnij właścicielom bez check-inu",
]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([(DAYS_EN, TIMES_EN, BOUNDS_EN, DEEDS_EN), (DAYS_PL, TIMES_PL, BOUNDS_PL, DEEDS_PL)]),
    st.data(),
    st.booleans(),
)
def test_composed_sentences_are_understood_and_read_back_the_same(
    parts: tuple[list[str], ...], data: st.DataObject, deed_first: bool
) -> None:
    days, times, bounds, deeds = (data.draw(st.sampled_from(part)) for part in parts)
    when = " ".join(p for p in (days, times, bounds) if p)
    text = f"{deeds} {when}" if deed_first else f"{when} {deeds}"
    rule = read(text)
    assert rule.kind == "recurring", (text, rule.unclear)
    for language in ("en", "pl"):
        said = read_back(rule, language)
        assert same_rule(rule, read(said)), (text, said)


def test_word_order_does_not_matter() -> None:
    first = read("every Friday at 16:00 remind all OKR owners to update progress")
    for text in (
        "remind all OKR owners to update progress every Friday at 16:00",
        "at 16:00 every Friday remind all OKR owners to update progress",
        "Fridays at 4pm: remind all OKR owners to update progress",
    ):
        assert same_rule(first, read(text)), text
