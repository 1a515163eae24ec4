"""Small drawings as inline SVG: the pace bar, the mark of a status, a clock. They know numbers and words, no records.

Every colour is an attribute with the light theme's value, so that a drawing stands alone in a mail;
the page's style sheet recolours the classes for its themes. Every text is escaped here.
"""

from __future__ import annotations

from dataclasses import dataclass

from ui.harmless import line

INK = "#171B21"
TRACK = "#E3E7EC"
COLOURS = {
    "on_track": "#0A7A57",
    "at_risk": "#A35A00",
    "off_track": "#B4232F",
    "completed": "#0A7A57",
    "holding": "#0A7A57",
    "breached": "#B4232F",
}
QUIET = "#5B6572"


def tone(status: str) -> str:
    """The class that colours a status: ours by name, quiet for anything else."""
    return status if status in COLOURS else "quiet"


def _shape(status: str) -> str:
    colour = COLOURS.get(status, QUIET)
    if status in ("on_track", "holding"):
        return f'<circle cx="6" cy="6" r="5" fill="{colour}"/>'
    if status == "at_risk":
        return f'<path d="M6 .8 11.6 11H.4Z" fill="{colour}"/>'
    if status in ("off_track", "breached"):
        return f'<rect x="1" y="1" width="10" height="10" rx="1" fill="{colour}"/>'
    if status == "completed":
        return (
            f'<path d="M1.5 6.6 4.6 9.7 10.5 2.6" fill="none" stroke="{colour}" stroke-width="2.2" '
            'stroke-linecap="round" stroke-linejoin="round"/>'
        )
    return f'<circle cx="6" cy="6" r="4.3" fill="none" stroke="{colour}" stroke-width="1.6"/>'


def status_mark(status: str) -> str:
    """The shape of a status without its word, which stands beside it: ● ▲ ■ ✓, and ○ for anything else."""
    return (
        f'<svg class="okr-mark okr-{tone(status)}" viewBox="0 0 12 12" width="12" height="12" '
        f'aria-hidden="true" focusable="false">{_shape(status)}</svg>'
    )


def clock_mark() -> str:
    """A small clock, for what is stale; the words stand beside it."""
    return (
        '<svg class="okr-mark okr-quiet" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" '
        f'focusable="false"><circle cx="6" cy="6" r="5" fill="none" stroke="{QUIET}" stroke-width="1.4"/>'
        f'<path d="M6 3.2V6l2 1.4" fill="none" stroke="{QUIET}" stroke-width="1.4" stroke-linecap="round"/></svg>'
    )


@dataclass(frozen=True, slots=True)
class Pace:
    """What a pace bar shows: shares of 1 (None where undefined), the status, and the words beside it.

    `change` is the progress of the last week as a share; `gap_words` stands beside the bar and
    `label` says the whole drawing in a sentence.
    """

    progress: float | None
    expected: float | None
    status: str
    gap_words: str = ""
    change: float | None = None
    change_words: str = ""
    label: str = ""


