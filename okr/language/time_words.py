"""Words for times in English and Polish, folded, as pieces of patterns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from okr.language.numbers import ordinal

MONTHS = {
    1: "january|jan|stycznia|styczen|styczniu|styczniem|sty",
    2: "february|feb|lutego|luty|lutym|lut",
    3: "march|mar|marca|marzec|marcu|marcem",
    4: "april|apr|kwietnia|kwiecien|kwietniu|kwietniem|kwi",
    5: "may|maja|maj|maju|majem",
    6: "june|jun|czerwca|czerwiec|czerwcu|czerwcem|cze",
    7: "july|jul|lipca|lipiec|lipcu|lipcem|lip",
    8: "august|aug|sierpnia|sierpien|sierpniu|sierpniem|sie",
    9: "september|sept|sep|wrzesnia|wrzesien|wrzesniu|wrzesniem|wrz",
    10: "october|oct|pazdz|pazdziernika|pazdziernik|pazdzierniku|pazdziernikiem|paz",
    11: "november|nov|listopada|listopad|listopadzie|listopadem|lis",
    12: "december|dec|grudnia|grudzien|grudniu|grudniem|gru",
}
_ENGLISH_MONTHS = frozenset(w for words in MONTHS.values() for w in words.split("|")[:2] if len(w) > 4)
# Months, and no ordinary words besides, by the language that they are in.
MONTHS_IN = {
    "en": _ENGLISH_MONTHS - {"march"},
    "pl": frozenset(w for words in MONTHS.values() for w in words.split("|") if len(w) > 4) - _ENGLISH_MONTHS,
}
MONTH_OF = {word: number for number, words in MONTHS.items() for word in words.split("|")}
MONTH = "|".join(sorted(MONTH_OF, key=len, reverse=True))
# "may" and "mar", "sie", "lip", "lis" are ordinary words too: only beside a day number do they name a month.
CLEAR_MONTH = "|".join(
    sorted((w for w in MONTH_OF if len(w) > 3 and w not in ("maja", "maju", "march")), key=len, reverse=True)
)
DAYS = {
    0: "mondays?|mon|poniedzialk\\w*|poniedzialek|pon",
    1: "tuesdays?|tues?|wtor(?:ek|ku|kiem|ki)",
    2: "wednesdays?|wed|srod(?:a|e|y|zie|o)",
    3: "thursdays?|thu(?:rs?)?|czwart(?:ek|ku|kiem|ki)",
    4: "fridays?|fri|piat(?:ek|ku|kiem|ki)",
    5: "saturdays?|sobot\\w*|sobot",
    6: "sundays?|niedziel\\w*",
}
DAY = "|".join(DAYS.values())
NUMBERS = {
    1: "one|a|an|jeden|jedna|jedno|jednego|jednym",
    2: "two|couple|couple of|a couple of|dwa|dwie|dwoch|dwu",
    3: "three|trzy|trzech",
    4: "four|cztery|czterech",
    5: "five|piec|pieciu",
    6: "six|szesc|szesciu",
    7: "seven|siedem|siedmiu",
    8: "eight|osiem|osmiu",
    9: "nine|dziewiec|dziewieciu",
    10: "ten|dziesiec|dziesieciu",
    12: "twelve|dwanascie|dwunastu",
    14: "fourteen|czternascie|czternastu",
    30: "thirty|trzydziesci|trzydziestu",
    90: "ninety|dziewiecdziesiat",
}
NUMBER_OF = {word: number for number, words in NUMBERS.items() for word in words.split("|")}
N = r"\d{1,3}|" + "|".join(sorted(NUMBER_OF, key=len, reverse=True))
UNITS = {
    "day": "days?|dzien|dni|dnia|dniu",
    "week": "weeks?|wks?|tyg|tydzien|tygodnie|tygodni|tygodnia|tygodniach|tygodniu",
    "fortnight": "fortnights?",
    "month": "months?|mths?|mies|miesiac|miesiace|miesiecy|miesiaca|miesiacach|miesiacu",
    "quarter": "quarters?|qtr|kwart|kwartal|kwartaly|kwartalow|kwartalu|kwartale",
    "year": "years?|yrs?|rok|lata|lat|roku|latach",
    "cycle": "(?:okr )?cycles?|cykl|cykle|cykli|cyklu|semestr[a-z]*|trymestr[a-z]*|tercjal[a-z]*|polrocz[a-z]*|semesters?|trimesters?",
}
UNIT = "|".join(UNITS.values())
LAST = r"last|previous|past|prior|preceding|zeszl\w+|ubiegl\w+|poprzedni\w*|ostatni\w*|minion\w+|przeszl\w+"
THIS = r"this|current|the current|ten|tym|tego|ta|biezac\w+|obecn\w+|aktualn\w+|ongoing"
NEXT = r"next|upcoming|coming|following|nastepn\w+|przyszl\w+|kolejn\w+|nadchodzac\w+"
DATE = (
    rf"(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})"
    rf"|(?:(?:the )?(?P<d1>\d{{1,2}}) ?(?:st|nd|rd|th|\.)?(?: of| dnia)? (?P<m1>{MONTH})(?:,? (?P<y1>\d{{4}}))?(?: roku| r)?)"
    rf"|(?:(?P<m2>{MONTH}) (?:the )?(?P<d2>\d{{1,2}})(?! ?[:%]) ?(?:st|nd|rd|th)?(?: ?,? (?P<y2>\d{{4}}))?)"
    rf"|(?:(?P<d3>\d{{1,2}})[./](?P<m3>\d{{1,2}})[./](?P<y3>\d{{4}}))"
    rf"|(?:(?P<d4>\d{{1,2}})[./](?P<m4>0[1-9]|1[0-2])(?![\d.%]))"
    rf"|(?:(?P<d5>\d{{1,2}}) ?/ ?(?P<m5>\d{{1,2}})(?: ?/ ?(?P<y5>\d{{4}}))?)"
)
ANCHOR = (
    rf"(?:{DATE}|(?P<rel>today|yesterday|the day before yesterday|dzisiaj|dzis|wczoraj|wczorajsz\w+|przedwczoraj)"
    rf"|(?:the )?(?P<dlast>{LAST}|(?:{THIS}))? ?(?P<dow>{DAY}))"
)


def number_of(text: str) -> int:
    """The number that digits or a number word stand for."""
    return int(text) if text.isdigit() else NUMBER_OF[text]


def unit_of(text: str) -> str:
    """The unit of time that a word names: day, week, fortnight, month, quarter, year or cycle."""
    return next(name for name, words in UNITS.items() if re.fullmatch(words, text))


_ROMAN_MONTHS = {"ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12}


def in_digits(words: Sequence[str]) -> list[tuple[str, int, int]]:
    """The words with their places, days before a month in digits: "ósmego lutego", "twenty first of May", "8 II"."""
    found: list[tuple[str, int, int]] = []
    at = 0
    while at < len(words):
        day = ordinal(words[at : at + 3], "pl") or ordinal(words[at : at + 3], "en")
        if day is not None and 1 <= day.value <= 31:
            rest = words[at + day.words : at + day.words + 2]
            if rest and (rest[0] in MONTH_OF or (rest[0] == "of" and len(rest) > 1 and rest[1] in MONTH_OF)):
                found.append((str(day.value), at, at + day.words))
                at += day.words
                continue
        after = words[at + 1] if at + 1 < len(words) else ""
        quarter = at + 2 < len(words) and words[at + 2].startswith(("kwart", "quarter"))
        if words[at].isdecimal() and 1 <= int(words[at]) <= 31 and after in _ROMAN_MONTHS and not quarter:
            month = next(w for w, number in MONTH_OF.items() if number == _ROMAN_MONTHS[after])
            found += [(words[at], at, at + 1), (month, at + 1, at + 2)]
            at += 2
            continue
        found.append((words[at], at, at + 1))
        at += 1
    return found
