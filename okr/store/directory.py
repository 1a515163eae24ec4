"""The company, its people, teams and cycles, and who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from okr.access import Actor
from okr.errors import StoreEmptyError, UnknownPersonError
from okr.models import companies, cycles, people, team_paths, teams
from okr.store.engine import Database


@dataclass(frozen=True, slots=True)
class Company:
    """The company as a whole; `sample` means that anybody on this machine may enter as anybody."""

    name: str
    timezone: str
    language: str
    country: str
    sample: bool

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which the company's days and weeks are counted."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Cycle:
    """A stretch of days that objectives are set for."""

    id: int
    key: str
    name: str
    start: date
    end: date
    state: str


@dataclass(frozen=True, slots=True)
class Team:
    """A team; `above` is the key of the team over it, `lead` the e-mail of who leads it."""

    id: int
    key: str
    name: str
    above: str | None
    lead: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """A person in the directory; `team` is a team's key."""

    id: int
    email: str
    name: str
    team: str | None
    role: str
    active: bool
    timezone: str | None
    language: str | None


class DirectoryPart:
    """The store's questions about who and what there is."""

    database: Database

    def company(self) -> Company:
        """The company; `StoreEmptyError` when nothing has been imported yet."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(companies).order_by(companies.c.id).limit(1)).first()
        if row is None:
            raise StoreEmptyError
        return Company(row.name, row.timezone, row.language, row.country, row.sample)

    def is_empty(self) -> bool:
        """Whether no company has been imported."""
        with self.database.read() as connection:
            return connection.execute(sa.select(companies.c.id).limit(1)).first() is None

    def actor(self, email: str) -> Actor:
        """The active person with that address, as the one who asks; `UnknownPersonError` otherwise."""
        company = self.company()
        wanted = email.strip().lower()
        if not wanted.isprintable():
            # Half a character or a NUL is in nobody's address, and no database takes it.
            raise UnknownPersonError(email.strip())
        with self.database.read() as connection:
            row = connection.execute(sa.select(people).where(people.c.email == wanted, people.c.active)).first()
        if row is None:
            raise UnknownPersonError(email.strip())
        return Actor(
            id=row.id,
            email=row.email,
            name=row.name,
            role=row.role,
            team_id=row.team_id,
            zone=row.timezone or company.timezone,
            language=row.language or company.language,
        )

    def cycles(self) -> list[Cycle]:
        """All cycles, oldest first."""
        with self.database.read() as connection:
            found = connection.execute(sa.select(cycles).order_by(cycles.c.start, cycles.c.end, cycles.c.id)).all()
        return [Cycle(row.id, row.key, row.name, row.start, row.end, row.state) for row in found]

    def teams(self) -> list[Team]:
        """All teams, in the order of the file."""
        above = teams.alias("above")
        query = (
            sa.select(teams.c.id, teams.c.key, teams.c.name, above.c.key.label("above"), people.c.email.label("lead"))
            .outerjoin(above, above.c.id == teams.c.parent_id)
            .outerjoin(people, people.c.id == teams.c.lead_id)
            .order_by(teams.c.id)
        )
        with self.database.read() as connection:
            return [Team(*row) for row in connection.execute(query)]

    def teams_below(self, team_id: int) -> list[int]:
        """The ids of the team and of every team below it."""
        with self.database.read() as connection:
            query = sa.select(team_paths.c.team_id).where(team_paths.c.above_id == team_id)
            return list(connection.execute(query.order_by(team_paths.c.depth, team_paths.c.team_id)).scalars())

    def people(self, team_id: int | None = None, *, active: bool = True) -> list[Person]:
        """The people of one team, or of the whole company, by name."""
        query = sa.select(
            people.c.id,
            people.c.email,
            people.c.name,
            teams.c.key,
            people.c.role,
            people.c.active,
            people.c.timezone,
            people.c.language,
        ).outerjoin(teams, teams.c.id == people.c.team_id)
        if team_id is not None:
            query = query.where(people.c.team_id == team_id)
        if active:
            query = query.where(people.c.active)
        with self.database.read() as connection:
            return [Person(*row) for row in connection.execute(query.order_by(people.c.name, people.c.id))]
