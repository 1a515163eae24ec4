"""Words as people type them: cut into tokens, folded to plain letters, reduced to stems.

Folding lowers, drops diacritics (ł too) and evens out quotes and dashes, so that "Średnią",
"srednia" and "ŚREDNIA" begin alike. Stems are Snowball's, in English and Polish at once: the
index of names does not know which language a title is in.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

_PLAIN = str.maketrans(
    {
        "ł": "l", "Ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe",
        "’": "'", "‘": "'", "`": "'", "´": "'", "„": '"', "”": '"', "“": '"', "«": '"', "»": '"',
        "–": "-", "—": "-", "‑": "-", "−": "-", "\u00a0": " ", "\u202f": " ",
    }
)  # fmt: skip

_TOKEN = re.compile(
    r"""
    (?P<address>[^\s@,;:<>()"]+@[^\s@,;:<>()"]+\.[a-z]{2,})
  | \d{4}-\d{2}-\d{2}(?:t\d{2}:\d{2}(?::\d{2})?)?      # an ISO date
  | \d{4}-w\d{1,2}                                      # an ISO week
  | [a-z]+(?:[-_][a-z0-9]+)*[-_]\d+(?:[-_.][a-z0-9]+)*  # an id such as KR-12 or CI-2026-4
  | \d{1,2}:\d{2}
  | \d+(?:[.,]\d+)*                                     # a number
  | (?P<points>p\.\ ?p\.?)(?![a-z])                      # "p.p.", percentage points
  | (?P<inflected>[a-z]{2,6})-(?:y|i|e|a|u|ow|ach|ami|em|om|owi|ie|ce|owy|owe|owych|owej)(?![\w-])  # KR-ów, NPS-u
  | (?P<foreign>[a-z]{2,})'(?:ego|emu|owi|iego|iemu|em|ie|ow|y|a|u|i)\b      # Rory'ego
  | [^\W\d_]+(?=n't\b) | n't\b | '(?:s|re|ve|ll|d|m)\b  # have·n't, what·'s
  | [^\W\d_]+(?:&[^\W\d_]+)*                           # a word; M&A is one
  | [%€$£?!.,:;()\[\]"/+*=<>@#&_'-]
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign of a sentence.

    `text` is as typed, `plain` is folded, `start` and `end` are places in the typed sentence.
    """

    text: str
    plain: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it has a letter or digit in it."""
        return self.plain.isalnum() or any(c.isalnum() for c in self.plain)


def fold(text: str) -> str:
    """The text in lower case without diacritics, character for character where that is possible.

    >>> fold("Średnią „Łączną”")
    'srednia "laczna"'
    """
    if text.isascii():
        # Nearly every title and most questions: nothing to decompose.
        return text.lower().replace("`", "'")
    lowered = text.translate(_PLAIN).lower().translate(_PLAIN)
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _fold_in_place(text: str) -> str:
    # One character out for each in, so that places in the folded text are places in the typed one.
    return fold(text) if text.isascii() else "".join(map(_folded_sign, text))


@lru_cache(maxsize=4_096)
def _folded_sign(sign: str) -> str:
    return fold(sign)[:1] or " "


def tokens(sentence: str) -> list[Token]:
    """The words, numbers and signs of a sentence, in order.

    >>> [t.plain for t in tokens("Jak idzie KR-12, Ań?")]
    ['jak', 'idzie', 'kr-12', ',', 'an', '?']
    >>> [t.plain for t in tokens("What's our NPS-u? Haven't we")]
    ['what', "'s", 'our', 'nps', '?', 'have', "n't", 'we']
    """
    composed = unicodedata.normalize("NFC", sentence)
    plain = _fold_in_place(composed)
    found = [
        Token(
            composed[m.start() : m.end()],
            ("pp" if m["points"] else m["inflected"] or m["foreign"] or m.group()),
            m.start(),
            m.end(),
        )
        for m in _TOKEN.finditer(plain)
    ]
    return _joined([part for token in found for part in _unglued(token)], composed)


# "isnt" and "whats" as people type them in a hurry.
_NEGATED = {f"{verb}nt": verb for verb in "is are was were do does did has have had would should could wo ca".split()}
_SHORTENED = {f"{word}s": word for word in "what who how where when that here there let why".split()}


def _unglued(token: Token) -> list[Token]:
    for known, tail in ((_NEGATED, "n't"), (_SHORTENED, "'s")):
        head = known.get(token.plain)
        if head is not None:
            cut = token.start + len(head)
            return [Token(token.text[: len(head)], head, token.start, cut),
                    Token(token.text[len(head) :], tail, cut, token.end)]  # fmt: skip
    return [token]


def _joined(found: list[Token], text: str) -> list[Token]:
    # "check in", "check-in" and "checkin" are one word with one meaning here.
    out: list[Token] = []
    i = 0
    while i < len(found):
        dash = i + 1 < len(found) and found[i + 1].plain == "-"
        after = i + (2 if dash else 1)
        if found[i].plain == "check" and after < len(found) and found[after].plain in _INS:
            last = found[after]
            out.append(Token(text[found[i].start : last.end], "check" + last.plain, found[i].start, last.end))
            i = after + 1
        else:
            out.append(found[i])
            i += 1
    return out


_INS = frozenset(["in", "ins", "iny", "inow", "inu", "inie", "inem", "inach", "inami", "inom"])


# Snowball objects keep state between calls and tools run in several threads, so one is made per word;
# the cache makes that rare.
@lru_cache(maxsize=65_536)
def stems(word: str) -> frozenset[str]:
    """The forms under which a folded word is indexed: itself, its English stem and its Polish stem.

    >>> sorted(stems("renewals"))
    ['renew', 'renewal', 'renewals']
    """
    if not word.isalpha() or len(word) < 3:
        return frozenset({word})
    english = snowballstemmer.stemmer("english").stemWord(word)
    forms = {word, english, polish_stem(word), *_hardened(word), *_verbal(word)}
    if word.endswith("s") and not word.endswith("ss"):
        forms.add(word[:-1])
    if len(word) == 3 and word[-1] in "aeiouy":
        forms.add(word[:-1])  # Ewa, Ewy
    if len(word) >= 5 and word[-2] == "e" and word[-1] in "kclnr" and word[-3] not in "aeiouy":
        forms.add(word[:-2] + word[-1])  # Marek, Marka
    return frozenset(f for f in forms if len(f) >= 2)


# A soft ending and the hard one of the same noun: "flocie" is of "flota", "obsludze" of "obsluga".
_SOFT_ENDINGS = (
    ("zdzie", "zd"), ("scie", "st"), ("dzie", "d"), ("dze", "g"), ("rze", "r"), ("sze", "ch"), ("cie", "t"),
    ("ce", "k"), ("zie", "z"), ("sie", "s"),
)  # fmt: skip


def _hardened(word: str) -> set[str]:
    return {
        word[: -len(soft)] + hard for soft, hard in _SOFT_ENDINGS if word.endswith(soft) and len(word) - len(soft) >= 2
    }


# What has been done, told with or without who did it: "sprzedaliśmy" is of "sprzedane", "wdrożyli" of "wdrożonych".
_DONE = re.compile(
    r"(?P<root>\w{4,})(?:[aiye]l(?:ismy|ysmy|iscie|yscie|em|am|i|y|a|o)?"
    r"|(?:an|ion|on|ien|en)(?:ych|ymi|ego|emu|ej|ym|y|a|e|i|o))"
)


def _verbal(word: str) -> set[str]:
    done = _DONE.fullmatch(word)
    return set() if done is None else {f"~{done['root']}"}


# Endings of nouns and adjectives, longest first; on folded text, where "ą" is already "a".
_ENDINGS = (
    "iejszych", "iejszego", "iejszym", "ejszych", "owaniem", "owaniach", "owania", "owaniu", "owanie",
    "iami", "iach", "yjny", "yjna", "yjne", "owa", "owy", "owe", "yjnego", "yjnych", "yjnym", "yjnej",
    "owego", "owych", "owymi", "owej", "owym",
    "ami", "ach", "ego", "emu", "ymi", "imi", "ych", "ich", "iej", "iem", "iom", "owi", "owi", "iow",
    "ie", "ia", "iu", "io", "om", "em", "ej", "ow", "ym", "im", "ii", "ji", "ja", "je",
    "a", "e", "i", "o", "u", "y",
)  # fmt: skip


@lru_cache(maxsize=65_536)
def polish_stem(word: str) -> str:
    """A short common beginning of the cases of a Polish noun or adjective, on folded letters.

    Cruder than Snowball and therefore kinder to names: it leaves at least three letters.

    >>> {polish_stem(w) for w in ("retencja", "retencji", "retencje")}
    {'retenc'}
    """
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def variants(word: str) -> frozenset[str]:
    """The word and the word with any one letter left out; two words within one slip share one.

    Only for words of four letters and more: shorter ones differ too little to guess.
    """
    if len(word) < 4:
        return frozenset()
    return frozenset({word, *(word[:i] + word[i + 1 :] for i in range(len(word)))})


def safe_text(text: str, most: int = 20_000) -> str:
    """The text without control, bidirectional and tag characters, cut to the most; new lines stay."""
    kept = (c for c in text[: most * 2] if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return "".join(kept)[:most]
