"""Small questions about the pieces of a question that reading asks on its way."""

from __future__ import annotations

import re

from okr.language.atoms import Pieces
from okr.language.frames import Ask, Frame
from okr.language.patterns import Vocabulary, vocabulary
from okr.language.periods import TimeMatch


def free_words(pieces: Pieces) -> None:
    """What stands behind "notes about" is looked for, unless it is a record by its whole name."""
    if not pieces.has("field", "note") or not _ABOUT & set(pieces.words):
        return
    loose = [
        m for m in pieces.mentions
        if m.fits[0].record.kind != "person"
        and (m.kinds == ("task",) or not (m.fits[0].exact or (m.fits[0].share >= 0.6 and len(m.places) > 1)))
    ]  # fmt: skip
    pieces.mentions[:] = [m for m in pieces.mentions if m not in loose]
    pieces.unknown.extend(i for m in loose for i in m.places)
    pieces.unknown.sort()


_SUM = re.compile(
    r"\d\s*(?:[*×÷+]|x|plus|minus|times|(?:multiplied|divided) by|razy|doda[cć]|odj[aą][cć]|podzieli[cć] przez)\s*\d"
    r"|\d+(?:[.,]\d+)?\s*(?:%|percent|procent)\s+(?:of|z|ze)\s+\d"
)


def sums(text: str) -> bool:
    """Whether the text wants numbers worked out that it brings along.

    >>> sums("what's 17 times 23?"), sums("show 3 of 5")
    (True, False)
    """
    return _SUM.search(text.lower()) is not None


_COMMAND = re.compile(
    r"""[\s;'")]*(?:\b(?:drop\s+(?:table|database|schema|index|view)|delete\s+from|insert\s+into|truncate\s+table
    |alter\s+table|update\s+\w+\s+set|union\s+(?:all\s+)?select|select\s+\*\s+from)\b
    |\bor\s+['"]?\d+['"]?\s*=).*$""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def without_commands(text: str) -> str:
    """The text without the database command that somebody put behind the question, if one is left without it.

    >>> without_commands("gross margin'; DROP TABLE check_ins; --")
    'gross margin'
    """
    rest = _COMMAND.sub("", text)
    return rest if any(c.isalnum() for c in rest) else text


_ABOUT = frozenset("about mention mentions mentioned mentioning on o mowa na regarding temat haslo slowo wyraz".split())


def explained(known: Vocabulary, words: list[str]) -> float:
    """How many of the words a vocabulary has; words without a meaning of their own count a little less."""
    return sum(_weights(known, words).values())


def languages(words: list[str]) -> dict[str, float]:
    """How many of the words each vocabulary has; a word that both have ("to", "status") speaks for neither."""
    found = {name: _weights(vocabulary(name), words) for name in ("en", "pl")}
    return {
        name: sum(max(found["en"][i], found["pl"][i]) if i in found[other] else weight for i, weight in own.items())
        for name, other in (("en", "pl"), ("pl", "en"))
        for own in (found[name],)
    }


def _weights(known: Vocabulary, words: list[str]) -> dict[int, float]:
    covered: dict[int, float] = {}
    for match in known.matches(words):
        glue = match.get("glue") is not None
        for i in range(match.start, match.end):
            if any(c.isalpha() for c in words[i]):
                covered[i] = max(covered.get(i, 0.0), 0.9 if glue else 1.0)
    return covered


_SOFT = frozenset("type mine pointer follow top unit more only rule_word priority glue write dir".split())


def is_soft(meanings: list[tuple[tuple[str, str], ...]]) -> bool:
    """Whether some meaning of the words only points, joins or says the kind, which the reading has looked at."""
    if any(value in ("second", "third") for meaning in meanings for name, value in meaning if name == "pointer"):
        return False
    if any(name == "unit" and value in ("day", "week", "month") for meaning in meanings for name, value in meaning):
        return False  # "sprzed tygodnia": a span of time that nothing has taken
    return any(all(name in _SOFT for name, _ in meaning) for meaning in meanings) or any(
        meaning[0] in (("ask", "list"), ("ask", "value"), ("ask", "greet"), ("ask", "thank")) for meaning in meanings
    )


def our_types(pieces: Pieces) -> bool:
    """Whether a kind of record that we keep is spoken of."""
    return any(
        v in ("key_result", "okr", "objective", "kpi", "task", "check_in", "lesson", "cycle", "team", "metric")
        for v in pieces.values("type")
    )


def looks_ahead(frame: Frame, pieces: Pieces) -> bool:
    """Whether a time to come makes sense for what is asked."""
    return (
        frame.of in ("task", "cycle")
        or frame.ask in (Ask.MY_WEEK, Ask.WHEN)
        or (any(t.due for t in pieces.times) and frame.of == "task")
    )


def said(pieces: Pieces, time: TimeMatch) -> str:
    """An expression of time as it was typed."""
    return " ".join(t.text for t in pieces.sentence[time.start : time.end])
