"""What a spreadsheet refers to by name: the people, teams, cycles and key results that the store has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.exchange.export import key_result_records, objective_records
from okr.exchange.records import KeyResult, Milestone, Objective
from okr.models import check_ins, companies, cycles, key_results, objectives, people, teams
from okr.store.upkeep import chunks


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person of the directory."""

    email: str
    name: str
    team: str | None


@dataclass(frozen=True, slots=True)
class KnownTeam:
    """A team of the company."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class KnownCycle:
    """A cycle of the company."""

    key: str
    name: str
    start: date
    end: date
    state: str


@dataclass(frozen=True, slots=True)
class Latest:
    """What is recorded last about a key result: the value by whatever source, the rest by check-in."""

    value: float | None
    at: datetime | None
    confidence: int | None
    status: str | None
    wins: str
    blockers: str
    note: str


class StoreDirectory:
    """The names of one store, read inside the transaction of an import."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def zone(self) -> ZoneInfo | None:
        """The company's zone; None while there is no company."""
        name = self.connection.execute(sa.select(companies.c.timezone).order_by(companies.c.id).limit(1)).scalar()
        return ZoneInfo(name) if name else None

    def people(self) -> list[KnownPerson]:
        """Everybody."""
        query = sa.select(people.c.email, people.c.name, teams.c.key).outerjoin(teams, teams.c.id == people.c.team_id)
        return [KnownPerson(*row) for row in self.connection.execute(query)]

    def teams(self) -> list[KnownTeam]:
        """Every team."""
        return [KnownTeam(*row) for row in self.connection.execute(sa.select(teams.c.key, teams.c.name))]

    def cycles(self) -> list[KnownCycle]:
        """Every cycle."""
        query = sa.select(cycles.c.key, cycles.c.name, cycles.c.start, cycles.c.end, cycles.c.state)
        return [KnownCycle(*row) for row in self.connection.execute(query)]

    def objectives(self, cycle_keys: Collection[str], keys: Collection[str]) -> list[Objective]:
        """The objectives of some cycles, and those with the keys."""
        chosen = sa.select(objectives.c.id).join(cycles, cycles.c.id == objectives.c.cycle_id)
        ids = set(self.connection.execute(chosen.where(cycles.c.key.in_(cycle_keys))).scalars())
        for part in chunks(keys):
            query = sa.select(objectives.c.id).where(objectives.c.key.in_(part))
            ids.update(self.connection.execute(query).scalars())
        return [_objective(o) for part in chunks(sorted(ids)) for o in objective_records(self.connection, part)]

    def key_results(self, keys: Collection[str], objective_keys: Collection[str]) -> list[KeyResult]:
        """The key results with those keys, and all those of the objectives."""
        ids: set[int] = set()
        for part in chunks(keys):
            ids.update(
                self.connection.execute(sa.select(key_results.c.id).where(key_results.c.key.in_(part))).scalars()
            )
        for part in chunks(objective_keys):
            query = sa.select(key_results.c.id).join(objectives, objectives.c.id == key_results.c.objective_id)
            ids.update(self.connection.execute(query.where(objectives.c.key.in_(part))).scalars())
        return [_key_result(r) for part in chunks(sorted(ids)) for r in key_result_records(self.connection, part)]

    def latest(self, keys: Collection[str]) -> dict[str, Latest]:
        """What is recorded last about those key results."""
        found: dict[str, Latest] = {}
        query = sa.select(
            key_results.c.key,
            key_results.c.current,
            key_results.c.last_at,
            key_results.c.last_confidence,
            key_results.c.last_status,
            check_ins.c.wins,
            check_ins.c.blockers,
            check_ins.c.note,
        ).outerjoin(check_ins, check_ins.c.id == key_results.c.last_check_in_id)
        for part in chunks(keys):
            for key, value, at, confidence, status, *texts in self.connection.execute(
                query.where(key_results.c.key.in_(part))
            ):
                wins, blockers, note = (text or "" for text in texts)
                found[key] = Latest(value, at, confidence, status, wins, blockers, note)
        return found


def _objective(found: dict[str, Any]) -> Objective:
    return Objective(**{**found, "created": _text(found["created"])})


def _key_result(found: dict[str, Any]) -> KeyResult:
    steps = [Milestone(m["title"], float(m["weight"]), _text(m["done_on"])) for m in found["milestones"]]
    figures = {name: _float(found[name]) for name in ("baseline", "target", "weight", "score")}
    return KeyResult(**{**found, **figures, "milestones": steps})


def _text(found: date | datetime | None) -> str | None:
    return found.isoformat() if found else None


def _float(found: object) -> float | None:
    return None if found is None else float(cast(float, found))
