"""Orders to write a status update, or to change the one just written: "draft this week's update for leadership".

What such a sentence says of readers, days, length and language is read here; what is left of it are names, which are
looked up by whoever asks. A sentence with a schedule, or one that sends something, is a rule and none of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from okr.language.words import fold

_ASKED = r"(?:(?:please|can you|could you|would you|pls|hey|now|and|prosze|czy mozesz|mozesz|teraz|a|i)[ ,]+)*"
_WRITE = re.compile(
    rf"^{_ASKED}(?:draft|write(?: up)?|prepare|compose|generate|put together|create|make"
    r"|napisz|przygotuj|sporzadz|wygeneruj|opracuj|zredaguj|stworz|naszkicuj|zrob)\b"
)
_UPDATE = re.compile(
    r"\b(?:okr |status |weekly |leadership |progress |tygodniow\w+ )*"
    r"(?:updates?|reports?|newsletter|summary|raport\w*|podsumowani\w+|sprawozdani\w+|biuletyn\w*|szkic\w* raportu)\b"
)
_SCHEDULED = re.compile(
    r"\b(?:every|each|daily|monthly|send|mail|email|remind|schedule|co (?:tydzien|dzien|poniedzial\w+|wtor\w+|srod\w+|"
    r"czwart\w+|piat\w+|miesiac)|codziennie|kazd\w+|wyslij|przypomnij|wysylaj|mondays|fridays)\b|\bat \d|\bo \d"
)
_READERS = (
    ("leadership", r"(?:the )?(?:leadership(?: team)?|leaders|board|execs?|executives?|management|ceo)"
                   r"|zarzad\w*|kierownictw\w*|liderow|szef\w*"),
    ("all-hands", r"(?:the )?(?:all[- ]hands|everyone|everybody|whole company|all staff|all employees)"
                  r"|wszystkich|calej firmy|cala firma|pracownikow"),
    ("team", r"(?:the|my|our) team|team meeting|(?:mojego |naszego )?zespolu"),
)  # fmt: skip
_FOR = r"(?:(?:for|to|aimed at|dla|na)\s+)?"
_DAYS = (
    ("last-week", r"(?:last|previous|past) week(?:'s|s)?|(?:zeszl|poprzedni|ubiegl|minion)\w* (?:tydzien|tygodni\w*)"),
    ("this-week", r"(?:this|the current) week(?:'s|s)?|(?:tego tygodnia|tym tygodniu|ten tydzien|biezac\w+ tyg\w+)"),
    ("cycle", r"(?:this |the |whole |current )*(?:quarter|cycle)(?:'s)?|(?:tego |tym |ten |caly |calego |biezac\w+ )*"
              r"(?:kwartal\w*|cykl\w*)"),
)  # fmt: skip
_WEEK = re.compile(r"\b(\d{4})-?w(\d{1,2})\b")
_LANGUAGES = (("pl", r"(?:in )?polish|po polsku"), ("en", r"(?:in )?english|po angielsku"))
_SHORTER = re.compile(
    r"\b(?:shorter|short|briefer|brief|more concise|trim it|cut it down|shorten(?: it)?|krocej|krotsz\w+|skroc\w*|"
    r"zwiezlej|krotki\w*)\b"
)
_LONGER = re.compile(
    r"\b(?:longer|long|more detail(?:s|ed)?|in detail|expand(?: it)?|dluz\w+|dlugi\w*|rozwin\w*|wiecej szczegolow|"
    r"szczegolow\w+)\b"
)
_ONLY = re.compile(r"\b(?:only|just|tylko|wylacznie|jedynie)\b")
_PROMISED = re.compile(
    r"^(?:and |a |i )?(?:what (?:did we|have we|had we) (?:promise|commit to|say we would do|announce)\w*"
    r"|what (?:was|were|had been) promised|co (?:obiecal\w+|zapowiad\w+|zapowiedzi\w+|przyrzek\w+)(?:smy)?)\b"
)
# Words that name nothing.
_BESIDE = frozenset(
    "a an the me us it this that our my for of on about to in with and or please s it's okr okrs o okr-ow okr-ach "
    "make do go now then instead again week weekly status update draft new latest teams team s' "
    "dla o z na w i oraz mi nam to go ja nasz nasze nasza moj moje moja prosze teraz jeszcze raz zespol zespoly "
    "zespolu zespolow zespole nowy szkic za a".split()
)
_JOINED = re.compile(r"\s*(?:,|&|\band\b|\boraz\b|\bi\b)\s*")


@dataclass(frozen=True, slots=True)
class UpdateOrder:
    """What is said of an update; empty fields say nothing. `names` are the words left over, one entry a name.

    `act` is draft, change (of the one just written) or promised.
    """

    act: str
    audience: str = ""
    period: str = ""
    language: str = ""
    length: str = ""
    names: tuple[str, ...] = ()
    mine: bool = False


def update_order(text: str, *, following: bool) -> UpdateOrder | None:
    """The order in a sentence; None for every other one. `following` says that an update was just written.

    >>> update_order("Draft this week's update for leadership", following=False)
    UpdateOrder(act='draft', audience='leadership', period='this-week', language='', length='', names=(), mine=False)
    >>> update_order("only sales and marketing", following=True).names
    ('sales', 'marketing')
    >>> update_order("only sales and marketing", following=False) is None
    True
    """
    said = " ".join(fold(text).replace("’", "'").strip(" .!?").split())
    if not said or len(said) > 300 or _SCHEDULED.search(said):
        return None
    if _PROMISED.search(said):
        return UpdateOrder("promised", period=_days(said)[0])
    if (begun := _WRITE.search(said)) is not None and _UPDATE.search(said):
        return _read("draft", _UPDATE.sub(" ", said[begun.end() :]))
    if not following:
        return None
    found = _read("change", said)
    changes = found.audience or found.period or found.language or found.length
    if _ONLY.search(said) or (changes and not found.names):
        return found
    return None


def _read(act: str, said: str) -> UpdateOrder:
    period, said = _days(said)
    language, said = _first(_LANGUAGES, said, "")
    length = "short" if _SHORTER.search(said) else "long" if _LONGER.search(said) else ""
    said = _LONGER.sub(" ", _SHORTER.sub(" ", said))
    audience, said = _first(_READERS, said, _FOR)
    said = _ONLY.sub(" ", said)
    mine = re.search(r"\b(?:my own|for me|about me|dla mnie|o mnie|moich okr\w*)\b", said) is not None
    said = re.sub(r"\b(?:my own|for me|about me|dla mnie|o mnie)\b", " ", said)
    names = []
    for part in _JOINED.split(said):
        words = [word for word in part.strip().split() if word.removesuffix("'s") not in _BESIDE]
        if words:
            names.append(" ".join(words))
    return UpdateOrder(act, audience, period, language, length, tuple(names), mine)


def _days(said: str) -> tuple[str, str]:
    week = _WEEK.search(said)
    if week is not None:
        return f"{week[1]}-W{int(week[2]):02}", _WEEK.sub(" ", said)
    return _first(_DAYS, said, "(?:(?:for|from|of|on|za|z|w|na) )?")


def _first(table: tuple[tuple[str, str], ...], said: str, before: str) -> tuple[str, str]:
    for name, pattern in table:
        found = re.search(rf"\b{before}(?:{pattern})(?![\w-])", said)
        if found is not None:
            return name, f"{said[: found.start()]} {said[found.end() :]}"
    return "", said
