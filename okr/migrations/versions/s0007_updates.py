"""Status updates that people keep, their versions, and whom they were sent to."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; nothing that is there changes."""
    op.create_table(
        "status_update",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("approved_at", sa.BigInteger()),
        sa.Column("sent_at", sa.BigInteger()),
        _to("status_update", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_update")),
        sa.UniqueConstraint("key", name=op.f("uq_status_update_key")),
    )
    op.create_index(op.f("ix_status_update_person_id"), "status_update", ["person_id"])
    op.create_index("ix_status_update_scope", "status_update", ["scope", "as_of"])
    op.create_table(
        "status_update_version",
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        _to("status_update_version", "update_id", "status_update"),
        _to("status_update_version", "person_id", "person"),
        sa.PrimaryKeyConstraint("update_id", "version", name=op.f("pk_status_update_version")),
    )
    op.create_table(
        "status_update_recipient",
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("message", sa.String()),
        _to("status_update_recipient", "update_id", "status_update"),
        _to("status_update_recipient", "person_id", "person"),
        sa.PrimaryKeyConstraint("update_id", "person_id", name=op.f("pk_status_update_recipient")),
    )
    op.create_index("ix_status_update_recipient_person", "status_update_recipient", ["person_id"])


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), initially="DEFERRED", deferrable=True
    )
