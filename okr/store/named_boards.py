"""Boards that people keep under a name: private, or for a team or the whole company to open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.engine import Connection

from okr.access import Actor, sees_team
from okr.board_tables import board_defaults, boards
from okr.errors import NotFoundError
from okr.models import people
from okr.refusals import OutdatedError, RefusedError
from okr.store.committing import audited
from okr.store.engine import Database

SHARED = ("private", "team", "company")
MOST_LETTERS = 80
MOST_BOARDS = 50
# What of a board's address is kept with it; the day is not, so that it shows how things stand when it is opened.
KEPT = ("team", "person", "cycle", "status", "period", "cards")
MOST_TEXT = 400


@dataclass(frozen=True, slots=True)
class NamedBoard:
    """A board somebody keeps: `view` is what its address says, `shared` is private, team or company."""

    key: str
    name: str
    owner: str
    owner_name: str
    shared: str
    view: dict[str, str]
    version: int
    mine: bool
    default: bool


class NamedBoardsPart:
    """The store's door to the boards that are kept. What a board shows is each reader's own to see."""

    database: Database

    def named_boards(self, actor: Actor) -> list[NamedBoard]:
        """The person's own boards by name, then those that others share with them."""
        with self.database.read() as connection:
            found = [_board(row, actor) for row in connection.execute(_chosen(actor))]
        return sorted(found, key=lambda one: (not one.mine, one.name.lower(), one.key))

    def named_board(self, actor: Actor, key: str) -> NamedBoard:
        """The board with that id; `NotFoundError` where there is none, or none that the person may open."""
        with self.database.read() as connection:
            return _found(connection, actor, key)

    def keep_board(
        self, actor: Actor, name: str, view: Mapping[str, str], now: datetime, *, shared: str = "private"
    ) -> NamedBoard:
        """Keep a view under a name of the person's own; `RefusedError` where they have one of that name already."""

        def done(connection: Connection) -> tuple[str, NamedBoard]:
            named = _name(connection, actor, name)
            mine = sa.select(sa.func.count()).where(boards.c.person_id == actor.id)
            if connection.execute(mine).scalar_one() >= MOST_BOARDS:
                raise RefusedError("too_many_boards", most=MOST_BOARDS)
            # Numbers are not given out again, because somebody may hold the address of one that is gone.
            last = connection.execute(sa.select(sa.func.max(boards.c.id))).scalar() or 0
            made = sa.insert(boards).values(
                key=f"NEW-{last}-{actor.id}", person_id=actor.id, name=named, view=_view(view), changed_at=now,
                **_shared(actor, shared),
            )  # fmt: skip
            ident = connection.execute(made).inserted_primary_key[0]  # type: ignore[index]
            key = f"BOARD-{ident}"
            connection.execute(sa.update(boards).where(boards.c.id == ident).values(key=key))
            return key, _found(connection, actor, key)

        return audited(self.database, actor, now, "keep", "board", done)

    def change_board(
        self,
        actor: Actor,
        key: str,
        now: datetime,
        *,
        version: int,
        name: str | None = None,
        view: Mapping[str, str] | None = None,
        shared: str | None = None,
    ) -> NamedBoard:
        """The person's own board with another name, view or readers; `version` is the one they last saw.

        `NotFoundError` for somebody else's, `OutdatedError` where it was changed meanwhile, `RefusedError` for a
        name that is taken.
        """

        def done(connection: Connection) -> tuple[str, NamedBoard]:
            kept = _own(connection, actor, key)
            values: dict[str, Any] = {"version": kept.version + 1, "changed_at": now}
            if name is not None and name.strip() != kept.name:
                values["name"] = _name(connection, actor, name)
            if view is not None:
                values["view"] = _view(view)
            if shared is not None:
                values |= _shared(actor, shared)
            same = sa.and_(boards.c.key == key, boards.c.version == version)
            if not connection.execute(sa.update(boards).where(same).values(values)).rowcount:
                raise OutdatedError(kept.name)
            return key, _found(connection, actor, key)

        return audited(self.database, actor, now, "change", "board", done, key)

    def drop_board(self, actor: Actor, key: str, now: datetime) -> None:
        """Forget the person's own board, for everybody; `NotFoundError` for somebody else's."""

        def done(connection: Connection) -> tuple[str, None]:
            _own(connection, actor, key)
            ident = sa.select(boards.c.id).where(boards.c.key == key).scalar_subquery()
            connection.execute(sa.delete(board_defaults).where(board_defaults.c.board_id == ident))
            connection.execute(sa.delete(boards).where(boards.c.key == key))
            return key, None

        audited(self.database, actor, now, "drop", "board", done, key)

    def begin_with_board(self, actor: Actor, key: str | None, now: datetime) -> None:
        """The board that the person sees first from now on; with None the usual one."""

        def done(connection: Connection) -> tuple[str, None]:
            connection.execute(sa.delete(board_defaults).where(board_defaults.c.person_id == actor.id))
            if key is not None:
                _found(connection, actor, key)
                ident = sa.select(boards.c.id).where(boards.c.key == key).scalar_subquery()
                connection.execute(sa.insert(board_defaults).values(person_id=actor.id, board_id=ident))
            return key or "", None

        audited(self.database, actor, now, "begin with", "board", done, key or "")


