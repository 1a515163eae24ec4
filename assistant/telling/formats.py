"""Numbers, shares, dates, plurals and lists as people write them in English and in Polish."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files

from assistant.telling.safe import plain

SPACE = "\u00a0"  # between a number and its unit no line may break

MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    "pl": (
        "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października",
        "listopada", "grudnia",
    ),
}  # fmt: skip
WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "pl": ("poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela"),
}
# Where some published rule or band begins, in hundredths.
THRESHOLDS = frozenset({0, 10, 15, 20, 25, 40, 50, 60, 70, 75, 80, 90, 100})
SIGN_FIRST = {"$", "€", "£", "¥"}
CURRENCIES = SIGN_FIRST | {"zł", "PLN", "EUR", "USD", "GBP", "CHF"}
# Units that are words of either language take the form that goes with their number; others stay as recorded.
UNIT_NOUNS = {
    "unit_point": "point points punkt punkty punktów",
    "unit_day": "day days dzień dni",
    "unit_week": "week weeks tydzień tygodnie tygodni",
    "unit_month": "month months miesiąc miesiące miesięcy",
    "unit_hour": "hour hours godzina godziny godzin",
    "unit_person": "person people osoba osoby osób",
}
_NOUN_OF_UNIT = {word: name for name, words in UNIT_NOUNS.items() for word in words.split()}


def number(value: float, language: str, digits: int | None = None) -> str:
    """The number with the language's decimal mark and groups of thousands; at most `digits` decimals.

    Without `digits` it is written as it was recorded, up to six decimals. Four figures are not
    grouped in Polish.

    >>> number(1234567.5, "en"), number(17.3, "pl"), number(-0.25, "en")
    ('1,234,567.5', '17,3', '−0.25')
    """
    most = 6 if digits is None else digits
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP)
    written = f"{abs(rounded):,f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    if language == "pl":
        written = written.replace(",", "" if abs(rounded) < 10_000 else SPACE).replace(".", ",")
    return f"−{written}" if rounded < 0 else written


def _hundredths(share: float, thresholds: frozenset[int] = THRESHOLDS) -> Decimal:
    # 9.96 must not be shown as 10 where 10 is a threshold: decimals are added until it differs.
    value = Decimal(repr(round(share * 100, 7)))
    rounded = value
    for digits in (1, 2, 3):
        rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        if rounded == value or abs(rounded) not in thresholds:
            break
    return rounded


def percent(share: float, language: str) -> str:
    """A fraction of 1 in percent.

    >>> percent(0.124, "en"), percent(0.124, "pl") == f"12,4{SPACE}%"
    ('12.4%', True)
    """
    written = number(float(_hundredths(share)), language)
    return f"{written}{SPACE}%" if language == "pl" else f"{written}%"


def points(share: float, language: str) -> str:
    """A difference of fractions in points, with its noun; the sign is left to the sentence.

    >>> points(0.1, "en"), points(-0.34, "pl").replace(SPACE, " ")
    ('10 points', '34 punkty')
    """
    return _points(float(_hundredths(abs(share))), language)


def _points(size: float, language: str) -> str:
    return f"{number(size, language)}{SPACE if language == 'pl' else ' '}{noun('point', size, language)}"


def signed_points(share: float, language: str) -> str:
    """A change of fractions in points with its sign; only a change of nothing is shown as nothing.

    >>> signed_points(0.20002, "en"), signed_points(-0.015, "pl").replace(SPACE, " ")
    ('+20 points', '−1,5 punktu')
    """
    sign = "+" if share > 0 else "−" if share < 0 else "±"
    return f"{sign}{_points(float(_hundredths(abs(share), frozenset({0}))), language)}"


def amount(value: float, unit: str | None, language: str) -> str:
    """A value with its unit, which is somebody's free text.

    >>> amount(17.3, "%", "en"), amount(1, "days", "en").replace(SPACE, " "), amount(3.5, None, "pl")
    ('17.3%', '1 day', '3,5')
    >>> amount(27, "points", "pl").replace(SPACE, " "), amount(3, "szt.", "pl").replace(SPACE, " ")
    ('27 pkt', '3 szt.')
    """
    written = number(value, language)
    unit = (unit or "").strip()
    if not unit:
        return written
    if unit == "%":
        return f"{written}{SPACE}%" if language == "pl" else f"{written}%"
    if unit in SIGN_FIRST and language == "en":
        sign, bare = ("−", written[1:]) if written.startswith("−") else ("", written)
        return f"{sign}{plain(unit)}{bare}"
    known = _NOUN_OF_UNIT.get(unit.lower())
    return f"{written}{SPACE}{noun(known, abs(value), language) if known else plain(unit, 40)}"


def signed_amount(value: float, unit: str | None, language: str) -> str:
    """A change of a value with its sign and unit; a change of a percentage is in points.

    >>> signed_amount(-0.7, "%", "en"), signed_amount(2, None, "pl")
    ('−0.7 points', '+2')
    """
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    if (unit or "").strip() == "%":
        size = abs(round(value, 6))
        written = number(size, language)
        return f"{sign}{written} {noun('point', int(size) if size == int(size) else size, language)}"
    return f"{sign}{amount(abs(value), unit, language)}"


@cache
def _nouns(language: str) -> dict[str, list[str]]:
    file = files("assistant.telling") / language / "nouns.toml"
    found: dict[str, list[str]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return found


def noun(word: str, count: float, language: str) -> str:
    """The form of the noun that goes with the count, without the count; KeyError for an unknown noun.

    >>> [noun("key_result", n, "pl") for n in (1, 3, 5, 12, 22)]
    ['kluczowy wynik', 'kluczowe wyniki', 'kluczowych wyników', 'kluczowych wyników', 'kluczowe wyniki']
    """
    forms = _nouns(language)[word]
    if language != "pl":
        return forms[0] if count == 1 else forms[1]
    if count != int(count):
        return forms[3]
    count = abs(int(count))
    if count == 1:
        return forms[0]
    few = count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14)
    return forms[1] if few else forms[2]


def takes_plural(count: int, language: str) -> bool:
    """Whether a verb with this count before it is plural: in Polish "trzy cele wspierają", but "pięć celów wspiera"."""
    if language != "pl":
        return count != 1
    return noun("objective", count, "pl") == noun("objective", 2, "pl")


def counted(count: float, word: str, language: str) -> str:
    """The count with the noun in the right form.

    >>> counted(1, "key_result", "en"), counted(5, "day", "pl").replace(SPACE, " ")
    ('1 key result', '5 dni')
    """
    return f"{number(count, language)} {noun(word, count, language)}"


def out_of(count: int, word: str, language: str) -> str:
    """The count of a whole, behind "of": in Polish in the genitive.

    >>> out_of(9, "key_result", "en"), out_of(3, "key_result", "pl")
    ('9 key results', '3 kluczowych wyników')
    """
    if language != "pl":
        return counted(count, word, language)
    return f"{number(count, language)} {_nouns(language)[word][3 if count == 1 else 2]}"


def score(value: float, language: str) -> str:
    """A score with at least one decimal; what an owner gave more exactly stays so.

    >>> score(1, "en"), score(0.75, "pl")
    ('1.0', '0,75')
    """
    written = number(value, language)
    return written if not float(value).is_integer() else f"{written}{',' if language == 'pl' else '.'}0"


def day(on: date, language: str, today: date) -> str:
    """The day as people say it, with the year where it is not this one.

    >>> day(date(2026, 11, 23), "pl", date(2026, 11, 24)), day(date(2025, 5, 3), "en", date(2026, 11, 24))
    ('23 listopada', '3 May 2025')
    """
    said = f"{on.day} {MONTHS[language][on.month - 1]}"
    return said if on.year == today.year else f"{said} {on.year}"


def weekday(on: date, language: str) -> str:
    """The name of the day's weekday."""
    return WEEKDAYS[language][on.weekday()]


def days(first: date, last: date, language: str, today: date) -> str:
    """A stretch of days: "16–22 November", "28 października – 3 listopada".

    >>> days(date(2026, 11, 16), date(2026, 11, 22), "en", date(2026, 11, 23))
    '16–22 November'
    """
    if first == last:
        return day(first, language, today)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last, language, today)}"
    if first.year == last.year:
        return f"{first.day} {MONTHS[language][first.month - 1]} – {day(last, language, today)}"
    return f"{day(first, language, date.min)} – {day(last, language, date.min)}"


def how_long_ago(on: date, language: str, today: date) -> str:
    """How many days ago: "today", "yesterday", "12 days ago"; ahead of today the day itself."""
    if on == today:
        return "today" if language == "en" else "dziś"
    if on == today - timedelta(days=1):
        return "yesterday" if language == "en" else "wczoraj"
    if on > today:
        return day(on, language, today)
    gone = counted((today - on).days, "day", language)
    return f"{gone} ago" if language == "en" else f"{gone} temu"


def joined(words: Sequence[str], language: str) -> str:
    """The words as a list in a sentence: "a, b and c", "a, b i c"."""
    if len(words) < 2:
        return "".join(words)
    last = "and" if language == "en" else "i"
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
