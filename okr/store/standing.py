"""Questions about key results: which ones, in what order, how many, and how far along a scope is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, sees_key_result
from okr.health import WORST_FIRST, Status
from okr.language.frames import Filters
from okr.models import check_ins, cycles, key_results, kpis, objectives, people, team_paths, teams
from okr.store.directory import Cycle
from okr.store.engine import Database
from okr.store.judged import Standing, settled_at, standings
from okr.store.measuring import Bytewise, Measuring
from okr.store.scope import Condition, Scope, facts, judged, looked_at, visible_key_results
from okr.store.upkeep import chunks

NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Told:
    """One key result as it stood, with the public names of what hangs on it.

    `objective`, `team`, `cycle` and `kpi` are keys, `owner` is an e-mail; `check_in` is the key of
    the latest check-in and `value_check_in` of the one that gave the value (None where a KPI's
    point did, or nothing has). `restricted` means that not everybody sees it.
    """

    standing: Standing
    objective: str
    objective_title: str
    owner: str
    owner_name: str
    team: str
    team_name: str
    cycle: str
    kpi: str | None
    check_in: str | None
    value_check_in: str | None
    restricted: bool


@dataclass(frozen=True, slots=True)
class Query:
    """What a question about key results narrows by, and where a movement starts.

    `before` is the earlier moment of a movement; `stretch` is the time in which check-ins count;
    `earlier` says that records newer than the moment asked about may exist (it changes the speed alone). `measured`
    keeps those with a defined progress, or with False those without.
    """

    scope: Scope = field(default_factory=Scope)
    filters: Filters = NO_FILTERS
    before: Measuring | None = None
    stretch: tuple[datetime, datetime] | None = None
    earlier: bool = False
    measured: bool | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How far along a scope is: mean progress, how many had one, how many not, and how many stand where.

    `mean` is None where nothing is defined. `statuses` holds only those that occur.
    """

    mean: float | None
    counted: int
    left_out: int
    statuses: dict[str, int]

    @property
    def total(self) -> int:
        """How many key results there are in all."""
        return self.counted + self.left_out

    @property
    def worst(self) -> str | None:
        """The status of the worst one; None of none."""
        return next((status.value for status in WORST_FIRST if self.statuses.get(status.value)), None)


