"""Records that people change here: versions, the history of changes, drafts, what is kept at hand, closing a cycle."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

VERSIONED = ("team", "person", "cycle", "kpi", "check_in", "lesson")


def upgrade() -> None:
    """Add the versions and the tables; records that are there begin at version 1."""
    for table in VERSIONED:
        op.add_column(table, sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("proposal", sa.Column("expires_at", sa.BigInteger()))
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.Integer()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("within_id", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("old", sa.JSON()),
        sa.Column("new", sa.JSON()),
        _to("change", "actor_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    op.create_index("ix_change_record", "change", ["kind", "record_id", "id"])
    op.create_index("ix_change_within", "change", ["within_id", "id"])
    op.create_table(
        "check_in_draft",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key_result_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        _to("check_in_draft", "person_id", "person"),
        _to("check_in_draft", "key_result_id", "key_result"),
        sa.PrimaryKeyConstraint("person_id", "key_result_id", name=op.f("pk_check_in_draft")),
    )
    op.create_table(
        "at_hand",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger()),
        sa.Column("pinned_at", sa.BigInteger()),
        sa.Column("place", sa.Integer()),
        _to("at_hand", "person_id", "person"),
        sa.PrimaryKeyConstraint("person_id", "kind", "key", name=op.f("pk_at_hand")),
    )
    op.create_table(
        "closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_result_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("into_id", sa.Integer()),
        sa.Column("actor_id", sa.Integer()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _to("closing", "key_result_id", "key_result"),
        _to("closing", "into_id", "key_result"),
        _to("closing", "actor_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing")),
        sa.UniqueConstraint("key_result_id", name="uq_closing_key_result"),
    )
    op.create_index(op.f("ix_closing_key_result_id"), "closing", ["key_result_id"])


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), initially="DEFERRED", deferrable=True
    )
