"""Schedules: the calendar's edge cases, bounded cost, and agreement with python-dateutil."""

from __future__ import annotations

import json
import time as clock
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from okr.automations import catch_up, newly_met, stale_from
from okr.recurrence import InvalidRuleError, Recurrence
from okr.schedule import (
    ExceptDay,
    ExceptMoment,
    ExceptRule,
    ExceptSpan,
    Holidays,
    Schedule,
    exclusion_from,
    instant_of,
)

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "rules_calendar.jsonl").read_text(encoding="utf-8").splitlines()
]
RULED = [case for case in CASES if "rule" in case]
WARSAW = "Europe/Warsaw"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def utc(instants: list[datetime]) -> list[str]:
    return [at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for at in instants]


def case(name: str) -> dict[str, Any]:
    return next(c for c in CASES if c["id"] == name)


@pytest.mark.parametrize("c", RULED, ids=[c["id"] for c in RULED])
def test_a_rule_runs_at_the_instants_the_calendar_case_lists(c: dict[str, Any]) -> None:
    schedule = Schedule(c["rule"], datetime.fromisoformat(c["dtstart"]), c["tz"])
    start = instant_of(schedule.dtstart, c["tz"])
    assert utc(schedule.next(start, len(c["expected_utc"]), inclusive=True)) == c["expected_utc"]


def test_a_local_time_that_comes_twice_is_the_first_of_the_two() -> None:
    assert (
        utc([instant_of(datetime.fromisoformat(case("e015")["input_local"]), WARSAW)]) == case("e015")["expected_utc"]
    )


def test_two_local_times_that_are_one_instant_run_once() -> None:
    schedule = Schedule("FREQ=DAILY;BYHOUR=2,3;BYMINUTE=30", datetime(2027, 3, 28), WARSAW)
    assert utc(schedule.next(instant_of(schedule.dtstart, WARSAW), 2)) == [
        "2027-03-28T01:30:00Z",
        "2027-03-29T00:30:00Z",
    ]


@pytest.mark.parametrize(
    ("name", "position", "months", "country", "start"),
    [
        ("e051", 1, "1", "PL", datetime(2027, 1, 1, 9)),
        ("e053", 1, "11", "PL", datetime(2027, 11, 1, 9)),
        ("e054", -1, "12", "PL", datetime(2026, 12, 1, 9)),
        ("e055", -4, "12", "PL", datetime(2026, 12, 1, 9)),
        ("e057", 1, "1", "US", datetime(2027, 1, 1, 9)),
    ],
)
def test_public_holidays_leave_the_month_before_business_days_are_counted(
    name: str, position: int, months: str, country: str, start: datetime
) -> None:
    rule = f"FREQ=MONTHLY;BYMONTH={months};BYDAY=MO,TU,WE,TH,FR;BYSETPOS={position};BYHOUR=9;BYMINUTE=0"
    schedule = Schedule(rule, start, case(name)["tz"], (Holidays(country, "not_counted"),))
    assert utc(schedule.next(instant_of(start, case(name)["tz"]), 1, inclusive=True)) == case(name)["expected_utc"]


def test_the_first_business_days_of_july_step_over_the_observed_holiday() -> None:
    rule = "FREQ=MONTHLY;BYMONTHDAY=1,5;BYHOUR=9;BYMINUTE=0"
    schedule = Schedule(rule, datetime(2027, 7, 1), "America/New_York", (Holidays("US", "next_business_day"),))
    assert utc(schedule.next(datetime(2027, 7, 1, tzinfo=UTC), 2)) == case("e058")["expected_utc"]


def test_a_run_on_a_holiday_moves_to_the_next_business_day() -> None:
    schedule = Schedule(
        "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0",
        datetime(2027, 3, 22),
        WARSAW,
        (Holidays("PL", "next_business_day"),),
    )
    assert utc(schedule.next(datetime(2027, 3, 21, tzinfo=UTC), 3)) == case("e060")["expected_utc"]


def test_a_run_on_a_holiday_moves_back_or_is_left_out_when_that_is_asked() -> None:
    def first(do: str) -> str:
        schedule = Schedule(
            "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0", datetime(2027, 3, 29), WARSAW, (Holidays("PL", do),)
        )
        return schedule.next(datetime(2027, 3, 20, tzinfo=UTC), 1)[0].date().isoformat()

    assert first("previous_business_day") == "2027-03-26"
    assert first("skip") == "2027-04-05"


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ("2026-12-24", ExceptDay),
        ("2026-12-24T09:00:00", ExceptMoment),
        ("FREQ=MONTHLY;BYDAY=-1FR", ExceptRule),
        ({"from": "2026-12-20", "to": "2027-01-03"}, ExceptSpan),
        ({"kind": "holidays", "country": "PL", "do": "skip"}, Holidays),
    ],
)
def test_an_exception_is_read_from_a_document_and_written_back(entry: object, kind: type) -> None:
    exclusion = exclusion_from(entry)
    assert isinstance(exclusion, kind)
    assert exclusion.document() == entry


