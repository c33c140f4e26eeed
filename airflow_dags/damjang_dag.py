"""What Airflow's DAG folder needs: one DAG for each project file that DAMJANG_PROJECTS names.

Settings, as an Airflow Variable or in the environment:
  DAMJANG_PROJECTS  project files, or folders with a project.yaml, separated by `:`
  DAMJANG_CLI       the `damjang` command in the pipeline's own environment
  DAMJANG_SCHEDULE  a cron line for all of them (none: started by hand)
A file that is no project is an import error that names it.
"""

from __future__ import annotations

import os
from pathlib import Path

from airflow.sdk import Variable

from airflow_dags.factory import dag_from_project


def setting(name: str) -> str | None:
    """From the environment, else from Airflow's variables (the environment asks no database while parsing)."""
    return os.environ.get(name) or Variable.get(name, default=None)


def project_files(listed: str) -> list[Path]:
    """The project files of a `:`-separated list."""
    paths = [Path(entry).expanduser() for entry in listed.split(os.pathsep) if entry]
    return [path / "project.yaml" if path.is_dir() else path for path in paths]


listed = setting("DAMJANG_PROJECTS")
if listed:
    command = setting("DAMJANG_CLI")
    if not command:
        raise ValueError("DAMJANG_CLI is not set: name the damjang command of the pipeline's environment")
    for path in project_files(listed):
        dag = dag_from_project(path, Path(command), setting("DAMJANG_SCHEDULE"))
        if dag.dag_id in globals():
            raise ValueError(f"two projects are named {dag.dag_id.removeprefix('damjang-')}: rename one")
        globals()[dag.dag_id] = dag
