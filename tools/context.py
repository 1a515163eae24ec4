"""Who asks, of which store, and when: what every tool is given by the turn and never by a model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from okr.access import Actor
from okr.calendar import cycles_in_force, day_of, end_of_day, latest_ended
from okr.store import Store
from okr.store.directory import Company, Cycle


@dataclass(frozen=True)
class TurnContext:
    """One turn's person, clock and store; `language` is that of the question."""

    store: Store
    actor: Actor
    company: Company
    now: datetime
    language: str

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the company's days and weeks are counted."""
        return self.company.tz

    @cached_property
    def today(self) -> date:
        """The day it is in the company's zone."""
        return day_of(self.now, self.zone)

    @cached_property
    def cycles(self) -> list[Cycle]:
        """All cycles, oldest first."""
        return self.store.cycles()

    def moment(self, day: date) -> datetime:
        """The moment a question about that day means: now for today and later, else the day's end."""
        return self.now if day >= self.today else end_of_day(day, self.zone)

    def in_force(self, on: date) -> tuple[Cycle, ...]:
        """The cycles that are in force on the day; empty where none is."""
        return cycles_in_force(self.cycles, on)

    def latest_ended(self, on: date) -> Cycle | None:
        """The cycle that ended last before the day."""
        return latest_ended(self.cycles, on)
