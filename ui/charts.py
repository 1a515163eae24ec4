"""The line of a series over time: one finding in the title, the expected line dashed, records as dots that open."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from assistant.telling import formats
from ui.harmless import plain
from ui.turns import Line
from ui.wording import Wording

if TYPE_CHECKING:
    import altair as alt

HEIGHT = 230
LINE = "#6172E0"
EXPECTED = "#8690A0"


def points(line: Line, zone: ZoneInfo, language: str) -> list[dict[str, str | float]]:
    """The series as rows of `at`, `value`, `key`, `label`, oldest first; `label` is the value as people write it."""
    return [
        {
            # Wall time of the company without its zone, so that the browser draws the company's days.
            "at": at.astimezone(zone).replace(tzinfo=None).isoformat(),
            "value": value,
            "key": plain(key),
            "label": formats.amount(value, plain(line.unit) or None, language),
        }
        for at, value, key in sorted(line.points)
    ]


def drawable(line: Line) -> bool:
    """Whether there is enough to draw: two values at least."""
    return len(line.points) >= 2


def finding(line: Line, zone: ZoneInfo, words: Wording, today: date) -> str:
    """What the series shows, in a sentence: how much it rose or fell, and where it stands to the expected line."""
    first, last = min(line.points), max(line.points)
    language, change = words.language, last[1] - first[1]
    key = "chart.flat" if not change else "chart.rose" if change > 0 else "chart.fell"
    said = words(
        key,
        title=line.title,
        change=formats.signed_amount(abs(change), plain(line.unit) or None, language).lstrip("+±"),
        first=formats.day(first[0].astimezone(zone).date(), language, today),
        last=formats.day(last[0].astimezone(zone).date(), language, today),
    )
    wanted = _expected_at(line, last[0])
    if wanted is None or wanted == last[1]:
        return said
    beside = words("chart.above") if last[1] > wanted else words("chart.below")
    return f"{said}, {beside}"


def _expected_at(line: Line, at: datetime) -> float | None:
    between = sorted(line.expected)
    for (before, low), (after, high) in pairwise(between):
        if before <= at <= after and after > before:
            return low + (high - low) * ((at - before) / (after - before))
    return None


def line_chart(line: Line, zone: ZoneInfo, language: str, expected_word: str) -> alt.LayerChart:
    """A chart of one series; the last value is written at its dot, the expected line named at its end."""
    # Loaded while the first visitor reads (see ui.serving): the page itself should not wait for it.
    import altair as alt

    rows = points(line, zone, language)
    days = "%-d %b" if language == "en" else "%-d.%m"
    decimal = "replace(datum.label, '.', ',')" if language == "pl" else "datum.label"
    x = alt.X("at:T", axis=alt.Axis(title=None, format=days, grid=False, tickCount=6, domain=False, ticks=False))
    y = alt.Y(
        "value:Q",
        scale=alt.Scale(zero=False, nice=True, padding=12),
        axis=alt.Axis(title=None, tickCount=4, domain=False, ticks=False, gridOpacity=0.35, labelExpr=decimal),
    )
    tooltip = [alt.Tooltip("label:N", title=" "), alt.Tooltip("at:T", title=" ", format=days)]
    opened = alt.selection_point(name="opened", fields=["key"], on="click", empty=False)
    base = alt.Chart(alt.InlineData(values=rows))
    layers: list[alt.Chart] = []
    if len(line.expected) >= 2:
        wanted_rows = [
            {"at": at.astimezone(zone).replace(tzinfo=None).isoformat(), "value": value, "word": ""}
            for at, value in sorted(line.expected)
        ]
        wanted_rows[-1]["word"] = expected_word
        wanted = alt.Chart(alt.InlineData(values=wanted_rows))
        layers.append(wanted.mark_line(strokeDash=[5, 4], color=EXPECTED, strokeWidth=1.5).encode(x=x, y=y))
        named = wanted.mark_text(align="right", dy=-8, color=EXPECTED, fontSize=12)
        layers.append(named.encode(x=x, y=y, text="word:N"))
    for number, (at, word) in enumerate(sorted(line.marks)):
        layers += _mark(line, number, at, word, zone, x)
    layers.append(base.mark_line(color=LINE, strokeWidth=2).encode(x=x, y=y))
    dots = base.mark_circle(size=58, color=LINE, opacity=1, cursor="pointer")
    layers.append(dots.encode(x=x, y=y, tooltip=tooltip).add_params(opened))
    # Above the dot where the line came from below, and the other way round, so that neither hides the other.
    before = [value for row in rows if (value := float(row["value"])) != float(rows[-1]["value"])]
    beside = 18 if before and float(rows[-1]["value"]) < before[-1] else -13
    last = alt.Chart(alt.InlineData(values=rows[-1:]))
    named_last = last.mark_text(align="right", dx=6, dy=beside, fontWeight=600, fontSize=13, color=LINE)
    layers.append(named_last.encode(x=x, y=y, text="label:N"))
    drawn: alt.LayerChart = alt.layer(*layers).properties(height=HEIGHT).configure_view(stroke=None)
    return drawn


MARKS_DEEP = 4


def _mark(line: Line, number: int, at: datetime, word: str, zone: ZoneInfo, x: alt.X) -> list[alt.Chart]:
    """A thin upright line where something was changed, with its words on the side where there is room."""
    import altair as alt

    moments = [when for when, _, _ in line.points] + [when for when, _ in line.expected]
    late = at > min(moments) + (max(moments) - min(moments)) * 0.6
    row = {"at": at.astimezone(zone).replace(tzinfo=None).isoformat(), "word": plain(word)}
    changed = alt.Chart(alt.InlineData(values=[row]))
    # One below the other, so that the words of neighbours do not meet.
    said = changed.mark_text(
        align="right" if late else "left", baseline="top", dx=-5 if late else 5, color=EXPECTED, fontSize=12
    )
    return [
        changed.mark_rule(color=EXPECTED, strokeWidth=1).encode(x=x),
        said.encode(x=x, y=alt.value(14 * (number % MARKS_DEEP)), text="word:N"),
    ]
