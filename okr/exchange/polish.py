"""What is wrong with a file, said in Polish: the sentences of the readers, turned one by one."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import yaml

_SLOT = re.compile(r"\{([a-z])\}")
# Slots of these names hold one of the known words; the others stand as they are.
_WORDS = "wvu"
_PLACE = re.compile(r"(row|line) (\d+)(?:, (?:(column) (\d+)|([^:]+?)))?(?:: (.*))?", re.S)
_MEANT = re.compile(r"(.*?)(?:; | \()did you mean (.+)\?\)?", re.S)


@cache
def _known() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    found = yaml.safe_load((resources.files("okr.exchange") / "polish.yaml").read_text(encoding="utf-8"))
    words: dict[str, str] = found["words"]
    longest = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    made = []
    # What has fewer slots says more exactly what it is about.
    for english, polish in sorted(found["sentences"].items(), key=lambda pair: len(_SLOT.findall(pair[0]))):
        parts = _SLOT.split(english)
        shape = "".join(
            re.escape(part.replace("{{", "{").replace("}}", "}"))
            if number % 2 == 0
            else f"(?P<{part}>{longest if part in _WORDS else '.+?'})"
            for number, part in enumerate(parts)
        )
        made.append((re.compile(shape, re.S), polish))
    return words, made


def in_polish(said: str) -> str:
    """The sentence or place of a problem or notice in Polish; as it is where nobody has written it in Polish.

    >>> in_polish("row 3, owner: 'Ann' is not a number")
    "wiersz 3, właściciel: 'Ann' nie jest liczbą"
    """
    words, sentences = _known()
    if (meant := _MEANT.fullmatch(said)) and (first := in_polish(meant[1])) != meant[1]:
        return f"{first}; czy chodziło o: {meant[2]}?"
    for shape, polish in sentences:
        if found := shape.fullmatch(said):
            held = {name: words[text] if name in _WORDS else _placed(text) for name, text in found.groupdict().items()}
            return polish.format(**held)
    return _placed(said)


def _placed(said: str) -> str:
    """A place in a spreadsheet or text, and what is said of it."""
    found = _PLACE.fullmatch(said)
    if found is None:
        return said
    kind, number, column, at, field, rest = found.groups()
    words, _ = _known()
    place = f"{words[kind]} {number}"
    if column:
        place += f", kolumna {at}"
    elif field:
        place += f", {words.get(field, field)}"
    return f"{place}: {in_polish(rest)}" if rest is not None else place
