"""Names and times that a model passes on are read by our own code, among what the person may see."""

from __future__ import annotations

from datetime import datetime

import pytest

from okr.errors import NotFoundError
from okr.store import Store
from tools import meant
from tools.context import TurnContext
from tools.meant import SeveralFitError, Span, TimeError


@pytest.fixture
def lena(sample_store: Store, sample_now: datetime) -> TurnContext:
    actor = sample_store.actor("lena.fischer@lumen.example")
    return TurnContext(sample_store, actor, sample_store.company(), sample_now, "en")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Sales", "sales"),
        ("sprzedaży", "sales"),
        ("team Sales", "sales"),
        ("[KR-WIN-RATE]", "KR-WIN-RATE"),
        ("kr‑win‑rate ", "KR-WIN-RATE"),
        ("Grzegorz", "grzegorz.pawlak@lumen.example"),
        ("GRZEGORZ.PAWLAK@lumen.example", "grzegorz.pawlak@lumen.example"),
        ("me", "lena.fischer@lumen.example"),
        ("my team", "product"),
        ("mój zespół", "product"),
        ("Q3", "2026-Q3"),
    ],
)
def test_a_name_is_the_record_that_a_person_would_mean(lena: TurnContext, name: str, key: str) -> None:
    assert meant.record(lena, name).key == key


def test_two_of_a_name_are_both_offered_and_none_is_said_to_be_missing(lena: TurnContext) -> None:
    with pytest.raises(SeveralFitError) as several:
        meant.record(lena, "Nowak")
    assert {ref.key for ref in several.value.options} == {"ana.nowak@lumen.example", "michal.nowak@lumen.example"}
    for name in ("Zzyzx", "", "💥", "x" * 5_000):
        with pytest.raises(NotFoundError):
            meant.record(lena, name)


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("", Span()),
        ("now", Span()),
        ("last week", Span(first="2026-11-16", last="2026-11-22", word="last_week")),
        ("w zeszłym tygodniu", Span(first="2026-11-16", last="2026-11-22", word="last_week")),
        ("3 listopada", Span(on="2026-11-03", word="on")),
        ("2026-10-01 to 2026-10-31", Span(first="2026-10-01", last="2026-10-31")),
        ("2026-10-01/2026-10-31", Span(first="2026-10-01", last="2026-10-31")),
        ("Q3 2026", Span(cycle="2026-Q3")),
    ],
)
def test_a_time_is_read_as_in_a_question(lena: TurnContext, words: str, span: Span) -> None:
    assert meant.spoken(lena, words) == span


@pytest.mark.parametrize("words", ["soonish", "2026-02-30 to 2026-03-01", "2026-03-02 to 2026-03-01", "' OR 1=1"])
def test_what_is_no_time_is_said_to_be_none(lena: TurnContext, words: str) -> None:
    with pytest.raises(TimeError):
        meant.spoken(lena, words)


def test_a_cycle_has_its_days(lena: TurnContext) -> None:
    span = meant.days(lena, "last quarter")
    assert (span.first, span.last) == ("2026-07-01", "2026-09-30")
