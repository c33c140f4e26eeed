"""The DAGs, in a real Airflow: parsed without an import error, run to success with dag.test(), failing as they should."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException

from airflow_dags.factory import STAGES, dag_from_project
from airflow_dags.stage_task import DamjangStage

FOLDER = Path(__file__).resolve().parent.parent.parent / "airflow_dags"

# Stands for the command: writes down its arguments, fails when the project's folder says so.
STUB = """#!/bin/sh
here=$(dirname "$2")
printf '%s\\n' "$*" >> "$here/calls.txt"
env > "$here/env.txt"
echo "단계 $4"
test -e "$here/fail-$4" && exit "$(cat "$here/fail-$4")"
exit 0
"""


def write_project(folder: Path, name: str = "nightly", more: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "project.yaml"
    path.write_text(f"damjang: 1\nname: {name}\n{more}", encoding="utf-8")
    return path


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    path = tmp_path / "bin" / "damjang"
    path.parent.mkdir()
    path.write_text(STUB, encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def bag(monkeypatch: pytest.MonkeyPatch, **settings: str) -> DagBag:
    for name in ("DAMJANG_PROJECTS", "DAMJANG_CLI", "DAMJANG_SCHEDULE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return DagBag(dag_folder=FOLDER / "damjang_dag.py")


def states(dag: DAG) -> dict[str, str]:
    run = dag.test()
    return {instance.task_id: str(instance.state) for instance in run.get_task_instances()} | {"": str(run.state)}


def test_the_folder_parses_without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    found = bag(monkeypatch)
    assert found.import_errors == {}
    assert found.dags == {}


def test_one_dag_a_project_in_order(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stub: Path) -> None:
    first = write_project(tmp_path / "a", "first")
    write_project(tmp_path / "b", "second", "stages: [ingest, refine]\n")
    found = bag(
        monkeypatch, DAMJANG_PROJECTS=f"{first}:{tmp_path / 'b'}", DAMJANG_CLI=str(stub), DAMJANG_SCHEDULE="0 2 * * *"
    )
    assert found.import_errors == {}
    assert set(found.dags) == {"damjang-first", "damjang-second"}
    dag = found.dags["damjang-first"]
    assert [task.task_id for task in dag.topological_sort()] == ["register", *STAGES]
    assert all(len(task.downstream_list) <= 1 for task in dag.tasks)
    assert [task.task_id for task in found.dags["damjang-second"].topological_sort()] == [
        "register",
        "ingest",
        "refine",
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("name: x\n", "damjang: 1"),
        ("damjang: 1\nname: 'Bad; rm -rf'\n", "`name`"),
        ("damjang: 1\nname: ok\nstages: [ingest, publish]\n", "`stages`"),
        ("damjang: [1\n", "no readable project file"),
    ],
)
def test_a_file_that_is_no_project_is_a_named_import_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stub: Path, content: str, says: str
) -> None:
    (tmp_path / "broken.yaml").write_text(content, encoding="utf-8")
    found = bag(monkeypatch, DAMJANG_PROJECTS=str(tmp_path / "broken.yaml"), DAMJANG_CLI=str(stub))
    (message,) = found.import_errors.values()
    assert "broken.yaml" in message
    assert says in message


def test_two_projects_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stub: Path) -> None:
    write_project(tmp_path / "a")
    write_project(tmp_path / "b")
    found = bag(monkeypatch, DAMJANG_PROJECTS=f"{tmp_path / 'a'}:{tmp_path / 'b'}", DAMJANG_CLI=str(stub))
    assert "two projects are named nightly" in "".join(found.import_errors.values())


def test_a_run_calls_each_stage_once_in_order(tmp_path: Path, stub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "airflow-only")
    folder = tmp_path / "a b; touch pwned $(touch pwned) {{ ds }}"
    project = write_project(folder, "ordered")
    found = bag(monkeypatch, DAMJANG_PROJECTS=str(project), DAMJANG_CLI=str(stub))
    assert set(states(found.dags["damjang-ordered"]).values()) == {"success"}
    calls = (folder / "calls.txt").read_text(encoding="utf-8").splitlines()
    assert calls == [f"run {project} --only {stage}" for stage in ("register", *STAGES)]
    assert not list(tmp_path.rglob("pwned"))
    environment = (folder / "env.txt").read_text(encoding="utf-8")
    assert "AIRFLOW" not in environment
    assert "PYTHONPATH" not in environment


def test_a_failed_check_stops_the_run_for_good(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stub: Path) -> None:
    project = write_project(tmp_path / "a", "gated")
    (tmp_path / "a" / "fail-validate").write_text("1")
    found = states(bag(monkeypatch, DAMJANG_PROJECTS=str(project), DAMJANG_CLI=str(stub)).dags["damjang-gated"])
    assert found[""] == "failed"
    assert found["assemble"] == "success"
    assert found["validate"] == "failed"
    assert found["certify"] == "upstream_failed"
    assert sum("validate" in call for call in (tmp_path / "a" / "calls.txt").read_text().splitlines()) == 1


def test_a_missing_command_is_final_and_says_so(tmp_path: Path) -> None:
    task = DamjangStage(task_id="ingest", damjang=str(tmp_path / "none"), project="p.yaml", stage="ingest")
    with pytest.raises(AirflowFailException, match="damjang command"):
        task.execute({})


def test_a_dag_serializes_for_the_scheduler(tmp_path: Path, stub: Path) -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    dag = dag_from_project(write_project(tmp_path / "a", "stored"), stub, "0 2 * * *")
    json.dumps(DagSerialization.to_dict(dag))
