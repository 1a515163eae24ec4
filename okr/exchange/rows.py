"""Between the records of the file and the rows of the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from okr import models
from okr.exchange import records
from okr.exchange.dates import day, moment, read_date

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """How a list of the file lies in its table: the columns it fills, the public id first."""

    section: str
    table: sa.Table
    columns: tuple[str, ...]
    # Under which kind its names are found, and which column holds the name.
    named: str | None = None
    name_column: str | None = None

    @property
    def identity(self) -> sa.Column[str]:
        """The column with the public id."""
        found: sa.Column[str] = self.table.c[self.columns[0]]
        return found

    @property
    def versioned(self) -> bool:
        """Whether the table counts the changes of each row."""
        return "version" in self.table.c


SHAPES: dict[str, Shape] = {
    shape.section: shape
    for shape in [
        Shape("teams", models.teams, ("key", "name", "parent_id", "lead_id"), "team", "name"),
        Shape(
            "people",
            models.people,
            ("email", "name", "team_id", "role", "manager_id", "timezone", "language", "active"),
            "person",
            "name",
        ),
        Shape("cycles", models.cycles, ("key", "name", "start", "end", "state"), "cycle", "name"),
        Shape(
            "objectives",
            models.objectives,
            (
                "key", "title", "cycle_id", "team_id", "owner_id", "parent_id", "visibility", "kind", "state",
                "created",
            ),
            "objective",
            "title",
        ),
        Shape("kpis", models.kpis, ("key", "name", "unit", "better", "owner_id", "team_id"), "kpi", "name"),
        Shape(
            "key_results",
            models.key_results,
            (
                "key", "objective_id", "title", "owner_id", "kind", "unit", "baseline", "target", "limit", "weight",
                "kpi_id", "cadence", "state", "score",
            ),
            "key_result",
            "title",
        ),
        Shape(
            "check_ins",
            models.check_ins,
            (
                "key", "key_result_id", "at", "day_only", "author_id", "value", "confidence", "status", "wins",
                "blockers", "note",
            ),
        ),
        Shape(
            "tasks",
            models.tasks,
            ("key", "title", "assignee_id", "due", "status", "parent_id", "done_on"),
            "task",
            "title",
        ),
        Shape(
            "lessons",
            models.lessons,
            ("key", "cycle_id", "objective_id", "kind", "text", "author_id", "at", "day_only"),
        ),
    ]
}  # fmt: skip


class RowMaker:
    """Turns records into rows, given the ids of what they refer to and the company's zone.

    A reference that has no id raises KeyError with the key.
    """

    def __init__(self, ids: dict[str, dict[str, int]], zone: ZoneInfo) -> None:
        self.ids = ids
        self.zone = zone
        self.moment = lru_cache(maxsize=65_536)(self._moment)

    def _moment(self, text: str) -> tuple[datetime, bool]:
        return moment(_checked(text), self.zone)

    def day(self, text: str | None) -> date | None:
        """The day of a date of the file, in the company's zone."""
        return None if text is None else day(_checked(text), self.zone)

    def of(self, section: str) -> Callable[[Any], Row]:
        """What makes a row of `SHAPES[section].columns` of each record of that list."""
        made: Callable[[Any], Row] = getattr(self, f"_{section}")
        return made

    def _link(self, section: str, key: str | None) -> int | None:
        return None if key is None else self.ids[section][key]

    def _teams(self, r: records.Team) -> Row:
        return r.key, r.name, self._link("teams", r.parent), self._link("people", r.lead)

    def _people(self, r: records.Person) -> Row:
        team, manager = self._link("teams", r.team), self._link("people", r.manager)
        return r.email, r.name, team, r.role, manager, r.timezone, r.language, r.active

    def _cycles(self, r: records.Cycle) -> Row:
        return r.key, r.name, self.day(r.start), self.day(r.end), r.state

    def _objectives(self, r: records.Objective) -> Row:
        cycle, team, owner = self.ids["cycles"][r.cycle], self.ids["teams"][r.team], self.ids["people"][r.owner]
        parent, created = self._link("objectives", r.parent), self.day(r.created)
        return r.key, r.title, cycle, team, owner, parent, r.visibility, r.kind, r.state, created

    def _kpis(self, r: records.Kpi) -> Row:
        return r.key, r.name, r.unit, r.better, self.ids["people"][r.owner], self.ids["teams"][r.team]

    def _key_results(self, r: records.KeyResult) -> Row:
        objective, owner = self.ids["objectives"][r.objective], self.ids["people"][r.owner]
        measured = (r.kind, r.unit, r.baseline, r.target, r.limit, r.weight, self._link("kpis", r.kpi))
        return r.key, objective, r.title, owner, *measured, r.cadence, r.state, r.score

    def _check_ins(self, r: records.CheckIn) -> Row:
        at, day_only = self.moment(r.date)
        return (
            r.key,
            self.ids["key_results"][r.key_result],
            at,
            day_only,
            self.ids["people"][r.author],
            r.value,
            r.confidence,
            r.status,
            r.wins,
            r.blockers,
            r.note,
        )

    def _tasks(self, r: records.Task) -> Row:
        assignee, parent = self._link("people", r.assignee), self._link("tasks", r.parent)
        return r.key, r.title, assignee, self.day(r.due), r.status, parent, self.day(r.done_on)

    def _lessons(self, r: records.Lesson) -> Row:
        cycle, objective = self.ids["cycles"][r.cycle], self._link("objectives", r.objective)
        return r.key, cycle, objective, r.kind, r.text, self.ids["people"][r.author], *self.moment(r.date)


def _checked(text: str) -> date | datetime:
    found = read_date(text)
    if isinstance(found, str):
        raise ValueError(found)
    return found
