"""detect, evaluate, anonymize: doors for one file, without a project."""

from __future__ import annotations

import typer


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
