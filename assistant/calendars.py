"""The coming firings of rules as a calendar that other programs subscribe to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from assistant.delivery import harmless, spoken_by
from assistant.telling.phrases import say
from okr.access import Actor
from okr.errors import OkrError
from okr.language.rules import read_back
from okr.models import micros
from okr.schedule import RECIPIENT
from okr.store import Store
from okr.store.receiving import Expected

if TYPE_CHECKING:
    from icalendar import Event

AHEAD = timedelta(weeks=9)
MOST_OF_ONE_RULE = 60
LASTS = timedelta(minutes=15)


class CalendarError(OkrError):
    """There is no calendar to be had here."""

    code = "calendar"


def calendar_at(store: Store, secret: str, now: datetime, public_url: str | None = None) -> bytes:
    """The calendar at a person's secret address; `PreferenceError` where nobody has that one."""
    return calendar_of(store, store.feed_reader(secret), now, public_url)


def calendar_of(store: Store, actor: Actor, now: datetime, public_url: str | None = None) -> bytes:
    """What will be sent by the person's rules, and to them by others', in the coming nine weeks, as iCalendar.

    An event keeps its identity from one reading to the next. Rules that wait for a condition have no time.
    """
    try:
        from icalendar import Calendar
    except ImportError:
        raise CalendarError("Calendars need the part called 'calendar'.", "Install it with its extra.") from None
    language = spoken_by(actor)
    calendar = Calendar()
    calendar.add("prodid", "-//OKR assistant//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", say(language, "calendar.name"))
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"value": "DURATION"})
    for expected in store.expected_rules(actor):
        for at in _coming(expected, actor, now):
            calendar.add_component(_event(expected, at, now, language, public_url))
    written: bytes = calendar.to_ical()
    return written


def _coming(expected: Expected, actor: Actor, now: datetime) -> list[datetime]:
    rule = expected.automation.rule
    if rule.schedule is None and rule.at is None:
        return []
    if rule.zone == RECIPIENT:
        schedule = None if rule.schedule is None else rule.schedule.in_zone(actor.zone)
        rule = replace(rule, zone=actor.zone, schedule=schedule)
    return [at.astimezone(UTC) for at in rule.coming(now, MOST_OF_ONE_RULE) if at <= now + AHEAD]


def _event(expected: Expected, at: datetime, now: datetime, language: str, public_url: str | None) -> Event:
    from icalendar import Event

    automation = expected.automation
    event = Event()
    event.add("uid", f"{automation.key}-{micros(at)}@okr-assistant")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", at)
    event.add("dtend", at + LASTS)
    event.add("summary", _summary(expected, language))
    readback = harmless(read_back(automation.rule, language)) if expected.readable else ""
    owner = harmless(expected.owner_name)
    event.add("description", say(language, "calendar.about", rule=automation.key, owner=owner, readback=readback))
    # A reminder keeps nobody busy.
    event.add("transp", "TRANSPARENT")
    if public_url is not None:
        event.add("url", f"{public_url}/automations")
    return event


def _summary(expected: Expected, language: str) -> str:
    said = [harmless(action.message) for action in expected.automation.rule.actions if action.message]
    kind = expected.automation.rule.actions[0].kind
    if kind == "send_update":
        return say(language, "message.update")
    what = said[0] if said and expected.readable else say(language, "message.update_progress")
    return say(language, "message.reminder", what=what)
