"""A rule that a model suggests where the reader has to ask; it is checked like any other and said to be the model's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage
from langsmith import tracing_context

import prompts
from assistant import defects
from assistant.automating import Automating
from assistant.budget import Budget
from assistant.provider import chat_model
from assistant.settings import Settings
from okr.access import Actor
from okr.automations import AllOf, Condition, Rule
from okr.errors import OkrError
from okr.language.rules import Directory, read_back, same_rule
from okr.recurrence import InvalidRuleError
from okr.store import Store
from tools.context import TurnContext

READ_BY_MODEL = {"read_by": "model"}
# What only the person can settle: a model that fills it in would be guessing whom to write to, or how often.
_THE_PERSONS = frozenset({"address", "limit", "past", "timezone", "audience", "threshold", "message"})
_FIELDS = frozenset(
    ["kind", "rrule", "dtstart", "timezone", "exceptions", "condition", "audience", "actions", "language", "assumed"]
)
_COMPARED = ("<", "<=", ">", ">=")
_OPERATORS: dict[str, tuple[str, ...]] = {
    "status": ("becomes",), "progress": _COMPARED, "gap": _COMPARED, "confidence": (*_COMPARED, "falls", "falls_by"),
    "last_check_in": ("older_than",), "task_due": ("overdue",), "task_status": ("is",), "kpi": _COMPARED,
}  # fmt: skip
_WORDS = {
    "status": ("at_risk", "off_track", "on_track", "completed"),
    "task_status": ("to_do", "in_progress", "in_review", "blocked", "done"),
}
_TIME = re.compile(r"(?<![\d:.])([01]?\d|2[0-3]):([0-5]\d)(?![\d:])")
_MOST = 4_000


def may_suggest(rule: Rule) -> bool:
    """Whether the reader asks about something that the words may hold and it did not understand."""
    return rule.kind == "unclear" and not any(asked.about in _THE_PERSONS for asked in rule.unclear)


def suggested(rule: Rule, turn: TurnContext, maker: Automating, model: BaseChatModel, budget: Budget) -> Rule:
    """What the model reads in a sentence that the reader could not read; the same unclear rule where it reads
    nothing that holds.

    Its document is taken apart as a stranger's: known fields only, people, teams and records that the person may
    see, a schedule that comes and not too often, no words of its own in any message, each time of day that the
    sentence names, and a read-back that our reader reads as the same rule. It is marked `read_by: model` and
    becomes a proposal like any other, with the proof and the person's rights checked again.
    """
    if not may_suggest(rule):
        return rule
    try:
        document = _asked(rule, turn, maker, model, budget)
        return _checked(document, rule, turn, maker)
    except (OkrError, ValueError, TypeError, KeyError):
        # A document that is none, or nothing left to spend, leaves the question to the person.
        return rule
    except Exception as problem:  # noqa: BLE001 - each provider fails in errors of its own; the reader's question stands
        key = budget.settings.openai_api_key
        hidden = (key.get_secret_value(),) if key is not None else ()
        defects.record(budget.settings.home, problem, turn.now, hidden)
        return rule


def suggester(settings: Settings, turn: TurnContext, maker: Automating) -> Callable[[Rule], Rule] | None:
    """What makes a rule of an unclear one with the configured model; None where no model is to be asked."""
    if settings.model is None or settings.engine == "direct":
        return None

    def helped(rule: Rule) -> Rule:
        if not may_suggest(rule):
            return rule
        return suggested(rule, turn, maker, chat_model(settings, rule.language), Budget(turn, settings))

    return helped


def suggester_for(
    settings: Settings, store: Store, actor: Actor, now: datetime, maker: Automating
) -> Callable[[Rule], Rule] | None:
    """The same for a person at a moment."""
    return suggester(settings, TurnContext(store, actor, store.company(), now, actor.language), maker)


def _asked(rule: Rule, turn: TurnContext, maker: Automating, model: BaseChatModel, budget: Budget) -> Mapping[str, Any]:
    local = turn.now.astimezone(ZoneInfo(rule.company_zone))
    system = prompts.load(
        "rule",
        now=f"{local:%A, %Y-%m-%d %H:%M}",
        zone=rule.company_zone,
        teams=", ".join(f"{team.key} ({team.name})" for team in maker.names.teams)[:_MOST],
    )
    # The sentence goes as data, so that its end is where it ends.
    messages = [SystemMessage(system.text), HumanMessage(json.dumps({"sentence": rule.text}, ensure_ascii=False))]
    characters = sum(len(message.text) for message in messages)
    reserved = budget.reserve(characters)
    used = 0, 0
    try:
        with tracing_context(enabled=False):
            answer = model.invoke(messages)
        usage: Mapping[str, Any] = answer.usage_metadata or {}
        used = int(usage.get("input_tokens", characters // 4)), int(usage.get("output_tokens", len(answer.text) // 4))
    finally:
        budget.settle(reserved, *used)
    found = re.search(r"\{.*\}", answer.text, re.DOTALL)
    document = json.loads(found[0]) if found else None
    if not isinstance(document, dict):
        raise InvalidRuleError("The model gave no rule.")
    return document


def _checked(document: Mapping[str, Any], asked: Rule, turn: TurnContext, maker: Automating) -> Rule:
    """The rule of the model's document, or an error where anything in it does not hold."""
    if document.get("kind") not in ("recurring", "once", "condition") or set(document) - _FIELDS:
        raise InvalidRuleError("The model gave no rule.")
    zone = document.get("timezone") or asked.zone
    wanted = {
        **document,
        "timezone": zone,
        "text": asked.text,
        "language": asked.language,
        "assumed": list(dict.fromkeys(["timezone", *asked.assumed])) if not document.get("timezone") else [],
        "actions": [_without_words(action, asked.text) for action in document.get("actions") or ()],
    }
    rule = Rule.from_document(wanted, asked_at=turn.now, company_zone=asked.company_zone)
    rule = maker.settled(replace(rule, extra=READ_BY_MODEL), turn.actor)
    directory = maker.directory(turn.actor)
    if not rule.actions or (rule.schedule is not None and rule.condition is not None):
        raise InvalidRuleError("The model's rule is not one of ours.")
    _holds_condition(rule, directory)
    _holds_audience(rule, directory, turn)
    _holds_times(rule, turn.now)
    if rule.too_often(turn.now):
        raise InvalidRuleError("The model's rule runs too often.")
    said = read_back(rule)
    if not said or not same_rule(rule, maker.read(said, turn.actor, turn.now)):
        said = read_back(rule, spelled=True)
        if not said or not same_rule(rule, maker.read(said, turn.actor, turn.now)):
            raise InvalidRuleError("The model's rule cannot be said back.")
    return rule.with_readback(said)