def _may_open(actor: Actor) -> ColumnElement[bool]:
    own = sa.or_(boards.c.person_id == actor.id, boards.c.shared == "company")
    if actor.is_admin:
        return sa.or_(own, boards.c.shared == "team")
    return sa.or_(own, sa.and_(boards.c.shared == "team", sees_team(actor, boards.c.team_id)))


def _chosen(actor: Actor) -> sa.Select[Any]:
    first = sa.and_(board_defaults.c.board_id == boards.c.id, board_defaults.c.person_id == actor.id)
    return (
        sa.select(boards, people.c.email, people.c.name.label("owner_name"), board_defaults.c.board_id.label("first"))
        .join(people, people.c.id == boards.c.person_id)
        .outerjoin(board_defaults, first)
        .where(_may_open(actor))
    )


def _board(row: Any, actor: Actor) -> NamedBoard:
    view = {name: text for name, text in row.view.items() if name in KEPT and isinstance(text, str)}
    mine = row.person_id == actor.id
    return NamedBoard(
        row.key, row.name, row.email, row.owner_name, row.shared, view, row.version, mine, row.first is not None
    )


def _found(connection: Connection, actor: Actor, key: str) -> NamedBoard:
    row = connection.execute(_chosen(actor).where(boards.c.key == key)).first()
    if row is None:
        raise NotFoundError("board", key)
    return _board(row, actor)


def _own(connection: Connection, actor: Actor, key: str) -> NamedBoard:
    kept = _found(connection, actor, key)
    if not kept.mine:
        raise NotFoundError("board of yours", key)
    return kept


def _name(connection: Connection, actor: Actor, name: str) -> str:
    named = " ".join(name.split())
    if not named:
        raise RefusedError("board_name")
    if len(named) > MOST_LETTERS:
        raise RefusedError("long_board_name", most=MOST_LETTERS)
    taken = sa.select(boards.c.id).where(boards.c.person_id == actor.id, boards.c.name == named)
    if connection.execute(taken).first() is not None:
        raise RefusedError("board_name_taken", name=named)
    return named


def _view(view: Mapping[str, str]) -> dict[str, str]:
    return {name: view[name][:MOST_TEXT] for name in KEPT if view.get(name)}


def _shared(actor: Actor, shared: str) -> dict[str, Any]:
    if shared not in SHARED:
        raise RefusedError("board_readers", words=shared)
    if shared == "team" and actor.team_id is None:
        raise RefusedError("board_no_team")
    return {"shared": shared, "team_id": actor.team_id if shared == "team" else None}
