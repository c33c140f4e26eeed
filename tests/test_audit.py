"""The audit log: appending, proofs, and every way of rewriting history that an outside checkpoint must show."""

from __future__ import annotations

import hashlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from issuer_world import DAY, NOW, signer
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from damjang.certificates import merkle
from damjang.certificates.errors import Malformed
from damjang.certificates.note import Checkpoint, sign_checkpoint, verify_checkpoint
from governance.audit import AuditLog, Entry, create_tables
from governance.audit_verify import read_checkpoints, verify_log
from governance.database import database_url, open_engine, read, write
from governance.errors import AuditEntryBad, AuditError, AuditForked, AuditTruncated

ORIGIN, KEY = "damjang/test", signer("log").public


def entries(start: int, end: int) -> list[Entry]:
    return [Entry("stage", NOW + n * DAY / 1000, hashlib.sha256(str(n).encode()).digest()) for n in range(start, end)]


def make(path: Path, count: int = 0) -> AuditLog:
    engine = open_engine(database_url(path))
    create_tables(engine)
    log = AuditLog(engine, ORIGIN, signer("log"))
    if count:
        log.append(entries(0, count))
    return log


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> AuditLog:
    if request.param == "sqlite":
        return make(tmp_path / "audit.db")
    engine = open_engine(database_url(request.getfixturevalue("postgres_url")))
    create_tables(engine)
    create_tables(engine)  # again: harmless
    return AuditLog(engine, ORIGIN, signer("log"))


def test_indices_rise_and_repeats_keep_theirs(log: AuditLog) -> None:
    assert log.size() == 0
    assert log.append(entries(0, 3)) == [0, 1, 2]
    assert log.append(entries(1, 5)) == [1, 2, 3, 4]
    assert log.append([*entries(5, 6), *entries(5, 6)]) == [5, 5]
    assert log.append([]) == []
    assert log.size() == 6


@pytest.mark.parametrize("sizes", [(1, 1, 1), (255, 1, 1), (256,), (257, 700), (1000, 65)])
def test_roots_and_proofs_are_those_of_the_whole_list(log: AuditLog, sizes: tuple[int, ...]) -> None:
    total = 0
    for size in sizes:
        log.append(entries(total, total + size))
        total += size
    leaves = [merkle.leaf_hash(entry.to_bytes()) for entry in entries(0, total)]
    for size in {1, total // 2 or 1, 256 if total >= 256 else 1, total}:
        root = verify_checkpoint(log.checkpoint(size), ORIGIN, KEY).root
        assert root == merkle.root_of(leaves[:size])
        for index in {0, size // 2, size - 1}:
            merkle.verify_inclusion(index, size, leaves[index], log.inclusion(index, size), root)
        whole = merkle.root_of(leaves)
        merkle.verify_consistency(size, total, log.consistency(size, total), root, whole)


def test_tiles_of_tiles(tmp_path: Path) -> None:
    log = make(tmp_path / "audit.db", 65_536 + 300)
    leaves = [merkle.leaf_hash(entry.to_bytes()) for entry in entries(0, 65_836)]
    assert verify_checkpoint(log.checkpoint(), ORIGIN, KEY).root == merkle.root_of(leaves)
    proof = log.inclusion(300, 65_836)
    merkle.verify_inclusion(300, 65_836, leaves[300], proof, merkle.root_of(leaves))
    log.export(tmp_path / "out")
    report = verify_log(log, KEY, read_checkpoints(tmp_path / "out"), tmp_path / "out")
    assert (report.size, report.proven, report.leaves_compared) == (65_836,) * 3


@pytest.mark.parametrize("kind", ["a b", "", "A", "x\ny", "가"])
def test_no_field_can_blur_another(log: AuditLog, kind: str) -> None:
    with pytest.raises(Malformed):
        log.append([Entry(kind, NOW, bytes(32))])
    with pytest.raises(Malformed):
        log.append([Entry("stage", NOW, bytes(31))])
    assert log.size() == 0


def test_an_append_is_all_or_nothing_with_its_transaction(log: AuditLog) -> None:
    def failing() -> None:
        with write(log.engine) as connection:
            log.append(entries(0, 300), connection)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        failing()
    assert log.size() == 0
    with write(log.engine) as connection:
        assert log.append(entries(0, 2), connection) == [0, 1]


def test_many_writers_lose_nothing(log: AuditLog) -> None:
    with ThreadPoolExecutor(8) as pool:
        placed = list(pool.map(lambda n: log.append(entries(n * 10, n * 10 + 10)), range(20)))
    assert sorted(index for part in placed for index in part) == list(range(200))
    assert verify_log(log, KEY, [log.checkpoint()]).proven == 200


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET entry = 'x' WHERE idx = 1",
        "DELETE FROM audit_log WHERE idx = 1",
        "UPDATE audit_tile SET hash = hash",
        "DELETE FROM audit_tile",
    ],
)
def test_the_database_refuses_to_rewrite(log: AuditLog, statement: str) -> None:
    log.append(entries(0, 300))
    with pytest.raises(DBAPIError, match="append-only"), log.engine.begin() as connection:
        connection.execute(text(statement))


