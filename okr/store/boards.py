"""The whole at a glance: what a board shows of the company, a team or a person, each figure worked out in SQL."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from okr import health
from okr import measure as measures
from okr.access import Actor, led_teams
from okr.calendar import day_of, end_of_day, start_of_day, week_of
from okr.language.frames import Filters
from okr.models import TaskStatus, audits, check_ins, key_results, kpi_points, objectives
from okr.store.directory import Cycle, DirectoryPart, Team
from okr.store.journal import JournalPart, JournalQuery
from okr.store.measuring import Bytewise, Measuring
from okr.store.moves import KpiTrend, MovesPart
from okr.store.overviews import Overview, OverviewsPart
from okr.store.records import CheckIn
from okr.store.remembering import Remembered
from okr.store.scope import Scope, judged, visible_key_results
from okr.store.standing import Query, StandingPart, Tally, narrow_to
from okr.store.tasks import Task, TaskQuery, TasksPart

WEEKS = 8
LISTED = 12
KPI_STRETCH = timedelta(days=28)
# From so many key results on it is quicker to go through the check-ins by their days than by their key results.
WIDE = 5_000


@dataclass(frozen=True, slots=True)
class Look:
    """What a board looks at: a scope in some cycles at a moment, and only key results of these statuses, if any.

    Changes count from the end of the day `since`.
    """

    scope: Scope
    cycles: tuple[Cycle, ...]
    as_of: datetime
    since: date
    statuses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TeamStanding:
    """A team, with those below it: how its key results stand, and how many of the tasks for them are done."""

    team: Team
    tally: Tally
    tasks_done: int
    tasks: int


@dataclass(frozen=True, slots=True)
class ObjectiveStanding:
    """An objective and how its key results stand."""

    key: str
    title: str
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

    `expected` is the share of the cycle that has passed, None where several cycles are looked at. `teams` and
    `objectives` come furthest behind first; a team without any progress is last, an objective without any left out.
    `was` holds the progress, when changes began to count, of those that moved. `confidence` comes oldest week
    first. Lists hold the first few, what ends in `_count` is of all.
    """

    look: Look
    rule: str
    expected: float | None
    overview: Overview
    was: dict[str, float | None]
    teams: list[TeamStanding]
    objectives: list[ObjectiveStanding]
    overdue: list[Task]
    overdue_count: int
    blocked: list[Task]
    blocked_count: int
    confidence: list[WeekOfConfidence]
    latest: list[CheckIn]
    kpis: list[KpiTrend]


