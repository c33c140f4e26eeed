"""A run that crashed half way leaves texts and signatures that no manifest names: a withdrawal ends them too."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from cli_kit import run
from officer_kit import office, write_csv

from governance.staged import StagedWriter
from governance.vault import Vault
from pipelines.entries import ENTRY

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
WITHDRAW = ("--source", "forum", "--execute", "--verified-by", "id_card", "--actor", "staff-7", "--json")


def vault_of(project: Path) -> Vault:
    return Vault.open(project.parent / "vault" / "vault.db", f"file:{project.parent / 'vault' / 'vault.key'}")


def done(*args: Any) -> Any:
    said = run(*args)
    assert said.code == 0, said.err
    return json.loads(said.out)


def test_half_made_stages_go_with_a_withdrawal(tmp_path: Path) -> None:
    project = office(tmp_path / "p")
    stages = project.parent / "out" / "stages"
    done(
        "consents", "import", write_csv(tmp_path / "c.csv", [{}, {"subject": "user-2"}]), "--project", project, "--json"
    )
    for step in ("ingest", "refine"):
        done("run", project, "--only", step, "--json")
    # dedup dies: its input is torn
    torn = next(next(stages.glob("refine-*")).glob("data/*.djf"))
    kept, _ = torn.read_bytes(), torn.write_bytes(b"")
    assert run("run", project, "--only", "dedup").code != 0
    torn.write_bytes(kept)
    [half] = stages.glob("dedup-*")
    vault = vault_of(project)
    assert vault.dataset_state(half.name) == "open"
    (half / "bands").mkdir(exist_ok=True)
    writer = StagedWriter(
        half / "bands" / "0.djf", ENTRY, file_id=os.urandom(16), file_key=os.urandom(32), digest_key=vault.project_key
    )
    writer.close()

    made = done("withdraw", "--subject", "user-1", *WITHDRAW, "--project", project)
    assert len(made["done"]) == 1
    assert not half.exists()
    assert vault.dataset_state(half.name) == "destroyed"
    kinds = [(order.kind, order.target) for order in vault.destructions()]
    assert ("dataset", half.name) in kinds

    # the next run makes another, without the document; a half-made stage of today's tombstones is gone on with
    for step in ("ingest", "refine"):
        done("run", project, "--only", step, "--json")
    newest = max(stages.glob("refine-*"), key=lambda path: path.stat().st_mtime_ns)
    torn = next(newest.glob("data/*.djf"))
    kept, _ = torn.read_bytes(), torn.write_bytes(b"")
    assert run("run", project, "--only", "dedup").code != 0
    torn.write_bytes(kept)
    [again] = stages.glob("dedup-*")
    done("withdraw", "--subject", "user-1", *WITHDRAW, "--project", project)  # twice: no new tombstone
    assert again.exists()
    done("run", project, "--only", "dedup", "--json")
