"""The definitions of `okr.measure` and `okr.health` as SQL, so that any number of key results is ranked where it lies.

`Measuring` is one moment, one set of cycles and one status rule; its attributes are expressions that a
query filters, sorts and groups by, together with `in_cycles`. What a query then shows is computed from the
few rows that came back, by the pure functions themselves (`judged.standings`): SQL decides which rows,
`okr.measure` says the figures. A test holds the two equal on both databases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from okr import measure as measures
from okr.calendar import day_of, start_of_day
from okr.health import CADENCE_DAYS, GRACE_DAYS, Comparison, Condition, Quantity, Rule
from okr.models import Kind, check_ins, key_results, kpi_points, milestones
from okr.store.directory import Cycle

T = TypeVar("T")
Expression = ColumnElement[Any]

# Half of the ninth digit: what is nearer to a threshold than this is the noise of binary fractions.
NOISE = "5e-10"
_SIGN = {Comparison.AT_LEAST: ">=", Comparison.ABOVE: ">", Comparison.AT_MOST: "<=", Comparison.BELOW: "<"}


class Bytewise(GenericFunction[str]):
    """A text in the order of its bytes, whatever the database's locale: the order in which Python sorts."""

    name = "bytewise"
    type = sa.String()
    inherit_cache = True


@compiles(Bytewise)
def _bytewise(element: Bytewise, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(Bytewise, "postgresql")
def _bytewise_postgresql(element: Bytewise, compiler: SQLCompiler, **options: Any) -> str:
    return f'({compiler.process(element.clauses, **options)} COLLATE "C")'


def _word(text: str) -> ColumnElement[str]:
    # Written out rather than bound, so that PostgreSQL sees the same expression wherever it recurs.
    return sa.literal_column(f"'{text}'", sa.String())


def _figure(text: str) -> ColumnElement[float]:
    return sa.literal_column(text, sa.Float())


def _ninth_digit(share: Expression) -> Expression:
    """The share in whole billionths, so that equal ones sort as equal."""
    return sa.func.round(share * _figure("1000000000.0"))


# What questions filter and group by, and what the expressions need once the value is known.
_FENCED = (
    "id", "key", "objective_id", "owner_id", "team_id", "cycle_id", "kind", "baseline", "target", "limit",
    "weight", "live",
)  # fmt: skip
_LATEST = ("cadence", "last_at", "last_check_in_id", "last_confidence", "last_status")
_CURRENT = ("current", "current_at", "current_check_in_id")


def _fence(rows: sa.Select[Any]) -> sa.FromClause:
    # An offset, even of nothing, keeps both databases from merging the rows into the query around them.
    return rows.offset(0).subquery()


class Measuring:
    """Every definition at the moment `as_of`, for the key results of these cycles, under this rule.

    `kr` is what the expressions go over, `in_cycles` the condition that every query carries: the key results
    of the cycles (and what `among` narrowed them to). Those of other cycles have no expected progress
    here, and so no gap. All shares are fractions of 1; an expression is null where its definition is
    undefined. The figures agree with `okr.measure` to nine digits. `settled` promises that nothing recorded is
    dated after the moment (`settled_at`): what key results keep of their newest records then holds as it is.
    """

    def __init__(
        self, as_of: datetime, zone: ZoneInfo, cycles: Sequence[Cycle], rule: Rule, *, settled: bool = False
    ) -> None:
        self.as_of = as_of
        self.settled = settled
        self.zone = zone
        self.on: date = day_of(as_of, zone)
        self.cycles = {cycle.id: cycle for cycle in cycles}
        self.rule = rule
        self.plain = self
        self.kr: sa.FromClause = key_results
        self.held: dict[str, Expression] = {}
        self.in_cycles: ColumnElement[bool] = key_results.c.cycle_id.in_(list(self.cycles))

    def among(
        self,
        *where: ColumnElement[bool],
        earlier: bool = False,
        keep: Sequence[str] = (),
        bare: bool = False,
        before: Measuring | None = None,
        **held: Expression,
    ) -> Measuring:
        """The same definitions over the key results of the cycles that meet these conditions.

        `where` is about `key_results` and the expressions of a plain one; further conditions on a query
        are about the new object's own expressions and columns (`kr`). `earlier` says that newer records may exist: then
        the value and the progress of each row are computed once, as are the attributes named in
        `keep`; otherwise a database would look them up again wherever an expression mentions them.
        It changes the speed alone. `bare` leaves out what concerns the latest check-in, for queries that
        look at none of it. `before` is another moment, whose progress and expected progress are to be found in
        `held` as `was` and `was_expected`, and its status as `was_status`; `held` adds expressions of one's own there.
        """
        plain = self.plain
        chosen = sa.and_(plain.in_cycles, *where)
        if not earlier and not self.settled and before is None:
            other = self._over(key_results)
            other.in_cycles, other.held = chosen, held
            return other
        kept = {} if self.settled else {name: getattr(plain, name) for name in ("value", *keep)}
        columns = _FENCED + (() if bare else _LATEST) + (_CURRENT if self.settled else ())
        rows = sa.select(*(key_results.c[name] for name in columns))
        rows = rows.add_columns(*(expression.label(f"its_{name}") for name, expression in {**kept, **held}.items()))
        if before is not None:
            rows = rows.add_columns(before.plain.value.label("was_value"))
        if self.settled:
            rows = rows.add_columns(plain._paced_progress.label("paced"))
            paced = self._over(_fence(rows.where(chosen)))
        else:
            valued = self._over(_fence(rows.where(chosen)))
            valued.__dict__["value"] = valued.kr.c.its_value
            paced = self._over(_fence(sa.select(valued.kr, valued._paced_progress.label("paced"))))
        # Each attribute is computed at its first use and then kept here; these are columns already.
        paced.__dict__["_paced_progress"] = paced.kr.c.paced
        paced.__dict__ |= {name: paced.kr.c[f"its_{name}"] for name in kept}
        paced.held = {name: paced.kr.c[f"its_{name}"] for name in held}
        paced._set_expected()
        if before is not None:
            was = before._over(paced.kr)
            was.__dict__["value"] = paced.kr.c.was_value
            was._set_expected()
            paced.held |= {"was": was.progress, "was_expected": was.expected, "was_status": was.status}
        return paced

    def _set_expected(self) -> None:
        """One figure where there is one cycle: the rows behind a fence are of no other."""
        if len(self.cycles) == 1:
            self.__dict__["expected"] = _figure(repr(next(iter(self._shares.values()))))

    def _over(self, rows: sa.FromClause) -> Measuring:
        other = Measuring(self.as_of, self.zone, tuple(self.cycles.values()), self.rule, settled=self.settled)
        other.plain, other.kr, other.in_cycles = self.plain, rows, sa.true()
        return other

    # ── what was recorded by then ──────────────────────────────────────────────────────────────

    def _by_then(
        self, at: ColumnElement[datetime | None], kept: ColumnElement[T], looked_up: Callable[[], Expression]
    ) -> Expression:
        """The kept column where it is not newer than the moment, else what the records say."""
        if self.settled:
            return kept
        return sa.case((sa.or_(at.is_(None), at <= self.as_of), kept), else_=looked_up())

    def _check_in(self, column: ColumnElement[T], *, valued: bool = False) -> Expression:
        found = sa.select(column).where(check_ins.c.key_result_id == self.kr.c.id, check_ins.c.at <= self.as_of)
        if valued:
            found = found.where(check_ins.c.value.is_not(None))
        found = found.order_by(check_ins.c.at.desc(), check_ins.c.id.desc()).limit(1)
        return found.correlate(self.kr).scalar_subquery()

    def _point(self, column: ColumnElement[T]) -> Expression:
        found = sa.select(column).where(kpi_points.c.kpi_id == self.kr.c.kpi_id, kpi_points.c.at <= self.as_of)
        found = found.order_by(kpi_points.c.at.desc(), kpi_points.c.id.desc()).limit(1)
        return found.correlate(self.kr).scalar_subquery()

    def _latest_of_both(self, checked: ColumnElement[T], pointed: Expression) -> Expression:
        """From the newest check-in with a value, unless the KPI has a newer point; at one moment the check-in wins."""
        from_check_in = self._check_in(checked, valued=True)
        checked_at = self._check_in(check_ins.c.at, valued=True)
        point_at = self._point(kpi_points.c.at)
        newer = sa.and_(point_at.is_not(None), sa.or_(checked_at.is_(None), point_at > checked_at))
        return sa.case((self.kr.c.kpi_id.is_(None), from_check_in), (newer, pointed), else_=from_check_in)

    @cached_property
    def value(self) -> Expression:
        """The latest value dated on or before the moment, from a check-in or the KPI that feeds the key result."""
        return self._by_then(
            self.kr.c.current_at,
            self.kr.c.current,
            lambda: self._latest_of_both(check_ins.c.value, self._point(kpi_points.c.value)),
        )

    @cached_property
    def value_at(self) -> Expression:
        """The moment from which that value counts."""
        return self._by_then(
            self.kr.c.current_at,
            self.kr.c.current_at,
            lambda: self._latest_of_both(check_ins.c.at, self._point(kpi_points.c.at)),
        )

    @cached_property
    def value_check_in_id(self) -> Expression:
        """The check-in that gave the value; null where a KPI point did."""
        return self._by_then(
            self.kr.c.current_at, self.kr.c.current_check_in_id, lambda: self._latest_of_both(check_ins.c.id, sa.null())
        )

    @cached_property
    def last_check_in_id(self) -> Expression:
        """The latest check-in, with or without a value."""
        return self._by_then(self.kr.c.last_at, self.kr.c.last_check_in_id, lambda: self._check_in(check_ins.c.id))

    @cached_property
    def last_at(self) -> Expression:
        """The moment of the latest check-in."""
        return self._by_then(self.kr.c.last_at, self.kr.c.last_at, lambda: self._check_in(check_ins.c.at))

    @cached_property
    def confidence(self) -> Expression:
        """What the latest check-in says of confidence, 1 to 5; null where it says nothing."""
        return self._by_then(
            self.kr.c.last_at, self.kr.c.last_confidence, lambda: self._check_in(check_ins.c.confidence)
        )

    @cached_property
    def reported(self) -> Expression:
        """The status in the owner's words, from the latest check-in."""
        return self._by_then(self.kr.c.last_at, self.kr.c.last_status, lambda: self._check_in(check_ins.c.status))

    # ── progress and pace ──────────────────────────────────────────────────────────────────────

    @cached_property
    def _share_done(self) -> Expression:
        """Of milestones."""
        done = sa.func.sum(sa.case((milestones.c.done_on <= self.on, milestones.c.weight), else_=_figure("0.0")))
        whole = sa.func.nullif(sa.func.sum(milestones.c.weight), _figure("0.0"))
        found = sa.select(done / whole).where(milestones.c.key_result_id == self.kr.c.id)
        return found.correlate(self.kr).scalar_subquery()

    @cached_property
    def _along(self) -> Expression:
        """Of a measure."""
        kr = self.kr.c
        return (self.value - kr.baseline) / sa.func.nullif(kr.target - kr.baseline, _figure("0.0"))

    @cached_property
    def _achieved(self) -> ColumnElement[bool]:
        """Of a binary one with a value."""
        target = sa.func.coalesce(self.kr.c.target, _figure("1.0"))
        return sa.case((target < self.kr.c.baseline, self.value <= target), else_=self.value >= target)

    @cached_property
    def _paced_progress(self) -> Expression:
        kind = self.kr.c.kind
        return sa.case((kind == _word(Kind.MEASURE), self._along), (kind == _word(Kind.MILESTONES), self._share_done))

    @cached_property
    def progress(self) -> Expression:
        """Share of the way done, unclamped; null where it is undefined."""
        binary = sa.and_(self.kr.c.kind == _word(Kind.BINARY), self.value.is_not(None))
        done = sa.case((self._achieved, _figure("1.0")), else_=_figure("0.0"))
        return sa.case((binary, done), else_=self._paced_progress)

    @cached_property
    def clamped(self) -> Expression:
        """Progress between 0 and 1."""
        return sa.case(
            (self.progress < _figure("0.0"), _figure("0.0")),
            (self.progress > _figure("1.0"), _figure("1.0")),
            else_=self.progress,
        )

    def _by_cycle(self, values: dict[int, T], kind: sa.types.TypeEngine[T]) -> Expression:
        if not values:
            return sa.cast(sa.null(), kind)
        return sa.case(
            *((self.kr.c.cycle_id == cycle_id, sa.literal(value, kind)) for cycle_id, value in values.items())
        )

    @cached_property
    def expected(self) -> Expression:
        """The share of the key result's cycle that has passed."""
        return self._by_cycle(self._shares, sa.Float())

    @cached_property
    def _shares(self) -> dict[int, float]:
        return {c.id: float(measures.expected(c.start, c.end, self.on)) for c in self.cycles.values()}

    @cached_property
    def gap(self) -> Expression:
        """Expected progress less progress; null without a pace."""
        return self.expected - self._paced_progress

    @cached_property
    def ratio(self) -> Expression:
        """Progress over expected progress; null without a pace or while nothing is expected."""
        return self._paced_progress / sa.func.nullif(self.expected, _figure("0.0"))

    @cached_property
    def holding(self) -> Expression:
        """Whether a boundary is kept; null for other kinds and where it cannot be told."""
        kr = self.kr.c
        return sa.case(
            (kr.kind != _word(Kind.BOUNDARY), sa.null()),
            (kr.limit == _word("at_least"), self.value >= kr.target),
            (kr.limit == _word("at_most"), self.value <= kr.target),
        )

    # ── judgement ──────────────────────────────────────────────────────────────────────────────

    def _met(self, condition: Condition) -> ColumnElement[bool]:
        quantity: Expression = {
            Quantity.PROGRESS: self._paced_progress,
            Quantity.EXPECTED: self.expected,
            Quantity.GAP: self.gap,
            Quantity.RATIO: self.ratio,
            Quantity.PROJECTED: self.ratio,
        }[condition.quantity]
        threshold = repr(float(condition.threshold))
        if condition.quantity is not Quantity.PROGRESS or condition.threshold != 1:
            # The whole way is exact in binary too, and "nearly all of it" must not count as all.
            towards = "-" if condition.comparison in (Comparison.AT_LEAST, Comparison.BELOW) else "+"
            threshold = f"({threshold} {towards} {NOISE})"
        met: ColumnElement[bool] = quantity.op(_SIGN[condition.comparison], is_comparison=True)(_figure(threshold))
        return met

    @cached_property
    def status(self) -> Expression:
        """The status by the rule; group by its label, not by the expression."""
        kr = self.kr.c
        last_day = self._by_cycle({c.id: self.on >= c.end for c in self.cycles.values()}, sa.Boolean())
        by_rule = [(sa.and_(*map(self._met, case.conditions)), _word(case.status)) for case in self.rule.cases[:-1]]
        return sa.case(
            (
                kr.kind == _word(Kind.BOUNDARY),
                sa.case(
                    (self.value.is_(None), _word("pending")),
                    (self.holding.is_(None), _word("unknown")),
                    (self.holding, _word("on_track")),
                    else_=_word("off_track"),
                ),
            ),
            (sa.and_(kr.kind != _word(Kind.MILESTONES), self.value.is_(None)), _word("pending")),
            (
                kr.kind == _word(Kind.BINARY),
                sa.case((self._achieved, _word("completed")), (last_day, _word("off_track")), else_=_word("unknown")),
            ),
            (self._paced_progress.is_(None), _word("unknown")),
            *by_rule,
            else_=_word(self.rule.cases[-1].status),
        )

    @cached_property
    def is_watermelon(self) -> ColumnElement[bool]:
        """The owner says on track while the rule says off track."""
        return sa.and_(self.reported == _word("on_track"), self.status == _word("off_track"))

    def _checked_in_within(self, days: int) -> ColumnElement[bool]:
        begins = start_of_day(self.on - timedelta(days=days), self.zone)
        within: ColumnElement[bool] = self.last_at >= begins
        return within

    def older_than(self, days: int) -> ColumnElement[bool]:
        """Whether the latest check-in is at least that many days old; false where there is none."""
        return self.last_at < start_of_day(self.on - timedelta(days=days - 1), self.zone)

    @cached_property
    def freshness(self) -> Expression:
        """How fresh the latest check-in is by the key result's cadence; group by its label."""
        fresh = [
            sa.and_(self.kr.c.cadence == _word(cadence), self._checked_in_within(days))
            for cadence, days in CADENCE_DAYS.items()
        ]
        due = [
            sa.and_(self.kr.c.cadence == _word(cadence), self._checked_in_within(days + GRACE_DAYS))
            for cadence, days in CADENCE_DAYS.items()
        ]
        return sa.case(
            (self.last_at.is_(None), _word("never")),
            (sa.or_(*fresh), _word("fresh")),
            (sa.or_(*due), _word("due")),
            else_=_word("stale"),
        )

    # ── orders and sums ────────────────────────────────────────────────────────────────────────

    @cached_property
    def rankable(self) -> ColumnElement[bool]:
        """Active, in the cycles, with a defined gap and below completion."""
        return sa.and_(self.in_cycles, self.kr.c.live, self._paced_progress < _figure("1.0"))

    def most_behind(self) -> list[Expression]:
        """The order of the most behind: by gap, then lower ratio, confidence, older check-in, id.

        A missing ratio or confidence comes after every known one; never checked in is oldest.
        """
        return [
            _ninth_digit(self.gap).desc(),
            _ninth_digit(self.ratio).asc().nulls_last(),
            self.confidence.asc().nulls_last(),
            self.last_at.asc().nulls_first(),
            Bytewise(self.kr.c.key).asc(),
        ]

    @cached_property
    def mean(self) -> Expression:
        """An aggregate: mean progress from 0 to 1, by weight, over those where it is defined."""
        weight = sa.case((self.progress.is_not(None), self.kr.c.weight))
        return sa.func.sum(self.clamped * self.kr.c.weight) / sa.func.nullif(sa.func.sum(weight), _figure("0.0"))

    @cached_property
    def counted(self) -> Expression:
        """An aggregate: how many have defined progress."""
        return sa.func.count(self.progress)

    @cached_property
    def left_out(self) -> Expression:
        """An aggregate: how many have none."""
        return sa.func.count() - sa.func.count(self.progress)
