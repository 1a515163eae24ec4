"""Key results, scopes and KPIs are looked up the same on both databases, and as the pure definitions say."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import pytest
import sqlalchemy as sa

from okr import health
from okr.errors import NotFoundError
from okr.measure import exact, number, objective_score, score_of
from okr.measure import roll_up as pure_roll_up
from okr.store import Store, open_store
from okr.store.measuring import Measuring
from okr.store.scope import Scope
from okr.store.standing import Query, Told
from tools.comparisons import compare
from tools.context import TurnContext
from tools.filters import FilterError, filters_from, words_for
from tools.history import read_change, read_history
from tools.key_results import find_movers, list_key_results, rank_key_results, read_key_result
from tools.kpis import list_kpis, read_kpi
from tools.scopes import list_objectives, roll_up
from tools.selection import NoCycleError, Where

WEEK = Where(first="2026-11-23", last="2026-11-29", word="this_week")
MOMENTS = ["", "2026-11-03", "2026-10-12"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def company_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample company on SQLite and then on PostgreSQL; nothing here changes it."""
    if request.param == "sqlite":
        opened = open_store(request.getfixturevalue("sampled_sqlite"))
        yield opened
        opened.close()
        return
    server: sa.Engine = request.getfixturevalue("postgres_server")
    template: str = request.getfixturevalue("sampled_postgres")
    name = f"t_{uuid.uuid4().hex}"
    with server.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    url = server.url.set(database=name).render_as_string(hide_password=False)
    opened = open_store(tmp_path_factory.mktemp("home"), url)
    yield opened
    opened.close()
    with server.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
def turn(company_store: Store, sample_now: datetime) -> TurnContext:
    """The head of the sample company asks."""
    store = company_store
    admin = next(person for person in store.people() if person.role == "admin")
    return TurnContext(store, store.actor(admin.email), store.company(), sample_now, "en")


@pytest.fixture
def employee(turn: TurnContext) -> TurnContext:
    """Somebody without rights beyond their own team."""
    person = next(p for p in turn.store.people() if p.role == "employee" and p.team == "marketing")
    return replace(turn, actor=turn.store.actor(person.email))


def everything(turn: TurnContext, on: str, scope: Scope | None = None) -> list[Told]:
    """All active key results of the cycle in force, with their pure standings."""
    day = datetime.fromisoformat(on).date() if on else turn.today
    measuring = Measuring(turn.moment(day), turn.zone, turn.in_force(day), health.rule())
    return turn.store.key_results(turn.actor, measuring, Query(scope or Scope(), earlier=bool(on)))


@pytest.mark.parametrize("on", MOMENTS)
def test_the_most_behind_come_by_gap_and_its_ties(turn: TurnContext, on: str) -> None:
    ranked = [t.standing for t in everything(turn, on) if t.standing.verdict.gap is not None]
    ranked = [s for s in ranked if s.verdict.progress is not None and s.verdict.progress < 1]

    def place(s: health.Verdict | object) -> tuple[object, ...]:
        one = s
        v = one.verdict  # type: ignore[attr-defined]
        confidence, last = one.confidence, one.last_at  # type: ignore[attr-defined]
        return (
            -v.gap,
            v.ratio is None,
            v.ratio or Fraction(0),
            confidence is None,
            confidence or 0,
            last is not None,
            last.timestamp() if last else 0,
            one.key,  # type: ignore[attr-defined]
        )

    found = rank_key_results(turn, limit=200, where=Where(on=on))
    assert [row.id for row in found.rows] == [s.key for s in sorted(ranked, key=place)]
    assert found.values["count"] == len(ranked)
    backwards = rank_key_results(turn, limit=200, reverse=True, where=Where(on=on))
    gaps = [row.values["gap"] for row in backwards.rows]
    assert gaps == sorted(gaps)  # type: ignore[type-var]


def test_what_cannot_be_ranked_stands_apart_with_its_reason(turn: TurnContext) -> None:
    found = rank_key_results(turn, limit=200)
    ranked = {row.id for row in found.rows}
    apart = {row.id: row.values["why"] for row in found.apart}
    assert not ranked & apart.keys()
    for told in everything(turn, ""):
        one = told.standing
        done = one.verdict.progress is not None and one.verdict.progress >= 1
        assert (one.key in ranked) == (one.verdict.gap is not None and not done)
        assert (one.key in apart) == (one.verdict.gap is None and not done)
    reasons = {str(name): list(apart.values()).count(name) for name in apart.values()}
    assert {name: found.values[name] for name in reasons} == reasons
    assert found.values["left_out"] == len(apart)


def test_this_week_tells_the_change_since_the_same_weekday_a_week_before(turn: TurnContext) -> None:
    found = rank_key_results(turn, where=WEEK)
    then = {row.id: row for row in rank_key_results(turn, limit=200, where=Where(on="2026-11-16")).rows}
    assert found.period == {"from": "2026-11-23", "to": "2026-11-29", "label": "this week"}
    for row in found.rows:
        if row.id in then:
            assert row.values["previous"] == then[row.id].values["progress"]


