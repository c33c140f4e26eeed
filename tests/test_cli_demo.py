"""`damjang demo`: runs through, says what was found of what was planted, and every command it proposes works."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from cli_kit import Said, call, run

from damjang.cli.goldcheck import compare_with_gold

DOCS = 2_000  # fewer, and one finding among the sampled rows is more than the residual gate bears


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def told(base: Path) -> Said:
    """What a newcomer sees."""
    return run("demo", "--dir", "demo", "--docs", DOCS, cwd=base, DAMJANG_STATE=str(base / "state"))


def test_it_runs_through(told: Said, base: Path) -> None:
    assert told.code == 0, told.err
    for stage in ("register", "ingest", "refine", "dedup", "anonymize", "assemble", "validate", "certify"):
        assert any(line.startswith(stage) and line.rstrip().endswith("done") for line in told.out.splitlines()), stage
    for said in ("0. wrote 2,000 documents", "verified and pulled demo-ko@1", "loaded ", "정답과 비교", "try next:"):
        assert said in told.out
    page = next(line.split(maxsplit=1)[1] for line in told.out.splitlines() if line.startswith("open "))
    assert "<html" in (base / page).read_text(encoding="utf-8")


def test_the_three_commands_work(
    told: Said, base: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(base)
    monkeypatch.setenv("DAMJANG_STATE", str(base / "state"))
    lines = told.out.splitlines()
    proposed = [shlex.split(line) for line in lines[lines.index("try next:") + 1 :]]
    assert [words[1] for words in proposed] == ["status", "verify", "trace"]
    for words in proposed:
        said = call(capsys, *words[1:])
        assert said.code == 0, (words, said.err)


def test_what_was_planted_was_found(told: Said, base: Path) -> None:
    """Through the decision files alone: everything that must go is gone, and nothing else was broken or unplanted."""
    rows = {row.kind: row for row in compare_with_gold(base / "demo")}
    for kind, row in rows.items():
        if kind.startswith(("consent:", "duplicate:", "broken:", "quality:", "child:")):
            assert (row.missed, row.extra) == (0, 0), row
    structured = [row for kind, row in rows.items() if kind in ("pii:EMAIL", "pii:MOBILE", "pii:PHONE", "pii:RRN")]
    assert len(structured) == 4
    assert sum(row.planted for row in structured) > 50
    assert sum(row.missed for row in structured) <= 1


def test_again_it_finds_finished_work(told: Said, base: Path) -> None:
    again = run("demo", "--dir", "demo", "--docs", DOCS, cwd=base, DAMJANG_STATE=str(base / "state"))
    assert again.code == 0, again.err
    assert "is there already: going on with it" in again.out
    assert "0 shards copied" in again.out


def test_status_counts_for_scripts(
    told: Said, base: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAMJANG_STATE", str(base / "state"))
    said = call(capsys, "status", "--project", base / "demo" / "project.yaml", "--json")
    found = json.loads(said.out)
    assert found["dropped"]["ingest"]["ground_licence_no_modification"] > 0
    assert found["releases"][0]["state"] == "published"
    for stage in found["stages"].values():
        for row in stage["counts"].values():
            assert row["in"] == row["kept"] + row["changed"] + row["dropped"] + row["quarantined"]
