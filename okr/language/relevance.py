"""How well a text answers some words: by stems, by trigrams and by ideas, in English and Polish at once.

The three are orders of their own and are fused by their ranks, because their scores cannot be added:
a stem is exact, a trigram forgives a slip of the pen, and an idea bridges the two languages.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from okr.language.glossary import phrases, written_concepts
from okr.language.words import stems

MOST_WORDS = 10
# In reciprocal-rank fusion, how much the first ranks stand out; the value of the paper that proposed it.
FUSION = 60
# What the ranks weigh against the share of the wanted words that a text holds.
RANKS = 3
# What is nearest in meaning counts as holding this share.
MEANT = 0.7
# From this share of common trigrams on, two words count as the same one mistyped.
ALIKE = 0.45

_WORD = re.compile(r"[a-z0-9]+")
_FOLD = {
    code: unicodedata.normalize("NFKD", chr(code)).encode("ascii", "ignore").decode()
    for code in range(0xC0, 0x250)
    if unicodedata.normalize("NFKD", chr(code)) != chr(code)
} | {ord("ł"): "l", ord("Ł"): "l", ord("ø"): "o", ord("Ø"): "o", ord("ß"): "ss", ord("đ"): "d"}

# Words that say nothing about what is looked for, folded.
_EMPTY = frozenset(
    word
    for line in (resources.files("okr.language") / "empty_words.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)


@lru_cache(maxsize=8_192)
def words_in(text: str) -> tuple[str, ...]:
    """The words and numbers of a text in order, folded.

    >>> words_in("Zgłoszenia z portalu: 31 of 44")
    ('zgloszenia', 'z', 'portalu', '31', 'of', '44')
    """
    return tuple(_WORD.findall(text.lower().translate(_FOLD)))


@dataclass(frozen=True, slots=True)
class Term:
    """One word that is looked for, and the ideas that it belongs to (an idea of two words goes to both)."""

    word: str
    ideas: frozenset[str]

    def beginnings(self) -> tuple[str, ...]:
        """The beginnings that every form of the word has; itself for a short one."""
        return beginnings(self.word)


@lru_cache(maxsize=8_192)
def beginnings(word: str) -> tuple[str, ...]:
    """The shortest of the word's stems, as beginnings that find its other forms.

    >>> beginnings("renewals"), beginnings("happiness"), beginnings("6")
    (('renew',), ('happ',), ('6',))
    """
    found = {form[:-1] if form.endswith("i") and len(form) > 4 else form for form in stems(word) if len(form) >= 3}
    if not found:
        return (word,)
    return tuple(sorted(f for f in found if not any(f != other and f.startswith(other) for other in found)))


def terms(text: str) -> tuple[Term, ...]:
    """What some words look for: each word that says something once, with its ideas; at most ten.

    >>> [term.word for term in terms("what did people say about the survey tool?")]
    ['survey', 'tool']
    """
    words = words_in(text)
    ideas: list[set[str]] = [set() for _ in words]
    for start, end, idea in written_concepts(words):
        for place in range(start, end):
            ideas[place].add(idea)
    found: dict[str, Term] = {}
    for word, about in zip(words, ideas, strict=True):
        if word in _EMPTY or (len(word) < 2 and not word.isdigit()):
            continue
        found.setdefault(word, Term(word, frozenset(about)))
    return tuple(found.values())[:MOST_WORDS]


@lru_cache(maxsize=262_144)
def likeness(wanted: str, word: str) -> float:
    """1 for two forms of one word, else the share of trigrams that they have in common.

    >>> likeness("renewals", "renewal"), likeness("onbording", "onboarding") > 0.5
    (1.0, True)
    """
    if wanted == word or stems(wanted) & stems(word):
        return 1.0
    if len(wanted) < 4 or len(word) < 4 or wanted.isdigit() or word.isdigit():
        return 0.0
    mine, other = _trigrams(wanted), _trigrams(word)
    return 2 * len(mine & other) / (len(mine) + len(other))


@lru_cache(maxsize=65_536)
def _trigrams(word: str) -> frozenset[str]:
    padded = f"  {word} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


@lru_cache(maxsize=8_192)
def ideas_in(text: str) -> frozenset[str]:
    """The ideas of the glossary that a text mentions."""
    return frozenset(idea for _, _, idea in written_concepts(words_in(text)))


@dataclass(frozen=True, slots=True)
class Match:
    """How well a text fits: its fused score, and the share of what was looked for that is in it, 0-1."""

    score: float
    covered: float


def rank(
    wanted: Sequence[Term],
    texts: Mapping[int, str],
    common: Mapping[str, int],
    also: Sequence[Sequence[int]] = (),
) -> dict[int, Match]:
    """The texts that have something of what is wanted, best first; `common` says in how many texts a word stands.

    Among equals the order of the texts decides. `also` holds orders found in other ways, such as by meaning.
    """
    if not texts:
        return {}
    weight = {term.word: math.log(1 + 3_000 / (1 + common.get(term.word, 0))) for term in wanted}
    total = sum(weight.values()) or 1.0
    average = sum(len(words_in(text)) for text in texts.values()) / len(texts) or 1.0
    by_stem: dict[int, float] = {}
    by_trigram: dict[int, float] = {}
    by_idea: dict[int, float] = {}
    covered: dict[int, float] = {}
    for ident, text in texts.items():
        words = words_in(text)
        ideas = ideas_in(text)
        # Long texts hold every word by chance; as in BM25, only partly made up for.
        length = 0.4 + 0.6 * len(words) / average
        for term in wanted:
            found = [likeness(term.word, word) for word in set(words)]
            best = max(found, default=0.0)
            size = weight[term.word]
            exact = best == 1.0
            shared = bool(term.ideas & ideas)
            if exact:
                by_stem[ident] = by_stem.get(ident, 0.0) + size * 2.2 / (1 + 1.2 * length)
            if best >= ALIKE:
                by_trigram[ident] = by_trigram.get(ident, 0.0) + size * best
            if shared or exact:
                by_idea[ident] = by_idea.get(ident, 0.0) + size * (1.0 if exact else 0.8)
            part = 1.0 if exact else max(0.8 if shared else 0.0, best if best >= ALIKE else 0.0)
            covered[ident] = covered.get(ident, 0.0) + size * part
    meant = [[ident for ident in order if ident in texts] for order in also]
    scores = fused([*(_order(part, texts) for part in (by_stem, by_trigram, by_idea)), *meant])
    for ident, share in covered.items():
        covered[ident] = share / total
    # Ranks alone would put a text with one word of three, found in every order, before one that has all
    # three in the other language: so how much of what is wanted is there at all counts beside them.
    for order in meant:
        for place, ident in enumerate(order):
            covered[ident] = max(covered.get(ident, 0.0), MEANT * (1 - place / len(order)))
    full = {ident: covered.get(ident, 0.0) + RANKS * score for ident, score in scores.items()}
    best_first = sorted(full, key=lambda ident: -full[ident])
    return {ident: Match(full[ident], covered.get(ident, 0.0)) for ident in best_first}


def _order(scores: Mapping[int, float], texts: Iterable[int]) -> list[int]:
    return sorted((ident for ident in texts if ident in scores), key=lambda ident: -scores[ident])


def fused(orders: Iterable[Sequence[int]]) -> dict[int, float]:
    """Several orders as one score each, by their ranks; what is first in many of them scores highest.

    >>> max(fused([[1, 2, 3], [2, 3, 1], [2]]).items(), key=lambda pair: pair[1])[0]
    2
    """
    scores: dict[int, float] = {}
    for order in orders:
        for place, ident in enumerate(order):
            scores[ident] = scores.get(ident, 0.0) + 1 / (FUSION + place)
    return scores


def spellings(idea: str) -> list[list[tuple[str, bool]]]:
    """The phrases of an idea for an index: each a list of `(word, is a beginning)`, one reading of each alternative."""
    found: list[list[tuple[str, bool]]] = []
    for elements in phrases(idea):
        kept = [element for element in elements if not element.optional]
        if len(kept) == 1:
            found += [[(word, False)] for word in sorted(kept[0].words)]
            found += [[(begin, True)] for begin in kept[0].begins]
        else:
            found.append([((sorted(e.words)[0], False) if e.words else (e.begins[0], True)) for e in kept])
    return found
