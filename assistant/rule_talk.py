"""Rules in the conversation: a sentence that sets one, an order about one that exists, and the list of them.

Nothing here changes anything that runs: a sentence becomes a proposal, an order a card, and only a click
on it acts, in the name of whoever clicks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from assistant import rule_cues
from assistant.answers.told import Told
from assistant.automating import Automating
from assistant.proposing import Offer, offer, propose
from assistant.rule_naming import told
from assistant.settings import Settings
from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.telling.safe import plain
from okr.automations import Rule
from okr.errors import NotAllowedError, OkrError, StoreError
from okr.language.frames import Clarify, Frame, Reading
from okr.language.rules import read_back
from okr.language.rules.commands import Command, Standing, asks_who, read_command
from okr.language.rules.tokens import language_of
from okr.store.automations import RUNNABLE, Automation
from tools.context import TurnContext
from tools.result import Found

AUTOMATION = "automation"
CHANGE = "automation_change"
MOST_NAMED = 5
MOST_LISTED = 20


def answer(
    reading: Reading,
    question: str,
    turn: TurnContext,
    recent: str | None = None,
    *,
    keep: bool = True,
    settings: Settings | None = None,
) -> Told | None:
    """What is said to a sentence about rules; None for anything else.

    `reading` is what the question reader made of it, which wins where the sentence does not plainly ask for
    something to be sent; `recent` is the rule this conversation was about. With `keep` a new rule is kept as a
    proposal that can be confirmed; without it nothing is stored. A model that the settings name may read what our
    reader has to ask about.
    """
    words = rule_cues.folded(question)
    who = _who_gets(reading, question, words, turn)
    if who is not None:
        return who
    order = _order(question, words, turn, recent)
    if order is not None:
        return order
    if _asks_for_list(words):
        return _list(question, turn)
    return _proposal(reading, question, words, turn, settings, keep=keep)


def _asks_for_list(words: str) -> bool:
    noun = rule_cues.RULE_NOUN.search(words)
    if noun is None or not rule_cues.LISTS.search(words) or rule_cues.STATUS_RULE.search(words):
        return False
    # "Which rules exist" is a question about how a status is judged; "my rules" are these.
    return not noun[0].startswith(("rule", "regul")) or rule_cues.MINE.search(words) is not None


# -- a new rule ---------------------------------------------------------------------------------------


def _proposal(
    reading: Reading, question: str, words: str, turn: TurnContext, settings: Settings | None, *, keep: bool
) -> Told | None:
    tells = rule_cues.TELLS.search(words) is not None
    if not tells and rule_cues.SENDS.search(words) is None:
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
    found = offer(maker, question, turn.actor, turn.now, _helped(settings, turn, maker) if rule.unclear else None)
    if found.trouble:
        return _trouble(found, turn)
    if not keep:
        return _offered(None, found.rule, turn)
    try:
        kept = propose(maker, found, turn.actor, turn.now)
    except StoreError:
        raise
    except OkrError as reason:
        return _trouble(replace(found, trouble="refused", reason=reason), turn)
    return _offered(kept, found.rule, turn)


def _helped(settings: Settings | None, turn: TurnContext, maker: Automating) -> Callable[[Rule], Rule] | None:
    if settings is None or settings.model is None:
        return None
    # Loaded on first use: LangChain takes longer to import than a direct answer takes in all.
    from assistant.rule_model import suggester

    return suggester(settings, turn, maker)


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


def _offered(kept: Automation | None, rule: Rule, turn: TurnContext) -> Told:
    language = rule.language
    parts = [say(language, "rules.proposed", readback=plain(_said(rule, language, turn, assumed=True)))]
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
    key = kept.key if kept is not None else None
    parts.append(say(language, "rules.proposed_confirm", rule=key) if key else say(language, "rules.proposed_nowhere"))
    document = {"id": key, **rule.document(), "next": [at.isoformat() for at in rule.coming(turn.now)], "ms": 0.0}
    state, version = (kept.state, kept.version) if kept is not None else ("preview", 0)
    proposal = {"id": key, "kind": AUTOMATION, "state": state, "version": version, "rule": document}
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
    names_rules = rule_cues.RULE_NOUN.search(words) is not None
    if not names_rules and not (recent and rule_cues.IT.search(words)):
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


def _who_gets(reading: Reading, question: str, words: str, turn: TurnContext) -> Told | None:
    """The people whom a rule reaches today, by name."""
    if not rule_cues.WHO.search(words):
        return None
    own = {one.key: one for one in turn.store.automations(turn.actor) if one.state in ("active", "paused")}
    meant = asks_who(question, [Standing(one.key, one.rule) for one in own.values()])
    if meant is None or (not meant and isinstance(reading, Frame)):
        return None
    language = language_of(question)
    if not meant:
        return Told(text=say(language, "rules.act_none"), kind="abstain", found=_missing())
    if len(meant) > 1:
        ask = "who gets {}?" if language == "en" else "kto dostaje {}?"
        options = [(_titled(own[key], language, turn), ask.format(key)) for key in meant[:MOST_LISTED]]
        return Told(text=say(language, "rules.act_which"), kind="clarify", options=options)
    one = own[meant[0]]
    parts = [f"{one.key}: {plain(_said(one.rule, language, turn), 300)}"]
    if one.rule.condition is None:
        owner = turn.store.actor(one.owner)
        parts.append(_who([each.name for each in turn.store.automation_reach(owner, one.rule, turn.now)], language))
    return Told(text=" ".join(parts), found=_found("list_automations"))


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
        options = [
            (_titled(one, language, turn), f"{_verb(order.act, language)} {one.key}") for one in meant[:MOST_LISTED]
        ]
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
        if rule.too_often(turn.now):
            return Told(text=say(language, "rules.refused_too_often"), kind="refuse")
        try:
            turn.store.check_automation(turn.actor, rule, turn.now)
        except OkrError as reason:
            return _trouble(Offer(replace(rule, language=language), "refused", reason), turn)
        body["rule"] = rule.document()
    text = say(language, f"rules.act_{order.act}", rule=one.key, readback=plain(_said(rule, language, turn)))
    return Told(text=text, kind="proposal", proposal=body, found=_found("propose_automation"))


def _missing() -> Found:
    return Found(tool="list_automations", args={}, kind="abstain", missing="rule")


_VERBS = {
    "en": {"pause": "pause", "resume": "resume", "remove": "delete", "change": "change"},
    "pl": {"pause": "wstrzymaj", "resume": "wznów", "remove": "usuń", "change": "zmień"},
}


def _verb(act: str, language: str) -> str:
    return _VERBS["pl" if language == "pl" else "en"][act]


def _titled(one: Automation, language: str, turn: TurnContext) -> str:
    return f"{plain(_said(one.rule, language, turn), 120)} {one.key}"


def _said(rule: Rule, language: str, turn: TurnContext, *, assumed: bool = False) -> str:
    """What the rule does, with the names that people know."""
    teams = {team.key: team.name for team in turn.store.teams()}

    def person(address: str) -> str:
        found = turn.store.refs(turn.actor, [("person", address)])
        return found[0].title if found else address

    def team(key: str) -> str:
        return teams.get(key, key)

    return told(rule, language, zone=turn.actor.zone, team=team, person=person, assumed=assumed)


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
        said = plain(_said(one.rule, language, turn), 300)
        lines.append(f"- {say(language, 'rules.listed_row', readback=said, rule=one.key, state=state)}")
    found = Found("list_automations", {}, values={"count": count})
    return Told(text="\n".join(lines), found=found)


def _moment(at: datetime, language: str, turn: TurnContext) -> str:
    there = at.astimezone(turn.actor.tz)
    today = turn.now.astimezone(turn.actor.tz).date()
    return f"{formats.weekday(there.date(), language)} {formats.day(there.date(), language, today)}, {there:%H:%M}"
