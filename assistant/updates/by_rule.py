"""Which update a rule means that sends one."""

from __future__ import annotations

import re

from assistant.updates.wanted import LANGUAGES, Wanted
from okr.language.words import fold
from okr.store.automations import Automation

_APPROVAL = re.compile(r"\b(?:approv\w*|sign[- ]?off|my review|akcept\w*|zatwierdz\w*)\b")
_LEADERS = re.compile(r"\b(?:leadership|board|executives?|management|zarzad\w*|kierownictw\w*)\b")
_EVERYBODY = re.compile(r"\b(?:all[- ]hands|whole company|everyone|everybody|wszystkich|calej firmy)\b")
_LAST_WEEK = re.compile(
    r"\b(?:last week(?:'s)?|previous week(?:'s)?|zeszly tydzien|zeszlego tygodnia|poprzedni\w* tyg\w*)\b"
)


def wanted(rule: Automation, language: str) -> Wanted:
    """The scope, readers and days of its update: what it names, a team's for a team, else the company's; this week's.

    Who reads it decides how it is written: the team, everybody, or leaders where nothing else is said.
    """
    audience = rule.rule.audience
    words = fold(rule.words)
    team = audience.team if audience is not None and audience.kind == "team" else None
    named = next((action.scope for action in rule.rule.actions if action.kind == "send_update" and action.scope), None)
    reader = "leadership"
    if team and not _LEADERS.search(words):
        reader = "team"
    elif (audience is not None and audience.kind == "everyone") or _EVERYBODY.search(words):
        reader = "all-hands"
    return Wanted(
        scopes=(named or (f"team:{team}" if team else "company"),),
        audience=reader,
        period="last-week" if _LAST_WEEK.search(words) else "this-week",
        language=language if language in LANGUAGES else "en",
    )


def for_approval(rule: Automation) -> bool:
    """Whether the rule's owner wants to see the update before it goes anywhere."""
    return _APPROVAL.search(fold(rule.words)) is not None