class StandingPart:
    """The store's questions about key results."""

    database: Database

    def settled_at(self, as_of: datetime) -> bool:
        """Whether nothing recorded of key results is dated after the moment, which makes questions about it quick."""
        with self.database.read() as connection:
            return settled_at(connection, as_of)

    def key_results(
        self,
        actor: Actor,
        measuring: Measuring,
        query: Query,
        *,
        by: str = "",
        reverse: bool = False,
        limit: int = 200,
        offset: int = 0,
    ) -> list[Told]:
        """The key results that meet the query, in order of `by`; see `order_of` for the orders there are."""
        narrow = narrow_to(actor, measuring, query, by)
        if by == "status" and len(query.filters.statuses) == 1:
            by = "gap_or_none"
        keys, needs = order_of(by, narrow, reverse)
        where = judged(query.filters, narrow)
        with self.database.read() as connection:
            found = standings(connection, narrow, *where, *needs, order_by=keys, limit=limit, offset=offset)
            return told(connection, found)

    def key_results_by_id(self, actor: Actor, measuring: Measuring, ids: Sequence[int]) -> list[Told]:
        """Those of these key results that the person sees and that belong to the measured cycles, by id."""
        with self.database.read() as connection:
            found: list[Standing] = []
            for part in chunks(ids):
                found += standings(connection, measuring, sees_key_result(actor), key_results.c.id.in_(part))
            return told(connection, found)

    def count_key_results(self, actor: Actor, measuring: Measuring, query: Query, *, by: str = "") -> int:
        """How many key results meet the query, and can be put in order of `by` if one is given."""
        narrow = narrow_to(actor, measuring, query, by)
        _, needs = order_of(by, narrow, False)
        counted = sa.select(sa.func.count()).select_from(narrow.kr)
        with self.database.read() as connection:
            return connection.execute(
                counted.where(narrow.in_cycles, *judged(query.filters, narrow), *needs)
            ).scalar_one()

    def mean_confidence(self, actor: Actor, measuring: Measuring, query: Query) -> tuple[float | None, int]:
        """The mean of the owners' latest confidence, and over how many that said one."""
        narrow = narrow_to(actor, measuring, query, "confidence")
        each = sa.select(sa.type_coerce(narrow.confidence, sa.Integer).label("said"))
        said = each.where(narrow.in_cycles, *judged(query.filters, narrow)).subquery()
        with self.database.read() as connection:
            row = connection.execute(sa.select(sa.func.sum(said.c.said), sa.func.count(said.c.said))).one()
        return (float(row[0]) / row[1] if row[1] else None), row[1]

    def mean_confidences(
        self, actor: Actor, measuring: Measuring, query: Query, by: str
    ) -> dict[int, tuple[float, int]]:
        """The same for each `person` (owner), or each team with those below it (`tree`), by internal id.

        Whose owners said none are not there.
        """
        narrow = narrow_to(actor, measuring, query, "confidence")
        part = narrow.kr.c["owner_id" if by == "person" else "team_id"]
        each = sa.select(part.label("part"), sa.type_coerce(narrow.confidence, sa.Integer).label("said"))
        said = each.where(narrow.in_cycles, *judged(query.filters, narrow)).subquery()
        summed = sa.select(said.c.part, sa.func.sum(said.c.said), sa.func.count(said.c.said)).group_by(said.c.part)
        with self.database.read() as connection:
            own = {row[0]: (float(row[1] or 0), row[2]) for row in connection.execute(summed)}
            sums = own
            if by == "tree":
                sums = {}
                for above, team in connection.execute(sa.select(team_paths.c.above_id, team_paths.c.team_id)):
                    if team in own:
                        before = sums.get(above, (0.0, 0))
                        sums[above] = (before[0] + own[team][0], before[1] + own[team][1])
        return {ident: (total / count, count) for ident, (total, count) in sums.items() if count}

    def tally(self, actor: Actor, measuring: Measuring, query: Query) -> Tally:
        """Mean progress by weight and the counts by status of the key results that meet the query."""
        return self._tallies(actor, measuring, query, None).get(None, Tally(None, 0, 0, {}))

    def tally_and_worst(
        self, actor: Actor, measuring: Measuring, query: Query, *, limit: int, statuses: Sequence[str] = ()
    ) -> tuple[Tally, list[Told]]:
        """The tally and, from the same pass over the records, the first of them in order of `status`.

        `statuses` narrows those that are told, not those that are counted.
        """
        narrow = narrow_to(actor, measuring, query, "status")
        rows = sa.select(
            narrow.kr.c.id,
            narrow.kr.c.key,
            narrow.kr.c.weight,
            narrow.status.label("status"),
            narrow.progress.label("progress"),
            sa.type_coerce(sa.func.round(narrow.gap * 1e9), sa.Float).label("gap"),
        ).where(narrow.in_cycles, *judged(query.filters, narrow))
        base = rows.offset(0).cte("base")
        # Groups would have to be sorted first; a sum for each status needs no order.
        sums: list[sa.ColumnElement[Any]] = [
            sa.func.sum(sa.case((base.c.status == status.value, 1), else_=0)).label(status.value)
            for status in WORST_FIRST
        ]
        sums += [each.label(name) for name, each in _sums(base.c).items()]
        worst = {status.value: place for place, status in enumerate(WORST_FIRST)}
        place = sa.case(worst, value=base.c.status)
        first = sa.select(base.c.id, base.c.key, base.c.gap, place.label("place"))
        if statuses:
            first = first.where(base.c.status.in_(statuses))
        first = first.order_by(place, base.c.gap.desc().nulls_last(), Bytewise(base.c.key), base.c.id).limit(limit)
        rows_told = first.subquery()
        parts = sa.union_all(
            sa.select(*(_no(column) for column in rows_told.c), *sums).select_from(base),
            sa.select(rows_told, *(_no(column) for column in sums)),
        )
        with self.database.read() as connection:
            found = connection.execute(parts).all()
            total = next(row for row in found if row.id is None)
            chosen = sorted((row for row in found if row.id is not None), key=_worst_first)
            by_id = {
                one.id: one
                for part in chunks([row.id for row in chosen])
                for one in standings(connection, measuring, key_results.c.id.in_(part))
            }
            names = told(connection, [by_id[row.id] for row in chosen])
        counts = {status.value: total._mapping[status.value] or 0 for status in WORST_FIRST}
        mean = round(total.weighted / total.weights, 12) if total.weights else None
        left_out = sum(counts.values()) - total.counted
        occurring = {name: counts[name] for name in sorted(counts) if counts[name]}
        return Tally(mean, total.counted, left_out, occurring), names

    def tallies(self, actor: Actor, measuring: Measuring, query: Query, by: str) -> dict[int, Tally]:
        """The same for each `team`, `objective` or `person` (owner) by internal id.

        A `team` is counted without those below it, a `tree` is a team with them.
        """
        column = {"team": "team_id", "tree": "team_id", "objective": "objective_id", "person": "owner_id"}[by]
        found = self._tallies(actor, measuring, query, column, trees=by == "tree")
        return {ident: tally for ident, tally in found.items() if ident}

    def tallies_of(self, actor: Actor, measuring: Measuring, objective_ids: Sequence[int]) -> dict[int, Tally]:
        """The same for a few objectives, in a query that is quickly put together with a measuring in use already."""
        kr = measuring.kr.c
        rows = sa.select(
            kr.objective_id.label("part"),
            measuring.status.label("status"),
            measuring.progress.label("progress"),
            kr.weight.label("weight"),
        ).where(
            measuring.in_cycles,
            *visible_key_results(actor, measuring, Scope(objectives=tuple(objective_ids)), NO_FILTERS.states),
        )
        return {ident: tally for ident, tally in self._summed(rows).items() if ident}

    def _tallies(
        self, actor: Actor, measuring: Measuring, query: Query, column: str | None, *, trees: bool = False
    ) -> dict[int | None, Tally]:
        narrow = narrow_to(actor, measuring, query, "")
        group = sa.null() if column is None else narrow.kr.c[column]
        rows = sa.select(
            group.label("part"),
            narrow.status.label("status"),
            narrow.progress.label("progress"),
            narrow.kr.c.weight.label("weight"),
        ).where(narrow.in_cycles, *judged(query.filters, narrow))
        return self._summed(rows, trees=trees)

    def _summed(self, rows: sa.Select[Any], *, trees: bool = False) -> dict[int | None, Tally]:
        # An offset of nothing keeps the databases from working a share out again for every use of it.
        base = rows.offset(0).subquery("base")
        summed = sa.select(
            base.c.part,
            base.c.status,
            sa.func.count().label("number"),
            *(each.label(name) for name, each in _sums(base.c).items()),
        ).group_by(base.c.part, base.c.status)
        parts: dict[int | None, list[Any]] = {}
        with self.database.read() as connection:
            for row in connection.execute(summed):
                parts.setdefault(row.part, []).append(row)
            if trees:
                # A few sums for each team are put together quicker here than all rows by a join.
                own, parts = parts, {}
                for above, team in connection.execute(sa.select(team_paths.c.above_id, team_paths.c.team_id)):
                    if team in own:
                        parts.setdefault(above, []).extend(own[team])
        return {part: _tally(rows) for part, rows in parts.items()}

    def count_by_owner(self, actor: Actor, measuring: Measuring, query: Query) -> dict[int, int]:
        """How many of the key results that meet the query each person owns, by internal id."""
        narrow = narrow_to(actor, measuring, query, "")
        column = narrow.kr.c.owner_id
        counted = sa.select(column, sa.func.count()).where(narrow.in_cycles, *judged(query.filters, narrow))
        with self.database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(counted.group_by(column))}

    def keys_by_owner(
        self, actor: Actor, measuring: Measuring, query: Query, owner_ids: Sequence[int]
    ) -> dict[int, list[str]]:
        """The keys of those of them that these people own, by internal id of the owner."""
        own = replace(query, scope=replace(query.scope, people=tuple(owner_ids)))
        narrow = narrow_to(actor, measuring, own, "")
        chosen = sa.select(narrow.kr.c.owner_id, narrow.kr.c.key).where(
            narrow.in_cycles, *judged(query.filters, narrow)
        )
        found: dict[int, list[str]] = {}
        with self.database.read() as connection:
            for row in connection.execute(chosen.order_by(Bytewise(narrow.kr.c.key))):
                found.setdefault(row[0], []).append(row[1])
        return found

    def record_cycle(self, actor: Actor, key_result_ids: Sequence[int]) -> list[Cycle]:
        """The cycles that these key results belong to, as far as the person sees them."""
        chosen = sa.select(key_results.c.cycle_id).where(key_results.c.id.in_(key_result_ids), sees_key_result(actor))
        query = sa.select(cycles).where(cycles.c.id.in_(chosen)).order_by(cycles.c.start, cycles.c.id)
        with self.database.read() as connection:
            found = connection.execute(query).all()
        return [Cycle(row.id, row.key, row.name, row.start, row.end, row.state) for row in found]


