"""Which place of a ranking is asked for: "the second most behind", "trzeci najgorszy", "number two from the bottom"."""

from __future__ import annotations

from okr.language.atoms import Pieces
from okr.language.numbers import ordinal

_MOST_PLACES = 20
# "2nd" is two words to whoever cuts numbers from letters.
_ENDINGS = frozenset({"nd", "rd", "th"})


def place_of(pieces: Pieces) -> int | None:
    """The place that an ordinal right before the superlative names; the first place is no place of its own.

    What it rests on is marked as used, and its words lose the meaning of pointing back.
    """
    for top in (*pieces.having("most"), *pieces.having("by", "gap")):
        for start in (top.start - 1, top.start - 2):
            if start < 0 or not _between(pieces, start + 1, top.start):
                continue
            first = start - (1 if pieces.words[start] in _ENDINGS and start else 0)
            which = ordinal(["".join(pieces.words[first : start + 1])], pieces.language)
            if which is not None and 2 <= which.value <= _MOST_PLACES:
                for at in range(first, start + 1):
                    _settled(pieces, at)
                return which.value
    return None


def _between(pieces: Pieces, start: int, end: int) -> bool:
    """Whether only words such as "the" or a word for the kind stand there."""
    covering = [g for i in range(start, end) for g in pieces.groups if g.start <= i < g.end]
    return all(g.is_glue or g.get("type") is not None for g in covering) and not any(
        i in pieces.unknown for i in range(start, end)
    )


def _settled(pieces: Pieces, at: int) -> None:
    if at in pieces.unknown:
        pieces.unknown.remove(at)
    for group in pieces.groups:
        if group.start <= at < group.end:
            group.meanings[:] = [(("glue", "yes"),)]
            group.used = True
    for number in pieces.numbers:
        if number.start <= at < number.end:
            number.used = True