@pytest.mark.parametrize("on", MOMENTS)
@pytest.mark.parametrize("status", ["on_track", "at_risk", "off_track", "completed", "unknown", "pending"])
def test_a_status_lists_those_that_the_pure_rule_gives_it(turn: TurnContext, status: str, on: str) -> None:
    expected = {t.standing.key for t in everything(turn, on) if t.standing.verdict.status == status}
    found = list_key_results(turn, where=Where(on=on, filters=(f"status={status}",)))
    assert {row.id for row in found.rows} == expected
    assert found.values["count"] == len(expected)
    assert found.rule == "pace-gap"


@pytest.mark.parametrize(
    ("words", "meets"),
    [
        ("freshness=stale", lambda s: s.age.freshness == "stale"),
        ("freshness=never", lambda s: s.last_at is None),
        ("older_than_days=14", lambda s: s.age.days is not None and s.age.days >= 14),
        ("confidence<3", lambda s: s.confidence is not None and s.confidence < 3),
        ("progress>=0.5", lambda s: s.verdict.progress is not None and s.verdict.progress >= Fraction(1, 2)),
        ("gap>0.3", lambda s: s.verdict.gap is not None and s.verdict.gap > Fraction(3, 10)),
        ("watermelon", lambda s: s.reported == "on_track" and s.verdict.status == "off_track"),
        ("missing=baseline", lambda s: s.measure.kind == "measure" and s.measure.baseline is None),
        ("unrankable", lambda s: s.verdict.gap is None),
        ("breached", lambda s: s.measure.kind == "boundary" and s.verdict.status == "off_track"),
        ("held", lambda s: s.measure.kind == "boundary" and s.verdict.status == "on_track"),
        ("kind=milestones", lambda s: s.measure.kind == "milestones"),
        ("cadence=weekly", lambda s: s.cadence == "weekly"),
        ("reported=at_risk", lambda s: s.reported == "at_risk"),
    ],
)
@pytest.mark.parametrize("on", MOMENTS[:2])
def test_a_filter_lets_through_what_it_says(turn: TurnContext, words: str, meets: object, on: str) -> None:
    expected = {t.standing.key for t in everything(turn, on) if meets(t.standing)}  # type: ignore[operator]
    found = list_key_results(turn, where=Where(on=on, filters=(words,)))
    assert {row.id for row in found.rows} == expected
    assert found.values["count"] == len(expected)


def test_in_lists_by_freshness_the_never_checked_in_stand_apart(turn: TurnContext) -> None:
    never = {t.standing.key for t in everything(turn, "") if t.standing.last_at is None}
    found = list_key_results(turn, where=Where(filters=("freshness=stale",)))
    assert {row.id for row in found.apart} == never
    ages = [row.values["age_days"] for row in found.rows]
    assert ages == sorted(ages, reverse=True)  # type: ignore[type-var]


@pytest.mark.parametrize("on", MOMENTS)
@pytest.mark.parametrize("team", ["", "engineering", "sales"])
def test_a_roll_up_is_the_weighted_mean_with_the_worst_status(turn: TurnContext, team: str, on: str) -> None:
    scope = Scope(teams=(turn.store.ref(turn.actor, "team", team).id,)) if team else Scope()
    told = everything(turn, on, scope)
    pure = pure_roll_up((t.standing.verdict.progress, t.standing.weight) for t in told)
    found = roll_up(turn, where=Where(teams=(team,) if team else (), on=on))
    assert pure.mean is not None
    assert found.values["progress"] == pytest.approx(float(pure.mean), abs=1e-12)
    assert (found.values["counted"], found.values["left_out"]) == (pure.counted, pure.left_out)
    assert found.values["status"] == health.worst(t.standing.verdict.status for t in told)
    assert {row.id for row in found.rows} == {t.standing.key for t in told}
    assert found.rows[0].values["status"] == found.values["status"]
    assert (team or "company") in found.sources


def test_a_cycle_that_is_over_is_scored_as_of_its_end(turn: TurnContext) -> None:
    found = list_objectives(turn, where=Where(cycle="2026-Q3"))
    assert found.rows
    for row in found.rows:
        told = list_key_results(turn, where=Where(objectives=(row.id,), cycle="2026-Q3")).rows
        scores = [
            (
                score_of(
                    None,
                    None if one.values["progress"] is None else exact(float(str(one.values["progress"]))),
                )
                if one.values.get("score") is None
                else exact(float(str(one.values["score"]))),
                float(str(one.values["weight"])),
            )
            for one in told
        ]
        mean = objective_score(scores).mean
        assert row.values["score"] == (None if mean is None else number(mean))


def test_objectives_in_order_are_those_in_the_list(turn: TurnContext) -> None:
    listed = {row.id: row for row in list_objectives(turn).rows}
    ranked = list_objectives(turn, by="gap")
    defined = [row for row in listed.values() if row.values["progress"] is not None]
    assert {row.id for row in ranked.rows} == {row.id for row in defined}
    assert ranked.values["count"] == len(defined)
    gaps = [row.values["gap"] for row in ranked.rows]
    assert gaps == sorted(gaps, reverse=True)  # type: ignore[type-var]
    worst = list_objectives(turn, where=Where(filters=("status=off_track",)))
    assert {row.id for row in worst.rows} == {r.id for r in listed.values() if r.values["status"] == "off_track"}


