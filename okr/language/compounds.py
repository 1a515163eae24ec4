"""Words run together or pulled apart that the company's names write the other way: "ontime", "check out"."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Protocol

from okr.language.words import Token, stems

SHORTEST = 6  # a shorter word run together could be too many things


class _Bearers(Protocol):
    def bearing(self, words: Collection[str]) -> dict[str, set[tuple[str, int]]]: ...
    def borne(self, words: Collection[str]) -> set[str]: ...


def as_named(sentence: Sequence[Token], store: _Bearers, known: Collection[str]) -> list[Token]:
    """The sentence with such words cut as the names cut them; words that `known` explains stay as they are."""
    return _apart(_together(list(sentence), store, known), store, known)


def _together(sentence: list[Token], store: _Bearers, known: Collection[str]) -> list[Token]:
    pairs = {
        i: a.plain + b.plain
        for i, (a, b) in enumerate(pairwise(sentence))
        if a.plain.isalpha() and b.plain.isalpha() and len(a.plain) >= 2 and len(b.plain) >= 2
        and len(a.plain) + len(b.plain) >= SHORTEST and not (a.plain in known and b.plain in known)
        and a.plain + b.plain not in known
    }  # fmt: skip
    borne = store.borne(set(pairs.values())) if pairs else set()
    out: list[Token] = []
    i = 0
    while i < len(sentence):
        joined = pairs.get(i)
        if joined in borne and not _share(sentence[i].plain, sentence[i + 1].plain, store):
            first, second = sentence[i], sentence[i + 1]
            out.append(Token(first.text + second.text, first.plain + second.plain, first.start, second.end))
            i += 2
        else:
            out.append(sentence[i])
            i += 1
    return out


def _apart(sentence: list[Token], store: _Bearers, known: Collection[str]) -> list[Token]:
    odd = [t for t in sentence if len(t.plain) >= SHORTEST and t.plain.isalpha() and t.plain not in known]
    if not odd:
        return sentence
    borne = store.borne({form for t in odd for form in stems(t.plain)})
    odd = [t for t in odd if borne.isdisjoint(stems(t.plain))]
    halves = {half for t in odd for at in range(2, len(t.plain) - 2) for half in (t.plain[:at], t.plain[at:])}
    known_halves = store.borne(halves) if halves else set()
    out: list[Token] = []
    for token in sentence:
        cut = _cut(token, known_halves, store) if token in odd else 0
        if cut:
            place = token.start + cut
            out.append(Token(token.text[:cut], token.plain[:cut], token.start, place))
            out.append(Token(token.text[cut:], token.plain[cut:], place, token.end))
        else:
            out.append(token)
    return out


def _cut(token: Token, halves: Collection[str], store: _Bearers) -> int:
    """Where the word falls into two that one name bears; 0 when it does not."""
    for at in range(2, len(token.plain) - 2):
        first, second = token.plain[:at], token.plain[at:]
        if first in halves and second in halves and _share(first, second, store):
            return at
    return 0


def _share(first: str, second: str, store: _Bearers) -> bool:
    bearing = store.bearing({first, second})
    return not bearing[first].isdisjoint(bearing[second])
