"""An update in a model's words: it arranges slots that code fills, and whatever it adds of its own is refused.

The model sees titles and figures, but nothing that somebody wrote in a check-in. A line that the checker refuses is
asked for once more; if that fails too, the line stays as the template has it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langsmith import tracing_context

import prompts
from assistant import defects, provider
from assistant.budget import Budget
from assistant.claims import says_it_changed_something
from assistant.settings import Settings
from assistant.telling.phrases import say
from assistant.updates.checking import doubts
from assistant.updates.draft import END, NAME, TITLE, Draft, Fact, Sentence, marked
from assistant.updates.telling import Teller
from okr.errors import OkrError
from tools.context import TurnContext

# The sections whose lines read better in a writer's words; lists of evidence and tasks are lists.
SECTIONS = ("headline", "watermelons", "off_track", "at_risk", "confidence", "blockers", "focus", "moved_up", "wins")
MOST_LINES = 16
# About 3,500 tokens for the first call and 2,000 for the repair, so that both stay under 6,000.
MOST_CHARACTERS = 11_000
MOST_REPAIRED = 6_000
LANGUAGE_NAMES = {"en": "English", "pl": "Polish"}
_LINE = re.compile(r"^\W{0,3}S(\d{1,2})\s*[:.)]\s*(.+)$")
_SLOT = re.compile(r"\{(F\d+)\.([a-z_]+)\}")
_FORBIDDEN = re.compile('[\\d\\[\\]<>*_`#|{}\\\\“”„"]|https?:|www\\.|\n')
_SHARES = (".progress", ".expected", ".previous")
_NEEDED = ("title", "quote", "counts", "confidence_fell")
_FIGURES = ("progress", "gap", "change", "counts", "count", "previous")


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A sentence that the model may phrase: its place, and the texts of its slots."""

    section: int
    place: int
    sentence: Sentence
    slots: Mapping[str, str]

    @property
    def needed(self) -> set[str]:
        """The slots that no wording may leave out."""
        return {
            slot for slot in self.slots if slot.partition(".")[2] in ("title", "quote", "counts", "confidence_fell")
        }


def phrased(draft: Draft, turn: TurnContext, settings: Settings) -> Draft:
    """The draft in the words of the configured model, as far as they hold; with a notice where the model failed."""
    lines = _lines(draft)
    if not lines or settings.model is None:
        return draft
    budget = Budget(turn, settings)
    try:
        model = provider.chat_model(settings, turn.language)
        system = SystemMessage(prompts.load("update", language=LANGUAGE_NAMES[draft.language]).text)
        said = _answered(_asked(model, [system, HumanMessage(_shown(lines))], budget), lines)
        good, bad = _sorted(draft, lines, said)
        if bad:
            wanted = prompts.load("update_repair", lines=_shown(bad, MOST_REPAIRED)).text
            again = _answered(_asked(model, [system, HumanMessage(wanted)], budget), bad)
            good |= _sorted(draft, bad, again)[0]
    except Exception as problem:  # noqa: BLE001 - each provider fails in errors of its own; the templates stand
        if not isinstance(problem, OkrError):
            key = settings.openai_api_key
            defects.record(settings.home, problem, turn.now, (key.get_secret_value(),) if key is not None else ())
        notice = f"{provider.sentence(problem, turn.language)} {say(turn.language, 'update.by_templates')}"
        return replace(draft, notice=notice, tokens=budget.tokens)
    if not good:
        return replace(draft, tokens=budget.tokens)
    return replace(_with(draft, good), written_by=f"model:{settings.model_name}", tokens=budget.tokens)


def _lines(draft: Draft) -> list[Line]:
    teller = Teller(
        draft.language,
        datetime.fromisoformat(draft.as_of).date(),
        draft.rule,
        cycle=draft.period["label"] == "cycle",
        names=draft.audience != "all-hands",
    )
    found: list[Line] = []
    for at, section in enumerate(draft.sections):
        if section.key not in SECTIONS:
            continue
        for place, sentence in enumerate(section.sentences):
            facts = [draft.fact(ident) for ident in sentence.facts]
            slots = {f"{fact.id}.{name}": text for fact in facts for name, text in _slots(fact, teller).items()}
            fallen = [fact for fact in facts if fact.kind == "confidence_said"]
            if len(fallen) > 2:
                slots[f"{fallen[-1].id}.confidence_fell"] = teller.fell(fallen)
            kept = _of_sentence(slots, sentence)
            if kept:
                found.append(Line(at, place, sentence, kept))
    return found[:MOST_LINES]


