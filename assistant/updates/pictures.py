"""The two pictures of an update: progress against expected, and what moved within a week.

Each states its finding in its title and shows figures of the draft's facts alone. They are drawn for paper: on white,
with a shape beside each colour.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from PIL import Image, ImageDraw

from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.updates.draft import Draft, Fact
from assistant.updates.lettering import face, printable

WIDTH = 1440
SCALE = 2  # pixels for a point of type: sharp on paper and on a slide
MOST_ROWS = 8
ROW = 62
TOP = 84
TITLES = 500
BAR_LEFT, BAR_RIGHT = 540, 1120
INK, SOFT, TRACK = "#171B21", "#5B6572", "#E3E7EC"
COLOURS = {"on_track": "#0A7A57", "completed": "#0A7A57", "at_risk": "#A35A00", "off_track": "#B4232F"}
PALE = {"on_track": "#C5E0D8", "completed": "#C5E0D8", "at_risk": "#EBD9C2", "off_track": "#EECACD"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with what it shows in words; `height` in the same unit as `WIDTH`."""

    name: str
    png: bytes
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a picture: the record, and its figure in words at the end of the line."""

    title: str
    fact: Fact
    said: str


def pictures(draft: Draft) -> list[Picture]:
    """The pictures of the draft, none where there is nothing to draw."""
    return [made for made in (pace_picture(draft), movement_picture(draft)) if made is not None]


def _records(draft: Draft) -> list[Fact]:
    """The key results that the draft speaks of, each once, in its order."""
    found: dict[str, Fact] = {}
    for fact in draft.facts:
        if fact.title and "status" in fact.values:
            found.setdefault(fact.record, fact)
    return list(found.values())


def _headline(draft: Draft) -> Fact | None:
    return next((fact for fact in draft.facts if fact.kind == "headline"), None)


def _of(fact: Fact, name: str) -> float | None:
    value = fact.values.get(name)
    return float(value) if isinstance(value, int | float) else None


def _points(size: float, language: str) -> str:
    shown = _tenths(size)
    return f"{formats.number(shown, language)} {formats.noun('point', shown, language)}"


def _tenths(size: float) -> float:
    # Rounded as the sentences beside the picture are; the noise of binary fractions is taken away first.
    return float(Decimal(repr(round(abs(size) * 100, 7))).quantize(Decimal("0.1"), ROUND_HALF_UP))


def _signed(size: float, language: str) -> str:
    return f"{'+' if size > 0 else '−'}{_points(size, language)}"


def _gap(size: float, language: str) -> str:
    if _tenths(size) == 0:
        return say(language, "picture.even")
    return say(language, "picture.behind" if size > 0 else "picture.ahead", points=_points(size, language))


# ── progress against expected ───────────────────────────────────────────────────────────────────


def pace_picture(draft: Draft) -> Picture | None:
    """A pace bar for the whole and for each key result that is furthest from its pace."""
    language = draft.language
    rows = [fact for fact in _records(draft) if _of(fact, "progress") is not None and _of(fact, "expected") is not None]
    rows = sorted(rows, key=lambda fact: -(_of(fact, "gap") or 0.0))[:MOST_ROWS]
    head = _headline(draft)
    whole = head if head is not None and _of(head, "progress") is not None else None
    if whole is None and not rows:
        return None
    finding = say(language, "picture.pace")
    if whole is not None and (size := _of(whole, "gap")) is not None:
        finding = say(language, "picture.pace_whole", gap=_gap(size, language))
    drawn = [(say(language, "picture.whole"), whole)] if whole is not None else []
    drawn += [(fact.title, fact) for fact in rows]

    def said(fact: Fact) -> str:
        size = _of(fact, "gap")
        return "" if size is None else _gap(size, language)

    return _picture("pace", finding, [Row(title, fact, said(fact)) for title, fact in drawn], _pace)


def _pace(pen: ImageDraw.ImageDraw, middle: int, fact: Fact) -> None:
    status = str(fact.values.get("status", ""))
    colour = COLOURS.get(status, SOFT)
    low, high = middle - 9, middle + 9
    done, wanted = (min(max(_of(fact, name) or 0.0, 0.0), 1.0) for name in ("progress", "expected"))
    room = BAR_RIGHT - BAR_LEFT
    pen.rounded_rectangle((BAR_LEFT, low, BAR_RIGHT, high), 9, TRACK)
    if wanted > done:
        pen.rounded_rectangle((BAR_LEFT, low, BAR_LEFT + max(wanted * room, 18), high), 9, PALE.get(status, "#CBD2DA"))
    if done > 0:
        pen.rounded_rectangle((BAR_LEFT, low, BAR_LEFT + max(done * room, 18), high), 9, colour)
    if _of(fact, "expected") is not None:
        at = BAR_LEFT + wanted * room
        pen.line((at, middle - 19, at, middle + 19), INK, 4)


# ── what moved ──────────────────────────────────────────────────────────────────────────────────


def movement_picture(draft: Draft) -> Picture | None:
    """A bar to the left or right for each key result whose progress moved within the week, the largest first."""
    language = draft.language
    moved = [fact for fact in _records(draft) if (size := _of(fact, "change")) is not None and abs(size) >= 0.0005]
    moved = sorted(moved, key=lambda fact: (-abs(_of(fact, "change") or 0.0), fact.record))[:MOST_ROWS]
    if not moved:
        return None
    first = moved[0]
    points = _signed(_of(first, "change") or 0.0, language)
    finding = say(language, "picture.moved", title=first.title, points=points)
    most = max(abs(_of(fact, "change") or 0.0) for fact in moved)
    middle = (BAR_LEFT + BAR_RIGHT) // 2

    def draw(pen: ImageDraw.ImageDraw, centre: int, fact: Fact) -> None:
        end = middle + (_of(fact, "change") or 0.0) / most * (BAR_RIGHT - middle)
        pen.rectangle((min(middle, end), centre - 9, max(middle, end), centre + 9), SOFT)
        pen.line((middle, centre - 26, middle, centre + 26), INK, 2)

    rows = [Row(fact.title, fact, _signed(_of(fact, "change") or 0.0, language)) for fact in moved]
    return _picture("movement", finding, rows, draw)


# ── common to both ──────────────────────────────────────────────────────────────────────────────


def _picture(
    name: str, finding: str, rows: list[Row], draw: Callable[[ImageDraw.ImageDraw, int, Fact], None]
) -> Picture:
    height = TOP + ROW * len(rows) + 12
    image = Image.new("RGB", (WIDTH, height), "white")
    pen = ImageDraw.Draw(image)
    pen.text((0, 14), _fitted(finding, WIDTH, 30, "B"), INK, font=face(30, "B"))
    for place, row in enumerate(rows):
        top = TOP + ROW * place
        middle = top + ROW // 2 - 2
        _mark(pen, middle, str(row.fact.values.get("status", "")))
        style = "B" if row.fact.kind == "headline" else ""
        pen.text((38, top + 15), _fitted(row.title, TITLES - 38, 24, style), INK, font=face(24, style))
        draw(pen, middle, row.fact)
        pen.text((BAR_RIGHT + 24, top + 15), _fitted(row.said, WIDTH - BAR_RIGHT - 24, 24), INK, font=face(24))
    kept = io.BytesIO()
    image.save(kept, "PNG", dpi=(72 * SCALE, 72 * SCALE))
    alt = "; ".join([finding, *(f"{row.title}: {row.said}" for row in rows)])
    return Picture(name, kept.getvalue(), height, alt)


def _mark(pen: ImageDraw.ImageDraw, middle: int, status: str) -> None:
    """The shape of the status: a disc, a triangle, a square, a tick, or a ring where it is unknown."""
    colour, left, low, high = COLOURS.get(status, SOFT), 2, middle - 11, middle + 11
    if status == "on_track":
        pen.ellipse((left, low, left + 22, high), colour)
    elif status == "at_risk":
        pen.polygon(((left + 11, low), (left + 22, high), (left, high)), colour)
    elif status == "off_track":
        pen.rectangle((left + 1, low + 1, left + 21, high - 1), colour)
    elif status == "completed":
        pen.line(((left, middle + 1), (left + 8, high - 3), (left + 21, low + 3)), colour, 5, joint="curve")
    else:
        pen.ellipse((left + 1, low + 1, left + 21, high - 1), None, colour, 3)


def _fitted(text: str, room: int, size: int, style: str = "") -> str:
    """The text cut so that it is at most that many pixels wide."""
    shown = printable(text)
    if face(size, style).getlength(shown) <= room:
        return shown
    while shown and face(size, style).getlength(f"{shown}…") > room:
        shown = shown[:-1]
    return f"{shown.rstrip()}…"
