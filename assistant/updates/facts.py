"""Numbered facts of an update, each with the records from which its figures can be worked out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.updates.draft import Fact, Figures, Quote
from assistant.updates.gathering import Material, blocked_since, day_text, reason
from assistant.updates.quoting import cut, harmless, inner
from assistant.updates.wanted import Target
from okr.measure import expected, has_pace, number
from okr.store.overviews import Unmeasured
from okr.store.records import CheckIn
from okr.store.shifts import Fall
from okr.store.standing import Told
from okr.store.tasks import Task
from tools.context import TurnContext
from tools.rows import evidence

MOST_TITLE = 140
MOST_NAME = 80
# Beyond so many records a fact names the scope that they belong to.
MOST_CITED = 600
# Reasons for which a figure is not there; a boundary and a yes-or-no one lack nothing.
_LACKING = ("no_value", "no_baseline", "no_target", "baseline_equals_target", "no_milestones")


class Facts:
    """The facts of one update, numbered in the order in which they are needed."""

    def __init__(self, turn: TurnContext, target: Target, made: Material, most_quoted: int) -> None:
        self.turn = turn
        self.target = target
        self.made = made
        self.most_quoted = most_quoted
        self.cycle = target.wanted.period == "cycle"
        self.all: list[Fact] = []
        self._of: dict[tuple[str, str], Fact] = {}

    def add(
        self,
        kind: str,
        values: Figures,
        sources: Sequence[str],
        *,
        record: str = "",
        title: str = "",
        names: Sequence[str] = (),
        dates: Mapping[str, str] | None = None,
        quote: Quote | None = None,
        then: Mapping[str, str] | None = None,
        unit: str | None = None,
    ) -> Fact:
        """A new fact under the next number; of one kind and record there is only one."""
        known = self._of.get((kind, record)) if record else None
        if known is not None:
            return known
        fact = Fact(
            id=f"F{len(self.all) + 1}",
            kind=kind,
            values=values,
            sources=tuple(dict.fromkeys(sources)),
            record=record,
            title=title,
            names=tuple(dict.fromkeys(name for name in names if name)),
            dates=dates or {},
            quote=quote,
            then=then or {},
            unit=harmless(unit or "")[:40],
        )
        self.all.append(fact)
        if record:
            self._of[kind, record] = fact
        return fact

    # ── the scope ──────────────────────────────────────────────────────────────────────────────

    def scope_ids(self) -> list[str]:
        """The public ids that stand for the scope, with the cycles."""
        refs = self.target.widened or self.target.refs
        return [*([ref.key for ref in refs] or ["company"]), *(cycle.key for cycle in self.target.cycles)]

    def headline(self) -> Fact:
        """How the whole scope stands, and stood before."""
        tally, then = self.made.seen.tally, self.made.seen.before
        values: dict[str, float | int | str] = {"count": tally.total}
        if tally.worst is not None:
            values["status"] = tally.worst
        if tally.mean is not None:
            values["progress"] = tally.mean
            paces = {expected(cycle.start, cycle.end, self.target.on) for cycle in self.target.cycles}
            if len(paces) == 1:
                values["expected"] = number(paces.pop())
                values["gap"] = round(float(values["expected"]) - tally.mean, 12)
            # Before a cycle hardly anything was measured, so that the two would be of different things.
            if then.mean is not None and not self.cycle:
                values["previous"] = then.mean
                values["change"] = round(tally.mean - then.mean, 12)
        return self.add("headline", values | tally.statuses, self.scope_ids(), record="headline")

    def left_out(self) -> Fact:
        """How many have no progress that can be computed."""
        keys = [one.key for one in self.made.seen.unmeasured if one.why]
        return self._counted("left_out", self.made.seen.tally.left_out, keys, {})

    def stale(self) -> Fact:
        """How many have a stale check-in."""
        keys = [one.standing.key for one in self.made.seen.stale]
        return self._counted("stale_count", self.made.seen.stale_count, keys, {"freshness": "stale"})

    def never(self) -> Fact:
        """How many were never checked in on."""
        keys = [one.key for one in self.made.seen.unmeasured if one.never]
        return self._counted("never_count", self.made.seen.never_count, keys, {"freshness": "never"})

    def late(self) -> Fact:
        """How many tasks are overdue."""
        return self._counted("late_count", self.made.overdue_count, [task.key for task in self.made.overdue], {})

    def _counted(self, kind: str, count: int, keys: Sequence[str], more: Figures) -> Fact:
        whole = len(keys) == count and count <= MOST_CITED
        return self.add(kind, {"count": count, **more}, keys if whole else self.scope_ids(), record=kind)

    # ── records ────────────────────────────────────────────────────────────────────────────────

    def key_result(self, kind: str, one: Told, *, quoted: CheckIn | None = None, text: str = "") -> Fact:
        """A key result as it stands, with what was written about it where `quoted` says so."""
        standing, verdict = one.standing, one.standing.verdict
        quote = None if quoted is None else self.quote(quoted, text)
        sources = [*evidence([one]), *([] if quote is None else [quote.id])]
        values: dict[str, float | int | str] = {"status": verdict.status.value}
        if verdict.progress is not None:
            values["progress"] = number(verdict.progress)
        if verdict.gap is not None and verdict.expected is not None and has_pace(standing.measure):
            values["expected"] = number(verdict.expected)
            values["gap"] = number(verdict.gap)
        then = None if self.cycle else self.made.then.get(standing.id)
        was = None if then is None else then.standing.verdict.progress
        if then is not None and was is not None and verdict.progress is not None:
            values["previous"] = number(was)
            values["change"] = number(verdict.progress - was)
            sources += evidence([then])
        for name, given in (
            ("value", standing.measure.value),
            ("baseline", standing.measure.baseline),
            ("target", standing.measure.target),
        ):
            if given is not None:
                values[name] = float(given)
        if standing.reported:
            values["reported"] = standing.reported
        if standing.confidence is not None:
            values["confidence"] = standing.confidence
        values["freshness"] = standing.age.freshness.value
        if standing.age.days is not None:
            values["age_days"] = standing.age.days
        dates = {} if standing.last_at is None else {"check_in": day_text(standing.last_at, self.turn)}
        return self.add(
            kind,
            values,
            sources,
            record=standing.key,
            title=titled(standing.title),
            names=(named(one.owner_name),) if quote is None else (named(one.owner_name), quote.author),
            dates=dates,
            quote=quote,
            unit=standing.unit,
        )

    def quote(self, entry: CheckIn, text: str = "") -> Quote | None:
        """What a check-in says, or this part of it; None where nothing is left of it once it is harmless."""
        said = harmless(text or entry.blockers or entry.note or entry.wins)
        if not any(c.isalpha() for c in said):
            return None
        said = cut(inner(said), self.most_quoted)
        return Quote(entry.key, named(entry.author_name), day_text(entry.at, self.turn), said)

    def reason(self, kind: str, one: Told) -> Fact:
        """The key result with its owner's own reason, where one was written."""
        said = reason(self.made, one)
        return self.key_result(kind, one, quoted=said, text="" if said is None else said.blockers or said.note)

    def blocked(self, one: Told) -> Fact | None:
        """The key result with what blocks it and since when; None where nothing legible is written."""
        run = blocked_since(self.made, one)
        if run is None or self.quote(run[1], run[1].blockers) is None:
            return None
        fact = self.key_result("blockers", one, quoted=run[1], text=run[1].blockers)
        return fact if run[0].key == run[1].key else self.blocking(fact, run[0])

    def blocking(self, fact: Fact, first: CheckIn) -> Fact:
        """The fact with the day since which it is blocked, which is that of this check-in."""
        since = day_text(first.at, self.turn)
        sources = tuple(dict.fromkeys((*fact.sources, first.key)))
        kept = replace(fact, sources=sources, dates={**fact.dates, "since": since})
        self.all[self.all.index(fact)] = self._of[fact.kind, fact.record] = kept
        return kept

    def fall(self, fall: Fall) -> list[Fact]:
        """The confidences of a fall, each with its own check-in, oldest first."""
        return [self.add("confidence_said", {"confidence": said}, [key], record=key) for _, key, said in fall.check_ins]

    def task(self, kind: str, task: Task) -> Fact:
        """A task with its day and who has it."""
        dates = {} if task.due is None else {"due": task.due.isoformat()}
        if task.done_on is not None:
            dates["done"] = task.done_on.isoformat()
        names = (named(task.assignee_name or ""),)
        return self.add(kind, {}, [task.key], record=task.key, title=titled(task.title), names=names, dates=dates)


def titled(text: str) -> str:
    """A title as it is shown: harmless, and not endless."""
    return cut(harmless(text), MOST_TITLE) or "…"


def named(text: str) -> str:
    """A name as it is shown; what is in quotation marks in it is nothing that anybody said."""
    return inner(harmless(text))[:MOST_NAME]


def missing(unmeasured: Sequence[Unmeasured]) -> tuple[dict[str, str], ...]:
    """What is not recorded: the key results without any check-in, or without what their progress is made of."""
    found = []
    for one in unmeasured:
        if one.never:
            found.append({"id": one.key, "why": "no_check_in"})
        elif one.why in _LACKING:
            found.append({"id": one.key, "why": one.why})
    return tuple(found)
