"""The one table that `make bench` prints: what, the figure, and what stands beside it (a peer, a limit) as a ratio."""

from __future__ import annotations


def section(title: str) -> None:
    """A line that says what the rows below it measure."""
    print(f"── {title}", flush=True)


def row(name: str, figure: str, beside: str = "") -> None:
    """One line of the table."""
    print(f"   {name:<58}{figure:>22}  {beside}".rstrip(), flush=True)


def head() -> None:
    """The columns' names."""
    row("what (CPU of one core, MB = 10**6 bytes of UTF-8)", "figure", "beside peers and limits")
