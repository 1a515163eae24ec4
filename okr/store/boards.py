"""The whole at a glance: what a board shows of the company, a team or a person, each figure worked out in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from okr import health
from okr import measure as measures
from okr.access import Actor
from okr.calendar import day_of, end_of_day, start_of_day, week_of
from okr.models import TaskStatus, check_ins, key_results
from okr.store.directory import Cycle, DirectoryPart, Team
from okr.store.journal import JournalPart, JournalQuery
from okr.store.measuring import Measuring
from okr.store.moves import KpiMove, MovesPart
from okr.store.overviews import Overview, OverviewsPart
from okr.store.records import CheckIn
from okr.store.scope import Scope, visible_key_results
from okr.store.standing import Query, StandingPart, Tally
from okr.store.tasks import Task, TaskQuery, TasksPart

WEEKS = 8
LISTED = 12
KPI_STRETCH = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class TeamStanding:
    """A team, with those below it, and how its key results stand."""

    team: Team
    tally: Tally


@dataclass(frozen=True, slots=True)
class WeekOfConfidence:
    """The mean confidence (1 to 5) that the check-ins of one ISO week named, and how many named one."""

    first: date
    mean: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Board:
    """What a board shows, as of a moment.

    `expected` is the share of the cycle that has passed, None where several cycles are looked at. `teams` come
    furthest behind first, those without any progress last; `confidence` oldest week first.
    """

    as_of: datetime
    cycles: tuple[Cycle, ...]
    rule: str
    expected: float | None
    overview: Overview
    teams: list[TeamStanding]
    overdue: list[Task]
    overdue_count: int
    blocked: list[Task]
    confidence: list[WeekOfConfidence]
    latest: list[CheckIn]
    kpis: list[KpiMove]


class BoardPart(DirectoryPart, StandingPart, OverviewsPart, TasksPart, MovesPart, JournalPart):
    """The store's question for a whole board."""

    def board(self, actor: Actor, scope: Scope, cycles: Sequence[Cycle], as_of: datetime, *, now: datetime) -> Board:
        """The board of the scope in these cycles at a moment; changes count from the same weekday a week before."""
        zone = self.company().tz
        on = day_of(as_of, zone)
        rule = health.rule(health.DEFAULT_RULE)
        measuring = Measuring(as_of, zone, cycles, rule, settled=self.settled_at(as_of))
        before = Measuring(end_of_day(on - timedelta(days=7), zone), zone, cycles, rule)
        query = Query(scope, before=before, earlier=as_of < now)
        overview = self.overview(actor, measuring, query, limit=LISTED, most_unmeasured=0)
        paces = {measures.number(measures.expected(cycle.start, cycle.end, on)) for cycle in cycles}
        cycle_ids = tuple(cycle.id for cycle in cycles)
        overdue, overdue_count, blocked = self._late(actor, scope, on)
        return Board(
            as_of=as_of,
            cycles=tuple(cycles),
            rule=rule.name,
            expected=paces.pop() if len(paces) == 1 else None,
            overview=overview,
            teams=self._teams(actor, measuring, replace(query, before=None), scope),
            overdue=overdue,
            overdue_count=overdue_count,
            blocked=blocked,
            confidence=self._confidence(actor, measuring, scope, zone),
            latest=self.journal(
                actor,
                JournalQuery(scope, as_of, cycle_ids=cycle_ids, said=("wins", "blockers", "note"), live=True),
                limit=LISTED,
            ),
            kpis=self.kpi_moves(actor, as_of - KPI_STRETCH, as_of, limit=LISTED) if scope.is_company else [],
        )

    def _teams(self, actor: Actor, measuring: Measuring, query: Query, scope: Scope) -> list[TeamStanding]:
        tallies = self.tallies(actor, measuring, query, "tree")
        # A team that is looked at, or is above it, would say the whole once more.
        found = [
            TeamStanding(team, tallies[team.id])
            for team in self.teams()
            if team.id in tallies and team.id not in scope.teams and team.above is not None
        ]
        if scope.teams:
            below = {ident for team_id in scope.teams for ident in self.teams_below(team_id)}
            found = [one for one in found if one.team.id in below]
        return sorted(found, key=lambda one: (one.tally.mean is None, one.tally.mean or 0.0, one.team.key))

    def _late(self, actor: Actor, scope: Scope, on: date) -> tuple[list[Task], int, list[Task]]:
        late = TaskQuery(scope, overdue_on=on)
        overdue = [task for task in self.tasks(actor, late, limit=LISTED) if task.key_results]
        count = sum(self.count_tasks(actor, late).values())
        stuck = self.tasks(actor, TaskQuery(scope, statuses=(TaskStatus.BLOCKED.value,)), limit=LISTED)
        return overdue, count, [task for task in stuck if task.key_results]

    def _confidence(self, actor: Actor, measuring: Measuring, scope: Scope, zone: ZoneInfo) -> list[WeekOfConfidence]:
        this = week_of(measuring.on)
        firsts = [this.first - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
        begins = [start_of_day(first, zone) for first in firsts] + [measuring.as_of]
        within = [
            sa.and_(check_ins.c.at >= first, check_ins.c.at < last if place + 1 < WEEKS else check_ins.c.at <= last)
            for place, (first, last) in enumerate(pairwise(begins))
        ]
        sums = [
            part
            for inside in within
            for part in (
                sa.func.sum(sa.case((inside, check_ins.c.confidence))),
                sa.func.count(sa.case((inside, check_ins.c.confidence))),
            )
        ]
        query = (
            sa.select(*sums)
            .select_from(check_ins.join(key_results, key_results.c.id == check_ins.c.key_result_id))
            .where(
                check_ins.c.at >= begins[0],
                check_ins.c.at <= measuring.as_of,
                measuring.plain.in_cycles,
                *visible_key_results(actor, measuring, scope, ()),
            )
        )
        with self.database.read() as connection:
            row = list(connection.execute(query).one())
        return [
            WeekOfConfidence(first, float(total) / count if count else None, count)
            for first, total, count in zip(firsts, row[::2], row[1::2], strict=True)
        ]
