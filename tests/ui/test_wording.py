"""Both catalogues say the same things, and say every plural."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ui.wording import LANGUAGES, Sentence, Wording, catalogue, plural_form, slots

UI = Path(__file__).parents[2] / "ui"


def test_the_catalogues_have_the_same_keys() -> None:
    assert set(catalogue("en")) == set(catalogue("pl"))


def texts(sentence: Sentence) -> list[str]:
    return (
        [sentence]
        if isinstance(sentence, str)
        else list(sentence)
        if isinstance(sentence, list)
        else list(sentence.values())
    )


@pytest.mark.parametrize("key", sorted(catalogue("en")))
def test_a_sentence_has_the_same_slots_in_both_languages(key: str) -> None:
    english, polish = catalogue("en")[key], catalogue("pl")[key]
    assert type(english) is type(polish)
    assert set().union(*(slots(t) for t in texts(english))) == set().union(*(slots(t) for t in texts(polish)))


@pytest.mark.parametrize(("language", "forms"), [("en", {"one", "other"}), ("pl", {"one", "few", "many"})])
def test_a_plural_has_every_form_of_its_language(language: str, forms: set[str]) -> None:
    assert all(set(s) == forms for s in catalogue(language).values() if isinstance(s, dict))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty(language: str) -> None:
    assert all(text.strip() for sentence in catalogue(language).values() for text in texts(sentence))


@pytest.mark.parametrize(
    ("count", "form"), [(1, "one"), (2, "few"), (4, "few"), (5, "many"), (12, "many"), (22, "few"), (112, "many")]
)
def test_polish_counts_take_their_form(count: int, form: str) -> None:
    assert plural_form("pl", count) == form


def test_a_count_chooses_the_form() -> None:
    assert Wording("en")("more.unlisted", count=1) == "and 1 more that is not listed"
    assert Wording("pl")("more.unlisted", count=1) == "i jeszcze 1, którego tu nie widać"
    assert Wording("pl")("more.unlisted", count=22) == "i jeszcze 22, których tu nie widać"


def test_another_language_is_answered_in_english() -> None:
    assert Wording("de")("place.ask") == "Ask"


def test_every_sentence_that_the_pages_say_is_in_the_catalogue() -> None:
    said = set()
    for file in UI.rglob("*.py"):
        said |= set(re.findall(r"words(?:\.many)?\(\s*\"([a-z_.]+)\"", file.read_text(encoding="utf-8")))
    assert said
    assert said <= set(catalogue("en"))


def test_no_sentence_waits_for_a_page_that_never_says_it() -> None:
    source = "\n".join(file.read_text(encoding="utf-8") for file in UI.rglob("*.py"))
    by_pattern = ("name.", "word.", "status.", "record.", "language.", "figure.limit_", "state.", "pause.", "why.")
    by_pattern += ("assumed.", "doubt.", "card.settled.", "recipient.", "rules.examples.", "rules.filter.")
    by_pattern += ("rules.scope.", "run.missed", "run.paused", "rule.pause", "rule.resume")
    by_pattern += tuple(f"updates.{part}." for part in ("audience", "form", "language", "length", "period", "state"))
    by_pattern += ("board.ask.", "board.behind.", "board.card.", "board.cards.", "board.kpis.", "board.confidence.")
    by_pattern += ("board.moved.", "board.period.", "board.shared.", "board.stale.", "board.tasks.")
    by_pattern += ("week.task.", "week.late", "week.due", "search.kind.", "pin.off", "cycle.saved.", "cycle.learn.")
    by_pattern += tuple(f"outlook.{part}." for part in ("over", "side", "without", "why"))
    by_pattern += ("import.list.",)
    by_pattern += tuple(f"cycle.{part}." for part in ("about", "group", "part", "show", "none", "decision", "decided"))
    by_pattern += tuple(
        f"edit.{part}." for part in ("new", "change", "help", "choice", "field", "add", "step", "conflict")
    )
    by_pattern += ("people.which.", "people.leave.", "edit.no_right.", "edit.row.", "edit.template.team.")
    by_pattern += ("updates.language", "updates.length", "updates.scope", "updates.to.", "updates.whom.")
    by_pattern += (
        "inbox.view.",
        "inbox.later.",
        "wishes.quiet.",
        "wishes.digest.",
        "card.needs.",
        "card.rights.",
        "offer.",
    )
    # Inside a text with slots the marks are single.
    spoken = {k for k in catalogue("en") if f'"{k}"' in source or f"'{k}'" in source or k.startswith(by_pattern)}
    assert set(catalogue("en")) == spoken