@pytest.mark.parametrize(
    "entry", ["yesterday", 7, {"kind": "holidays", "country": "PL", "do": "dance"}, {"from": "x", "to": "y"}]
)
def test_what_is_no_exception_is_refused(entry: object) -> None:
    with pytest.raises(InvalidRuleError):
        exclusion_from(entry)


def test_exceptions_take_days_stretches_moments_and_rules_away() -> None:
    exceptions = (
        ExceptDay(date(2026, 11, 24)),
        ExceptMoment(datetime(2026, 11, 25, 9)),
        ExceptSpan(date(2026, 11, 27), date(2026, 11, 29)),
        ExceptRule("FREQ=WEEKLY;BYDAY=MO"),
    )
    schedule = Schedule("FREQ=DAILY;BYHOUR=9,15;BYMINUTE=0", datetime(2026, 11, 23, 9), WARSAW, exceptions)
    assert [f"{at:%d %H}" for at in schedule.next(NOW, 4)] == ["25 15", "26 09", "26 15", "01 09"]


def test_between_leaves_out_its_beginning_and_has_its_end() -> None:
    schedule = Schedule("FREQ=HOURLY", datetime(2026, 11, 23, 9), WARSAW)
    assert len(schedule.between(NOW, NOW + timedelta(hours=3))) == 3


def test_several_lines_are_a_union_in_order() -> None:
    lines = "FREQ=DAILY;BYHOUR=8;BYMINUTE=0\nFREQ=DAILY;BYHOUR=13;BYMINUTE=20"
    schedule = Schedule(lines, datetime(2026, 11, 23, 8), WARSAW)
    assert [f"{at:%H:%M}" for at in schedule.next(NOW, 3)] == ["13:20", "08:00", "13:20"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=7",
        "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31",
        "FREQ=WEEKLY;BYDAY=MO;BYMONTHDAY=31;BYMONTH=2",
        "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
def test_a_rule_that_never_fires_says_so_in_bounded_time(rule: str) -> None:
    begun = clock.process_time()
    assert not Schedule(rule, datetime(2026, 11, 23, 9), WARSAW).fires_after(NOW)
    assert clock.process_time() - begun < 5


def test_a_leap_day_on_a_monday_is_found() -> None:
    schedule = Schedule(
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;BYHOUR=9;BYMINUTE=0", datetime(2026, 11, 23), WARSAW
    )
    assert schedule.next(NOW, 1)[0].year == 2044


def test_an_old_fast_rule_is_not_walked_from_its_start() -> None:
    schedule = Schedule("FREQ=MINUTELY;INTERVAL=5", datetime(2016, 1, 1), WARSAW)
    begun = clock.process_time()
    assert len(schedule.next(NOW, 5)) == 5
    assert clock.process_time() - begun < 0.05


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FREQ=SOMETIMES",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYHOUR=25",
        "FREQ=DAILY;COUNT=0",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;UNTIL=soon",
        "FREQ=DAILY;BYMONTH=x",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;SOMETHING=1",
        "nonsense",
    ],
)
def test_a_broken_rule_is_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidRuleError):
        Schedule(text, datetime(2026, 1, 1), WARSAW)


def test_each_recipients_own_clock_needs_the_zone_to_look_at() -> None:
    schedule = Schedule("FREQ=DAILY;BYHOUR=9;BYMINUTE=0", datetime(2026, 11, 23), "recipient")
    with pytest.raises(InvalidRuleError):
        schedule.next(NOW)
    assert utc(schedule.next(NOW, 1, zone="America/New_York")) == ["2026-11-23T14:00:00Z"]


def test_the_shortest_gap_is_found() -> None:
    assert Schedule("FREQ=MINUTELY;INTERVAL=5", datetime(2026, 11, 23), WARSAW).shortest_gap(NOW) == timedelta(
        minutes=5
    )
    assert Schedule("FREQ=DAILY;COUNT=1", datetime(2026, 11, 24), WARSAW).shortest_gap(NOW) is None


weekday = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])


@st.composite
def rules(draw: st.DrawFn) -> str:
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 4))}", f"WKST={draw(weekday)}"]
    if draw(st.booleans()):
        parts.append("BYMONTH=" + ",".join(map(str, sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=4))))))
    if draw(st.booleans()):
        parts.append("BYDAY=" + ",".join(sorted(draw(st.sets(weekday, min_size=1, max_size=4)))))
    elif freq == "MONTHLY":
        parts.append(f"BYDAY={draw(st.sampled_from([-2, -1, 1, 2, 3]))}{draw(weekday)}")
    if draw(st.booleans()) and freq != "WEEKLY":
        parts.append(f"BYMONTHDAY={draw(st.sampled_from([1, 7, 15, 28, 29, 31, -1, -3]))}")
    if draw(st.booleans()):
        parts.append("BYHOUR=" + ",".join(map(str, sorted(draw(st.sets(st.integers(0, 23), min_size=1, max_size=3))))))
    if draw(st.booleans()) and freq in ("MONTHLY", "YEARLY"):
        parts.append(f"BYSETPOS={draw(st.sampled_from([-1, 1, 2]))}")
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 6))}")
    return ";".join(parts)