def test_the_database_refuses_the_other_ways_of_deleting(log: AuditLog) -> None:
    log.append(entries(0, 300))
    if log.engine.dialect.name == "postgresql":
        ways = ["TRUNCATE audit_log", "TRUNCATE audit_tile"]
    else:
        ways = [
            "INSERT OR REPLACE INTO audit_log VALUES (1, 'x', x'00')",
            "INSERT OR REPLACE INTO audit_log SELECT 1000, 'x', leaf FROM audit_log WHERE idx = 1",
            "INSERT OR REPLACE INTO audit_tile VALUES (1, 0, x'00')",
        ]
    for way in ways:
        with pytest.raises(DBAPIError, match="append-only"), log.engine.begin() as connection:
            connection.execute(text(way))
    assert log.size() == 300


# --- rewriting history, by somebody who can write the database file ------------------------------------------------------


def tamper(log: AuditLog, *statements: str) -> None:
    """Past the triggers, as an administrator could."""
    path = str(log.engine.url.database)
    with sqlite3.connect(path) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.create_function("leaf_of", 1, lambda entry: merkle.leaf_hash(entry.encode()))
        for statement in statements:
            connection.execute(statement)
    connection.close()


FORGE = "UPDATE audit_log SET entry = replace(entry, 'stage', 'other') WHERE idx = {0}"
REHASH = "UPDATE audit_log SET leaf = leaf_of(entry) WHERE idx = {0}"
SWAP = (
    "UPDATE audit_log SET idx = -1 WHERE idx = 100", "UPDATE audit_log SET idx = 100 WHERE idx = 500",
    "UPDATE audit_log SET idx = 500 WHERE idx = -1",
)  # fmt: skip
INSERTED = (
    "UPDATE audit_log SET idx = -idx - 1 WHERE idx >= 700", "UPDATE audit_log SET idx = -idx WHERE idx < 0",
    "INSERT INTO audit_log VALUES (700, 'x', leaf_of('x'))",
)  # fmt: skip


@pytest.fixture
def exported(tmp_path: Path) -> AuditLog:
    """A log of 1,000 entries with checkpoints of 400 and 1,000 outside."""
    log = make(tmp_path / "audit.db", 400)
    log.export(tmp_path / "outside")
    log.append(entries(400, 1000))
    log.export(tmp_path / "outside")
    return log


