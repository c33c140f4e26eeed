"""How the command line prints: live progress, tables, JSON. Only names, counts and digests come through here."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    from pipelines.driver import Progress as StepProgress

console = Console(highlight=False)


def emit_json(value: Any) -> None:
    """For scripts: one JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=str) + "\n")


def say(line: str) -> None:
    """One line; never folded, so that a path or a command can be copied from it."""
    console.print(line, soft_wrap=True)


class Live:
    """One bar a stage: its steps' units as they finish."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}

    def report(self, step: StepProgress) -> None:
        if self._progress is None:
            return
        if step.stage not in self._bars:
            self._bars[step.stage] = self._progress.add_task(step.stage, total=step.total, step="")
        self._progress.update(self._bars[step.stage], completed=step.done, total=step.total, step=step.step)

    def announce(self, stage: str) -> None:
        if self._progress is None:
            return
        if stage not in self._bars:
            self._bars[stage] = self._progress.add_task(stage, total=1, step="")
        bar = self._bars[stage]
        total = self._progress.tasks[self._progress.task_ids.index(bar)].total or 1
        self._progress.update(bar, completed=total, total=total, step="[green]done")


@contextmanager
def live(quiet: bool) -> Iterator[Live]:
    """Progress while a run goes on; on no terminal, or with --json, nothing moves."""
    if quiet:
        yield Live(None)
        return
    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(bar_width=32),
        MofNCompleteColumn(),
        TextColumn("{task.fields[step]:<10}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield Live(progress)


def counts_table(counts: dict[str, dict[str, dict[str, int]]]) -> Table:
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
