"""Different words for one idea of business, in both languages: "churn" is "rezygnacje"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib import resources

from okr.language.patterns import Element, Match, Vocabulary, parse


@lru_cache(maxsize=1)
def _glossary() -> Vocabulary:
    text = (resources.files("okr.language") / "glossary.txt").read_text(encoding="utf-8")
    return Vocabulary(parse(text))


def concepts(words: Sequence[str]) -> list[tuple[int, int, str]]:
    """The ideas found in folded words: `(start, end, idea)` for tokens start up to end, longest first.

    An idea within a longer one is given too: "customer satisfaction" is also about customers.

    >>> concepts(["spada", "retencja"])
    [(1, 2, 'retention')]
    """
    found: list[Match] = list(_glossary().matches(words))
    return sorted({(m.start, m.end, m.means[0][1]) for m in found}, key=lambda f: (f[0] - f[1], f[0], f[2]))


def alternatives(idea: str) -> tuple[str, ...]:
    """The phrases of an idea in both languages, as written in the glossary with `*` for any ending."""
    return _alternatives().get(idea, ())


@lru_cache(maxsize=1)
def _alternatives() -> dict[str, tuple[str, ...]]:
    text = (resources.files("okr.language") / "glossary.txt").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for phrase in parse(text):
        words = [" ".join(sorted(e.words) + [b + "*" for b in e.begins]) for e in phrase.elements]
        found.setdefault(phrase.means[0][1], []).append(" ".join(words))
    return {idea: tuple(phrases) for idea, phrases in found.items()}


@lru_cache(maxsize=1)
def _written() -> Vocabulary:
    return Vocabulary([*parse(_text("glossary.txt")), *parse(_text("glossary_notes.txt"))])


def written_concepts(words: Sequence[str]) -> list[tuple[int, int, str]]:
    """The same in what people write, where words for what happens count too.

    >>> written_concepts(["zgloszenia", "gina"])
    [(0, 1, 'ticket'), (1, 2, 'missing')]
    """
    found = {(m.start, m.end, m.means[0][1]) for m in _written().matches(words)}
    return sorted(found, key=lambda f: (f[0] - f[1], f[0], f[2]))


@lru_cache(maxsize=1)
def _phrases() -> dict[str, tuple[tuple[Element, ...], ...]]:
    found: dict[str, list[tuple[Element, ...]]] = {}
    for phrase in [*parse(_text("glossary.txt")), *parse(_text("glossary_notes.txt"))]:
        found.setdefault(phrase.means[0][1], []).append(phrase.elements)
    return {idea: tuple(phrases) for idea, phrases in found.items()}


def phrases(idea: str) -> tuple[tuple[Element, ...], ...]:
    """The phrases of an idea, each as the places it is made of; empty for an unknown idea."""
    return _phrases().get(idea, ())


def _text(name: str) -> str:
    return (resources.files("okr.language") / name).read_text(encoding="utf-8")
