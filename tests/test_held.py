"""Copies of a withdrawn text wait for the officer: released they come back, withdrawn they never do, and both are logged."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from cli_kit import Said, run
from officer_kit import office, write_csv
from small_project import sentence

from governance.audit import AuditLog
from governance.ledger import Ledger
from governance.lineage import Lineage
from governance.vault import Vault
from governance.vault.tombstones import HELD

BY = ("--by", "officer-1")
WITHDRAW = ("--source", "forum", "--execute", "--verified-by", "id_card", "--actor", "staff-7")


def called(project: Path, *args: Any, code: int = 0) -> Said:
    said = run(*args, "--project", project)
    assert said.code == code, said.out + said.err
    return said


def told(project: Path, *args: Any) -> Any:
    return json.loads(called(project, *args, "--json").out)


def up_to(project: Path, *steps: str) -> None:
    for step in steps:
        said = run("run", project, "--only", step)
        assert said.code == 0, said.err


def vault_of(project: Path) -> Vault:
    return Vault.open(project.parent / "vault" / "vault.db", f"file:{project.parent / 'vault' / 'vault.key'}")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Three people posted one text; the first has withdrawn."""
    made = office(tmp_path / "p")
    dice = random.Random(1)
    text = " ".join(sentence(dice, 0) for _ in range(9))
    other = " ".join(sentence(dice, 0) for _ in range(9))
    posts = [{"id": f"d{n}", "author": f"user-{n}", "text": text if n < 4 else other} for n in range(1, 5)]
    lines = "".join(json.dumps(post, ensure_ascii=False) + "\n" for post in posts)
    (made.parent / "data" / "a.jsonl").write_text(lines, encoding="utf-8")
    rows = [{"subject": post["author"]} for post in posts]
    called(made, "consents", "import", write_csv(tmp_path / "c.csv", rows))
    up_to(made, "ingest", "refine", "dedup")
    called(made, "withdraw", "--subject", "user-1", *WITHDRAW)
    return made


def test_released_or_withdrawn(project: Path, tmp_path: Path) -> None:
    lineage = Lineage(project.parent / "out", vault_of(project))
    copies = [lineage.document_of_record("forum", key) for key in ("d2", "d3")]
    waiting = told(project, "held")["held"]
    assert {one["document_id"] for one in waiting} == set(copies)
    assert {one["source_id"] for one in waiting} == {"forum"}
    called(project, "vault", "backup", tmp_path / "v.bak", *BY)

    first, second = copies
    called(project, "held", "release", first[:12], *BY)
    called(project, "held", "withdraw", second, *BY)
    assert told(project, "held")["held"] == []
    for document in (first, second, "ffff", ""):
        assert "not held" in called(project, "held", "release", document, *BY, code=4).one_error()

    vault, ledger = vault_of(project), Ledger.open("sqlite:///ledger.db", project.parent)
    assert vault.tombstones.told("document", bytes.fromhex(first)) is None
    assert (vault.tombstones.told("document", bytes.fromhex(second)) or ("",))[0] == "withdrawal"
    events = [(one.action, one.reason) for one in ledger.tombstone_marks()]
    assert [events.count(pair) for pair in (("set", HELD), ("lifted", HELD), ("set", "withdrawal"))] == [2, 1, 2]
    tasks = [(row.who, row.task, row.subject) for row in vault.access_log.entries() if row.task.startswith("held")]
    assert tasks == [("officer-1", "held-release", first), ("officer-1", "held-withdraw", second)]
    assert AuditLog(ledger.engine, "unused").size() >= 2

    # the next run takes the one and not the other
    up_to(project, "ingest")
    lineage = Lineage(project.parent / "out", vault)
    assert [event.reason for event in lineage.story(first).events] == [""]
    assert [event.reason for event in lineage.story(second).events] == ["tombstone"]

    # and a vault restored from before the decisions knows them
    version = vault.tombstones.snapshot().version
    shutil.move(project.parent / "vault" / "vault.db", tmp_path / "lost.db")
    called(project, "vault", "restore", tmp_path / "v.bak", *BY)
    assert vault_of(project).tombstones.snapshot().version == version


def test_who_withdraws_while_held_is_released_by_nobody(project: Path) -> None:
    copy = Lineage(project.parent / "out", vault_of(project)).document_of_record("forum", "d2")
    called(project, "withdraw", "--subject", "user-2", *WITHDRAW)
    assert copy not in {one["document_id"] for one in told(project, "held")["held"]}
    called(project, "held", "release", copy, *BY, code=4)
    assert (vault_of(project).tombstones.told("document", bytes.fromhex(copy)) or ("",))[0] == "withdrawal"
