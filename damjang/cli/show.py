"""How the command line prints: live progress, tables, JSON. Only names, counts and digests come through here."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    from pipelines.driver import Progress as StepProgress

console = Console(highlight=False)
LATER: Final = 1.5  # seconds before a door for one file shows that it is at work


def emit_json(value: Any) -> None:
    """For scripts: one JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=str) + "\n")


def say(line: str) -> None:
    """One line; never folded, so that a path or a command can be copied from it."""
    console.print(line, soft_wrap=True)


class Live:
    """One bar a stage. A stage's steps share its bar: step 2 of 5, half done, is at three tenths."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}

    def report(self, step: StepProgress) -> None:
        """A step's units so far."""
        if self._progress is None:
            return
        share = step.done / step.total if step.total else 1.0
        units = f"{step.done:,}/{step.total:,} units"
        text = f"{step.step} (step {step.number}/{step.of}) {units}" if step.of > 1 else units
        self._progress.update(self._bar(step.stage), completed=(step.number - 1 + share) / step.of, detail=text)

    def announce(self, stage: str) -> None:
        """A stage that is done, now or before."""
        if self._progress is not None:
            self._progress.update(self._bar(stage), completed=1.0, detail="[green]done[/]")

    def _bar(self, stage: str) -> TaskID:
        assert self._progress is not None
        if stage not in self._bars:
            self._bars[stage] = self._progress.add_task(stage, total=1.0, detail="")
        return self._bars[stage]


@contextmanager
def live(quiet: bool) -> Iterator[Live]:
    """Progress while a run goes on; on no terminal, or with --json, nothing moves."""
    if quiet:
        yield Live(None)
        return
    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(bar_width=32),
        TimeElapsedColumn(),
        TextColumn("{task.fields[detail]}"),
    )
    with Progress(*columns, console=console) as progress:
        yield Live(progress)


@contextmanager
def copying(quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Progress of a copy: call it with (bytes done, bytes in all)."""
    if quiet or not console.is_terminal:
        yield lambda done, total: None
        return
    with Progress(
        TextColumn("{task.description}"), BarColumn(bar_width=32), DownloadColumn(), console=console, transient=True
    ) as progress:
        bar = progress.add_task("copying", total=None)
        yield lambda done, total: progress.update(bar, completed=done, total=total)


@contextmanager
def reading(quiet: bool) -> Iterator[Callable[[int, int | None], None]]:
    """Progress through a file that takes longer than LATER seconds: call it with (bytes read, bytes of the file).

    It shows itself by the clock, not by the first call: a model may take longer to load than a small file to read.
    """
    if quiet or not console.is_terminal:
        yield lambda done, size: None
        return
    progress = Progress(
        TextColumn("{task.description}"), BarColumn(bar_width=32), DownloadColumn(), TimeElapsedColumn(),
        console=console, transient=True,
    )  # fmt: skip
    bar = progress.add_task("reading", total=None)
    lock, over = threading.Lock(), False

    def show() -> None:
        with lock:
            if not over:
                progress.start()

    timer = threading.Timer(LATER, show)
    timer.daemon = True
    timer.start()
    try:
        yield lambda done, size: progress.update(bar, completed=done, total=size)
    finally:
        timer.cancel()
        with lock:
            over = True
            if progress.live.is_started:
                progress.stop()


def counts_table(counts: Mapping[str, Mapping[str, Mapping[str, int]]]) -> Table:
    """Stage by stage and source by source: in = kept + changed + dropped + quarantined."""
    table = Table(title="문서 수 (documents)", title_justify="left")
    for column in ("stage", "source", "in", "kept", "changed", "dropped", "quarantined"):
        table.add_column(column, justify="left" if column in ("stage", "source") else "right")
    for stage, by_source in counts.items():
        for source, row in by_source.items():
            numbers = [f"{row[name]:,}" for name in ("in", "kept", "changed", "dropped", "quarantined")]
            table.add_row(stage, source, *numbers)
        table.add_section()
    return table
