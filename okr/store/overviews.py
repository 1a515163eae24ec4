"""Everything that stands out in a scope, from a single pass over its key results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from okr.access import Actor
from okr.health import WORST_FIRST, Freshness, Status
from okr.models import check_ins, key_results
from okr.store.engine import Database
from okr.store.judged import standings
from okr.store.measuring import Bytewise, Measuring
from okr.store.ranking import place_of
from okr.store.scope import judged, visible_key_results
from okr.store.standing import Query, Tally, Told, told

# What is told, in the order of its column `place`: the smaller comes first, then the key.
PARTS = ("off_track", "at_risk", "watermelons", "up", "down", "stale", "never", "blocked")
# A share nearer to another than this has not moved.
_STILL = 5e-10


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A key result that has no progress or was never checked in on: its key, why it has no progress, and whether never.

    `why` is empty where progress is defined, else a code of `okr.measure.undefined_reason`, binary or boundary.
    """

    key: str
    why: str
    never: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """How a scope stands, how it stood before, and who stands out in it.

    `off_track`, `at_risk`, `watermelons` and `blocked` (the worst status first) come by gap, the largest first; `up`
    and `down` by the change of progress since the moment before; `stale` by age, the oldest first; `never` and
    `unmeasured` by key. What ends in `_count` is of all, however few are told.
    """

    tally: Tally
    before: Tally
    stale_count: int
    never_count: int
    watermelon_count: int
    up_count: int
    down_count: int
    off_track: list[Told]
    at_risk: list[Told]
    watermelons: list[Told]
    up: list[Told]
    down: list[Told]
    stale: list[Told]
    never: list[Told]
    blocked: list[Told]
    unmeasured: list[Unmeasured]


class OverviewsPart:
    """The store's view of a whole scope."""

    database: Database

    def overview(
        self, actor: Actor, measuring: Measuring, query: Query, *, limit: int, most_unmeasured: int
    ) -> Overview:
        """The overview of the query's scope; `query.before` is the moment that changes count from."""
        base = _base(actor, measuring, query)
        c = base.c
        size = sa.func.round((c.progress - c.was) * 1e9, type_=sa.Float())
        rank = sa.case({status.value: place for place, status in enumerate(WORST_FIRST)}, value=c.status)
        by_gap = sa.func.coalesce(-c.gap, 1e12)
        chosen: dict[str, tuple[Any, Any]] = {
            "off_track": (c.status == Status.OFF_TRACK.value, by_gap),
            "at_risk": (c.status == Status.AT_RISK.value, by_gap),
            "watermelons": (
                sa.and_(c.status == Status.OFF_TRACK.value, c.reported == Status.ON_TRACK.value),
                by_gap,
            ),
            "up": (c.progress - c.was > _STILL, -size),
            "down": (c.progress - c.was < -_STILL, size),
            "stale": (c.freshness == Freshness.STALE.value, sa.cast(c.last_at, sa.Float)),
            "never": (c.freshness == Freshness.NEVER.value, sa.literal(0.0, sa.Float)),
            "blocked": (c.blocked == 1, rank * 1e13 + by_gap),
        }
        parts = [
            _rows(name, c.id, c.key, order).where(where).order_by(order, Bytewise(c.key)).limit(limit)
            for name, (where, order) in chosen.items()
        ]
        lacking = sa.or_(c.progress.is_(None), c.freshness == Freshness.NEVER.value)
        never = sa.case((c.freshness == Freshness.NEVER.value, 1.0), else_=0.0)
        parts.append(
            _rows("unmeasured", c.id, c.key, never, c.why)
            .where(lacking)
            .order_by(Bytewise(c.key))
            .limit(most_unmeasured)
        )
        numbers = _sums(c) | {
            name: sa.func.sum(sa.case((chosen[name][0], 1), else_=0)) for name in ("watermelons", "up", "down")
        }
        sums = sa.select(*(each.label(name) for name, each in numbers.items())).select_from(base)
        with self.database.read() as connection:
            # Both from one statement, so that the rows are worked out once.
            found = connection.execute(_with_sums(parts, sums)).all()
            total = next(row for row in found if row.part == "sums")
            by_part: dict[str, list[Any]] = {}
            for row in sorted((row for row in found if row.part != "sums"), key=lambda row: (row.place, row.key)):
                by_part.setdefault(row.part, []).append(row)
            ids = {row.id for name in PARTS for row in by_part.get(name, ())}
            by_id = {one.id: one for one in standings(connection, measuring, key_results.c.id.in_(ids))} if ids else {}
            names = {one.standing.id: one for one in told(connection, list(by_id.values()))}
        lists: dict[str, list[Told]] = {name: [names[row.id] for row in by_part.get(name, ())] for name in PARTS}
        lacking_rows = sorted(by_part.get("unmeasured", ()), key=lambda row: str(row.key))
        return Overview(
            tally=_tally(total, ""),
            before=_tally(total, "was_"),
            stale_count=total.stale or 0,
            never_count=total.never or 0,
            watermelon_count=total.watermelons or 0,
            up_count=total.up or 0,
            down_count=total.down or 0,
            unmeasured=[Unmeasured(row.key, row.why, row.place == 1.0) for row in lacking_rows],
            **lists,
        )


