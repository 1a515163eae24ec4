"""Which of the offered options somebody chose: by its number, its id, or words that only it has."""

from __future__ import annotations

from okr.language.frames import Clarify, Ref
from okr.language.words import fold, stems, tokens

MOST_WORDS = 12
_ORDINALS = (
    {"1", "first", "1st", "pierwszy", "pierwsza", "pierwsze", "pierwszego"},
    {"2", "second", "2nd", "drugi", "druga", "drugie", "drugiego"},
    {"3", "third", "3rd", "trzeci", "trzecia", "trzecie", "trzeciego"},
    {"4", "fourth", "4th", "czwarty", "czwarta", "czwarte", "czwartego"},
    {"5", "fifth", "5th", "piaty", "piata", "piate", "piatego"},
)
_LAST = {"last", "ostatni", "ostatnia", "ostatnie", "ostatniego"}
_FILLER_WORDS = """
    the one a an i mean meant please number no option it is that of in
    ten ta to te tego prosze o chodzi mi numer opcja w z poprosze pan pana pani
    team zespol zespolu person key result objective
"""
_FILLER = frozenset(_FILLER_WORDS.split())


def chosen(text: str, question: Clarify) -> int | None:
    """The index of the option that the words pick; None where they pick none, several, or say more than that."""
    words = [t.plain for t in tokens(text) if t.is_word]
    if not words or len(words) > MOST_WORDS or not question.options:
        return None
    folded = fold(text).strip(" .!?\"'")
    for index, option in enumerate(question.options):
        if folded in {fold(option.key), fold(option.title)}:
            only = [o for o in question.options if fold(o.title) == folded or fold(o.key) == folded]
            return index if len(only) == 1 else None
    left = [word for word in words if word not in _FILLER]
    if len(left) == 1:
        number = _ordinal(left[0], len(question.options))
        if number is not None:
            return number
    if not left:
        return None
    fitting = [index for index, option in enumerate(question.options) if _names(left, option)]
    return fitting[0] if len(fitting) == 1 else None


def _ordinal(word: str, count: int) -> int | None:
    if word in _LAST:
        return count - 1
    for index, forms in enumerate(_ORDINALS[:count]):
        if word in forms:
            return index
    return None


def _names(words: list[str], option: Ref) -> bool:
    """Whether every word occurs in the option's title or id."""
    known: set[str] = set()
    for token in tokens(f"{option.title} {option.key}"):
        if token.is_word:
            known |= stems(token.plain) | {token.plain}
    return all(word in known or stems(word) & known for word in words)
