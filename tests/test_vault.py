"""The vault through its public door, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import datetime as dt
import os
import pickle
from pathlib import Path

import pytest

from governance.errors import (
    DatabaseRefused,
    DatasetDestroyed,
    DatasetSealed,
    NetworkFileSystem,
    VaultExists,
    VaultKeyError,
    VaultMissing,
)
from governance.localfs import refuse_network
from governance.vault import Vault
from governance.vault.tombstones import tombstones_from

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=9)))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "vault" / "vault.db")
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def key(tmp_path: Path) -> str:
    return f"file:{tmp_path / 'keys' / 'vault.key'}"


@pytest.fixture
def vault(place: str, key: str) -> Vault:
    return Vault.create(place, key, NOW)


def everything(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix != ".key")


def test_what_is_made_once_is_the_same_when_opened_again(vault: Vault, place: str, key: str) -> None:
    again = Vault.open(place, key)
    assert len(vault.project_key) == 32
    assert again.project_key == vault.project_key
    assert again.project_key_id == vault.project_key_id
    assert vault.project_key.hex() != vault.project_key_id
    assert vault.release_salt("corpus@1") == again.release_salt("corpus@1")
    assert vault.release_salt("corpus@1") != vault.release_salt("corpus@2")
    assert vault.derive("a") == again.derive("a") != vault.derive("b")
    assert vault.dataset_wrap_key("d1", NOW) == again.dataset_wrap_key("d1", NOW) != vault.dataset_wrap_key("d2", NOW)


def test_two_vaults_share_nothing(tmp_path: Path) -> None:
    one = Vault.create(tmp_path / "1" / "v.db", f"file:{tmp_path}/1.key", NOW)
    two = Vault.create(tmp_path / "2" / "v.db", f"file:{tmp_path}/1.key", NOW)
    assert one.project_key != two.project_key
    assert one.subject_token("s", "u") != two.subject_token("s", "u")


def test_a_vault_is_never_made_twice(vault: Vault, place: str, key: str) -> None:
    with pytest.raises(VaultExists):
        Vault.create(place, key, NOW)
    assert Vault.open(place, key).project_key == vault.project_key


def test_key_file_is_private_and_must_stay_so(vault: Vault, place: str, key: str) -> None:
    path = Path(key.removeprefix("file:"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_bytes()) == 32
    path.chmod(0o640)
    with pytest.raises(VaultKeyError, match="other users"):
        Vault.open(place, key)


def test_another_key_does_not_open_it(
    vault: Vault, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_VAULT_KEY", "ab" * 32)
    with pytest.raises(VaultKeyError, match="not this vault's"):
        Vault.open(place, "env:SOME_VAULT_KEY")
    for uri in ("env:NO_SUCH_VARIABLE", f"file:{tmp_path}/none.key", "kms:x", "file:"):
        with pytest.raises(VaultKeyError):
            Vault.open(place, uri)


def test_environment_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_VAULT_KEY", "ab" * 32)
    made = Vault.create(tmp_path / "v.db", "env:SOME_VAULT_KEY", NOW)
    assert Vault.open(tmp_path / "v.db", "env:SOME_VAULT_KEY").project_key == made.project_key


def test_there_is_no_vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_VAULT_KEY", "ab" * 32)
    with pytest.raises(VaultMissing):
        Vault.open(tmp_path / "none.db", "env:SOME_VAULT_KEY")
    assert not (tmp_path / "none.db").exists()
    for url in ("mysql://localhost/x", "sqlite://", "no url at all://"):
        with pytest.raises(DatabaseRefused):
            Vault.create(url, "env:SOME_VAULT_KEY", NOW)


def test_dataset_from_open_to_destroyed(vault: Vault, place: str, key: str) -> None:
    assert vault.dataset_state("d") == "absent"
    vault.dataset_wrap_key("d", NOW)
    assert vault.dataset_state("d") == "open"
    keys = {"data/00000.djf": os.urandom(32), "data/00001.djf": os.urandom(32)}
    vault.seal_dataset("d", keys, NOW)
    vault.seal_dataset("d", keys, NOW)
    assert vault.dataset_state("d") == "sealed"
    assert Vault.open(place, key).file_keys("d") == keys
    with pytest.raises(DatasetSealed):
        vault.dataset_wrap_key("d", NOW)
    with pytest.raises(DatasetSealed):
        vault.seal_dataset("d", keys | {"data/00002.djf": os.urandom(32)}, NOW)

    vault.destroy_file_keys("d", ["data/00001.djf"], "withdrawal", NOW)
    vault.destroy_file_keys("d", ["data/00001.djf"], "withdrawal", NOW)
    assert set(vault.file_keys("d")) == {"data/00000.djf"}
    vault.seal_dataset("d", keys, NOW)  # a driver that crashed after sealing must not bring the key back
    assert set(vault.file_keys("d")) == {"data/00000.djf"}

    vault.destroy_dataset("d", "retention", NOW)
    vault.destroy_dataset("d", "retention", NOW)
    assert vault.dataset_state("d") == "destroyed"
    for act in (
        lambda: vault.file_keys("d"),
        lambda: vault.dataset_wrap_key("d", NOW),
        lambda: vault.seal_dataset("d", keys, NOW),
    ):
        with pytest.raises(DatasetDestroyed):
            act()
    assert [(d.kind, d.target, d.reason) for d in vault.destructions()] == [
        ("dataset", "d", "retention"),
        ("file", "d/data/00001.djf", "withdrawal"),
    ]


def test_subjects_are_random_stable_and_forgettable(vault: Vault, place: str, key: str) -> None:
    tokens = [vault.subject_token("forum", f"user-{i}") for i in range(30)]
    ids = vault.ensure_subjects(tokens + tokens)
    assert set(ids) == set(tokens)
    assert len(set(ids.values())) == 30
    assert all(len(i) == 16 for i in ids.values())
    assert Vault.open(place, key).ensure_subjects(tokens[:5]) == {t: ids[t] for t in tokens[:5]}
    assert dict(vault.subjects.all()) == ids
    vault.forget_subject(tokens[0], "withdrawal", NOW)
    vault.forget_subject(tokens[0], "withdrawal", NOW)
    assert vault.subject_ids(tokens) == {t: ids[t] for t in tokens[1:]}
    assert vault.ensure_subjects(tokens[:1])[tokens[0]] != ids[tokens[0]]


def test_subject_token_keeps_sources_apart_and_takes_any_text(vault: Vault) -> None:
    hostile = ["'; DROP TABLE vault_subject;--", "<script>", "\0", "가" * 10_000, "\ud800", ""]
    tokens = {vault.subject_token(s, p) for s in ("a", "b") for p in hostile}
    assert len(tokens) == 2 * len(hostile)
    assert len(vault.ensure_subjects(tokens)) == len(tokens)


def test_destroyed_bytes_leave_the_sqlite_files(tmp_path: Path) -> None:
    import sqlite3

    folder = tmp_path / "vault"
    vault = Vault.create(folder / "vault.db", f"file:{tmp_path}/v.key", NOW)
    vault.seal_dataset("d", {f"f{i}": os.urandom(32) for i in range(300)}, NOW)
    tokens = [vault.subject_token("s", str(i)) for i in range(300)]
    vault.ensure_subjects(tokens)
    ref = vault.personal.add("guardian", {"name": "아무개"}, NOW)

    def blobs(query: str) -> list[bytes]:
        connection = sqlite3.connect(folder / "vault.db")
        try:
            return [row[0] for row in connection.execute(query)]
        finally:
            connection.close()

    doomed = blobs("SELECT sealed FROM vault_file_key WHERE file_id < 'f2'") + blobs(
        "SELECT sealed FROM vault_personal"
    )
    doomed += blobs("SELECT sealed_key FROM vault_subject WHERE token = x'" + tokens[7].hex() + "'")
    assert len(doomed) > 100
    before = everything(folder)
    assert all(blob in before for blob in doomed)
    reader = sqlite3.connect(folder / "vault.db")  # an idle reader keeps the write-ahead log alive
    reader.execute("SELECT 1 FROM vault_meta").fetchall()
    vault.destroy_file_keys("d", [f"f{i}" for i in range(300) if f"f{i}" < "f2"], "withdrawal", NOW)
    vault.forget_subject(tokens[7], "withdrawal", NOW)
    vault.personal.destroy([ref], "retention", NOW)
    after = everything(folder)
    reader.close()
    assert not any(blob in after for blob in doomed)


def test_no_raw_value_lies_in_the_files_or_shows(tmp_path: Path) -> None:
    folder = tmp_path / "vault"
    vault = Vault.create(folder / "vault.db", f"file:{tmp_path}/v.key", NOW)
    canaries = ["canary-provider-7731", "카나리아보호자", "010-7731-7731", "10.77.31.1"]
    vault.ensure_subjects([vault.subject_token("s", canaries[0])])
    ref = vault.personal.add("guardian", {"name": canaries[1], "phone": canaries[2]}, NOW)
    vault.access_log.add(ref, NOW, canaries[3], "ab" * 16, "export")
    wrap = vault.dataset_wrap_key("d", NOW)
    salt = vault.release_salt("r@1")
    held = everything(folder)
    for secret in [c.encode() for c in canaries] + [wrap, salt, vault.project_key]:
        assert secret not in held
    assert repr(vault) == "Vault()"
    assert vault.project_key.hex() not in repr(vars(vault))
    with pytest.raises(TypeError):
        pickle.dumps(vault)
    assert vault.personal.get(ref) == {"name": canaries[1], "phone": canaries[2]}


def test_personal_records_share_refs_and_end_with_their_retention(vault: Vault) -> None:
    until = dt.date(2029, 1, 1)
    refs = vault.personal.ensure("guardian", [{"name": "가"}, {"name": "나"}, {"name": "가"}], NOW, until)
    assert refs[0] == refs[2] != refs[1]
    assert vault.personal.add("guardian", {"name": "나"}, NOW) == refs[1]
    assert vault.personal.add("staff", {"name": "나"}, NOW) != refs[1]
    assert vault.personal.due(dt.date(2029, 1, 1)) == []
    assert vault.personal.due(dt.date(2029, 1, 2)) == sorted(set(refs))
    vault.personal.destroy(refs, "retention", NOW)
    assert vault.personal.get(refs[0]) is None
    assert vault.personal.add("guardian", {"name": "가"}, NOW) != refs[0]


def test_tombstones(vault: Vault, place: str, key: str) -> None:
    empty = vault.tombstones.snapshot()
    token, document = vault.subject_token("s", "1"), os.urandom(16)
    assert not empty.has_document(document)
    assert vault.tombstones.add("document", [document, document], "withdrawal", NOW) == 1
    assert vault.tombstones.add("document", [document], "withdrawal", NOW) == 0
    vault.tombstones.add("subject", [token], "withdrawal", NOW)
    vault.tombstones.add("source", [b"news"], "licence_revoked", NOW)
    full = pickle.loads(pickle.dumps(Vault.open(place, key).tombstones.snapshot()))
    assert full.has_document(document)
    assert full.has_subject(token)
    assert full.has_source("news")
    assert not full.has_document(token)
    assert not full.has_subject(document)
    assert not full.has_source("new")
    assert len(full) == 3
    assert full.version != empty.version
    assert document not in full.documents
    shipped = tombstones_from(vault.derive("tombstone"), full.to_arrow())
    assert shipped == full
    assert shipped.version == full.version
    assert tombstones_from(vault.derive("tombstone"), empty.to_arrow()) == empty


def test_access_log_shows_edits_and_keeps_its_retention(vault: Vault) -> None:
    from sqlalchemy import text

    from governance.database import write

    days = [NOW + dt.timedelta(days=i) for i in range(5)]
    for i, day in enumerate(days):
        vault.access_log.add(f"staff-{i}", day, "10.0.0.1", "ab" * 16, "trace")
    assert [a.who for a in vault.access_log.entries(days[3])] == ["staff-3", "staff-4"]
    assert vault.access_log.first_bad() is None
    assert vault.access_log.purge(days[2]) == 2
    vault.access_log.add("staff-5", days[4], "10.0.0.1", "ab" * 16, "export")
    assert vault.access_log.first_bad() is None
    assert vault.access_log.count() == 4
    with write(vault._engine) as connection:
        connection.execute(text("DELETE FROM vault_access WHERE seq = 4"))
    assert vault.access_log.first_bad() == 5


def test_replay_destroys_again_what_an_old_copy_brought_back(tmp_path: Path) -> None:
    import shutil

    key = f"file:{tmp_path}/v.key"
    vault = Vault.create(tmp_path / "v.db", key, NOW)
    vault.seal_dataset("d", {"a": os.urandom(32), "b": os.urandom(32)}, NOW)
    vault.seal_dataset("e", {"a": os.urandom(32)}, NOW)
    token = vault.subject_token("s", "1")
    vault.ensure_subjects([token])
    ref = vault.personal.add("requester", {"name": "가"}, NOW)
    shutil.copy(tmp_path / "v.db", tmp_path / "old.db")
    vault.destroy_file_keys("d", ["a"], "withdrawal", NOW)
    vault.destroy_dataset("e", "retention", NOW)
    vault.forget_subject(token, "withdrawal", NOW)
    vault.personal.destroy([ref], "request", NOW)

    old = Vault.open(tmp_path / "old.db", key)
    assert old.subject_ids([token])
    assert old.replay(vault.destructions()) == 4
    assert old.replay(vault.destructions()) == 0
    assert set(old.file_keys("d")) == {"b"}
    assert old.dataset_state("e") == "destroyed"
    assert not old.subject_ids([token])
    assert old.personal.get(ref) is None
    assert old.destructions() == vault.destructions()


def test_network_file_systems_are_refused(tmp_path: Path) -> None:
    local = "36 25 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
    nfs = local + f"40 36 0:50 / {tmp_path} rw,relatime shared:9 - nfs4 server:/x rw\n"
    refuse_network(tmp_path / "ledger.db", local)
    with pytest.raises(NetworkFileSystem, match="nfs4"):
        refuse_network(tmp_path / "ledger.db", nfs)
    over = nfs + f"41 40 8:2 / {tmp_path}/disk rw - xfs /dev/sdb rw\n"
    refuse_network(tmp_path / "disk" / "ledger.db", over)


def test_a_subject_who_came_back_before_the_backup_survives_its_restore(tmp_path: Path) -> None:
    import shutil

    key = f"file:{tmp_path}/v.key"
    vault = Vault.create(tmp_path / "v.db", key, NOW)
    token = vault.subject_token("s", "1")
    vault.ensure_subjects([token])
    vault.forget_subject(token, "withdrawal", NOW)
    again = vault.ensure_subjects([token])
    shutil.copy(tmp_path / "v.db", tmp_path / "old.db")
    old = Vault.open(tmp_path / "old.db", key)
    assert old.replay(vault.destructions()) == 0
    assert old.subject_ids([token]) == again
    vault.forget_subject(token, "withdrawal", NOW + dt.timedelta(days=1))
    assert old.replay(vault.destructions()) == 1
    assert old.subject_ids([token]) == {}


def test_a_moved_or_edited_value_does_not_open(vault: Vault) -> None:
    from sqlalchemy import text

    from governance.database import write
    from governance.errors import VaultTampered

    vault.seal_dataset("d", {"a": os.urandom(32), "b": os.urandom(32)}, NOW)
    with write(vault._engine) as connection:
        connection.execute(
            text(
                "UPDATE vault_file_key SET sealed = (SELECT sealed FROM vault_file_key WHERE file_id = 'a') WHERE file_id = 'b'"
            )
        )
    with pytest.raises(VaultTampered):
        vault.file_keys("d")


def test_a_dataset_whose_folder_is_gone_can_be_made_anew(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "vault.db", f"file:{tmp_path / 'vault.key'}", NOW)
    first = vault.dataset_wrap_key("refine-1", NOW)
    vault.seal_dataset("refine-1", {"aa": b"k" * 32}, NOW)
    vault.reopen_dataset("refine-1", NOW)
    assert vault.dataset_state("refine-1") == "open"
    assert vault.file_keys("refine-1") == {}
    assert vault.dataset_wrap_key("refine-1", NOW) != first
    vault.seal_dataset("refine-1", {"bb": b"l" * 32}, NOW)
    assert set(vault.file_keys("refine-1")) == {"bb"}
