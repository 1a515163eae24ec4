"""Numbers as people write them in a spreadsheet: 40%, 1 234,5, $2.5k, 14 days."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from okr.exchange.records import LARGEST_NUMBER
from okr.exchange.vocabulary import VOCABULARY, plain
from okr.exchange.wording import shown

_SPACES = re.compile(r"[\u00a0\u2007\u2009\u202f']")
_FIGURE = re.compile(
    r"(?P<sign>[-+−–]?)\s*(?P<before>[^0-9\s.,+−–-]{0,4}?)\s*(?P<sign2>[-−–]?)"
    r"(?P<digits>[0-9](?:[0-9 .,]*[0-9])?)\s*(?P<after>(?:[^\d\s.,+−–-][^\d]{0,19})?)"
)
_THREES = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and the unit that was written with it, if any."""

    value: float
    unit: str | None = None


def decimal_mark(texts: Iterable[str]) -> str | None:
    """The sign that separates decimals in these texts, where they agree on one; else None.

    >>> decimal_mark(["1,234", "12,5"]), decimal_mark(["1,234"]), decimal_mark(["1.5", "1,5"])
    (',', None, None)
    """
    found = {mark for text in texts if (mark := _evident(text)) is not None}
    return found.pop() if len(found) == 1 else None


def read_figure(text: str, mark: str | None = None) -> Figure | str:
    """The number that the text says, or what is wrong with it in words.

    `mark` is the sign for decimals that the rest of the sheet shows; without it "1,234" is refused,
    because it may be a thousand or one and a bit.

    >>> read_figure("1 234,5"), read_figure("40%")
    (Figure(value=1234.5, unit=None), Figure(value=40.0, unit='%'))
    >>> read_figure("1,234")
    "'1,234' may be 1234 or 1.234; write it without the sign for thousands"
    """
    if text.startswith("="):
        return f"{shown(text)} is a formula, not a number"
    match = _FIGURE.fullmatch(_SPACES.sub(" ", text.strip()))
    if not match:
        return f"{shown(text)} is not a number"
    number = _number(match["digits"].strip(), mark)
    if isinstance(number, str):
        return number
    before, after = match["before"].strip(), match["after"].strip()
    times, unit = _scaled(after)
    if before and before not in VOCABULARY.currencies:
        return f"{shown(text)} is not a number"
    if times is None:
        return f"{shown(text)} may mean millions or a unit; write the number in full and the unit in its own column"
    negative = bool(re.fullmatch(r"[-−–]", match["sign"])) != bool(match["sign2"])
    value = number * times * (-1 if negative else 1)
    if abs(value) > LARGEST_NUMBER:
        return f"{shown(text)} is absurdly large"
    # A product of decimals leaves dust behind the digits that were written.
    return Figure(round(value, 9) if times != 1 else value, before or unit or None)


def _number(digits: str, mark: str | None) -> float | str:
    if " " in digits:
        whole, _, _ = digits.partition(",") if "," in digits else digits.partition(".")
        if not _THREES.fullmatch(whole) or digits.count(",") + digits.count(".") > 1:
            return f"{shown(digits)} is not a number"
        return float(digits.replace(" ", "").replace(",", "."))
    evident = _evident(digits)
    if "," not in digits and "." not in digits:
        return float(digits)
    chosen = evident or mark
    if chosen is None:
        sign = "," if "," in digits else "."
        joined, split = digits.replace(sign, ""), digits.replace(sign, ".")
        return f"{shown(digits)} may be {joined} or {split}; write it without the sign for thousands"
    other = "," if chosen == "." else "."
    whole, _, rest = digits.partition(chosen)
    if other in rest or chosen in rest or (other in whole and not re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", whole)):
        return f"{shown(digits)} is not a number"
    return float(f"{whole.replace(other, '')}.{rest or 0}")


def _evident(text: str) -> str | None:
    """The sign for decimals where this text alone shows it."""
    match = re.search(r"[0-9](?:[0-9 .,\u00a0\u202f]*[0-9])?", text)
    digits = match.group() if match else ""
    signs = [c for c in digits if c in ".,"]
    if not signs:
        return None
    if len(set(signs)) == 2:
        return signs[-1]
    if len(signs) > 1:
        return "," if signs[0] == "." else "."
    whole, _, rest = digits.partition(signs[0])
    grouped = len(rest) == 3 and len(whole) <= 3 and not whole.startswith("0")
    return None if grouped else signs[0]


def _scaled(after: str) -> tuple[float | None, str | None]:
    """How often the number is to be taken, and the unit; None where the letter may mean either."""
    if after in ("M", "B"):
        return (1e6, None) if after == "M" else (None, None)
    if after == "m":
        return None, None
    first, _, rest = after.partition(" ")
    for times, words in ((1e3, VOCABULARY.thousand), (1e6, VOCABULARY.million), (1e9, VOCABULARY.billion)):
        if plain(first) in words or first.casefold() in words:
            return times, rest.strip() or None
    return 1.0, after or None
