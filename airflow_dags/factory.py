"""One Airflow DAG from a project file: a task a stage, each `damjang run PROJECT --only STAGE` in the pipeline's own
environment. Reads YAML only; imports none of our rooms, so Airflow's environment needs nothing of the pipeline's.

Instead of damjang_dag.py a DAG file of one's own serves as well, and an error in one project then touches no other:
`dag = dag_from_project(Path("…/project.yaml"), Path("…/bin/damjang"), "0 2 * * *")`.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import yaml
from airflow.sdk import DAG

from airflow_dags.stage_task import DamjangStage

# schemas.project's default, which a test holds this to: importing it would bring pydantic models into Airflow's parser.
STAGES = ("ingest", "refine", "dedup", "anonymize", "assemble", "validate", "certify")
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def dag_from_project(project_yaml: Path, damjang: Path, schedule: str | None = None) -> DAG:
    """The DAG `damjang-NAME`: register, then the project's stages in order.

    `damjang` is the command in the pipeline's environment, `schedule` a cron line (None: by hand). One run at a time,
    since a run holds the output folder; a task is tried again once, since `damjang run` goes on where it stopped.
    Raises ValueError if the file names no project: Airflow shows it as an import error.
    """
    project_yaml = project_yaml.resolve()
    name, stages = read_project(project_yaml)
    with DAG(
        f"damjang-{name}",
        description=f"담장: {name}",
        schedule=schedule,
        start_date=START,
        catchup=False,
        max_active_runs=1,
        tags={"damjang"},
        default_args={"retries": 1, "retry_delay": dt.timedelta(minutes=1), "owner": "damjang"},
    ) as dag:
        before: DamjangStage | None = None
        for stage in ("register", *stages):
            task = DamjangStage(task_id=stage, damjang=str(damjang), project=str(project_yaml), stage=stage)
            if before is not None:
                before.set_downstream(task)
            before = task
    return dag


def read_project(path: Path) -> tuple[str, tuple[str, ...]]:
    """(name, stages) of a project file. The rest is for `damjang run` to judge, which names line and field."""
    try:
        read: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValueError(f"{path.name}: no readable project file ({type(error).__name__})") from None
    if not isinstance(read, dict) or read.get("damjang") != 1:
        raise ValueError(f"{path.name}: not a Damjang project file (it must say `damjang: 1`)")
    name = read.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name):
        raise ValueError(f"{path.name}: `name` must be lower-case letters, digits and hyphens")
    stages = read.get("stages", list(STAGES))
    if not isinstance(stages, list) or not stages or not set(stages) <= set(STAGES):
        raise ValueError(f"{path.name}: `stages` must be some of {', '.join(STAGES)}")
    return name, tuple(stages)
