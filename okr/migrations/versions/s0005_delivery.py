"""Messages outside the app: people's wishes, what they turned off, and every sending."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what sending needs; messages delivered before stay in the app."""
    op.add_column("automation", sa.Column("must", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("message", sa.Column("snoozed_until", sa.BigInteger()))
    op.add_column("message", sa.Column("acknowledged_at", sa.BigInteger()))
    op.add_column("message", sa.Column("detail", sa.JSON()))
    op.add_column("message", sa.Column("routed", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_index("ix_message_routed", "message", ["routed"])
    op.create_table(
        "preference",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String()),
        sa.Column("quiet_from", sa.Integer()),
        sa.Column("quiet_to", sa.Integer()),
        sa.Column("digest", sa.String(), nullable=False, server_default="none"),
        sa.Column("digest_at", sa.Integer(), nullable=False, server_default="540"),
        sa.Column("feed", sa.String()),
        _to("preference", "person_id", "person"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preference")),
        sa.UniqueConstraint("feed", name=op.f("uq_preference_feed")),
    )
    op.create_table(
        "turned_off",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("automation_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _to("turned_off", "person_id", "person"),
        _to("turned_off", "automation_id", "automation"),
        sa.PrimaryKeyConstraint("person_id", "automation_id", name=op.f("pk_turned_off")),
    )
    op.create_index(op.f("ix_turned_off_automation_id"), "turned_off", ["automation_id"])
    op.create_table(
        "dispatch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("bundle", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger()),
        sa.Column("settled_at", sa.BigInteger()),
        sa.Column("reason", sa.String()),
        sa.Column("provider_id", sa.String()),
        _to("dispatch", "message_id", "message"),
        _to("dispatch", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch")),
        sa.UniqueConstraint("message_id", name=op.f("uq_dispatch_message_id")),
    )
    op.create_index(op.f("ix_dispatch_bundle"), "dispatch", ["bundle"])
    op.create_index("ix_dispatch_due", "dispatch", ["state", "next_at"])
    op.create_index("ix_dispatch_person", "dispatch", ["person_id", "made_at"])


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), initially="DEFERRED", deferrable=True
    )
