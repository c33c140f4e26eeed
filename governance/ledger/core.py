"""Opening a ledger: brings its tables up to date, or refuses one that another version of Damjang made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, inspect, text

from governance import database
from governance.database import database_url, open_engine, sqlite_file
from governance.errors import LedgerMissing, LedgerVersion
from governance.ledger.migrations import HEAD

AUDIT_TABLES = frozenset({"audit_log", "audit_tile"})
"""governance.audit makes these itself, and may have been here first."""


class LedgerBase:
    """A ledger's engine and its two doors: `read` and `write`, one transaction each."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __repr__(self) -> str:
        return f"Ledger({self._engine.dialect.name})"

    @classmethod
    def open(cls, url: str | Path, root: Path | None = None, *, create: bool = True) -> Self:
        """Opens the ledger at a URL, migrating it if it is older: `sqlite:///FILE`, relative to `root`, or `postgresql://…`.

        Raises LedgerMissing (`create=False`), LedgerVersion, NetworkFileSystem, DatabaseRefused, DatabaseError.
        """
        engine = open_engine(database_url(url, root))
        file = sqlite_file(engine)
        if file is not None and not file.exists():
            if not create:
                raise LedgerMissing("there is no ledger here", "Run `damjang run` first, or correct `ledger`.")
            file.parent.mkdir(parents=True, exist_ok=True)
        if (file is None or file.exists()) and _revision(engine) == HEAD:
            return cls(engine)
        with database.write(engine) as connection:
            _migrate(connection)
        return cls(engine)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One read transaction, all of one moment."""
        with database.read(self._engine) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One exclusive write transaction."""
        with database.write(self._engine) as connection:
            yield connection

    @property
    def engine(self) -> Engine:
        """For backup and migration."""
        return self._engine


def _revision(engine: Engine) -> str | None:
    with database.read(engine) as connection:
        return _revision_on(connection)


def _revision_on(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def _migrate(connection: Connection) -> None:
    from alembic import command  # imported where used: a rerun of finished work needs no migration
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    current = _revision_on(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise LedgerVersion(
            f"the ledger has revision {current[:40]}, which this version of Damjang does not know",
            "Use the version of Damjang that last wrote it, or a newer one.",
        )
    if current is None and set(inspect(connection).get_table_names()) - AUDIT_TABLES:
        raise LedgerVersion(
            "this database holds tables that are not a ledger's", "Give the ledger a database of its own."
        )
    if current != HEAD:
        command.upgrade(config, "head")
