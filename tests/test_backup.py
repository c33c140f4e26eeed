"""Backups that restore, and restores that do not bring back what was destroyed."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from governance.errors import LedgerConflict, RestoreError, VaultExists, VaultKeyError, VaultTampered
from governance.ledger import Ledger
from governance.ledger import backup as ledger_backup
from governance.vault import Vault
from governance.vault import backup as vault_backup

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


@pytest.fixture
def key(tmp_path: Path) -> str:
    return f"file:{tmp_path / 'v.key'}"


@pytest.fixture
def vault(tmp_path: Path, key: str) -> Vault:
    made = Vault.create(tmp_path / "vault.db", key, NOW)
    made.seal_dataset("d", {"a": os.urandom(32), "b": os.urandom(32)}, NOW)
    made.dataset_wrap_key("open", NOW)
    made.ensure_subjects([made.subject_token("s", str(i)) for i in range(3)])
    made.personal.add("staff", {"name": "아무개"}, NOW)
    for i in range(3):
        made.access_log.add(f"staff-{i}", NOW, "10.0.0.1", "ab" * 16, "trace")
    made.release_salt("r@1")
    return made


def contents(vault: Vault) -> list[object]:
    return [
        vault.project_key, vault.file_keys("d"), dict(vault.subjects.all()), vault.release_salt("r@1"),
        vault.access_log.entries(), vault.dataset_wrap_key("open", NOW),
    ]  # fmt: skip


def test_a_restored_vault_is_the_same(vault: Vault, tmp_path: Path, key: str) -> None:
    vault_backup.back_up(tmp_path / "vault.db", tmp_path / "vault.bak")
    assert (tmp_path / "vault.bak").stat().st_mode & 0o777 == 0o600
    restored, replayed = vault_backup.restore(tmp_path / "vault.bak", tmp_path / "new.db", key, vault.destructions())
    assert replayed == 0
    assert contents(restored) == contents(vault)
    assert sorted(p.name for p in tmp_path.iterdir() if "restoring" in p.name) == []
    for again in (
        lambda: vault_backup.back_up(tmp_path / "vault.db", tmp_path / "vault.bak"),
        lambda: vault_backup.restore(tmp_path / "vault.bak", tmp_path / "new.db", key, []),
    ):
        with pytest.raises(VaultExists):
            again()


def test_a_restore_replays_what_the_ledger_knows_was_destroyed(vault: Vault, tmp_path: Path, key: str) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    vault_backup.back_up(tmp_path / "vault.db", tmp_path / "vault.bak")
    token = vault.subject_token("s", "1")
    vault.forget_subject(token, "withdrawal", NOW)
    vault.destroy_file_keys("d", ["a"], "withdrawal", NOW)
    ledger.record_destructions(vault.destructions(), NOW)
    (tmp_path / "vault.db").unlink()  # the disk is lost, the ledger is not
    restored, replayed = vault_backup.restore(tmp_path / "vault.bak", tmp_path / "vault.db", key, ledger.destructions())
    assert replayed == 2
    assert set(restored.file_keys("d")) == {"b"}
    assert restored.subject_ids([token]) == {}


def test_a_damaged_or_foreign_backup_is_refused(vault: Vault, tmp_path: Path, key: str) -> None:
    vault_backup.back_up(tmp_path / "vault.db", tmp_path / "vault.bak")
    data = bytearray((tmp_path / "vault.bak").read_bytes())
    (tmp_path / "cut.bak").write_bytes(data[: len(data) // 2 - 100])
    (tmp_path / "text.bak").write_text("not a database" * 1000)
    for name in ("cut.bak", "text.bak", "none.bak"):
        with pytest.raises(RestoreError):
            vault_backup.restore(tmp_path / name, tmp_path / "new.db", key, [])
        assert not (tmp_path / "new.db").exists()
    Vault.create(tmp_path / "other.db", f"file:{tmp_path / 'other.key'}", NOW)
    with pytest.raises(VaultKeyError):
        vault_backup.restore(tmp_path / "other.db", tmp_path / "new.db", key, [])
    assert not (tmp_path / "new.db").exists()


def test_rotation_keeps_everything_and_kills_old_copies(vault: Vault, tmp_path: Path, key: str) -> None:
    before = contents(vault)
    vault_backup.back_up(tmp_path / "vault.db", tmp_path / "vault.bak")
    new = f"file:{tmp_path / 'new.key'}"
    with pytest.raises(VaultExists):
        vault_backup.rotate(tmp_path / "vault.db", key, key)
    vault_backup.rotate(tmp_path / "vault.db", key, new)
    rotated = Vault.open(tmp_path / "vault.db", new)
    assert contents(rotated) == before
    assert rotated.access_log.first_bad() is None
    for path, uri in ((tmp_path / "vault.db", key), (tmp_path / "vault.bak", new)):
        with pytest.raises(VaultKeyError):
            Vault.open(path, uri)


def test_rotation_refuses_an_edited_access_log(vault: Vault, tmp_path: Path, key: str) -> None:
    from sqlalchemy import text

    from governance.database import write

    with write(vault._engine) as connection:
        connection.execute(text("UPDATE vault_access SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 2"))
    with pytest.raises(VaultTampered):
        vault_backup.rotate(tmp_path / "vault.db", key, f"file:{tmp_path / 'new.key'}")
    assert Vault.open(tmp_path / "vault.db", key).access_log.first_bad() == 2


def test_a_restored_ledger_is_the_same_and_never_overwrites(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    ledger.record_policy("p", "d" * 64, "x: 1", NOW)
    ledger_backup.back_up(tmp_path / "ledger.db", tmp_path / "ledger.bak")
    restored = ledger_backup.restore(tmp_path / "ledger.bak", tmp_path / "new.db")
    with restored.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM policy").scalar_one() == 1
    with pytest.raises(LedgerConflict):
        ledger_backup.restore(tmp_path / "ledger.bak", tmp_path / "ledger.db")
