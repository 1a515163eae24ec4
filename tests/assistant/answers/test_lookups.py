"""Questions that look records up, answered in both languages on the sample company."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant import direct
from assistant.answers.told import Told
from okr.language.frames import Ask, Filters, Frame, Ref, When
from okr.store import open_store
from tools.context import TurnContext
from tools.result import Row

WEEK = When(date(2026, 11, 23), date(2026, 11, 29), word="this_week")
LAST_WEEK = When(date(2026, 11, 16), date(2026, 11, 22), word="last_week")
OCTOBER = When(date(2026, 10, 1), date(2026, 10, 31), word="month")
THEN = When(date(2026, 11, 3), date(2026, 11, 3), moment=True, word="on")
BEFORE = When(date(2026, 3, 3), date(2026, 3, 3), moment=True, word="on")
LANGUAGES = ["en", "pl"]


@pytest.fixture(scope="module")
def turn(sampled_sqlite: Path, sample_now: datetime) -> Iterator[TurnContext]:
    """The head of the sample company asks; nothing here changes it."""
    store = open_store(sampled_sqlite)
    admin = next(person for person in store.people() if person.role == "admin")
    yield TurnContext(store, store.actor(admin.email), store.company(), sample_now, "en")
    store.close()


Make = Callable[[Callable[[str, str], Ref]], Frame]
Asked = Callable[[str, Make], Told]


@pytest.fixture
def asked(turn: TurnContext) -> Asked:
    """Answer a question in a language; the question is made from records by kind and key."""

    def run(language: str, make: Make) -> Told:
        frame = make(lambda kind, key: turn.store.ref(turn.actor, kind, key))
        return direct.answer(replace(frame, language=language), "", replace(turn, language=language))

    return run


QUESTIONS: dict[str, Make] = {
    "behind": lambda r: Frame(Ask.RANK, "en", by="gap", singular=True, when=WEEK),
    "ahead": lambda r: Frame(Ask.RANK, "en", by="gap", reverse=True, teams=(r("team", "product"),)),
    "lost": lambda r: Frame(Ask.RANK, "en", by="change", when=LAST_WEEK),
    "gained": lambda r: Frame(Ask.RANK, "en", by="change", filters=Filters(moved="up"), when=LAST_WEEK),
    "progress": lambda r: Frame(Ask.RANK, "en", by="progress", limit=3),
    "confidence": lambda r: Frame(Ask.RANK, "en", by="confidence", reverse=True),
    "age": lambda r: Frame(Ask.RANK, "en", by="age"),
    "score": lambda r: Frame(Ask.RANK, "en", by="score", cycle=r("cycle", "2026-Q3")),
    "weight": lambda r: Frame(Ask.RANK, "en", by="weight"),
    "value": lambda r: Frame(Ask.RANK, "en", by="value", teams=(r("team", "sales"),)),
    "objective behind": lambda r: Frame(Ask.RANK, "en", of="objective", by="gap"),
    "at risk": lambda r: Frame(Ask.LIST, "en", filters=Filters(statuses=("at_risk",))),
    "no baseline": lambda r: Frame(Ask.COUNT, "en", filters=Filters(missing=("baseline",))),
    "stale": lambda r: Frame(Ask.LIST, "en", filters=Filters(freshness=("stale",))),
    "watermelon": lambda r: Frame(Ask.LIST, "en", filters=Filters(watermelon=True)),
    "falling": lambda r: Frame(Ask.LIST, "en", filters=Filters(confidence_falling=True)),
    "fell": lambda r: Frame(Ask.LIST, "en", filters=Filters(moved="down"), when=LAST_WEEK),
    "owing": lambda r: Frame(Ask.LIST, "en", filters=Filters(checked_in=False)),
    "objectives": lambda r: Frame(Ask.LIST, "en", of="objective", filters=Filters(statuses=("off_track",))),
    "kpis": lambda r: Frame(Ask.LIST, "en", of="kpi"),
    "one": lambda r: Frame(Ask.STATUS, "en", named=(r("key_result", "KR-CHURN"),)),
    "one then": lambda r: Frame(Ask.STATUS, "en", named=(r("key_result", "KR-NPS"),), when=THEN),
    "boundary": lambda r: Frame(Ask.STATUS, "en", named=(r("key_result", "KR-RUNWAY"),)),
    "target": lambda r: Frame(Ask.VALUE, "en", named=(r("key_result", "KR-COVERAGE"),), field="target"),
    "team": lambda r: Frame(Ask.STATUS, "en", named=(r("team", "engineering"),)),
    "company": lambda r: Frame(Ask.ROLL_UP, "en", company=True, when=WEEK),
    "scores": lambda r: Frame(Ask.ROLL_UP, "en", field="score", cycle=r("cycle", "2026-Q3")),
    "mean confidence": lambda r: Frame(Ask.ROLL_UP, "en", field="confidence", teams=(r("team", "sales"),)),
    "objective": lambda r: Frame(Ask.STATUS, "en", named=(r("objective", "O-RETENTION"),)),
    "kpi": lambda r: Frame(Ask.VALUE, "en", of="kpi", named=(r("kpi", "KPI-NPS"),)),
    "kpi history": lambda r: Frame(Ask.HISTORY, "en", of="kpi", named=(r("kpi", "KPI-NPS"),)),
    "history": lambda r: Frame(Ask.HISTORY, "en", named=(r("key_result", "KR-WIN-RATE"),), limit=3),
    "change": lambda r: Frame(Ask.CHANGE, "en", named=(r("key_result", "KR-WIN-RATE"),), when=OCTOBER),
    "team change": lambda r: Frame(Ask.CHANGE, "en", teams=(r("team", "engineering"),), when=LAST_WEEK),
    "sides": lambda r: Frame(Ask.COMPARE, "en", named=(r("team", "sales"), r("team", "marketing"))),
    "moments": lambda r: Frame(Ask.COMPARE, "en", named=(r("key_result", "KR-WIN-RATE"),), versus=THEN),
    "cycles": lambda r: Frame(Ask.COMPARE, "en", named=(r("cycle", "2026-Q2"), r("cycle", "2026-Q3"))),
}


def figures(told: Told) -> set[float]:
    """Every number that the answer's values, rows and quotes hold, shares as hundredths too."""
    found: set[float] = set()

    def take(value: Any) -> None:
        if isinstance(value, bool) or value is None:
            return
        if isinstance(value, int | float):
            found.update((abs(float(value)), abs(float(value)) * 100))
        elif isinstance(value, str):
            found.update(float(n.replace(",", ".")) for n in re.findall(r"\d+(?:[.,]\d+)?", value))
        elif isinstance(value, list):
            for one in value:
                take(one)

    assert told.found is not None
    rows: list[Row] = [*told.found.rows, *told.found.apart]
    take(told.found.values | {"period": str(told.found.period), "as_of": str(told.found.as_of)})
    for value in told.found.values.values():
        take(value)
    for row in rows:
        take(row.title)
        take(row.id)
        for value in row.values.values():
            take(value)
    for quote in told.found.quotes:
        take(quote.text)
        take(quote.on.isoformat())
    for series in told.found.chart.series if told.found.chart else ():
        for at, value, _ in series.points:
            take(value)
            take(at.isoformat())
    found.update(float(n) for n in re.findall(r"\d+", str(told.found.args)))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_has_its_answer(asked: Asked, question: str, language: str) -> None:
    told = asked(language, QUESTIONS[question])
    assert told.kind == "answer"
    assert told.found is not None
    assert told.found.rows
    assert told.found.sources
    assert told.found.tool
    assert told.text == told.text.strip()
    assert "None" not in told.text
    assert "{" not in told.text
    assert "  " not in told.text
    if question != "mean confidence":
        assert f"[{told.found.rows[0].id}]" in told.text


