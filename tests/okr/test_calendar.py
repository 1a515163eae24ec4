"""Days begin and end in a zone, weeks are ISO weeks, cycles follow their dates, holidays their country."""

import doctest
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okr import calendar
from okr.calendar import (
    Period,
    add_working_days,
    asked_about,
    cycle_period,
    cycles_in_force,
    day_named,
    day_of,
    end_of_day,
    is_working_day,
    iso_week,
    latest_ended,
    month_of,
    public_holidays,
    quarter,
    quarter_of,
    recorded,
    single_day,
    start_of_day,
    week_named,
    week_of,
    working_days,
    year_of,
    zone_named,
)

WARSAW = ZoneInfo("Europe/Warsaw")
days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
zones = st.sampled_from(
    [ZoneInfo(name) for name in ("Europe/Warsaw", "America/Sao_Paulo", "Asia/Beirut", "Pacific/Apia", "UTC")]
)


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(calendar).failed == 0


@pytest.mark.parametrize("name", ["Europe/Warszawa", "", "../etc/passwd", "/etc/passwd", "Europe"])
def test_a_zone_that_does_not_exist_is_said_so(name: str) -> None:
    with pytest.raises(ValueError, match="not a time zone"):
        zone_named(name)


def test_a_day_has_25_hours_when_the_clock_goes_back() -> None:
    autumn = date(2026, 10, 25)
    assert start_of_day(autumn + timedelta(days=1), WARSAW) - start_of_day(autumn, WARSAW) == timedelta(hours=25)


def test_a_day_without_midnight_begins_at_the_jump() -> None:
    jump = start_of_day(date(2018, 11, 4), ZoneInfo("America/Sao_Paulo"))
    assert jump == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert jump.astimezone(ZoneInfo("America/Sao_Paulo")).hour == 1


@given(days, zones)
def test_one_day_ends_where_the_next_begins(day: date, zone: ZoneInfo) -> None:
    assert end_of_day(day, zone) + timedelta(microseconds=1) == start_of_day(day + timedelta(days=1), zone)


@given(days)
def test_the_ends_of_a_day_fall_on_it(day: date) -> None:
    assert day_of(start_of_day(day, WARSAW), WARSAW) == day_of(end_of_day(day, WARSAW), WARSAW) == day


@pytest.mark.parametrize(
    ("text", "at", "day_only"),
    [
        ("2026-11-20", "2026-11-19T23:00:00+00:00", True),
        (" 2026-11-20 ", "2026-11-19T23:00:00+00:00", True),
        ("2026-11-20T10:15", "2026-11-20T09:15:00+00:00", False),
        ("2026-11-20 10:15:30", "2026-11-20T09:15:30+00:00", False),
        ("2026-11-20T10:15:30,5", "2026-11-20T09:15:30.500000+00:00", False),
        ("2026-11-20t10:15:00z", "2026-11-20T10:15:00+00:00", False),
        ("2026-11-20T10:15:00-0500", "2026-11-20T15:15:00+00:00", False),
        ("2026-11-20T10:15[Asia/Tokyo]", "2026-11-20T01:15:00+00:00", False),
        ("2026-11-20T10:15+09:00[Asia/Tokyo]", "2026-11-20T01:15:00+00:00", False),
        # The hour that happens twice is the first of the two.
        ("2026-10-25T02:30", "2026-10-25T00:30:00+00:00", False),
    ],
)
def test_a_recorded_date_counts_from_its_start(text: str, at: str, day_only: bool) -> None:
    found = recorded(text, WARSAW)
    assert (found.at.isoformat(), found.day_only) == (at, day_only)


def test_a_date_asked_about_means_its_end() -> None:
    assert asked_about("2026-11-20", WARSAW) == end_of_day(date(2026, 11, 20), WARSAW)
    assert asked_about("2026-11-20T10:15", WARSAW) == datetime(2026, 11, 20, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "20.11.2026", "2026-11", "2026-11-20T", "2026-11-20T10", "20261120", "2026-11-20T10:15+1"],
)
def test_what_is_no_date_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write it like 2026-11-23"):
        recorded(text, WARSAW)
    with pytest.raises(ValueError, match="write it like"):
        asked_about(text, WARSAW)


