"""From a sentence to a rule and its proof: the reader over this company's store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from assistant import delivery
from okr.access import Actor
from okr.automations import Audience, Rule
from okr.calendar import cycles_in_force, day_of, next_clock_change
from okr.language.rules import PersonEntry, RecordEntry, TeamEntry, read_back, read_rule
from okr.language.words import fold
from okr.schedule import RECIPIENT
from okr.store import Store
from okr.store.acting import Planned
from okr.store.automations import Automation, Reach, due_in
from okr.store.directory import Company, Cycle, Team
from okr.store.naming import Named
from okr.store.rehearsing import Heard
from okr.store.roster import Member

RECORDS = ("objective", "key_result", "kpi")
PAST = timedelta(weeks=4)
MOST_PAST = 40


class CompanyNames:
    """What every reading of one process needs of the company; kept, because it does not change meanwhile."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @cached_property
    def company(self) -> Company:
        """The company."""
        return self.store.company()

    @cached_property
    def cycles(self) -> list[Cycle]:
        """All cycles."""
        return self.store.cycles()

    @cached_property
    def teams(self) -> list[Team]:
        """All teams."""
        return self.store.teams()


class StoreDirectory:
    """The reader's directory: only what the asker may see, looked up when a word asks for it.

    What was looked up is kept for as long as the directory lives: one request, or one batch.
    """

    def __init__(self, names: CompanyNames, actor: Actor) -> None:
        self.names = names
        self.store = names.store
        self.actor = actor
        self._kept: dict[tuple[str, str], Any] = {}

    def person(self, email: str) -> PersonEntry | None:
        """The active person with that address."""
        return self._once("person", email, self._person)  # type: ignore[no-any-return]

    def people_like(self, prefix: str) -> Sequence[PersonEntry]:
        """Active people of whom some word of the name begins so."""
        return self._once("people", prefix, self._people_like)  # type: ignore[no-any-return]

    def record(self, key: str) -> RecordEntry | None:
        """The visible objective, key result or KPI with that key, whatever its case."""
        return self._once("record", key, self._record)  # type: ignore[no-any-return]

    def records_like(self, prefix: str) -> Sequence[RecordEntry]:
        """Visible records of whose title some word begins so."""
        return self._once("records", prefix, self._records_like)  # type: ignore[no-any-return]

    def _once(self, what: str, words: str, look: Callable[[str], Any]) -> Any:
        if (what, words) not in self._kept:
            self._kept[what, words] = look(words)
        return self._kept[what, words]

    def _person(self, email: str) -> PersonEntry | None:
        found = self.store.refs(self.actor, [("person", email.strip().lower())])
        active = self._members([one.id for one in found])
        return PersonEntry(active[0].email, active[0].name, team=active[0].team) if active else None

    def _people_like(self, prefix: str) -> Sequence[PersonEntry]:
        ids = [one.id for one in self._named(prefix, "person") if one.active]
        return [PersonEntry(m.email, m.name, team=m.team) for m in self._members(ids)]

    def teams(self) -> Sequence[TeamEntry]:
        """All teams."""
        return [TeamEntry(team.key, team.name, team.lead) for team in self.names.teams]

    def _record(self, key: str) -> RecordEntry | None:
        spellings = dict.fromkeys((key, key.upper(), key.lower()))
        for ref in self.store.refs(self.actor, [(kind, k) for k in spellings for kind in RECORDS]):
            return RecordEntry(ref.kind, ref.key, ref.title)
        return None

    def _records_like(self, prefix: str) -> Sequence[RecordEntry]:
        return [RecordEntry(r.kind, r.key, r.name) for kind in RECORDS for r in self._named(prefix, kind)]

    def _members(self, ids: Sequence[int]) -> Sequence[Member]:
        return self.store.members(self.actor, ids=ids) if ids else ()

    def _named(self, prefix: str, kind: str) -> Iterator[Named]:
        words = self.store.beginning(prefix, kind)
        refs = {ref for found in self.store.bearing(words).values() for ref in found if ref[0] == kind} if words else ()
        for one in self.store.named(self.actor, refs) if refs else ():
            if any(word.startswith(prefix) for word in fold(one.name).split()):
                yield one


