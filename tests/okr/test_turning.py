"""When a series turned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okr.turning import Recorded, by_day, move

START = datetime(2026, 9, 7, tzinfo=UTC)


def series(*values: float) -> list[Recorded]:
    return [Recorded(START + timedelta(weeks=n), value, f"P-{n}") for n, value in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "direction", "turned"),
    [
        ((51, 53, 53, 51, 48, 40), "down", (53, 51, 40, 40)),  # the last time at the top
        ((60, 40, 53, 50, 45), "down", (53, 50, 45, 45)),  # an old peak before an old valley does not count
        ((10, 12, 15, 20, 19), "down", (20, 19, 19, 19)),
        ((88, 85, 78, 80, 83), "down", (88, 85, 78, 83)),  # part of it came back
        ((4.2, 4.2, 4.3, 4.6, 4.6), "up", (4.2, 4.3, 4.6, 4.6)),
        ((88, 78, 90), "down", None),  # made good wholly
        ((1, 2, 3), "down", None),
        ((3, 3, 3), "up", None),
        ((3,), "down", None),
        ((), "down", None),
    ],
)
def test_the_turn_is_found(
    values: tuple[float, ...], direction: str, turned: tuple[float, float, float, float] | None
) -> None:
    found = move(series(*values), direction)
    told = None if found is None else (found.start.value, found.first.value, found.end.value, found.now.value)
    assert told == turned


@given(st.lists(st.integers(0, 20), max_size=30))
def test_a_fall_is_a_rise_upside_down_and_ends_below_its_start(values: list[int]) -> None:
    down, up = move(series(*values), "down"), move(series(*(-value for value in values)), "up")
    assert (down is None) == (up is None)
    if down is not None and up is not None:
        assert down.start.at == up.start.at
        assert down.end.value < down.start.value
        assert down.change < 0
        assert down.start.at < down.first.at <= down.end.at <= down.now.at


def test_of_a_day_the_latest_counts() -> None:
    early, late = Recorded(START, 1, "a"), Recorded(START + timedelta(hours=5), 2, "b")
    assert by_day([late, early]) == [late]
