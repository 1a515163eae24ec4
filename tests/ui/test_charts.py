"""A drawing's data and its title say what the series says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ui.charts import drawable, finding, line_chart, points
from ui.turns import Line
from ui.wording import Wording

WARSAW = ZoneInfo("Europe/Warsaw")
FIRST = datetime(2026, 10, 1, 22, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def series(*values: float, expected: tuple[float, float] | None = None) -> Line:
    dated = [(FIRST + timedelta(days=7 * n), value, f"CI-{n}") for n, value in enumerate(values)]
    wanted = [] if expected is None else [(FIRST, expected[0]), (FIRST + timedelta(days=70), expected[1])]
    return Line("Win rate", "%", dated, wanted)


def test_a_point_stands_on_the_companys_day_with_its_record() -> None:
    found = points(series(18.4, 19.0), WARSAW, "pl")
    assert found[0] == {"at": "2026-10-02T00:30:00", "value": 18.4, "key": "CI-0", "label": "18,4\u00a0%"}


def test_the_points_are_drawn_in_the_order_of_time() -> None:
    line = series(1, 2, 3)
    line.points.reverse()
    assert [point["value"] for point in points(line, WARSAW, "en")] == [1, 2, 3]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (series(18, 20), "Win rate rose by 2 points from 2 October to 9 October"),
        (series(20, 18), "Win rate fell by 2 points from 2 October to 9 October"),
        (series(20, 20), "Win rate has not moved from 2 October to 9 October"),
        (series(18, 19, expected=(18, 28)), "Win rate rose by 1 point from 2 October to 9 October"),
        (series(18, 18.5, expected=(18, 28)), "Win rate rose by 0.5 points from 2 October to 9 October"),
    ],
)
def test_the_title_states_the_finding(line: Line, said: str) -> None:
    found = finding(line, WARSAW, Wording("en"), TODAY)
    assert found.startswith(said)
    if line.expected and line.points[-1][1] < 19:
        assert found.endswith(", below the expected line")


def test_the_title_is_polish_for_a_polish_reader() -> None:
    assert finding(series(18, 20, expected=(18, 18)), WARSAW, Wording("pl"), TODAY) == (
        "Win rate: wzrost o 2 punkty od 2 października do 9 października, powyżej linii oczekiwanej"
    )


def test_one_value_is_no_line() -> None:
    assert not drawable(series(1))
    assert drawable(series(1, 2))


@pytest.mark.parametrize("language", ["en", "pl"])
def test_the_chart_is_whole_and_holds_no_address(language: str) -> None:
    drawn = line_chart(series(1, 2, 3, expected=(1, 4)), WARSAW, language, "expected").to_dict()
    assert len(drawn["layer"]) == 5
    assert "url" not in str(drawn["layer"])
