"""How somebody wants to be reached: on which channel, when not, and whether all at once a day."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.delivery_tables import preferences
from okr.errors import OkrError
from okr.store.audit import add_audit
from okr.store.automations import actor_of
from okr.store.engine import Database

INBOX = "inbox"
DIGESTS = ("none", "daily")
MORNING = time(9)
_QUIET = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*[-–]\s*(\d{1,2})(?::(\d{2}))?")


class PreferenceError(OkrError):
    """Somebody cannot be reached as they wish."""

    code = "preference"


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a person wants to be reached; times are on their own clock.

    `channel` is a name from the admin's list, `inbox` for the app alone, None for the company's usual one.
    What is sent in quiet hours waits until they end. With `daily`, all of a day comes together at `digest_at`.
    """

    channel: str | None = None
    quiet: tuple[time, time] | None = None
    digest: str = "none"
    digest_at: time = MORNING

    def document(self) -> dict[str, Any]:
        """The wishes as JSON."""
        quiet = f"{self.quiet[0]:%H:%M}-{self.quiet[1]:%H:%M}" if self.quiet else None
        return {"channel": self.channel, "quiet": quiet, "digest": self.digest, "digest_at": f"{self.digest_at:%H:%M}"}


def quiet_hours(text: str) -> tuple[time, time] | None:
    """The quiet hours somebody wrote, None for `none`; `PreferenceError` for what is no stretch of the clock.

    >>> quiet_hours("18-8:30")
    (datetime.time(18, 0), datetime.time(8, 30))
    """
    if text.strip().lower() in ("none", "off", "brak"):
        return None
    found = _QUIET.fullmatch(text.strip())
    problem = PreferenceError(f"{text[:40]!r} is no stretch of the clock.", "Write it like 18:00-08:00, or none.")
    if found is None:
        raise problem
    try:
        begins, ends = time(int(found[1]), int(found[2] or 0)), time(int(found[3]), int(found[4] or 0))
    except ValueError:
        raise problem from None
    if begins == ends:
        raise PreferenceError("Quiet hours cannot last all day.", "To get nothing outside the app, choose inbox.")
    return begins, ends


def clock_time(text: str) -> time:
    """The time of day somebody wrote, such as 9 or 9:30; `PreferenceError` for none."""
    found = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?", text.strip())
    try:
        if found is not None:
            return time(int(found[1]), int(found[2] or 0))
    except ValueError:
        pass
    raise PreferenceError(f"{text[:40]!r} is no time of day.", "Write it like 9:00.")


class PreferencesPart:
    """The store's door to how people want to be reached."""

    database: Database

    def preferences(self, actor: Actor) -> Preferences:
        """What the person has chosen; the usual for whoever has chosen nothing."""
        with self.database.read() as connection:
            return preferences_of(connection, actor.id)

    def set_preferences(
        self, actor: Actor, wanted: Preferences, now: datetime, *, channels: Collection[str]
    ) -> Preferences:
        """Keep how the person wants to be reached; `PreferenceError` for a channel that no admin has set up."""
        if wanted.channel not in (None, INBOX, *channels):
            known = ", ".join([INBOX, *sorted(channels)])
            raise PreferenceError(f"There is no channel called {str(wanted.channel)[:40]!r}.", f"There is: {known}.")
        if wanted.digest not in DIGESTS:
            raise PreferenceError(f"{wanted.digest[:40]!r} is no kind of digest.", "Choose none or daily.")
        values: dict[str, Any] = {
            "channel": wanted.channel,
            "quiet_from": _minutes(wanted.quiet[0]) if wanted.quiet else None,
            "quiet_to": _minutes(wanted.quiet[1]) if wanted.quiet else None,
            "digest": wanted.digest,
            "digest_at": _minutes(wanted.digest_at),
        }
        with self.database.write() as connection:
            _keep(connection, actor, values)
            add_audit(connection, actor, now, "prefer", "person", actor.email, detail=wanted.document())
        return self.preferences(actor)

    def feed_secret(self, actor: Actor, now: datetime, *, renew: bool = False) -> str:
        """The secret part of the address of the person's calendar, made when there is none.

        With `renew` a new one; the old address shows nothing from then on.
        """
        mine = sa.select(preferences.c.feed).where(preferences.c.person_id == actor.id)
        with self.database.write() as connection:
            found: str | None = connection.execute(mine).scalar()
            if found is None or renew:
                found = secrets.token_urlsafe(24)
                _keep(connection, actor, {"feed": found})
                add_audit(connection, actor, now, "renew", "feed", actor.email)
        return found

    def feed_reader(self, secret: str) -> Actor:
        """Whose calendar stands at that address; `PreferenceError` for nobody's, or of somebody who has left."""
        whose = sa.select(preferences.c.person_id).where(preferences.c.feed == secret)
        with self.database.read() as connection:
            found = connection.execute(whose).scalar() if secret else None
            actor = actor_of(connection, found) if found is not None else None
        if actor is None:
            raise PreferenceError("There is no calendar at this address.", "Its owner can make a new one.")
        return actor


def preferences_of(connection: Connection, person_id: int) -> Preferences:
    """What a person has chosen, for whoever holds their internal id."""
    row = connection.execute(sa.select(preferences).where(preferences.c.person_id == person_id)).first()
    if row is None:
        return Preferences()
    quiet = None if row.quiet_from is None else (_clock(row.quiet_from), _clock(row.quiet_to))
    return Preferences(row.channel, quiet, row.digest, _clock(row.digest_at))


def _keep(connection: Connection, actor: Actor, values: dict[str, Any]) -> None:
    mine = preferences.c.person_id == actor.id
    if not connection.execute(sa.update(preferences).where(mine).values(values)).rowcount:
        connection.execute(sa.insert(preferences).values(person_id=actor.id, **values))


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
