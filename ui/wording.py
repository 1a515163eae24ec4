"""The fixed sentences of the screens, in the reader's language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Formatter

import yaml

LANGUAGES = ("en", "pl")
Sentence = str | dict[str, str] | list[str]


@cache
def catalogue(language: str) -> dict[str, Sentence]:
    """All sentences of one language by key; ValueError for a language that has no catalogue.

    A sentence is a text with named slots, a text for each plural form, or a list of texts. A large part
    of the app may keep its own in a file of its own, such as `automations.en.yaml`; a key
    that two files hold is a ValueError too.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no catalogue for {language!r}")
    folder = Path(__file__).parent / "words"
    loaded: dict[str, Sentence] = {}
    for file in (folder / f"{language}.yaml", *sorted(folder.glob(f"*.{language}.yaml"))):
        part: dict[str, Sentence] = yaml.safe_load(file.read_text(encoding="utf-8"))
        if twice := loaded.keys() & part.keys():
            raise ValueError(f"{file.name} says again: {', '.join(sorted(twice))}")
        loaded.update(part)
    return loaded


def plural_form(language: str, count: int) -> str:
    """The form that a whole number takes: one, few or many in Polish, one or other in English.

    >>> [plural_form("pl", n) for n in (1, 2, 5, 12, 22, 101)]
    ['one', 'few', 'many', 'many', 'few', 'many']
    """
    if language != "pl":
        return "one" if count == 1 else "other"
    if count == 1:
        return "one"
    return "few" if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14) else "many"


def slots(sentence: str) -> set[str]:
    """The names of the slots of a text."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


class Wording:
    """The catalogue of one language as a function: `words("apart", count=3)`."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "en"
        self._sentences = catalogue(self.language)

    def __call__(self, key: str, **filled: str | int) -> str:
        """The sentence with its slots filled; `count` also chooses the plural form. KeyError for no such key."""
        sentence = self._sentences[key]
        if isinstance(sentence, dict):
            sentence = sentence[plural_form(self.language, int(filled["count"]))]
        if isinstance(sentence, list):
            raise KeyError(f"{key} is a list")
        return sentence.format(**filled)

    def many(self, key: str) -> list[str]:
        """A list of sentences."""
        found = self._sentences[key]
        if not isinstance(found, list):
            raise KeyError(f"{key} is not a list")
        return found

    def has(self, key: str) -> bool:
        """Whether there is such a sentence; names of figures that have none are not shown."""
        return key in self._sentences
