"""Records are drawn with the reader's words and nobody's markup."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.settings import Settings
from okr.store import Store
from tests.ui.attacks import aimed_at
from tests.ui.test_harmless import Tags
from ui.figures import apart_html, pace_of, records_html, shown_as_figures
from ui.session import House, Visit
from ui.turns import Listed, Turn
from ui.wording import Wording

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ALLOWED = {
    "ol", "ul", "li", "span", "div", "button", "svg", "rect", "line", "circle", "path", "details", "summary", "p",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


@pytest.fixture
def ana(sample_store: Store) -> Visit:
    actor = sample_store.actor("ana.nowak@lumen.example")
    return Visit(House(Settings(), sample_store), sample_store.company(), actor, Wording("en"), NOW, True)


def paced(number: int, **values: object) -> Listed:
    known = {"progress": 0.12, "expected": 0.58, "gap": 0.46, "status": "off_track", "owner": "ana.nowak@lumen.example"}
    return Listed(f"KR-{number}", "key_result", f"Title {number}", {**known, **values})


def test_a_pace_is_said_in_words(ana: Visit) -> None:
    pace = pace_of(ana, {"progress": 0.12, "expected": 0.58, "gap": 0.46, "change": -0.03, "status": "off_track"})
    assert (pace.gap_words, pace.change_words) == ("46 points behind", "3 points")
    assert pace.label == "12% done, 58% expected by now, down 3 points since then"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"progress": 0.7, "expected": 0.6, "gap": -0.1}, "10 points ahead"),
        ({"progress": 0.6, "expected": 0.6, "gap": 0.0}, "on pace"),
        ({"progress": None, "expected": 0.6, "gap": None}, "no pace"),
        ({"progress": 1.0}, ""),
    ],
)
def test_every_gap_has_its_words(ana: Visit, values: dict[str, object], words: str) -> None:
    assert pace_of(ana, values).gap_words == words


def test_a_list_shows_the_first_and_folds_the_rest(ana: Visit) -> None:
    drawn = records_html(ana, Turn("Q", rows=[paced(n) for n in range(9)], more=3))
    before, fold = drawn.split("<details")
    assert before.count("data-open") == 5
    assert "Show 4 more" in fold
    assert "and 3 more that are not listed" in fold
    assert "Ana Nowak" in before
    assert "off track" in before.lower()


def test_staleness_and_the_owners_word_stand_beside_a_status(ana: Visit) -> None:
    drawn = records_html(ana, Turn("Q", rows=[paced(1, freshness="stale", age_days=21, reported="on_track")]))
    assert "stale: 21 days old" in drawn
    assert "owner says on track" in drawn


def test_a_record_without_a_pace_is_not_drawn_alone(ana: Visit) -> None:
    assert records_html(ana, Turn("Q", rows=[Listed("T-1", "task", "A task", {"status": "done"})])) == ""


def test_tasks_are_a_table_in_the_readers_words_unless_the_text_tells_them(ana: Visit) -> None:
    rows = [
        Listed(f"T-{n}", "task", f"Task {n}", {"status": "in_progress", "due": "2026-11-27", "assignee": None})
        for n in (1, 2)
    ]
    drawn = records_html(ana, Turn("Q", rows=rows))
    assert "27 November" in drawn
    assert "in progress" in drawn
    assert "Assignee" not in drawn
    assert records_html(ana, Turn("Q", text="- A [T-1]\n- B [T-2]", rows=rows)) == ""


def test_what_was_left_out_is_said_with_its_reason(ana: Visit) -> None:
    drawn = apart_html(ana, Turn("Q", apart=[Listed("KR-2", "key_result", "B", {"why": "no_baseline"})]))
    assert "1 left out" in drawn
    assert "no baseline" in drawn


def test_only_a_list_of_paces_stands_for_the_words(ana: Visit) -> None:
    assert shown_as_figures(Turn("Q", rows=[paced(1), paced(2)])) == {"KR-1", "KR-2"}
    assert shown_as_figures(Turn("Q", rows=[Listed("L-1", "lesson", "x"), Listed("L-2", "lesson", "y")])) == frozenset()


@pytest.mark.parametrize("text", aimed_at("127.0.0.1:9777"))
@pytest.mark.parametrize("kind", ["key_result", "task", "anything"])
def test_an_attack_in_a_record_stays_text(ana: Visit, text: str, kind: str) -> None:
    values = {"progress": 0.1, "expected": 0.5, "status": text, "unit": text, "value": 1.0, "owner": text, "why": text}
    values |= {"reported": text, "team": text, "due": text, "assignee": text, "freshness": "fresh"}
    rows = [Listed(text, kind, text, values), Listed("KR-1", kind, text, values)]
    drawn = records_html(ana, Turn("Q", rows=rows)) + apart_html(ana, Turn("Q", apart=rows))
    seen = Tags(drawn)
    assert seen.tags <= ALLOWED
    assert not seen.attributes & {"href", "src", "style", "onerror"}
    assert "\n" not in drawn
