"""The order of the most behind over any number of key results, worked out in one pass."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from okr.access import Actor
from okr.models import Kind, key_results, objectives
from okr.store.engine import Database
from okr.store.judged import standings
from okr.store.measuring import Bytewise, Measuring
from okr.store.scope import judged, visible_objectives
from okr.store.standing import Query, Told, ground_lost, narrow_to, order_of, told

RANKED = "ranked"
COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Ranking:
    """The first key results in order, and those that have no place in it.

    `counts` says how many are ranked and completed, and how many cannot be ranked for each reason,
    a code of `okr.measure.undefined_reason`, binary or boundary. `apart` holds some of the latter.
    """

    rows: list[Told]
    counts: dict[str, int]
    apart: list[Told]

    @property
    def left_out(self) -> int:
        """How many cannot be ranked."""
        return sum(number for name, number in self.counts.items() if name not in (RANKED, COMPLETED))


@dataclass(frozen=True, slots=True)
class Movers:
    """Those that lost the most ground and those that gained the most, and how many were compared."""

    lost: list[Told]
    gained: list[Told]
    count: int


class RankingPart:
    """The store's ranking by gap."""

    database: Database

    def ranking(
        self, actor: Actor, measuring: Measuring, query: Query, *, reverse: bool, limit: int, most_apart: int
    ) -> Ranking:
        """The most behind first, or reversed the furthest ahead first; completed ones have no place."""
        narrow = narrow_to(actor, measuring, query, "gap")
        base = (
            sa.select(
                narrow.kr.c.id,
                narrow.kr.c.key,
                sa.type_coerce(sa.func.round(narrow.gap * 1e9), sa.Float).label("gap"),
                sa.type_coerce(sa.func.round(narrow.ratio * 1e9), sa.Float).label("ratio"),
                sa.type_coerce(narrow.confidence, sa.Integer).label("confidence"),
                sa.type_coerce(narrow.last_at, sa.BigInteger).label("last_at"),
                place_of(narrow).label("place"),
            )
            .where(narrow.in_cycles, *judged(query.filters, narrow))
            .cte("base")
        )
        order = [
            base.c.gap.desc(),
            base.c.ratio.asc().nulls_last(),
            base.c.confidence.asc().nulls_last(),
            base.c.last_at.asc().nulls_first(),
        ]
        if reverse:
            order = [
                base.c.gap.asc(),
                base.c.ratio.desc().nulls_last(),
                base.c.confidence.desc().nulls_last(),
                base.c.last_at.desc().nulls_last(),
            ]
        order.append(Bytewise(base.c.key).asc())
        columns = [base.c.id, base.c.key, base.c.gap, base.c.ratio, base.c.confidence, base.c.last_at]
        nothing = [sa.cast(sa.null(), column.type).label(column.name) for column in columns[1:]]
        top = sa.select(sa.literal("").label("part"), *columns)
        top = top.where(base.c.place == RANKED).order_by(*order).limit(limit)
        unranked = base.c.place.not_in((RANKED, COMPLETED))
        apart = sa.select(sa.literal("apart").label("part"), *columns).where(unranked).limit(most_apart)
        counts = sa.select(base.c.place.label("part"), sa.func.count().label("id"), *nothing).group_by(base.c.place)
        parts = sa.union_all(*(sa.select(part.subquery()) for part in (top, apart, counts)))
        with self.database.read() as connection:
            found = connection.execute(parts).all()
            first = sorted((row for row in found if row.part == ""), key=lambda row: _order(row, reverse))
            beside = sorted((row for row in found if row.part == "apart"), key=lambda row: str(row.key))
            ids = [row.id for row in (*first, *beside)]
            by_id = {one.id: one for one in standings(connection, measuring, key_results.c.id.in_(ids))}
            rows = told(connection, [by_id[row.id] for row in first])
            left = told(connection, [by_id[row.id] for row in beside])
        return Ranking(rows, {row.part: row.id for row in found if row.part not in ("", "apart")}, left)

    def movers(self, actor: Actor, measuring: Measuring, query: Query, *, limit: int) -> Movers:
        """Who lost and who gained the most ground since `query.before`."""
        narrow = narrow_to(actor, measuring, query, "change")
        _, needs = order_of("change", narrow, False)
        where = [*judged(query.filters, narrow), *needs]
        base = sa.select(narrow.kr.c.id, narrow.kr.c.key, ground_lost(narrow).label("lost"))
        ground = base.where(narrow.in_cycles, *where).cte("ground")
        key = Bytewise(ground.c.key).asc()
        columns = [ground.c.id, ground.c.key, ground.c.lost]
        ends = [
            sa.select(sa.literal(part).label("part"), *columns).order_by(order, key).limit(limit)
            for part, order in (("lost", ground.c.lost.desc()), ("gained", ground.c.lost.asc()))
        ]
        number = sa.select(
            sa.literal("count").label("part"), sa.func.count().label("id"),
            sa.cast(sa.null(), sa.String).label("key"), sa.cast(sa.null(), sa.Float).label("lost"),
        ).select_from(ground)  # fmt: skip
        parts = sa.union_all(*(sa.select(part.subquery()) for part in (*ends, number)))
        with self.database.read() as connection:
            found = connection.execute(parts).all()
            count = next(row.id for row in found if row.part == "count")
            lost = sorted((row for row in found if row.part == "lost"), key=lambda row: (-row.lost, row.key))
            gained = sorted((row for row in found if row.part == "gained"), key=lambda row: (row.lost, row.key))
            ids = [row.id for row in (*lost, *gained)]
            by_id = {one.id: one for one in standings(connection, measuring, key_results.c.id.in_(ids))}
            return Movers(
                told(connection, [by_id[row.id] for row in lost]),
                told(connection, [by_id[row.id] for row in gained]),
                count,
            )

    def objectives_in_order(
        self, actor: Actor, measuring: Measuring, query: Query, *, by: str, reverse: bool, limit: int
    ) -> tuple[list[int], int]:
        """The ids of the objectives furthest behind (`by` gap) or furthest along (progress), and how many have a place.

        Progress is the mean by weight of an objective's own active key results. People in the scope are
        the objectives' owners.
        """
        scope = replace(query.scope, people=())
        narrow = narrow_to(actor, measuring, Query(scope, earlier=query.earlier), "")
        where = visible_objectives(
            actor, tuple(measuring.cycles), query.scope, query.filters.states, restricted=query.filters.restricted
        )
        rows = sa.select(
            narrow.kr.c.objective_id.label("id"),
            narrow.clamped.label("share"),
            narrow.kr.c.weight.label("weight"),
            narrow.expected.label("expected"),
        ).where(narrow.in_cycles, narrow.progress.is_not(None))
        if not query.scope.is_company or query.filters.states or query.filters.restricted or not actor.is_admin:
            rows = rows.where(narrow.kr.c.objective_id.in_(sa.select(objectives.c.id).where(*where)))
        base = rows.offset(0).subquery("base")
        mean = sa.func.sum(base.c.share * base.c.weight) / sa.func.nullif(sa.func.sum(base.c.weight), 0.0)
        size = mean if by == "progress" else sa.func.min(base.c.expected) - mean
        means = sa.select(base.c.id, sa.func.round(size * 1e9).label("size")).group_by(base.c.id).subquery("means")
        order = means.c.size.asc() if reverse else means.c.size.desc()
        placed = (
            sa.select(means.c.id, sa.func.count().over().label("number"))
            .join(objectives, objectives.c.id == means.c.id)
            .where(means.c.size.is_not(None), objectives.c.state != "postponed")
            .order_by(order, Bytewise(objectives.c.key).asc())
            .limit(limit)
        )
        with self.database.read() as connection:
            found = connection.execute(placed).all()
        return [row.id for row in found], found[0].number if found else 0


