"""`damjang status` for an officer: open and late requests, and copies of withdrawn documents that wait for a decision."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from officer_kit import asked, office, told

from governance.ledger import Ledger
from governance.vault.tombstones import HELD, Mark

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def mark(number: int, action: str, reason: str = HELD) -> Mark:
    return Mark("document", bytes([number]) * 16, action, reason, NOW.isoformat())


def test_what_waits_and_what_is_late_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = office(tmp_path / "p")
    found = asked(capsys, project, "status")
    assert (found["held"], found["requests_open"], found["requests_late"]) == (0, 0, [])
    for days in (0, 30):
        at = (dt.datetime.now(dt.UTC) - dt.timedelta(days=days)).isoformat()
        asked(
            capsys, project, "requests", "receive", "access", "--source", "forum", "--subject", "user-1",
            "--received", at,
        )  # fmt: skip
    ledger = Ledger.open("sqlite:///ledger.db", tmp_path / "p")
    ledger.record_tombstone_marks([mark(1, "set"), mark(2, "set"), mark(3, "set", "withdrawal")], NOW)
    ledger.record_tombstone_marks([mark(2, "lifted")], NOW)
    found = asked(capsys, project, "status")
    assert (found["held"], found["requests_open"], len(found["requests_late"])) == (1, 2, 1)
    shown = told(capsys, project, "status").out
    assert "판단 대기 (held) 1건" in shown
    assert "처리 중인 요구 (open requests) 2건, 기한 경과 (late) 1건" in shown
