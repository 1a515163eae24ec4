"""The words of messages that rules send, in the recipient's language, from closed fields alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from okr import health
from okr.access import Actor
from okr.automations import Action, AllOf, Condition
from okr.calendar import cycles_in_force, day_of
from okr.store import Store
from okr.store.automations import Automation
from okr.store.conditions import Record
from okr.store.firing import Addressed
from okr.store.measuring import Measuring
from okr.store.messages import Letter
from okr.store.scope import Scope
from okr.store.standing import Query

KINDS = {"remind": "reminder", "ask_check_in": "reminder", "notify": "notification", "send_update": "update"}
MOST_LISTED = 10
LONGEST = 2_000

Words = Mapping[str, str]

_EN: Words = {
    "reminder": "Reminder",
    "notification": "Notice",
    "update": "OKR update",
    "check_in": "Please check in: progress and confidence",
    "update_progress": "Please bring your OKRs up to date",
    "comment": "Please bring this up to date: progress and confidence.",
    "concerned": "It is about:",
    "yours": "Yours:",
    "more": "and {count} more",
    "from": "Sent by rule {rule} of {owner}.",
    "status": "status is now {value}",
    "progress": "progress is {sign} {value}%",
    "gap": "it is {sign} {value} points behind",
    "confidence": "confidence is {sign} {value}",
    "falls": "confidence fell {value} weeks in a row",
    "falls_by": "confidence fell by {value} or more",
    "last_check_in": "no check-in for {value} days",
    "task_due": "overdue",
    "task_status": "status is {value}",
    "kpi": "the value is {sign} {value}",
    "<": "below",
    "<=": "at most",
    ">": "above",
    ">=": "at least",
    "mean": "Progress on average: {value}%.",
    "counts": "Key results: {total}, of which {counts}.",
    "none": "There are no key results to report on.",
    "on_track": "on track",
    "at_risk": "at risk",
    "off_track": "off track",
    "completed": "completed",
    "unknown": "unknown",
    "pending": "pending",
    "blocked": "blocked",
    "in_review": "in review",
    "in_progress": "in progress",
    "to_do": "to do",
    "done": "done",
    "paused": "Rule {rule} is paused",
    "owner_left": "{owner}, whose rule it is, has left. It sends nothing until somebody sets it anew.",
    "not_allowed": "You no longer have the right to send this to the people it reaches. It sends nothing more.",
    "failures": "It failed three times in a row. Look at its runs, put it right and resume it.",
    "words": "The rule: “{words}”",
}
_PL: Words = {
    "reminder": "Przypomnienie",
    "notification": "Powiadomienie",
    "update": "Stan OKR-ów",
    "check_in": "Prosimy o check-in: postęp i pewność",
    "update_progress": "Prosimy o aktualizację swoich OKR-ów",
    "comment": "Prosimy o aktualizację: postęp i pewność.",
    "concerned": "Dotyczy:",
    "yours": "Twoje:",
    "more": "i jeszcze {count}",
    "from": "Wysłane przez regułę {rule}, którą ustawił(a) {owner}.",
    "status": "status to teraz: {value}",
    "progress": "postęp jest {sign} {value}%",
    "gap": "opóźnienie jest {sign} {value} p.p.",
    "confidence": "pewność jest {sign} {value}",
    "falls": "pewność spada kolejny tydzień z rzędu (tygodni: {value})",
    "falls_by": "pewność spadła co najmniej o {value}",
    "last_check_in": "brak check-inu od {value} dni",
    "task_due": "po terminie",
    "task_status": "status: {value}",
    "kpi": "wartość jest {sign} {value}",
    "<": "poniżej",
    "<=": "nie większa niż",
    ">": "powyżej",
    ">=": "nie mniejsza niż",
    "mean": "Średni postęp: {value}%.",
    "counts": "Kluczowe rezultaty: {total}, w tym {counts}.",
    "none": "Nie ma kluczowych rezultatów, o których można by coś powiedzieć.",
    "on_track": "zgodnie z planem",
    "at_risk": "zagrożone",
    "off_track": "poza planem",
    "completed": "ukończone",
    "unknown": "nieznane",
    "pending": "bez danych",
    "blocked": "zablokowane",
    "in_review": "w przeglądzie",
    "in_progress": "w toku",
    "to_do": "do zrobienia",
    "done": "zrobione",
    "paused": "Reguła {rule} jest wstrzymana",
    "owner_left": "{owner} nie pracuje już w firmie, a to jej lub jego reguła. Nic nie wyśle, dopóki ktoś jej nie "
    "ustawi na nowo.",
    "not_allowed": "Nie masz już prawa wysyłać tego tym osobom. Reguła nic więcej nie wyśle.",
    "failures": "Trzy razy z rzędu się nie udała. Sprawdź jej przebiegi, popraw ją i wznów.",
    "words": "Reguła: „{words}”",
}


def words_of(language: str) -> Words:
    """The fixed words in a language; English for any that we do not speak."""
    return _PL if language == "pl" else _EN


def letter(store: Store, due: Addressed, now: datetime) -> Letter:
    """What the message says to this person; everything in it is visible to them."""
    words = words_of(due.person.language)
    actions = due.automation.rule.messages()
    kind = KINDS[actions[0].kind]
    said = [harmless(action.message) for action in actions if action.message]
    if any(action.kind == "ask_check_in" for action in actions):
        said.append(words["check_in"])
    reason = condition_met(due.automation.rule.condition, words)
    if not said and not reason:
        said.append(words["update"] if kind == "update" else words["update_progress"])
    head = said[0] if said else _name(due.records[0]) if due.records else reason
    title = head if kind == "update" and said == [words["update"]] else f"{words[kind]}: {head}"
    lines = [f"{line}." if line[-1:].isalnum() else line for line in said]
    if any(action.kind == "send_update" for action in actions):
        lines += update(store, due, now, words)
    lines += _about(due.records, reason, words)
    lines.append(words["from"].format(rule=due.automation.key, owner=harmless(due.owner.name)))
    return Letter(kind, title[:300], "\n".join(lines)[:LONGEST], due.records[0].key if due.records else None)


def comment(rule: Automation, action: Action) -> str:
    """What the rule writes into a thread, in the language in which it was set."""
    said = harmless(action.message) if action.message else ""
    return said or words_of(rule.rule.language)["comment"]


def notice(rule: Automation, person: Actor, why: str) -> Letter:
    """The notice that a rule was paused, and why, to its owner or, when they left, to an admin."""
    words = words_of(person.language)
    body = [words[why].format(owner=rule.owner), words["words"].format(words=harmless(rule.words))]
    return Letter("notice", words["paused"].format(rule=rule.key), "\n".join(body)[:LONGEST])


def update(store: Store, due: Addressed, now: datetime, words: Words) -> list[str]:
    """How the company, or the team of the rule, stands: of what this person may see."""
    company = store.company()
    in_force = cycles_in_force(store.cycles(), day_of(now, company.tz))
    team = due.automation.rule.audience.team if due.automation.rule.audience else None
    chosen = tuple(one.id for one in store.teams() if one.key == team) if team else ()
    measuring = Measuring(now, company.tz, in_force, health.rule())
    tally = store.tally(due.person, measuring, Query(scope=Scope(teams=chosen)))
    if not tally.total:
        return [words["none"]]
    counts = ", ".join(f"{words[status]} {count}" for status, count in tally.statuses.items())
    lines = [words["counts"].format(total=tally.total, counts=counts)]
    if tally.mean is not None:
        lines.append(words["mean"].format(value=round(tally.mean * 100)))
    return lines


def condition_met(condition: Condition | AllOf | None, words: Words) -> str:
    """What has come true, in words; empty for a rule without a condition."""
    if condition is None:
        return ""
    parts: Sequence[Condition] = condition.conditions if isinstance(condition, AllOf) else (condition,)
    return ", ".join(_part(part, words) for part in parts)


def _part(part: Condition, words: Words) -> str:
    value: object = part.value
    if part.field in ("progress", "gap") and isinstance(value, int | float):
        value = value if part.unit in ("percent", "points") else value * 100
    if isinstance(value, float):
        value = f"{value:.10g}"
    elif isinstance(value, str):
        value = words.get(value, value)
    name = part.operator if part.operator in ("falls", "falls_by") else part.field
    return words[name].format(sign=words.get(part.operator, part.operator), value=value)


def _about(records: Sequence[Record], reason: str, words: Words) -> list[str]:
    if not records:
        return []
    lines = [words["concerned"] if reason else words["yours"]]
    tail = f": {reason}" if reason else ""
    lines += [f"- {_name(record)} ({record.key}){tail}" for record in records[:MOST_LISTED]]
    if len(records) > MOST_LISTED:
        lines.append(words["more"].format(count=len(records) - MOST_LISTED))
    return lines


def _name(record: Record) -> str:
    return harmless(record.title)


def harmless(text: str) -> str:
    """The text on one line, without control and bidirectional characters."""
    kept = "".join(
        " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf")
    )
    return " ".join(kept.split())


def in_zone(moment: datetime, zone: str) -> str:
    """The moment as clocks in the zone show it, with its offset."""
    return moment.astimezone(ZoneInfo(zone)).isoformat()
