"""What a sentence claims: its numbers, dates, ids, addresses, status words and names, in English and in Polish."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from assistant.telling.formats import MONTHS, WEEKDAYS
from okr.language.numbers import cardinal, number_words
from okr.language.words import fold, tokens

# What a number may mean: its size, and how far a recorded figure may lie from it when it is a rounded one.
Reading = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a sentence says. `kind` is number, date, month, weekday, id, status, direction, person or name.

    `readings` are what a number may mean, `days` the day and month (and year, 0 for none) of a date.
    """

    kind: str
    text: str
    readings: tuple[Reading, ...] = ()
    day: tuple[int, int, int] = (0, 0, 0)
    word: str = ""
    negated: bool = False


_SPACE = "[ \u00a0\u202f]"
_NUMBER = re.compile(
    rf"(?<![\w.,/])(?P<digits>\d{{1,3}}(?:{_SPACE}\d{{3}})+(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
    rf"(?:{_SPACE}?(?P<scale>k|tys\.?|thousand|mln|m|million|mio|mld|bn|billion)(?![\w]))?(?![\w]*@)",
    re.IGNORECASE,
)
_SCALES = {"k": 1e3, "tys": 1e3, "thousand": 1e3, "mln": 1e6, "m": 1e6, "million": 1e6, "mio": 1e6}
_SCALES |= {"mld": 1e9, "bn": 1e9, "billion": 1e9}
_BRACKETED = re.compile(r"\[([^\[\]\n]{1,200})\](?!\()")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ID = re.compile(r"(?<![\w-])[A-Z]{1,6}(?:-[A-Z0-9][A-Za-z0-9]*)+(?![\w-])")
_CYCLE = re.compile(r"\b(?:\d{4}[- ]?)?[QK][1-4](?:[ -]?\d{4})?\b|\b(?:I|II|III|IV) kwarta\w+(?: \d{4})?")
_WEEK = re.compile(r"(?i)\b(?:\d{4}-)?w(?:eek |k )?(\d{1,2})\b|\btydz\w+ (\d{1,2})\b|\btygodni\w+ (\d{1,2})\b")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DOTTED = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
_MONTH_WORDS: dict[str, int] = {}
for _months in MONTHS.values():
    for _index, _name in enumerate(_months, 1):
        _MONTH_WORDS[_name.lower()] = _index
_OTHER_FORMS = """
    styczeń styczniu jan,luty lutym feb,marzec marcu mar,kwiecień kwietniu apr,maj maju,czerwiec czerwcu jun,
    lipiec lipcu jul,sierpień sierpniu aug,wrzesień wrześniu sep,październik październiku oct,
    listopad listopadzie nov,grudzień grudniu dec
"""
for _index, _forms in enumerate(_OTHER_FORMS.split(","), 1):
    for _name in _forms.split():
        _MONTH_WORDS[_name] = _index
