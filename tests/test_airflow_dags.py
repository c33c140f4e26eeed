"""What airflow_dags repeats from other rooms, since it may not import them: held equal here. The DAGs themselves run in
Airflow's own environment, tests/airflow."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from pipelines.run import ORDER
from schemas.project import Project

FOLDER = Path(__file__).resolve().parent.parent / "airflow_dags"


def constant(name: str) -> Any:
    tree = ast.parse((FOLDER / "factory.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and node.targets[0].id == name:  # type: ignore[attr-defined]
            return ast.literal_eval(node.value)
    raise AssertionError(f"{name} is gone")


def test_the_dags_stages_are_the_projects() -> None:
    assert constant("STAGES") == Project.model_fields["stages"].default
    assert ("register", *constant("STAGES")) == ORDER


def test_a_dag_file_imports_no_other_room() -> None:
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            rooms = {name.split(".")[0] for name in names}
            assert not rooms & {"schemas", "ext", "anonymizers", "governance", "pipelines", "damjang"}, path.name
