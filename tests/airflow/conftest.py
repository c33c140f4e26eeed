"""Runs in Airflow's own environment (`make test-airflow`): a fresh AIRFLOW_HOME with a migrated SQLite database."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HOME = tempfile.mkdtemp(prefix="damjang-airflow-")
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]  # airflow_dags, and the small project that Flink's tests use too
# Airflow reads its settings once, at import: they are set here, before any test module imports it.
os.environ |= {
    "AIRFLOW_HOME": HOME,
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "airflow_dags"),
    "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
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
    import shutil

    shutil.rmtree(HOME, ignore_errors=True)
