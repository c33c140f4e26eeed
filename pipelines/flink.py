"""The options that run a step on Flink instead of FnApiRunner: the same pipelines, the same bytes.

On one machine: a mini cluster inside Beam's job server, started by the first pipeline of a host process, used by all
of its pipelines (the fixed port makes Beam find it again) and killed with it. On a cluster: see deploy/README.md.
This file names options only and imports no Beam.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from pipelines.errors import RunnerMissing
from schemas.errors import ConfigError

# JVM bounds for the mini cluster: it moves unit descriptions only, the text never goes through Java.
HEAP = "-Xmx768m"
NO_FREEZE = "--experiments=disable_logging_submission_environment"  # no `pip freeze` before every pipeline
# Workers that the driver did not start: they prove that they are the driver's equals (pipelines.environment).
EXTERNAL = "--environment_type=EXTERNAL"
# A cluster in place of the mini cluster: the job server and, as the task managers see it, the worker pool.
JOB_SERVER_ENV, WORKERS_ENV = "DAMJANG_FLINK_JOB_SERVER", "DAMJANG_FLINK_WORKERS"


def runner_options(
    jar: Path, parallelism: int, artifacts: Path, environment: Mapping[str, str] = os.environ
) -> list[str]:
    """What `--runner flink` means here: the cluster that the environment names, else a mini cluster."""
    server, workers = environment.get(JOB_SERVER_ENV), environment.get(WORKERS_ENV)
    if server and workers:
        return external_options(server, workers, parallelism)
    if server or workers:
        raise ConfigError(f"{JOB_SERVER_ENV} and {WORKERS_ENV} go together", "set both to HOST:PORT, or neither")
    return flink_options(jar, parallelism, artifacts)


def flink_options(jar: Path, parallelism: int, artifacts: Path, job_port: int | None = None) -> list[str]:
    """Beam options for a local Flink mini cluster with `parallelism` worker processes.

    `jar` is what `make .cache/flink-job-server.jar` fetched; `artifacts` a private folder for staged files, the log
    (`job-server.log`) and Java's temporary files. Make the list once a run: every call picks another free port, and
    pipelines that share a host process and a port share one job server. The host's environment must have
    `worker_environment()` in it. Raises RunnerMissing.
    """
    if not jar.is_file():
        raise RunnerMissing(f"no Flink job server at {jar.name}", "fetch it: make .cache/flink-job-server.jar")
    if shutil.which("java") is None:
        raise RunnerMissing("java is not on PATH", "install Java 17: Flink's mini cluster runs on it")
    artifacts.mkdir(parents=True, exist_ok=True)
    port = _free_port() if job_port is None else job_port
    # Beam starts `launcher properties… -jar JAR arguments…`: ours is Python, which binds Java's life to its parent's.
    launcher = ["-P", "-m", "pipelines.flink_server", str(artifacts.resolve()), HEAP]
    return [
        "--runner=FlinkRunner",
        "--flink_master=[local]",
        f"--flink_job_server_jar={jar.resolve()}",
        f"--job_server_java_launcher={sys.executable}",
        *(f"--job_server_jvm_property={word}" for word in launcher),
        f"--job_port={port}",
        f"--artifacts_dir={artifacts.resolve()}",
        "--environment_type=LOOPBACK",
        "--experiments=use_loopback_process_worker",
        NO_FREEZE,
        f"--parallelism={parallelism}",
        f"--sdk_worker_parallelism={parallelism}",  # never with --load_balance_bundles: fused stages wait for ever
    ]


def external_options(job_endpoint: str, worker_pool: str, parallelism: int) -> list[str]:
    """Beam options for a Flink cluster: its job server and EXTERNAL pool, `host:port` each (deploy/README.md)."""
    return [
        "--runner=PortableRunner",
        f"--job_endpoint={job_endpoint}",
        EXTERNAL,
        NO_FREEZE,
        f"--environment_config={worker_pool}",
        f"--parallelism={parallelism}",
        "--sdk_worker_parallelism=0",  # as many workers on a machine as it has cores
    ]


def worker_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What the host's environment needs: Beam starts loopback workers as plain `python`, in the current folder.

    Our interpreter comes first on PATH, our rooms on PYTHONPATH, and a folder called `schemas` where the user happens
    to stand is not taken for ours.
    """
    ours = {"PATH": Path(sys.executable).parent, "PYTHONPATH": Path(__file__).resolve().parent.parent}
    theirs = {"PATH": environment.get("PATH", os.defpath), "PYTHONPATH": environment.get("PYTHONPATH", "")}
    first = {name: os.pathsep.join(filter(None, (str(ours[name]), theirs[name]))) for name in ours}
    return {**first, "PYTHONSAFEPATH": "1"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
