"""Backup and restore of the ledger. A backup is a SQLite ledger, also of one in PostgreSQL: it can be opened and asked.

No pg_dump is needed, nor one of the server's version: all tables are read in one transaction, so of one moment, and a
restore writes them into an empty database in one.

A restored ledger is checked against a checkpoint of the audit log that is kept *outside* it (governance.audit_verify):
a ledger and its own checkpoint restored together from an old backup agree with each other, and prove nothing.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Table, func, inspect, select, text

from governance.audit import ENTRIES, TILES, create_tables
from governance.database import insert_new
from governance.errors import LedgerConflict
from governance.ledger import Ledger
from governance.ledger.models import Base
from governance.vault import Destruction
from governance.vault.backup import copy_sqlite
from governance.vault.tombstones import Mark

_ROWS = 50_000


def back_up(ledger_path: Path, target: Path) -> None:
    """Copies the ledger's file to `target` (0600) while it may be in use."""
    copy_sqlite(ledger_path, target)


def back_up_server(ledger: Ledger, target: Path) -> int:
    """Copies a ledger on a server into a new SQLite ledger `target` (0600) while it may be in use; how many rows.

    Raises LedgerConflict where there is a file.
    """
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise LedgerConflict(f"{target.name} exists already", "Choose another name.") from None
    try:
        rows = _copy(ledger, Ledger.open(target))
        with closing(sqlite3.connect(target)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")  # one file, to be carried away
    except BaseException:
        for end in ("", "-wal", "-shm"):
            target.with_name(target.name + end).unlink(missing_ok=True)
        raise
    return rows


def restore_server(
    backup: Path, url: str, scratch: Path, destructions: Iterable[Destruction], tombstones: Iterable[Mark],
    now: dt.datetime,
) -> Ledger:  # fmt: skip
    """Puts a backup into the empty database at `url`, with what the vault's registers hold (see `restore`).

    `scratch`: a path for a copy while it is made ready. Raises LedgerConflict where the database holds rows.
    """
    target = Ledger.open(url)
    with target.read() as connection:
        if any(_count(connection, table) for table in _tables(connection)):
            raise LedgerConflict(
                "there is a ledger in this database", "Name an empty one in `ledger`; a restore never overwrites."
            )
    try:
        _copy(restore(backup, scratch, destructions, tombstones, now), target)
    finally:
        for end in ("", "-wal", "-shm"):
            scratch.with_name(scratch.name + end).unlink(missing_ok=True)
    return target


def _copy(old: Ledger, new: Ledger) -> int:
    """All rows, read in one transaction and written in one."""
    copied = 0
    with old.read() as source:
        tables = _tables(source)
        if ENTRIES in tables:
            create_tables(new.engine)
        with new.write() as target:
            for table in tables:
                rows = source.execution_options(yield_per=_ROWS).execute(select(table))
                for part in rows.partitions():
                    insert_new(target, table, [tuple(row) for row in part])
                    copied += len(part)
                if _count(target, table) != _count(source, table):
                    raise LedgerConflict(f"the table {table.name} was not copied whole", "Run the command again.")
                _continue_numbers(target, table)
    return copied


def _tables(connection: Connection) -> list[Table]:
    """The ledger's tables, those that others refer to first, and the audit log's where there is one."""
    audit = [ENTRIES, TILES] if inspect(connection).has_table(TILES.name) else []
    return [*Base.metadata.sorted_tables, *audit]


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _continue_numbers(connection: Connection, table: Table) -> None:
    """PostgreSQL numbers new rows from a counter of its own, which rows that bring their number do not move."""
    if connection.dialect.name != "postgresql" or "id" not in table.columns:
        return
    last = connection.execute(select(func.max(table.c.id))).scalar_one()
    if isinstance(last, int):
        counter = connection.execute(select(func.pg_get_serial_sequence(f'"{table.name}"', "id"))).scalar_one()
        if counter:
            connection.execute(
                text("SELECT setval(CAST(:counter AS regclass), :last)"), {"counter": counter, "last": last}
            )


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
