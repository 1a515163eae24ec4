"""The drawings show what the numbers say, and nothing outside the bar."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest

from ui.drawings import BAR, COLOURS, Pace, clock_mark, pace_bar, spark, status_mark


def drawn(source: str) -> ElementTree.Element:
    return ElementTree.fromstring(source)


def part(source: str, name: str) -> ElementTree.Element | None:
    return next((each for each in drawn(source).iter() if name in (each.get("class") or "").split()), None)


def test_the_bar_is_as_long_as_the_progress_and_the_tick_stands_where_it_should_be() -> None:
    source = pace_bar(Pace(0.25, 0.5, "at_risk", label="x"))
    done, tick = part(source, "okr-done"), part(source, "okr-tick")
    assert done is not None
    assert tick is not None
    assert float(done.get("width", "0")) == pytest.approx(BAR / 4, abs=0.1)
    assert float(tick.get("x1", "0")) == pytest.approx(BAR / 2, abs=0.1)


@pytest.mark.parametrize("progress", [-3.0, 0.0, 0.004, 1.0, 7.5])
@pytest.mark.parametrize("expected", [None, 0.0, 1.0])
def test_nothing_leaves_the_bar(progress: float, expected: float | None) -> None:
    for each in drawn(pace_bar(Pace(progress, expected, "off_track"))).iter():
        left = float(each.get("x") or each.get("x1") or 0)
        assert 0 <= left <= BAR
        if each.tag.endswith("rect"):
            assert left + float(each.get("width", "0")) <= BAR + 0.1


def test_without_progress_there_is_no_bar_and_no_colour() -> None:
    source = pace_bar(Pace(None, 0.5, "unknown"))
    assert part(source, "okr-done") is None
    assert part(source, "okr-empty") is not None


def test_the_gap_and_the_change_stand_beside_it() -> None:
    source = pace_bar(Pace(0.1, 0.5, "off_track", "40 points behind", -0.03, "3 points", "10% done"))
    text = "".join(drawn(source).itertext())
    assert "40 points behind" in text
    assert "↓ 3 points" in text
    assert drawn(source).get("aria-label") == "10% done"


def test_words_are_escaped() -> None:
    source = pace_bar(Pace(0.1, 0.5, "off_track", "<script>x</script>", label='"><script>'))
    assert "<script" not in source
    assert drawn(source).get("aria-label") == '"><script>'


@pytest.mark.parametrize("status", [*COLOURS, "unknown", "pending", "anything"])
def test_every_status_has_a_shape(status: str) -> None:
    assert len(drawn(status_mark(status))) == 1


def test_the_shapes_differ_without_their_colours() -> None:
    shapes = {
        status: re.sub(r'(fill|stroke)="#[^"]*"|class="[^"]*"', "", status_mark(status))
        for status in ("on_track", "at_risk", "off_track", "completed", "unknown")
    }
    assert len(set(shapes.values())) == len(shapes)


def test_the_clock_is_a_drawing_without_words() -> None:
    assert drawn(clock_mark()).get("aria-hidden") == "true"


def test_a_spark_needs_two_values() -> None:
    assert spark([1.0]) == ""
    assert "polyline" in spark([3.0, 3.0])
