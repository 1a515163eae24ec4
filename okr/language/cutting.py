"""Names of records cut up for laying against a question: their words' forms, weights and ideas."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from okr.language.glossary import concepts
from okr.language.patterns import wordlist
from okr.language.words import Token, stems, tokens

# Words of names that tell records apart only together with others.
WEAK = wordlist("weak")
# Words that say how something is counted and not what: "churn" is enough for "Monthly churn rate".
GENERIC = wordlist("generic")
# Everyday words that name something only together with the word beside them.
NEEDS_MATE = wordlist("needs_mate")


def _weight(word: str) -> float:
    if word in WEAK or len(word) == 1:
        return 0.1
    if word in GENERIC:
        return 0.2
    return 0.3 if word[0].isdigit() else 1.0


def runs(sentence: Sequence[Token]) -> list[tuple[int, int, str]]:
    """What is written as one word of letters and digits and was cut up: "5S", "B2B", "ISO9001"."""
    found: list[tuple[int, int, str]] = []
    start = 0
    for end in range(1, len(sentence) + 1):
        if end < len(sentence) and sentence[end - 1].end == sentence[end].start and sentence[end].plain.isalnum():
            continue
        run = "".join(t.plain for t in sentence[start:end])
        if end - start > 1 and run.isalnum() and not run.isdigit() and not run.isalpha():
            found.append((start, end, run))
        start = end
    return found


class CutUp:
    """A record's name, cut up for laying against a question."""

    def __init__(self, kind: str, key: str, name: str) -> None:
        words = [t.plain for t in tokens(name) if t.is_word]
        self.key = key.lower()
        # Two letters are enough for a person ("Ewy" is of "Ewa"), and too few for anything else.
        self.forms = [
            stems(w) if kind == "person" else frozenset(f for f in stems(w) if len(f) > 2 or f == w) for w in words
        ]
        self.weights = [_weight(w) for w in words]
        if not any(weight >= 1 for weight in self.weights):
            self.weights = [1.0] * len(words)
        elif len(words) == 2 and words[0] in NEEDS_MATE:
            # "Churn rate" is known by "churn", "win rate" not by "win".
            self.weights = [1.0, 1.0]
        self.ideas: dict[str, list[tuple[int, int]]] = {}
        for start, end, run in runs([t for t in tokens(name) if t.is_word]):
            # "5S" and "B2B" are one word, however they are cut.
            self.ideas[f"≈{run}"] = [(start, end)]
            self.weights[start:end] = [1.0] * (end - start)
        self.total = sum(self.weights)
        if kind == "person":
            # "Kasia" may be Katarzyna's name in her address only.
            for t in tokens(key.split("@")[0].replace(".", " ").replace("_", " ")):
                self.forms.append(stems(t.plain) if len(t.plain) >= 3 else frozenset({t.plain}))
                self.weights.append(0.0)
        for start, end, idea in concepts(words):
            self.ideas.setdefault(f"§{idea}", []).append((start, end))
        self.aliases: frozenset[str] = frozenset()
        if kind == "team":
            letters = "".join(w[0] for w in words if w.isalpha() and w not in ("and", "i", "of"))
            self.aliases = frozenset({letters, self.key} if len(letters) > 1 else {self.key})
        self.key_forms = frozenset(f for f in stems(self.key) if len(f) > 2) if kind == "team" else frozenset()


# A question is laid against the same names in either language, and the next one often is too.
@lru_cache(maxsize=8_192)
def cut_up(kind: str, key: str, name: str) -> CutUp:
    """The name of a record of the kind with that key, cut up once."""
    return CutUp(kind, key, name)
