"""The vault's tables and its database: a SQLite file of its own by default, or a database URL.

SQLite runs with secure_delete, and `scrub` empties the write-ahead log after a destruction, so that a destroyed value
is gone from the files. PostgreSQL keeps old row versions until VACUUM FULL (which `scrub` runs), and in its own log
until that is recycled: there, and for backups, rotating the vault's key (`Vault.rotate`) is what ends old copies.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Engine, Integer, LargeBinary, MetaData, String, Table, text

from governance.database import autocommit, database_url, open_engine
from governance.errors import DatabaseBusy

SCHEMA_VERSION = 1

METADATA = MetaData()

# Times are ISO 8601 UTC text: they sort, and both databases keep them alike.
META = Table("vault_meta", METADATA, Column("name", String(64), primary_key=True), Column("value", LargeBinary))
SALT = Table("vault_salt", METADATA, Column("name", String(128), primary_key=True), Column("sealed", LargeBinary))
DATASET = Table(
    "vault_dataset",
    METADATA,
    Column("dataset_id", String(128), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("sealed_wrap_key", LargeBinary),
    Column("created_at", String(40), nullable=False),
    Column("changed_at", String(40), nullable=False),
)
FILE_KEY = Table(
    "vault_file_key",
    METADATA,
    Column("dataset_id", String(128), primary_key=True),
    Column("file_id", String(256), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
SUBJECT = Table(
    "vault_subject",
    METADATA,
    Column("token", LargeBinary(16), primary_key=True),
    Column("sealed_key", LargeBinary, nullable=False),
    Column("sealed_id", LargeBinary, nullable=False),
)
TOMBSTONE = Table(
    "vault_tombstone",
    METADATA,
    Column("kind", String(16), primary_key=True),
    Column("mark", LargeBinary(16), primary_key=True),
    Column("reason", String(64), nullable=False),
    Column("at", String(40), nullable=False),
)
DESTRUCTION = Table(
    "vault_destruction",
    METADATA,
    Column("kind", String(16), primary_key=True),
    Column("target", String(400), primary_key=True),
    Column("at", String(40), primary_key=True),
    Column("reason", String(64), nullable=False),
)
PERSONAL = Table(
    "vault_personal",
    METADATA,
    Column("ref", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("lookup", LargeBinary(16), index=True),  # keyed mark, so that the same guardian gets the same ref
    Column("sealed", LargeBinary, nullable=False),
    Column("keep_until", String(10)),
    Column("created_at", String(40), nullable=False),
)
ACCESS = Table(
    "vault_access",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", String(40), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("mac", LargeBinary(32), nullable=False),
)
SEALED_TABLES = (SALT, DATASET, FILE_KEY, SUBJECT, PERSONAL, ACCESS)


def open_store(place: str | Path) -> Engine:
    """The vault's engine, on a SQLite file (a path) or a database URL."""
    return open_engine(database_url(place), pragmas=("synchronous=FULL", "secure_delete=ON"))


def scrub(engine: Engine) -> None:
    """After a destruction: empties SQLite's write-ahead log into the file, or rewrites PostgreSQL's tables."""
    with autocommit(engine) as connection:
        if engine.dialect.name == "sqlite":
            busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).fetchone()
            if busy is None or busy[0]:
                raise DatabaseBusy(
                    "another process reads the vault, so destroyed keys are still in its write-ahead log",
                    "Run the command again when the other has ended.",
                )
        else:
            for table in SEALED_TABLES:
                connection.execute(text(f"VACUUM FULL {table.name}"))