@dataclass(frozen=True, slots=True)
class PastRun:
    """An instant of the past weeks: how many people would have got it, or how many records it would have been about.

    `passed_over` are those who would have been skipped, each with the reason; `changes` is how much it would have
    done to tasks and threads, as they are today.
    """

    instant: datetime
    people: int
    passed_over: tuple[Heard, ...] = ()
    changes: int = 0


@dataclass(frozen=True, slots=True)
class ClockTurn:
    """The next clock change that a recipient's instants meet: the last one before it and the first one after."""

    at: datetime
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """What a person sees before a rule becomes active.

    `coming` holds, by zone of the recipients, the next five instants, and `turns` those around the next clock
    change; `past` what the last four weeks would have sent. `reaches` get it today, `passed_over` do not although
    it is meant for them; `changes` is what it would do today to tasks and threads. `right` is why the person may
    set it (own, lead, admin), for the acts in `needs`: message_others, comment, change_tasks.
    """

    rule: Rule
    reaches: tuple[Reach, ...]
    coming: dict[str, list[datetime]]
    past: tuple[PastRun, ...]
    passed_over: tuple[Heard, ...] = ()
    changes: tuple[Planned, ...] = ()
    turns: dict[str, ClockTurn] = field(default_factory=dict)
    right: str = "own"
    needs: tuple[str, ...] = ()


class Automating:
    """Sentences of one company read as rules."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.names = CompanyNames(store)
        self._directories: dict[int, StoreDirectory] = {}

    def directory(self, actor: Actor) -> StoreDirectory:
        """What the asker may name, kept for as long as this object lives."""
        return self._directories.setdefault(actor.id, StoreDirectory(self.names, actor))

    def read(self, text: str, actor: Actor, now: datetime) -> Rule:
        """The rule in the sentence, as this person means it now; of kind `unclear` or `none` where there is none."""
        company = self.names.company
        in_force = cycles_in_force(self.names.cycles, day_of(now, company.tz))
        rule = read_rule(
            text,
            now=now,
            zone=actor.zone,
            country=company.country,
            asker=actor.email,
            directory=self.directory(actor),
            cycle=(in_force[0].start, in_force[0].end) if in_force else None,
        )
        return replace(rule, company_zone=company.timezone) if rule.zone == RECIPIENT else rule

    def document(self, ident: object, text: str, actor: Actor, now: datetime) -> dict[str, Any]:
        """The rule document of the contract."""
        began = perf_counter()
        found = self.read(text, actor, now).document()
        return {"id": ident, **found, "ms": round((perf_counter() - began) * 1000, 3)}

    def settled(self, rule: Rule, actor: Actor) -> Rule:
        """The rule with what only the store knows filled in: "the team" is the asker's own."""
        audience = rule.audience
        if rule.condition is None and audience is not None and audience.kind == "team" and audience.team is None:
            own = next((team.key for team in self.names.teams if team.id == actor.team_id), None)
            if own is not None:
                assumed = rule.assumed if "audience" in rule.assumed else (*rule.assumed, "audience")
                rule = replace(rule, audience=Audience("team", own), assumed=assumed)
                return rule.with_readback(read_back(rule))
        return rule

    def proof(self, rule: Rule, actor: Actor, now: datetime, *, key: str | None = None) -> Proof:
        """Whom it reaches today, when in their zones, and what the past four weeks would have sent.

        `key` names a rule that exists already, for what people have decided about it.
        """
        today = self.store.rehearse(actor, rule, now, key=key)
        reaches = tuple(Reach(one.email, one.name, one.zone, one.records) for one in today.heard if not one.reason)
        zones = list(dict.fromkeys([actor.zone, *(one.zone for one in reaches)]))
        needs = tuple(_needs(rule, actor))
        return Proof(
            rule,
            reaches,
            {zone: _shown_in(rule, zone).coming(now) for zone in zones},
            tuple(self._past(rule, actor, now, key)),
            passed_over=tuple(one for one in today.heard if one.reason),
            changes=today.changes,
            turns={zone: turn for zone in zones if (turn := _turn(rule, zone, now)) is not None},
            right="own" if not needs else "admin" if actor.is_admin else "lead",
            needs=needs,
        )

    def edit(self, actor: Actor, key: str, text: str, now: datetime, *, catch_up: str | None = None) -> Automation:
        """Let the rule do what this sentence says; `RuleRefusedError` where that is no rule."""
        rule = self.settled(self.read(text, actor, now), actor)
        return self.store.edit_automation(actor, key, rule, now, delivery.notice, catch_up=catch_up)

    def _past(self, rule: Rule, actor: Actor, now: datetime, key: str | None) -> Iterator[PastRun]:
        if rule.condition is not None:
            # Once a day is enough to say how often it would have spoken.
            days = [now - PAST + timedelta(days=step) for step in range(PAST.days + 1)]
            met = [(day, self.store.records_met(actor, rule, day)) for day in days]
            for (_, before), (day, after) in pairwise(met):
                if new := after - before:
                    then = self.store.rehearse(actor, rule, day, key=key, new=new)
                    yield PastRun(day, len(new), tuple(one for one in then.heard if one.reason), len(then.changes))
            return
        started = _started_before(rule, now - PAST)
        for at in due_in(started, rule.company_zone, now - PAST, now)[-MOST_PAST:]:
            then = self.store.rehearse(actor, rule, at, key=key)
            yield PastRun(at, then.gets, tuple(one for one in then.heard if one.reason), len(then.changes))


