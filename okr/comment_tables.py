"""The table of comments in the threads of key results and tasks."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, String, Table, Text

from okr.models import Instant, id_column, key_column, link_column, metadata

comments = Table(
    "comment",
    metadata,
    id_column(),
    key_column(),
    # One of the two: what the thread belongs to.
    link_column("key_result_id", "key_result", required=False),
    link_column("task_id", "task", required=False),
    link_column("author_id", "person"),
    # The rule that posted it in its owner's name.
    link_column("automation_id", "automation", required=False),
    Column("idempotency_key", String, unique=True),
    Column("at", Instant, nullable=False),
    Column("edited_at", Instant),
    Column("removed_at", Instant),
    Column("body", Text, nullable=False),
    sa.Index("ix_comment_key_result", "key_result_id", "at"),
    sa.Index("ix_comment_task", "task_id", "at"),
)
