"""The tables of rules that run, and of the messages that they send."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from okr.models import Instant, id_column, key_column, link_column, metadata

automations = Table(
    "automation",
    metadata,
    id_column(),
    key_column(),
    link_column("owner_id", "person", index=True),
    Column("state", String, nullable=False),  # proposed, active, paused, ended, removed
    Column("version", Integer, nullable=False, default=1, server_default="1"),
    Column("words", Text, nullable=False),
    Column("rule", sa.JSON, nullable=False),
    Column("catch_up", String, nullable=False, default="latest", server_default="latest"),
    Column("made_at", Instant, nullable=False),
    Column("confirmed_at", Instant),
    # When there may be something to do next; null when there never is.
    Column("next_at", Instant),
    # Everything up to here has been dealt with.
    Column("settled_to", Instant),
    Column("failures", Integer, nullable=False, default=0, server_default="0"),
    Column("pause_reason", String),  # asked, owner_left, not_allowed, failures
    # An admin has decided that its recipients may not turn it off.
    Column("must", sa.Boolean, nullable=False, default=False, server_default=sa.false()),
    sa.Index("ix_automation_due", "state", "next_at"),
)

automation_pauses = Table(
    "automation_pause",
    metadata,
    id_column(),
    link_column("automation_id", "automation", index=True),
    Column("began", Instant, nullable=False),
    Column("ended", Instant),
)

# The records that met a rule's condition at its last check; those that are not here are armed.
automation_met = Table(
    "automation_met",
    metadata,
    Column(
        "automation_id", Integer, ForeignKey("automation.id", deferrable=True, initially="DEFERRED"), primary_key=True
    ),
    Column("record", String, primary_key=True),  # kind:key
)

# One row for each rule, version and instant, whatever became of it.
automation_runs = Table(
    "automation_run",
    metadata,
    id_column(),
    link_column("automation_id", "automation"),
    Column("version", Integer, nullable=False),
    Column("instant", Instant, nullable=False),
    Column("state", String, nullable=False),  # running, done, missed, failed, paused
    Column("began", Instant, nullable=False),
    Column("reason", String),
    sa.UniqueConstraint("automation_id", "version", "instant", name="uq_automation_run_instant"),
    sa.Index("ix_automation_run_state", "state"),
)

automation_recipients = Table(
    "automation_recipient",
    metadata,
    id_column(),
    link_column("run_id", "automation_run"),
    link_column("person_id", "person"),
    Column("state", String, nullable=False),  # waiting, delivered, skipped, failed
    Column("reason", String),
    Column("message", String),
    Column("records", sa.JSON, nullable=False),  # kind and key of what the message is about
    sa.UniqueConstraint("run_id", "person_id", name="uq_automation_recipient_person"),
)

# What a rule said before it was edited, so that earlier runs stay readable.
automation_versions = Table(
    "automation_version",
    metadata,
    Column(
        "automation_id", Integer, ForeignKey("automation.id", deferrable=True, initially="DEFERRED"), primary_key=True
    ),
    Column("version", Integer, primary_key=True),
    Column("words", Text, nullable=False),
    Column("rule", sa.JSON, nullable=False),
    Column("catch_up", String, nullable=False),
    link_column("owner_id", "person"),
    Column("ended_at", Instant, nullable=False),
)

# What a run does to a record rather than to a person: a comment in its thread, or a task's new status.
automation_changes = Table(
    "automation_change",
    metadata,
    id_column(),
    link_column("run_id", "automation_run"),
    Column("action", Integer, nullable=False),  # the place of the action in the rule
    Column("kind", String, nullable=False),  # post_comment, set_task_status
    Column("record", String, nullable=False, index=True),  # kind:key
    Column("state", String, nullable=False),  # waiting, done, skipped, failed
    Column("reason", String),
    Column("before", String),  # the task's status
    Column("after", String),
    Column("comment", String),  # the key of the comment
    sa.UniqueConstraint("run_id", "action", "record", name="uq_automation_change_record"),
)

# Workers that run, so that what one of them left can be taken over when its beats stop.
workers = Table(
    "worker",
    metadata,
    Column("name", String, primary_key=True),
    Column("beats", Integer, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

messages = Table(
    "message",
    metadata,
    id_column(),
    key_column(),
    link_column("person_id", "person"),
    link_column("automation_id", "automation", required=False, index=True),
    Column("idempotency_key", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),  # reminder, notification, update, notice
    Column("instant", Instant),
    Column("delivered_at", Instant, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("record", String),
    Column("read_at", Instant),
    Column("snoozed_until", Instant),
    Column("acknowledged_at", Instant),
    # The records it is about, with their figures at that moment.
    Column("detail", sa.JSON),
    # Whether it is decided what leaves the app; what was there before that question counts as decided.
    Column("routed", sa.Boolean, nullable=False, default=False, server_default=sa.true()),
    sa.Index("ix_message_routed", "routed"),
    sa.Index("ix_message_person", "person_id", "delivered_at"),
)
