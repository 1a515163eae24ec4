"""Numbers, dates and quoted text as they stand in an answer, and catalogues that agree in both languages."""

from __future__ import annotations

from datetime import date

import pytest
from markdown_it import MarkdownIt

from assistant.telling.formats import (
    amount,
    counted,
    day,
    days,
    how_long_ago,
    joined,
    number,
    percent,
    points,
    signed_amount,
    signed_points,
)
from assistant.telling.phrases import patterns, say, slots
from assistant.telling.safe import cite, plain, visible

TODAY = date(2026, 11, 23)


def said(text: str) -> str:
    """The text with ordinary spaces."""
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("value", "en", "pl"),
    [
        (0, "0", "0"),
        (1234.5, "1,234.5", "1234,5"),
        (1234567, "1,234,567", "1 234 567"),
        (-0.25, "−0.25", "−0,25"),
        (0.1 + 0.2, "0.3", "0,3"),
    ],
)
def test_a_number_is_written_as_in_its_language(value: float, en: str, pl: str) -> None:
    assert number(value, "en") == en
    assert said(number(value, "pl")) == pl


@pytest.mark.parametrize(
    ("share", "en", "pl"),
    [
        (0.124, "12.4%", "12,4 %"),
        (1, "100%", "100 %"),
        (-0.1857, "−18.6%", "−18,6 %"),
        (0.0996, "9.96%", "9,96 %"),
        (0.24996, "24.996%", "24,996 %"),
        (0.1, "10%", "10 %"),
    ],
)
def test_a_share_never_rounds_onto_a_threshold(share: float, en: str, pl: str) -> None:
    assert percent(share, "en") == en
    assert said(percent(share, "pl")) == pl


@pytest.mark.parametrize(
    ("share", "en", "pl"),
    [
        (0.01, "1 point", "1 punkt"),
        (0.02, "2 points", "2 punkty"),
        (0.05, "5 points", "5 punktów"),
        (0.12, "12 points", "12 punktów"),
        (0.22, "22 points", "22 punkty"),
        (0.124, "12.4 points", "12,4 punktu"),
        (0.1198, "12 points", "12 punktów"),
    ],
)
def test_points_take_the_right_form(share: float, en: str, pl: str) -> None:
    assert points(share, "en") == en
    assert said(points(share, "pl")) == pl


def test_changes_carry_their_sign() -> None:
    assert signed_points(-0.043, "en") == "−4.3 points"
    assert said(signed_points(0.2, "pl")) == "+20 punktów"
    assert said(signed_amount(-1.5, "%", "pl")) == "−1,5 punktu"
    assert said(signed_amount(3, "min", "en")) == "+3 min"


def test_amounts_carry_their_unit() -> None:
    assert amount(5, "$", "en") == "\\$5"
    assert said(amount(5000, "zł", "pl")) == "5000 zł"
    assert said(amount(12.5, "%", "pl")) == "12,5 %"


def test_days_are_said_with_the_year_only_where_it_is_another() -> None:
    assert day(TODAY, "en", TODAY) == "23 November"
    assert day(date(2025, 10, 1), "pl", TODAY) == "1 października 2025"
    assert days(date(2026, 10, 28), date(2026, 11, 3), "en", TODAY) == "28 October – 3 November"
    assert days(date(2026, 11, 16), date(2026, 11, 22), "pl", TODAY) == "16–22 listopada"
    assert how_long_ago(date(2026, 11, 22), "pl", TODAY) == "wczoraj"
    assert said(how_long_ago(date(2026, 11, 1), "pl", TODAY)) == "22 dni temu"


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, "1 kluczowy wynik"), (2, "2 kluczowe wyniki"), (5, "5 kluczowych wyników"), (22, "22 kluczowe wyniki")],
)
def test_polish_nouns_follow_their_count(count: int, expected: str) -> None:
    assert counted(count, "key_result", "pl") == expected


def test_lists_end_with_and() -> None:
    assert joined(["a", "b", "c"], "en") == "a, b and c"
    assert joined(["a", "b"], "pl") == "a i b"


HOSTILE = [
    "![i](http://127.0.0.1:9777/x)",
    "[click](javascript:alert(1))",
    "see https://attacker.example/?d=1 and www.attacker.example",
    "<script>fetch('x')</script><img src=x>",
    "$\\href{https://attacker.example}{x}$",
    "**bold** _it_ `code` ~~gone~~",
    "# heading",
    "1. list",
    "- item",
    "a &lt;b&gt; &#x202e; c",
    "a | b | c",
    "mailto:someone@example.test",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_quoted_text_shows_as_text_and_makes_no_link(text: str) -> None:
    html = MarkdownIt("gfm-like", {"linkify": False}).render(f"- **{plain(text)}** {cite('KR-1')}: {plain(text)}")
    for tag in ("<a ", "<img", "<script", "<h1", "<ol", "<code", "<em", "<s>", "<table"):
        assert tag not in html
    assert "://" not in plain(text)


def test_quoted_text_keeps_its_letters() -> None:
    shown = MarkdownIt().renderInline(plain("Zażółć *gęślą* jaźń & 3_4 [KR-1] 5 < 6"))
    assert shown == "Zażółć *gęślą* jaźń &amp; 3_4 [KR-1] 5 &lt; 6"


def test_what_is_not_seen_is_taken_out() -> None:
    assert visible("a\u202eb\u2066c\U000e0041d\x00e\u200bf") == "abcdef"
    assert plain("x" * 300, 10) == "x" * 9 + "…"


def test_both_languages_have_the_same_patterns_with_the_same_places() -> None:
    english, polish = patterns("en"), patterns("pl")
    assert english.keys() == polish.keys()
    assert not {name for name in english if slots(english[name]) != slots(polish[name])}


def test_a_pattern_refuses_what_it_has_no_place_for() -> None:
    with pytest.raises(ValueError, match="no place"):
        say("en", "fresh.never", ago="today")
    with pytest.raises(KeyError):
        say("en", "fresh.stale")
