"""What the law asks of a source (15①6, 35-2, 28-3) as columns, and the decision about its ground, so that both can be
asked of the ledger. Rows of sources registered before have no value: nobody recorded one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from governance.ledger.migrations.triggers import make_append_only

revision = "0005"
down_revision = "0004"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds the columns; makes the table and its triggers."""
    op.add_column("source", sa.Column("accessibility", sa.String(length=64), nullable=True))
    op.add_column("source", sa.Column("mydata", sa.Boolean(), nullable=True))
    op.add_column("source", sa.Column("cross_controller", sa.Boolean(), nullable=True))
    op.create_table(
        "ground_decision",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("project", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("source_version", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("ground", sa.String(length=64), nullable=False),
        sa.Column("licence", sa.String(length=64), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("article", sa.String(length=200), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("law_version", sa.String(length=10), nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    make_append_only(("ground_decision",))
