"""The typeface that documents carry with them, and text that it can show."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont

FACES = {"": "regular", "B": "semibold", "I": "italic"}
_FOLDER = Path(__file__).parent / "fonts"
FAMILY = "Hanken Grotesk"


def face_file(style: str) -> Path:
    """The file of the regular, bold ("B") or italic ("I") face."""
    return _FOLDER / f"hanken-grotesk-{FACES[style]}.ttf"


@lru_cache(maxsize=32)
def face(size: int, style: str = "") -> ImageFont.FreeTypeFont:
    """The face at a size in pixels, for pictures."""
    return ImageFont.truetype(face_file(style), size)


@cache
def _known() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    return frozenset(TTFont(face_file(""), lazy=True).getBestCmap())


def printable(text: str) -> str:
    """The text with only signs that the typeface has: others lose their accents, and what is left becomes "?".

    >>> printable("Zażółć gęślą jaźń – „3,4 %”") == "Zażółć gęślą jaźń – „3,4 %”", printable("ok 🚀 ṩ")
    (True, 'ok ? s')
    """
    known = _known()
    if all(ord(c) in known for c in text):
        return text
    return "".join(c if ord(c) in known else _nearest(c, known) for c in text)


def _nearest(sign: str, known: frozenset[int]) -> str:
    if sign in ("\u202f", "\u2009"):
        return " "
    if unicodedata.combining(sign):
        return ""
    plain = "".join(c for c in unicodedata.normalize("NFKD", sign) if ord(c) in known and not unicodedata.combining(c))
    return plain or "?"