def test_an_honest_log_verifies(exported: AuditLog, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    exported.append(entries(1000, 1010))
    report = verify_log(exported, KEY, read_checkpoints(outside), outside)
    assert (report.size, report.proven, report.checkpoints, report.leaves_compared) == (1010, 1000, 2, 1000)


@pytest.mark.parametrize(
    ("attack", "with_leaves", "without"),
    [
        ([FORGE.format(500)], 500, 500),
        ([FORGE.format(500), REHASH.format(500)], 500, 400),  # between the checkpoints of 400 and 1,000
        ([FORGE.format(3), REHASH.format(3)], 3, 0),
        (["DELETE FROM audit_log WHERE idx = 700"], 700, 700),
        (["DELETE FROM audit_log WHERE idx = 0"], 0, 0),
        (["DELETE FROM audit_log WHERE idx >= 950"], 950, 950),
        (["DELETE FROM audit_log"], 0, 0),
        (SWAP, 100, 0),
        (INSERTED, 700, 400),
        (["INSERT INTO audit_log VALUES (-1, 'x', leaf_of('x'))"], 0, 0),
    ],
)
@pytest.mark.parametrize("leaves", [True, False])
def test_the_first_bad_entry_is_named(
    exported: AuditLog, tmp_path: Path, attack: list[str], with_leaves: int, without: int, leaves: bool
) -> None:
    tamper(exported, *attack)
    outside = tmp_path / "outside"
    with pytest.raises(AuditEntryBad) as found:
        verify_log(exported, KEY, read_checkpoints(outside), outside if leaves else None)
    assert found.value.index == (with_leaves if leaves else without)


def test_a_ledger_restored_with_its_own_checkpoint_is_found_by_the_one_outside(
    exported: AuditLog, tmp_path: Path
) -> None:
    old = make(tmp_path / "backup.db", 400)
    own = old.checkpoint()
    assert verify_log(old, KEY, [own]).proven == 400  # it agrees with itself
    with pytest.raises(AuditTruncated) as found:
        verify_log(old, KEY, [own, *read_checkpoints(tmp_path / "outside")])
    assert found.value.index == 400
    with pytest.raises(AuditTruncated):
        old.export(tmp_path / "outside")


def test_a_rebuilt_log_under_the_true_key_is_found(exported: AuditLog, tmp_path: Path) -> None:
    other = make(tmp_path / "other.db")
    other.append(entries(1, 1001))
    notes = read_checkpoints(tmp_path / "outside")
    with pytest.raises(AuditEntryBad):
        verify_log(other, KEY, notes)
    with pytest.raises(AuditForked):
        verify_log(exported, KEY, [*notes, other.checkpoint()])


def test_a_checkpoint_by_another_key_or_log_proves_nothing(exported: AuditLog) -> None:
    forged = sign_checkpoint(Checkpoint(ORIGIN, 1000, bytes(32)), signer("thief"))
    for notes in ([forged], [], [sign_checkpoint(Checkpoint("damjang/other", 1, bytes(32)), signer("log"))]):
        with pytest.raises(AuditError):
            verify_log(exported, KEY, notes)


def test_wrong_stored_hashes_are_told_from_wrong_history(exported: AuditLog, tmp_path: Path) -> None:
    tamper(exported, "UPDATE audit_tile SET hash = zeroblob(32) WHERE level = 1 AND idx = 1")
    with pytest.raises(AuditError, match="256 to 511") as found:
        verify_log(exported, KEY, read_checkpoints(tmp_path / "outside"))
    assert not isinstance(found.value, AuditEntryBad)


def test_an_empty_log_has_a_checkpoint(log: AuditLog) -> None:
    assert verify_log(log, KEY, [log.checkpoint()]).proven == 0


def test_without_the_key_there_is_no_checkpoint(log: AuditLog) -> None:
    with pytest.raises(AuditError):
        AuditLog(log.engine, ORIGIN).checkpoint()


def test_only_commitments_are_in_the_log(log: AuditLog) -> None:
    log.append(entries(0, 5))
    with read(log.engine) as connection:
        for (entry,) in connection.execute(text("SELECT entry FROM audit_log")):
            version, kind, at, committed = entry.removesuffix("\n").split(" ")
            assert (version, kind, at[-1], len(bytes.fromhex(committed))) == ("damjang-audit/v1", "stage", "Z", 32)
