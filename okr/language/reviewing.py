"""Sentences that ask how well OKRs are set ("review our Q1 OKRs"), and what a record will come to ("forecast for NPS").

They say what they are about in words of their own; what is left of them are names and times, which are looked up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from okr.language.words import fold, tokens

_REVIEW = re.compile(
    r"(?:(?:please|can you|could you|would you|pls|prosze|mozesz|czy mozesz)\s+)*"
    r"(?:(?:review|critique|coach|assess|check(?: the quality of)?|proofread|go over|look over|challenge|"
    r"give (?:me )?feedback on|sprawdz|ocen|zrecenzuj|przejrzyj|skrytykuj|przeanalizuj|popraw)\s+"
    r"(?P<what>.*?\b(?:okrs?|okr-y|okry|okr-ow|objectives|key results|goals|cele|celow|kluczowe wyniki)\b.*?)"
    r"|(?:how good are|are|how well are|are there problems with)\s+(?P<how>.*?\b(?:okrs?|objectives|key results|goals)\b.*?)\s*"
    r"(?:well written|well set|well formulated|written well|set well|any good|good okrs|smart)?"
    r"|(?:jak dobre sa|czy)\s+(?P<jak>.*?\b(?:okr-y|okry|okr|cele|kluczowe wyniki)\b.*?)\s*"
    r"(?:sa )?(?:dobrze (?:napisane|ustawione|sformulowane|postawione)|dobre)?)\s*[?.!]*"
)
_WELL = re.compile(r"well (?:written|set|formulated)|written well|set well|any good|smart|how good|dobrze|dobre")
# Words of such a sentence that name nothing.
_BESIDE = frozenset(
    "our my the team teams okr okrs okry ow y objectives objective key results result goals all of for in and s whole "
    "company quality nasze moje nasz moj zespolu zespol cele celow cel kluczowe wyniki wszystkie calej firmy firma dla w "
    "z na jakosc firmowe druzyny dzialu".split()
)
_OURS = re.compile(r"\b(?:our|my|nasz\w*|moj\w*)\b")
_COMPANY = re.compile(r"\b(?:company|whole company|firm\w*)\b")

_FORECAST = re.compile(
    r"(?:(?:what is|what's|whats|give me|show me|show|jaka jest|podaj|pokaz)\s+)?(?:the\s+|our\s+)?"
    r"(?:(?:forecast|projection|prediction|prognoz\w+|przewidywani\w+)\s+(?:for|of|on|dla|w sprawie)?\s*(?P<of>.+?)"
    r"|(?:predict|forecast|project|prognozuj|przewidz)\s+(?P<verb>.+?)"
    r"|where (?:will|is) (?P<where>.+?) (?:end up|land|finish|be at the end(?: of the (?:quarter|cycle))?)"
    r"|(?:will|are) (?:we|it) (?:going to |gonna )?(?:hit|make|reach|meet|miss|achieve) (?:the |our )?(?:target (?:of|for) )?(?P<hit>.+?)(?: target| goal)?"
    r"|will (?P<subject>.+?) (?:hit|make|reach|meet|miss|achieve) (?:its|the|their|our) (?:target|goal)"
    r"|how likely (?:is|are) (?P<likely>.+?)(?: to (?:hit|make|reach|meet) (?:its |the )?(?:target|goal))?"
    r"|(?:czy )?(?:osiagniemy|dowieziemy|zrealizujemy|dociagniemy|uda (?:nam )?sie (?:osiagnac|dowiezc)) (?:cel (?:dla )?|wartosc docelowa )?(?P<pl>.+?)"
    r"|(?:czy )?(?P<plsubject>.+?) (?:osiagnie|dowiezie) (?:cel|wartosc docelowa)"
    r"|(?:ile|gdzie) (?:wyniesie|bedzie|skonczy) (?P<plwhere>.+?)(?: na koniec(?: kwartalu| cyklu)?)?)\s*[?.!]*"
)
_SOFT = re.compile(r"(?:will|are) (?:we|it)\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """What such a sentence is about: the words that may name records or times, as typed, and whose it says they are."""

    rest: str
    ours: bool = False
    company: bool = False


def review_asked(text: str) -> Asked | None:
    """What is to be reviewed; None for a sentence that asks for something else."""
    folded = fold(text.strip())
    if len(folded) > 300:
        return None
    match = _REVIEW.fullmatch(folded)
    if match is None or (match["what"] is None and not _WELL.search(folded)):
        return None
    group = "what" if match["what"] is not None else "how" if match["how"] is not None else "jak"
    said = match[group]
    return Asked(
        " ".join(token.text for token in tokens(said) if token.is_word and token.plain not in _BESIDE),
        bool(_OURS.search(said)),
        bool(_COMPANY.search(said)),
    )


def forecast_asked(text: str) -> tuple[str, bool] | None:
    """The words for the record whose end is asked about, and whether "how is it going" would answer it too.

    None for a sentence that asks for something else.
    """
    typed = text.strip()
    folded = fold(typed)
    if len(folded) > 300 or len(folded) != len(typed):
        return None
    match = _FORECAST.fullmatch(folded)
    if match is None:
        return None
    group = next(name for name, said in match.groupdict().items() if said is not None)
    return typed[match.start(group) : match.end(group)].strip(" \"'“”„"), bool(_SOFT.match(folded))


_CONFIDENCE = re.compile(
    r"(?:how (?:well|good) (?:did|does|do|was|is|are|were) (?:(?:our|the|owners'?|people's|their) )*confidence (?:predict\w*|foretell|at predicting).*"
    r"|(?:what|how much) (?:was|is|were) (?:(?:the|our|owners'?|people's|their) )*confidence (?:worth|good for).*"
    r"|(?:is|was) (?:the |our |owners' )?confidence (?:worth anything|any good|reliable).*"
    r"|(?:jak (?:dobrze|trafnie) )?(?:pewnosc|deklarowana pewnosc) (?:wlascicieli )?(?:przewid\w+|zapowiada\w+).*"
    r"|(?:jak|ile) (?:trafna|warta|wiarygodna) (?:byla|jest) pewnosc.*)\s*[?.!]*"
)


def confidence_worth_asked(text: str) -> bool:
    """Whether it asks how well owners' confidence predicted what came of it."""
    folded = fold(text.strip())
    return len(folded) <= 300 and _CONFIDENCE.fullmatch(folded) is not None
