"""The tables beside the records: what was changed, what is being written, what people keep at hand."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from okr.models import Instant, id_column, link_column, metadata

# One row for each field of a record that somebody changed; `created` and `removed` are fields too.
changes = Table(
    "change",
    metadata,
    id_column(),
    Column("at", Instant, nullable=False),
    link_column("actor_id", "person", required=False),
    Column("kind", String, nullable=False),
    Column("record_id", Integer, nullable=False),
    Column("key", String, nullable=False),
    # The key result of a check-in, so that its history can be told after the check-in was withdrawn.
    Column("within_id", Integer),
    Column("version", Integer, nullable=False),  # the one that the record had afterwards
    Column("field", String, nullable=False),
    Column("old", sa.JSON),
    Column("new", sa.JSON),
    sa.Index("ix_change_record", "kind", "record_id", "id"),
    sa.Index("ix_change_within", "within_id", "id"),
)

check_in_drafts = Table(
    "check_in_draft",
    metadata,
    Column("person_id", Integer, ForeignKey("person.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column(
        "key_result_id", Integer, ForeignKey("key_result.id", deferrable=True, initially="DEFERRED"), primary_key=True
    ),
    Column("body", sa.JSON, nullable=False),
    Column("kept_at", Instant, nullable=False),
)

# Other forms that somebody began, by the form's name, such as key_result:KR-12.
form_drafts = Table(
    "form_draft",
    metadata,
    Column("person_id", Integer, ForeignKey("person.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("body", sa.JSON, nullable=False),
    Column("kept_at", Instant, nullable=False),
)

# What a person opened last and what they pinned, by kind and public id.
at_hand = Table(
    "at_hand",
    metadata,
    Column("person_id", Integer, ForeignKey("person.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("opened_at", Instant),
    Column("pinned_at", Instant),
    Column("place", Integer),
)

# What was decided for a record when its cycle was closed.
closings = Table(
    "closing",
    metadata,
    id_column(),
    link_column("key_result_id", "key_result", index=True),
    Column("decision", String, nullable=False),  # carry_over, change, drop
    Column("reason", Text, nullable=False, default="", server_default=""),
    link_column("into_id", "key_result", required=False),
    link_column("actor_id", "person", required=False),
    Column("at", Instant, nullable=False),
    sa.UniqueConstraint("key_result_id", name="uq_closing_key_result"),
)
