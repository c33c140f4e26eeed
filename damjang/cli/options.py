"""Options that several commands share, and the command's one look at the clock. Light: every command imports this."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
ProjectFile = Annotated[Path, typer.Option("--project", help="The project file.")]
Trust = Annotated[
    Path | None, typer.Option("--trust", help="The issuer's root.json; the one pinned on this machine if omitted.")
]
PROJECT = Path("project.yaml")

ENGINEER, OFFICER, TRAINER, FILES = "Data engineer", "Compliance officer", "Trainer", "Single files"
"""The panels of `damjang --help`: whose command it is."""


def now() -> dt.datetime:
    """The command's time, read once and passed on."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def past_time(text: str | None, default: dt.datetime) -> dt.datetime | None:
    """A time that was typed, in UTC (`default` where none was); None if it has no zone, lies ahead or is no time."""
    try:
        found = dt.datetime.fromisoformat(text) if text else default
    except ValueError:
        return None
    if found.tzinfo is None or found > default + dt.timedelta(minutes=5):
        return None
    return found.astimezone(dt.UTC)
