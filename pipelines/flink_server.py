"""Starts Java for pipelines.flink so that it dies with the process that asked for it, and logs to a file.

    python -m pipelines.flink_server FOLDER JVM_OPTION… -jar JAR ARGUMENT…

Beam stops its job server at exit; after `kill -9` nobody would. Linux is asked to (PR_SET_PDEATHSIG survives exec).
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from pipelines.host import die_with_parent

LOG_LEVEL = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"


def main() -> None:
    """Replace this process by Java."""
    folder = Path(sys.argv[1])
    die_with_parent(os.getppid())
    temporary = folder / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)  # what a killed one left; the output's lock says nobody uses it
    temporary.mkdir(parents=True)
    log = os.open(folder / "job-server.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.execvp("java", ["java", LOG_LEVEL, f"-Djava.io.tmpdir={temporary}", *sys.argv[2:]])  # noqa: S606


if __name__ == "__main__":
    main()
