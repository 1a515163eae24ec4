"""The same definitions in SQL as in the pure functions, on both databases, for any company."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection

from okr import measure as measures
from okr.calendar import day_of, end_of_day, start_of_day
from okr.health import Age, Verdict, freshness, is_watermelon, judge, load_rules, rule
from okr.measure import Measure, Milestone, roll_up
from okr.models import check_ins, cycles, key_results, kpi_points, kpis, milestones, objectives, people, teams
from okr.store import Store
from okr.store.directory import Cycle
from okr.store.judged import Standing, settled_at, standings
from okr.store.measuring import Measuring
from okr.store.upkeep import refresh_latest

WARSAW = ZoneInfo("Europe/Warsaw")
QUARTER = Cycle(1, "2026-Q4", "Q4 2026", date(2026, 10, 1), date(2026, 12, 31), "active")
YEAR = Cycle(2, "2026", "2026", date(2026, 1, 1), date(2026, 12, 31), "active")
ELSEWHERE = Cycle(3, "2025", "2025", date(2025, 1, 1), date(2025, 12, 31), "closed")
BOTH = (QUARTER, YEAR)
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
PLACES = 9


@dataclass
class CheckIn:
    at: datetime
    value: float | None = None
    confidence: int | None = None
    status: str | None = None


@dataclass
class Point:
    at: datetime
    value: float


@dataclass
class Step:
    weight: float
    done_on: date | None


@dataclass
class KeyResult:
    kind: str = "measure"
    baseline: float | None = 0
    target: float | None = 100
    limit: str | None = None
    weight: float = 1
    cadence: str = "weekly"
    cycle: int = 1
    live: bool = True
    fed: bool = False
    check_ins: list[CheckIn] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


@contextmanager
def company(store: Store, records: list[KeyResult], points: list[Point] | None = None) -> Iterator[Connection]:
    """A connection that sees these records, KR-0 first, and undoes them at the end."""
    with store.database.engine.connect() as connection:
        undone = connection.begin()
        connection.execute(sa.insert(teams), [{"id": 1, "key": "sales", "name": "Sales"}])
        person = {"id": 1, "email": "ana@acme.test", "name": "Ana", "team_id": 1, "role": "lead", "active": True}
        connection.execute(sa.insert(people), [person])
        known = [
            {"id": c.id, "key": c.key, "name": c.name, "start": c.start, "end": c.end, "state": c.state}
            for c in (*BOTH, ELSEWHERE)
        ]
        connection.execute(sa.insert(cycles), known)
        common = {"team_id": 1, "owner_id": 1, "state": "active"}
        objective = {"title": "Grow", "visibility": "company", "kind": "aspirational", **common}
        connection.execute(
            sa.insert(objectives), [{"id": c, "key": f"O-{c}", "cycle_id": c, **objective} for c in (1, 2, 3)]
        )
        kpi = {"id": 1, "key": "KPI-NPS", "name": "NPS", "better": "up", "owner_id": 1, "team_id": 1}
        connection.execute(sa.insert(kpis), [kpi])
        for point in points or []:
            connection.execute(sa.insert(kpi_points).values(kpi_id=1, at=point.at, day_only=False, value=point.value))
        made = 0
        for n, kr in enumerate(records):
            connection.execute(sa.insert(key_results).values(**_columns(n, kr), **common))
            for entry in kr.check_ins:
                made += 1
                row = {"id": made, "key": f"CI-{made}", "key_result_id": n + 1, "day_only": False, "author_id": 1}
                row |= vars(entry)
                connection.execute(sa.insert(check_ins).values(row))
            for step in kr.steps:
                connection.execute(sa.insert(milestones).values(key_result_id=n + 1, title="…", **vars(step)))
        refresh_latest(connection)
        yield connection
        undone.rollback()


def _columns(n: int, kr: KeyResult) -> dict[str, Any]:
    same = {name: getattr(kr, name) for name in ("kind", "baseline", "target", "limit", "weight", "cadence", "live")}
    return {
        **same,
        "id": n + 1,
        "key": f"KR-{n}",
        "title": f"Result {n}",
        "objective_id": kr.cycle,
        "cycle_id": kr.cycle,
        "kpi_id": 1 if kr.fed else None,
        "open": True,
        "postponed": False,
    }


@dataclass
class Reference:
    """What the pure functions say of one key result."""

    value: float | None
    measure: Measure
    verdict: Verdict
    last: CheckIn | None
    age: Age


def reference(kr: KeyResult, points: list[Point], as_of: datetime, by: str) -> Reference:
    """The contract, straight from the records."""
    on = day_of(as_of, WARSAW)
    known = sorted((entry for entry in kr.check_ins if entry.at <= as_of), key=lambda entry: entry.at)
    valued: list[CheckIn | Point] = [entry for entry in known if entry.value is not None]
    if kr.fed:
        # Sorting is stable: at one and the same moment the check-in stands after the point.
        recorded = sorted((point for point in points if point.at <= as_of), key=lambda point: point.at)
        valued = sorted([*recorded, *valued], key=lambda entry: entry.at)
    value = valued[-1].value if valued else None
    counted = kr.steps if kr.kind == "milestones" else []
    steps = tuple(Milestone(s.weight, s.done_on is not None and s.done_on <= on) for s in counted)
    measure = Measure(kr.kind, kr.baseline, kr.target, kr.limit, value, steps)
    cycle = BOTH[kr.cycle - 1]
    verdict = judge(measure, measures.expected(cycle.start, cycle.end, on), on >= cycle.end, rule(by))
    last = known[-1] if known else None
    age = freshness(kr.cadence, day_of(last.at, WARSAW) if last else None, on)
    return Reference(value, measure, verdict, last, age)


FIRST = datetime(2025, 12, 20, tzinfo=UTC)
moments = st.integers(0, 400 * 24).map(lambda hours: FIRST + timedelta(hours=hours))
values = st.one_of(st.integers(-20, 120).map(float), st.decimals(-20, 120, places=2).map(float))
maybe = st.one_of(st.none(), values)
check_in = st.builds(
    CheckIn,
    moments,
    maybe,
    st.one_of(st.none(), st.integers(1, 5)),
    st.sampled_from([None, "on_track", "at_risk", "off_track"]),
)
weights = st.sampled_from([0.0, 0.1, 0.5, 1.0, 2.0, 3.7])
days = st.dates(date(2025, 12, 20), date(2027, 1, 10))
key_result = st.builds(
    KeyResult,
    kind=st.sampled_from(["measure", "measure", "measure", "boundary", "milestones", "binary"]),
    baseline=maybe,
    target=maybe,
    limit=st.sampled_from([None, "at_least", "at_most"]),
    weight=weights,
    cadence=st.sampled_from(["weekly", "biweekly", "monthly"]),
    cycle=st.sampled_from([1, 2]),
    live=st.booleans(),
    fed=st.booleans(),
    check_ins=st.lists(check_in, max_size=6),
    steps=st.lists(st.builds(Step, weights, st.one_of(st.none(), days)), max_size=4),
)
point = st.builds(Point, moments, values)


SAID = (
    "value", "last_at", "last_check_in_id", "confidence", "reported", "progress", "expected", "gap", "ratio",
    "holding", "status", "freshness", "is_watermelon",
)  # fmt: skip


@settings(max_examples=60)
@given(
    records=st.lists(key_result, min_size=1, max_size=6),
    points=st.lists(point, max_size=5),
    as_of=st.one_of(moments, days.map(lambda day: end_of_day(day, WARSAW))),
    by=st.sampled_from(list(load_rules())),
    earlier=st.booleans(),
    keep=st.sets(st.sampled_from(["last_at", "confidence", "reported"])),
)
def test_sql_says_what_the_pure_functions_say(
    store: Store, records: list[KeyResult], points: list[Point], as_of: datetime, by: str, earlier: bool, keep: set[str]
) -> None:
    said = [reference(kr, points, as_of, by) for kr in records]
    dated = [entry.at for kr in records for entry in kr.check_ins] + [point.at for point in points]
    settled = all(moment <= as_of for moment in dated)
    m = Measuring(as_of, WARSAW, BOTH, rule(by), settled=settled).among(earlier=earlier, keep=sorted(keep))
    with company(store, records, points) as connection:
        query = sa.select(*(getattr(m, name).label(name) for name in SAID)).where(m.in_cycles).order_by(m.kr.c.id)
        found = connection.execute(query).all()
        read = standings(connection, m)
        total = connection.execute(sa.select(m.mean, m.counted, m.left_out).where(m.in_cycles)).one()
        behind = standings(connection, m, m.rankable, order_by=m.most_behind(), limit=3)
        everyone = standings(connection, m, m.rankable, order_by=m.most_behind())
    for row, ref in zip(found, said, strict=True):
        assert row.value == ref.value
        assert (row.last_at, row.confidence, row.reported) == (
            (ref.last.at, ref.last.confidence, ref.last.status) if ref.last else (None, None, None)
        )
        for name in ("progress", "expected", "gap", "ratio"):
            exact = getattr(ref.verdict, name)
            if name in ("gap", "ratio") and not measures.has_pace(ref.measure):
                exact = None
            assert getattr(row, name) == (None if exact is None else pytest.approx(float(exact), abs=1e-9, rel=1e-9))
        assert (None if row.holding is None else bool(row.holding)) is measures.holding(ref.measure)
        assert row.status == ref.verdict.status
        assert row.freshness == ref.age.freshness
        assert bool(row.is_watermelon) is is_watermelon(row.reported, ref.verdict.status)
    assert [(one.measure, one.verdict, one.age) for one in read] == [(r.measure, r.verdict, r.age) for r in said]
    whole = roll_up((ref.verdict.progress, kr.weight) for kr, ref in zip(records, said, strict=True))
    assert (total[1], total[2]) == (whole.counted, whole.left_out)
    assert total[0] == (None if whole.mean is None else pytest.approx(float(whole.mean)))
    assert [one.key for one in everyone] == most_behind(records, said)
    assert [one.key for one in behind] == most_behind(records, said)[:3]


def most_behind(records: list[KeyResult], said: list[Reference]) -> list[str]:
    """The order of the contract, by sorting."""

    def order(pair: tuple[int, Reference]) -> tuple[Any, ...]:
        n, ref = pair
        verdict, last = ref.verdict, ref.last
        assert verdict.gap is not None
        confidence = last.confidence if last else None
        return (
            -round(verdict.gap, PLACES),
            (verdict.ratio is None, round(verdict.ratio or 0, PLACES)),
            (confidence is None, confidence),
            (last is not None, last and last.at),
            f"KR-{n}",
        )

    rankable = [
        (n, ref)
        for n, ref in enumerate(said)
        if records[n].live and ref.verdict.gap is not None and ref.verdict.status != "completed"
    ]
    return [f"KR-{n}" for n, _ in sorted(rankable, key=order)]


def read(
    store: Store, *records: KeyResult, as_of: datetime = NOON, points: list[Point] | None = None
) -> list[Standing]:
    with company(store, list(records), points) as connection:
        return standings(connection, Measuring(as_of, WARSAW, BOTH, rule()))


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_a_threshold_met_exactly_is_met_whatever_binary_fractions_make_of_it(store: Store) -> None:
    # Ten tenths of a year are not ten tenths in binary; 10 and 25 points behind are exact here.
    steps = [(baseline, share) for baseline in (0.0, 0.1, 0.7, 12.3) for share in (0.1, 0.15, 0.25, 0.35, 0.375)]
    records = [
        KeyResult(baseline=base, target=base + 1, check_ins=[CheckIn(at(1), round(base + share, 6))], cycle=1)
        for base, share in steps
    ]
    halfway = Cycle(1, "h", "h", date(2026, 11, 13), date(2026, 12, 3), "active")
    with company(store, records) as connection:
        for by in load_rules():
            m = Measuring(NOON, WARSAW, [halfway], rule(by))
            found = connection.execute(sa.select(m.status).order_by(key_results.c.id)).scalars().all()
            assert found == [one.verdict.status for one in standings(connection, m)], by


def test_a_date_counts_from_its_start_and_a_question_reaches_to_the_end_of_its_day(store: Store) -> None:
    kr = KeyResult(check_ins=[CheckIn(start_of_day(date(2026, 11, 20), WARSAW), 10), CheckIn(at(20, 22), 20)])
    friday = end_of_day(date(2026, 11, 20), WARSAW)
    for as_of, value in [
        (friday - timedelta(days=1), None),
        (friday - timedelta(days=1) + timedelta(microseconds=1), 10),
        (friday, 20),
        (NOON, 20),
    ]:
        [standing] = read(store, kr, as_of=as_of)
        assert standing.measure.value == value


def test_a_check_in_without_a_value_leaves_the_value_as_it_was(store: Store) -> None:
    kr = KeyResult(check_ins=[CheckIn(at(2), 40, 4, "on_track"), CheckIn(at(16), None, 2, "at_risk")])
    [standing] = read(store, kr)
    assert (standing.measure.value, standing.value_at, standing.value_check_in_id) == (40, at(2), 1)
    assert (standing.last_check_in_id, standing.last_at) == (2, at(16))
    assert (standing.confidence, standing.reported) == (2, "at_risk")
    assert standing.age.days == 7


def test_a_fed_key_result_takes_the_latest_of_both_and_points_do_not_make_it_fresh(store: Store) -> None:
    kr = KeyResult(fed=True, check_ins=[CheckIn(at(2), 40)])
    points = [Point(at(1), 30), Point(at(9), 50), Point(at(30), 99)]
    [now] = read(store, kr, points=points)
    assert (now.measure.value, now.value_at, now.value_check_in_id) == (50, at(9), None)
    assert now.age.freshness == "stale"
    [then] = read(store, kr, points=points, as_of=at(5))
    assert (then.measure.value, then.value_check_in_id) == (40, 1)
    [before] = read(store, kr, points=points, as_of=at(1))
    assert (before.measure.value, before.value_check_in_id, before.age.freshness) == (30, None, "never")


def test_of_two_at_one_moment_the_later_record_and_the_check_in_win(store: Store) -> None:
    for as_of in (NOON, at(9)):
        later = KeyResult(check_ins=[CheckIn(at(9), 1), CheckIn(at(9), 2), CheckIn(at(30), 7)])
        fed = KeyResult(fed=True, check_ins=[CheckIn(at(9), 3), CheckIn(at(30), 7)])
        found = read(store, later, fed, points=[Point(at(9), 4), Point(at(30, 10), 8)], as_of=as_of)
        assert [standing.measure.value for standing in found] == [2, 3]


def test_age_counts_local_days(store: Store) -> None:
    kr = KeyResult(check_ins=[CheckIn(datetime(2026, 11, 15, 23, 30, tzinfo=UTC), 1)])
    m = Measuring(NOON, WARSAW, BOTH, rule())
    with company(store, [kr, KeyResult()]) as connection:
        for days, keys in [(6, ["KR-0"]), (7, ["KR-0"]), (8, [])]:
            assert [one.key for one in standings(connection, m, m.older_than(days))] == keys


def test_other_cycles_are_left_alone(store: Store) -> None:
    assert read(store, KeyResult(cycle=3)) == []
    with company(store, [KeyResult(cycle=3, check_ins=[CheckIn(at(2), 40)])]) as connection:
        for cycles_asked in (BOTH, ()):
            m = Measuring(NOON, WARSAW, cycles_asked, rule())
            assert connection.execute(sa.select(m.expected, m.gap)).one() == (None, None)
            for earlier in (False, True):
                assert standings(connection, m.among(earlier=earlier), limit=5) == []


def test_counts_go_by_the_label(store: Store) -> None:
    done = KeyResult(check_ins=[CheckIn(at(2), 100)])
    m = Measuring(NOON, WARSAW, BOTH, rule())
    with company(store, [done, done, KeyResult()]) as connection:
        query = sa.select(m.status.label("status"), sa.func.count()).group_by("status").order_by("status")
        assert connection.execute(query).all() == [("completed", 2), ("pending", 1)]
        fresh = sa.select(m.freshness.label("freshness"), sa.func.count()).group_by("freshness").order_by("freshness")
        assert connection.execute(fresh).all() == [("never", 1), ("stale", 2)]


@pytest.mark.parametrize("earlier", [False, True])
@pytest.mark.parametrize("settled", [False, True])
def test_two_moments_stand_side_by_side(store: Store, earlier: bool, settled: bool) -> None:
    kr = KeyResult(check_ins=[CheckIn(at(2), 60), CheckIn(at(20), 40)])
    for asked in (BOTH, [QUARTER]):
        now = Measuring(NOON, WARSAW, asked, rule(), settled=settled)
        then = Measuring(at(16), WARSAW, asked, rule())
        with company(store, [kr]) as connection:
            m = now.among(earlier=earlier, before=then)
            change, due = m.progress - m.held["was"], m.expected - m.held["was_expected"]
            row = connection.execute(sa.select(change, due).where(m.in_cycles)).one()
            assert row == (pytest.approx(-0.2), pytest.approx(7 / 91))


@pytest.mark.parametrize("earlier", [False, True])
def test_a_narrowed_one_holds_only_what_meets_the_conditions(store: Store, earlier: bool) -> None:
    m = Measuring(NOON, WARSAW, BOTH, rule()).among(key_results.c.key != "KR-1", earlier=earlier)
    with company(store, [KeyResult(), KeyResult(), KeyResult(kind="binary")]) as connection:
        assert [one.key for one in standings(connection, m)] == ["KR-0", "KR-2"]
        assert [one.key for one in standings(connection, m, m.kr.c.kind == "binary")] == ["KR-2"]


def test_a_moment_is_settled_when_nothing_is_dated_after_it(store: Store) -> None:
    with company(store, [KeyResult(check_ins=[CheckIn(at(16), 60)])]) as connection:
        assert [settled_at(connection, at(day)) for day in (15, 16)] == [False, True]
    with company(store, [KeyResult()], [Point(at(18), 6), Point(at(20), 70)]) as connection:
        assert [settled_at(connection, at(day)) for day in (16, 19, 20)] == [False, False, True]
    with company(store, [KeyResult()]) as connection:
        assert settled_at(connection, at(1))


@pytest.mark.parametrize("settled", [False, True])
def test_in_one_cycle_what_is_expected_is_one_figure(store: Store, settled: bool) -> None:
    m = Measuring(NOON, WARSAW, [QUARTER], rule(), settled=settled).among(earlier=True)
    with company(store, [KeyResult(check_ins=[CheckIn(at(2), 40)]), KeyResult(cycle=2)]) as connection:
        row = connection.execute(sa.select(m.kr.c.key, m.expected, m.gap).where(m.in_cycles)).one()
    assert row[0] == "KR-0"
    assert row[1:] == (pytest.approx(53 / 91), pytest.approx(53 / 91 - 0.4))


def test_pages_follow_one_another(store: Store) -> None:
    records = [KeyResult(check_ins=[CheckIn(at(2), value)]) for value in (30, 10, 20, 10)]
    m = Measuring(NOON, WARSAW, BOTH, rule())
    with company(store, records) as connection:
        pages = [standings(connection, m, order_by=m.most_behind(), limit=2, offset=n) for n in (0, 2, 4)]
        rest = standings(connection, m, order_by=m.most_behind(), offset=1)
    assert [[one.key for one in page] for page in pages] == [["KR-1", "KR-3"], ["KR-2", "KR-0"], []]
    assert [one.key for one in rest] == ["KR-3", "KR-2", "KR-0"]


def test_ids_sort_as_in_python_whatever_the_locale(store: Store) -> None:
    records = [KeyResult(check_ins=[CheckIn(at(2), 5)]) for _ in range(12)]
    m = Measuring(NOON, WARSAW, BOTH, rule())
    with company(store, records) as connection:
        connection.execute(sa.update(key_results).where(key_results.c.key == "KR-3").values(key="kr-3"))
        found = [one.key for one in standings(connection, m, order_by=m.most_behind())]
    assert found == sorted(found)
