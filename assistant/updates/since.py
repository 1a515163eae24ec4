"""What became of things since the last update that was saved or sent: of statuses, and of what it promised."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from assistant.updates.choosing import Choice
from assistant.updates.draft import Fact
from assistant.updates.facts import titled
from assistant.updates.gathering import Material
from assistant.updates.wanted import Target
from okr.calendar import day_of
from okr.store.measuring import Measuring
from okr.store.scope import Scope
from okr.store.standing import Told
from okr.store.tasks import Task, TaskQuery
from okr.store.updates import KeptUpdate
from tools.context import TurnContext

RISKS = ("at_risk", "off_track")
# Kinds of facts with which an update tells of a risk.
_TOLD_AS_RISK = ("watermelons", "off_track", "at_risk", "confidence", "focus")
MOST_SHIFTS = 60
MOST_WEEKS = 8
# In which order changes are told: what got worse comes first.
_ORDER = ("new", "worse", "resolved", "better", "done", "unchanged")


@dataclass(frozen=True, slots=True)
class Change:
    """A key result whose status changed, or stayed a risk.

    `what` is one of new, worse, resolved, better, done, unchanged. New ones became a risk, resolved ones are none any
    more; `weeks` says for how long an unchanged one has been so.
    """

    id: int
    key: str
    what: str
    was: str
    now: str
    weeks: int = 0

    def document(self) -> dict[str, Any]:
        """The change as the draft document has it."""
        found: dict[str, Any] = {"id": self.key, "change": self.what, "from": self.was, "to": self.now}
        return found | ({"weeks": self.weeks} if self.what == "unchanged" else {})


def kind_of(was: str, now: str) -> str | None:
    """What sort of change it is; None for one that no update speaks of.

    >>> kind_of("on_track", "off_track"), kind_of("off_track", "at_risk"), kind_of("pending", "on_track")
    ('new', 'better', None)
    """
    if now in RISKS:
        if was not in RISKS:
            return "new"
        return "worse" if now == "off_track" else "better"
    if was in RISKS:
        return "done" if now == "completed" else "resolved" if now == "on_track" else None
    return "done" if now == "completed" else None


def changes(turn: TurnContext, target: Target, made: Material, last: KeptUpdate) -> list[Change]:
    """What changed since the last update among what the person sees now, in the order in which it is told."""
    store, actor, measuring = turn.store, turn.actor, made.measuring
    before = Measuring(last.as_of, turn.zone, target.cycles, measuring.rule)
    query = replace(made.query, before=before)
    found: list[Change] = []
    for shift in store.shifts(actor, measuring, query, limit=MOST_SHIFTS):
        what = kind_of(shift.was, shift.now)
        if what is not None:
            found.append(Change(shift.id, shift.key, what, shift.was, shift.now))
    moved = {change.key for change in found}
    told = {fact["record"] for fact in last.document["facts"] if fact["kind"] in _TOLD_AS_RISK}
    refs = store.refs(actor, [("key_result", key) for key in sorted(told - moved)])
    same = store.key_results_by_id(actor, measuring, [ref.id for ref in refs])
    still = [one for one in same if one.standing.verdict.status.value in RISKS]
    weeks = _weeks(turn, target, measuring, still)
    for one in still:
        status = one.standing.verdict.status.value
        found.append(Change(one.standing.id, one.standing.key, "unchanged", status, status, weeks[one.standing.id]))
    return sorted(found, key=lambda change: (_ORDER.index(change.what), -change.weeks, change.key))


def _weeks(turn: TurnContext, target: Target, measuring: Measuring, still: list[Told]) -> dict[int, int]:
    """For how many whole weeks each has had its status, as far as eight weeks back and within its cycle."""
    found = {one.standing.id: 0 for one in still}
    now = {one.standing.id: one.standing.verdict.status for one in still}
    begun = min((cycle.start for cycle in target.cycles), default=target.on)
    for back in range(1, MOST_WEEKS + 1):
        at = measuring.as_of - timedelta(weeks=back)
        left = [ident for ident, weeks in found.items() if weeks == back - 1]
        if not left or day_of(at, turn.zone) < begun:
            break
        then = Measuring(at, turn.zone, target.cycles, measuring.rule)
        for one in turn.store.key_results_by_id(turn.actor, then, left):
            if one.standing.verdict.status == now[one.standing.id]:
                found[one.standing.id] = back
    return found


def tell_changes(choice: Choice, turn: TurnContext, last: KeptUpdate, found: list[Change]) -> None:
    """The section on what changed."""
    day = day_of(last.as_of, turn.zone).isoformat()
    teller, facts = choice.teller, choice.facts
    head = facts.add("since", {}, facts.scope_ids(), record=last.key, dates={"update": day})
    told = [change for change in found if change.what != "unchanged" or change.weeks]
    if not told:
        if not found:
            nothing = teller.plain("since_nothing", head, date=teller.day(day))
            choice.put("since", nothing)
        return
    choice.put("since", teller.plain("since_lead", head, date=teller.day(day)))
    by_id = {
        one.standing.id: one
        for one in turn.store.key_results_by_id(
            turn.actor, choice.made.measuring, [change.id for change in told[: choice.room("since")]]
        )
    }
    for change in told[: choice.room("since")]:
        one = by_id.get(change.id)
        if one is None:
            continue
        values: dict[str, int | float | str] = {"status": change.now}
        if change.what == "unchanged":
            values["weeks"] = change.weeks
        fact = facts.add(
            "since",
            values,
            [change.key, *([] if one.check_in is None else [one.check_in])],
            record=change.key,
            title=titled(one.standing.title),
            then={"status": change.was},
        )
        choice.put("since", teller.changed(fact, change.what))


def promised(turn: TurnContext, last: KeptUpdate) -> list[Task]:
    """The tasks that the last update named as next steps and that the person sees, by their day."""
    keys = [fact["record"] for fact in last.document["facts"] if fact["kind"] == "next"]
    refs = turn.store.refs(turn.actor, [("task", key) for key in keys])
    return turn.store.tasks(turn.actor, TaskQuery(Scope(), ids=tuple(ref.id for ref in refs))) if refs else []


def tell_promises(choice: Choice, tasks: list[Task]) -> None:
    """The section on what became of what was promised."""
    for task in tasks[: choice.room("promises")]:
        fact: Fact = choice.facts.task("promises", task)
        if "due" not in fact.dates:
            continue
        on = choice.facts.target.on
        done = task.status == "done" and (task.done_on is None or task.done_on <= on)
        late = task.due is not None and task.due < on
        choice.put("promises", choice.teller.promise(fact, "done" if done else "late" if late else "open"))


def document(last: KeptUpdate | None, found: list[Change]) -> dict[str, Any]:
    """The draft document's `since`."""
    if last is None:
        return {"draft": None, "changes": []}
    return {
        "draft": last.key,
        "as_of": last.as_of.isoformat(),
        "state": last.state,
        "changes": [change.document() for change in found],
    }
