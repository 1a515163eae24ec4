"""A rule's read-back as people say it: teams and people by their names, days as days, the reader's own zone unsaid.

The read-back itself keeps keys, addresses and zones, because reading it again has to give the same rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime

from assistant.telling import formats
from okr.automations import AllOf, Condition, Rule
from okr.language.rules import read_back

_ASSUMED_TAIL = re.compile(r"\s*\((?:Assumed|Przyjęto): [^()]*\)\s*$")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})")

Named = Callable[[str], str]


def told(rule: Rule, language: str, *, zone: str, team: Named, person: Named, assumed: bool = False) -> str:
    """What the rule does in the reader's language; `team` and `person` give the name for a key and an address.

    With `assumed` also what was filled in, which a card tells in a clause of its own.
    """
    said = read_back(rule, language)
    if not assumed:
        said = _ASSUMED_TAIL.sub("", said)
    said = said.replace(f" ({zone})", "")
    for key in _teams(rule):
        for opening, closing in ("“”", "„”"):
            said = said.replace(f"{opening}{key}{closing}", f"{opening}{team(key)}{closing}")
    for address in rule.audience.people if rule.audience else ():
        said = said.replace(address, person(address))

    def day(found: re.Match[str]) -> str:
        on = datetime.fromisoformat(found[0])
        return f"{formats.day(on.date(), language, date.min)}, {found[2]}"

    return _MOMENT.sub(day, said)


def _teams(rule: Rule) -> Iterable[str]:
    if rule.audience is not None and rule.audience.team is not None:
        yield rule.audience.team
    parts = rule.condition.conditions if isinstance(rule.condition, AllOf) else (rule.condition,)
    for part in parts:
        if isinstance(part, Condition) and part.scope is not None and part.scope.startswith("team:"):
            yield part.scope.partition(":")[2]
