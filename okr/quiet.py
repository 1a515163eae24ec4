"""When a message may reach somebody outside the app: after their quiet hours, or with the day's digest."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from okr.schedule import instant_of


def after_quiet(at: datetime, zone: str, begins: time, ends: time) -> datetime:
    """The moment itself, or, inside the quiet hours of the person's own clock, their end, in UTC.

    The beginning is quiet and the end is not. Hours that begin later than they end go over midnight.

    >>> after_quiet(datetime(2026, 11, 23, 21, tzinfo=UTC), "Europe/Warsaw", time(18), time(8)).isoformat()
    '2026-11-24T07:00:00+00:00'
    """
    local = at.astimezone(ZoneInfo(zone))
    clock = local.time()
    over_midnight = begins > ends
    quiet = (clock >= begins or clock < ends) if over_midnight else begins <= clock < ends
    if not quiet:
        return at
    day = local.date() + timedelta(days=1) if over_midnight and clock >= begins else local.date()
    return max(at, instant_of(datetime.combine(day, ends), zone)).astimezone(UTC)


def next_digest(at: datetime, zone: str, clock: time) -> datetime:
    """The next time, later than the moment, at which the person's clock shows that hour, in UTC.

    >>> next_digest(datetime(2026, 11, 23, 8, tzinfo=UTC), "Europe/Warsaw", time(9)).isoformat()
    '2026-11-24T08:00:00+00:00'
    """
    day = at.astimezone(ZoneInfo(zone)).date()
    for step in range(3):
        found = instant_of(datetime.combine(day + timedelta(days=step), clock), zone)
        if found > at:
            return found.astimezone(UTC)
    raise ValueError("a day has an end")
