"""Questions worth asking next: for an empty conversation by the person's role, and after an answer by what it was."""

from __future__ import annotations

from assistant.telling.phrases import say
from okr.access import Actor
from okr.language.frames import Ask, Frame
from okr.models import Role

MOST = 3

_BY_ROLE = {
    Role.EMPLOYEE: ("week", "mine", "my_team", "behind"),
    Role.LEAD: ("my_team", "behind", "missing", "watermelons"),
    Role.ADMIN: ("company", "behind", "teams", "watermelons"),
}
_AFTER = {
    Ask.RANK: ("why", "owner", "at_risk"),
    Ask.STATUS: ("why", "owner", "history"),
    Ask.VALUE: ("history", "owner", "why"),
    Ask.CHANGE: ("why", "history", "owner"),
    Ask.HISTORY: ("why", "owner"),
    Ask.LIST: ("behind", "stale"),
    Ask.COUNT: ("at_risk", "behind"),
    Ask.ROLL_UP: ("behind", "at_risk", "stale"),
    Ask.COMPARE: ("behind", "at_risk"),
    Ask.EXPLAIN: ("history", "owner"),
    Ask.MY_WEEK: ("mine", "overdue"),
    Ask.LESSONS: ("behind",),
    Ask.GREET: ("week", "behind", "my_team"),
}
# After these the follow-ups speak of "it", which has to be one record.
_OF_ONE = {"why", "owner", "history"}


def openers(actor: Actor, language: str) -> list[str]:
    """The questions offered to the person in an empty conversation."""
    names = _BY_ROLE.get(Role(actor.role), _BY_ROLE[Role.EMPLOYEE])
    fitting = [name for name in names if name != "my_team" or actor.team_id is not None]
    return [say(language, f"suggest.{name}") for name in fitting]


def follow_ups(frame: Frame) -> list[str]:
    """The questions offered after an answer to the question; `frame.answered` says what "it" would be."""
    first = frame.answered[0].kind if frame.answered else ""
    found = []
    for name in _AFTER.get(frame.ask, ()):
        if name in _OF_ONE and first not in {"key_result", "kpi", "objective"}:
            continue
        if name == "owner" and first == "":
            continue
        if name in {"why", "history"} and first == "objective":
            continue
        found.append(say(frame.language, f"suggest.{name}"))
    return found[:MOST]
