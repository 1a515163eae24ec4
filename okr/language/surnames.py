"""Surnames that are days or months too: Adam Środa, Joanna Maj, April Jones."""

from __future__ import annotations

from collections.abc import Sequence

from okr.language.naming import Names
from okr.language.periods import TimeMatch
from okr.language.words import Token, stems


def surnames(
    found: Sequence[TimeMatch], sentence: Sequence[Token], words: Sequence[str], store: Names, language: str
) -> frozenset[int]:
    """The places of single words that read as a time and are somebody's name.

    A name stands beside another name of the same person; in Polish, where days and months are written
    small, a capital within the sentence is enough.
    """
    alone = [t.start for t in found if t.end - t.start == 1 and words[t.start].isalpha()]
    if not alone:
        return frozenset()
    near = {i: [j for j in (i - 1, i + 1) if 0 <= j < len(words)] for i in alone}
    forms = {j: stems(words[j]) for i in alone for j in (i, *near[i])}
    bearing = store.bearing({form for some in forms.values() for form in some})
    people = {
        j: {ref for form in some for ref in bearing.get(form, ()) if ref[0] == "person"} for j, some in forms.items()
    }
    return frozenset(
        i for i in alone
        if any(people[i] & people[j] for j in near[i])
        or (people[i] and i > 0 and language == "pl" and sentence[i].text[:1].isupper())
    )  # fmt: skip
