"""A founded project with one source of people's posts and no run yet: what the officer's commands are tried on."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from cli_kit import Said, call

from governance.consent_import import COLUMNS

PROJECT = """\
damjang: 1
name: office
demo: true
purpose: pretraining
as_of: 2026-11-20
policy: pretraining-public
release: {name: office}
sources:
  - id: forum
    provider: 한빛이웃
    licence: {id: CONTRACT, terms: terms.txt}
    ground: {id: consent, evidence: 동의 고지문}
    paths: ["data/*.jsonl"]
    format: jsonl
    record_key: id
    subjects: [author]
  - id: cafe
    provider: 가온카페
    licence: {id: KOGL-1}
    ground: {id: statute, evidence: 공공데이터법 제17조}
    paths: ["cafe/*.jsonl"]
    format: jsonl
signing: {threshold: 1}
"""
GOOD = {
    "source_id": "forum", "subject": "user-1", "purpose": "pretraining", "ground": "consent",
    "notice_sha256": "ab" * 32, "method": "web", "given_at": "2026-01-01",
}  # fmt: skip


def office(folder: Path) -> Path:
    """Vault, ledger, keys, root of trust and project file; returns the project file."""
    import road_kit

    road_kit.found(folder)
    (folder / "terms.txt").write_text("제1조 학습 이용을 허락한다.\n", encoding="utf-8")
    for place in ("data", "cafe"):
        (folder / place).mkdir(exist_ok=True)
        line = {"id": "1", "author": "user-1", "text": "도서관 앞 공원을 주민과 함께 새로 단장합니다."}
        (folder / place / "a.jsonl").write_text(json.dumps(line, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "project.yaml").write_text(PROJECT, encoding="utf-8")
    return folder / "project.yaml"


def write_csv(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """A consent file; each row is GOOD with some cells replaced."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({**GOOD, **row} for row in rows)
    return path


def asked(capsys: pytest.CaptureFixture[str], project: Path, *args: Any, code: int = 0) -> Any:
    """What `damjang ARGS --json` says, as values."""
    said = told(capsys, project, *args, "--json", code=code)
    return json.loads(said.out)


def told(capsys: pytest.CaptureFixture[str], project: Path, *args: Any, code: int = 0) -> Said:
    """What `damjang ARGS --project …` says; it ends with `code`."""
    said = call(capsys, *args, "--project", project)
    assert said.code == code, said.out + said.err
    return said
