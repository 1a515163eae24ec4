"""People, tasks, dates, links and definitions are answered in both languages, from what the rows hold."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from assistant import direct
from assistant.answers.told import Told
from assistant.telling.phrases import patterns, slots
from okr.language.frames import Ask, Clarify, Filters, Frame, Missing, Ref, Refused, Unread, When
from okr.store import Store
from tools.context import TurnContext

LENA = "lena.fischer@lumen.example"
WEEK = When(date(2026, 11, 23), date(2026, 11, 29), word="this_week")
POLISH = re.compile(r"\b(the|of|and|with|for|is|are)\b", re.IGNORECASE)


def context(store: Store, now: datetime, language: str, email: str = LENA) -> TurnContext:
    return TurnContext(store, store.actor(email), store.company(), now, language)


def ref(store: Store, kind: str, key: str) -> Ref:
    return store.ref(store.actor("irena.maj@lumen.example"), kind, key)


def frames(store: Store, language: str) -> dict[str, Frame]:
    kr, team = ref(store, "key_result", "KR-WAU"), ref(store, "team", "engineering")
    me, task = ref(store, "person", LENA), ref(store, "task", "T-3")
    objective = ref(store, "objective", "O-FIRST-MONTH")
    asked = {
        "owner": {"ask": Ask.WHO, "field": "owner", "named": (kr,)},
        "lead": {"ask": Ask.WHO, "field": "lead", "teams": (team,)},
        "members": {"ask": Ask.WHO, "field": "members", "teams": (team,)},
        "manager": {"ask": Ask.WHO, "field": "manager", "people": (me,)},
        "reports": {"ask": Ask.WHO, "field": "reports"},
        "assignee": {"ask": Ask.WHO, "field": "assignee", "named": (task,)},
        "author": {"ask": Ask.WHO, "field": "author", "named": (kr,)},
        "team": {"ask": Ask.WHO, "field": "team", "named": (kr,)},
        "owners": {"ask": Ask.WHO, "field": "owner", "teams": (team,)},
        "late": {"ask": Ask.LIST, "of": "person", "filters": Filters(checked_in=False), "when": WEEK},
        "busiest": {"ask": Ask.RANK, "of": "person", "by": "count"},
        "furthest": {"ask": Ask.RANK, "of": "person", "by": "progress"},
        "writers": {"ask": Ask.RANK, "of": "person", "by": "count", "field": "check_in"},
        "doers": {"ask": Ask.RANK, "of": "person", "by": "count", "field": "task"},
        "teams": {"ask": Ask.LIST, "of": "team"},
        "team behind": {"ask": Ask.RANK, "of": "team", "by": "gap"},
        "team ahead": {"ask": Ask.RANK, "of": "team", "by": "progress"},
        "teams off": {"ask": Ask.LIST, "of": "team", "filters": Filters(statuses=("off_track",))},
        "cycles": {"ask": Ask.COUNT, "of": "cycle"},
        "overdue": {"ask": Ask.LIST, "of": "task", "filters": Filters(overdue=True)},
        "blocked": {"ask": Ask.COUNT, "of": "task", "filters": Filters(task_statuses=("blocked",))},
        "needs": {"ask": Ask.LIST, "of": "task", "named": (task,), "field": "needs"},
        "entries": {"ask": Ask.LIST, "of": "check_in", "teams": (team,)},
        "entry count": {"ask": Ask.COUNT, "of": "check_in", "when": WEEK},
        "lessons": {"ask": Ask.LESSONS, "cycle": ref(store, "cycle", "2026-Q3")},
        "last": {"ask": Ask.WHEN, "field": "last_check_in", "named": (kr,)},
        "last of all": {"ask": Ask.WHEN, "field": "last_check_in"},
        "next": {"ask": Ask.WHEN, "field": "next_check_in", "named": (kr,)},
        "due": {"ask": Ask.WHEN, "field": "due", "named": (task,)},
        "end": {"ask": Ask.WHEN, "field": "end"},
        "created": {"ask": Ask.WHEN, "field": "created", "named": (objective,)},
        "children": {"ask": Ask.ALIGNMENT, "field": "children", "named": (objective,)},
        "parents": {"ask": Ask.ALIGNMENT, "field": "parents", "named": (kr,)},
        "company": {"ask": Ask.ALIGNMENT, "field": "children"},
        "week": {"ask": Ask.MY_WEEK},
        "their week": {"ask": Ask.MY_WEEK, "people": (ref(store, "person", "oliwia.lis@lumen.example"),)},
        "define": {"ask": Ask.DEFINE, "field": "status"},
        "rules": {"ask": Ask.DEFINE, "field": "rules"},
        "help": {"ask": Ask.HELP},
        "greet": {"ask": Ask.GREET},
        "thank": {"ask": Ask.THANK},
    }
    return {name: Frame(language=language, **parts) for name, parts in asked.items()}  # type: ignore[arg-type]


def test_every_family_answers_alike_in_both_languages(sample_store: Store, sample_now: datetime) -> None:
    found: dict[str, list[Told]] = {}
    for language in ("en", "pl"):
        turn = context(sample_store, sample_now, language)
        for name, frame in frames(sample_store, language).items():
            found.setdefault(name, []).append(direct.answer(frame, "?", turn))
    for name, (english, polish) in found.items():
        assert english.text, name
        assert english.text != polish.text, name
        assert english.kind == polish.kind, name
        if english.found is not None and polish.found is not None:
            assert [row.id for row in english.found.rows] == [row.id for row in polish.found.rows], name
            assert english.found.values == polish.found.values, name
            assert english.found.sources == polish.found.sources, name


def test_the_person_is_the_row(sample_store: Store, sample_now: datetime) -> None:
    turn = context(sample_store, sample_now, "en")
    asked = frames(sample_store, "en")
    firsts = {}
    for name in ("owner", "lead", "manager", "assignee"):
        found = direct.answer(asked[name], "?", turn).found
        assert found is not None
        firsts[name] = [row.id for row in found.rows]
    assert firsts == {
        "owner": [LENA],
        "lead": ["grzegorz.pawlak@lumen.example"],
        "manager": ["irena.maj@lumen.example"],
        "assignee": ["ewa.sikora@lumen.example"],
    }


def test_a_date_has_its_distance(sample_store: Store, sample_now: datetime) -> None:
    turn = context(sample_store, sample_now, "pl")
    told = direct.answer(frames(sample_store, "pl")["end"], "?", turn)
    assert told.text == "Q4 2026 [2026-Q4] kończy się 31 grudnia, za 38 dni."
    assert told.found is not None
    assert told.found.values == {"date": "2026-12-31", "days_left": 38}


def test_what_is_hidden_is_asked_about_in_the_words_of_what_is_missing(
    sample_store: Store, sample_now: datetime
) -> None:
    turn = context(sample_store, sample_now, "en")
    first = direct.answer(Missing("en", "KR-ROOM", "key_result", reason="record"), "status of KR-ROOM", turn)
    other = direct.answer(Missing("en", "Bridge", "", reason="record"), "how is the bridge", turn)
    assert first.text == other.text
    assert "ROOM" not in direct.answer(Unread("en", ("KR-ROOM", "status")), "?", turn).text


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("reason", ["not_ours", "write", "private", "empty", "too_long", "language", "something new"])
def test_every_refusal_says_what_can_be_asked(
    sample_store: Store, sample_now: datetime, language: str, reason: str
) -> None:
    told = direct.answer(Refused(language, reason), "?", context(sample_store, sample_now, language))
    assert told.kind == "refuse"
    assert told.suggestions
    assert told.suggestions[0] in told.text


@pytest.mark.parametrize("reason", ["record", "date", "future", "before_first", "cycle", "field", ""])
def test_every_gap_is_named(sample_store: Store, sample_now: datetime, reason: str) -> None:
    told = direct.answer(Missing("pl", "31 lutego", reason=reason), "?", context(sample_store, sample_now, "pl"))
    assert told.kind == "abstain"
    assert not POLISH.search(told.text)


def test_an_option_asks_the_question_with_its_id(sample_store: Store, sample_now: datetime) -> None:
    two = tuple(ref(sample_store, "person", f"{name}.nowak@lumen.example") for name in ("ana", "michal"))
    told = direct.answer(Clarify("en", "Nowak", two), "how is NOWAK doing?", context(sample_store, sample_now, "en"))
    assert told.kind == "clarify"
    assert told.options[0] == ("Ana Nowak (Sales) [ana.nowak@lumen.example]", "how is ana.nowak@lumen.example doing?")


def test_both_languages_have_the_same_patterns_with_the_same_slots() -> None:
    english, polish = patterns("en"), patterns("pl")
    assert english.keys() == polish.keys()
    for name, pattern in english.items():
        if name.startswith(("people.most", "people.fewest")):
            continue
        assert slots(pattern) == slots(polish[name]), name
