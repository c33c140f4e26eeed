"""The officer's signed statement that there was no cross-border transfer (PIPA 28-8), beside its record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the column; older records have no statement."""
    op.add_column("transfer_record", sa.Column("statement", sa.Text(), nullable=True))
