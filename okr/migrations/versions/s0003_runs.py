"""Rules that run: their pauses, runs and recipients, and the records that met their conditions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what running needs; rules and messages made before stay as they are."""
    op.add_column("automation", sa.Column("settled_to", sa.BigInteger()))
    op.add_column("automation", sa.Column("pause_reason", sa.String()))
    op.create_table(
        "automation_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("automation_id", sa.Integer(), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger()),
        _to("automation_pause", "automation_id", "automation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automation_pause")),
    )
    op.create_index(op.f("ix_automation_pause_automation_id"), "automation_pause", ["automation_id"])
    op.create_table(
        "automation_met",
        sa.Column("automation_id", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        _to("automation_met", "automation_id", "automation"),
        sa.PrimaryKeyConstraint("automation_id", "record", name=op.f("pk_automation_met")),
    )
    op.create_table(
        "automation_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("automation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("instant", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String()),
        _to("automation_run", "automation_id", "automation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automation_run")),
        sa.UniqueConstraint("automation_id", "version", "instant", name="uq_automation_run_instant"),
    )
    op.create_index("ix_automation_run_state", "automation_run", ["state"])
    op.create_table(
        "automation_recipient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("message", sa.String()),
        sa.Column("records", sa.JSON(), nullable=False),
        _to("automation_recipient", "run_id", "automation_run"),
        _to("automation_recipient", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automation_recipient")),
        sa.UniqueConstraint("run_id", "person_id", name="uq_automation_recipient_person"),
    )


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), initially="DEFERRED", deferrable=True
    )
