"""Alembic migrations of the ledger. HEAD is the newest revision (a test holds it to what Alembic finds)."""

from typing import Final

HEAD: Final = "0005"
