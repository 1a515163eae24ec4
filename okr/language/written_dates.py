"""Days as they are written, in digits and names of months; a date without a year is the latest such one."""

from __future__ import annotations

import re
from datetime import date, timedelta

from okr.language.time_words import MONTH_OF


class NoSuchDateError(ValueError):
    """The words name a day that the calendar does not have."""


def dated(m: re.Match[str], today: date) -> date | None:
    """The day of a date in the match; None when the match holds none."""
    if m["iso"]:
        return made(*(int(part) for part in m["iso"].split("-")))
    for day, month, year in (("d1", "m1", "y1"), ("d2", "m2", "y2")):
        if m[day]:
            return _settled(int(m[day]), MONTH_OF[m[month]], m[year], today)
    for day, month, year in (("d3", "m3", "y3"), ("d4", "m4", ""), ("d5", "m5", "y5")):
        if m[day]:
            d, mon = int(m[day]), int(m[month])
            if mon > 12 >= d:
                d, mon = mon, d
            return _settled(d, mon, m[year] if year else None, today)
    return None


def _settled(day: int, month: int, year: str | None, today: date) -> date:
    if year:
        return made(int(year), month, day)
    for candidate in (today.year, today.year - 1, today.year - 2, today.year - 3, today.year - 4):
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if found <= today + timedelta(days=62):
            return found
    raise NoSuchDateError


def made(year: int, month: int, day: int) -> date:
    """The day; NoSuchDateError for one that the calendar does not have."""
    try:
        return date(year, month, day)
    except ValueError as reason:
        raise NoSuchDateError from reason
