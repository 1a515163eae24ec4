"""What is kept beside the facts so that questions are quick: team paths, copied columns, latest values, names.

Every function takes the connection of the write that changed the facts, so that none of it can be
seen out of step. Each may be run again at any time and then changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.language.glossary import concepts
from okr.language.words import fold, stems, tokens, variants
from okr.models import (
    check_ins,
    cycles,
    key_results,
    kpi_points,
    kpis,
    lessons,
    name_words,
    objectives,
    people,
    tasks,
    team_paths,
    teams,
    word_variants,
)

CHUNK = 5_000
PIECES = re.compile(r"[-_.&/@]")
T = TypeVar("T")


def chunks(rows: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The rows in lists of at most that many."""
    rows = iter(rows)
    while part := list(islice(rows, size)):
        yield part


def insert_new(connection: Connection, table: sa.Table, rows: Iterable[dict[str, object]]) -> None:
    """Insert the rows that are not there yet, by primary key."""
    # PostgreSQL's dialect brings asyncio with it: a question, which inserts nothing, should not wait for that.
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert

        statement: sa.Insert = insert(table).on_conflict_do_nothing()
    else:
        from sqlalchemy.dialects.postgresql import insert as insert_there

        statement = insert_there(table).on_conflict_do_nothing()
    for part in chunks(rows):
        connection.execute(statement, part)


# The tables that imports fill.
_FILLED = (
    teams, people, cycles, objectives, key_results, kpis, kpi_points, check_ins, tasks, lessons, team_paths, name_words,
    word_variants,
)  # fmt: skip


def refresh_team_paths(connection: Connection) -> None:
    """Every team with itself and each team above it."""
    parents: dict[int, int | None] = {
        row.id: row.parent_id for row in connection.execute(sa.select(teams.c.id, teams.c.parent_id))
    }
    rows = []
    for team in parents:
        above: int | None = team
        depth = 0
        while above is not None and depth <= len(parents):
            rows.append({"above_id": above, "team_id": team, "depth": depth})
            above, depth = parents[above], depth + 1
    connection.execute(sa.delete(team_paths))
    for part in chunks(rows):
        connection.execute(sa.insert(team_paths), part)


def refresh_copied(connection: Connection, objective_ids: Sequence[int] | None = None) -> None:
    """The columns that key results copy from their objectives; of all objectives when none are named."""

    def of_objective(column: sa.Column[object]) -> sa.ScalarSelect[object]:
        chosen = sa.select(column).where(objectives.c.id == key_results.c.objective_id)
        return chosen.correlate(key_results).scalar_subquery()

    state = of_objective(objectives.c.state)
    change = sa.update(key_results).values(
        cycle_id=of_objective(objectives.c.cycle_id),
        team_id=of_objective(objectives.c.team_id),
        open=of_objective(objectives.c.visibility) == "company",
        live=sa.and_(key_results.c.state == "active", state == "active"),
        postponed=sa.or_(key_results.c.state == "postponed", state == "postponed"),
    )
    if objective_ids is None:
        connection.execute(change)
    else:
        for part in chunks(objective_ids):
            connection.execute(change.where(key_results.c.objective_id.in_(part)))


def refresh_latest(connection: Connection, key_result_ids: Sequence[int] | None = None) -> None:
    """The newest value, check-in, confidence and status of key results; of all when none are named."""

    def newest(*columns: sa.ColumnElement[object], valued: bool) -> list[sa.ScalarSelect[object]]:
        found = []
        for column in columns:
            chosen = sa.select(column).where(check_ins.c.key_result_id == key_results.c.id)
            if valued:
                chosen = chosen.where(check_ins.c.value.is_not(None))
            chosen = chosen.order_by(check_ins.c.at.desc(), check_ins.c.id.desc()).limit(1)
            found.append(chosen.correlate(key_results).scalar_subquery())
        return found

    at, ident, confidence, status = newest(
        check_ins.c.at, check_ins.c.id, check_ins.c.confidence, check_ins.c.status, valued=False
    )
    value_at, value_id, value = newest(check_ins.c.at, check_ins.c.id, check_ins.c.value, valued=True)

    def newest_point(column: sa.ColumnElement[object]) -> sa.ScalarSelect[object]:
        chosen = sa.select(column).where(kpi_points.c.kpi_id == key_results.c.kpi_id)
        chosen = chosen.order_by(kpi_points.c.at.desc(), kpi_points.c.id.desc()).limit(1)
        return chosen.correlate(key_results).scalar_subquery()

    from_check_ins = sa.update(key_results).values(
        last_at=at,
        last_check_in_id=ident,
        last_confidence=confidence,
        last_status=status,
        current=value,
        current_at=value_at,
        current_check_in_id=value_id,
    )
    # At one and the same moment the check-in wins: it is the word of somebody who looked.
    point_at = newest_point(kpi_points.c.at)
    from_points = (
        sa.update(key_results)
        .where(key_results.c.kpi_id.is_not(None), point_at.is_not(None))
        .where(sa.or_(key_results.c.current_at.is_(None), point_at > key_results.c.current_at))
        .values(current=newest_point(kpi_points.c.value), current_at=point_at, current_check_in_id=None)
    )
    for change in (from_check_ins, from_points):
        if key_result_ids is None:
            connection.execute(change)
        else:
            for part in chunks(key_result_ids):
                connection.execute(change.where(key_results.c.id.in_(part)))


