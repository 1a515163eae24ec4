"""Whatever people or a model wrote is shown as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from tests.ui.attacks import aimed_at
from ui.harmless import answer_html, escaped, label, line, plain

THERE = "127.0.0.1:9777"
ALLOWED = {
    "p", "strong", "em", "button", "ul", "ol", "li", "code", "pre", "h4", "blockquote", "hr", "br", "s",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


class Tags(HTMLParser):
    """Which elements and attributes a piece of HTML has, and the text it shows."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("text", aimed_at(THERE))
def test_an_attack_in_an_answer_stays_text(text: str) -> None:
    seen = Tags(answer_html(text, {"KR-1"}))
    assert seen.tags <= ALLOWED
    assert not seen.attributes & {"href", "src", "srcset", "style", "onerror", "onload"}


@pytest.mark.parametrize("text", [t for t in aimed_at(THERE) if "```" not in t and "|" not in t and "\u202e" not in t])
def test_an_attack_stays_readable(text: str) -> None:
    shown = re.sub(r"\s+", "", Tags(answer_html(text)).text)
    assert re.sub(r"[\s\\*_]+", "", text) == re.sub(r"[\\*_]+", "", shown)


def test_a_picture_that_comes_in_pieces_is_seen_as_a_whole() -> None:
    said = ""
    for piece in ("!", "[p]", "(", f"http://{THERE}/split)"):
        said += piece
        assert Tags(answer_html(said)).tags <= {"p"}


@pytest.mark.parametrize("text", aimed_at(THERE))
def test_an_attack_in_a_title_is_escaped(text: str) -> None:
    assert not Tags(escaped(text)).tags
    assert not Tags(line(text)).tags
    assert "\n" not in line(text)


@pytest.mark.parametrize("text", aimed_at(THERE))
def test_a_label_has_no_live_sign_and_no_address(text: str) -> None:
    made = label(text)
    assert "://" not in made
    assert not re.search(r"(?<!\\)[!\[\]()<>`$:*_]", made)


def test_hidden_and_turning_characters_are_taken_out() -> None:
    assert plain("a\u202eb\u2066c\u200bd\U000e0049e\x00f\r\ng") == "abcdef\ng"


def test_polish_letters_and_signs_of_the_subject_stay() -> None:
    text = "Zażółć gęślą jaźń – 12,4\u00a0% ▲ ■ ● ✓ ○ ≥ €"
    assert plain(text) == text


def test_only_ids_of_the_answer_become_buttons() -> None:
    drawn = answer_html("Behind [KR-1], not [KR-2], not \\[KR-1\\], not `[KR-1]`.", {"KR-1"})
    assert drawn.count("data-open=") == 1
    assert '<button type="button" class="okr-cite" data-open="KR-1" aria-label="Open KR-1">KR-1</button>' in drawn


def test_an_id_with_signs_in_it_stays_an_id() -> None:
    drawn = answer_html('See [a"b<c>].', {'a"b<c>'})
    assert 'data-open="a&quot;b&lt;c&gt;"' in drawn


def test_a_list_of_what_is_drawn_below_is_marked() -> None:
    text = "Lead [KR-1].\n\nNext:\n- **B** [KR-2]: 3 points\n- **C** [KR-3]: 2 points\n\nAnd:\n- a word"
    drawn = answer_html(text, {"KR-1", "KR-2", "KR-3"}, drawn={"KR-1", "KR-2", "KR-3"})
    assert drawn.count("okr-again") == 2
    assert '<p class="okr-again">Next:</p>' in drawn
    assert "<p>And:</p>" in drawn


def test_a_very_long_text_is_cut() -> None:
    assert len(plain("x" * 1_000_000)) == 60_000