def _without_words(action: Any, sentence: str) -> dict[str, Any]:
    """The action with a message only where the person wrote that message."""
    if not isinstance(action, Mapping) or set(action) - {"kind", "status", "message"}:
        raise InvalidRuleError("The model's action is none.")
    message = action.get("message")
    if not isinstance(message, str) or not message.strip() or message.strip() not in sentence:
        return {name: value for name, value in action.items() if name != "message"}
    return {**action, "message": message.strip()}


def _holds_condition(rule: Rule, directory: Directory) -> None:
    if rule.condition is None:
        return
    parts = rule.condition.conditions if isinstance(rule.condition, AllOf) else (rule.condition,)
    if not parts:
        raise InvalidRuleError("The model's condition is empty.")
    for part in parts:
        _holds_one(part, directory)


def _holds_one(part: Condition, directory: Directory) -> None:
    if part.operator not in _OPERATORS.get(part.field, ()):
        raise InvalidRuleError(f"{part.field} {part.operator} is no condition.")
    if part.field in _WORDS:
        if part.value not in _WORDS[part.field]:
            raise InvalidRuleError(f"{part.value!r} is no status.")
    elif part.field != "task_due" and (isinstance(part.value, bool) or not isinstance(part.value, int | float)):
        raise InvalidRuleError(f"{part.value!r} is no number.")
    if part.scope is None:
        if part.field == "kpi":
            raise InvalidRuleError("A KPI has to be named.")
        return
    kind, _, key = part.scope.partition(":")
    if kind == "team":
        known = any(team.key == key for team in directory.teams())
    else:
        record = directory.record(key)
        known = record is not None and (record.kind, record.key) == (kind, key)
    if not known:
        raise InvalidRuleError(f"There is no {part.scope}.")


def _holds_audience(rule: Rule, directory: Directory, turn: TurnContext) -> None:
    audience = rule.audience
    if audience is None:
        if any(action.kind not in ("set_task_status", "post_comment") for action in rule.actions):
            raise InvalidRuleError("The model does not say to whom.")
        return
    if audience.team is not None and all(team.key != audience.team for team in directory.teams()):
        raise InvalidRuleError(f"There is no team {audience.team}.")
    if (audience.kind == "person") != bool(audience.people) or (audience.kind == "team" and not audience.team):
        raise InvalidRuleError("The model does not say to whom.")
    for email in audience.people:
        person = directory.person(email)
        if person is None or person.email != email:
            raise InvalidRuleError("The model names somebody unknown.")
        named = person.name.split()
        if email != turn.actor.email and not any(word.lower()[:4] in rule.text.lower() for word in (*named, email)):
            raise InvalidRuleError("The model names somebody whom the sentence does not.")


def _holds_times(rule: Rule, now: datetime) -> None:
    """Each time of day that the sentence names is one at which the rule runs, and it runs at all."""
    if rule.condition is not None:
        return
    if not rule.coming(now, 1):
        raise InvalidRuleError("The model's rule never comes.")
    said = {(int(hour), int(minute)) for hour, minute in _TIME.findall(rule.text)}
    runs = {(rule.at.hour, rule.at.minute)} if rule.at is not None else set()
    for line in rule.schedule.rules() if rule.schedule is not None else ():
        runs |= {(hour, minute) for hour in line.hours for minute in line.minutes or (0,)}
    if said and not said <= runs:
        raise InvalidRuleError("The model's rule runs at another time than the sentence says.")