def narrow_to(actor: Actor, measuring: Measuring, query: Query, by: str) -> Measuring:
    """The definitions over what the person sees of the query, with what that order looks at."""
    where = [
        *visible_key_results(actor, measuring, query.scope, query.filters.states),
        *facts(query.filters, query.stretch),
    ]
    if query.measured is not None:
        progress = measuring.plain.progress
        where.append(progress.is_not(None) if query.measured else progress.is_(None))
    keep = looked_at(query.filters)
    if by in ("gap", "confidence"):
        keep |= {"confidence", "last_at"}
    elif by == "age":
        keep.add("last_at")
    held: dict[str, sa.ColumnElement[Any]] = {}
    before = query.before if by == "change" or query.filters.moved else None
    if by == "score":
        # A hair above the half, because the two databases round a half each its own way.
        derived = sa.func.round(measuring.clamped * 10.0 + 1e-9) / 10.0
        held["score"] = sa.func.coalesce(key_results.c.score, derived)
    return measuring.among(*where, earlier=query.earlier, keep=sorted(keep), bare=not keep, before=before, **held)


def _sums(rows: Any) -> dict[str, sa.ColumnElement[Any]]:
    """What a mean is made of, over rows with a progress and a weight."""
    clamped = sa.case((rows.progress < 0.0, 0.0), (rows.progress > 1.0, 1.0), else_=rows.progress)
    return {
        "counted": sa.func.count(rows.progress),
        "weights": sa.func.sum(sa.case((rows.progress.is_not(None), rows.weight))),
        "weighted": sa.func.sum(clamped * rows.weight),
    }


