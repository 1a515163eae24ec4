"""What a key result will come to at the cycle's end, by a named rule, with a range; and how well it has done before.

The rule, `steady-pace`: the speed of the recorded values so far, by the middle of all slopes between two of
them (Theil and Sen), goes on to the last day of the cycle. The range is as wide as the values have
strayed from that line, and wider the longer the way still is. Where there are fewer than four values,
or they span less than a fifth of the cycle, there is no forecast. Of steady work about eight in ten end within
the range; of what speeds up late or stops, few do. So no share is claimed but the one that `back_test` measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from statistics import median

RULE = "steady-pace"
FEWEST_VALUES = 4
SHORTEST_SHARE = 0.2
MOST_VALUES = 60
"""So many of the newest values are looked at."""
FEWEST_PAST = 5
"""Back-tests over fewer finished key results than this are not told."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The value expected on the last day of the cycle, and the range in which it should lie."""

    value: float
    low: float
    high: float
    values: int
    rule: str = RULE


@dataclass(frozen=True, slots=True)
class TooLittle:
    """Why there is no forecast: `few_values`, `short_time`, or `over` for a cycle that has ended."""

    reason: str
    values: int


def forecast(values: Sequence[tuple[date, float]], start: date, end: date, on: date) -> Forecast | TooLittle:
    """The forecast on a day from the values recorded by then, in any order; the last of a day counts.

    >>> days = [date(2026, 10, day) for day in (1, 8, 15, 22, 29)]
    >>> found = forecast([(day, 10.0 + i) for i, day in enumerate(days)], days[0], date(2026, 12, 31), days[-1])
    >>> isinstance(found, Forecast) and found.value
    23.0
    """
    by_day = {day: value for day, value in sorted(values, key=lambda each: each[0]) if day <= on}
    known = sorted(by_day.items())[-MOST_VALUES:]
    if on >= end:
        return TooLittle("over", len(known))
    if len(known) < FEWEST_VALUES:
        return TooLittle("few_values", len(known))
    span = (known[-1][0] - known[0][0]).days
    whole = max(1, (end - start).days)
    if span < SHORTEST_SHARE * whole:
        return TooLittle("short_time", len(known))
    places = [((day - start).days, value) for day, value in known]
    slope = median((b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(places, 2))
    level = median(value - slope * day for day, value in places)
    last = (known[-1][0] - start).days
    ends = level + slope * whole
    strayed = sorted(abs(value - (level + slope * day)) for day, value in places)
    # Eight in ten of the values have strayed less than this; the line itself turns the more the further it is drawn.
    usual = strayed[min(len(strayed) - 1, int(0.8 * len(strayed)))]
    ahead = (whole - last) / max(1, span)
    slopes = sorted((b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(places, 2))
    turns = (slopes[int(0.75 * (len(slopes) - 1))] - slopes[int(0.25 * (len(slopes) - 1))]) / 2
    width = usual * (1 + ahead) + turns * (whole - last)
    return Forecast(round(ends, 9), round(ends - width, 9), round(ends + width, 9), len(known))


@dataclass(frozen=True, slots=True)
class BackTest:
    """How the rule would have done on finished key results, asked half way through their cycles.

    `tried` key results had enough values; of these so many ended `within` the range; `error` is the middle
    distance between forecast and end as a share of the way from baseline to target; `direction` is how many
    were told rightly to reach their target or not.
    """

    tried: int
    within: int
    error: float
    direction: int
    rule: str = RULE


def back_test(past: Sequence[tuple[Sequence[tuple[date, float]], date, date, float, float]]) -> BackTest | None:
    """The rule held against past key results, each (values, start, end, baseline, target); None for too few of them."""
    tried = within = direction = 0
    errors: list[float] = []
    for values, start, end, baseline, target in past:
        ended = [value for day, value in sorted(values) if day <= end]
        if not ended or baseline == target:
            continue
        found = forecast(values, start, end, start + (end - start) / 2)
        if isinstance(found, TooLittle):
            continue
        tried += 1
        within += found.low <= ended[-1] <= found.high
        errors.append(abs(found.value - ended[-1]) / abs(target - baseline))
        direction += reaches(found.value, baseline, target) == reaches(ended[-1], baseline, target)
    if tried < FEWEST_PAST:
        return None
    return BackTest(tried, within, round(median(errors), 4), direction)


def reaches(value: float, baseline: float | None, target: float) -> bool:
    """Whether a value is at the target or beyond it, seen from the baseline; without one more is better."""
    return value <= target if baseline is not None and target < baseline else value >= target
