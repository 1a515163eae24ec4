"""The retrospective of a cycle: what was reached, what helped and hindered, what was learnt, what goes on.

It is a draft like an update's, so that it leaves in the same forms and its sentences pass the same checker.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.updates.draft import END, NAME, QUOTE, TITLE, Draft, Fact, Quote, Section, Sentence, marked
from assistant.updates.facts import named, titled
from assistant.updates.quoting import cut, harmless, inner
from okr.access import Actor
from okr.calendar import day_of
from okr.measure import GREEN_FROM, number, progress
from okr.store import Store
from okr.store.closing import Closing, ClosingObjective, ToClose
from okr.store.directory import Company
from okr.store.lessons import Lesson, LessonQuery
from okr.store.scope import Scope
from tools.context import TurnContext

KINDS = ("helped", "hindered", "root_cause", "lesson")
MOST_TEXT = 1_000
MOST_OBJECTIVES = 40
MOST_NAMED = 12
_QUOTED = {"en": "“{text}”", "pl": "„{text}”"}


def document(closing: Closing, lessons: Sequence[Lesson], turn: TurnContext) -> dict[str, Any]:
    """The retrospective as a JSON value; every figure stands in a cited record."""
    return {
        "cycle": closing.cycle.key,
        "from": closing.cycle.start.isoformat(),
        "to": closing.cycle.end.isoformat(),
        "as_of": turn.now.astimezone(turn.zone).isoformat(),
        "objectives": [
            {
                "id": each.objective.key,
                "title": each.objective.title,
                "team": each.objective.team,
                "score": each.score,
                "band": each.band,
                "key_results": [_key_result(one) for one in each.key_results],
            }
            for each in closing.objectives
        ],
        "lessons": [
            {"id": one.key, "kind": one.kind, "text": one.text, "author": one.author, "objective": one.objective}
            for one in lessons
        ],
        "unscored": list(closing.unscored),
    }


def _key_result(one: ToClose) -> dict[str, Any]:
    standing = one.told.standing
    value = standing.measure.value
    return {
        "id": standing.key,
        "title": standing.title,
        "score": one.score,
        "given": one.given,
        "suggested": one.suggested.score,
        "reason": one.suggested.reason,
        "value": None if value is None else float(value),
        "decision": None if one.decided is None else one.decided.decision,
        "into": None if one.decided is None else one.decided.into,
    }


def lessons_of(closing: Closing, turn: TurnContext, scope: Scope) -> list[Lesson]:
    """What was learnt in the cycle, as far as the person sees it; the oldest first."""
    return turn.store.lessons(turn.actor, LessonQuery(scope, (closing.cycle.id,)), limit=500)[::-1]


def reason(one: ToClose, language: str) -> str:
    """Why the figures suggest their score, or why they suggest none."""
    measure, unit = one.told.standing.measure, one.told.standing.unit
    word = one.suggested.reason
    share = progress(measure)
    if word != "progress" or share is None:
        return say(language, f"retro.why_{word}")
    if measure.kind == "binary":
        return say(language, "retro.why_done" if share >= 1 else "retro.why_not_done")
    part = formats.percent(float(share), language)
    if measure.kind == "milestones":
        return say(language, "retro.why_steps", progress=part)

    def amount(value: Any) -> str:
        return formats.amount(float(value), unit, language)

    ends = {"baseline": amount(measure.baseline), "target": amount(measure.target)}
    if share < 0:
        return say(language, "retro.why_short", **ends)
    return say(language, "retro.why_beyond" if share > 1 else "retro.why_progress", progress=part, **ends)


def is_reached(one: ToClose) -> bool:
    """Whether its score is in the green band."""
    return one.score is not None and one.score >= number(GREEN_FROM)


def turn_of(store: Store, actor: Actor, company: Company, now: datetime, language: str) -> TurnContext:
    """What a document is made within: whose it is, when, and in which language."""
    return TurnContext(store, actor, company, now, language)


def draft(closing: Closing, lessons: Sequence[Lesson], turn: TurnContext, scope: str, scope_name: str) -> Draft:
    """The retrospective of that scope in the turn's language, from templates; `scope_name` is what it is called."""
    return _Writer(closing, lessons, turn).draft(scope, scope_name)


