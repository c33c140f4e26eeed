"""The recipe behind `--runner flink`, on a real mini cluster: one job server a process, the same bytes, honest failures.

Needs `.cache/flink-job-server.jar` and Java; run by `make test-flink`.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipelines.flink import flink_options, worker_environment

HERE = Path(__file__).parent
JAR = HERE.parent.parent / ".cache" / "flink-job-server.jar"
DIRECT = [
    "--runner=apache_beam.runners.portability.fn_api_runner.FnApiRunner",
    "--direct_num_workers=1",
    "--direct_running_mode=in_memory",
]
pytestmark = pytest.mark.slow

Start = Callable[[str, list[str], list[list[dict[str, Any]]]], "subprocess.Popen[str]"]


@pytest.fixture
def units(tmp_path: Path) -> list[dict[str, Any]]:
    made = []
    for index in range(20):
        path = tmp_path / "in" / f"{index}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"문서 {index}: 담장 안쪽의 글\n" * (index + 1), encoding="utf-8")
        made.append({"index": index, "path": str(path)})
    return made


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start chain.py as a session of its own; whatever is left of it at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(out: str, options: list[str], chain: list[list[dict[str, Any]]]) -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONPATH": str(HERE), "DAMJANG_SESSION_TEST": "k1"}
        environment |= worker_environment(environment)
        plan = json.dumps({"options": options, "chain": chain})
        started.append(
            subprocess.Popen(
                [sys.executable, str(HERE / "chain.py"), str(tmp_path / out), plan],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env=environment,
                start_new_session=True,
                cwd=tmp_path,
            )
        )
        return started[-1]

    yield begin
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def outputs(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.out"))}


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def until(condition: Callable[[], Any], seconds: float = 150) -> Any:
    """The first true value of `condition`, or a failure."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.2)
    raise AssertionError(f"did not come true within {seconds} s")


def named(process: subprocess.Popen[str], word: str) -> list[psutil.Process]:
    found = []
    for child in family(process):
        try:
            if any(word in argument for argument in child.cmdline()):
                found.append(child)
        except psutil.Error:
            continue
    return found


def test_a_chain_gives_the_same_bytes_with_one_job_server(
    tmp_path: Path, units: list[dict[str, Any]], start: Start
) -> None:
    direct = start("direct", DIRECT, [units, units[:7]])
    assert "done 1" in direct.communicate(timeout=120)[0]
    artifacts = tmp_path / "artifacts"
    flink = start("flink", flink_options(JAR, 2, artifacts), [units, units[:7]])
    assert flink.stdout is not None
    assert flink.stdout.readline() == "done 0\n"
    first = {child.pid for child in named(flink, "FlinkJobServerDriver") + named(flink, JAR.name)}
    assert flink.stdout.readline() == "done 1\n"
    assert flink.wait(timeout=60) == 0
    assert len(first) == 1  # and no second one was started for the second pipeline:
    log = (artifacts / "job-server.log").read_text(encoding="utf-8", errors="replace")
    assert "Address already in use" not in log
    server = first.pop()
    until(lambda: not psutil.pid_exists(server), 10)  # it was told to end, and the init process has yet to bury it
    assert outputs(tmp_path / "flink") == outputs(tmp_path / "direct")
    assert len(outputs(tmp_path / "flink")) == 27
    who = [json.loads(path.read_text()) for path in (tmp_path / "flink" / "0" / "receipts").glob("*/*.json")]
    assert {entry["session"] for entry in who} == {"k1"}
    assert len(who) == 20
    assert flink.pid not in {entry["pid"] for entry in who}


def test_a_failing_unit_fails_the_run(tmp_path: Path, units: list[dict[str, Any]], start: Start) -> None:
    units[3]["fail"] = True
    process = start("flink", flink_options(JAR, 2, tmp_path / "artifacts"), [units])
    said = process.communicate(timeout=120)[0]
    assert process.returncode == 5
    assert said.startswith("failed RuntimeError")
    assert "UnitFailed" in said
    cause = json.loads((tmp_path / "flink" / "0" / "failures" / "s0" / "000003.json").read_text())
    assert cause["type"] == "ValueError"
    assert "planted" not in said + json.dumps(cause)  # what a unit raised may quote a record


def test_a_killed_worker_fails_the_run_at_once(tmp_path: Path, units: list[dict[str, Any]], start: Start) -> None:
    process = start("flink", flink_options(JAR, 2, tmp_path / "artifacts"), [[{**u, "sleep": 120} for u in units]])
    working = until(lambda: list((tmp_path / "flink" / "0").glob("started/*")))
    os.kill(int(working[0].name), signal.SIGKILL)
    assert process.wait(timeout=30) == 5


def test_the_job_server_dies_with_a_killed_driver(tmp_path: Path, units: list[dict[str, Any]], start: Start) -> None:
    process = start("flink", flink_options(JAR, 2, tmp_path / "artifacts"), [[{**u, "sleep": 1} for u in units]])
    until(lambda: list((tmp_path / "flink" / "0").glob("started/*")))
    from pipelines.beam_run import alive  # imports Beam: not while tests are collected

    left = {(child.pid, child.create_time()) for child in family(process)}
    process.kill()  # the driver alone, not its group
    process.wait()
    until(lambda: not any(map(alive, left)), 30)
