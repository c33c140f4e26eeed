"""Backups that restore by command: what was destroyed or withdrawn since stays so, and an old ledger is found out."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from cli_kit import call
from officer_kit import asked, office, told, write_csv

from governance.audit import AuditLog, Entry, create_tables
from governance.consents import record_event
from governance.errors import DatasetDestroyed
from governance.ledger import Ledger
from governance.vault import Vault
from governance.vault.tombstones import HELD
from governance.withdrawal import bury

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
BY = ("--by", "officer-1")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return office(tmp_path / "p")


def ledger_of(project: Path) -> Ledger:
    return Ledger.open("sqlite:///ledger.db", project.parent)


def vault_of(project: Path, key: str = "vault.key") -> Vault:
    return Vault.open(project.parent / "vault" / "vault.db", f"file:{project.parent / 'vault' / key}")


def log_of(project: Path) -> AuditLog:
    ledger = ledger_of(project)
    create_tables(ledger.engine)
    return AuditLog(ledger.engine, "unused")


def lose(path: Path) -> Path:
    """Moves a database away, with what SQLite keeps beside it."""
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    return path.rename(path.with_name("lost.db"))


def test_a_restored_vault_keeps_out_what_was_destroyed_or_withdrawn_since(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vault, ledger = vault_of(project), ledger_of(project)
    vault.seal_dataset("d", {"a": os.urandom(32), "b": os.urandom(32)}, NOW)
    documents = [bytes([n]) * 16 for n in range(4)]
    bury(ledger, vault, "document", documents[:2], HELD, NOW)
    made = asked(capsys, project, "vault", "backup", tmp_path / "v.bak", *BY)
    assert made["outside_project"]
    assert (tmp_path / "v.bak").stat().st_mode & 0o777 == 0o600

    ledger.record_destructions(vault.destructions(), NOW)
    vault.destroy_dataset("d", "retention", NOW)
    ledger.record_destructions(vault.destructions(), NOW)
    bury(ledger, vault, "document", documents[1:3], "withdrawal", NOW)  # the held one withdraws itself
    expected = vault.tombstones.snapshot().version
    lose(project.parent / "vault" / "vault.db")

    back = asked(capsys, project, "vault", "restore", tmp_path / "v.bak", *BY)
    assert (back["destructions_replayed"], back["tombstones"], back["unknown_withdrawn"]) == (1, 3, 0)
    restored = vault_of(project)
    assert restored.dataset_state("d") == "destroyed"
    with pytest.raises(DatasetDestroyed):
        restored.dataset_wrap_key("d", NOW)
    assert restored.tombstones.snapshot().version == expected
    assert [restored.tombstones.told("document", one) for one in documents] == [
        (HELD, "2026-11-22T00:00:00.000000Z"),
        ("withdrawal", "2026-11-22T00:00:00.000000Z"),
        ("withdrawal", "2026-11-22T00:00:00.000000Z"),
        None,
    ]
    assert not restored.tombstones.lift("document", documents[1], HELD)  # an officer can't lift a withdrawal
    assert [entry.task for entry in restored.access_log.entries()] == ["vault-backup", "vault-restore"]
    # never over a vault that is there, and never from something else
    said = told(capsys, project, "vault", "restore", tmp_path / "v.bak", *BY, code=3)
    assert "there is a vault at this place" in said.one_error()


def test_a_person_who_withdrew_after_the_backup_is_called_to_attention(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, project, "vault", "backup", tmp_path / "v.bak", *BY)
    asked(capsys, project, "consents", "import", write_csv(tmp_path / "c.csv", [{}]))
    vault = vault_of(project)
    token = vault.subject_token("forum", "user-1")
    record_event(ledger_of(project), vault.subject_ids([token])[token], "forum", "withdrawn", NOW, NOW)
    lose(project.parent / "vault" / "vault.db")
    back = asked(capsys, project, "vault", "restore", tmp_path / "v.bak", *BY, code=1)
    assert back["unknown_withdrawn"] == 1


def test_rotation_by_command(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = vault_of(project).project_key
    said = told(capsys, project, "vault", "rotate", "--new-key", "file:vault/new.key", *BY)
    assert "vault_key: file:vault/new.key" in said.out
    told(capsys, project, "vault", "backup", tmp_path / "v.bak", *BY, code=3)  # the old key opens nothing now
    project.write_text(project.read_text("utf-8") + "vault_key: file:vault/new.key\n", encoding="utf-8")
    told(capsys, project, "vault", "backup", tmp_path / "v.bak", *BY)
    assert vault_of(project, "new.key").project_key == before


def test_an_old_backup_of_the_ledger_is_found_by_the_checkpoint_outside(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = log_of(project)
    log.append([Entry("certificate", NOW, bytes([n]) * 32) for n in range(5)])
    outside, inside = tmp_path / "outside", project.parent / "out" / "audit"
    told(capsys, project, "audit", "export", "--to", outside)
    told(capsys, project, "audit", "export", "--to", inside)
    told(capsys, project, "ledger", "backup", tmp_path / "l.bak")
    shutil.copytree(inside, tmp_path / "old-checkpoint")

    # a whole restore agrees
    lose(project.parent / "ledger.db")
    whole = asked(capsys, project, "ledger", "restore", tmp_path / "l.bak", "--checkpoint", outside)
    assert (whole["entries"], whole["proven"]) == (5, 5)
    assert asked(capsys, project, "ledger", "verify", "--checkpoint", outside)["valid"]

    # life goes on, and is exported; then ledger and its own checkpoint are put back to the old state together
    log_of(project).append([Entry("certificate", NOW, bytes([n]) * 32) for n in range(5, 8)])
    vault, orders = vault_of(project), ledger_of(project).destructions()
    vault.seal_dataset("d", {"a": os.urandom(32)}, NOW)
    vault.destroy_dataset("d", "retention", NOW)
    told(capsys, project, "audit", "export", "--to", outside)
    lose(project.parent / "ledger.db")
    shutil.rmtree(inside)
    shutil.copytree(tmp_path / "old-checkpoint", inside)
    said = told(capsys, project, "ledger", "restore", tmp_path / "l.bak", "--checkpoint", outside, code=1)
    assert "entry 5" in said.one_error() or "entries" in said.one_error()
    assert "not the whole one" in said.err
    # its own checkpoint, restored with it, agrees with it and proves nothing; the one outside does not
    assert asked(capsys, project, "ledger", "verify", "--checkpoint", inside)["entries"] == 5
    assert told(capsys, project, "ledger", "verify", "--checkpoint", outside, code=1).one_error()
    # what the vault destroyed since the backup is on record again
    assert orders == []
    assert [order.target for order in ledger_of(project).destructions()] == ["d"]


def test_dropped_triggers_and_bad_arguments(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log_of(project)
    told(capsys, project, "audit", "export", "--to", tmp_path / "outside")
    with sqlite3.connect(project.parent / "ledger.db") as ledger:
        ledger.execute("DROP TRIGGER consent_event_no_delete")
    said = told(capsys, project, "ledger", "verify", "--checkpoint", tmp_path / "outside", code=1)
    assert "consent_event" in said.one_error()
    nowhere, outside = tmp_path / "none", tmp_path / "outside"
    for args, says in (
        (("ledger", "restore", nowhere, "--checkpoint", nowhere), "no checkpoint"),
        (("ledger", "restore", nowhere, "--checkpoint", outside), "there is a ledger at this place"),
        (("vault", "restore", nowhere, *BY), "there is a vault at this place"),
    ):
        assert says in call(capsys, *args, "--project", project).one_error()
    lose(project.parent / "ledger.db")
    lose(project.parent / "vault" / "vault.db")
    said = call(capsys, "ledger", "restore", nowhere, "--checkpoint", outside, "--project", project)
    assert "does not exist" in said.one_error()
    said = call(capsys, "vault", "restore", nowhere, *BY, "--project", project)
    assert "there is no ledger here" in said.one_error()  # its register comes first
