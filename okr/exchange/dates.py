"""Dates as the company file writes them: a day, or a moment with or without an offset."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

FIRST_YEAR = 1900
LAST_YEAR = 2200

_FORM = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)


@lru_cache(maxsize=65_536)
def read_date(text: str) -> date | datetime | str:
    """The day, or the moment (without a zone where the text gives none); else what is wrong with it, in words.

    >>> read_date("2026-11-20")
    datetime.date(2026, 11, 20)
    >>> read_date("2026-02-30")
    "'2026-02-30' is a day that does not exist"
    >>> read_date("20.11.2026")
    "'20.11.2026' is not a date like 2026-11-20 or 2026-11-20T10:15:00+01:00"
    """
    if not _FORM.fullmatch(text):
        return f"{text!r} is not a date like 2026-11-20 or 2026-11-20T10:15:00+01:00"
    try:
        found = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return f"{text!r} is a day that does not exist" if len(text) == 10 else f"{text!r} does not exist"
    if not FIRST_YEAR <= found.year < LAST_YEAR:
        return f"{text!r} lies outside the years {FIRST_YEAR} to {LAST_YEAR - 1}"
    return found


def moment(found: date | datetime, zone: ZoneInfo) -> tuple[datetime, bool]:
    """When it counts from, in UTC, and whether only a day was given: a day counts from its start in the zone."""
    if isinstance(found, datetime):
        aware = found if found.tzinfo else found.replace(tzinfo=zone)
        return aware.astimezone(UTC), False
    return datetime.combine(found, time(), zone).astimezone(UTC), True


def day(found: date | datetime, zone: ZoneInfo) -> date:
    """The day in the zone."""
    if isinstance(found, datetime):
        return (found.astimezone(zone) if found.tzinfo else found).date()
    return found


def written(at: datetime, day_only: bool, zone: ZoneInfo) -> str:
    """The moment as the file writes it, in the zone; a day alone where only a day was given."""
    local = at.astimezone(zone)
    return local.date().isoformat() if day_only else local.isoformat()
