"""A question cut into meaningful pieces: phrases of the vocabulary, times, numbers and names, without overlaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from okr.language.naming import Mention
from okr.language.patterns import Match, Meaning
from okr.language.periods import TimeMatch
from okr.language.words import Token


@dataclass(slots=True)
class Group:
    """Neighbouring words and all that the vocabulary says they may mean; `used` once the reading rests on them."""

    start: int
    end: int
    meanings: list[Meaning]
    used: bool = False

    def get(self, slot: str) -> str | None:
        """The first value that some meaning gives to the slot."""
        return next((value for meaning in self.meanings for name, value in meaning if name == slot), None)

    def all(self, slot: str) -> list[str]:
        """Every value that meanings give to the slot."""
        return [value for meaning in self.meanings for name, value in meaning if name == slot]

    @property
    def is_glue(self) -> bool:
        """Whether the words may be left out without changing what is asked."""
        return any(name in ("glue", "follow") for meaning in self.meanings for name, _ in meaning)


@dataclass(slots=True)
class Number:
    """A number among the words; `percent` when a per cent sign or word follows."""

    start: int
    end: int
    value: float
    percent: bool = False
    points: bool = False
    ordinal: bool = False
    used: bool = False


@dataclass(slots=True)
class Pieces:
    """A question in pieces, in order, with what was not understood."""

    words: list[str]
    sentence: list[Token]
    language: str
    groups: list[Group]
    times: list[TimeMatch]
    numbers: list[Number]
    mentions: list[Mention]
    unknown: list[int] = field(default_factory=list)

    def having(self, slot: str, *values: str) -> Iterator[Group]:
        """The groups that may mean this."""
        for group in self.groups:
            found = group.all(slot)
            if found and (not values or any(v in values for v in found)):
                yield group

    def has(self, slot: str, *values: str) -> bool:
        """Whether some group may mean this."""
        return next(self.having(slot, *values), None) is not None

    def take(self, slot: str, *values: str) -> bool:
        """Whether some group may mean this; those that do are marked as used."""
        taken = False
        for group in self.having(slot, *values):
            group.used = taken = True
        return taken

    def values(self, slot: str) -> list[str]:
        """All values of a slot, in the order of the words, without repetition."""
        return list(dict.fromkeys(v for g in self.groups for v in g.all(slot)))


def settle(matches: list[Match], blocked: frozenset[int]) -> list[Group]:
    """Phrases without overlaps that cover most words; those of equal extent are kept together."""
    spans: dict[tuple[int, int], list[Meaning]] = {}
    for match in matches:
        if not any(i in blocked for i in range(match.start, match.end)):
            spans.setdefault((match.start, match.end), []).append(match.means)
    # From the end: the most words covered, then the fewest phrases, then the phrases that say most.
    length = max((end for _, end in spans), default=0)
    best: list[tuple[float, tuple[int, int] | None]] = [(0.0, None)] * (length + 1)
    starting: dict[int, list[tuple[int, int]]] = {}
    for span in spans:
        starting.setdefault(span[0], []).append(span)
    for place in range(length - 1, -1, -1):
        best[place] = (best[place + 1][0], None)
        for span in starting.get(place, ()):
            worth = (span[1] - place) * 10 - 1 + _weight(spans[span]) + best[span[1]][0]
            if worth > best[place][0]:
                best[place] = (worth, span)
    chosen: list[Group] = []
    place = 0
    while place < length:
        found = best[place][1]
        if found is None:
            place += 1
        else:
            chosen.append(Group(*found, list(dict.fromkeys(spans[found]))))
            place = found[1]
    return chosen


def _weight(meanings: list[Meaning]) -> float:
    return 0.0 if all(name in ("glue", "unit") for meaning in meanings for name, _ in meaning) else 0.5


NUMBER_WORDS = {
    "en": {
        "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
        "twelve": 12, "fifteen": 15, "twenty": 20,
    },
    "pl": {
        "jeden": 1, "jedna": 1, "jedno": 1, "dwa": 2, "dwie": 2, "dwoch": 2, "trzy": 3, "trzech": 3, "cztery": 4,
        "czterech": 4, "piec": 5, "pieciu": 5, "szesc": 6, "szesciu": 6, "siedem": 7, "siedmiu": 7, "osiem": 8,
        "osmiu": 8, "dziewiec": 9, "dziesiec": 10, "dziesieciu": 10, "pietnascie": 15, "dwadziescia": 20,
        "trojka": 3, "trojke": 3, "piatka": 5, "piatke": 5, "dziesiatka": 10, "dziesiatke": 10,
    },
}  # fmt: skip
_PERCENT = ("%", "percent", "pct", "procent", "procenta", "procentach", "proc")
_POINTS = ("point", "points", "pt", "pts", "pp", "pkt", "punkt", "punkty", "punktow", "punktu")


def numbers(words: list[str], blocked: frozenset[int], language: str = "en") -> list[Number]:
    """The numbers among the words that no expression of time has taken.

    >>> [(n.value, n.percent) for n in numbers(["below", "40", "%"], frozenset())]
    [(40.0, True)]
    """
    found: list[Number] = []
    for i, word in enumerate(words):
        if i in blocked:
            continue
        value: float | None = NUMBER_WORDS[language].get(word)
        if value is None and word[0].isdigit() and word.replace(".", "").replace(",", "").isdigit():
            value = _figure(word)
        if value is None:
            continue
        after = words[i + 1] if i + 1 < len(words) else ""
        percent, points = after in _PERCENT, after in _POINTS
        found.append(Number(i, i + 2 if percent or points else i + 1, value, percent, points))
    return found


def _figure(word: str) -> float | None:
    try:
        return float(word.replace(",", "."))
    except ValueError:
        plain = word.replace(",", "").replace(".", "")
        return float(plain) if plain.isdigit() else None
