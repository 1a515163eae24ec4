"""What a word means here."""

from __future__ import annotations

from assistant.answers.told import Told
from assistant.telling.phrases import knows, say
from okr import health
from okr.language.frames import Frame
from tools.context import TurnContext
from tools.result import Found

# Other names under which the reader may ask for an idea.
_SAME = {
    "pace": "expected",
    "pace_gap": "status",
    "pace-gap": "status",
    "behind": "most_behind",
    "due": "freshness",
    "fresh": "freshness",
    "average": "roll_up",
    "rollup": "roll_up",
    "owner_status": "reported",
    "green": "on_track",
    "yellow": "at_risk",
    "red": "off_track",
    "start": "baseline",
    "value": "progress",
    "change": "progress",
    "milestone": "milestones",
    "check_ins": "check_in",
    "quarter": "cycle",
}
_BY_RULE = ("status", "rule", "on_track", "at_risk", "off_track")


def answer(frame: Frame, turn: TurnContext) -> Told:
    """The definition, with the thresholds of the rule where the idea is a status; an unknown idea is said to be one."""
    language = frame.language
    idea = _SAME.get(frame.field, frame.field)
    rule = health.rule(frame.rule or health.DEFAULT_RULE)
    if frame.rule and idea not in _BY_RULE:
        idea = "rule"
    found = Found("define", {"idea": idea})
    if idea == "rules":
        lines = [f"- {each.name}: {each.says[language]}" for each in health.load_rules().values()]
        return Told("\n".join([say(language, "define.rules"), "", *lines]), found)
    if not knows(language, f"define.{idea}"):
        found.kind, found.missing = "abstain", "definition"
        return Told(say(language, "define.not_defined"), found, kind="abstain")
    if idea in _BY_RULE:
        found.rule = rule.name
        says = _sentence(rule.says[language])
        return Told(say(language, f"define.{idea}", rule=rule.name, says=says), found)
    return Told(say(language, f"define.{idea}"), found)


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
