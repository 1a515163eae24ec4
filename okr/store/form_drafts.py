"""What somebody typed into a form and has not saved yet, kept until they save it or let it go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from okr.access import Actor
from okr.record_tables import form_drafts
from okr.store.engine import Database

LONGEST_NAME = 300
LARGEST = 200_000
MOST = 100
"""So many unfinished forms a person keeps; beyond them the oldest are let go."""


@dataclass(frozen=True, slots=True)
class FormDraft:
    """A form that was begun: its name, what stood in it, and when it was kept."""

    name: str
    body: dict[str, Any]
    kept_at: datetime


class FormDraftPart:
    """The store's unfinished forms, each its person's own."""

    database: Database

    def keep_form(self, actor: Actor, name: str, body: Mapping[str, Any], now: datetime) -> bool:
        """Keep what stands in the form in place of what was kept of it before; False for what is too large to keep."""
        if len(name) > LONGEST_NAME or len(orjson.dumps(dict(body))) > LARGEST:
            return False
        mine = form_drafts.c.person_id == actor.id
        with self.database.write() as connection:
            connection.execute(sa.delete(form_drafts).where(mine, form_drafts.c.name == name))
            connection.execute(
                sa.insert(form_drafts).values(person_id=actor.id, name=name, body=dict(body), kept_at=now)
            )
            newest = (
                sa.select(form_drafts.c.name).where(mine).order_by(form_drafts.c.kept_at.desc(), form_drafts.c.name)
            )
            over = connection.execute(newest.offset(MOST)).scalars().all()
            if over:
                connection.execute(sa.delete(form_drafts).where(mine, form_drafts.c.name.in_(over)))
        return True

    def form_draft(self, actor: Actor, name: str) -> FormDraft | None:
        """What the person left unfinished of the form; None where there is nothing."""
        query = sa.select(form_drafts.c.name, form_drafts.c.body, form_drafts.c.kept_at).where(
            form_drafts.c.person_id == actor.id, form_drafts.c.name == name
        )
        with self.database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else FormDraft(*row)

    def drop_form(self, actor: Actor, name: str) -> None:
        """Forget the person's unfinished form of that name, if there is one."""
        with self.database.write() as connection:
            mine = sa.and_(form_drafts.c.person_id == actor.id, form_drafts.c.name == name)
            connection.execute(sa.delete(form_drafts).where(mine))
