"""Whether words name a record that somebody may not see."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, sees_key_result, sees_objective
from okr.models import key_results, objectives

_KEY_LIKE = re.compile(r"[\w./-]*[\d-][\w./-]*")


def names_restricted(connection: Connection, said: str) -> bool:
    """Whether the words name, by its key or whole title, a record that is not everybody's to see."""
    return bool(said) and any(
        connection.execute(sa.select(table.c.id).where(restricted, named).limit(1)).first()
        for table, restricted, named in _named(said)
    )


def names_hidden(connection: Connection, person: Actor, said: str) -> bool:
    """Whether the words name, by its key or whole title, a record that the person may not see."""
    if not said or person.is_admin:
        return False
    seen = {key_results: sees_key_result(person), objectives: sees_objective(person)}
    return any(
        connection.execute(sa.select(table.c.id).where(restricted, sa.not_(seen[table]), named).limit(1)).first()
        for table, restricted, named in _named(said)
    )


def _named(said: str) -> Iterator[tuple[sa.Table, sa.ColumnElement[bool], sa.ColumnElement[bool]]]:
    """Each table with the conditions under which a row of it is restricted, and is named."""
    lowered = sa.func.lower(sa.literal(said))
    keys = [word.strip("./-").lower() for word in _KEY_LIKE.findall(said)]
    for table in (key_results, objectives):
        title = sa.func.lower(table.c.title)
        restricted = sa.not_(key_results.c.open) if table is key_results else objectives.c.visibility != "company"
        yield (
            table,
            restricted,
            sa.or_(
                sa.func.lower(table.c.key).in_(keys),
                sa.and_(sa.func.length(title) >= 6, sa.func.replace(lowered, title, "") != lowered),
            ),
        )
