"""Alembic's environment: runs on the connection, and inside the transaction, that Ledger.open holds."""

from __future__ import annotations

from alembic import context

from governance.ledger.models import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
