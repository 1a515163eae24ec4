"""The records behind a figure of the board: exactly those that it counts, in pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

import sqlalchemy as sa

from okr.access import Actor, sees_objective
from okr.calendar import start_of_day
from okr.health import Status
from okr.models import objectives
from okr.store.boards import BoardPart, Look, task_query
from okr.store.journal import JournalQuery
from okr.store.records import CheckIn
from okr.store.scope import Scope
from okr.store.standing import Query, Told
from okr.store.tasks import Task

T = TypeVar("T")
Within = tuple[str, str] | None

STATUSES = tuple(status.value for status in Status)
# What a figure may count of the key results, besides those of one status.
KEY_RESULTS = ("all", "measured", "unmeasured", "stale", "never", "watermelons", "up", "down")
TASKS = ("overdue", "blocked", "done", "tasks")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of the records that a figure counts, and how many there are in all."""

    count: int
    rows: list[T]


class SlicesPart(BoardPart):
    """The store's question for the records behind a figure."""

    def key_results_behind(
        self,
        actor: Actor,
        look: Look,
        which: str,
        *,
        now: datetime,
        within: Within = None,
        limit: int = 50,
        offset: int = 0,
    ) -> Page[Told]:
        """The key results that a figure of the board counts: `which` is a status or one of `KEY_RESULTS`.

        `within` narrows them to a team, with those below it, or to an objective, as (kind, key); KeyError for a `which`
        or a `within` there is not.
        """
        measuring, query = self.looked_at(self._inside(actor, look, within), now)
        narrowed, by, reverse = _narrowed(query, which)
        if narrowed is None:
            return Page(0, [])
        rows = self.key_results(actor, measuring, narrowed, by=by, reverse=reverse, limit=limit, offset=offset)
        return Page(self.count_key_results(actor, measuring, narrowed), rows)

    def tasks_behind(
        self, actor: Actor, look: Look, which: str, *, now: datetime, within: Within = None, limit: int = 50
    ) -> Page[Task]:
        """The tasks that a figure of the board counts: `which` is one of `TASKS`.

        A team's `done` and `tasks` are those for the key results that the board looks at, with those of the teams
        below; KeyError as above.
        """
        if which not in TASKS:
            raise KeyError(which)
        looked = self._inside(actor, look, within)
        measuring, query = self.looked_at(looked, now)
        scope = self.scope_of(actor, measuring, query)
        if which in ("done", "tasks"):
            scope = Scope(chosen=self.chosen(actor, measuring, query))
        wanted = task_query(scope, which, measuring.on)
        return Page(sum(self.count_tasks(actor, wanted).values()), self.tasks(actor, wanted, limit=limit))

    def check_ins_behind(
        self, actor: Actor, look: Look, week: date, *, now: datetime, limit: int = 50
    ) -> Page[CheckIn]:
        """The check-ins of that ISO week that named a confidence, the newest first."""
        measuring, query = self.looked_at(look, now)
        zone = measuring.zone
        last = min(look.as_of, start_of_day(week + timedelta(weeks=1), zone) - timedelta(microseconds=1))
        said = JournalQuery(
            self.scope_of(actor, measuring, query),
            last,
            first=start_of_day(week, zone),
            cycle_ids=tuple(measuring.cycles),
            live=True,
            confident=True,
        )
        return Page(self.count_journal(actor, said), self.journal(actor, said, limit=limit, wide=True))

    def _inside(self, actor: Actor, look: Look, within: Within) -> Look:
        if within is None:
            return look
        kind, key = within
        if kind == "team":
            ids = {one.key: one.id for one in self.teams()}
            return replace(look, scope=replace(look.scope, teams=(ids[key],)))
        named = sa.select(objectives.c.id).where(objectives.c.key == key, sees_objective(actor))
        with self.database.read() as connection:
            found = connection.execute(named).scalar() if kind == "objective" else None
        if found is None:
            raise KeyError(key)
        return replace(look, scope=replace(look.scope, objectives=(found,)))


def _narrowed(query: Query, which: str) -> tuple[Query | None, str, bool]:
    """The query for those that a figure counts, and their order; None where no key result can be among them."""
    filters = query.filters
    if which in STATUSES:
        if filters.statuses and which not in filters.statuses:
            return None, "", False
        return replace(query, filters=replace(filters, statuses=(which,)), before=None), "status", False
    match which:
        case "stale" | "never":
            by = "age" if which == "stale" else ""
            return replace(query, filters=replace(filters, freshness=(which,)), before=None), by, False
        case "watermelons":
            return replace(query, filters=replace(filters, watermelon=True), before=None), "status", False
        case "up" | "down":
            return replace(query, filters=replace(filters, moved=which)), "change", which == "up"
        case "measured" | "unmeasured":
            return replace(query, before=None, measured=which == "measured"), "status", False
        case "all":
            return replace(query, before=None), "status", False
    raise KeyError(which)
