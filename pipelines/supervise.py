"""The driver's hold on its host process: Beam's multiprocess runner hangs when a worker is killed, so we watch.

A step ends in one of three ways: done, failed with a named cause, or WorkerLost within ten seconds of a death.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from governance.keyring import SESSION_ENV
from pipelines.diskfull import FULL, disk_full, is_full
from pipelines.errors import UnitFailed, WorkerLost
from pipelines.files import read_json, write_json
from pipelines.flink import worker_environment
from pipelines.work import StepContext

GRACE_SECONDS = 5.0  # how long a runner may take to end after one of its workers has gone


class Host:
    """Starts the host lazily and at most once; `close` ends it and everything it started."""

    def __init__(self, runs: Path, session_key: bytes) -> None:
        self._runs = runs
        self._session = base64.b64encode(session_key).decode()
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        kill_leftover(runs)

    def start(self) -> None:
        """Start the host process; returns at once (Beam's import goes on in the background)."""
        if self._process is not None:
            return
        self._runs.mkdir(parents=True, exist_ok=True)
        log = (self._runs / "host.log").open("ab")
        me = psutil.Process()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.host", str(me.pid), repr(me.create_time())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, encoding="utf-8",
            start_new_session=True, env={**os.environ, **worker_environment(), SESSION_ENV: self._session},
        )  # fmt: skip
        log.close()
        started = psutil.Process(self._process.pid)
        write_json(self._runs / "host.json", {"pid": started.pid, "created": repr(started.create_time())})
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._answers.put(json.loads(line))
        self._answers.put(None)

    def run(
        self,
        process: str,
        units: Sequence[Mapping[str, Any]],
        context: StepContext,
        options: Sequence[str],
        tick: Callable[[], None],
    ) -> None:
        """Run one step. Raises UnitFailed, DiskFull or WorkerLost; on any of them the process group is gone."""
        self.start()
        assert self._process is not None
        assert self._process.stdin is not None
        command = {"process": process, "units": list(units), "context": context.to_json(), "options": list(options)}
        try:
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
            self._wait(context, tick)
        except BrokenPipeError:
            self.close()
            raise _lost(context) from None
        except BaseException:
            self.close()
            raise

    def _wait(self, context: StepContext, tick: Callable[[], None]) -> None:
        workers: set[int] = set()
        gone_since: float | None = None
        while True:
            try:
                answer = self._answers.get(timeout=0.2)
            except queue.Empty:
                tick()
                now = self._beam_workers()
                if workers - now and gone_since is None:
                    gone_since = time.monotonic()
                workers |= now
                if gone_since is not None and time.monotonic() - gone_since > GRACE_SECONDS:
                    raise _lost(context) from None
                continue
            if answer is None or "lost" in answer:
                raise _lost(context)
            if "failed" in answer:
                raise failure(Path(context.folder), context, answer)
            if "done" in answer:
                tick()
                return

    def _beam_workers(self) -> set[int]:
        """Pids of the SDK worker processes under the host that are alive."""
        assert self._process is not None
        found = set()
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self._process.pid).children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                    if child.status() != psutil.STATUS_ZOMBIE and any("sdk_worker_main" in a for a in child.cmdline()):
                        found.add(child.pid)
        return found

    def close(self) -> None:
        """Kill the host's whole process group."""
        if self._process is None:
            return
        kill_group(self._process.pid)
        self._process.wait()
        self._process = None
        self._answers = queue.Queue()
        (self._runs / "host.json").unlink(missing_ok=True)


def kill_group(leader: int) -> None:
    """Kill the process group that `leader` leads, and any descendants that left it."""
    strays: list[psutil.Process] = []
    with contextlib.suppress(psutil.NoSuchProcess):
        strays = psutil.Process(leader).children(recursive=True)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
    for stray in strays:
        with contextlib.suppress(psutil.NoSuchProcess):
            stray.kill()


def kill_leftover(runs: Path) -> None:
    """End what a killed driver left: called with the output lock held, so nothing else can own that host."""
    path = runs / "host.json"
    if not path.exists():
        return
    value = read_json(path)
    with contextlib.suppress(psutil.NoSuchProcess):
        found = psutil.Process(value["pid"])
        if abs(found.create_time() - float(value["created"])) < 1:
            kill_group(found.pid)
    # the leader may be gone and its group not: a group keeps its number while a member lives
    for process in psutil.process_iter(["pid"]):
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(process.pid) == value["pid"] and process.create_time() >= float(value["created"]) - 1:
                process.kill()
    path.unlink(missing_ok=True)


def _lost(context: StepContext) -> WorkerLost:
    return WorkerLost(
        f"a worker process died during {context.stage}/{context.step}",
        "nothing is lost: run the same command again, it goes on where it stopped (see out/runs/host.log; "
        "if it was killed for memory, use fewer workers or a smaller unit_bytes)",
    )


def failure(folder: Path, context: StepContext, answer: Mapping[str, Any]) -> Exception:
    """The named error behind a failed step, from the failure file a unit left."""
    files = sorted((folder / "failures" / context.step).glob("*.json"))
    if not files:
        if is_full(folder):  # not even the failure file found room
            return disk_full(folder.parent)
        return UnitFailed(
            f"{context.stage}/{context.step} stopped: {answer.get('message', '')} ({answer['failed']})",
            "see out/runs/host.log, then run the same command again",
        )
    value = read_json(files[0])
    if value["errno"] in FULL:
        return disk_full(folder.parent)
    cause = value["message"] or f"{value['type']} at {' < '.join(reversed(value['frames'][-3:]))}"
    return UnitFailed(
        f"unit {files[0].stem} of {context.stage}/{context.step} failed: {cause}",
        value["remedy"]
        or "this is a fault of ours, not of a record: please report the line above; a rerun resumes here",
    )
