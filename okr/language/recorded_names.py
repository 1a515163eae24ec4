"""The record that a sentence names which would have something recorded: its name has to be there whole."""

from __future__ import annotations

from collections.abc import Collection

from okr.access import Actor
from okr.language.naming import Linker, Names
from okr.language.words import tokens
from okr.store.naming import Named

# Words beside a name that tell nothing of it.
_BESIDE = frozenset(
    "the our my a an of for in on to and with this that kr krs key result results kpi task person "
    "nasz nasza nasze naszego naszej moj moja moje mojego kluczowy kluczowego wynik wyniku zadanie zadania "
    "zadaniu dla w z na do i".split()
)


def named_in(
    name: str, kinds: Collection[str], *, actor: Actor, store: Names, cycles: Collection[int]
) -> tuple[Named, ...]:
    """The records of these kinds that the words name, several where they fit alike; none where a word is left over.

    Of records of the same title those of `cycles` are meant. Only what the person sees is found.
    """
    sentence = tokens(name)
    glue = frozenset(i for i, token in enumerate(sentence) if token.plain in _BESIDE)
    words = {i for i, token in enumerate(sentence) if token.is_word} - glue
    if not words:
        return ()
    linker = Linker(store, actor, sentence, frozenset(), glue, frozenset(), frozenset(cycles))
    for mention in linker.mentions():
        if words <= mention.places:
            found = mention.of(kinds)
            fitting = {(fit.record.kind, fit.record.id): fit for fit in mention.fits}
            best = max((fitting[r.kind, r.id].share for r in found), default=0.0)
            if not any(fitting[r.kind, r.id].exact for r in found) and best < 0.5:
                # A few of many words may belong to any record: what is recorded needs most of the name.
                return ()
            # Of a name that was shortened, whatever it may be short for.
            return tuple(r for r in found if fitting[r.kind, r.id].exact or fitting[r.kind, r.id].share >= 0.6 * best)
    return ()


def people_in(words: str, *, actor: Actor, store: Names) -> tuple[Named, ...]:
    """The people whom the words name in whatever case: "Kasi Lewandowskiej" is Kasia Lewandowska."""
    sentence = tokens(words)
    places = {i for i, token in enumerate(sentence) if token.is_word}
    linker = Linker(store, actor, sentence, frozenset(), frozenset(), frozenset())
    for mention in linker.mentions():
        left = [sentence[i].plain for i in places - mention.places]
        found = []
        for one in mention.of(("person",)):
            spelt = f"{one.name} {one.key.split('@')[0].replace('.', ' ')}"
            parts = [token.plain for token in tokens(spelt)]
            if all(any(part[:3] == word[:3] for part in parts) for word in left):
                found.append(one)
        if found:
            return tuple(found)
    return ()
