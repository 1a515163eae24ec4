"""Words that are a name by the way they are written, whatever they would mean otherwise."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Protocol

from okr.language.words import Token, fold

_QUOTED = re.compile(r"""(?:(?<=\s)|(?<=^)|(?<=[(]))["'](?=\w)([^"]{2,200}?)["'](?=[\s?!.,:;)]|$)""")
_PRONOUNS = frozenset(["it", "us", "me", "he", "my", "ja", "on", "to", "ma", "mi", "ty"])
# "What's" and "it's" are no possessives.
_SHORTENED = frozenset("what who how where when that here there let why it he she which whose this".split())
_ARTICLES = frozenset("the a an this that our my your its their his her every each any no".split())


class _Bearers(Protocol):
    def bearing(self, words: Collection[str]) -> dict[str, set[tuple[str, int]]]: ...


def quoted(text: str, sentence: Sequence[Token]) -> frozenset[int]:
    """The places of words between quotation marks."""
    plain = fold(text)
    found: set[int] = set()
    for m in _QUOTED.finditer(plain if len(plain) == len(text) else text):
        found |= {i for i, t in enumerate(sentence) if t.start >= m.start(1) and t.end <= m.end(1) and t.is_word}
    return frozenset(found)


def shouted(text: str, sentence: Sequence[Token], glue: Collection[str]) -> frozenset[int]:
    """The places of short words in capitals that would be everyday words in small letters: IT, HR."""
    if not any(c.islower() for c in text):
        return frozenset()
    return frozenset(
        i for i, t in enumerate(sentence)
        if len(t.text) == 2 and t.text.isupper() and t.text.isalpha() and (t.plain in glue or t.plain in _PRONOUNS)
    )  # fmt: skip


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
