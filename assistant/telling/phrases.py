"""The sentence patterns of both languages, read once from the files beside this module."""

from __future__ import annotations

import re
import string
import tomllib
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "pl")
_LOOSE = re.compile(r" +(?=[.:;,] |[.:;,]$)| (?= )")
_NOT_PATTERNS = {"nouns.toml"}


@cache
def patterns(language: str) -> dict[str, str]:
    """Every pattern of the language by its name, `family.name`; KeyError for a language we do not speak.

    A family is a table of a file; ValueError where two files have the same pattern.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    found: dict[str, str] = {}
    folder = files("assistant.telling") / language
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".toml") or file.name in _NOT_PATTERNS:
            continue
        for family, entries in tomllib.loads(file.read_text(encoding="utf-8")).items():
            for name, pattern in entries.items():
                if f"{family}.{name}" in found:
                    raise ValueError(f"{family}.{name} stands twice in {language}")
                found[f"{family}.{name}"] = pattern
    return found


def slots(pattern: str) -> set[str]:
    """The names that a pattern leaves open."""
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name}


_TEAM_SAID = re.compile(r"(?i)zesp(?:ół|oł)\w* \{team\}")
_TEAM_NAMED = re.compile(r"^(?P<mark>\**)Zespół (?=\w)")


def say(language: str, name: str, /, **values: str) -> str:
    """The pattern filled in; KeyError for an unknown pattern or a missing slot, ValueError for a surplus one.

    A slot filled with nothing leaves no double space, nor one before a full stop.
    """
    pattern = patterns(language)[name]
    if surplus := values.keys() - slots(pattern):
        raise ValueError(f"{name} has no place for {', '.join(sorted(surplus))}")
    if "team" in values and _TEAM_SAID.search(pattern):
        # A name such as "Zespół HR" brings the word for a team with it.
        values["team"] = _TEAM_NAMED.sub(r"\g<mark>", values["team"])
    said = pattern.format(**values)
    if said.endswith("..") and not said.endswith("..."):
        # A unit such as "szt." brings a full stop of its own.
        said = said[:-1]
    return said if all(values.values()) else _LOOSE.sub("", said)


def knows(language: str, name: str) -> bool:
    """Whether there is such a pattern."""
    return name in patterns(language)
