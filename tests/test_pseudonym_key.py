"""The pseudonym key: kept in the vault, destroyed by an officer's command, on record in both stores, never back."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
import road_kit
from cli_kit import call
from small_project import PROJECT

from governance.vault import Vault
from governance.vault.backup import back_up, restore
from pipelines.pseudonyms import key_name, needs_key, pseudonym_key
from pipelines.run import Options, open_run, resolve_key
from pipelines.stage import Run
from pipelines.stages.anonymize import AnonymizeStage
from schemas.policy import load_policy
from schemas.projectfile import load_project

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    folder = road_kit.found(tmp_path / "p")
    (folder / "project.yaml").write_text(
        PROJECT.format(name="notices").replace("pretraining-public", "pretraining-consented"), encoding="utf-8"
    )
    return open_run(load_project(folder / "project.yaml"), NOW, Options())


def secret(run: Run) -> bytes:
    return AnonymizeStage().secrets(run)["pseudonym"]


def read(run: Run) -> object:
    run.ledger.register_sources(run.project, NOW)
    return AnonymizeStage().reads(run)["pseudonym_key"]


def test_the_key_is_made_once_a_release_and_only_where_a_rule_needs_it(run: Run) -> None:
    assert needs_key(run.policy)
    assert len(secret(run)) == 32
    assert secret(run) == secret(run)
    assert secret(run) != pseudonym_key(run.vault, "other", NOW)
    public = dataclasses.replace(run, policy=load_policy("pretraining-public", Path()))
    assert secret(public) == b""
    assert (read(public), read(run)) == ("", "pseudonym-notices-0001")


def test_an_officer_destroys_it_and_both_stores_say_so(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    root = run.project.root
    old, folder_before = secret(run), read(run)
    backup = root / "backup.db"
    back_up(root / run.project.vault, backup)
    options = ("--project", root / "project.yaml", "--yes")
    said = call(capsys, "keys", "destroy-pseudonym", "notices", "--key", f"file:{root}/keys/officer.key", *options)
    assert said.code == 0, said.err
    assert "pseudonym-notices-0001" in said.out
    for register in (run.vault.destructions(), run.ledger.destructions()):
        assert [(d.kind, d.target, d.reason) for d in register] == [("dataset", "pseudonym-notices-0001", "retention")]
    assert read(run) != folder_before  # the next run makes the stage anew, under another key
    assert secret(run) != old
    key = resolve_key(run.project, run.project.vault_key)
    (root / run.project.vault).rename(root / "vault" / "old.db")
    restored, _ = restore(backup, root / run.project.vault, key, run.ledger.destructions(), [])
    assert isinstance(restored, Vault)
    assert key_name(restored, "notices") == "pseudonym-notices-0002"


def test_who_may_not_and_what_is_not_there(run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    root = run.project.root
    options = ("--project", root / "project.yaml", "--yes")
    officer = f"file:{root}/keys/officer.key"
    assert call(capsys, "keys", "destroy-pseudonym", "notices", "--key", officer, *options).code == 4
    secret(run)
    call(capsys, "keys", "new", tmp_path / "x.key", "--person", "x", "--role", "officer")
    said = call(capsys, "keys", "destroy-pseudonym", "notices", "--key", f"file:{tmp_path}/x.key", *options)
    assert said.code == 1
    assert "no officer" in said.one_error()
    assert run.vault.destructions() == []
