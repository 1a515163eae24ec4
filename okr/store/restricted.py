"""Whether words name a record that somebody may not see."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, sees_key_result, sees_objective
from okr.models import key_results, objectives

_KEY_LIKE = re.compile(r"[\w./-]*[\d-][\w./-]*")


# Built once: a run asks this for each of its recipients, and building a statement costs more than running it.
_SAID: sa.BindParameter[str] = sa.bindparam("said", type_=sa.String)
_KEYS: sa.BindParameter[str] = sa.bindparam("keys", expanding=True)
_TABLES = (
    (key_results, sa.not_(key_results.c.open), sees_key_result),
    (objectives, objectives.c.visibility != "company", sees_objective),
)
_NAMED = tuple(
    sa.select(table.c.id).where(
        restricted,
        sa.or_(
            sa.func.lower(table.c.key).in_(_KEYS),
            sa.and_(
                sa.func.length(table.c.title) >= 6,
                sa.func.replace(sa.func.lower(_SAID), sa.func.lower(table.c.title), "") != sa.func.lower(_SAID),
            ),
        ),
    )
    for table, restricted, _ in _TABLES
)


def names_restricted(connection: Connection, said: str) -> bool:
    """Whether the words name, by its key or whole title, a record that is not everybody's to see."""
    return any(_named(connection, said))


def names_hidden(connection: Connection, person: Actor, said: str) -> bool:
    """Whether the words name, by its key or whole title, a record that the person may not see."""
    if person.is_admin:
        return False
    for (table, _, sees), ids in zip(_TABLES, _named(connection, said), strict=True):
        if ids:
            seen = sa.select(sa.func.count()).where(table.c.id.in_(ids), sees(person))
            if connection.execute(seen).scalar_one() < len(ids):
                return True
    return False


def _named(connection: Connection, said: str) -> list[list[int]]:
    """The restricted records that the words name, by their internal ids: key results, then objectives."""
    if not said:
        return [[], []]
    keys = [word.strip("./-").lower() for word in _KEY_LIKE.findall(said)]
    given = {"said": said, "keys": keys}
    return [list(connection.execute(query, given).scalars()) for query in _NAMED]
