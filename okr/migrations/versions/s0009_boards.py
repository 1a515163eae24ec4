"""Boards that people keep under a name, and an index that answers for the confidence of a week."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and widen the index; nothing that is kept changes."""
    op.drop_index("ix_check_in_at", table_name="check_in")
    op.create_index("ix_check_in_at", "check_in", ["at", "id", "key_result_id", "confidence"])
    op.create_table(
        "board",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("shared", sa.String(), nullable=False),
        sa.Column("team_id", sa.Integer()),
        sa.Column("view", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        _to("board", "person_id", "person"),
        _to("board", "team_id", "team"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board")),
        sa.UniqueConstraint("key", name=op.f("uq_board_key")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_board_person_id_name")),
    )
    op.create_table(
        "board_default",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=False),
        _to("board_default", "person_id", "person"),
        _to("board_default", "board_id", "board"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_board_default")),
    )


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), initially="DEFERRED", deferrable=True
    )
