"""Backup and restore of the ledger (SQLite file); PostgreSQL ledgers use pg_dump and pg_restore.

A restored ledger is checked against a checkpoint of the audit log that is kept *outside* it (governance.audit_verify):
a ledger and its own checkpoint restored together from an old backup agree with each other, and prove nothing.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from governance.errors import LedgerConflict
from governance.ledger import Ledger
from governance.vault import Destruction
from governance.vault.backup import copy_sqlite
from governance.vault.tombstones import Mark


def back_up(ledger_path: Path, target: Path) -> None:
    """Copies the ledger's file to `target` (0600) while it may be in use."""
    copy_sqlite(ledger_path, target)


def restore(
    backup: Path, target: Path, destructions: Iterable[Destruction] = (), tombstones: Iterable[Mark] = (),
    now: dt.datetime | None = None,
) -> Ledger:  # fmt: skip
    """Puts a backup in place and opens (and so migrates) it; never over an existing ledger.

    `destructions`, `tombstones`: what the vault's own registers hold (`Vault.destructions`, `Tombstones.every`), added
    at `now` before the ledger stands under its name: what was destroyed since the backup stays on record.
    """
    if target.exists():
        raise LedgerConflict("there is a ledger at this place", "Move it away first; a restore never overwrites.")
    partial = target.with_name(f"{target.name}.restoring")
    partial.unlink(missing_ok=True)
    copy_sqlite(backup, partial)
    try:
        opened = Ledger.open(partial)
        if now is not None:
            opened.record_destructions(destructions, now)
            opened.record_tombstone_marks(tombstones, now)
        with closing(sqlite3.connect(partial)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
        partial.replace(target)
    finally:
        for leftover in (partial, *(partial.with_name(partial.name + end) for end in ("-wal", "-shm"))):
            leftover.unlink(missing_ok=True)
    return Ledger.open(target)
