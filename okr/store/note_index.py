"""The indexes of what people wrote: how they are asked, filled and made anew, on SQLite and on PostgreSQL.

On SQLite triggers keep two FTS5 tables without content of their own; on PostgreSQL they are indexes over
expressions. What comes back are numbers of texts, negative for lessons, which say nothing about who may see them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.language.relevance import Term, spellings
from okr.models import check_ins

# Of a word that is everywhere the newest so many places are looked at.
MOST_HITS = 20_000
# So many are enough where no scope narrows the search, and to see that a word is common.
ENOUGH_HITS = 2_000

# As in the migration that made the indexes: an index over an expression serves this very expression.
_FROM = "ąćęłńóśźżáàâäãåčďéèêëěíìîïňôöõøřšťúùûüůýž"
_TO = "acelnoszzaaaaaacdeeeeeiiiinoooorstuuuuuyz"


def _folded(text: str) -> str:
    return f"translate(lower(left({text}, 100000)), '{_FROM}', '{_TO}')"


_BODIES = {"check_in": _folded("note || ' ' || wins || ' ' || blockers"), "lesson": _folded("text")}


def rebuild(connection: Connection) -> None:
    """Empty the indexes and fill them from the records, in the caller's transaction."""
    if connection.dialect.name != "sqlite":
        for index in _postgresql_indexes(connection):
            connection.exec_driver_sql(f"REINDEX INDEX {index}")
        return
    from okr.migrations.versions import s0002_notes

    try:
        s0002_notes.drop_sqlite(connection)
    except sa.exc.DBAPIError:
        _cut_out(connection)
        s0002_notes.drop_sqlite(connection)
    s0002_notes.make_sqlite(connection)


def _cut_out(connection: Connection) -> None:
    """Take an index away that is too damaged to be dropped."""
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.exec_driver_sql("DELETE FROM sqlite_master WHERE name IN ('note_words', 'note_trigrams')")
    connection.exec_driver_sql("PRAGMA writable_schema=RESET")
    for index in ("note_words", "note_trigrams"):
        for part in ("data", "idx", "docsize", "config", "content"):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {index}_{part}")


@contextmanager
def filled_at_once(connection: Connection, coming: int) -> Iterator[None]:
    """Within it that many new check-ins go in without the indexes, which learn of them together at the end.

    On SQLite that is ten times as quick as their triggers, which write each row out by itself. Only rows
    that get a higher id than every one there was are learnt of. In the caller's transaction.
    """
    if connection.dialect.name == "sqlite":
        yield from _without_triggers(connection)
    else:
        yield from _without_indexes(connection, coming)


def _without_indexes(connection: Connection, coming: int) -> Iterator[None]:
    there = connection.execute(sa.select(sa.func.count()).select_from(check_ins)).scalar_one()
    names = [name for name in _postgresql_indexes(connection) if name.endswith("_check_in")]
    if coming < there or not names:
        # Made anew they take in every row again, which pays only where most are new.
        yield
        return
    of_index = sa.text("SELECT pg_get_indexdef(CAST(:name AS regclass))")
    statements = [connection.execute(of_index, {"name": name}).scalar_one() for name in names]
    for name in names:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    yield
    # No index can be made while rows of the table still wait for their references to be checked.
    links = ", ".join(sorted(str(link.name) for link in check_ins.foreign_key_constraints))
    connection.exec_driver_sql(f"SET CONSTRAINTS {links} IMMEDIATE")
    for statement in statements:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"SET CONSTRAINTS {links} DEFERRED")


def _without_triggers(connection: Connection) -> Iterator[None]:
    from okr.migrations.versions import s0002_notes

    last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(check_ins.c.id), 0))).scalar_one()
    of_trigger = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name")
    statements = {
        index: connection.execute(of_trigger, {"name": f"{index}_check_in_added"}).scalar()
        for index in s0002_notes.TOKENIZERS
    }
    # An index that is missing has no trigger, and is made anew as a whole when somebody rebuilds it.
    there = {index: statement for index, statement in statements.items() if statement}
    for index in there:
        connection.exec_driver_sql(f"DROP TRIGGER {index}_check_in_added")
    yield
    for index, statement in there.items():
        s0002_notes.fill_sqlite(connection, index, "check_in", after=last)
        connection.exec_driver_sql(statement)


def _postgresql_indexes(connection: Connection) -> list[str]:
    return list(
        connection.execute(
            sa.text(
                "SELECT indexname FROM pg_indexes "
                "WHERE starts_with(indexname, 'ix_note_') AND schemaname = ANY(current_schemas(false))"
            )
        ).scalars()
    )


def is_index_failure(reason: sa.exc.DBAPIError) -> bool:
    """Whether the database refused because an index is missing or damaged."""
    text = str(reason.orig).lower()
    return any(word in text for word in ("note_words", "note_trigrams", "malformed", "fts5", "vtable", "corrupt"))


def count_hits(connection: Connection, hits: tuple[str, Mapping[str, Any]]) -> int:
    """How many texts the query of an index finds."""
    statement, values = hits
    return int(connection.execute(sa.text(f"SELECT count(*) FROM ({statement}) AS h"), dict(values)).scalar_one())


def has_trigrams(connection: Connection) -> bool:
    """Whether the index for mistyped words is there."""
    if connection.dialect.name == "sqlite":
        asked = "SELECT 1 FROM sqlite_master WHERE name = 'note_trigrams'"
    else:
        asked = "SELECT 1 FROM pg_indexes WHERE indexname = 'ix_note_trigrams_check_in'"
    return connection.exec_driver_sql(asked).first() is not None