class BoardPart(DirectoryPart, StandingPart, OverviewsPart, TasksPart, MovesPart, JournalPart):
    """The store's question for a whole board, and for the records behind each of its figures."""

    remembered: Remembered

    def board(self, actor: Actor, look: Look, *, now: datetime) -> Board:
        """The board that the person sees of it.

        It is worked out once for all who see the same, until something is recorded or the day is another.
        """
        known = self._depends_on(actor, look)
        found = self.remembered.get(("board", known), lambda: self._board(actor, look, now))
        return found if found.look == look else replace(found, look=look)

    def _depends_on(self, actor: Actor, look: Look) -> Hashable:
        """Everything that a board's figures depend on, so that they are kept no longer than they are true.

        Each act leaves a row in the audit; and with time alone they change at midnight, and when a moment
        comes for which somebody recorded something beforehand.
        """
        acts = sa.select(sa.func.max(audits.c.id)).scalar_subquery()
        ahead = [
            sa.select(sa.func.min(moment)).where(moment > look.as_of).scalar_subquery()
            for moment in (check_ins.c.at, kpi_points.c.at)
        ]
        with self.database.read() as connection:
            facts = tuple(connection.execute(sa.select(acts, *ahead)).one())
            sees: Hashable = "everything"
            if not actor.is_admin:
                own = sa.or_(objectives.c.team_id == actor.team_id, objectives.c.team_id.in_(led_teams(actor)))
                chosen = sa.select(objectives.c.team_id).where(objectives.c.visibility != "company", own).distinct()
                sees = frozenset(connection.execute(chosen).scalars())
        day = day_of(look.as_of, self.company().tz)
        return facts, sees, look.scope, look.cycles, day, look.since, look.statuses

    def _board(self, actor: Actor, look: Look, now: datetime) -> Board:
        zone = self.company().tz
        measuring, query = self.looked_at(look, now)
        on = measuring.on
        overview = self.overview(actor, measuring, query, limit=LISTED, most_unmeasured=0)
        wide = overview.tally.total > WIDE
        among = self.scope_of(actor, measuring, query)
        paces = {measures.number(measures.expected(cycle.start, cycle.end, on)) for cycle in look.cycles}
        late, stuck = task_query(among, "overdue", on), task_query(among, "blocked", on)
        said = JournalQuery(
            among,
            look.as_of,
            cycle_ids=tuple(cycle.id for cycle in look.cycles),
            said=("wins", "blockers", "note"),
            live=True,
        )
        trends: list[KpiTrend] = []
        if among.is_company:
            trends = self.kpi_trends(actor, end_of_day(on - KPI_STRETCH, zone), look.as_of, limit=LISTED)
        return Board(
            look=look,
            rule=measuring.rule.name,
            expected=paces.pop() if len(paces) == 1 else None,
            overview=overview,
            was=self._was(actor, query, overview),
            teams=self._teams(actor, measuring, replace(query, before=None)),
            objectives=self._objectives(actor, measuring, replace(query, before=None)),
            overdue=self.tasks(actor, late, limit=LISTED),
            overdue_count=sum(self.count_tasks(actor, late).values()),
            blocked=self.tasks(actor, stuck, limit=LISTED),
            blocked_count=sum(self.count_tasks(actor, stuck).values()),
            confidence=self._confidence(actor, measuring, among, zone, wide=wide),
            latest=self.journal(actor, said, limit=LISTED, wide=wide),
            kpis=trends,
        )

    def looked_at(self, look: Look, now: datetime) -> tuple[Measuring, Query]:
        """The definitions at the board's moment, and its key results as a query with where changes count from."""
        zone = self.company().tz
        rule = health.rule(health.DEFAULT_RULE)
        measuring = Measuring(look.as_of, zone, look.cycles, rule, settled=self.settled_at(look.as_of))
        before = Measuring(end_of_day(look.since, zone), zone, look.cycles, rule)
        filters = Filters(statuses=look.statuses)
        return measuring, Query(look.scope, filters, before=before, earlier=look.as_of < now)

    def scope_of(self, actor: Actor, measuring: Measuring, query: Query) -> Scope:
        """The scope of the board for what hangs on its key results: narrowed to them where a status was chosen."""
        if not query.filters.statuses:
            return query.scope
        return replace(query.scope, chosen=self.chosen(actor, measuring, query))

    def chosen(self, actor: Actor, measuring: Measuring, query: Query) -> sa.Select[tuple[int]]:
        """The ids of the key results that meet the query."""
        narrow = narrow_to(actor, measuring, replace(query, before=None), "")
        condition = narrow.status.in_(query.filters.statuses) if query.filters.statuses else sa.true()
        return sa.select(narrow.kr.c.id).where(narrow.in_cycles, condition)

    def _teams(self, actor: Actor, measuring: Measuring, query: Query) -> list[TeamStanding]:
        tallies = self.tallies(actor, measuring, query, "tree")
        work = self.task_shares(actor, self.chosen(actor, measuring, query), measuring.on)
        scope = query.scope
        # A team that is looked at, or is above it, would say the whole once more.
        found = [
            TeamStanding(team, tallies[team.id], *work.get(team.id, (0, 0)))
            for team in self.teams()
            if team.id in tallies and team.id not in scope.teams and team.above is not None
        ]
        if scope.teams:
            below = {ident for team_id in scope.teams for ident in self.teams_below(team_id)}
            found = [one for one in found if one.team.id in below]
        return sorted(found, key=lambda one: (one.tally.mean is None, one.tally.mean or 0.0, one.team.key))

    def _was(self, actor: Actor, query: Query, overview: Overview) -> dict[str, float | None]:
        moved = [one.standing.id for one in (*overview.up, *overview.down)]
        if not moved or query.before is None:
            return {}
        then = self.key_results_by_id(actor, query.before, moved)
        shares = {one.standing.key: one.standing.verdict.progress for one in then}
        return {key: None if share is None else measures.number(share) for key, share in shares.items()}

    def _objectives(self, actor: Actor, measuring: Measuring, query: Query) -> list[ObjectiveStanding]:
        narrow = narrow_to(actor, measuring, query, "")
        share = narrow.progress
        rows = sa.select(narrow.kr.c.objective_id, narrow.kr.c.weight, share.label("share")).where(
            narrow.in_cycles, *judged(query.filters, narrow)
        )
        base = rows.offset(0).subquery()
        clamped = sa.case((base.c.share < 0.0, 0.0), (base.c.share > 1.0, 1.0), else_=base.c.share)
        mean = sa.func.sum(clamped * base.c.weight) / sa.func.nullif(sa.func.sum(base.c.weight), 0.0)
        lowest = (
            sa.select(base.c.objective_id.label("id"), sa.func.round(mean * 1e9).label("mean"))
            .where(base.c.share.is_not(None))
            .group_by(base.c.objective_id)
            .subquery()
        )
        first = (
            sa.select(objectives.c.id, objectives.c.key, objectives.c.title)
            .join(lowest, lowest.c.id == objectives.c.id)
            .where(lowest.c.mean.is_not(None))
            .order_by(lowest.c.mean, Bytewise(objectives.c.key))
            .limit(LISTED)
        )
        with self.database.read() as connection:
            found = connection.execute(first).all()
        own = replace(query, scope=replace(query.scope, objectives=tuple(row.id for row in found)))
        tallies = self.tallies(actor, measuring, own, "objective") if found else {}
        return [ObjectiveStanding(row.key, row.title, tallies[row.id]) for row in found]

    def _confidence(
        self, actor: Actor, measuring: Measuring, scope: Scope, zone: ZoneInfo, *, wide: bool
    ) -> list[WeekOfConfidence]:
        firsts = weeks_before(measuring.on)
        begins = [start_of_day(first, zone) for first in firsts] + [measuring.as_of + timedelta(microseconds=1)]
        seen = sa.and_(measuring.plain.in_cycles, *visible_key_results(actor, measuring, scope, ()))
        parts = []
        for place, (first, last) in enumerate(pairwise(begins)):
            said = sa.select(check_ins.c.key_result_id, check_ins.c.confidence).where(
                check_ins.c.at >= first, check_ins.c.at < last
            )
            # An offset of nothing keeps the check-ins of a week from being looked up by key result.
            rows = (said.offset(0) if wide else said).subquery()
            level = rows.c.confidence
            summed = sa.select(sa.literal(place).label("place"), sa.func.sum(level), sa.func.count(level))
            joined = rows.join(key_results, key_results.c.id == rows.c.key_result_id)
            parts.append(summed.select_from(joined).where(seen))
        with self.database.read() as connection:
            found = {row[0]: (row[1], row[2]) for row in connection.execute(sa.union_all(*parts))}
        weeks = []
        for place, first_day in enumerate(firsts):
            total, count = found[place]
            weeks.append(WeekOfConfidence(first_day, float(total) / count if count else None, count))
        return weeks


def weeks_before(on: date) -> list[date]:
    """The first days of the ISO weeks that the board shows of confidence, the running one last."""
    this = week_of(on).first
    return [this - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]


def task_query(scope: Scope, which: str, on: date) -> TaskQuery:
    """The tasks that a figure of the board counts: `overdue`, `blocked`, `done` or all of the scope."""
    match which:
        case "overdue":
            return TaskQuery(scope, overdue_on=on)
        case "blocked":
            return TaskQuery(scope, statuses=(TaskStatus.BLOCKED.value,))
        case "done":
            return TaskQuery(scope, done_by=on)
        case _:
            return TaskQuery(scope)
