"""Everyday words that are somebody's name: Will, Mark, May, Grace."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from okr.language.words import Token

# "What's" and "it's" are no possessives.
_SHORTENED = frozenset("what who how where when that here there let why it he she which whose this".split())
_ARTICLES = frozenset("the a an this that our my your its their his her every each any no".split())


class _Bearers(Protocol):
    def bearing(self, words: Collection[str]) -> dict[str, set[tuple[str, int]]]: ...


def people_named(sentence: Sequence[Token], store: _Bearers, known: Collection[str]) -> frozenset[int]:
    """The places of words that somebody is called by, written as names are: "ask Will", "may's key results".

    Only words that `known` explains are looked at; any other is a name by itself.
    """
    likely: dict[int, str] = {}
    amid_small = _amid_small(sentence)
    for i, token in enumerate(sentence):
        if token.plain not in known or not token.plain.isalpha() or len(token.plain) < 2:
            continue
        owned = i + 1 < len(sentence) and sentence[i + 1].plain == "'s" and token.plain not in _SHORTENED
        if i and sentence[i - 1].plain in _ARTICLES:
            owned = False
        if owned or (amid_small and token.text.istitle() and _inside(sentence, i)):
            likely[i] = token.plain
    if not likely:
        return frozenset()
    bearing = store.bearing(set(likely.values()))
    return frozenset(i for i, word in likely.items() if any(kind == "person" for kind, _ in bearing[word]))


def _amid_small(sentence: Sequence[Token]) -> bool:
    """Whether capitals tell names apart here: most words begin with a small letter."""
    words = [t for t in sentence if t.plain.isalpha()]
    return 2 * sum(t.text[:1].isupper() for t in words) <= len(words)


def _inside(sentence: Sequence[Token], place: int) -> bool:
    # The first word of a sentence has a capital whatever it is.
    return place > 0 and sentence[place - 1].plain not in (".", "?", "!", ":", '"', ";")
