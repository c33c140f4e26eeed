"""A whole run with its ledger in PostgreSQL: the same counts, shards and release as with SQLite."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import road_kit
from sqlalchemy import func, select

from damjang.cli.projects import run_to_summary
from governance.ledger import Ledger
from governance.ledger.models.runs import StageCount
from schemas.projectfile import load_project

pytestmark = pytest.mark.postgres
STEPS = ("ingest", "refine", "dedup", "anonymize", "assemble", "validate")


def test_the_ledger_may_be_postgresql(postgres_url: str, tmp_path: Path) -> None:
    one = road_kit.demo_project(tmp_path / "postgres", 200, ledger=postgres_url)
    shutil.copytree(tmp_path / "postgres", tmp_path / "sqlite")
    other = tmp_path / "sqlite" / "project.yaml"
    other.write_text(other.read_text(encoding="utf-8").replace(postgres_url, "sqlite:///ledger.db"), encoding="utf-8")
    summaries = [road_kit.run(project) for project in (one, other)]
    assert not (one.parent / "ledger.db").exists()
    for part in ("counts", "release"):
        assert summaries[0][part] == summaries[1][part]
    assert road_kit.shards(one) == road_kit.shards(other)
    stages, releases, counts = first = told(one)
    assert first == told(other)
    assert [stage[0] for stage in stages] == list(STEPS)
    assert [release[:2] for release in releases] == [("demo-ko@1", "published")]
    assert counts > 30
    again = run_to_summary(one, quiet=True)
    assert again["release"] == "demo-ko@1"
    assert told(one) == first
    made = road_kit.command(
        "verify", str(one.parent / "out" / "releases" / "demo-ko@1"), "--trust", str(one.parent / "trust" / "root.json")
    )
    assert made.returncode == 0, made.stdout + made.stderr


def told(project: Path) -> tuple[list[Any], list[Any], int]:
    """What the ledger says of stages and releases, without times, folders and what the vault's own salts decide."""
    loaded = load_project(project)
    ledger = Ledger.open(loaded.ledger, loaded.root, create=False)
    stages = [(s.stage, s.policy_digest, s.counts, s.reasons) for s in ledger.stages()]
    releases = [(r.label, r.state, r.documents, r.bytes, r.data_class, r.purpose) for r in ledger.releases(loaded.name)]
    with ledger.read() as connection:
        return stages, releases, connection.execute(select(func.count()).select_from(StageCount)).scalar_one()