def _order(row: Any, reverse: bool) -> tuple[Any, ...]:
    if reverse:
        # The ties of the most behind the other way round: of two equally far ahead the surer one is first.
        return (
            row.gap,
            row.ratio is None,
            -(row.ratio or 0),
            row.confidence is None,
            -(row.confidence or 0),
            row.last_at is None,
            -(row.last_at or 0),
            row.key,
        )
    return (
        -row.gap,
        row.ratio is None,
        row.ratio or 0,
        row.confidence is None,
        row.confidence or 0,
        row.last_at is not None,
        row.last_at or 0,
        row.key,
    )


def place_of(m: Measuring) -> sa.ColumnElement[str]:
    """Ranked, completed, or the reason why there is no gap; as `okr.measure` says it."""
    kr = m.kr.c
    return sa.case(
        (m.progress >= 1.0, COMPLETED),
        (m.gap.is_not(None), RANKED),
        (kr.kind == Kind.MILESTONES.value, "no_milestones"),
        (m.value.is_(None), "no_value"),
        (kr.kind == Kind.BOUNDARY.value, "boundary"),
        (kr.kind == Kind.BINARY.value, "binary"),
        (kr.baseline.is_(None), "no_baseline"),
        (kr.target.is_(None), "no_target"),
        else_="baseline_equals_target",
    )
