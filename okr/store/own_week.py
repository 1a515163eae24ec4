"""What somebody has to do this week: check-ins that fall due, tasks, and what they began and left open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from okr import health
from okr.access import Actor
from okr.calendar import cycles_in_force, day_of, week_of
from okr.health import CADENCE_DAYS, Status
from okr.store.check_in_writing import CheckInPart, Draft
from okr.store.directory import DirectoryPart
from okr.store.measuring import Measuring
from okr.store.proposals import Proposal, ProposalPart
from okr.store.scope import Scope
from okr.store.standing import Query, StandingPart, Told
from okr.store.tasks import OPEN, Task, TaskQuery, TasksPart


@dataclass(frozen=True, slots=True)
class DueCheckIn:
    """A key result of the person's own to check in on; `due` is None where nobody ever has, `late` once it is over."""

    told: Told
    due: date | None
    late: bool
    draft: Draft | None


@dataclass(frozen=True, slots=True)
class OwnWeek:
    """A person's week, from `first` to `last`.

    `check_ins` holds those due by Sunday, the longest due first, those never checked in before them;
    `overdue` and `due` the open tasks, the earliest due first; `later` is how many open tasks come after
    the week or have no date. `proposals` wait for a click, `drafts` are check-ins that were begun.
    """

    first: date
    last: date
    check_ins: tuple[DueCheckIn, ...]
    overdue: tuple[Task, ...]
    due: tuple[Task, ...]
    later: int
    proposals: tuple[Proposal, ...]
    drafts: tuple[Draft, ...]


class OwnWeekPart(DirectoryPart, StandingPart, TasksPart, CheckInPart, ProposalPart):
    """The store's question about a person's own week."""

    def own_week(self, actor: Actor, now: datetime) -> OwnWeek:
        """What is due from the person in the week that is running, in the company's zone."""
        zone = self.company().tz
        today = day_of(now, zone)
        week = week_of(today)
        drafts = tuple(self.drafts(actor))
        begun = {draft.key_result: draft for draft in drafts}
        mine = Scope(people=(actor.id,))
        check_ins: list[DueCheckIn] = []
        cycles = cycles_in_force(self.cycles(), today)
        if cycles:
            measuring = Measuring(now, zone, cycles, health.rule(health.DEFAULT_RULE), settled=self.settled_at(now))
            for told in self.key_results(actor, measuring, Query(mine)):
                one = told.standing
                if one.verdict.status is Status.COMPLETED:
                    continue
                due = None
                if one.last_at is not None:
                    due = day_of(one.last_at, zone) + timedelta(days=CADENCE_DAYS[one.cadence])
                if due is None or due <= week.last:
                    check_ins.append(DueCheckIn(told, due, due is not None and due < today, begun.get(one.key)))
        check_ins.sort(key=lambda each: (each.due or date.min, each.told.standing.key))
        open_tasks = TaskQuery(mine, statuses=OPEN)
        by_sunday = self.tasks(actor, TaskQuery(mine, statuses=OPEN, due=(date.min, week.last)))
        overdue = tuple(task for task in by_sunday if task.due is not None and task.due < today)
        return OwnWeek(
            week.first,
            week.last,
            tuple(check_ins),
            overdue,
            tuple(task for task in by_sunday if task not in overdue),
            sum(self.count_tasks(actor, open_tasks).values()) - len(by_sunday),
            tuple(self.proposals(actor, now)),
            drafts,
        )
