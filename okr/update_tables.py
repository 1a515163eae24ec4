"""The tables of status updates that people keep: each with its versions, and whom it was sent to."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table, Text

from okr.models import Instant, id_column, key_column, link_column, metadata

updates = Table(
    "status_update",
    metadata,
    id_column(),
    key_column(),
    link_column("person_id", "person", index=True),
    Column("scope", String, nullable=False),
    Column("audience", String, nullable=False),
    Column("language", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("state", String, nullable=False),  # draft, approved, sent
    Column("version", Integer, nullable=False, default=1, server_default="1"),
    Column("document", sa.JSON, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("approved_at", Instant),
    Column("sent_at", Instant),
    sa.Index("ix_status_update_scope", "scope", "as_of"),
)

# What each version said, the current one included.
update_versions = Table(
    "status_update_version",
    metadata,
    Column(
        "update_id", Integer, ForeignKey("status_update.id", deferrable=True, initially="DEFERRED"), primary_key=True
    ),
    Column("version", Integer, primary_key=True),
    link_column("person_id", "person"),
    Column("at", Instant, nullable=False),
    Column("document", sa.JSON, nullable=False),
)

update_recipients = Table(
    "status_update_recipient",
    metadata,
    Column(
        "update_id", Integer, ForeignKey("status_update.id", deferrable=True, initially="DEFERRED"), primary_key=True
    ),
    Column("person_id", Integer, ForeignKey("person.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column("state", String, nullable=False),  # delivered, skipped
    Column("reason", String),
    Column("message", String),
    sa.Index("ix_status_update_recipient_person", "person_id"),
)
