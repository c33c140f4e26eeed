"""One step as a Beam pipeline: units in, files and receipts out; nothing but unit descriptions is shuffled.

Beam schedules, columns do the work (design.md, data flow 1): an element is a work unit's description, `process` writes
the unit's files and its receipt itself, so the same step runs on any runner with the same bytes.
"""

from __future__ import annotations

import importlib
import os
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import apache_beam as beam
import psutil
import pyarrow as pa
from apache_beam.metrics import Metrics
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.environment import environment_digest, require_environment
from pipelines.errors import UnitFailed
from pipelines.files import write_json
from pipelines.flink import EXTERNAL
from pipelines.work import StepContext, UnitContext, failure_path, receipt_path
from schemas.errors import DamjangError


def resolve(name: str) -> Callable[[Mapping[str, Any], UnitContext], None]:
    """`package.module:function` -> the function."""
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)  # type: ignore[no-any-return]


class ProcessUnit(beam.DoFn):  # type: ignore[misc]
    """Runs one unit. A unit whose receipt stands is finished and is not run again."""

    def __init__(
        self, process: str, context: Mapping[str, Any], driver: tuple[int, float], environment: str = ""
    ) -> None:
        self._process = process
        self._context = context
        self._driver = driver
        self._environment = environment
        self._done = Metrics.counter("damjang", f"{context['stage']}_units")

    def setup(self) -> None:
        if not self._environment:  # workers of a pool live elsewhere, where the driver's pid means nothing
            exit_with(self._driver)

    def process(self, unit: Mapping[str, Any]) -> Iterable[int]:
        run_unit(self._process, unit, StepContext(**self._context), self._environment)
        self._done.inc()
        yield int(unit["index"])


def run_unit(process: str, unit: Mapping[str, Any], step: StepContext, environment: str = "") -> None:
    """Run one unit here. Raises UnitFailed; the cause goes to a failure file, without values of the record.

    `environment`: the driver's digest, given when this worker was not started by it.
    """
    index = int(unit["index"])
    folder = Path(step.folder)
    if receipt_path(folder, step.step, index).exists():
        return
    try:
        if environment:
            require_environment(environment)
        resolve(process)(unit, UnitContext(step, index))
        pa.default_memory_pool().release_unused()  # what one unit held must not add to the next one's
    except Exception as error:
        # An exception's text may quote a record: keep its type and place, and the text only of our own errors.
        frames = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
        ours = isinstance(error, DamjangError)
        write_json(
            failure_path(folder, step.step, index),
            {
                "type": type(error).__name__,
                "message": error.message if ours else "",  # type: ignore[attr-defined]
                "remedy": error.remedy if ours else "",  # type: ignore[attr-defined]
                "errno": getattr(error, "errno", None) or 0,
                "frames": frames[-6:],
            },
        )
        raise UnitFailed(f"unit {index} of {step.stage}/{step.step} failed: {type(error).__name__}") from None


_watching = threading.Event()


def exit_with(driver: tuple[int, float]) -> None:
    """Leave this process within two seconds of the driver's death: an orphan must not go on writing.

    `driver` is (pid, create time), so that a reused pid is not mistaken for it.
    """
    if _watching.is_set():
        return
    _watching.set()

    def watch() -> None:
        while alive(driver):
            time.sleep(1)
        os._exit(17)

    threading.Thread(target=watch, daemon=True, name="driver-watch").start()


def alive(process: tuple[int, float]) -> bool:
    """Is the process (pid, create time) still there, and no zombie?"""
    try:
        found = psutil.Process(process[0])
        return abs(found.create_time() - process[1]) < 1 and found.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def run_step(
    process: str,
    units: Sequence[Mapping[str, Any]],
    context: StepContext,
    options: Sequence[str],
    driver: tuple[int, float],
) -> None:
    """Run every unit of a step to its receipt, by Beam. `options` are the runner's own."""
    step = f"{context.stage}.{context.step}"
    environment = environment_digest() if EXTERNAL in options else ""
    with beam.Pipeline(options=PipelineOptions(list(options))) as pipeline:
        _ = (
            pipeline
            | f"{step}/Units" >> beam.Create(list(units), reshuffle=False)  # the next line spreads them
            | f"{step}/Spread" >> beam.Reshuffle()
            | f"{step}/Work" >> beam.ParDo(ProcessUnit(process, context.to_json(), driver, environment))
        )
