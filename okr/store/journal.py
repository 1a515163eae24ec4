"""Questions about check-ins as such: which ones, how many, whose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from okr.access import Actor, sees_key_result
from okr.models import check_ins, key_results, people
from okr.store.engine import Database
from okr.store.records import CheckIn
from okr.store.scope import Condition, Scope, within


@dataclass(frozen=True, slots=True)
class JournalQuery:
    """What narrows a question about check-ins: whose key results, who wrote them, and when.

    In `scope.people` stand owners; `authors` are who wrote. Without `first` it is all up to `last`.
    """

    scope: Scope
    last: datetime
    first: datetime | None = None
    authors: tuple[int, ...] = ()
    cycle_ids: tuple[int, ...] = ()
    said: tuple[str, ...] = ()  # wins, blockers, note: with some text in one of these


class JournalPart:
    """The store's questions about check-ins over any scope."""

    database: Database

    def journal(self, actor: Actor, query: JournalQuery, *, limit: int = 200, oldest: bool = False) -> list[CheckIn]:
        """The check-ins that meet the query, newest first; with `oldest` the other way round."""
        order = (
            (check_ins.c.at.asc(), check_ins.c.id.asc()) if oldest else (check_ins.c.at.desc(), check_ins.c.id.desc())
        )
        chosen = (
            _from(
                sa.select(
                    check_ins.c.id,
                    check_ins.c.key,
                    key_results.c.key.label("key_result"),
                    check_ins.c.at,
                    people.c.email,
                    people.c.name,
                    check_ins.c.value,
                    check_ins.c.confidence,
                    check_ins.c.status,
                    check_ins.c.wins,
                    check_ins.c.blockers,
                    check_ins.c.note,
                )
            )
            .join(people, people.c.id == check_ins.c.author_id)
            .where(*_conditions(actor, query))
            .order_by(*order)
            .limit(limit)
        )
        with self.database.read() as connection:
            return [CheckIn(*row) for row in connection.execute(chosen)]

    def count_journal(self, actor: Actor, query: JournalQuery) -> int:
        """How many check-ins meet the query."""
        counted = _from(sa.select(sa.func.count(check_ins.c.id))).where(*_conditions(actor, query))
        with self.database.read() as connection:
            return int(connection.execute(counted).scalar_one())

    def count_journal_by(self, actor: Actor, query: JournalQuery, by: str) -> dict[int, int]:
        """The same for each author (`person`), `team` or `key_result`, by internal id."""
        column = {
            "person": check_ins.c.author_id,
            "team": key_results.c.team_id,
            "key_result": check_ins.c.key_result_id,
        }[by]
        counted = _from(sa.select(column, sa.func.count())).where(*_conditions(actor, query)).group_by(column)
        with self.database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(counted)}


def _from(chosen: sa.Select[Any]) -> sa.Select[Any]:
    return chosen.select_from(check_ins).join(key_results, key_results.c.id == check_ins.c.key_result_id)


def _conditions(actor: Actor, query: JournalQuery) -> list[Condition]:
    found: list[Condition] = [sees_key_result(actor), check_ins.c.at <= query.last, *within(query.scope)]
    if query.first is not None:
        found.append(check_ins.c.at >= query.first)
    if query.authors:
        found.append(check_ins.c.author_id.in_(query.authors))
    if query.cycle_ids:
        found.append(key_results.c.cycle_id.in_(query.cycle_ids))
    if query.said:
        found.append(sa.or_(*(check_ins.c[part] != "" for part in query.said)))
    return found
