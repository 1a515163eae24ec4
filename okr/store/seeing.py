"""What of a message its recipient may see, and whether they have had enough for today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, sees_key_result, sees_objective, sees_task
from okr.calendar import day_of, end_of_day, start_of_day
from okr.models import key_results, kpis, objectives, tasks
from okr.rule_tables import messages
from okr.store.automations import company_zone
from okr.store.conditions import Record
from okr.store.restricted import names_hidden
from okr.store.upkeep import chunks

MOST_A_DAY = 200
"""So many messages of rules reach one person on one day of the company."""
MOST_A_DAY_OF_ONE_RULE = 100

# Built once: a run asks for each of its recipients, and building a statement costs more than running it.
_WANTED: sa.BindParameter[str] = sa.bindparam("wanted", expanding=True)
_NAMED = {
    "key_result": sa.select(
        key_results.c.id, key_results.c.key, key_results.c.title, key_results.c.open.label("open")
    ).where(key_results.c.key.in_(_WANTED)),
    "objective": sa.select(
        objectives.c.id, objectives.c.key, objectives.c.title, (objectives.c.visibility == "company").label("open")
    ).where(objectives.c.key.in_(_WANTED)),
    "task": sa.select(tasks.c.id, tasks.c.key, tasks.c.title, sa.false().label("open")).where(tasks.c.key.in_(_WANTED)),
    "kpi": sa.select(kpis.c.id, kpis.c.key, kpis.c.name, sa.true().label("open")).where(kpis.c.key.in_(_WANTED)),
}
_TODAY = sa.select(
    sa.func.count(),
    sa.func.coalesce(sa.func.sum(sa.case((messages.c.automation_id == sa.bindparam("rule"), 1), else_=0)), 0),
).where(
    messages.c.person_id == sa.bindparam("person"),
    messages.c.kind != "notice",
    messages.c.delivered_at >= sa.bindparam("first"),
    messages.c.delivered_at < sa.bindparam("after"),
)


def judged(connection: Connection, person: Actor, records: Sequence[Record], told: str) -> list[Record] | None:
    """Those of the records that the person sees; None where nothing of it, or of what is told, is theirs to see."""
    return visible(connection, person, [(record.kind, record.key) for record in records], told)


def visible(connection: Connection, person: Actor, named: Sequence[Sequence[str]], told: str) -> list[Record] | None:
    """As `judged`, of records by kind and key."""
    if names_hidden(connection, person, told):
        return None
    found: dict[tuple[str, str], Record] = {}
    narrow: dict[str, list[Any]] = {}
    for kind, query in _NAMED.items():
        for part in chunks([key for of_kind, key in named if of_kind == kind], 500):
            for row in connection.execute(query, {"wanted": part}):
                if row.open or person.is_admin:
                    found[kind, row.key] = Record(kind, row.id, row.key, row[2])
                else:
                    narrow.setdefault(kind, []).append(row)
    for kind, rows in narrow.items():
        seen = _seen(connection, person, kind, [row.id for row in rows])
        found |= {(kind, row.key): Record(kind, row.id, row.key, row[2]) for row in rows if row.id in seen}
    shown = [found[kind, key] for kind, key in named if (kind, key) in found]
    return None if named and not shown else shown


def _seen(connection: Connection, person: Actor, kind: str, ids: Sequence[int]) -> set[int]:
    table = {"key_result": key_results, "objective": objectives, "task": tasks}[kind]
    sees = {"key_result": sees_key_result, "objective": sees_objective, "task": sees_task}[kind]
    return set(connection.execute(sa.select(table.c.id).where(table.c.id.in_(ids), sees(person, table))).scalars())


def has_enough(connection: Connection, automation_id: int, person_id: int, now: datetime) -> bool:
    """Whether the person has had as many messages today, of this rule or of all, as anybody gets on a day."""
    zone = ZoneInfo(company_zone(connection))
    day = day_of(now, zone)
    given = {
        "rule": automation_id,
        "person": person_id,
        "first": start_of_day(day, zone),
        "after": end_of_day(day, zone) + timedelta(seconds=1),
    }
    count, of_rule = connection.execute(_TODAY, given).one()
    return bool(count >= MOST_A_DAY or of_rule >= MOST_A_DAY_OF_ONE_RULE)
