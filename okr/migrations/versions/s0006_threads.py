"""Comments, what rules do to tasks and threads, earlier versions of rules, and workers."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; nothing that was there changes."""
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("key_result_id", sa.Integer()),
        sa.Column("task_id", sa.Integer()),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("automation_id", sa.Integer()),
        sa.Column("idempotency_key", sa.String()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.BigInteger()),
        sa.Column("removed_at", sa.BigInteger()),
        sa.Column("body", sa.Text(), nullable=False),
        _to("comment", "key_result_id", "key_result"),
        _to("comment", "task_id", "task"),
        _to("comment", "author_id", "person"),
        _to("comment", "automation_id", "automation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("key", name=op.f("uq_comment_key")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_comment_idempotency_key")),
    )
    op.create_index("ix_comment_key_result", "comment", ["key_result_id", "at"])
    op.create_index("ix_comment_task", "comment", ["task_id", "at"])
    op.create_table(
        "automation_version",
        sa.Column("automation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("catch_up", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        _to("automation_version", "automation_id", "automation"),
        _to("automation_version", "owner_id", "person"),
        sa.PrimaryKeyConstraint("automation_id", "version", name=op.f("pk_automation_version")),
    )
    op.create_table(
        "automation_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("before", sa.String()),
        sa.Column("after", sa.String()),
        sa.Column("comment", sa.String()),
        _to("automation_change", "run_id", "automation_run"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automation_change")),
        sa.UniqueConstraint("run_id", "action", "record", name="uq_automation_change_record"),
    )
    op.create_index(op.f("ix_automation_change_record"), "automation_change", ["record"])
    op.create_table(
        "worker",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("beats", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker")),
    )


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), initially="DEFERRED", deferrable=True
    )
