"""What people say around a rule: "set up an automation that sends …", "utwórz regułę, która …"."""

from __future__ import annotations

import re

_FRAME = re.compile(
    r"^\s*(?:please |can you |could you |proszę |prosze )?"
    r"(?:(?:set up|create|make|add|build|schedule|define) (?:me )?(?:an? )?(?:new |recurring )?"
    r"(?:automation|rule|workflow|trigger)s?"
    r"|(?:ustaw|utwórz|utworz|stwórz|stworz|dodaj|zrób|zrob|zdefiniuj) (?:mi )?(?:nową |nowa )?"
    r"(?:automatyzację|automatyzacje|regułę|regule))"
    r"(?:\s*:|,? (?:that|which|która|ktora|które|ktore|żeby|zeby|aby|by)(?= ))\s*",
    re.IGNORECASE,
)
# The verb as it is told of a rule, and as it is told to one.
_TOLD = {
    "sends": "send", "reminds": "remind", "notifies": "notify", "asks": "ask", "posts": "post", "adds": "add",
    "sets": "set", "moves": "move", "marks": "mark", "changes": "change", "tells": "tell", "alerts": "alert",
    "pings": "ping", "emails": "email", "warns": "warn", "nudges": "nudge", "lets": "let", "comments": "comment",
    "wyśle": "wyślij", "wysle": "wyślij", "wysyła": "wysyłaj", "przypomni": "przypomnij", "przypomina": "przypominaj",
    "powiadomi": "powiadom", "powiadamia": "powiadamiaj", "poprosi": "poproś", "prosi": "proś", "zapyta": "zapytaj",
    "pyta": "pytaj", "doda": "dodaj", "dodaje": "dodawaj", "zmieni": "zmień", "zmienia": "zmieniaj",
    "ustawi": "ustaw", "ustawia": "ustawiaj", "oznaczy": "oznacz", "oznacza": "oznaczaj", "przestawi": "przestaw",
    "opublikuje": "opublikuj", "skomentuje": "skomentuj", "ostrzeże": "ostrzeż", "zaalarmuje": "zaalarmuj",
}  # fmt: skip
_VERB = re.compile(r"\b(?:" + "|".join(_TOLD) + r")\b", re.IGNORECASE)
_JOINED = re.compile(r"(?:\band|\bi|\boraz|,)\s*$", re.IGNORECASE)


def unframed(text: str) -> str:
    """The sentence without such a frame, its verbs turned into orders; as it is where there is none.

    >>> unframed("Set up an automation that sends Ana a reminder on Fridays")
    'send Ana a reminder on Fridays'
    """
    frame = _FRAME.match(text)
    if frame is None:
        return text
    rest = text[frame.end() :]
    found = 0

    def told(verb: re.Match[str]) -> str:
        nonlocal found
        found += 1
        if found > 1 and not _JOINED.search(rest[: verb.start()]):
            return verb[0]
        return _TOLD[verb[0].lower()]

    return _VERB.sub(told, rest)
