"""Which of the two languages a short sentence is in, by its letters and its everyday words."""

from __future__ import annotations

import re

from okr.language.words import fold

_POLISH = re.compile(
    r"\b(?:wynosi|jest|pewnosc|blok\w+|wygran\w+|sukces\w*|notatka|zadanie|oznacz|ustaw|zmien|jako|na|cel|cele|dla|dodaj|"
    r"przypisz|zrobion\w+|wczoraj|dzis|zapisz|wpis|teraz|spadl\w*|wzros\w*|gotowe|przez|mamy|procent|zielony|czerwony|zolty|"
    r"sprawdz|ocen|przejrzyj|nasze|moje|zespolu|prognoz\w+|osiagniemy|dowieziemy|czy|jak|okr-y|okry|ile|bedzie)\b"
)
_ENGLISH = re.compile(
    r"\b(?:is|are|confidence|blocked|by|win|wins|note|task|set|mark|as|to|target|of|for|add|assign|done|yesterday|today|"
    r"check|the|our|at|now|update|fell|rose|green|red|yellow|review|will|we|forecast|hit|how|well|objectives|good)\b"
)


def language_of(text: str, usual: str) -> str:
    """`pl` or `en`, whichever more words of the text are in; `usual` where neither is.

    >>> language_of("NPS wynosi 52", "en"), language_of("NPS is 52", "pl"), language_of("NPS: 52", "pl")
    ('pl', 'en', 'pl')
    """
    folded = fold(text)
    polish, english = len(_POLISH.findall(folded)), len(_ENGLISH.findall(folded))
    polish += any(sign in "ąćęłńóśźż" for sign in text.lower())
    return usual if polish == english else "pl" if polish > english else "en"
