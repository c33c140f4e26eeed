"""A small corpus through the real command: every stage a task, the run a success, the release published and verifiable."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from small_project import damjang, found

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = ROOT / ".venv" / "bin" / "damjang"


@pytest.mark.timeout(900)
def test_a_dag_runs_a_small_corpus_to_a_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = found(COMMAND, tmp_path / "project", name="by-airflow")
    monkeypatch.setenv("DAMJANG_PROJECTS", str(project.parent))
    monkeypatch.setenv("DAMJANG_CLI", str(COMMAND))
    bag = DagBag(dag_folder=ROOT / "airflow_dags" / "damjang_dag.py")
    assert bag.import_errors == {}
    run = bag.dags["damjang-by-airflow"].test()
    states = {instance.task_id: str(instance.state) for instance in run.get_task_instances()}
    assert str(run.state) == "success"
    assert len(states) == 8
    assert set(states.values()) == {"success"}
    told = damjang(COMMAND, "status", "--project", str(project), "--json")
    assert told.returncode == 0, told.stderr
    (release,) = json.loads(told.stdout)["releases"]
    assert release["state"] == "published"
    assert release["documents"] > 1000
    assert list(project.parent.glob("out/releases/by-airflow@1/shards/*.arrow"))
    # a second run finds finished work: the same release, not another
    assert str(bag.dags["damjang-by-airflow"].test().state) == "success"
    told = damjang(COMMAND, "status", "--project", str(project), "--json")
    assert len(json.loads(told.stdout)["releases"]) == 1
