"""Search in what people wrote: an index of words and one of trigrams, kept in step by the database itself."""

import sqlite3

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import Connection

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Lessons stand in the same index under their negated ids.
TOKENIZERS = {"note_words": "unicode61 remove_diacritics 2", "note_trigrams": "trigram"}
_FROM = "ąćęłńóśźżáàâäãåčďéèêëěíìîïňôöõøřšťúùûüůýž"
_TO = "acelnoszzaaaaaacdeeeeeiiiinoooorstuuuuuyz"


def _check_in(row: str) -> tuple[str, str, str]:
    text = f"{row}note || char(10) || {row}wins || char(10) || {row}blockers"
    return f"{row}id", _barred(text), f"{row}note || {row}wins || {row}blockers <> ''"


def _lesson(row: str) -> tuple[str, str, str]:
    return f"-{row}id", _barred(f"{row}text"), f"{row}text <> ''"


def _barred(text: str) -> str:
    # The tokenizer takes every diacritic off but the bar.
    return f"replace(replace({text}, 'ł', 'l'), 'Ł', 'L')"


# The number, the text and whether there is any, of a row that goes by that prefix.
_INDEXED = {"check_in": _check_in, "lesson": _lesson}


def upgrade() -> None:
    """Make the indexes over check-ins and lessons and fill them."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        make_sqlite(connection)
    else:
        _postgresql(connection)


def make_sqlite(connection: Connection) -> None:
    """Make both indexes with their triggers and fill them."""
    for index, tokenizer in TOKENIZERS.items():
        if tokenizer == "trigram" and sqlite3.sqlite_version_info < (3, 34):
            continue
        detail = "none" if tokenizer == "trigram" else "full"
        connection.execute(
            sa.text(
                f"CREATE VIRTUAL TABLE {index} USING fts5(body, content='', tokenize='{tokenizer}', detail={detail})"
            )
        )
        for table, columns in (("check_in", "note, wins, blockers"), ("lesson", "text")):
            (new, new_text, has_new), (old, old_text, has_old) = (_INDEXED[table](f"{row}.") for row in ("new", "old"))
            add = f"INSERT INTO {index}(rowid, body) VALUES ({new}, {new_text});"
            take = f"INSERT INTO {index}({index}, rowid, body) VALUES ('delete', {old}, {old_text});"
            name = f"{index}_{table}"
            for statement in (
                f"CREATE TRIGGER {name}_added AFTER INSERT ON {table} WHEN {has_new} BEGIN {add} END",
                f"CREATE TRIGGER {name}_removed AFTER DELETE ON {table} WHEN {has_old} BEGIN {take} END",
                # One trigger, because the order of two is not defined: the old text goes out, the new one in.
                f"CREATE TRIGGER {name}_changed AFTER UPDATE OF {columns} ON {table} BEGIN "
                f"INSERT INTO {index}({index}, rowid, body) SELECT 'delete', {old}, {old_text} WHERE {has_old}; "
                f"INSERT INTO {index}(rowid, body) SELECT {new}, {new_text} WHERE {has_new}; END",
            ):
                connection.exec_driver_sql(statement)
            fill_sqlite(connection, index, table)


def fill_sqlite(connection: Connection, index: str, table: str, after: int = 0) -> None:
    """Put the texts of the table's rows with a higher id into an index that has none of them."""
    ident, text, written = _INDEXED[table]("")
    connection.exec_driver_sql(
        f"INSERT INTO {index}(rowid, body) SELECT {ident}, {text} FROM {table} WHERE id > {after} AND {written}"
    )


def drop_sqlite(connection: Connection) -> None:
    """Take the indexes away with their triggers, whatever state they are in."""
    for index in TOKENIZERS:
        for table in ("check_in", "lesson"):
            for moment in ("added", "removed", "changed"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {index}_{table}_{moment}")
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {index}")


def _postgresql(connection: Connection) -> None:
    def folded(text: str) -> str:
        return f"translate(lower(left({text}, 100000)), '{_FROM}', '{_TO}')"

    bodies = {
        "check_in": folded("note || ' ' || wins || ' ' || blockers"),
        "lesson": folded("text"),
    }
    for table, body in bodies.items():
        connection.exec_driver_sql(
            f"CREATE INDEX ix_note_words_{table} ON {table} USING gin (to_tsvector('simple', {body}))"
        )
    try:
        with connection.begin_nested():
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except sa.exc.DBAPIError:
        # Without the right to add it, slips of the pen are found less well and the rest works.
        return
    for table, body in bodies.items():
        connection.exec_driver_sql(
            f"CREATE INDEX ix_note_trigrams_{table} ON {table} USING gin (({body}) gin_trgm_ops)"
        )