def _no(column: Any) -> sa.ColumnElement[Any]:
    return sa.cast(sa.null(), column.type).label(column.name)


def _worst_first(row: Any) -> tuple[Any, ...]:
    return (row.place, row.gap is None, -(row.gap or 0.0), row.key)


def _tally(rows: Sequence[Any]) -> Tally:
    weights = sum(row.weights or 0.0 for row in rows)
    weighted = sum(row.weighted or 0.0 for row in rows)
    counted = sum(row.counted for row in rows)
    number = sum(row.number for row in rows)
    mean = round(weighted / weights, 12) if weights else None
    statuses: dict[str, int] = {}
    for row in rows:
        # The teams of a tree have a row for each status each.
        name = Status(row.status).value
        statuses[name] = statuses.get(name, 0) + row.number
    return Tally(mean, counted, number - counted, statuses)


def order_of(by: str, measuring: Measuring, reverse: bool) -> tuple[list[sa.ColumnElement[Any]], list[Condition]]:
    """The keys to sort by, and what a key result must have to stand in that order.

    gap: the most behind first, by the contract's rule. progress, value, confidence, score, weight:
    the largest first. age: the oldest check-in first. change: the most ground lost first, progress
    held against what was expected to be added since the earlier moment. status: the worst first. Reversed,
    each the other way round. Without an order they stand by their keys.
    """
    by_key = Bytewise(measuring.kr.c.key).asc()
    # In a closed cycle as in the one in force: whether it is worked on is the scope's business.
    rankable = [measuring.gap.is_not(None), measuring.progress < 1.0]
    if not by:
        return [by_key], []
    if by == "gap":
        if reverse:
            return [sa.func.round(measuring.gap * 1e9).asc(), by_key], rankable
        return measuring.most_behind(), rankable
    if by == "gap_or_none":
        return [sa.func.round(measuring.gap * 1e9).desc().nulls_last(), by_key], []
    if by == "status":
        rank = sa.case({status.value: place for place, status in enumerate(WORST_FIRST)}, value=measuring.status)
        worst = [rank.desc() if reverse else rank.asc(), sa.func.round(measuring.gap * 1e9).desc().nulls_last()]
        return [*worst, by_key], []
    if by == "change":
        lost, was = ground_lost(measuring), measuring.held["was"]
        return [lost.asc() if reverse else lost.desc(), by_key], [measuring.progress.is_not(None), was.is_not(None)]
    # One is asked for at a time: where the order needs no check-in, the rows come without what concerns it.
    orders: dict[str, Callable[[], sa.ColumnElement[Any]]] = {
        "progress": lambda: sa.func.round(measuring.progress * 1e9),
        "value": lambda: measuring.value,
        "confidence": lambda: measuring.confidence,
        "weight": lambda: measuring.kr.c.weight,
        "age": lambda: measuring.last_at,
        "score": lambda: measuring.held.get("score", sa.null()),
    }
    column = orders[by]()
    upwards = reverse != (by == "age")
    return [column.asc() if upwards else column.desc(), by_key], [column.is_not(None)]


