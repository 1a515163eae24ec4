"""A sentence cut into words that know what they can be.

A word can be several things at once ("second" a unit and an ordinal, "may" a month and a
verb); the recognisers ask for the one they need. Slips of one letter in the words that set
a time are put right; words that people use otherwise are left alone.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from okr.language.numbers import cardinal, number_words, ordinal
from okr.language.words import fold, variants

LANGUAGES = ("en", "pl")

_TOKEN = re.compile(
    r"""
    [\w.+-]+@[\w-]+(?:\.[\w-]+)+                            # an address
  | rrule:[a-z0-9=;,+-]+                                     # a rule spelled out
  | (?!(?:mon|tue|wed|thu|fri|sat|sun|pon|pn|wt|sr|czw|pt|sob|nd)[a-z]*/)
    (?:[a-z]+/)+[a-z]+(?:_[a-z]+)*(?=[\s,.;!?)]|$)            # a zone
  | \d{4}-\d{2}-\d{2}(?:[t]\d{2}:\d{2}(?::\d{2})?)?          # an ISO date
  | \d{1,2}\.\d{1,2}\.(?:\d{4})?                             # 15.12.2026
  | \d{1,2}/\d{1,2}(?:/\d{2,4})?                             # 7/13
  | \d{1,2}[:]\d{2}(?::\d{2})?
  | \d+(?:st|nd|rd|th)(?![a-z])
  | \d+-(?:go|ego|ciego|szego|gi|ci|ty|sty|my|ta|ga|cia|tego|ej|tej|giego|mego|mej|stej)(?![a-z])
  | \d+[.,]\d+
  | \d+
  | [a-z][-_][0-9]+
  | kr-[\w-]*\w | o-\d[\w-]* | kpi-[\w-]*\w
  | [^\W\d_]+(?:'[^\W\d_]+)?
  | [^\w\s]
    """,
    re.VERBOSE,
)

_CORRECTED_TAGS = ("EVERY", "UNTIL", "EXCEPT", "REMIND", "NOTIFY", "OWNERS", "EVERYONE", "STARTING", "HOLIDAY")
_CORRECTED = (
    "weekday", "weekdays", "month", "units", "often", "dayclass", "dayclasses", "relative", "position", "daypart",
)  # fmt: skip


@dataclass(frozen=True)
class Word:
    """One word or sign: as typed, folded, and its place in the sentence."""

    text: str
    plain: str
    start: int
    end: int
    capital: bool


@dataclass
class Lexicon:
    """What words can be in one language: forms by their first word."""

    forms: dict[str, list[tuple[tuple[str, ...], str, str]]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    timely: set[str] = field(default_factory=set)
    slips: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, tag: str, value: str, form: str) -> None:
        words = tuple(w.plain for w in cut(form))
        self.forms.setdefault(words[0], []).append((words, tag, value))
        self.known.update(words)

    def correct(self, form: str, meaning: str) -> None:
        """Lets words one slip away from the form be read as it."""
        for slip in variants(form):
            self.slips.setdefault(slip, {}).setdefault(meaning, form)


# What the grammar of time looks for by tags of the vocabulary of actions.
_TIMELY_ACTS = frozenset(["IF_HOLIDAY", "VAGUE_STRETCH", "BIMONTHLY"])
# Words that begin a piece of a schedule only together with what follows them.
_TIMELY_WORDS = frozenset(
    "total exactly only just lacznie tylko maksymalnie max sumie half quarter wedlug wg strefa by according".split()
)


@lru_cache(maxsize=4096)
def _plain_letter(letter: str) -> str:
    # One letter out for each in, so that places in the folded text are places in the typed one.
    return fold(letter)[:1] or " "


@lru_cache(maxsize=256)
def cut(sentence: str) -> tuple[Word, ...]:
    """The words and signs of a sentence in order."""
    composed = unicodedata.normalize("NFC", sentence)
    plain = composed.lower() if composed.isascii() else "".join(map(_plain_letter, composed))
    found = []
    for m in _TOKEN.finditer(plain):
        start, end = m.span()
        text = composed[start:end]
        found.append(Word(text, m.group(), start, end, text[0].isupper()))
    return tuple(found)


@lru_cache(maxsize=1)
def _not_slips() -> frozenset[str]:
    """Words that look like a slip of a time word and are not one."""
    path = files("okr.language.rules") / "vocabulary" / "not_slips.txt"
    return frozenset(path.read_text(encoding="utf-8").split())


@lru_cache(maxsize=8)
def lexicon(language: str) -> Lexicon:
    """The vocabulary of the language, read once from its data files."""
    found = Lexicon()
    folder = files("okr.language.rules") / "vocabulary"
    for name in (f"{language}.toml", f"{language}_acts.toml"):
        for section, entries in tomllib.loads((folder / name).read_text(encoding="utf-8")).items():
            for key, forms in entries.items():
                timely = key in _TIMELY_ACTS if name.endswith("_acts.toml") else key != "FILLER"
                for form in forms:
                    if timely:
                        found.timely.add(cut(form)[0].plain)
                    if section in ("tags", "acts"):
                        found.add(key, "", form)
                    else:
                        found.add(section, str(key), form)
                    if section in _CORRECTED and " " not in form and len(form) >= 5 and form.isalpha():
                        found.correct(fold(form), f"{section}:{key}")
                    if section == "tags" and key in _CORRECTED_TAGS and len(form) >= 5 and form.isalpha():
                        found.correct(fold(form), key)
    for entries_of in found.forms.values():
        entries_of.sort(key=lambda entry: -len(entry[0]))
    return found


def _corrected(word: Word, lexicon_: Lexicon, language: str, first: bool) -> str:
    plain = word.plain
    if len(plain) < 5 or not plain.isalpha() or plain in lexicon_.known or plain in _not_slips():
        return plain
    if plain in number_words(language):
        return plain
    # A capital in the middle of a Polish sentence is a name; English writes its days that way too.
    if word.capital and not first and language == "pl":
        return plain
    close: dict[str, str] = {}
    for slip in variants(plain):
        close |= lexicon_.slips.get(slip, {})
    close = {meaning: c for meaning, c in close.items() if abs(len(c) - len(plain)) <= 1 and c[0] == plain[0]}
    if len(close) == 1:
        return close.popitem()[1]
    # "fridyas" is near both the day and its plural; the nearest in length decides.
    same_length = {c for c in close.values() if len(c) == len(plain)}
    return same_length.pop() if len(same_length) == 1 else plain


_BEYOND = 24


class Sentence:
    """The words of a sentence with what each can be in one language."""

    def __init__(self, text: str, language: str) -> None:
        self.text = unicodedata.normalize("NFC", text)
        self.language = language
        self.words = cut(text)
        self.lexicon = lexicon(language)
        # Empty words past the end, so that a look ahead needs no guard.
        self.plain = [_corrected(w, self.lexicon, language, i == 0) for i, w in enumerate(self.words)] + [""] * _BEYOND
        self._length = len(self.words)
        self._senses: list[dict[str, tuple[str, int]]] = [self._senses_at(i) for i in range(self._length)]

    def __len__(self) -> int:
        return self._length

    def _senses_at(self, i: int) -> dict[str, tuple[str, int]]:
        found: dict[str, tuple[str, int]] = {}
        for words, tag, value in self.lexicon.forms.get(self.plain[i], ()):
            if tag not in found and (len(words) == 1 or tuple(self.plain[i : i + len(words)]) == words):
                found[tag] = (value, len(words))
        return found

    def is_a(self, i: int, *tags: str) -> int:
        """How many words at i are one of these; 0 if none."""
        if not 0 <= i < self._length:
            return 0
        senses = self._senses[i]
        longest = 0
        if senses:
            for tag in tags:
                if tag in senses and senses[tag][1] > longest:
                    longest = senses[tag][1]
        return longest

    def value(self, i: int, tag: str) -> tuple[str, int] | None:
        """What the words at i stand for under that heading, and how many they are."""
        return self._senses[i].get(tag) if 0 <= i < self._length else None

    def timely(self, i: int) -> bool:
        """Whether a piece of a schedule can begin with the word at i."""
        plain = self.plain[i]
        return (
            plain in self.lexicon.timely
            or plain[:1].isdigit()
            or plain in _TIMELY_WORDS
            or plain in number_words(self.language)
            or "/" in plain
            or plain.startswith("rrule:")
            or ("-" in plain and ordinal([plain], self.language) is not None)
            or ("-" in plain and cardinal([plain], self.language) is not None)
        )

    def known(self, i: int) -> bool:
        """Whether the word at i can be anything at all."""
        return bool(self._senses[i])

    def skip(self, i: int, *tags: str) -> int:
        """The place after any run of such words."""
        while True:
            length = self.is_a(i, *tags)
            if not length:
                return i
            i += length

    def said(self, a: int, b: int) -> str:
        """The words from a up to b as they were typed."""
        b = min(b, len(self.words))
        if b <= a or a >= len(self.words):
            return ""
        return self.text[self.words[a].start : self.words[b - 1].end]

    def touching(self, i: int) -> bool:
        """Whether the word at i stands right after the one before it, without a space."""
        return 0 < i < len(self.words) and self.words[i].start == self.words[i - 1].end


_POLISH_LETTERS = frozenset("ąćęłńóśźż")


def language_of(text: str) -> str:
    """The language of a sentence, `en` or `pl`, by its letters and the words it uses."""
    lowered = text.lower()
    english: float = 0
    polish: float = 2 * sum(c in _POLISH_LETTERS for c in lowered)
    for word in cut(text):
        if not word.plain.isalpha():
            continue
        weight = 0.5 if len(word.plain) < 3 else 1
        in_english = word.plain in lexicon("en").known
        in_polish = word.plain in lexicon("pl").known
        if in_english and not in_polish:
            english += weight
        elif in_polish and not in_english:
            polish += weight
    return "pl" if polish > english else "en"
