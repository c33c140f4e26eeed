"""One way to a database for the ledger and the vault: a SQLite file (WAL) or PostgreSQL by URL.

Writers queue: SQLite takes its write lock at BEGIN, PostgreSQL an advisory lock, so that both behave alike and no
transaction fails half way. Database errors leave as ours, without their text: a driver's message may quote a row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, Table, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from governance.errors import DatabaseBusy, DatabaseError, DatabaseRefused
from governance.localfs import refuse_network

BUSY_SECONDS = 120  # longer than the longest transaction, an import of a million consents
# recursive_triggers: without it INSERT OR REPLACE deletes a row and the append-only triggers never hear of it.
_SQLITE = (
    f"busy_timeout={BUSY_SECONDS * 1000}", "journal_mode=WAL", "foreign_keys=ON", "temp_store=MEMORY",
    "recursive_triggers=ON",
)  # fmt: skip


def database_url(place: str | Path, root: Path | None = None) -> URL:
    """A path or URL as a SQLAlchemy URL; SQLite paths are relative to `root`, PostgreSQL is by psycopg 3."""
    name = str(place)
    try:
        url = make_url(name) if "://" in name else URL.create("sqlite", database=name)
    except Exception:
        # SQLAlchemy's message would repeat the URL, and a URL may hold a password.
        raise DatabaseRefused(
            "the database URL can't be read", "Write it as sqlite:///FILE or postgresql://…"
        ) from None
    kind = url.get_backend_name()
    if kind == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise DatabaseRefused(f"{kind} is not supported", "Use sqlite:///FILE or postgresql://…")
    if url.database in (None, "", ":memory:"):
        raise DatabaseRefused("a database in memory would lose the record", "Use sqlite:///FILE.")
    path = Path(str(url.database))
    return url.set(drivername="sqlite", database=str(path if root is None else root / path))


def open_engine(url: URL, *, pragmas: tuple[str, ...] = ("synchronous=FULL",)) -> Engine:
    """An engine without a pool: commands are short, and a connection must not outlive a fork."""
    if url.get_backend_name() == "sqlite":
        refuse_network(Path(str(url.database)))
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    if engine.dialect.name == "sqlite":

        def settings(connection: sqlite3.Connection, _record: object) -> None:
            # sqlite3 begins transactions late and by guess; `_begin` does it instead (SQLAlchemy, pysqlite docs).
            connection.isolation_level = None
            for pragma in (*_SQLITE, *pragmas):
                connection.execute(f"PRAGMA {pragma}")

        event.listen(engine, "connect", settings)
        event.listen(engine, "begin", _begin)
    return engine


def sqlite_file(engine: Engine) -> Path | None:
    """The database's file, or None for a server."""
    return Path(str(engine.url.database)) if engine.dialect.name == "sqlite" else None


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("damjang_write") else "BEGIN")


@contextmanager
def read(engine: Engine) -> Iterator[Connection]:
    """One read transaction: everything read in it is of one moment."""
    with translated(), engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def write(engine: Engine) -> Iterator[Connection]:
    """One exclusive write transaction, rolled back on any exception."""
    with translated(), engine.connect() as connection:
        connection.execution_options(damjang_write=True)
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.damjang'))"))
            yield connection


def insert_new(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Inserts rows (values in the order of the table's columns), skipping those whose key is there already.

    By the drivers' own bulk ways: SQLAlchemy's typed parameters cost five times as much for a million rows.
    """
    if not rows:
        return
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(table.columns))
        sql = f'INSERT OR IGNORE INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608 (names of our own tables)
        connection.exec_driver_sql(sql, [tuple(row) for row in rows])
        return
    staging = f"new_{table.name}"
    connection.exec_driver_sql(f'CREATE TEMP TABLE "{staging}" (LIKE "{table.name}") ON COMMIT DROP')
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f'COPY "{staging}" ({names}) FROM STDIN (FORMAT binary)') as copy:
        copy.set_types([_COPY_TYPES[type(column.type).__name__] for column in table.columns])
        for row in rows:
            copy.write_row(row)
    connection.exec_driver_sql(
        f'INSERT INTO "{table.name}" ({names}) SELECT {names} FROM "{staging}" ON CONFLICT DO NOTHING'  # noqa: S608
    )
    connection.exec_driver_sql(f'DROP TABLE "{staging}"')


_COPY_TYPES = {
    "LargeBinary": "bytea", "String": "varchar", "Text": "text", "Integer": "int4", "BigInteger": "int8",
    "Boolean": "bool",
}  # fmt: skip


@contextmanager
def autocommit(engine: Engine) -> Iterator[Connection]:
    """For maintenance statements that refuse to run inside a transaction (checkpoint, VACUUM)."""
    with translated(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


@contextmanager
def translated() -> Iterator[None]:
    """Turns database errors into DatabaseBusy, DatabaseRefused or DatabaseError, dropping their text."""
    try:
        yield
    except OperationalError as error:
        if "locked" in str(error.orig) or "busy" in str(error.orig):
            raise DatabaseBusy("the database is held by another process", "Run the command again.") from None
        raise DatabaseError(
            f"the database failed ({type(error.orig).__name__})",
            "Check that it runs, the URL, the disk and the rights.",
        ) from None
    except IntegrityError as error:
        raise DatabaseRefused(
            f"the database refused a row ({type(error.orig).__name__})",
            "This is a record that exists or may not change.",
        ) from None
    except DBAPIError as error:
        raise DatabaseError(f"the database failed ({type(error.orig).__name__})", "Run the command again.") from None
