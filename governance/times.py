"""Times as the stores keep them: UTC text of fixed width, which sorts, and is alike in SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
from typing import Final

KST: Final = dt.timezone(dt.timedelta(hours=9), "KST")
"""Korea has no daylight saving: a fixed offset, so that no time-zone database is needed."""


def stamp(now: dt.datetime) -> str:
    """`2026-11-22T00:00:00.000000Z`. A time without a zone is refused: nobody could say which day it was."""
    if now.tzinfo is None:
        raise ValueError("a time without a zone is refused")
    return now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_stamp(text: str) -> dt.datetime:
    """The aware time that `stamp` wrote."""
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=dt.UTC)
