"""Backup and restore of the ledger (SQLite file); PostgreSQL ledgers use pg_dump and pg_restore.

A restored ledger is checked against a checkpoint of the audit log that is kept *outside* it (governance.audit_verify):
a ledger and its own checkpoint restored together from an old backup agree with each other, and prove nothing.
"""

from __future__ import annotations

from pathlib import Path

from governance.errors import LedgerConflict
from governance.ledger import Ledger
from governance.vault.backup import copy_sqlite


def back_up(ledger_path: Path, target: Path) -> None:
    """Copies the ledger's file to `target` (0600) while it may be in use."""
    copy_sqlite(ledger_path, target)


def restore(backup: Path, target: Path) -> Ledger:
    """Puts a backup in place and opens (and so migrates) it; never over an existing ledger."""
    if target.exists():
        raise LedgerConflict("there is a ledger at this place", "Move it away first; a restore never overwrites.")
    copy_sqlite(backup, target)
    return Ledger.open(target)