def _needs(rule: Rule, actor: Actor) -> Iterator[str]:
    """What the rule does that not everybody may."""
    audience = rule.audience or Audience("me")
    own = audience.kind == "me" or (audience.kind == "person" and audience.people == (actor.email,))
    if rule.messages() and not own:
        yield "message_others"
    kinds = {action.kind for action in rule.actions}
    if "post_comment" in kinds:
        yield "comment"
    if "set_task_status" in kinds:
        yield "change_tasks"


def _shown_in(rule: Rule, zone: str) -> Rule:
    return replace(rule, zone=zone, schedule=_in_zone(rule, zone)) if rule.zone == RECIPIENT else rule


def _turn(rule: Rule, zone: str, now: datetime) -> ClockTurn | None:
    """Where the clocks of the rule's zone or the recipient's next change between two of its instants."""
    there = _shown_in(rule, zone)
    if there.schedule is None:
        return None
    changes = [next_clock_change(ZoneInfo(name), now) for name in {there.zone, zone}]
    at = min((change for change in changes if change is not None), default=None)
    if at is None:
        return None
    before = there.schedule.between(max(now, at - timedelta(days=62)), at - timedelta(microseconds=1))
    after = there.schedule.next(at, 1, inclusive=True)
    return ClockTurn(at, before[-1], after[0]) if before and after else None


def _in_zone(rule: Rule, zone: str) -> Any:
    return None if rule.schedule is None else rule.schedule.in_zone(zone)


def _started_before(rule: Rule, moment: datetime) -> Rule:
    if rule.schedule is None or "INTERVAL" in rule.schedule.rrule or "COUNT" in rule.schedule.rrule:
        return rule
    # The same weekdays and times, begun early enough to look back on.
    ahead = (rule.schedule.dtstart - moment.replace(tzinfo=None)).days
    start = rule.schedule.dtstart - timedelta(weeks=max(0, ahead // 7 + 2))
    return replace(rule, schedule=replace(rule.schedule, dtstart=start))
