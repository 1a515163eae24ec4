"""Sentences that tell us that a milestone was reached: "mark milestone Public launch of KR-12 as done"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_KEY = r"[a-z]+(?:[-_][a-z0-9]+)+"
_DONE = (
    r"(?:(?:as|jako|is|jest|zostal\w*|was|has been)\s+)?(?:now |already |juz )?"
    r"(?:done|reached|complete|completed|finished|achieved|zrobion\w+|gotow\w+|osiagniet\w+|wykonan\w+|zakonczon\w+|ukonczon\w+)"
)
_MILESTONE = r"(?:the\s+)?(?:milestone|step|etap\w*|krok\w*|kamien(?:ia)? milow\w+)"
_ENGLISH = "mark|tick(?: off)?|check off|cross off|complete|finish|set"
_WORDS = "odhacz|zaznacz|oznacz|ustaw|zamknij|zakoncz|odznacz"
_VERB = f"(?:{_ENGLISH}|{_WORDS})"
_POLISH = re.compile(rf"\b(?:{_WORDS}|etap\w*|krok\w*|kamien\w*)\b")
_OF = r"(?:of|in|for|on|from|w|we|z|ze|dla|do)"
# With the key of the key result all before it is the milestone; a title is taken from the first joining word on.
_NAMES = (rf"(?P<step>.+)\s+{_OF}\s+(?P<name>{_KEY})", rf"(?P<step>.+?)\s+{_OF}\s+(?P<name>.+?)")
_ORDERS = tuple(
    re.compile(pattern)
    for names in _NAMES
    for pattern in (
        rf"{_VERB}\s+{_MILESTONE}\s*[:,]?\s*{names}(?:\s+{_DONE})?",
        rf"{_MILESTONE}\s*[:,]?\s*{names}\s+{_DONE}",
        rf"(?P<name>{_KEY})\s*[:,]\s*{_MILESTONE}\s*[:,]?\s*(?P<step>.+?)\s+{_DONE}",
    )
)


@dataclass(frozen=True, slots=True)
class Reached:
    """Where in the folded sentence the milestone and the key result stand, each as (start, end).

    `polish` says that its own words are Polish, whatever language the names are in.
    """

    step: tuple[int, int]
    name: tuple[int, int]
    polish: bool


def read_reached(folded: str) -> Reached | None:
    """The milestone and the key result that the sentence names; None for one that says something else.

    >>> text = "mark milestone security review of kr-12 as done"
    >>> found = read_reached(text)
    >>> text[slice(*found.step)], text[slice(*found.name)]
    ('security review', 'kr-12')
    """
    for order in _ORDERS:
        match = order.fullmatch(folded)
        if match is not None:
            own = folded[: match.start("step")] + folded[match.end("step") :]
            return Reached(match.span("step"), match.span("name"), _POLISH.search(own) is not None)
    return None
