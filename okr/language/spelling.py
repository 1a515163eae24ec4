"""Slips of the pen in words of the vocabulary, and not in names: those the linker forgives."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from rapidfuzz.distance import OSA

from okr.language.glossary import concepts
from okr.language.patterns import Vocabulary
from okr.language.words import stems, variants

SHORTEST = 5


class _Bearers(Protocol):
    def bearing(self, words: Collection[str]) -> dict[str, set[tuple[str, int]]]: ...
    def borne(self, words: Collection[str]) -> set[str]: ...
    def like(self, variants: Collection[str]) -> set[str]: ...


def mended(words: Sequence[str], vocabulary: Vocabulary, store: _Bearers, taken: Collection[int]) -> list[str]:
    """The words, those put right that are a slip away from the vocabulary and are no name."""
    out = list(words)
    odd = [
        i for i, w in enumerate(words)
        if i not in taken and len(w) >= SHORTEST and w.isalpha() and not vocabulary.knows(w)
    ]  # fmt: skip
    if not odd:
        return out
    borne = store.borne({form for i in odd for form in stems(words[i])})
    ideas = {i for start, end, _ in concepts(words) for i in range(start, end)}
    for i in odd:
        if i in ideas or not borne.isdisjoint(stems(words[i])) or _beside_its_name(words, i, vocabulary, store):
            continue
        close = vocabulary.close(words[i])
        whole = close in vocabulary.words and close is not None and close[0] == words[i][0]
        if close is not None and (whole or not _near(words[i], store)):
            out[i] = close
    return out


def _near(word: str, store: _Bearers) -> set[str]:
    """The words of names that this one is a slip away from."""
    return {w for w in store.like(variants(word)) if w[0] == word[0] and OSA.distance(w, word, score_cutoff=1) <= 1}


def _beside_its_name(words: Sequence[str], place: int, vocabulary: Vocabulary, store: _Bearers) -> bool:
    """Whether the word is a slip away from one of a name of which a neighbour is another word."""
    near = _near(words[place], store)
    around = {words[i] for i in range(max(0, place - 3), min(len(words), place + 4)) if i != place}
    around = {w for w in around if len(w) >= 3 and w.isalpha() and w not in vocabulary.glue}
    if not near or not around:
        return False
    bearing = store.bearing({form for w in near | around for form in stems(w)})
    bearers = {record for w in near for form in stems(w) for record in bearing[form]}
    return any(bearers & bearing[form] for w in around for form in stems(w))
