"""Sentences about the end of a cycle: what was carried over, reached or scored, and whether we will make it.

Each says its topic in words of its own; what is left of it are names and times, which are looked up.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from okr.language.words import fold, tokens

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Ending:
    """What is asked: the topic, the words that may name teams, people or times, and what narrows it.

    Topics: carry_over, drop, decided, reached, scores, unscored, ahead, forecast_worth, final, closed; for
    `final`, a single record, the words are kept as typed. `of` is objective or key_result; `end` is best or
    worst; `bound` a sign and a score; `side` reaches or misses.
    """

    topic: str
    language: str
    rest: str = ""
    of: str = "key_result"
    end: str = ""
    bound: tuple[str, float] | None = None
    side: str = ""


_WORST = ("lowest", "worst", "najnizsz", "najgorsz")
_MISSES = ("miss", "not", "fail", "nie", "chyb")
_ASKED = re.compile(r"\s*[?.!]*$")


@dataclass(frozen=True, slots=True)
class _Sentences:
    """The vocabulary, read once: patterns by topic in their order, and the words that narrow them."""

    topics: tuple[tuple[str, re.Pattern[str]], ...]
    signs: dict[str, str]
    into: re.Pattern[str]
    beside: frozenset[str]
    polish: frozenset[str]


@cache
def _sentences() -> _Sentences:
    said = tomllib.loads(resources.files("okr.language").joinpath("ending.toml").read_text(encoding="utf-8"))
    words: dict[str, str] = said["words"]

    def whole(pattern: str) -> str:
        for name, meant in words.items():
            pattern = pattern.replace(f"{{{name}}}", meant)
        return pattern

    return _Sentences(
        # A word may stand for others of them.
        tuple((topic, re.compile(whole(whole(pattern)))) for topic, some in said["topics"].items() for pattern in some),
        {word: sign for sign, some in said["signs"].items() for word in some},
        re.compile(said["apart"]["into"]),
        frozenset(said["apart"]["beside"].split()),
        frozenset(said["apart"]["polish"].split()),
    )


def ending_asked(text: str) -> Ending | None:
    """What of a cycle's end is asked about; None for a sentence that asks for something else."""
    folded = _ASKED.sub("", fold(text.strip()))
    if len(folded) > LONGEST:
        return None
    for topic, pattern in _sentences().topics:
        match = pattern.fullmatch(folded)
        if match is not None and not (topic == "scores" and not re.search(r"\bscor|\bocen", folded)):
            return _ending(topic, match, text.strip(), folded)
    return None


def _ending(topic: str, match: re.Match[str], typed: str, folded: str) -> Ending:
    said = match.groupdict()
    language = "pl" if folded.split(" ", 1)[0] in _sentences().polish else "en"
    parts = []
    for name in sorted(name for name in said if name.startswith("rest") and said[name]):
        first, last = match.span(name)
        if topic in ("carry_over", "drop"):
            into = _sentences().into.search(folded[first:last])
            last = first + into.start() if into else last
        # Folding may change the length of odd letters; then the folded words have to do.
        parts.append((typed if len(typed.rstrip(" ?.!")) == len(folded) else folded)[first:last])
    if topic == "final":
        return Ending(topic, language, " ".join(parts).strip(" \"'“”„"))
    rest = " ".join(
        token.text for token in tokens(" ".join(parts)) if token.is_word and token.plain not in _sentences().beside
    )
    of, end, side = (str(said.get(name) or "") for name in ("of", "end", "side"))
    bound = None
    if said.get("bound"):
        bound = (_sentences().signs[str(said["sign"])], float(str(said["bound"]).replace(",", ".")))
    return Ending(
        topic,
        language,
        rest,
        "objective" if of.startswith(("objective", "goal", "cel")) else "key_result",
        "" if not end else "worst" if end.startswith(_WORST) else "best",
        bound,
        "" if not side else "misses" if side.startswith(_MISSES) else "reaches",
    )