def pieces(connection: Connection) -> Any:
    """What finds a mistyped word by the half of it that is right."""
    if connection.dialect.name == "sqlite":
        return _trigram_sqlite if has_trigrams(connection) else _beginning_sqlite
    return _trigram_postgresql if has_trigrams(connection) else _beginning_postgresql


def _half(word: str) -> str:
    return word[: max((len(word) + 1) // 2, 3)]


def _beginning_sqlite(word: str, *, lesson: bool, most: int = MOST_HITS) -> tuple[str, Mapping[str, Any]]:
    return hits_sqlite(f'"{_half(word)}"*', lesson=lesson, most=most)


def _beginning_postgresql(word: str, *, lesson: bool, most: int = MOST_HITS) -> tuple[str, Mapping[str, Any]]:
    return hits_postgresql(f"{_half(word)}:*", lesson=lesson, most=most)


def fts_query(term: Term) -> tuple[str, str]:
    """What SQLite's index is asked for: the word with its endings, and that together with phrases of the same idea."""
    own = [f'"{begin}"*' if len(begin) > 2 else f'"{begin}"' for begin in term.beginnings()]
    own.append(f'"{term.word}"')
    ideas = [
        " + ".join(f'"{word}"' for word, _ in phrase) + (" *" if phrase[-1][1] else "")
        for phrase in _one_reading(term)
        if all(word.isalnum() and not begins for word, begins in phrase[:-1]) and phrase[-1][0].isalnum()
    ]
    # A phrase with endings inside can only be asked for as all of its words.
    for phrase in _one_reading(term):
        if any(begins for _, begins in phrase[:-1]) and all(word.isalnum() for word, _ in phrase):
            ideas.append("(" + " AND ".join(f'"{word}"' + ("*" if begins else "") for word, begins in phrase) + ")")
    return " OR ".join(own), " OR ".join([*own, *ideas])


def tsquery(term: Term) -> tuple[str, str]:
    """The same two for PostgreSQL's index."""
    own = [f"{begin}:*" if len(begin) > 2 else begin for begin in term.beginnings()]
    own.append(term.word)
    ideas = [
        "(" + " & ".join(word + (":*" if begins else "") for word, begins in phrase) + ")"
        for phrase in _one_reading(term)
        if all(word.isalnum() for word, _ in phrase)
    ]
    return " | ".join(own), " | ".join([*own, *ideas])


def _one_reading(term: Term) -> list[list[tuple[str, bool]]]:
    return [phrase for idea in sorted(term.ideas) for phrase in spellings(idea)]


def hits_sqlite(expression: str, *, lesson: bool, most: int = MOST_HITS) -> tuple[str, Mapping[str, Any]]:
    """The statement and its values for the newest texts that an FTS5 expression finds."""
    ident, side, order = ("-rowid", "< 0", "ASC") if lesson else ("rowid", "> 0", "DESC")
    statement = (
        f"SELECT {ident} AS ident FROM note_words WHERE note_words MATCH :wanted AND rowid {side} "
        f"ORDER BY rowid {order} LIMIT {most}"
    )
    return statement, {"wanted": expression}


def _trigram_sqlite(word: str, *, lesson: bool, most: int = MOST_HITS) -> tuple[str, Mapping[str, Any]]:
    # One slip spoils the trigrams of one half of the word at most.
    middle = (len(word) + 1) // 2
    halves = [word[: max(middle, 3)], word[min(middle, len(word) - 3) :]]
    grams = [[half[at : at + 3] for at in range(len(half) - 2)] for half in halves]
    wanted = " OR ".join("(" + " AND ".join(f'"{gram}"' for gram in half) + ")" for half in grams if half)
    ident, side, order = ("-rowid", "< 0", "ASC") if lesson else ("rowid", "> 0", "DESC")
    statement = (
        f"SELECT {ident} AS ident FROM note_trigrams WHERE note_trigrams MATCH :wanted AND rowid {side} "
        f"ORDER BY rowid {order} LIMIT {most}"
    )
    return statement, {"wanted": wanted}


def hits_postgresql(expression: str, *, lesson: bool, most: int = MOST_HITS) -> tuple[str, Mapping[str, Any]]:
    """The statement and its values for the newest texts that a `tsquery` finds."""
    table = "lesson" if lesson else "check_in"
    statement = (
        f"SELECT id AS ident FROM {table} WHERE to_tsvector('simple', {_BODIES[table]}) "
        f"@@ to_tsquery('simple', :wanted) ORDER BY id DESC LIMIT {most}"
    )
    return statement, {"wanted": expression}


def _trigram_postgresql(word: str, *, lesson: bool, most: int = MOST_HITS) -> tuple[str, Mapping[str, Any]]:
    table = "lesson" if lesson else "check_in"
    middle = (len(word) + 1) // 2
    statement = (
        f"SELECT id AS ident FROM {table} WHERE ({_BODIES[table]}) LIKE :first OR ({_BODIES[table]}) LIKE :second "
        f"ORDER BY id DESC LIMIT {most}"
    )
    return statement, {
        "first": f"%{word[: max(middle, 3)]}%",
        "second": f"%{word[min(middle, len(word) - 3) :]}%",
    }
