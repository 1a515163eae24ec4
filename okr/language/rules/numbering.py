"""A plain number with its unit, as conditions and changes of them name it."""

from __future__ import annotations

import re

from okr.language.numbers import cardinal
from okr.language.rules.tokens import Sentence


def number_at(s: Sentence, i: int) -> tuple[float, str | None] | None:
    """The number at i and whether it is said in percent or points; None if there is none."""
    word = s.plain[i]
    if re.fullmatch(r"\d+[.,]\d+", word):
        value, after = float(word.replace(",", ".")), i + 1
    else:
        number = None if word in ("a", "an", "one") else cardinal(s.plain[i : i + 3], s.language)
        if number is None:
            return None
        value, after = float(number.value), i + number.words
        while word.isdecimal() and re.fullmatch(r"\d{3}", s.plain[after]):
            value, after = value * 1000 + int(s.plain[after]), after + 1
    scale = {"k": 1e3, "tys": 1e3, "m": 1e6, "mln": 1e6, "million": 1e6, "thousand": 1e3}.get(s.plain[after], 1)
    if scale > 1:
        value, after = value * scale, after + 1
    unit = "percent" if s.is_a(after, "PERCENT") else "points" if s.is_a(after, "POINTS") else None
    return value, unit
