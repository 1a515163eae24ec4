"""The status rule that a question names: "at risk by the Viva Goals rule"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from okr.health import load_rules
from okr.language.patterns import wordlist
from okr.language.words import tokens


def rule_named(words: Sequence[str]) -> tuple[str, frozenset[int]]:
    """The rule's name and the places of the words that name it; empty ones when none is named.

    A single word such as "ratio" names a rule only beside a word that says so.

    >>> rule_named(["at", "risk", "by", "the", "viva", "goals", "rule"])
    ('viva-goals', frozenset({2, 3, 4, 5, 6}))
    """
    beside = wordlist("rule_words")
    places = [i for i, word in enumerate(words) if word != "-"]
    plain = [words[i] for i in places]
    for name, says in _sayings():
        for start in range(len(plain) - len(says) + 1):
            end = start + len(says)
            if tuple(plain[start:end]) != says:
                continue
            around = {*plain[max(0, start - 2) : start], *plain[end : end + 1]}
            if len(says) > 1 or around & beside:
                first = start
                while first > 0 and plain[first - 1] in beside:
                    first -= 1
                while end < len(plain) and plain[end] in beside:
                    end += 1
                return name, frozenset(range(places[first], places[end - 1] + 1))
    return "", frozenset()


@lru_cache(maxsize=1)
def _sayings() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each way to name a rule, in folded words; the longest first."""
    found: set[tuple[str, tuple[str, ...]]] = set()
    for name, rule in load_rules().items():
        for said in {name, *rule.aliases, *rule.title.values()}:
            found.add((name, tuple(t.plain for t in tokens(said.replace("-", " ")) if t.is_word)))
    return tuple(sorted(found, key=lambda f: (-len(f[1]), f)))
