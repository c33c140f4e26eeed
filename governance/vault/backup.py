"""Backup and restore of a vault (SQLite file). A restore replays the destruction register before anything else.

A backup is a consistent copy of the database, sealed values and all; the key-encryption key is not in it and is kept
elsewhere. Destroyed keys live on in old backups until those are destroyed or the vault's key is rotated
(`rotate`, and the old key file destroyed): then nothing opens them. PostgreSQL vaults use pg_dump and `Vault.replay`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from sqlalchemy import select, update

from governance.database import sqlite_file, write
from governance.errors import RestoreError, VaultExists
from governance.vault.core import Vault
from governance.vault.crypto import KEY_BYTES, Sealer, load_kek, make_kek
from governance.vault.destruction import Destruction
from governance.vault.store import DATASET, FILE_KEY, META, PERSONAL, SALT, SUBJECT, open_store, scrub
from governance.vault.tombstones import Mark


def back_up(vault_path: Path, target: Path) -> None:
    """Copies the vault's database to `target` (0600) while it may be in use. Raises VaultExists, RestoreError."""
    copy_sqlite(vault_path, target)


def restore(
    backup: Path, target: Path, key_uri: str, destructions: Iterable[Destruction], tombstones: Iterable[Mark] = ()
) -> tuple[Vault, int]:
    """Puts a backup in place at `target`, after replaying the destruction register and the tombstones into it.

    `destructions`: the register as the ledger (`Ledger.destructions`) or the lost vault has it; everything in it that
    the backup does not know was destroyed later and is destroyed again. `tombstones`: `Ledger.tombstone_marks`, so that
    nobody withdrawn since comes back. Returns the vault and how many destructions were replayed. The copy stands under
    its final name only when that is done. Raises RestoreError, VaultExists, VaultKeyError.
    """
    if target.exists():
        raise VaultExists("there is a vault at this place", "Move it away first; a restore never overwrites.")
    partial = target.with_name(f"{target.name}.restoring")
    partial.unlink(missing_ok=True)
    copy_sqlite(backup, partial)
    try:
        opened = Vault.open(partial, key_uri)
        replayed = opened.replay(destructions)
        opened.tombstones.replay(tombstones)
        with closing(sqlite3.connect(partial)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
        partial.replace(target)
    finally:
        for leftover in (partial, *(partial.with_name(partial.name + end) for end in ("-wal", "-shm"))):
            leftover.unlink(missing_ok=True)
    return Vault.open(target, key_uri), replayed


def copy_sqlite(source: Path, target: Path) -> None:
    """A consistent, checked copy by SQLite's online backup; 0600; never over an existing file."""
    if not source.is_file():
        raise RestoreError(f"{source.name} does not exist", "Name the database file.")
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise VaultExists(f"{target.name} exists already", "Choose another name.") from None
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
            if new.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise sqlite3.DatabaseError
    except sqlite3.Error:
        target.unlink(missing_ok=True)
        raise RestoreError(f"{source.name} is damaged or is no database", "Use an older backup.") from None


def rotate(path: str | Path, key_uri: str, new_key_uri: str) -> None:
    """Seals every value anew under a new data key and a new KEK, in one transaction.

    Destroying the old KEK afterwards ends every earlier copy: backups, PostgreSQL's log, a disk's forgotten blocks.
    """
    vault = Vault.open(path, key_uri)
    old = vault.sealer_for_rotation()
    data_key = os.urandom(KEY_BYTES)
    new = Sealer(data_key)
    kek = Sealer(make_kek(new_key_uri))
    if load_kek(new_key_uri) == load_kek(key_uri):
        raise VaultExists("the new key is the old one", "Name another key file or variable.")
    engine = open_store(path)

    def again(place: str, sealed: bytes) -> bytes:
        return new.seal(place, old.open(place, bytes(sealed)))

    with write(engine) as connection:
        for salt in connection.execute(select(SALT)).all():
            value = again(f"salt:{salt.name}", salt.sealed)
            connection.execute(update(SALT).where(SALT.c.name == salt.name).values(sealed=value))
        for row in connection.execute(select(DATASET).where(DATASET.c.sealed_wrap_key.is_not(None))).all():
            value = again(f"dataset:{row.dataset_id}", row.sealed_wrap_key)
            connection.execute(
                update(DATASET).where(DATASET.c.dataset_id == row.dataset_id).values(sealed_wrap_key=value)
            )
        for row in connection.execute(select(FILE_KEY)).all():
            value = again(f"file:{row.dataset_id}\0{row.file_id}", row.sealed)
            chosen = (FILE_KEY.c.dataset_id == row.dataset_id) & (FILE_KEY.c.file_id == row.file_id)
            connection.execute(update(FILE_KEY).where(chosen).values(sealed=value))
        for row in connection.execute(select(SUBJECT.c.token, SUBJECT.c.sealed_key)).all():
            value = again(f"subject:{bytes(row.token).hex()}", row.sealed_key)
            connection.execute(update(SUBJECT).where(SUBJECT.c.token == row.token).values(sealed_key=value))
        for row in connection.execute(select(PERSONAL.c.ref, PERSONAL.c.sealed)).all():
            connection.execute(
                update(PERSONAL)
                .where(PERSONAL.c.ref == row.ref)
                .values(sealed=again(f"personal:{row.ref}", row.sealed))
            )
        vault.access_log.reseal(connection, old, new)
        sealed = {"data_key": kek.seal("meta:data_key", data_key)}
        sealed["project_key"] = new.seal("meta:project_key", vault.project_key)
        for name, value in sealed.items():
            connection.execute(update(META).where(META.c.name == name).values(value=value))
    if sqlite_file(engine) is not None:
        scrub(engine)
