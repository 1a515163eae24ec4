"""Moments as people say them."""

from __future__ import annotations

from datetime import datetime

from assistant.telling import formats
from okr.calendar import day_of
from ui.session import Visit


def said_when(visit: Visit, moment: datetime) -> str:
    """A moment as people say it: "Friday 20 November, 3 days ago"."""
    language = visit.words.language
    on = day_of(moment, visit.company.tz)
    name = formats.weekday(on, language)
    named = f"{name} {formats.day(on, language, visit.today)}"
    if on > visit.today:
        return named
    return f"{named}, {formats.how_long_ago(on, language, visit.today)}"