def _base(actor: Actor, measuring: Measuring, query: Query) -> sa.CTE:
    where = visible_key_results(actor, measuring, query.scope, query.filters.states)
    narrow = measuring.among(
        *where, earlier=query.earlier, keep=["last_at", "last_check_in_id", "reported"], before=query.before
    )
    blocking = sa.select(check_ins.c.id).where(check_ins.c.id == narrow.last_check_in_id, check_ins.c.blockers != "")
    rows = sa.select(
        narrow.kr.c.id,
        narrow.kr.c.key,
        narrow.kr.c.weight,
        narrow.status.label("status"),
        narrow.progress.label("progress"),
        narrow.held["was"].label("was"),
        sa.type_coerce(sa.func.round(narrow.gap * 1e9), sa.Float).label("gap"),
        narrow.reported.label("reported"),
        sa.type_coerce(narrow.last_at, sa.BigInteger).label("last_at"),
        narrow.freshness.label("freshness"),
        sa.case((narrow.progress.is_not(None), ""), else_=place_of(narrow)).label("why"),
        sa.case((blocking.correlate(narrow.kr).exists(), 1), else_=0).label("blocked"),
    ).where(narrow.in_cycles, *judged(query.filters, narrow))
    return rows.offset(0).cte("base")


def _rows(part: str, ident: Any, key: Any, place: Any, why: Any = None) -> sa.Select[Any]:
    return sa.select(
        sa.literal(part, sa.String).label("part"),
        ident.label("id"),
        key.label("key"),
        sa.type_coerce(place, sa.Float).label("place"),
        (sa.cast(sa.null(), sa.String) if why is None else why).label("why"),
    )


def _sums(c: Any) -> dict[str, sa.ColumnElement[Any]]:
    found: dict[str, sa.ColumnElement[Any]] = {
        status.value: sa.func.sum(sa.case((c.status == status.value, 1), else_=0)) for status in WORST_FIRST
    }
    for name, share in (("", c.progress), ("was_", c.was)):
        clamped = sa.case((share < 0.0, 0.0), (share > 1.0, 1.0), else_=share)
        found[f"{name}counted"] = sa.func.count(share)
        found[f"{name}weights"] = sa.func.sum(sa.case((share.is_not(None), c.weight)))
        found[f"{name}weighted"] = sa.func.sum(clamped * c.weight)
    for freshness in (Freshness.STALE, Freshness.NEVER):
        found[freshness.value] = sa.func.sum(sa.case((c.freshness == freshness.value, 1), else_=0))
    found["every"] = sa.func.count()
    return found


def _with_sums(parts: Sequence[sa.Select[Any]], sums: sa.Select[Any]) -> sa.CompoundSelect[Any]:
    told_parts = [part.subquery() for part in parts]
    row = sums.subquery()
    nothing = [sa.cast(sa.null(), column.type).label(column.name) for column in row.c]
    whole = [sa.select(part, *nothing) for part in told_parts]
    empty = [
        sa.literal("sums", sa.String).label("part"),
        *(sa.cast(sa.null(), column.type).label(column.name) for column in list(told_parts[0].c)[1:]),
    ]
    return sa.union_all(*whole, sa.select(*empty, *row.c))


def _tally(total: Any, prefix: str) -> Tally:
    figures = total._mapping
    weights, weighted = figures[f"{prefix}weights"], figures[f"{prefix}weighted"]
    counted = figures[f"{prefix}counted"] or 0
    mean = round(weighted / weights, 12) if weights else None
    counts = {} if prefix else {status.value: figures[status.value] for status in WORST_FIRST if figures[status.value]}
    return Tally(mean, counted, (figures["every"] or 0) - counted, dict(sorted(counts.items())))
