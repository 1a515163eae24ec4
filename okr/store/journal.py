"""Questions about check-ins as such: which ones, how many, whose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from okr.access import Actor, sees_key_result
from okr.models import check_ins, key_results, people
from okr.store.engine import Database
from okr.store.records import CHECK_IN_COLUMNS, CheckIn
from okr.store.scope import Condition, Scope, within

# How many of the newest check-ins are walked through before all of a query's are put in order.
WALKED = (500, 8_000)


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
    words: tuple[str, ...] = ()  # parts of words, one of which a blocker or a note must have
    live: bool = False  # only on key results that are being worked on
    confident: bool = False  # that say how confident somebody is


class JournalPart:
    """The store's questions about check-ins over any scope."""

    database: Database

    def journal(
        self, actor: Actor, query: JournalQuery, *, limit: int = 200, oldest: bool = False, wide: bool = False
    ) -> list[CheckIn]:
        """The check-ins that meet the query, newest first; with `oldest` the other way round.

        `wide` says that many check-ins meet it, so that the newest are soon found (it changes the speed alone).
        """
        order = (
            (check_ins.c.at.asc(), check_ins.c.id.asc()) if oldest else (check_ins.c.at.desc(), check_ins.c.id.desc())
        )
        chosen = _told(actor, query).order_by(*order).limit(limit)
        with self.database.read() as connection:
            for most in WALKED if wide and not oldest else ():
                newest = sa.select(check_ins.c.id).where(*_facts(query)).order_by(*order).limit(most)
                found = connection.execute(chosen.where(check_ins.c.id.in_(newest.subquery().select()))).all()
                if len(found) == limit:
                    return [CheckIn(*row) for row in found]
            return [CheckIn(*row) for row in connection.execute(chosen)]

    def count_journal(self, actor: Actor, query: JournalQuery) -> int:
        """How many check-ins meet the query."""
        return sum(self._counts(actor, query, None).values())

    def count_journal_by(self, actor: Actor, query: JournalQuery, by: str) -> dict[int, int]:
        """The same for each author (`person`) or `key_result`, by internal id."""
        column = {"person": check_ins.c.author_id, "key_result": check_ins.c.key_result_id}[by]
        return {ident: count for ident, count in self._counts(actor, query, column).items() if ident and count}

    def _counts(self, actor: Actor, query: JournalQuery, column: sa.ColumnElement[int] | None) -> dict[int | None, int]:
        part: sa.ColumnElement[Any] = sa.literal_column("NULL") if column is None else column

        def counted(*where: Condition) -> sa.Select[Any]:
            found = sa.select(part, sa.func.count(check_ins.c.id)).where(*where)
            return found if column is None else found.group_by(column)

        with self.database.read() as connection:
            if not query.scope.is_company or query.cycle_ids:
                narrow = counted(*_conditions(actor, query)).select_from(_joined())
                return {row[0]: row[1] for row in connection.execute(narrow)}
            # Of everything it is quicker to count all and take away the few that the person does not see.
            facts = _facts(query)
            counts = {row[0]: row[1] for row in connection.execute(counted(*facts))}
            if not actor.is_admin:
                unseen = sa.select(key_results.c.id).where(sa.not_(sees_key_result(actor)))
                hidden = counted(check_ins.c.key_result_id.in_(unseen), *facts)
                for ident, count in connection.execute(hidden):
                    counts[ident] = counts.get(ident, 0) - count
            return counts


def _told(actor: Actor, query: JournalQuery) -> sa.Select[Any]:
    columns = sa.select(*CHECK_IN_COLUMNS)
    return _from(columns).join(people, people.c.id == check_ins.c.author_id).where(*_conditions(actor, query))


def _joined() -> sa.Join:
    return check_ins.join(key_results, key_results.c.id == check_ins.c.key_result_id)


def _from(chosen: sa.Select[Any]) -> sa.Select[Any]:
    return chosen.select_from(_joined())


def _facts(query: JournalQuery) -> list[Condition]:
    """What is asked of the check-ins themselves."""
    found: list[Condition] = [check_ins.c.at <= query.last]
    if query.first is not None:
        found.append(check_ins.c.at >= query.first)
    if query.authors:
        found.append(check_ins.c.author_id.in_(query.authors))
    if query.said:
        found.append(sa.or_(*(check_ins.c[part] != "" for part in query.said)))
    if query.confident:
        found.append(check_ins.c.confidence.is_not(None))
    if query.words:
        texts = (check_ins.c.blockers, check_ins.c.note)
        found.append(sa.or_(*(text.icontains(word, autoescape=True) for text in texts for word in query.words)))
    return found


def _conditions(actor: Actor, query: JournalQuery) -> list[Condition]:
    found: list[Condition] = [sees_key_result(actor), *_facts(query), *within(query.scope)]
    if query.cycle_ids:
        found.append(key_results.c.cycle_id.in_(query.cycle_ids))
    if query.live:
        found.append(key_results.c.live)
    return found
