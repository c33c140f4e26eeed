"""Options that several commands share, and the command's one look at the clock. Light: every command imports this."""

from __future__ import annotations

import datetime as dt
import re
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


CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_PERSON = re.compile(r"(?=.*[a-z])[a-z0-9][a-z0-9._-]{0,63}")


def code(text: str, option: str) -> str:
    """A code that was typed, so that nobody's name or words get into a record. It is not echoed if it is none."""
    if CODE.fullmatch(text) is None:
        raise typer.BadParameter(f"{option} is a code: lower-case letters, digits, - and _")
    return text


def coded(text: str | None) -> str | None:
    """For options that say who acts, as callback: a code with a letter in it. A name or a phone number in a log would
    be one more copy of it."""
    if text is not None and _PERSON.fullmatch(text) is None:
        raise typer.BadParameter("a code such as officer-1: lower-case letters, digits, - and _, never a name")
    return text


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