@settings(max_examples=250, deadline=None)
@given(rules(), st.integers(0, 400))
def test_expansion_agrees_with_dateutil(rule: str, shift: int) -> None:
    start = datetime(2026, 1, 31, 9, 15) + timedelta(days=shift)
    horizon = start + timedelta(days=5 * 366)
    wanted = rrulestr(rule, dtstart=start).between(start, horizon, inc=True)[:40]
    own: list[datetime] = []
    for group in Recurrence.parse(rule).local(start, start, None):
        own += group
        if len(own) >= 40 or own[-1] > horizon:
            break
    assert [at for at in own if at <= horizon][: len(wanted)] == wanted


@settings(max_examples=150, deadline=None)
@given(rules().filter(lambda r: "COUNT" not in r), st.integers(0, 3000))
def test_starting_to_look_later_finds_the_same_instants(rule: str, days: int) -> None:
    schedule = Schedule(rule, datetime(2020, 1, 31, 9), WARSAW)
    later = datetime(2020, 2, 1, tzinfo=UTC) + timedelta(days=days)
    from_there = schedule.next(later, 3)
    if from_there:
        assert [
            at
            for at in schedule.between(schedule.next(datetime(2019, 1, 1, tzinfo=UTC), 1)[0], from_there[-1])
            if at > later
        ] == [at for at in from_there if at > schedule.next(datetime(2019, 1, 1, tzinfo=UTC), 1)[0]]


@settings(max_examples=100, deadline=None)
@given(rules())
def test_a_rule_is_written_as_it_was_read(rule: str) -> None:
    assert Recurrence.parse(Recurrence.parse(rule).text()) == Recurrence.parse(rule)


# -- what a late start catches up on ----------------------------------------------------------------


def instants(rule: str, start: datetime, a: str, b: str) -> list[datetime]:
    schedule = Schedule(rule, start, WARSAW)
    return schedule.between(datetime.fromisoformat(a), datetime.fromisoformat(b))


def test_a_short_outage_runs_the_missed_one_under_its_own_instant() -> None:
    c = case("e067")
    due = instants("FREQ=WEEKLY;BYDAY=FR;BYHOUR=16;BYMINUTE=0", datetime(2026, 11, 27, 16), *c["down"])
    assert utc(list(catch_up(due, datetime.fromisoformat(c["down"][1])).run)) == c["expected_utc"]


def test_after_days_only_the_latest_runs_and_the_others_are_missed() -> None:
    c = case("e068")
    due = instants("FREQ=DAILY;BYHOUR=9;BYMINUTE=0", datetime(2026, 11, 23, 9), *c["down"])
    settled = catch_up(due, datetime.fromisoformat(c["down"][1]))
    assert utc(list(settled.run)) == c["expected_utc"]
    assert len(settled.missed) == 2


def test_catching_up_on_nothing_runs_nothing_late() -> None:
    c = case("e070")
    due = instants("FREQ=DAILY;BYHOUR=9;BYMINUTE=0", datetime(2026, 11, 23, 9), *c["down"])
    settled = catch_up(due, datetime.fromisoformat(c["down"][1]), "none")
    assert settled.run == ()
    assert len(settled.missed) == 3


def test_nothing_from_a_pause_runs_afterwards() -> None:
    c = case("e071")
    rule, start = "FREQ=DAILY;BYHOUR=9;BYMINUTE=0", datetime(2026, 11, 23, 9)
    pause = (datetime.fromisoformat(c["down"][0]), datetime.fromisoformat(c["down"][1]))
    now = datetime(2026, 11, 27, 8, tzinfo=UTC)
    settled = catch_up(instants(rule, start, c["down"][0], now.isoformat()), now, pauses=[pause])
    assert utc(list(settled.run)) == c["expected_utc"]
    assert len(settled.paused) == 3


def test_waking_up_runs_at_most_once() -> None:
    now = datetime(2026, 11, 23, 9, 0, 24, tzinfo=UTC)
    due = [now - timedelta(seconds=2 * n) for n in range(12)]
    assert len(catch_up(due, now).run) == case("e072")["expected_runs_after_wake"]


def test_catching_up_on_all_runs_what_is_young_enough() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    due = [now - timedelta(hours=h) for h in (3, 2, 1)]
    settled = catch_up(due, now, "all")
    assert len(settled.run) == 2
    assert len(settled.missed) == 1


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(InvalidRuleError):
        catch_up([], NOW, "sometimes")


def test_silence_counts_in_calendar_days() -> None:
    c = case("e074")
    assert utc([stale_from(datetime.fromisoformat(c["updated_at"]), 10, WARSAW)]) == c["expected_utc"]


def test_a_condition_fires_once_a_period_and_arms_again() -> None:
    c = case("e075")
    assert utc([stale_from(datetime.fromisoformat(c["updated_at"]), 10, WARSAW)]) == c["expected_utc"]
    assert newly_met({"KR-1"}, set()) == {"KR-1"}
    assert newly_met({"KR-1"}, {"KR-1"}) == frozenset()
