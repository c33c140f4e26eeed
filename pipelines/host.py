"""The process that runs Beam for a driver: one a run, so that Beam is imported once. Started by pipelines.supervise.

Speaks JSON lines: a command on standard input, an answer on standard output. Lives in a process group of its own and
dies with its driver.
"""

from __future__ import annotations

import ctypes
import json
import logging
import os
import signal
import sys
import threading
from typing import Any

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Ask Linux to kill this process when its parent ends; elsewhere the watch thread does it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(17)


def main() -> None:
    """Serve commands until standard input closes."""
    driver = (int(sys.argv[1]), float(sys.argv[2]))
    die_with_parent(driver[0])
    # standard output is the answer channel: nothing else may write to it
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    logging.basicConfig(level=logging.WARNING)

    from pipelines.beam_run import exit_with, run_step  # Beam takes 4 s to import: only here
    from pipelines.work import StepContext
    from schemas.errors import DamjangError

    exit_with(driver)

    def answer(value: dict[str, Any]) -> None:
        channel.write(json.dumps(value) + "\n")
        channel.flush()

    def worker_died(args: threading.ExceptHookArgs) -> None:
        """Beam starts each SDK worker from a thread named `run_worker`, which fails when its worker is killed.

        The runner itself would wait for ever, so this process says so and ends.
        """
        if args.thread is not None and "run_worker" in args.thread.name:
            answer({"lost": True})
            os._exit(5)
        threading.__excepthook__(args)

    threading.excepthook = worker_died
    answer({"ready": True})
    for line in sys.stdin:
        command = json.loads(line)
        try:
            run_step(
                command["process"], command["units"], StepContext(**command["context"]), command["options"], driver
            )
            answer({"done": True})
        except DamjangError as error:
            answer({"failed": type(error).__name__, "message": error.message})
        except Exception as error:  # Beam wraps what a unit raised; the failure file holds the cause
            answer({"failed": type(error).__name__, "message": "the runner stopped"})


if __name__ == "__main__":
    main()
