"""The tables of the store, and the words their columns hold.

Plain tables rather than mapped classes: every question reads a few columns of many rows, and
rows made into objects cost fifty times as much as the query (docs/decisions/0002-tables.md).

Conventions: `id` is internal, `key` is the public id of the company file. An instant is kept as
microseconds since 1970 in UTC (`Instant`), so that both databases compare and index it alike.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import BigInteger, Boolean, Column, Date, Float, ForeignKey, Integer, MetaData, String, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware moment, stored as whole microseconds since 1970 in UTC; a naive one is refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else instant(value)


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment; ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return (moment - EPOCH) // timedelta(microseconds=1)


def instant(value: int) -> datetime:
    """The aware UTC moment that many microseconds after 1970."""
    return EPOCH + timedelta(microseconds=value)


class Role(StrEnum):
    """What a person is in the company."""

    EMPLOYEE = "employee"
    LEAD = "lead"
    ADMIN = "admin"


class State(StrEnum):
    """Whether an objective or key result is being worked on."""

    ACTIVE = "active"
    POSTPONED = "postponed"
    CLOSED = "closed"


class CycleState(StrEnum):
    """Where a cycle is in its life."""

    PLANNED = "planned"
    ACTIVE = "active"
    CLOSED = "closed"


class Visibility(StrEnum):
    """Who sees an objective and all that hangs on it."""

    COMPANY = "company"
    TEAM = "team"


class Kind(StrEnum):
    """How a key result is measured."""

    MEASURE = "measure"
    BOUNDARY = "boundary"
    MILESTONES = "milestones"
    BINARY = "binary"


class TaskStatus(StrEnum):
    """How far a task is."""

    TO_DO = "to_do"
    IN_PROGRESS = "in_progress"
    IN_REVIEW = "in_review"
    BLOCKED = "blocked"
    DONE = "done"


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_column() -> Column[int]:
    """The internal id of a table."""
    return Column("id", Integer, primary_key=True)


def link_column(name: str, to: str, *, required: bool = True, index: bool = False) -> Column[Any]:
    """A column that points at another table; on SQLite and PostgreSQL alike checked at the end of the transaction."""
    # Deferred, so that a company whose leads and teams name each other goes in within one transaction.
    target = ForeignKey(f"{to}.id", deferrable=True, initially="DEFERRED")
    return Column(name, Integer, target, nullable=not required, index=index)


def key_column() -> Column[str]:
    """The public id of a record."""
    return Column("key", String, nullable=False, unique=True)


def _text(name: str, default: str = "") -> Column[str]:
    return Column(name, Text, nullable=False, default=default, server_default=default)


# ── the company, as in its portable file ────────────────────────────────────────────────────────

companies = Table(
    "company",
    metadata,
    id_column(),
    Column("name", String, nullable=False),
    Column("timezone", String, nullable=False),
    Column("language", String, nullable=False),
    Column("country", String, nullable=False),
    # The sample company may be entered by choosing a person from the directory; a real one never.
    Column("sample", Boolean, nullable=False, default=False, server_default=sa.false()),
)

teams = Table(
    "team",
    metadata,
    id_column(),
    key_column(),
    Column("name", String, nullable=False),
    link_column("parent_id", "team", required=False, index=True),
    # No foreign key: teams and people point at each other, and SQLite cannot add one to a table that exists.
    Column("lead_id", Integer, index=True),
    Column("version", Integer, nullable=False, default=1, server_default="1"),
)

# Every team with itself and each team above it, so that "a team and those below" is one join.
team_paths = Table(
    "team_path",
    metadata,
    Column("above_id", Integer, ForeignKey("team.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column("team_id", Integer, ForeignKey("team.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column("depth", Integer, nullable=False),
)

people = Table(
    "person",
    metadata,
    id_column(),
    Column("email", String, nullable=False, unique=True),  # lower case
    Column("name", String, nullable=False),
    link_column("team_id", "team", required=False, index=True),
    Column("role", String, nullable=False),
    link_column("manager_id", "person", required=False),
    Column("timezone", String),
    Column("language", String),
    Column("active", Boolean, nullable=False, default=True, server_default=sa.true()),
    Column("version", Integer, nullable=False, default=1, server_default="1"),
)

cycles = Table(
    "cycle",
    metadata,
    id_column(),
    key_column(),
    Column("name", String, nullable=False),
    Column("start", Date, nullable=False),
    Column("end", Date, nullable=False),
    Column("state", String, nullable=False),
    Column("version", Integer, nullable=False, default=1, server_default="1"),
)

objectives = Table(
    "objective",
    metadata,
    id_column(),
    key_column(),
    Column("title", Text, nullable=False),
    link_column("cycle_id", "cycle"),
    link_column("team_id", "team"),
    link_column("owner_id", "person", index=True),
    link_column("parent_id", "objective", required=False, index=True),
    Column("visibility", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("created", Date),
    Column("version", Integer, nullable=False, default=1, server_default="1"),
    sa.Index("ix_objective_cycle_team", "cycle_id", "team_id"),
)

kpis = Table(
    "kpi",
    metadata,
    id_column(),
    key_column(),
    Column("name", Text, nullable=False),
    Column("unit", String),
    Column("better", String, nullable=False),
    link_column("owner_id", "person", index=True),
    link_column("team_id", "team", index=True),
    Column("version", Integer, nullable=False, default=1, server_default="1"),
)

kpi_points = Table(
    "kpi_point",
    metadata,
    id_column(),
    link_column("kpi_id", "kpi"),
    Column("at", Instant, nullable=False),
    Column("day_only", Boolean, nullable=False),
    Column("value", Float, nullable=False),
    sa.Index("ix_kpi_point_latest", "kpi_id", "at", "id", "value"),
)

key_results = Table(
    "key_result",
    metadata,
    id_column(),
    key_column(),
    link_column("objective_id", "objective", index=True),
    Column("title", Text, nullable=False),
    link_column("owner_id", "person", index=True),
    Column("kind", String, nullable=False),
    Column("unit", String),
    Column("baseline", Float),
    Column("target", Float),
    Column("limit", String),
    Column("weight", Float, nullable=False, default=1.0, server_default="1"),
    link_column("kpi_id", "kpi", required=False, index=True),
    Column("cadence", String, nullable=False),
    Column("state", String, nullable=False),
    Column("score", Float),
    Column("version", Integer, nullable=False, default=1, server_default="1"),
    # Copied from the objective, so that one index answers for a cycle and a team.
    link_column("cycle_id", "cycle"),
    link_column("team_id", "team"),
    Column("open", Boolean, nullable=False),  # the objective's visibility is company
    Column("live", Boolean, nullable=False),  # it and its objective are active
    Column("postponed", Boolean, nullable=False),  # it or its objective is postponed
    # The newest recorded facts, kept in step by `Store.refresh_latest`; a question about an earlier
    # moment than theirs reads the check-ins instead.
    Column("current", Float),
    Column("current_at", Instant),
    Column("current_check_in_id", Integer),  # null when a KPI point gave the value
    Column("last_check_in_id", Integer),
    Column("last_at", Instant),
    Column("last_confidence", Integer),
    Column("last_status", String),
    sa.Index("ix_key_result_cycle_team", "cycle_id", "team_id"),
)

milestones = Table(
    "milestone",
    metadata,
    id_column(),
    link_column("key_result_id", "key_result", index=True),
    Column("title", Text, nullable=False),
    Column("weight", Float, nullable=False),
    Column("done_on", Date),
)

check_ins = Table(
    "check_in",
    metadata,
    id_column(),
    key_column(),
    link_column("key_result_id", "key_result"),
    Column("at", Instant, nullable=False),
    Column("day_only", Boolean, nullable=False),
    link_column("author_id", "person"),
    Column("value", Float),
    Column("confidence", Integer),
    Column("status", String),
    _text("wins"),
    _text("blockers"),
    _text("note"),
    Column("version", Integer, nullable=False, default=1, server_default="1"),
    # With the value in it, a question about an earlier moment reads the index alone.
    sa.Index("ix_check_in_latest", "key_result_id", "at", "id", "value"),
    # With the confidence in it, that of all check-ins of a week is read from the index alone.
    sa.Index("ix_check_in_at", "at", "id", "key_result_id", "confidence"),
    sa.Index("ix_check_in_author_at", "author_id", "at"),
)

tasks = Table(
    "task",
    metadata,
    id_column(),
    key_column(),
    Column("title", Text, nullable=False),
    link_column("assignee_id", "person", required=False, index=True),
    Column("due", Date, index=True),
    Column("status", String, nullable=False),
    link_column("parent_id", "task", required=False, index=True),
    Column("done_on", Date),
    Column("version", Integer, nullable=False, default=1, server_default="1"),
)

task_key_results = Table(
    "task_key_result",
    metadata,
    Column("task_id", Integer, ForeignKey("task.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column(
        "key_result_id",
        Integer,
        ForeignKey("key_result.id", deferrable=True, initially="DEFERRED"),
        primary_key=True,
        index=True,
    ),
    Column("position", Integer, nullable=False, default=0, server_default="0"),
)

task_dependencies = Table(
    "task_dependency",
    metadata,
    Column("task_id", Integer, ForeignKey("task.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column(
        "needs_id", Integer, ForeignKey("task.id", deferrable=True, initially="DEFERRED"), primary_key=True, index=True
    ),
    Column("position", Integer, nullable=False, default=0, server_default="0"),
)

lessons = Table(
    "lesson",
    metadata,
    id_column(),
    key_column(),
    link_column("cycle_id", "cycle", index=True),
    link_column("objective_id", "objective", required=False, index=True),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
    link_column("author_id", "person"),
    Column("at", Instant, nullable=False),
    Column("day_only", Boolean, nullable=False),
    Column("version", Integer, nullable=False, default=1, server_default="1"),
)

# ── names, so that a question finds records without reading them all ────────────────────────────

# A word of a name (folded, and its stems) and the record that bears it.
name_words = Table(
    "name_word",
    metadata,
    Column("word", String, primary_key=True),
    Column("kind", String, primary_key=True),  # key_result, objective, team, person, kpi, task, cycle
    Column("record_id", Integer, primary_key=True),
    sa.Index("ix_name_word_record", "kind", "record_id"),
)

# Each known word with one letter left out, which finds a mistyped word by index alone.
word_variants = Table(
    "word_variant",
    metadata,
    Column("variant", String, primary_key=True),
    Column("word", String, primary_key=True),
)

# ── what people say to the assistant, and what was done ─────────────────────────────────────────

conversations = Table(
    "conversation",
    metadata,
    Column("id", String, primary_key=True),
    link_column("person_id", "person", index=True),
    _text("title"),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    # What a follow-up refers to: the last understood question, as a value.
    Column("frame", sa.JSON),
)

turns = Table(
    "turn",
    metadata,
    id_column(),
    Column(
        "conversation_id",
        String,
        ForeignKey("conversation.id", deferrable=True, initially="DEFERRED"),
        nullable=False,
        index=True,
    ),
    Column("asked_at", Instant, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", sa.JSON),  # the answer document; null while it is being written or when it was stopped
    Column("said", Text, nullable=False, default="", server_default=""),
    Column("state", String, nullable=False),  # answering, done, stopped, failed
    Column("thumb", Integer),  # 1 up, 0 down
)

audits = Table(
    "audit",
    metadata,
    id_column(),
    Column("at", Instant, nullable=False),
    link_column("actor_id", "person", required=False),
    Column("act", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("record", String, nullable=False),
    Column("allowed", Boolean, nullable=False),
    Column("detail", sa.JSON),
    # Each row seals the one before it, so that a row taken out shows.
    Column("seal", String, nullable=False),
)

proposals = Table(
    "proposal",
    metadata,
    Column("id", String, primary_key=True),
    link_column("person_id", "person", index=True),
    Column("kind", String, nullable=False),
    Column("words", Text, nullable=False),
    Column("body", sa.JSON, nullable=False),
    Column("state", String, nullable=False),  # open, confirmed, discarded
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("settled_at", Instant),
)

spent_tokens = Table(
    "spent_tokens",
    metadata,
    Column("person_id", Integer, ForeignKey("person.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("tokens", Integer, nullable=False, default=0, server_default="0"),
    Column("calls", Integer, nullable=False, default=0, server_default="0"),
)

# Small facts about the store itself, such as how far the notes index has come.
marks = Table(
    "mark",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