_MONTH_WORDS["sept"] = 9
_MONTH = "|".join(sorted(map(re.escape, _MONTH_WORDS), key=len, reverse=True))
_DAY_FIRST = re.compile(
    rf"(?i)\b(?:(\d{{1,2}})\.?(?:st|nd|rd|th)?{_SPACE}?(?:–|-|to|and|do|i|oraz){_SPACE}?)?(\d{{1,2}})\.?(?:st|nd|rd|th)?"
    rf"{_SPACE}(?:of )?({_MONTH})\b\.?(?:,?{_SPACE}(\d{{4}}))?"
)
_MONTH_FIRST = re.compile(
    rf"(?i)\b({_MONTH})\b\.?{_SPACE}(\d{{1,2}})(?:st|nd|rd|th)?(?:{_SPACE}?[–-]{_SPACE}?(\d{{1,2}}))?\b(?:,?{_SPACE}(\d{{4}}))?"
)
# "May" and "mar" are words too: alone only the long names count.
_MONTH_ALONE = re.compile(rf"\b((?!(?i:may|maj|mar|sep|dec)\b)(?i:{_MONTH}))\b(?:{_SPACE}(\d{{4}}))?")
_WEEKDAY_WORDS = {name.lower(): index for names in WEEKDAYS.values() for index, name in enumerate(names)}
_WEEKDAY_WORDS |= {"środę": 2, "sobotę": 5, "niedzielę": 6, "poniedziałku": 0, "wtorku": 1, "czwartku": 3, "piątku": 4}
_WEEKDAY = re.compile(rf"(?i)\b({'|'.join(_WEEKDAY_WORDS)})\b")
_STATUSES = (
    ("on_track", r"on[ -]track|zgodn\w+ z planem|na dobrej drodze|w normie"),
    ("at_risk", r"at[ -]risk|zagrożon\w+"),
    ("off_track", r"off[ -]track|poza planem"),
    ("completed", r"completed|ukończon\w+"),
    ("pending", r"pending"),
    ("unknown", r"unknown|nieznan\w+"),
    ("stale", r"stale|nieaktualn\w+|przestarza\w+"),
    ("breached", r"breached|przekroczon\w+"),
)
_STATUS = re.compile("(?i)" + "|".join(rf"(?P<{name}>\b(?:{pattern})\b)" for name, pattern in _STATUSES))
_CODE = re.compile(r"\b(on_track|at_risk|off_track)\b")
_NOT = re.compile(r"(?i)\b(?:not|no longer|isn't|aren't|nie|przestał\w*)\b[^.,;:]{0,24}$")
_QUOTED = re.compile(r"[“„\"«][^“”„\"«»]{3,400}[”\"»]")
_MARKER = re.compile(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+")
_CAPITAL = re.compile(r"[A-ZĄĆĘŁŃÓŚŹŻÀ-ÖØ-Þ][\w’'-]*")
_ONE = {"one", "jeden", "jedna", "jedno", "jednego", "jednej", "jednym", "a", "an"}


def claims(sentence: str, language: str) -> list[Claim]:
    """What the sentence claims. Words in quotation marks are claims only by their numbers and dates."""
    left = _MARKER.sub(lambda m: " " * len(m.group()), sentence)
    found: list[Claim] = []

    def take(pattern: re.Pattern[str], read: Callable[[re.Match[str]], Iterable[Claim]]) -> None:
        nonlocal left
        for match in pattern.finditer(left):
            found.extend(read(match))
        left = pattern.sub(lambda m: " " * len(m.group()), left)

    take(_BRACKETED, _bracketed)
    take(_ADDRESS, lambda m: [Claim("id", m.group())])
    take(_ISO, lambda m: [_dated(m.group(), m[3], m[2], m[1])])
    take(_CYCLE, lambda m: [Claim("name", m.group())])
    take(_ID, lambda m: [Claim("id", m.group())])
    take(_DOTTED, lambda m: [_dated(m.group(), m[1], m[2], m[3])])
    take(_DAY_FIRST, _day_first)
    take(_MONTH_FIRST, _month_first)
    take(_WEEK, lambda m: [Claim("number", m.group(), ((float(m[1] or m[2] or m[3]), 0.0),), word="week")])
    take(_MONTH_ALONE, lambda m: [Claim("month", m.group(), day=(0, _MONTH_WORDS[m[1].lower()], int(m[2] or 0)))])
    take(_WEEKDAY, lambda m: [Claim("weekday", m.group(), day=(_WEEKDAY_WORDS[m[1].lower()], 0, 0))])
    take(_NUMBER, lambda m: [Claim("number", m.group().strip(), readings(m["digits"], m["scale"] or ""))])
    unquoted = without_quotes(left)
    found += _status_words(unquoted)
    found += _number_words(unquoted, language)
    found += _names(unquoted)
    return found


def without_quotes(text: str) -> str:
    """The text with what stands in quotation marks blanked."""
    return _QUOTED.sub(lambda m: " " * len(m.group()), text)


def without_dates(text: str) -> str:
    """The text with its dates and the ids in brackets blanked, so that the figures left are amounts."""
    for pattern in (_BRACKETED, _ISO, _DOTTED, _DAY_FIRST, _MONTH_FIRST, _WEEK):
        text = pattern.sub(lambda m: " " * len(m.group()), text)
    return text


def _bracketed(match: re.Match[str]) -> list[Claim]:
    parts = [part.strip() for part in re.split(r"[,;]", match[1])]
    return [Claim("id", part) for part in parts if part and " " not in part]


def _dated(text: str, day: str, month: str, year: str | None) -> Claim:
    return Claim("date", text, day=(int(day), int(month), int(year or 0)))


def _day_first(match: re.Match[str]) -> list[Claim]:
    month = str(_MONTH_WORDS[match[3].lower()])
    return [_dated(match.group(), day, month, match[4]) for day in (match[1], match[2]) if day]


def _month_first(match: re.Match[str]) -> list[Claim]:
    month = str(_MONTH_WORDS[match[1].lower()])
    return [_dated(match.group(), day, month, match[4]) for day in (match[2], match[3]) if day]


def readings(digits: str, scale: str = "") -> tuple[Reading, ...]:
    """What the digits may mean, each with half of its last place.

    >>> readings("12,4")
    ((12.4, 0.05),)
    >>> readings("1,234")
    ((1234.0, 0.5), (1.234, 0.0005))
    """
    bare = re.sub(_SPACE, "", digits)
    times = _SCALES.get(scale.lower().rstrip("."), 1.0)
    marks = [c for c in bare if c in ".,"]
    found: list[tuple[str, int]] = []
    if not marks:
        found.append((bare, 0))
    elif len(set(marks)) == 1 and len(marks) == 1:
        whole, _, part = bare.partition(marks[0])
        if len(part) == 3 and len(whole) <= 3 and whole != "0":
            found.append((whole + part, 0))
        found.append((f"{whole}.{part}", len(part)))
    elif len(set(marks)) == 1:
        found.append((re.sub(r"[.,]", "", bare), 0))
    else:
        whole, _, part = bare.rpartition(marks[-1])
        found.append((re.sub(r"[.,]", "", whole) + "." + part, len(part)))
    return tuple((float(text) * times, 0.5 * 10**-places * times) for text, places in found)


def _status_words(text: str) -> Iterator[Claim]:
    for match in _STATUS.finditer(text):
        yield Claim(
            "status", match.group(), word=str(match.lastgroup), negated=bool(_NOT.search(text[: match.start()]))
        )
    for match in _CODE.finditer(text):
        yield Claim("status", match.group(), word=match.group())


def _number_words(text: str, language: str) -> Iterator[Claim]:
    words = [token.plain for token in tokens(text) if token.is_word]
    known = number_words(language)
    at = 0
    while at < len(words):
        # "one of", "jeden z" and articles count nothing; ordinals point.
        number = cardinal(words[at:], language) if words[at] in known and words[at] not in _ONE else None
        if number is not None and not words[at].isdecimal():
            yield Claim("number", " ".join(words[at : at + number.words]), ((float(number.value), 0.0),), word="count")
            at += number.words
        else:
            at += 1


def _names(text: str) -> Iterator[Claim]:
    """Words that are written like names: capitals that no sentence begins with."""
    for match in _CAPITAL.finditer(text):
        before = text[: match.start()].rstrip(" *_(\t")
        opens = not before or before[-1] in ".!?:…\n-–—|„“\"'"
        word = re.sub(r"[’']s?$", "", match.group().strip("-*_"))
        if len(word) > 1:
            yield Claim("name", word, word="first" if opens else "")


def day_of(claim: Claim) -> date | None:
    """The date of a claim that names a year; None without one or for a day that does not exist."""
    day, month, year = claim.day
    try:
        return date(year, month, day) if year else None
    except ValueError:
        return None


# A turn changes nothing, so that a sentence in which the model says it did is false.
_CLAIMED = re.compile(
    r"""(?ix)
    \b(?:i|we)(?:\ have|'ve|’ve)?(?:\ (?:just|now|already|also|successfully))*\ (?:
        updated|changed|set|created|deleted|removed|closed|marked|sent|scheduled|assigned|added|reminded|notified|
        emailed|e-mailed|posted|messaged|saved|recorded|moved|cancelled|canceled|reopened|edited|registered|booked
        |completed|adjusted|raised|lowered|renamed|archived|granted|shared)\b
  | \b(?:i|we)(?:\ will|'ll|’ll|\ am\ going\ to)\ (?:\w+\ )?(?:update|change|set|create|delete|remove|send|schedule|
        remind|notify|email|post|mark|close)\b
  | ^\W*(?:done|all\ done|updated|all\ set|zrobione|gotowe|załatwione)\b\s*[.!:,—–-]
  | \b(?:has|have)\ been\ (?:successfully\ |now\ |just\ )*(?:updated|changed|set|created|deleted|marked|sent|scheduled|
        assigned|notified|reset|saved)\b
  | \bis\ now\ (?:set|marked|updated|deleted|closed)\b
  | \b(?:zaktualizował|zmienił|ustawił|utworzył|stworzył|usunął|usunęł|skasował|zamknął|zamknęł|
        oznaczył|wysłał|zaplanował|przypisał|dodał|przypomniał|powiadomił|zapisał|przesunął|przesunęł|anulował|
        ukończył|zwiększył|udostępnił|nadał)[ae]?(?:m|śmy|liśmy|łyśmy)\b
  | \bzosta(?:ł|ła|ło|ły|li)\ (?:właśnie\ |już\ )?(?:zaktualizowan|zmienion|ustawion|utworzon|usunięt|oznaczon|wysłan|
        zaplanowan|przypisan|zapisan)\w*
  | \b(?:wyślę|zmienię|ustawię|usunę|utworzę|zaktualizuję|przypomnę|oznaczę)\b
    """
)


def says_it_changed_something(sentence: str) -> bool:
    """Whether the sentence, outside of quotation marks, says that the speaker changed or sent something.

    >>> says_it_changed_something("I have already updated KR-1 to 100%.")
    True
    >>> says_it_changed_something("Ana wrote: “I have updated the page”.")
    False
    """
    return _CLAIMED.search(_QUOTED.sub(" ", sentence)) is not None


def spelt_numbers(text: str, language: str) -> set[float]:
    """The numbers that the text has in words.

    >>> spelt_numbers("dwadzieścia pięć telefonów", "pl")
    {25.0}
    """
    return {claim.readings[0][0] for claim in _number_words(text, language)}


def folded_words(text: str) -> list[str]:
    """The words of a text, folded, with the parts of addresses and ids apart."""
    return re.findall(r"[^\W_]+", fold(text))
