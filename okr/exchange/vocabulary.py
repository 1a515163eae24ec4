"""What people call the columns of their OKR spreadsheets and what they put into the cells, from `headers.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources

from okr.language.words import fold

# Columns that hold numbers; of two meanings of a header the one that fits the column wins.
NUMBERS = frozenset({"baseline", "target", "current", "progress", "weight"})


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """A header or a word as it is compared: folded, without brackets and punctuation.

    >>> plain("Wartość docelowa (%)"), plain("E-mail")
    ('wartosc docelowa', 'e-mail')
    """
    bare = re.sub(r"[(\[{].*?[)\]}]", " ", fold(text))
    return re.sub(r"\s+", " ", re.sub(r"[_:;.!?*\"]", " ", bare)).strip()


class Vocabulary:
    """The words of the data file, ready for comparing."""

    def __init__(self) -> None:
        source = resources.files("okr.exchange").joinpath("headers.toml").read_text("utf-8")
        words = tomllib.loads(source)
        self.columns: dict[str, list[str]] = {}
        for field, names in words["columns"].items():
            for name in names:
                self.columns.setdefault(plain(name) or name, []).append(field)
        self.names: dict[str, str] = {field: field for field in words["columns"]} | words["names"]
        self.values: dict[str, dict[str, str]] = {
            group: {plain(word) or word: value for value, some in words[group].items() for word in some}
            for group in ("status", "confidence", "restricted", "cadence", "kind")
        }
        flags = words["flags"]
        self.yes = frozenset(flags["yes"])
        self.no = frozenset(flags["no"])
        self.blank = frozenset(flags["blank"])
        self.limits = sorted(
            [(fold(word), limit) for limit in ("at_most", "at_least") for word in flags[limit]],
            key=lambda pair: -len(pair[0]),
        )
        numbers = words["numbers"]
        self.thousand = frozenset(numbers["thousand"])
        self.million = frozenset(numbers["million"])
        self.billion = frozenset(numbers["billion"])
        self.currencies = frozenset(numbers["currencies"])
        self.instructions = re.compile("|".join(words["instructions"]["patterns"]), re.IGNORECASE)

    def fields(self, header: str) -> list[str]:
        """The fields that a header may mean; none when it is not known."""
        return self.columns.get(plain(header) or header.strip(), [])

    def value(self, group: str, text: str) -> str | None:
        """The file's word for what a cell says, or None."""
        return self.values[group].get(plain(text) or text.strip())

    def is_blank(self, text: str) -> bool:
        """Whether the cell says that there is nothing."""
        return fold(text.strip()).strip(" ") in self.blank

    def reads_like_instruction(self, text: str) -> bool:
        """Whether the text speaks to the assistant rather than about the work; it is only ever pointed out."""
        return bool(self.instructions.search(text))


VOCABULARY = Vocabulary()
