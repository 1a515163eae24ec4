"""Vocabulary files and how their phrases are found in a sentence.

A vocabulary file is plain text. A line `[slot value; slot value]` opens a section; each further line
holds phrases, separated by `;`, that carry those meanings:

    [by gap; superlative most]
    furthest behind; lag* the? most; worst off

An element of a phrase is one token: `word`, `begin*` (any ending), `this|that` (either), with `?`
behind it when it may be missing. `#` begins a comment. All of it is written in plain letters,
because sentences are compared folded.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from rapidfuzz.distance import OSA

from okr.language.words import Token

Meaning = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a phrase: the words that may stand there, and whether it may be empty."""

    words: frozenset[str]
    begins: tuple[str, ...]
    optional: bool

    def fits(self, word: str) -> bool:
        """Whether the folded word may stand here."""
        return word in self.words or (bool(self.begins) and word.startswith(self.begins))


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of the vocabulary and what it means."""

    elements: tuple[Element, ...]
    means: Meaning


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found at tokens `start` up to, not including, `end`."""

    start: int
    end: int
    means: Meaning

    def get(self, slot: str) -> str | None:
        """The value this phrase gives to a slot."""
        return next((value for name, value in self.means if name == slot), None)


class Vocabulary:
    """The phrases of one language, indexed by their first word."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._by_word: defaultdict[str, list[Phrase]] = defaultdict(list)
        self._by_begin: defaultdict[str, list[Phrase]] = defaultdict(list)
        self.words: set[str] = set()
        self.glue: set[str] = set()
        self._never_meant: set[str] = set()
        self._begins: set[str] = set()
        for phrase in phrases:
            slots = {slot for slot, _ in phrase.means}
            for element in phrase.elements:
                self.words |= element.words
                if slots & {"off", "write"}:
                    self._never_meant |= element.words
                elif slots == {"glue"} and len(phrase.elements) == 1:
                    self.glue |= element.words
                self._begins |= set(element.begins)
            # An optional first element means that the phrase may also begin with its second.
            for place, element in enumerate(phrase.elements):
                rest = Phrase(phrase.elements[place:], phrase.means)
                for word in element.words:
                    self._by_word[word].append(rest)
                for begin in element.begins:
                    self._by_begin[begin[:3]].append(rest)
                if not element.optional:
                    break
        self._short_begins = {b[:3] for b in self._begins if len(b) < 3}

    def knows(self, word: str) -> bool:
        """Whether some phrase has this word in it."""
        return word in self.words or any(word.startswith(b) for b in self._begins if len(b) >= 3)

    def knows_well(self, word: str) -> bool:
        """Whether a phrase has this word, or its beginning with a short ending: "terminowosc" is not "termin"."""
        return word in self.words or any(
            word.startswith(b) and len(word) - len(b) <= 3 for b in self._begins if len(b) >= 3
        )

    def matches(self, words: Sequence[str]) -> Iterator[Match]:
        """Every phrase found anywhere, overlapping ones included; the longest form of each."""
        for start, word in enumerate(words):
            seen: set[tuple[int, Meaning]] = set()
            candidates = [*self._by_word.get(word, ()), *self._by_begin.get(word[:3], ())]
            for short in self._short_begins:
                if word.startswith(short) and short != word[:3]:
                    candidates.extend(self._by_begin[short])
            for phrase in candidates:
                end = _end(phrase.elements, words, start)
                if end is not None and (end, phrase.means) not in seen:
                    seen.add((end, phrase.means))
                    yield Match(start, end, phrase.means)

    def close(self, word: str) -> str | None:
        """The known word that this one is a slip of: one letter off, two in words of eight and more."""
        if len(word) < 4 or not word.isalpha():
            return None
        most = 2 if len(word) >= 8 else 1
        best: tuple[int, str] | None = None
        for known in self.words - self._never_meant:
            if abs(len(known) - len(word)) <= most and len(known) >= 4 and _begin_alike(known, word):
                distance = OSA.distance(word, known, score_cutoff=most)
                if distance <= most and (best is None or (distance, known) < best):
                    best = (distance, known)
        if best is None:
            for begin in self._begins:
                if (
                    len(begin) >= 7
                    and _begin_alike(begin, word)
                    and OSA.distance(word[: len(begin)], begin, score_cutoff=1) <= 1
                ):
                    # The slip is in the stem: mend it and keep the ending.
                    candidate = (1, begin + word[len(begin) :])
                    best = min(best, candidate) if best else candidate
        return best[1] if best else None


def _begin_alike(known: str, word: str) -> bool:
    # People slip in the middle of a word; another beginning is another word ("mobilki" is not "mowilki").
    return known[:2] == word[:2] or known[:2] == word[1::-1]


def _end(elements: tuple[Element, ...], words: Sequence[str], at: int) -> int | None:
    # The furthest place a phrase can reach from here; phrases are short, so trying both is cheap.
    if not elements:
        return at
    first, rest = elements[0], elements[1:]
    if at < len(words) and first.fits(words[at]):
        end = _end(rest, words, at + 1)
        if end is not None:
            return end
    return _end(rest, words, at) if first.optional else None


# The tokeniser makes one word of "check in" and "check-in".
_CHECK_IN = re.compile(r"\bcheck (?:- )?in")


def parse(text: str) -> list[Phrase]:
    """The phrases of a vocabulary file; ValueError with the line for one that cannot be read."""
    phrases: list[Phrase] = []
    means: Meaning = ()
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.split("#", 1)[0].strip()
        if not line:
            continue
        if line.startswith("["):
            if not line.endswith("]"):
                raise ValueError(f"line {number}: the section is not closed")
            pairs = [part.split() for part in line[1:-1].split(";")]
            if any(len(pair) != 2 for pair in pairs):
                raise ValueError(f"line {number}: a section holds pairs of slot and value")
            means = tuple((slot, value) for slot, value in pairs)
            continue
        if not means:
            raise ValueError(f"line {number}: a phrase before the first section")
        for phrase in _CHECK_IN.sub("checkin", line).split(";"):
            elements = tuple(_element(part) for part in phrase.split())
            if elements:
                if all(e.optional for e in elements):
                    raise ValueError(f"line {number}: every word of a phrase is optional")
                phrases.append(Phrase(elements, means))
    return phrases


def _element(text: str) -> Element:
    optional = text.endswith("?") and len(text) > 1
    if optional:
        text = text[:-1]
    parts = [part for part in text.split("|") if part]
    begins = tuple(part[:-1] for part in parts if part.endswith("*") and len(part) > 1)
    return Element(frozenset(p for p in parts if not (p.endswith("*") and len(p) > 1)), begins, optional)


@lru_cache(maxsize=4)
def vocabulary(language: str) -> Vocabulary:
    """The vocabulary of a language, read once from its files."""
    folder = resources.files("okr.language") / "vocabulary" / language
    phrases: list[Phrase] = []
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".txt"):
            phrases.extend(parse(file.read_text(encoding="utf-8")))
    return Vocabulary(phrases)


@lru_cache(maxsize=16)
def wordlist(name: str) -> frozenset[str]:
    """The words of a list in `wordlists/`, folded."""
    text = (resources.files("okr.language") / "wordlists" / f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def words_of(tokens: Sequence[Token]) -> list[str]:
    """The folded forms that phrases are compared with."""
    return [token.plain for token in tokens]