# The table, the name and the public key of each kind of record that questions name.
NAMED = {
    "team": (teams, teams.c.name, teams.c.key),
    "person": (people, people.c.name, people.c.email),
    "cycle": (cycles, cycles.c.name, cycles.c.key),
    "objective": (objectives, objectives.c.title, objectives.c.key),
    "key_result": (key_results, key_results.c.title, key_results.c.key),
    "kpi": (kpis, kpis.c.name, kpis.c.key),
    "task": (tasks, tasks.c.title, tasks.c.key),
}
# A name of more words than this is a paragraph; its first words tell it apart.
MOST_WORDS = 24


def name_forms(kind: str, name: str, key: str) -> set[str]:
    """The forms under which a record is found.

    Those are the words of its name, folded, and their stems; `§idea` for each idea of the glossary;
    `=key`; and for a team the words of its key and the initials of its name.
    """
    words = [t.plain for t in tokens(name) if t.is_word][:MOST_WORDS]
    found = {f"={fold(key)}"} | {f"§{idea}" for _, _, idea in concepts(words)}
    if kind == "person":
        words.extend(t.plain for t in tokens(key.split("@")[0].replace(".", " ").replace("_", " ")) if t.is_word)
    if kind in ("team", "kpi"):
        words.extend(t.plain for t in tokens(key.replace("-", " ").replace("_", " ")) if t.is_word)
    for word in words:
        if len(word) > 1 or word.isdigit():
            found |= stems(word)
        for piece in PIECES.split(word):
            if piece and piece != word:
                found |= stems(piece)
    if kind == "team":
        initials = "".join(t.plain[0] for t in tokens(name) if t.plain.isalpha() and t.plain not in ("and", "i", "of"))
        if len(initials) > 1:
            found.add(initials)
    return found


def refresh_names(connection: Connection, kind: str, record_ids: Sequence[int] | None = None) -> None:
    """The words under which records of a kind are found; of all of that kind when none are named."""
    table, name, key = NAMED[kind]
    chosen = sa.select(table.c.id, name, key)
    old = sa.delete(name_words).where(name_words.c.kind == kind)
    batches: Iterable[Sequence[int] | None] = [None] if record_ids is None else chunks(record_ids)
    known: set[str] = set()
    for part in batches:
        connection.execute(old if part is None else old.where(name_words.c.record_id.in_(part)))
        found = connection.execute(chosen if part is None else chosen.where(table.c.id.in_(part))).all()
        rows: list[dict[str, object]] = []
        for record_id, text, public in found:
            forms = name_forms(kind, text, public)
            known |= forms
            rows.extend({"word": form, "kind": kind, "record_id": record_id} for form in sorted(forms))
        for some in chunks(rows):
            connection.execute(sa.insert(name_words), some)
    spelt = sorted(word for word in known if word[0] not in "=§")
    insert_new(
        connection,
        word_variants,
        ({"variant": variant, "word": word} for word in spelt for variant in sorted(variants(word))),
    )


def refresh_statistics(connection: Connection) -> None:
    """What the database knows of its tables when it plans a query, after very much was added.

    PostgreSQL would plan for empty tables until its own housekeeping comes round. SQLite would look up
    one by one the key results of a cycle that nearly all of them are in, which takes three times as
    long as reading them in a row; its other tables are only ever looked up by their indexes.
    """
    known = [key_results] if connection.dialect.name == "sqlite" else _FILLED
    for table in known:
        connection.exec_driver_sql(f'ANALYZE "{table.name}"')


def refresh_all(connection: Connection) -> None:
    """Everything above, for a store that was filled in bulk."""
    refresh_team_paths(connection)
    refresh_copied(connection)
    refresh_latest(connection)
    for kind in NAMED:
        refresh_names(connection, kind)
    refresh_statistics(connection)