@pytest.mark.parametrize("text", ["2026-02-30", "2027-02-29", "2026-13-01", "2026-11-20T25:00", "2026-02-30T10:00"])
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="of the calendar"):
        recorded(text, WARSAW)


@pytest.mark.parametrize("text", ["0000-01-01", "0001-01-01", "9999-12-31", "9999-12-31T23:59-09:00"])
def test_a_year_at_the_end_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        recorded(text, WARSAW)


def test_an_unknown_zone_in_brackets_is_refused() -> None:
    with pytest.raises(ValueError, match="not a time zone"):
        recorded("2026-11-20T10:15[Mars/Base]", WARSAW)


def test_a_day_name_must_be_a_day() -> None:
    assert day_named("2028-02-29") == date(2028, 2, 29)
    with pytest.raises(ValueError, match="not a date"):
        day_named("29.02.2028")


def test_a_period_knows_its_days() -> None:
    week = week_of(date(2026, 11, 25))
    assert (week.first, week.last, week.kind) == (date(2026, 11, 23), date(2026, 11, 29), "week")
    assert date(2026, 11, 29) in week
    assert date(2026, 11, 30) not in week
    assert len(week) == len(list(week.days())) == 7
    assert week.bounds(WARSAW) == (start_of_day(week.first, WARSAW), end_of_day(week.last, WARSAW))


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Period(date(2026, 2, 1), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("period", "before", "after"),
    [
        (single_day(date(2026, 3, 1)), "2026-02-28/2026-02-28 day", "2026-03-02/2026-03-02 day"),
        (week_of(date(2026, 12, 31)), "2026-12-21/2026-12-27 week", "2027-01-04/2027-01-10 week"),
        (month_of(date(2026, 1, 31)), "2025-12-01/2025-12-31 month", "2026-02-01/2026-02-28 month"),
        (month_of(date(2026, 12, 1)), "2026-11-01/2026-11-30 month", "2027-01-01/2027-01-31 month"),
        (quarter_of(date(2026, 11, 23)), "2026-07-01/2026-09-30 quarter", "2027-01-01/2027-03-31 quarter"),
        (year_of(date(2026, 11, 23)), "2025-01-01/2025-12-31 year", "2027-01-01/2027-12-31 year"),
        (Period(date(2026, 1, 1), date(2026, 1, 10)), "2025-12-22/2025-12-31 range", "2026-01-11/2026-01-20 range"),
        (
            Period(date(2026, 1, 1), date(2026, 1, 10), "cycle"),
            "2025-12-22/2025-12-31 range",
            "2026-01-11/2026-01-20 range",
        ),
    ],
)
def test_what_comes_before_and_after(period: Period, before: str, after: str) -> None:
    def written(it: Period) -> str:
        return f"{it.first}/{it.last} {it.kind}"

    assert written(period.previous()) == before
    assert written(period.next()) == after


@given(days, st.integers(-40, 40))
def test_shifting_there_and_back_changes_nothing(day: date, steps: int) -> None:
    for period in (single_day(day), week_of(day), month_of(day), quarter_of(day), year_of(day)):
        assert day in period
        assert period.shifted(steps).shifted(-steps) == period


def test_quarters_have_numbers() -> None:
    assert quarter(2026, 4) == Period(date(2026, 10, 1), date(2026, 12, 31), "quarter")
    with pytest.raises(ValueError, match="1 to 4"):
        quarter(2026, 5)


@pytest.mark.parametrize(
    ("day", "week"),
    [("2026-11-23", "2026-W48"), ("2027-01-03", "2026-W53"), ("2027-01-04", "2027-W01"), ("2024-12-30", "2025-W01")],
)
def test_weeks_are_iso_weeks(day: str, week: str) -> None:
    assert iso_week(date.fromisoformat(day)) == week
    assert date.fromisoformat(day) in week_named(week)


def test_week_names_are_read_loosely_but_not_wrongly() -> None:
    assert week_named("2026w3") == week_named("2026-W03")
    with pytest.raises(ValueError, match="has no week 53"):
        week_named("2025-W53")
    with pytest.raises(ValueError, match="not a week"):
        week_named("week 3")