class _Writer:
    """One retrospective while it is being written: its facts so far, numbered as they come."""

    def __init__(self, closing: Closing, lessons: Sequence[Lesson], turn: TurnContext) -> None:
        self.closing = closing
        self.lessons = lessons
        self.turn = turn
        self.language = turn.language
        self.facts: list[Fact] = []

    def draft(self, scope: str, scope_name: str) -> Draft:
        cycle, language = self.closing.cycle, self.language
        shown = self.closing.objectives[:MOST_OBJECTIVES]
        sections = [
            self._section("summary", self._summary()),
            self._section("reached", [self._reached(one) for one in self._every() if is_reached(one)]),
            *(self._objective(each) for each in shown),
            self._section("more", self._more(len(shown))),
            *(self._section(kind, [self._lesson(one) for one in self.lessons if one.kind == kind]) for kind in KINDS),
            self._section("goes_on", [self._decision(one) for one in self._every() if one.decided is not None]),
            self._section("open", self._open()),
        ]
        days = formats.days(cycle.start, cycle.end, language, self.turn.today)
        return Draft(
            scope=scope,
            audience="retrospective",
            language=language,
            period={"from": cycle.start.isoformat(), "to": cycle.end.isoformat(), "label": days},
            as_of=self.turn.now.astimezone(self.turn.zone).isoformat(),
            title=self._say("title", cycle=titled(cycle.name), scope=named(scope_name)),
            company=named(self.turn.company.name),
            facts=tuple(self.facts),
            sections=tuple(section for section in sections if section.sentences),
        )

    def _every(self) -> list[ToClose]:
        return [one for each in self.closing.objectives for one in each.key_results]

    def _say(self, name: str, /, **values: str) -> str:
        return say(self.language, f"retro.{name}", **values)

    def _section(self, key: str, sentences: list[Sentence]) -> Section:
        return Section(key, self._say(key), tuple(sentences))

    def _fact(self, kind: str, values: dict[str, float | int | str], sources: list[str], **rest: Any) -> Fact:
        fact = Fact(f"F{len(self.facts) + 1}", kind, values, tuple(sources), **rest)
        self.facts.append(fact)
        return fact

    def _title(self, title: str) -> str:
        return f"{TITLE}{titled(title)}{END}"

    def _person(self, name: str) -> str:
        return f"{NAME}{named(name)}{END}"

    def _score(self, value: float) -> str:
        return formats.score(value, self.language)

    # ── the whole ──────────────────────────────────────────────────────────────────────────────

    def _summary(self) -> list[Sentence]:
        cycle, language = self.closing.cycle, self.language
        whole = self._fact(
            "cycle", {}, [cycle.key], dates={"from": cycle.start.isoformat(), "to": cycle.end.isoformat()}
        )
        days = formats.days(cycle.start, cycle.end, language, self.turn.today)
        said = [marked(self._say("period", days=days), (whole.id,), bullet=False)]
        scored = [each for each in self.closing.objectives if each.score is not None]
        if not scored:
            return [*said, marked(self._say("nothing_scored"), (whole.id,), bullet=False)]
        mean = round(sum(each.score or 0.0 for each in scored) / len(scored), 2)
        fact = self._fact(
            "average_score", {"score": mean, "count": len(scored)}, [each.objective.key for each in scored]
        )
        objectives = formats.counted(len(scored), "objective", language)
        text = self._say("mean", score=formats.score(mean, language), objectives=objectives)
        said.append(marked(text, (fact.id,), bullet=False))
        return said + self._thanks()

    def _thanks(self) -> list[Sentence]:
        counted = [one for one in self._every() if one.score is not None]
        reached = [one for one in counted if is_reached(one)]
        names = list(dict.fromkeys(named(one.told.owner_name) for one in reached))
        green = float(number(GREEN_FROM))
        fact = self._fact(
            "reached",
            {"count": len(reached), "total": len(counted), "from": green},
            [one.told.standing.key for one in counted],
            names=tuple(names),
        )
        text = self._say(
            "got_there",
            reached=formats.number(len(reached), self.language),
            total=formats.out_of(len(counted), "key_result", self.language),
            **{"from": self._score(green)},
        )
        said = [marked(text, (fact.id,), bullet=False)]
        if 0 < len(names) <= MOST_NAMED:
            thanked = formats.joined([self._person(name) for name in names], self.language)
            said.append(marked(self._say("thanks", names=thanked), (fact.id,), bullet=False))
        elif names:
            said.append(marked(self._say("thanks_all"), (fact.id,), bullet=False))
        return said

    def _more(self, shown: int) -> list[Sentence]:
        rest = self.closing.objectives[shown:]
        if not rest:
            return []
        fact = self._fact("more", {"count": len(rest)}, [each.objective.key for each in rest])
        return [marked(self._say("more_objectives", count=formats.number(len(rest), self.language)), (fact.id,))]

    def _open(self) -> list[Sentence]:
        if not self.closing.unscored or self.closing.cycle.state == "closed":
            return []
        fact = self._fact("unscored", {"count": len(self.closing.unscored)}, list(self.closing.unscored))
        count = formats.counted(len(self.closing.unscored), "key_result", self.language)
        return [marked(self._say("unscored", count=count), (fact.id,))]

    # ── key results ────────────────────────────────────────────────────────────────────────────

    def _of(self, one: ToClose) -> Fact:
        """What is recorded of a key result at the end."""
        standing = one.told.standing
        for fact in self.facts:
            if fact.kind == "score" and fact.record == standing.key:
                return fact
        values: dict[str, float | int | str] = {}
        if one.score is not None:
            values["score"] = one.score
        if one.suggested.score is not None:
            values["suggested"] = one.suggested.score
        if one.suggested.reason in ("holding", "breached"):
            values["boundary"] = one.suggested.reason
        if standing.measure.kind == "measure":
            ends = {"value": standing.measure.value, "target": standing.measure.target}
            values |= {name: float(end) for name, end in ends.items() if end is not None}
        return self._fact(
            "score",
            values,
            [standing.key, *([one.told.value_check_in] if one.told.value_check_in else [])],
            record=standing.key,
            title=titled(standing.title),
            names=(named(one.told.owner_name),),
            unit=standing.unit or "",
        )

    def _reached(self, one: ToClose) -> Sentence:
        fact = self._of(one)
        text = self._say(
            "reached_line",
            record=self._title(one.told.standing.title),
            person=self._person(one.told.owner_name),
            score=self._score(one.score or 0.0),
        )
        return marked(text, (fact.id,))

    def _objective(self, each: ClosingObjective) -> Section:
        values: dict[str, float | int | str] = {} if each.score is None else {"score": each.score}
        about = each.objective
        fact = self._fact(
            "objective_score",
            values,
            [about.key, *(one.told.standing.key for one in each.key_results)],
            record=about.key,
            title=titled(about.title),
            names=(named(about.owner_name),),
        )
        person = self._person(about.owner_name)
        if each.score is None:
            lead = self._say("objective_none", person=person)
        else:
            lead = self._say("objective_score", score=self._score(each.score), person=person)
        lines = [self._scored(one) for one in each.key_results]
        return Section(f"objective:{about.key}", titled(about.title), (marked(lead, (fact.id,), bullet=False), *lines))

    def _scored(self, one: ToClose) -> Sentence:
        fact, standing = self._of(one), one.told.standing
        parts = [self._say("none") if one.score is None else self._say("scored_at", score=self._score(one.score))]
        if "value" in fact.values:
            value = formats.amount(float(fact.values["value"]), standing.unit, self.language)
            if "target" in fact.values:
                target = formats.amount(float(fact.values["target"]), standing.unit, self.language)
                parts.append(self._say("ended_target", value=value, target=target))
            else:
                parts.append(self._say("ended", value=value))
        if one.suggested.reason != "progress":
            parts.append(reason(one, self.language))
        if one.given is not None and one.suggested.score is not None and one.given != one.suggested.score:
            parts.append(self._say("suggested", score=self._score(one.suggested.score)))
        text = self._say("line", record=self._title(standing.title), parts="; ".join(parts))
        return marked(text, (fact.id,))

    def _decision(self, one: ToClose) -> Sentence:
        decided = one.decided
        assert decided is not None
        facts = [self._of(one)]
        record = self._title(one.told.standing.title)
        if decided.into is not None and decided.into_title is not None:
            facts.append(
                self._fact("goes_on", {}, [decided.into], record=decided.into, title=titled(decided.into_title))
            )
        if decided.decision == "change" and decided.into_title is not None:
            text = self._say("decision_into", record=record, into=self._title(decided.into_title))
        else:
            text = self._say("decision_line", record=record, decision=self._say(decided.decision))
        if decided.reason and decided.by and decided.at is not None:
            key = one.told.standing.key
            quote = Quote(
                key, named(decided.by), day_of(decided.at, self.turn.zone).isoformat(), self._harmless(decided.reason)
            )
            facts.append(self._fact("because", {}, [key], quote=quote))
            text = self._say("decision_because", decision=text, quote=self._quoted(quote))
        return marked(text, tuple(fact.id for fact in facts))

    # ── what was learnt ────────────────────────────────────────────────────────────────────────

    def _lesson(self, one: Lesson) -> Sentence:
        quote = Quote(
            one.key, named(one.author_name), day_of(one.at, self.turn.zone).isoformat(), self._harmless(one.text)
        )
        about: dict[str, Any] = {}
        if one.objective is not None and one.objective_title is not None:
            about = {"record": one.objective, "title": titled(one.objective_title)}
        fact = self._fact("lesson", {}, [one.key], quote=quote, **about)
        return marked(self._quoted(quote), (fact.id,))

    def _harmless(self, text: str) -> str:
        return inner(cut(harmless(text), MOST_TEXT)) or "…"

    def _quoted(self, quote: Quote) -> str:
        said = f"{QUOTE}{_QUOTED[self.language].format(text=quote.text)}{END}"
        when = formats.day(date.fromisoformat(quote.date), self.language, self.turn.today)
        return say(self.language, "update.quoted", author=self._person(quote.author), date=when, quote=said)
