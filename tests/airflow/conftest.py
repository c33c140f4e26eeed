"""Runs in Airflow's own environment (`make test-airflow`): a fresh AIRFLOW_HOME with a migrated SQLite database.

In the pipeline's environment, where `make test` collects this folder too, there is no Airflow and nothing to collect.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

try:
    version("apache-airflow-core")  # asked of the metadata: this folder itself would pass for a package `airflow`
except PackageNotFoundError:
    collect_ignore_glob = ["test_*"]
else:
    HOME = tempfile.mkdtemp(prefix="damjang-airflow-")
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]  # airflow_dags; the small project that Flink's tests use too
    # Airflow reads its settings once, at import: they are set here, before any test module imports it.
    os.environ |= {
        "AIRFLOW_HOME": HOME,
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "airflow_dags"),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{HOME}/airflow.db",
        "SCARF_ANALYTICS": "false",
        "DO_NOT_TRACK": "1",
    }

    def pytest_sessionstart() -> None:
        """Migrate the database, as an operator does."""
        done = subprocess.run(
            [sys.executable, "-m", "airflow", "db", "migrate"], capture_output=True, text=True, check=False, timeout=240
        )
        if done.returncode:
            raise RuntimeError(f"airflow db migrate failed:\n{done.stderr[-2000:]}")

    def pytest_sessionfinish() -> None:
        """Nothing of the database stays."""
        shutil.rmtree(HOME, ignore_errors=True)
