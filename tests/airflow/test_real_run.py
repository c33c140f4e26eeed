"""A small corpus through the real command: every stage a task, the run a success, the release published and verifiable."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from small_project import damjang, found

from airflow_dags.factory import STAGES

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = ROOT / ".venv" / "bin" / "damjang"


def run_states(dag: DAG) -> dict[str, str]:
    """The states of a whole run by dag.test(), and of each of its tasks."""
    run = dag.test()
    return {instance.task_id: str(instance.state) for instance in run.get_task_instances()} | {"run": str(run.state)}


@pytest.mark.timeout(900)
def test_a_dag_runs_a_small_corpus_to_a_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = found(COMMAND, tmp_path / "project", name="by-airflow")
    monkeypatch.setenv("DAMJANG_PROJECTS", str(project.parent))
    monkeypatch.setenv("DAMJANG_CLI", str(COMMAND))
    bag = DagBag(dag_folder=ROOT / "airflow_dags" / "damjang_dag.py")
    assert bag.import_errors == {}
    dag = bag.dags["damjang-by-airflow"]
    assert run_states(dag) == {"run": "success"} | dict.fromkeys(("register", *STAGES), "success")
    told = damjang(COMMAND, "status", "--project", str(project), "--json")
    assert told.returncode == 0, told.stderr
    (release,) = json.loads(told.stdout)["releases"]
    assert release["state"] == "published"
    assert release["documents"] > 1000
    assert list(project.parent.glob("out/releases/by-airflow@1/shards/*.arrow"))
    # a second run finds finished work: the same release, not another
    assert run_states(dag)["run"] == "success"
    told = damjang(COMMAND, "status", "--project", str(project), "--json")
    assert len(json.loads(told.stdout)["releases"]) == 1