def test_the_answer_says_first_what_was_asked(asked: Asked) -> None:
    english = asked("en", QUESTIONS["behind"])
    assert english.text.startswith("**Win rate** [KR-WIN-RATE] is the most behind on 23 November: 76.8 points")
    assert "by the pace-gap rule" in english.text
    assert "since 16 November" in english.text
    polish = asked("pl", QUESTIONS["behind"])
    assert polish.text.replace("\u00a0", " ").startswith(
        "Najbardziej w tyle na 23 listopada jest **Win rate** [KR-WIN-RATE]: 76,8 punktu"
    )
    assert polish.found is not None
    assert polish.found.period == {"from": "2026-11-23", "to": "2026-11-29", "label": "w tym tygodniu"}


def test_at_risk_means_at_risk_alone_with_the_worse_ones_said(asked: Asked) -> None:
    told = asked("en", QUESTIONS["at risk"])
    assert told.found is not None
    assert {row.values["status"] for row in told.found.rows} == {"at_risk"}
    assert f"Off track besides, by the pace-gap rule: {told.found.values['off_track']}." in told.text


def test_staleness_and_the_owners_word_stand_beside_a_status(asked: Asked) -> None:
    told = asked("en", QUESTIONS["watermelon"])
    assert "off track, the owner says on track" in told.text
    assert "stale: the latest check-in was 31 days ago" in told.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nobody_recorded_is_said_to_be_missing(asked: Asked, language: str) -> None:
    told = asked(language, lambda r: Frame(Ask.VALUE, "en", named=(r("key_result", "KR-NPS"),), field="baseline"))
    assert told.kind == "abstain"
    assert told.found is not None
    assert told.found.missing == "baseline"
    assert told.found.values == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_list_is_an_answer(asked: Asked, language: str) -> None:
    told = asked(
        language,
        lambda r: Frame(Ask.COUNT, "en", teams=(r("team", "sales"),), filters=Filters(kinds=("milestones",))),
    )
    assert told.kind == "answer"
    assert told.found is not None
    assert told.found.values["count"] == 0
    assert not told.found.rows


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_no_cycle_was_in_force_that_is_said(asked: Asked, language: str) -> None:
    told = asked(language, lambda r: Frame(Ask.RANK, "en", by="gap", when=BEFORE))
    assert told.kind == "abstain"
    assert told.found is not None
    assert told.found.missing == "cycle"


