"""A witness cosigns only what extends what it saw."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from issuer_world import DAY, NOW, signer

from damjang.certificates.note import verify_cosignature
from governance.audit import AuditLog, Entry, create_tables
from governance.audit_verify import read_checkpoints, require_witnesses, verify_log
from governance.database import database_url, open_engine
from governance.errors import AuditEntryBad, AuditError, AuditForked, AuditTruncated
from governance.witness import witness

ORIGIN, NAME = "damjang/test", "witness/busan"


def make(path: Path, start: int, end: int) -> AuditLog:
    engine = open_engine(database_url(path))
    create_tables(engine)
    log = AuditLog(engine, ORIGIN, signer("log"))
    log.append([Entry("stage", NOW, hashlib.sha256(str(n).encode()).digest()) for n in range(start, end)])
    return log


def see(folder: Path, **changes: object) -> int:
    asked: dict[str, object] = {"key": signer("log").public, "now": NOW + DAY}
    asked |= changes
    return witness(
        folder / "exports", folder / "memory", ORIGIN, name=NAME, signer=signer("witness"), **asked  # type: ignore[arg-type]
    ).size  # fmt: skip


def test_growth_is_cosigned_and_still_verifies(tmp_path: Path) -> None:
    log = make(tmp_path / "a.db", 0, 300)
    for size in (300, 300, 500):
        make(tmp_path / "a.db", 0, size).export(tmp_path / "exports")
        assert see(tmp_path) == size
    notes = read_checkpoints(tmp_path / "exports")
    assert [verify_cosignature(note, NAME, signer("witness").public) for note in notes] == [NOW + DAY] * 2
    assert notes[-1].count("— ".encode()) == 2  # cosigned once
    assert verify_log(log, signer("log").public, notes, tmp_path / "exports").proven == 500


def test_a_verifier_asks_for_its_witnesses_on_the_newest_checkpoint(tmp_path: Path) -> None:
    make(tmp_path / "a.db", 0, 300).export(tmp_path / "exports")
    see(tmp_path)
    mine = {NAME: signer("witness").public}
    require_witnesses(read_checkpoints(tmp_path / "exports"), mine)
    require_witnesses(read_checkpoints(tmp_path / "exports"), {})
    for other in ({NAME: signer("thief").public}, {"witness/seoul": signer("witness").public}):
        with pytest.raises(AuditError, match="did not cosign"):
            require_witnesses(read_checkpoints(tmp_path / "exports"), mine | other)
    make(tmp_path / "a.db", 0, 301).export(tmp_path / "exports")  # grew, and the witness was not asked
    with pytest.raises(AuditError, match="did not cosign"):
        require_witnesses(read_checkpoints(tmp_path / "exports"), mine)


def test_a_cut_log_is_not_cosigned(tmp_path: Path) -> None:
    make(tmp_path / "a.db", 0, 300).export(tmp_path / "exports")
    see(tmp_path)
    (tmp_path / "exports").rename(tmp_path / "gone")
    make(tmp_path / "b.db", 0, 200).export(tmp_path / "exports")
    with pytest.raises(AuditTruncated):
        see(tmp_path)


def test_a_rewritten_log_is_not_cosigned(tmp_path: Path) -> None:
    make(tmp_path / "a.db", 0, 300).export(tmp_path / "exports")
    see(tmp_path)
    (tmp_path / "exports").rename(tmp_path / "gone")
    make(tmp_path / "b.db", 1, 400).export(tmp_path / "exports")
    with pytest.raises(AuditForked):
        see(tmp_path)


def test_leaves_that_are_not_the_checkpoints_are_refused(tmp_path: Path) -> None:
    make(tmp_path / "a.db", 0, 300).export(tmp_path / "exports")
    leaves = tmp_path / "exports" / "leaves"
    data = leaves.read_bytes()
    leaves.write_bytes(data[:-32])
    with pytest.raises(AuditTruncated):
        see(tmp_path)
    leaves.write_bytes(data[32:] + data[:32])
    with pytest.raises(AuditEntryBad):
        see(tmp_path)


def test_another_logs_key_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "a.db", 0, 3).export(tmp_path / "exports")
    with pytest.raises(AuditError):
        see(tmp_path, key=signer("other").public)
