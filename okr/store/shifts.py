"""Whose status is another one than at an earlier moment, and who keeps losing confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

import sqlalchemy as sa

from okr.access import Actor
from okr.calendar import day_of, start_of_day, week_of
from okr.health import WORST_FIRST
from okr.models import check_ins
from okr.store.engine import Database
from okr.store.measuring import Bytewise, Measuring
from okr.store.scope import judged
from okr.store.standing import Query, narrow_to


@dataclass(frozen=True, slots=True)
class Shift:
    """A key result whose status changed: its internal id, its key, the status before and the one now."""

    id: int
    key: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Fall:
    """A key result whose confidence fell week after week.

    `check_ins` are those that say so, oldest first, each as (internal id, key, confidence).
    """

    id: int
    check_ins: tuple[tuple[int, str, int], ...]


class ShiftsPart:
    """The store's questions about what became better or worse."""

    database: Database

    def shifts(self, actor: Actor, measuring: Measuring, query: Query, *, limit: int) -> list[Shift]:
        """The key results of the query whose status differs from that at `query.before`, the worst now first."""
        narrow = narrow_to(actor, measuring, query, "change")
        rows = (
            sa.select(
                narrow.kr.c.id,
                narrow.kr.c.key,
                narrow.held["was_status"].label("was"),
                narrow.status.label("now"),
            )
            .where(narrow.in_cycles, *judged(query.filters, narrow))
            .offset(0)
            .subquery()
        )
        place = sa.case({status.value: rank for rank, status in enumerate(WORST_FIRST)}, value=rows.c.now)
        chosen = sa.select(rows).where(rows.c.was != rows.c.now).order_by(place, Bytewise(rows.c.key)).limit(limit)
        with self.database.read() as connection:
            return [Shift(*row) for row in connection.execute(chosen)]

    def falls(self, actor: Actor, measuring: Measuring, query: Query, *, weeks: int, limit: int) -> list[Fall]:
        """Those whose confidence fell in each of the last so many weeks, the lowest confidence first, then by key.

        A week counts by its last word on confidence; the latest week may be the running one or the one before.
        """
        falling = replace(query, filters=replace(query.filters, confidence_falling=True))
        narrow = narrow_to(actor, measuring, falling, "confidence")
        this_week = week_of(measuring.on).first
        first = start_of_day(this_week - timedelta(weeks=weeks + 1), measuring.zone)
        chosen = (
            sa.select(narrow.kr.c.id)
            .where(narrow.in_cycles, *judged(falling.filters, narrow))
            .order_by(sa.type_coerce(narrow.confidence, sa.Integer), Bytewise(narrow.kr.c.key))
        )
        with self.database.read() as connection:
            ids = list(connection.execute(chosen.limit(20 * limit)).scalars())
            said: dict[int, dict[date, tuple[int, str, int]]] = {}
            written = (
                sa.select(
                    check_ins.c.key_result_id, check_ins.c.at, check_ins.c.id, check_ins.c.key, check_ins.c.confidence
                )
                .where(
                    check_ins.c.key_result_id.in_(ids),
                    check_ins.c.at >= first,
                    check_ins.c.at <= measuring.as_of,
                    check_ins.c.confidence.is_not(None),
                )
                .order_by(check_ins.c.at, check_ins.c.id)
            )
            for ident, at, *entry in connection.execute(written):
                week = week_of(day_of(at, measuring.zone)).first
                said.setdefault(ident, {})[week] = (entry[0], entry[1], entry[2])
        found = (Fall(ident, _run(said.get(ident, {}), weeks, this_week)) for ident in ids)
        return [fall for fall in found if fall.check_ins][:limit]


def _run(by_week: dict[date, tuple[int, str, int]], weeks: int, this_week: date) -> tuple[tuple[int, str, int], ...]:
    last = this_week if this_week in by_week else this_week - timedelta(weeks=1)
    run: Sequence[tuple[int, str, int] | None] = [
        by_week.get(last - timedelta(weeks=back)) for back in range(weeks, -1, -1)
    ]
    known = tuple(entry for entry in run if entry is not None)
    if len(known) <= weeks or any(later[2] >= before[2] for before, later in pairwise(known)):
        return ()
    return known