def test_a_cycle_that_is_over_and_not_closed_is_named(turn: TurnContext) -> None:
    later = replace(turn, now=turn.now.replace(year=2027, month=1, day=5))
    told = direct.answer(Frame(Ask.RANK, "en", by="gap"), "", later)
    assert "No cycle runs on 5 January; this is about Q4 2026 [2026-Q4], which ended on 31 December" in told.text


def test_a_change_names_the_check_ins_in_between(asked: Asked) -> None:
    told = asked("en", QUESTIONS["change"])
    assert told.found is not None
    assert "check_ins" not in told.found.values
    assert set(re.findall(r"\[(CI-\d+)\]", told.text)) <= set(told.found.sources)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_figure_of_the_text_stands_in_the_result(asked: Asked, question: str) -> None:
    told = asked("en", QUESTIONS[question])
    known = figures(told)
    text = re.sub(
        r"\[[^\]]*\]|\*\*[^*]*\*\*|“[^”]*”|\d{1,2} (?=[A-Z])|\bQ\d \d{4}|\b(?:of 5|0\.[47])\b", " ", told.text
    )
    text = re.sub(r"\d{1,2}–\d{1,2} ", " ", text)
    for written in re.findall(r"\d[\d,]*(?:\.\d+)?", text):
        size = float(written.replace(",", ""))
        places = len(written.partition(".")[2])
        near = 0.5 * 10**-places + 1e-6
        assert any(abs(size - figure) <= near for figure in known) or size in (0, 100), (written, told.text)
