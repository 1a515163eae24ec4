"""The steps that bring an older database up to date; Alembic runs them when the store is opened."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

# In order. The last one is what this program works with; a test holds them equal to the scripts.
KNOWN = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009")
HEAD = KNOWN[-1]


def current(connection: Connection) -> str | None:
    """The step a database stands at; None for one without tables of ours."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(connection: Connection) -> None:
    """Run every step that the database lacks, inside the caller's transaction."""
    # Alembic costs a fifth of a second to import, and nearly every opening needs no step.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "okr:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
