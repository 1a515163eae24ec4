"""Whether words name a record that somebody may not see."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, sees_key_result, sees_objective
from okr.models import key_results, objectives

_KEY_LIKE = re.compile(r"[\w./-]*[\d-][\w./-]*")


def names_hidden(connection: Connection, person: Actor, said: str) -> bool:
    """Whether the words name, by its key or whole title, a record that the person may not see."""
    if not said or person.is_admin:
        return False
    lowered = sa.func.lower(sa.literal(said))
    keys = [word.strip("./-").lower() for word in _KEY_LIKE.findall(said)]
    for table, sees in ((key_results, sees_key_result(person)), (objectives, sees_objective(person))):
        title = sa.func.lower(table.c.title)
        named = sa.or_(
            sa.func.lower(table.c.key).in_(keys),
            sa.and_(sa.func.length(title) >= 6, sa.func.replace(lowered, title, "") != lowered),
        )
        restricted = sa.not_(key_results.c.open) if table is key_results else objectives.c.visibility != "company"
        if connection.execute(sa.select(table.c.id).where(restricted, sa.not_(sees), named).limit(1)).first():
            return True
    return False
