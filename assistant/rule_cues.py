"""The words by which a sentence about rules is told from a question, so that a question pays nothing for rules."""

from __future__ import annotations

import re

from okr.language.words import fold

# Verbs that send something to somebody, on folded words; without one of them a sentence is a question.
TELLS = re.compile(
    r"\b(?:remind(?:s|er|ers|ing)?|ping|nudge|notify|alert|let \w+(?: \w+)? know|warn"
    r"|przypomn\w*|przypomin\w*|powiadom\w*|powiadam\w*|zawiadom\w*|zawiadam\w*|da[jw]\w* (?:\w+ )?(?:\w+ )?znac"
    r"|pingn?u?\w*|uprzedz\w*|zaalarmuj\w*)\b"
)
SENDS = re.compile(
    r"\b(?:send|e-?mail|message|post|publish|deliver|tell \w+ (?:when|if|once|as soon)"
    r"|ask|prompt|set|move|mark|put|comment"
    r"|wysl\w*|wysyl\w*|przesl\w*|przesyl\w*|przysl\w*|przysyl\w*|popros\w*|pros|ustaw\w*|zmien\w*|oznacz\w*|opublikuj\w*"
    r"|dodaj\w*|dodawaj\w*|komentuj\w*|skomentuj\w*|napisz|pisz|informuj\w*|poinformuj\w*)\b"
)
RULE_NOUN = re.compile(
    r"\b(?:reminders?|automations?|rules?|alerts?|notifications?"
    r"|przypomnien\w*|automatyzacj\w*|regul\w*|alert\w*|powiadomien\w*|rule-\d+)\b"
)
LISTS = re.compile(
    r"^(?:(?:please |so |ok |and )*)(?:which|what|list|show|do i have|have i|are there|how many|any|my"
    r"|jaki\w*|ktor\w*|pokaz\w*|wymien\w*|wypisz\w*|lista|czy mam|mam|ile|moje|co mam)\b"
)
STATUS_RULE = re.compile(
    r"\b(?:status|pace|gap|health|statusu?|tempa) (?:rules?|regul\w*)\b|\bregul\w* (?:statusu|tempa)\b"
)
WHO = re.compile(
    r"^(?:\w+ ){0,2}(?:who|whom|kto|komu|do kogo)\b.*\b(?:gets?|got|receives?|goes|dosta\w*|otrzym\w*|trafia\w*)\b"
)
MINE = re.compile(r"\b(?:my|mine|i|have i|moje|moich|mam|ustawil\w*)\b")
IT = re.compile(r"\b(?:it|this|that|this one|that one|to|ja|te|go|ten|ta)\b")


def folded(question: str) -> str:
    """The question as the patterns here expect it."""
    return fold(question)


def may_be_about_rules(question: str, recent: str | None) -> bool:
    """Whether the sentence may set a rule or be about one; `recent` is the rule the conversation was about."""
    words = folded(question)
    found = any(cue.search(words) for cue in (TELLS, SENDS, RULE_NOUN, WHO))
    return found or (recent is not None and IT.search(words) is not None)