def test_ground_lost_is_progress_held_against_what_was_expected(turn: TurnContext) -> None:
    where = Where(first="2026-11-16", last="2026-11-23", word="since")
    now = {t.standing.key: t.standing.verdict for t in everything(turn, "")}
    then = {t.standing.key: t.standing.verdict for t in everything(turn, "2026-11-16")}
    lost = {
        key: v.gap - then[key].gap  # type: ignore[operator]
        for key, v in now.items()
        if v.gap is not None and key in then and then[key].gap is not None
    }
    found = rank_key_results(turn, by="change", limit=200, where=where)
    paced = [row for row in found.rows if "gap_change" in row.values]
    assert {row.id for row in paced} == lost.keys()
    assert [row.values["gap_change"] for row in paced] == sorted((number(x) for x in lost.values()), reverse=True)
    movers = find_movers(turn, limit=2, where=where)
    assert [row.id for row in movers.rows[:2]] == [row.id for row in found.rows[:2]]


def test_a_change_is_told_in_the_unit_and_as_progress(turn: TurnContext) -> None:
    found = read_change(turn, key="KR-WIN-RATE", where=Where(first="2026-11-01", last="2026-11-23", word="since"))
    before = read_key_result(turn, key="KR-WIN-RATE", where=Where(on="2026-11-01")).rows[0].values
    now = read_key_result(turn, key="KR-WIN-RATE").rows[0].values
    assert found.values["previous"] == before["value"]
    assert found.values["value"] == now["value"]
    assert found.values["previous_progress"] == before["progress"]
    assert found.values["progress"] == now["progress"]


def test_a_history_is_oldest_first_and_keeps_the_latest(turn: TurnContext) -> None:
    whole = read_history(turn, key="KR-WIN-RATE")
    days = [str(row.values["date"]) for row in whole.rows]
    assert days == sorted(days)
    assert [row.id for row in read_history(turn, key="KR-WIN-RATE", limit=2).rows] == [
        row.id for row in whole.rows[-2:]
    ]


def test_a_kpi_moves_from_the_point_that_counted_then(turn: TurnContext) -> None:
    found = read_kpi(turn, key="KPI-NPS", where=Where(first="2026-11-01", last="2026-11-23", word="since"))
    then = read_kpi(turn, key="KPI-NPS", where=Where(on="2026-11-01"))
    assert found.values["previous"] == then.values["value"]
    assert found.values["change"] == found.values["value"] - then.values["value"]  # type: ignore[operator]
    assert len(list_kpis(turn).rows) == len(turn.store.kpis(turn.actor))


def test_two_teams_stand_beside_each_other(turn: TurnContext) -> None:
    found = compare(turn, sides=[Where(teams=("sales",)), Where(teams=("marketing",))])
    assert [row.id for row in found.rows] == ["sales", "marketing"]
    first, second = (float(str(row.values["progress"])) for row in found.rows)
    assert found.values["difference"] == pytest.approx(first - second, abs=1e-9)


def test_postponed_ones_are_only_found_when_asked_for(turn: TurnContext) -> None:
    postponed = {row.id for row in list_key_results(turn, where=Where(filters=("state=postponed",))).rows}
    assert postponed
    assert not postponed & {row.id for row in list_key_results(turn).rows}
    assert not postponed & {row.id for row in rank_key_results(turn, limit=200).apart}


def test_what_the_person_may_not_see_is_in_nothing(turn: TurnContext, employee: TurnContext) -> None:
    hidden = {t.standing.key for t in everything(turn, "") if t.restricted}
    seen = {t.standing.key for t in everything(employee, "")}
    unseen = hidden - seen
    assert unseen
    whole = rank_key_results(employee, limit=200)
    assert not unseen & {row.id for row in (*whole.rows, *whole.apart)}
    assert roll_up(employee).values["count"] == len(seen)
    key = sorted(unseen)[0]
    with pytest.raises(NotFoundError) as forbidden:
        read_key_result(employee, key=key)
    with pytest.raises(NotFoundError) as missing:
        read_key_result(employee, key="KR-NO-SUCH")
    assert str(forbidden.value).replace(key, "") == str(missing.value).replace("KR-NO-SUCH", "")


def test_between_cycles_nothing_is_ranked_and_the_last_one_is_named(turn: TurnContext) -> None:
    with pytest.raises(NoCycleError):
        rank_key_results(turn, where=Where(on="2026-03-03"))
    later = replace(turn, now=turn.now.replace(year=2027, month=2))
    found = rank_key_results(later)
    assert found.rows  # nobody has closed the cycle, so it stays in force


def test_filters_are_words_and_back() -> None:
    words = ["status=at_risk", "freshness=stale", "missing=baseline", "confidence<3", "older_than_days=14", "moved=up"]
    assert words_for(filters_from(words)) == words
    with pytest.raises(FilterError):
        filters_from(["status=wonderful"])
