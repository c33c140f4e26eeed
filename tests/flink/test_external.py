"""A cluster in small: job server and worker pool stand apart from the driver, and the pool's workers must be its equals."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.environment import ROOMS, ROOT
from pipelines.errors import EnvironmentDiffers
from pipelines.flink import external_options, runner_options, worker_environment
from schemas.errors import ConfigError

HERE = Path(__file__).parent
JAR = HERE.parent.parent / ".cache" / "flink-job-server.jar"

Run = Callable[[Path], tuple[int, str]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Run five toy units by a pool whose workers import our rooms from the given folder; (exit code, output)."""
    started: list[subprocess.Popen[bytes]] = []

    def background(command: list[str], environment: dict[str, str]) -> None:
        started.append(
            subprocess.Popen(
                command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
            )
        )

    def go(rooms: Path) -> tuple[int, str]:
        job, pool = free_port(), free_port()
        base = {**os.environ, "PYTHONPATH": str(HERE)}
        driver = base | worker_environment(base)
        worker = {**driver, "PYTHONPATH": f"{rooms}{os.pathsep}{HERE}", "DAMJANG_SESSION_TEST": "the pool's"}
        java = ["java", "-Xmx768m", "-jar", str(JAR), "--flink-master=[local]", f"--job-port={job}"]
        background([*java, "--artifact-port=0", "--expansion-port=-1", f"--artifacts-dir={tmp_path / 'a'}"], base)
        background(
            [sys.executable, "-m", "apache_beam.runners.worker.worker_pool_main", f"--service_port={pool}"], worker
        )
        units = []
        for index in range(5):
            (tmp_path / f"{index}.txt").write_text("담장")
            units.append({"index": index, "path": str(tmp_path / f"{index}.txt")})
        plan = {"options": external_options(f"localhost:{job}", f"localhost:{pool}", 2), "chain": [units]}
        done = subprocess.run(
            [sys.executable, str(HERE / "chain.py"), str(tmp_path / "out"), json.dumps(plan)],
            capture_output=True, text=True, env=driver, timeout=280, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout

    yield go
    for process in started:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.slow
def test_a_pool_of_equals_does_the_work(tmp_path: Path, run: Run) -> None:
    code, said = run(ROOT)
    assert (code, said[-600:]) == (0, "done 0\n")
    assert len(list((tmp_path / "out" / "0" / "data").glob("*.out"))) == 5
    receipts = [json.loads(path.read_text()) for path in (tmp_path / "out" / "0" / "receipts").glob("*/*.json")]
    assert {receipt["session"] for receipt in receipts} == {"the pool's"}  # not the driver's environment


@pytest.mark.slow
def test_a_pool_with_other_code_is_refused(tmp_path: Path, run: Run) -> None:
    other = tmp_path / "other"
    for room in ROOMS:
        shutil.copytree(ROOT / room, other / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "requirements", other / "requirements")
    with (other / "pipelines" / "units.py").open("a") as file:
        file.write("# one line more\n")
    code, said = run(other)
    assert code == 5
    assert "EnvironmentDiffers" in said
    failure: dict[str, Any] = json.loads(next((tmp_path / "out" / "0" / "failures").glob("*/*.json")).read_text())
    assert failure["type"] == EnvironmentDiffers.__name__
    assert "same commit and lock file" in failure["remedy"]
    assert not list((tmp_path / "out" / "0").glob("data/*"))


def test_a_cluster_is_named_whole_or_not_at_all(tmp_path: Path) -> None:
    both = {"DAMJANG_FLINK_JOB_SERVER": "h:1", "DAMJANG_FLINK_WORKERS": "h:2"}
    assert "--job_endpoint=h:1" in runner_options(tmp_path / "no.jar", 2, tmp_path, both)
    with pytest.raises(ConfigError, match="go together"):
        runner_options(tmp_path / "no.jar", 2, tmp_path, {"DAMJANG_FLINK_WORKERS": "h:2"})
