"""What every command begins with: its arguments, the settings, the store, the clock and who asks."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from assistant.settings import Settings, read_settings
from okr.access import Actor
from okr.calendar import asked_about, zone_named
from okr.errors import OkrError, SettingsError
from okr.store import Store, open_store

MOST_CLOCK = 100


class UsageError(OkrError):
    """The command line asks for something that does not exist or lacks something."""

    code = "usage"


class Run:
    """One run of the command: what was given, and what follows from it when it is needed."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        settings = read_settings(given.home)
        if given.engine is not None:
            if given.engine == "model" and settings.model is None:
                raise SettingsError("No model is set.", "Set OKR_MODEL, or ask with --engine direct.")
            settings = replace(settings, engine=given.engine)
        self.settings: Settings = settings

    @cached_property
    def store(self) -> Store:
        """The store, opened and migrated."""
        url = self.settings.database_url
        return open_store(self.settings.home, url.get_secret_value() if url else None)

    @property
    def zone(self) -> ZoneInfo:
        """The company's zone; without a company the one that is set, else UTC."""
        if not self.store.is_empty():
            return self.store.company().tz
        return zone_named(self.settings.timezone or "UTC")

    def clock(self, at: str | None = None) -> Callable[[], datetime]:
        """The clock that --at sets, the machine's without it."""
        given = at if at is not None else self.given.at
        if given is None:
            return lambda: datetime.now(UTC)
        moment = self.moment(given)
        return lambda: moment

    def moment(self, text: str) -> datetime:
        """The moment that was written; `UsageError` for none."""
        if len(text) > MOST_CLOCK:
            raise UsageError("--at is too long for a date.", "Write it like 2026-11-23 or 2026-11-23T09:00+01:00.")
        try:
            return asked_about(text, self.zone)
        except ValueError as reason:
            raise UsageError(f"--at: {reason}") from reason

    def actor(self, email: str | None = None) -> Actor:
        """Who asks; `UsageError` when nobody was named, `UnknownPersonError` for nobody we know."""
        named = email if email is not None else self.given.asker
        if not named:
            raise UsageError("It is not said who asks.", "Add --as EMAIL.")
        return self.store.actor(named)

    @property
    def as_json(self) -> bool:
        """Whether one JSON document is wanted."""
        return bool(self.given.json)


def print_json(document: Any) -> None:
    """One document on one line, flushed, so that whoever reads along has it at once."""
    sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS) + b"\n")
    sys.stdout.buffer.flush()
