"""From the pieces of a question to what it asks.

Each kind of question looks whether the pieces are its own, in a fixed order, and marks each piece that
its reading rests on; the reader refuses a reading that leaves a piece with a meaning of its own unused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from okr.language import asks_links, asks_many, asks_one
from okr.language.facts import Facts
from okr.language.frames import Filters, Frame


@dataclass(slots=True)
class Composed:
    """A frame, and how sure the words make it: `asked` when they say what is wanted, `about` when of what."""

    frame: Frame
    asked: bool
    about: bool


# The first whose signs are there decides: what is rarer and plainer stands before what is common.
_DECISIONS: tuple[Callable[[Facts], Frame | None], ...] = (
    asks_one.define,
    asks_one.my_week,
    asks_one.lessons,
    asks_one.explain,
    asks_one.compare,
    asks_one.who,
    asks_one.when_asked,
    asks_links.alignment,
    asks_many.cycles,
    asks_many.tasks,
    asks_many.notes,
    asks_many.rank,
    asks_many.history,
    asks_many.change,
    asks_many.count,
    asks_many.listed,
    asks_one.value,
    asks_many.roll_up,
    asks_one.status,
    asks_one.bare,
    asks_one.courtesy,
)


def compose(facts: Facts) -> Composed | None:
    """What is asked; None when the pieces do not say."""
    numbers = facts.pieces.numbers
    for decide in _DECISIONS:
        free = [n for n in numbers if not n.used]
        found = decide(facts)
        if found is None:
            # A number that only a reading which came to nothing rested on is still to be accounted for.
            for number in free:
                number.used = False
        if found is not None:
            s = facts.subjects
            about = bool(s) or bool(facts.types) or bool(facts.mine) or found.filters != Filters()
            return Composed(found, decide is not asks_one.bare, about)
    return None
