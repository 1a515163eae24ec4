"""The tables of how messages reach people outside the app: their wishes, and what became of each sending."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, String, Table

from okr.models import Instant, id_column, link_column, metadata

preferences = Table(
    "preference",
    metadata,
    Column("person_id", Integer, ForeignKey("person.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column("channel", String),  # a name from the admin's list, or inbox; null: the company's usual one
    # Minutes after midnight on the person's clock; both null: no quiet hours.
    Column("quiet_from", Integer),
    Column("quiet_to", Integer),
    Column("digest", String, nullable=False, default="none", server_default="none"),  # none, daily
    Column("digest_at", Integer, nullable=False, default=540, server_default="540"),
    # The secret part of the address of the person's calendar.
    Column("feed", String, unique=True),
)

# Rules whose messages a person no longer wants.
rules_turned_off = Table(
    "turned_off",
    metadata,
    Column("person_id", Integer, ForeignKey("person.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column(
        "automation_id",
        Integer,
        ForeignKey("automation.id", deferrable=True, initially="DEFERRED"),
        primary_key=True,
        index=True,
    ),
    Column("at", Instant, nullable=False),
)

# One row for each message that goes, or would have gone, outside the app.
dispatches = Table(
    "dispatch",
    metadata,
    id_column(),
    Column(
        "message_id",
        Integer,
        ForeignKey("message.id", deferrable=True, initially="DEFERRED"),
        nullable=False,
        unique=True,
    ),
    link_column("person_id", "person"),
    Column("channel", String, nullable=False),
    # What is sent together has the same one; it is also the id that every repeat carries.
    Column("bundle", String, nullable=False, index=True),
    Column("state", String, nullable=False),  # waiting, sending, delivered, skipped, failed, unknown
    Column("attempts", Integer, nullable=False, default=0, server_default="0"),
    Column("made_at", Instant, nullable=False),
    # When to send, or, while it is being sent, when another worker may take it over.
    Column("next_at", Instant),
    Column("settled_at", Instant),
    Column("reason", String),
    Column("provider_id", String),
    sa.Index("ix_dispatch_due", "state", "next_at"),
    sa.Index("ix_dispatch_person", "person_id", "made_at"),
)