@dataclass(frozen=True)
class Given:
    key: str
    start: date
    end: date
    state: str


def cycle(key: str, start: str, end: str, state: str) -> Given:
    return Given(key, date.fromisoformat(start), date.fromisoformat(end), state)


YEAR = cycle("2026", "2026-01-01", "2026-12-31", "active")
Q3 = cycle("2026-Q3", "2026-07-01", "2026-09-30", "closed")
Q4 = cycle("2026-Q4", "2026-10-05", "2026-12-31", "active")
Q1 = cycle("2027-Q1", "2027-01-01", "2027-03-31", "planned")


@pytest.mark.parametrize(
    ("on", "keys"),
    [
        ("2026-11-23", ["2026-Q4", "2026"]),
        ("2026-10-05", ["2026-Q4", "2026"]),
        ("2026-12-31", ["2026-Q4", "2026"]),
        ("2026-10-02", ["2026"]),
        ("2026-08-01", ["2026-Q3", "2026"]),
        ("2027-01-02", ["2026-Q4", "2026"]),
        ("2025-12-31", []),
    ],
)
def test_the_cycles_in_force_are_those_that_run(on: str, keys: list[str]) -> None:
    found = cycles_in_force([YEAR, Q3, Q4, Q1], date.fromisoformat(on))
    assert [cycle.key for cycle in found] == keys


def test_between_two_closed_cycles_none_is_in_force() -> None:
    ended = cycle("2026-Q4", "2026-10-01", "2026-12-20", "closed")
    assert cycles_in_force([Q3, ended, Q1], date(2026, 12, 28)) == ()
    assert latest_ended([Q3, ended, Q1], date(2026, 12, 28)) == ended


def test_of_cycles_left_open_only_those_that_ended_last_stay_in_force() -> None:
    old = cycle("2025-Q4", "2025-10-01", "2025-12-31", "active")
    late = cycle("2026-Q1", "2026-01-01", "2026-03-31", "active")
    assert cycles_in_force([old, late, Q1], date(2026, 4, 2)) == (late,)


def test_the_latest_ended_cycle_is_the_shorter_of_two() -> None:
    assert latest_ended([YEAR, Q4, Q3], date(2027, 1, 5)) == Q4
    assert latest_ended([YEAR, Q4, Q3], date(2026, 11, 23)) == Q3
    assert latest_ended([Q1], date(2027, 5, 1)) is None
    assert cycle_period(Q4) == Period(date(2026, 10, 5), date(2026, 12, 31), "cycle")


@pytest.mark.parametrize(
    ("day", "country", "works"),
    [
        ("2026-12-24", "PL", False),
        ("2024-12-24", "PL", True),
        ("2026-12-23", "pl", True),
        ("2026-11-11", "PL", False),
        ("2026-11-11", "XX", True),
        ("2026-11-14", "XX", False),
        ("2027-07-05", "US", False),
    ],
)
def test_working_days_follow_the_country(day: str, country: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day), country) is works


def test_an_unknown_country_has_no_holidays() -> None:
    assert public_holidays("XX", 2026) == {}
    assert len(public_holidays("PL", 2026)) >= 13


@pytest.mark.parametrize(
    ("day", "count", "lands"),
    [
        ("2026-12-23", 1, "2026-12-28"),
        ("2026-12-28", -1, "2026-12-23"),
        ("2026-12-26", 0, "2026-12-28"),
        ("2026-12-28", 0, "2026-12-28"),
        ("2026-12-31", -3, "2026-12-28"),
        ("2026-10-31", 1, "2026-11-02"),
    ],
)
def test_working_days_are_counted_over_holidays(day: str, count: int, lands: str) -> None:
    assert add_working_days(date.fromisoformat(day), count, "PL") == date.fromisoformat(lands)


def test_a_period_has_so_many_working_days() -> None:
    assert working_days(month_of(date(2026, 12, 1)), "PL") == 21
    assert working_days(month_of(date(2026, 12, 1)), "XX") == 23
