"""kill -9 at a seeded moment of a run, and what must hold afterwards. Used by test_crash.py and tests/crash.

Moments are counted in receipts, not in seconds, so that the same seed hits the same place on any machine.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import road_kit

LIMIT_SECONDS = 10.0


@dataclass(frozen=True)
class Baseline:
    """A project that ran undisturbed: what every disturbed copy has to become."""

    founded: Path  # the project folder before its first run
    shards: dict[str, str]
    ledger: dict[str, int]
    receipts: int


def baseline(folder: Path, docs: int) -> Baseline:
    """Found a project, keep a copy of it, and run it with one worker."""
    project = road_kit.demo_project(folder / "whole", docs)
    shutil.copytree(folder / "whole", folder / "founded")
    road_kit.run(project, "--workers", "1")
    return Baseline(folder / "founded", road_kit.shards(project), ledger_rows(project), receipts(project))


def ledger_rows(project: Path) -> dict[str, int]:
    """{table: rows}: a row written twice would show."""
    with sqlite3.connect(project.parent / "ledger.db") as ledger:
        tables = [row[0] for row in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: ledger.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}


def receipts(project: Path) -> int:
    return sum(1 for _ in (project.parent / "out" / "stages").glob("*/receipts/*/*.json"))


def kill_and_rerun(start: Baseline, folder: Path, victim: str, seed: int, *, share: float = 1.0) -> None:
    """Kill `victim` (driver, host or worker) of a fresh copy's run, then run again and compare with the baseline.

    `share`: of the run's receipts, the part that the moment is drawn from.
    """
    dice = random.Random(f"{victim} {seed}")
    shutil.copytree(start.founded, folder)
    project = folder / "project.yaml"
    # a few moments lie behind the last receipt: manifest, ledger, certificate
    moment, pause = dice.randint(1, round(start.receipts * share) + 2), dice.random() * 0.5
    _killed_run(project, victim, min(moment, start.receipts), pause, dice)
    road_kit.run(project, "--workers", "1")
    assert road_kit.shards(project) == start.shards
    assert ledger_rows(project) == start.ledger
    runs = road_kit.stage_runs(project)
    assert len(runs) == len(set(runs))
    assert not list((project.parent / "out" / "stages").rglob("*.tmp"))


def _killed_run(project: Path, victim: str, moment: int, pause: float, dice: random.Random) -> None:
    workers = "2" if victim == "worker" else "1"
    log = (project.parent / "killed.log").open("wb")
    driver = subprocess.Popen(
        [*road_kit.DAMJANG, "run", str(project), "--json", "--workers", workers],
        cwd=road_kit.ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    log.close()
    handle = psutil.Process(driver.pid)
    family: dict[int, psutil.Process] = {}
    try:
        while True:
            assert driver.poll() is None, "the run ended before its moment came"
            family.update({child.pid: child for child in _children(handle)})
            if receipts(project) >= moment and (picked := _pick(victim, handle, family, dice)):
                break
            time.sleep(0.02)
        time.sleep(pause)
        family.update({child.pid: child for child in _children(handle)})
        if victim == "worker" and not _lives(picked):
            picked = _next_worker(handle, family, dice)
        if driver.poll() is None and _lives(picked):
            os.kill(picked.pid, signal.SIGKILL)
        ended = time.monotonic()
        everyone = [handle, *family.values()]
        while alive := [process for process in everyone if _lives(process)]:
            late = time.monotonic() - ended
            assert late < LIMIT_SECONDS * overload(), (
                f"{len(alive)} processes live {late:.0f} s after the {victim} died"
            )
            time.sleep(0.05)
        code = driver.wait()
        said = (project.parent / "killed.log").read_text(encoding="utf-8")
        if victim != "driver" and code:
            assert code == 5, said
            assert said.startswith("error: "), said
            assert len(said.strip().splitlines()) <= 2
    finally:
        for process in (handle, *family.values()):
            if process.is_running():
                process.kill()
        driver.wait()


def overload() -> float:
    """How many times more work waits than processors can do: a limit in seconds means an idle machine's."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _pick(
    victim: str, driver: psutil.Process, family: dict[int, psutil.Process], dice: random.Random
) -> psutil.Process | None:
    if victim == "driver":
        return driver
    wanted = "pipelines.host" if victim == "host" else "sdk_worker_main"
    found = [process for process in family.values() if wanted in _line(process)]
    return dice.choice(sorted(found, key=lambda process: process.pid)) if found else None


def _next_worker(driver: psutil.Process, family: dict[int, psutil.Process], dice: random.Random) -> psutil.Process:
    """The one picked has ended with its step: the next that appears, or the driver if the run is over."""
    while _lives(driver):
        family.update({child.pid: child for child in _children(driver)})
        found = _pick("worker", driver, family, dice)
        if found is not None:
            return found
        time.sleep(0.02)
    return driver


def _lives(process: psutil.Process) -> bool:
    """A zombie is dead: whoever should reap it is not our matter."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline()) if process.status() != psutil.STATUS_ZOMBIE else ""
    except psutil.Error:
        return ""
