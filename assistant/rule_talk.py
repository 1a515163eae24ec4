"""Rules in the conversation: a sentence that sets one, an order about one that exists, and the list of them.

Nothing here changes anything that runs: a sentence becomes a proposal, an order a card, and only a click
on it acts, in the name of whoever clicks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from assistant.answers.told import Told
from assistant.automating import Automating
from assistant.proposing import Offer, offer, propose
from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.telling.safe import plain
from okr.automations import Rule
from okr.errors import NotAllowedError, OkrError
from okr.language.frames import Clarify, Frame, Reading
from okr.language.rules import read_back
from okr.language.rules.commands import Command, Standing, read_command
from okr.language.rules.tokens import language_of
from okr.language.words import fold
from okr.store.automations import RUNNABLE, Automation
from tools.context import TurnContext
from tools.result import Found

AUTOMATION = "automation"
CHANGE = "automation_change"
MOST_NAMED = 5
MOST_LISTED = 20

# Verbs that send something to somebody, on folded words; without one of them a sentence is a question.
_TELLS = re.compile(
    r"\b(?:remind(?:s|er|ers|ing)?|ping|nudge|notify|alert|let \w+(?: \w+)? know|warn"
    r"|przypomn\w*|przypomin\w*|powiadom\w*|powiadam\w*|zawiadom\w*|zawiadam\w*|da[jw]\w* (?:\w+ )?(?:\w+ )?znac"
    r"|pingn?u?\w*|uprzedz\w*|zaalarmuj\w*)\b"
)
_SENDS = re.compile(
    r"\b(?:send|e-?mail|message|post|publish|deliver|tell \w+ (?:when|if|once|as soon)"
    r"|ask|prompt|set|move|mark|put|comment"
    r"|wysl\w*|wysyl\w*|przesl\w*|przesyl\w*|przysl\w*|przysyl\w*|popros\w*|pros|ustaw\w*|zmien\w*|oznacz\w*|opublikuj\w*"
    r"|dodaj\w*|dodawaj\w*|komentuj\w*|skomentuj\w*|napisz|pisz|informuj\w*|poinformuj\w*)\b"
)
_RULE_NOUN = re.compile(
    r"\b(?:reminders?|automations?|rules?|alerts?|notifications?"
    r"|przypomnien\w*|automatyzacj\w*|regul\w*|alert\w*|powiadomien\w*|rule-\d+)\b"
)
_LISTS = re.compile(
    r"^(?:(?:please |so |ok |and )*)(?:which|what|list|show|do i have|have i|are there|how many|any|my"
    r"|jaki\w*|ktor\w*|pokaz\w*|wymien\w*|wypisz\w*|lista|czy mam|mam|ile|moje|co mam)\b"
)
_STATUS_RULE = re.compile(
    r"\b(?:status|pace|gap|health|statusu?|tempa) (?:rules?|regul\w*)\b|\bregul\w* (?:statusu|tempa)\b"
)
_MINE = re.compile(r"\b(?:my|mine|i|have i|moje|moich|mam|ustawil\w*)\b")
_IT = re.compile(r"\b(?:it|this|that|this one|that one|to|ja|te|go|ten|ta)\b")


def answer(reading: Reading, question: str, turn: TurnContext, recent: str | None = None) -> Told | None:
    """What is said to a sentence about rules; None for anything else.

    `reading` is what the question reader made of it, which wins where the sentence does not plainly ask for
    something to be sent; `recent` is the rule this conversation was about.
    """
    words = fold(question)
    order = _order(question, words, turn, recent)
    if order is not None:
        return order
    if _asks_for_list(words):
        return _list(question, turn)
    return _proposal(reading, question, words, turn)


def _asks_for_list(words: str) -> bool:
    noun = _RULE_NOUN.search(words)
    if noun is None or not _LISTS.search(words) or _STATUS_RULE.search(words):
        return False
    # "Which rules exist" is a question about how a status is judged; "my rules" are these.
    return not noun[0].startswith(("rule", "regul")) or _MINE.search(words) is not None


# -- a new rule ---------------------------------------------------------------------------------------


def _proposal(reading: Reading, question: str, words: str, turn: TurnContext) -> Told | None:
    tells = _TELLS.search(words) is not None
    if not tells and _SENDS.search(words) is None:
        return None
    maker = Automating(turn.store)
    rule = maker.read(question, turn.actor, turn.now)
    asks = isinstance(reading, Frame | Clarify)
    # A bare thing with a time ("the KRs due next week") is a question here, however it may be read as a reminder.
    bare = "audience" in rule.assumed and all(action.kind == "remind" for action in rule.actions)
    if rule.kind == "none" or "action" in rule.assumed or (bare and not tells):
        return None
    if rule.kind in RUNNABLE and not rule.unclear:
        if asks and rule.kind == "once" and not tells:
            return None
    elif asks or not tells:
        return None
    found = offer(maker, question, turn.actor, turn.now)
    if found.trouble:
        return _trouble(found, turn)
    try:
        kept = propose(maker, found, turn.actor, turn.now)
    except OkrError as reason:
        return _trouble(replace(found, trouble="refused", reason=reason), turn)
    return _offered(maker, kept, found.rule, turn)


def _trouble(found: Offer, turn: TurnContext) -> Told:
    language = found.rule.language
    if found.trouble == "unclear":
        lines = [say(language, "rules.unclear"), ""]
        options: list[tuple[str, str]] = []
        for question in found.questions:
            lines.append(plain(question.asked.question, 300))
            first = len(options) + 1
            lines += [f"{number}. {plain(choice.label, 80)}" for number, choice in enumerate(question.choices, first)]
            options += [(plain(choice.label, 80), choice.sentence) for choice in question.choices]
        return Told(text="\n".join(lines), kind="clarify", options=options)
    name = found.trouble
    if name == "refused":
        name = "not_allowed" if isinstance(found.reason, NotAllowedError) else "cannot"
    return Told(text=say(language, f"rules.refused_{name}"), kind="refuse")


def _offered(maker: Automating, kept: Automation, rule: Rule, turn: TurnContext) -> Told:
    language = rule.language
    parts = [say(language, "rules.proposed", readback=plain(rule.readback))]
    coming = rule.coming(turn.now, 1)
    if rule.schedule is None and rule.at is None:
        parts.append(say(language, "rules.proposed_checked"))
    elif coming:
        parts.append(say(language, "rules.proposed_next", moment=_moment(coming[0], language, turn)))
    if rule.condition is None:
        reached = turn.store.automation_reach(turn.actor, rule, turn.now)
        if [one.email for one in reached] == [turn.actor.email]:
            parts.append(say(language, "rules.proposed_you"))
        else:
            parts.append(_who([one.name for one in reached], language))
    parts.append(say(language, "rules.proposed_confirm", rule=kept.key))
    document = {"id": kept.key, **rule.document(), "next": [at.isoformat() for at in rule.coming(turn.now)], "ms": 0.0}
    proposal = {"id": kept.key, "kind": AUTOMATION, "state": kept.state, "version": kept.version, "rule": document}
    return Told(text=" ".join(parts), kind="proposal", proposal=proposal, found=_found("propose_automation"))


def _found(tool: str) -> Found:
    return Found(tool=tool, args={})


def _who(names: Sequence[str], language: str) -> str:
    if not names:
        return say(language, "rules.proposed_nobody")
    shown = [plain(name, 60) for name in names[:MOST_NAMED]]
    said = formats.joined(shown, language)
    if len(names) == 1:
        return say(language, "rules.proposed_one", name=said)
    if rest := len(names) - len(shown):
        said = say(language, "rules.proposed_more", names=", ".join(shown), count=str(rest))
    return say(language, "rules.proposed_who", count=str(len(names)), names=said)


# -- orders about rules that exist ------------------------------------------------------------------------


def _order(question: str, words: str, turn: TurnContext, recent: str | None) -> Told | None:
    names_rules = _RULE_NOUN.search(words) is not None
    if not names_rules and not (recent and _IT.search(words)):
        return None
    own = [one for one in turn.store.automations(turn.actor) if one.state in ("active", "paused")]
    named = re.findall(r"\brule-\d+\b", words)
    mine = [one for one in own if one.owner == turn.actor.email or one.key.lower() in named]
    if not names_rules:
        # "Move it to Monday": the rule that was talked about.
        mine = [one for one in mine if one.key == recent]
        if not mine:
            return None
    rules = {one.key: one for one in mine}
    maker = Automating(turn.store)
    order = read_command(
        question,
        [Standing(one.key, one.rule) for one in mine],
        now=turn.now,
        read=lambda wanted: maker.read(wanted, turn.actor, turn.now),
    )
    if order is None:
        return None
    return _ordered(order, rules, language_of(question), question, turn)


def _ordered(order: Command, rules: dict[str, Automation], language: str, question: str, turn: TurnContext) -> Told:
    if not turn.store.automations(turn.actor):
        return Told(text=say(language, "rules.act_none_at_all"), kind="abstain", found=_missing())
    meant = [rules[key] for key in order.targets if key in rules]
    wanted = "paused" if order.act == "resume" else "active"
    if len(meant) > 1 and order.act in ("pause", "resume"):
        meant = [one for one in meant if one.state == wanted] or meant
    if not meant:
        return Told(text=say(language, "rules.act_none"), kind="abstain", found=_missing())
    if len(meant) > 1:
        options = [(_titled(one, language), f"{_verb(order.act, language)} {one.key}") for one in meant[:MOST_LISTED]]
        return Told(text=say(language, "rules.act_which"), kind="clarify", options=options)
    one = meant[0]
    if order.act in ("pause", "resume") and one.state != wanted:
        text = say(language, f"rules.act_already_{order.act}", rule=one.key)
        return Told(text=text, found=_found("list_automations"))
    body: dict[str, Any] = {"id": one.key, "kind": CHANGE, "act": order.act, "version": one.version, "state": one.state}
    rule = one.rule
    if order.act == "change":
        if order.changed is None:
            return Told(text=say(language, "rules.act_unread", rule=one.key), kind="clarify")
        rule = order.changed.with_readback(read_back(order.changed))
        body["rule"] = rule.document()
    said = read_back(replace(rule, language=language))
    text = say(language, f"rules.act_{order.act}", rule=one.key, readback=plain(said))
    return Told(text=text, kind="proposal", proposal=body, found=_found("propose_automation"))


def _missing() -> Found:
    return Found(tool="list_automations", args={}, kind="abstain", missing="rule")


_VERBS = {
    "en": {"pause": "pause", "resume": "resume", "remove": "delete", "change": "change"},
    "pl": {"pause": "wstrzymaj", "resume": "wznów", "remove": "usuń", "change": "zmień"},
}


def _verb(act: str, language: str) -> str:
    return _VERBS["pl" if language == "pl" else "en"][act]


def _titled(one: Automation, language: str) -> str:
    said = read_back(replace(one.rule, language=language, assumed=()))
    return f"{plain(said, 120)} {one.key}"


# -- the list -------------------------------------------------------------------------------------------


def _list(question: str, turn: TurnContext) -> Told:
    language = language_of(question)
    rules = [one for one in turn.store.automations(turn.actor) if one.owner == turn.actor.email]
    if not turn.store.automations(turn.actor):
        return Told(text=say(language, "rules.listed_none"), found=Found("list_automations", {}, values={"count": 0}))
    count = len(rules)
    lines = [say(language, "rules.listed_one") if count == 1 else say(language, "rules.listed", count=str(count)), ""]
    for one in rules[:MOST_LISTED]:
        state = say(language, f"rules.state_{one.state}")
        coming = one.rule.coming(turn.now, 1) if one.state == "active" else []
        if coming and not (one.rule.schedule is None and one.rule.at is None):
            state = f"{state}, {say(language, 'rules.listed_next', moment=_moment(coming[0], language, turn))}"
        said = plain(read_back(replace(one.rule, language=language, assumed=())), 300)
        lines.append(f"- {say(language, 'rules.listed_row', readback=said, rule=one.key, state=state)}")
    found = Found("list_automations", {}, values={"count": count})
    return Told(text="\n".join(lines), found=found)


def _moment(at: datetime, language: str, turn: TurnContext) -> str:
    there = at.astimezone(turn.actor.tz)
    today = turn.now.astimezone(turn.actor.tz).date()
    return f"{formats.weekday(there.date(), language)} {formats.day(there.date(), language, today)}, {there:%H:%M}"
