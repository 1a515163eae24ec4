"""Numbers written as words, in English and Polish: how many, and which in a row.

Works on folded words (lower case, no diacritics), so every Polish case and gender is here
without its tails: "osmego", "osma" and "osmej" are all the eighth.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple


class Number(NamedTuple):
    """A number and how many words it took."""

    value: int
    words: int


_ENGLISH_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_ENGLISH_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
_ENGLISH_TENS |= {"seventy": 70, "eighty": 80}
_ENGLISH_ORDINALS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]
_ENGLISH_TENTHS = {"twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50}

_POLISH_FORMS: dict[int, str] = {
    1: "jeden jedna jedno jednego jednej jednemu jednym",
    2: "dwa dwie dwoch dwu dwom dwoma dwoje",
    3: "trzy trzech trzem trzema troje",
    4: "cztery czterech czterem czterema czworo",
    5: "piec pieciu piecioma piecioro",
    6: "szesc szesciu szescioma",
    7: "siedem siedmiu siedmioma",
    8: "osiem osmiu osmioma",
    9: "dziewiec dziewieciu dziewiecioma",
    10: "dziesiec dziesieciu dziesiecioma",
    11: "jedenascie jedenastu",
    12: "dwanascie dwunastu",
    13: "trzynascie trzynastu",
    14: "czternascie czternastu",
    15: "pietnascie pietnastu",
    16: "szesnascie szesnastu",
    17: "siedemnascie siedemnastu",
    18: "osiemnascie osiemnastu",
    19: "dziewietnascie dziewietnastu",
}
_POLISH_TEN_FORMS: dict[int, str] = {
    20: "dwadziescia dwudziestu",
    30: "trzydziesci trzydziestu",
    40: "czterdziesci czterdziestu",
    50: "piecdziesiat piecdziesieciu",
    60: "szescdziesiat szescdziesieciu",
    70: "siedemdziesiat siedemdziesieciu",
    80: "osiemdziesiat osiemdziesieciu",
    90: "dziewiecdziesiat dziewiecdziesieciu",
}
_POLISH_ORDINAL_STEMS: dict[int, str] = {
    0: "zerow", 1: "pierwsz", 2: "drug", 3: "trzec", 4: "czwart", 5: "piat", 6: "szost", 7: "siodm", 8: "osm",
    9: "dziewiat", 10: "dziesiat", 11: "jedenast", 12: "dwunast", 13: "trzynast", 14: "czternast", 15: "pietnast",
    16: "szesnast", 17: "siedemnast", 18: "osiemnast", 19: "dziewietnast",
}  # fmt: skip
_POLISH_TENTH_STEMS: dict[int, str] = {
    20: "dwudziest", 30: "trzydziest", 40: "czterdziest", 50: "piecdziesiat",
}  # fmt: skip
_HARD_ENDINGS = ("y", "a", "e", "ego", "ej", "emu", "ym", "ych", "ymi")
_SOFT_ENDINGS = ("i", "a", "ia", "ie", "ego", "iego", "iej", "iemu", "im", "ich", "imi", "iim")


def _polish_ordinals(stems: dict[int, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for value, stem in stems.items():
        for ending in _SOFT_ENDINGS if value in (2, 3) else _HARD_ENDINGS:
            found[stem + ending] = value
    return found


_CARDINALS = {
    "en": {word: value for value, word in enumerate(_ENGLISH_SMALL)},
    "pl": {form: value for value, forms in _POLISH_FORMS.items() for form in forms.split()},
}
_TENS = {
    "en": _ENGLISH_TENS,
    "pl": {form: value for value, forms in _POLISH_TEN_FORMS.items() for form in forms.split()},
}
_ORDINALS = {
    "en": {word: value for value, word in enumerate(_ENGLISH_ORDINALS)},
    "pl": _polish_ordinals(_POLISH_ORDINAL_STEMS),
}
_TENTHS = {"en": _ENGLISH_TENTHS, "pl": _polish_ordinals(_POLISH_TENTH_STEMS)}
_HUNDRED = {"en": {"hundred": 100}, "pl": {"sto": 100, "stu": 100}}

_DIGIT_ORDINAL = {
    "en": re.compile(r"(\d{1,3})(?:st|nd|rd|th)"),
    "pl": re.compile(r"(\d{1,3})-?(?:go|ego|ciego|szego|szy|gi|ci|ty|sty|my|ym|ta|ga|cia|tego|ej|giego|szym|mego)"),
}


def cardinal(words: Sequence[str], language: str) -> Number | None:
    """How many, at the beginning of the folded words; None if they begin with no number.

    >>> cardinal(["twenty", "five", "days"], "en")
    Number(value=25, words=2)
    >>> cardinal(["dwunastu", "dni"], "pl")
    Number(value=12, words=1)
    """
    if not words:
        return None
    first = words[0]
    if first.isdecimal() and len(first) <= 12:
        return Number(int(first), 1)
    if first in _CARDINALS[language]:
        return Number(_CARDINALS[language][first], 1)
    if first in _HUNDRED[language]:
        return Number(100, 1)
    if first in _TENS[language]:
        return _with_unit(_TENS[language][first], words, _CARDINALS[language])
    tens, _, unit = first.partition("-")
    if tens in _TENS[language] and unit in _CARDINALS[language]:
        return Number(_TENS[language][tens] + _CARDINALS[language][unit], 1)
    return None


def ordinal(words: Sequence[str], language: str) -> Number | None:
    """Which in a row, at the beginning of the folded words; None if they begin with none.

    Digits need their ending ("3rd", "3-go"); a bare number is a cardinal. Compounds count in
    full: both words of "dwudziestego pierwszego" and of "twenty first".

    >>> ordinal(["twenty", "first"], "en")
    Number(value=21, words=2)
    >>> ordinal(["dwudziestego", "pierwszego"], "pl")
    Number(value=21, words=2)
    """
    if not words:
        return None
    first = words[0]
    digits = _DIGIT_ORDINAL[language].fullmatch(first)
    if digits:
        return Number(int(digits[1]), 1)
    if first in _ORDINALS[language]:
        return Number(_ORDINALS[language][first], 1)
    if first in _TENTHS[language]:
        return _with_unit(_TENTHS[language][first], words, _ORDINALS[language])
    if first in _TENS[language] and len(words) > 1 and words[1] in _ORDINALS[language]:
        unit = _ORDINALS[language][words[1]]
        if 1 <= unit <= 9:
            return Number(_TENS[language][first] + unit, 2)
    tens, _, unit_word = first.partition("-")
    if tens in _TENS[language] and unit_word in _ORDINALS[language]:
        return Number(_TENS[language][tens] + _ORDINALS[language][unit_word], 1)
    return None


def _with_unit(tens: int, words: Sequence[str], units: dict[str, int]) -> Number:
    following = words[1:]
    took = 1
    if following and following[0] == "-":
        following = following[1:]
        took = 2
    if following and 1 <= units.get(following[0], 0) <= 9:
        return Number(tens + units[following[0]], took + 1)
    return Number(tens, 1)


@lru_cache(maxsize=4)
def number_words(language: str) -> frozenset[str]:
    """Every word that can be part of a number in the language."""
    return frozenset(
        {*_CARDINALS[language], *_TENS[language], *_ORDINALS[language], *_TENTHS[language], *_HUNDRED[language]}
    )