BAR = 168
HEIGHT = 18
MIDDLE = HEIGHT / 2


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def pace_bar(pace: Pace, *, words: bool = True) -> str:
    """The pace bar: a bar for progress, a tick where it should be, then the gap and the week's change in words.

    Progress is clamped to the bar; without progress the track is dashed and empty. Without `words`
    only the bar is drawn.
    """
    colour = COLOURS.get(pace.status, QUIET)
    parts: list[str] = []
    if pace.progress is None:
        parts.append(
            f'<line class="okr-empty" x1="2" x2="{BAR - 2}" y1="{MIDDLE}" y2="{MIDDLE}" stroke="{QUIET}" '
            'stroke-width="1.5" stroke-dasharray="3 4"/>'
        )
    else:
        done = BAR * _share(pace.progress)
        parts.append(f'<rect class="okr-track" x="0" y="5" width="{BAR}" height="8" rx="4" fill="{TRACK}"/>')
        if pace.expected is not None and _share(pace.expected) > _share(pace.progress):
            # Up to the tick, paler than what is done, which lies on it.
            wanted = BAR * _share(pace.expected)
            parts.append(
                f'<rect class="okr-missing okr-{tone(pace.status)}" x="0" y="5" width="{wanted:.1f}" '
                f'height="8" rx="4" fill="{colour}" fill-opacity=".22"/>'
            )
        if done > 0:
            width = max(done, 4.0)
            parts.append(
                f'<rect class="okr-done okr-{tone(pace.status)}" x="0" y="5" width="{width:.1f}" height="8" '
                f'rx="{min(4.0, width / 2):.1f}" fill="{colour}"/>'
            )
    if pace.expected is not None:
        at = min(max(BAR * _share(pace.expected), 1.0), BAR - 1.0)
        parts.append(
            f'<line class="okr-tick" x1="{at:.1f}" x2="{at:.1f}" y1="1" y2="{HEIGHT - 1}" stroke="{INK}" '
            'stroke-width="2" stroke-linecap="round"/>'
        )
    width = BAR
    if words and (pace.gap_words or pace.change_words):
        width = 330
        said = f'<tspan class="okr-gap">{line(pace.gap_words)}</tspan>' if pace.gap_words else ""
        if pace.change_words and pace.change:
            arrow = "↑" if pace.change > 0 else "↓"
            said += f'<tspan dx="8" class="okr-moved">{arrow} {line(pace.change_words)}</tspan>'
        parts.append(
            f'<text x="{BAR + 12}" y="{MIDDLE + 4.5}" font-size="13" font-family="inherit" fill="{INK}">{said}</text>'
        )
    return (
        f'<svg class="okr-pace" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" role="img" '
        f'aria-label="{line(pace.label)}">{"".join(parts)}</svg>'
    )


def spark(values: list[float], status: str = "", *, width: int = 96, height: int = 22) -> str:
    """A line of values without axes, its last point marked; an empty text for fewer than two values."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    room = high - low or 1.0
    step = (width - 8) / (len(values) - 1)
    points = [(4 + step * i, height - 4 - (value - low) / room * (height - 8)) for i, value in enumerate(values)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    colour = COLOURS.get(status, QUIET)
    return (
        f'<svg class="okr-spark okr-{tone(status)}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'aria-hidden="true" focusable="false"><polyline points="{path}" fill="none" stroke="{colour}" '
        f'stroke-width="1.6" stroke-linejoin="round"/><circle cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" '
        f'r="2.6" fill="{colour}"/></svg>'
    )


def columns_chart(bars: list[tuple[str, float | None, str]], *, most: float, label: str) -> str:
    """A column for each `(name, value, value in words)`, `most` being the full height; without a value only the name.

    The value stands above its column, so that no axis is needed.
    """
    wide, high, step = 40, 84, 56
    width = step * len(bars)
    parts: list[str] = []
    for place, (name, value, said) in enumerate(bars):
        left = place * step + (step - wide) / 2
        middle = place * step + step / 2
        size = 0.0 if value is None else high * _share(value / most)
        if size:
            parts.append(
                f'<rect class="okr-column" x="{left:.1f}" y="{18 + high - size:.1f}" width="{wide}" '
                f'height="{size:.1f}" rx="3" fill="{QUIET}"/>'
            )
        for text, y, name_class in ((said, 12 + high - size, "okr-column-value"), (name, high + 34, "okr-column-name")):
            parts.append(
                f'<text class="{name_class}" x="{middle:.1f}" y="{y:.1f}" text-anchor="middle" font-size="11" '
                f'font-family="inherit" fill="{INK}">{line(text)}</text>'
            )
    spoken = "; ".join(f"{name}: {said}" for name, _, said in bars)
    return (
        f'<svg class="okr-columns" viewBox="0 0 {width} {high + 40}" width="{width}" height="{high + 40}" role="img" '
        f'aria-label="{line(label)}: {line(spoken)}">{"".join(parts)}</svg>'
    )
