"""The tables of boards that people keep under a name, and of the one that each begins with."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, String, Table

from okr.models import Instant, id_column, key_column, link_column, metadata

boards = Table(
    "board",
    metadata,
    id_column(),
    key_column(),
    link_column("person_id", "person"),
    Column("name", String, nullable=False),
    Column("shared", String, nullable=False),  # private, team, company
    link_column("team_id", "team", required=False),  # whom it is shared with
    Column("view", sa.JSON, nullable=False),
    Column("version", Integer, nullable=False, default=1, server_default="1"),
    Column("changed_at", Instant, nullable=False),
    sa.UniqueConstraint("person_id", "name"),
)

board_defaults = Table(
    "board_default",
    metadata,
    Column("person_id", Integer, ForeignKey("person.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column("board_id", Integer, ForeignKey("board.id", deferrable=True, initially="DEFERRED"), nullable=False),
)
