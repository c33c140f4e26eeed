"""Tombstones, as keyed marks, so that a vault restored from an old backup learns of them; and those lifted again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from governance.ledger.migrations.triggers import make_append_only

revision = "0003"
down_revision = "0002"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes the table and the triggers that refuse UPDATE and DELETE."""
    op.create_table(
        "tombstone_event",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    make_append_only(("tombstone_event",))
