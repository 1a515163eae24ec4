"""How long the board of a company takes: worked out anew after somebody acted, and looked at again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from evals.bench.measuring import percentile
from okr.calendar import cycles_in_force, day_of
from okr.models import people
from okr.store import open_store
from okr.store.boards import Look
from okr.store.scope import Scope

WANTED_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Boards:
    """Milliseconds of computing: of a board worked out anew, for each of some people, and of the next look at it."""

    anew: tuple[float, ...]
    again: tuple[float, ...]

    def said(self) -> str:
        """The figures in a sentence."""
        return (
            f"The board of the whole company: worked out anew it is p50 {percentile(self.anew, 0.5):.0f} ms and "
            f"p95 {percentile(self.anew, 0.95):.0f} ms of computing ({1000 * WANTED_SECONDS:.0f} ms aimed at), "
            f"looked at again p50 {percentile(self.again, 0.5):.1f} ms, "
            f"by {len(self.anew)} people who see different things"
        )


def look_at_boards(home: Path, now: datetime, times: int) -> Boards:
    """The board as so many people see it, each of another team; the first, which prepares the statements, is left out.

    What is kept worked out is kept for each who sees something else, so every first look here is worked out anew.
    """
    store = open_store(home)
    anew: list[float] = []
    again: list[float] = []
    try:
        teams = sa.select(sa.func.min(people.c.id)).where(people.c.active, people.c.role == "employee")
        chosen = teams.group_by(people.c.team_id).order_by(people.c.team_id).limit(times + 1)
        with store.database.read() as connection:
            emails = connection.execute(sa.select(people.c.email).where(people.c.id.in_(chosen))).scalars().all()
        on = day_of(now, store.company().tz)
        look = Look(Scope(), tuple(cycles_in_force(store.cycles(), on)), now, on - timedelta(days=7))
        for email in emails:
            actor = store.actor(email)
            for taken in (anew, again):
                started = time.process_time()
                store.board(actor, look, now=now)
                taken.append((time.process_time() - started) * 1000)
    finally:
        store.close()
    return Boards(tuple(anew[1:]), tuple(again[1:]))