def _slots(fact: Fact, teller: Teller) -> dict[str, str]:
    """The texts that a fact offers, each as the templates would say it."""
    v = fact.values
    found: dict[str, str] = {}
    if fact.title:
        found["title"] = teller.title(fact)
        if teller.names and fact.names and (fact.quote is None or fact.quote.author != fact.names[0]):
            found["owner"] = teller.person(fact.names[0])
    # Each says what it is, so that no wording can make one figure out to be another.
    if "progress" in v:
        found["progress"] = say(teller.language, "kr.progress_alone", progress=teller.percent(float(v["progress"])))
    if "expected" in v:
        found["expected"] = teller.say("slot_expected", share=teller.percent(float(v["expected"])))
    if "previous" in v and fact.kind in ("headline", "moved_up", "moved_down"):
        found["previous"] = teller.say("slot_previous", share=teller.percent(float(v["previous"])))
    if "gap" in v:
        found["gap"] = teller.lag(float(v["gap"]))
    if "change" in v:
        found["change"] = teller.moved_by(fact) or teller.signed(float(v["change"]))
    if fact.kind == "headline":
        found["counts"] = teller.counts(fact)
        found["total"] = teller.counted(int(v["count"]), "key_result")
    elif "count" in v:
        found["count"] = teller.counted(int(v["count"]), "key_result")
    if fact.quote is not None and teller.names:
        found["quote"] = teller.quote(fact)
    if aged := teller.aged(fact):
        found["age"] = aged
    return found


def _of_sentence(slots: Mapping[str, str], sentence: Sentence) -> dict[str, str]:
    """The slots whose words the template's sentence has too, so that no line says more than it did."""
    found = {}
    for slot, text in slots.items():
        bare = marked(text, ()).text
        figure = re.search("[−]?\\d[\\d.,]*[\u00a0]?%", bare) if slot.endswith(_SHARES) else None
        if (figure.group() if figure else bare) in sentence.text:
            found[slot] = text
    return found if any(slot.partition(".")[2] in (*_FIGURES, "quote") for slot in found) else {}


def _shown(lines: Sequence[Line], most: int = MOST_CHARACTERS) -> str:
    shown, size = [], 0
    for number, line in enumerate(lines, 1):
        parts = []
        for slot, text in line.slots.items():
            # What somebody wrote is no reading for a model: it only learns that there is a quotation.
            told = "a quotation with its author and date" if slot.endswith(".quote") else marked(text, ()).text
            parts.append(f"{{{slot}}} = {told}")
        part = f"S{number}: " + "; ".join(parts)
        size += len(part) + 1
        if size > most:
            break
        shown.append(part)
    return "\n".join(shown)


def _asked(model: BaseChatModel, messages: list[BaseMessage], budget: Budget) -> str:
    characters = sum(len(message.text) for message in messages)
    reserved = budget.reserve(characters)
    used = 0, 0
    try:
        with tracing_context(enabled=False):
            answer: Any = model.invoke(messages)
        usage: Mapping[str, Any] = answer.usage_metadata or {}
        used = int(usage.get("input_tokens", characters // 4)), int(usage.get("output_tokens", len(answer.text) // 4))
    finally:
        budget.settle(reserved, *used)
    return str(answer.text)


def _answered(text: str, lines: Sequence[Line]) -> dict[int, str]:
    """What was said for each line, by its number; lines that were not asked for are nothing."""
    found: dict[int, str] = {}
    for written in text.splitlines():
        match = _LINE.match(written.strip())
        if match is not None and 1 <= int(match[1]) <= len(lines):
            found.setdefault(int(match[1]) - 1, match[2].strip())
    return found


def _sorted(draft: Draft, lines: Sequence[Line], said: Mapping[int, str]) -> tuple[dict[Line, Sentence], list[Line]]:
    """The lines whose wording holds, with it, and those whose wording does not."""
    good: dict[Line, Sentence] = {}
    bad: list[Line] = []
    for number, line in enumerate(lines):
        made = filled(draft, line, said[number]) if number in said else None
        if made is None:
            bad.append(line)
        else:
            good[line] = made
    return good, bad


def filled(draft: Draft, line: Line, wording: str) -> Sentence | None:
    """The wording with its slots filled; None where it holds anything that the line's facts do not."""
    used = {f"{ident}.{name}" for ident, name in _SLOT.findall(wording)}
    if not used <= set(line.slots) or not line.needed <= used:
        return None
    if not any(slot.partition(".")[2] in (*_FIGURES, "quote") for slot in used):
        return None
    own = _SLOT.sub(" ", wording)
    if _FORBIDDEN.search(own) or len(own) > 60 + 2 * len(line.sentence.text) or says_it_changed_something(own):
        return None
    facts = [draft.fact(ident) for ident in line.sentence.facts]
    if doubts(own, [], replace(draft, title="", company="")):
        # Outside of the slots it may say nothing that needs a fact.
        return None
    text = _SLOT.sub(lambda slot: line.slots[f"{slot[1]}.{slot[2]}"], wording)
    text = text if text.rstrip(f"{END} ")[-1:] in ".!?”" else f"{text}."
    made = marked(text[:1].upper() + text[1:] if text[0] not in (TITLE, NAME) else text, line.sentence.facts)
    made = replace(made, bullet=line.sentence.bullet)
    return None if doubts(made.text, facts, draft) else made


def _with(draft: Draft, good: Mapping[Line, Sentence]) -> Draft:
    places = {(line.section, line.place): sentence for line, sentence in good.items()}
    sections = tuple(
        replace(
            section,
            sentences=tuple(places.get((at, place), one) for place, one in enumerate(section.sentences)),
        )
        for at, section in enumerate(draft.sections)
    )
    return replace(draft, sections=sections)
