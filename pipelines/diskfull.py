"""A full disk shows in many ways: the driver's own writes, SQLite under ledger or vault, a worker. It is one error."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import DiskFull

FULL = (errno.ENOSPC, errno.EDQUOT)
NO_SPACE = 1 << 20  # what could not be written is gone again, so "full" is less than this left


def disk_full(folder: Path) -> DiskFull:
    """The error, for the device that holds `folder`."""
    return DiskFull(
        f"no space left on the device that holds {folder.name}/",
        "free some space and run the same command again: finished units are kept",
    )


def is_full(folder: Path) -> bool:
    """Has the device that holds `folder` less than a MiB left?"""
    try:
        return shutil.disk_usage(folder).free < NO_SPACE
    except OSError:
        return False


@contextmanager
def named_disk_full(folder: Path) -> Iterator[None]:
    """Raises DiskFull in place of whatever a full disk raised inside."""
    try:
        yield
    except Exception as error:
        if any(_says_full(cause, folder) for cause in _chain(error)):
            raise disk_full(folder) from None
        raise


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what it was raised from, and what a database driver's wrapper holds."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        found = waiting.pop()
        if found is not None and id(found) not in seen:
            seen.add(id(found))
            yield found
            waiting += [found.__cause__, found.__context__, getattr(found, "orig", None)]


def _says_full(error: BaseException, folder: Path) -> bool:
    if isinstance(error, OSError):
        return error.errno in FULL
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code; the shared-memory file has its own
        return code == sqlite3.SQLITE_FULL or (
            code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and is_full(folder)
        )
    return False