def ground_lost(measuring: Measuring) -> sa.ColumnElement[Any]:
    """Progress added since the earlier moment held against what was expected to be added, in billionths."""
    was, was_expected = measuring.held["was"], measuring.held["was_expected"]
    added = sa.case((measuring.gap.is_not(None), measuring.expected - was_expected), else_=0.0)
    return sa.func.round((added - (measuring.progress - was)) * 1e9, type_=sa.Float())


def told(connection: Connection, found: Sequence[Standing]) -> list[Told]:
    """The standings with the public names of what hangs on them, in the same order."""
    if not found:
        return []
    names: dict[int, Any] = {}
    query = (
        sa.select(
            key_results.c.id,
            key_results.c.open,
            objectives.c.key.label("objective"),
            objectives.c.title.label("objective_title"),
            people.c.email,
            people.c.name,
            teams.c.key.label("team"),
            teams.c.name.label("team_name"),
            cycles.c.key.label("cycle"),
            kpis.c.key.label("kpi"),
        )
        .join(objectives, objectives.c.id == key_results.c.objective_id)
        .join(people, people.c.id == key_results.c.owner_id)
        .join(teams, teams.c.id == key_results.c.team_id)
        .join(cycles, cycles.c.id == key_results.c.cycle_id)
        .outerjoin(kpis, kpis.c.id == key_results.c.kpi_id)
    )
    wanted: set[int] = set()
    for part in chunks([one.id for one in found]):
        names.update({row.id: row for row in connection.execute(query.where(key_results.c.id.in_(part)))})
    for one in found:
        wanted |= {ident for ident in (one.last_check_in_id, one.value_check_in_id) if ident is not None}
    keys: dict[int | None, str] = {}
    for part in chunks(wanted):
        chosen = sa.select(check_ins.c.id, check_ins.c.key).where(check_ins.c.id.in_(part))
        keys.update({row.id: row.key for row in connection.execute(chosen)})
    return [
        Told(
            standing=one,
            objective=names[one.id].objective,
            objective_title=names[one.id].objective_title,
            owner=names[one.id].email,
            owner_name=names[one.id].name,
            team=names[one.id].team,
            team_name=names[one.id].team_name,
            cycle=names[one.id].cycle,
            kpi=names[one.id].kpi,
            check_in=keys.get(one.last_check_in_id),
            value_check_in=keys.get(one.value_check_in_id),
            restricted=not names[one.id].open,
        )
        for one in found
    ]
