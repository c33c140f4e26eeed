"""A ledger in PostgreSQL is backed up into a SQLite ledger and restored into an empty database, by command."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_kit import call
from officer_kit import GOOD, office, write_csv
from sqlalchemy import select

from damjang.certificates.reader import load_root
from damjang.certificates.signers import signer_from_uri
from governance.audit import ENTRIES, AuditLog, Entry, create_tables
from governance.consents import import_consents
from governance.ledger import Ledger
from governance.ledger.backup import back_up_server, restore_server
from governance.ledger.models import Base
from governance.vault import Vault

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
pytestmark = pytest.mark.postgres


def rows(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    with ledger.read() as connection:
        found = {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in Base.metadata.sorted_tables
        }
        found["audit_log"] = [tuple(row) for row in connection.execute(select(ENTRIES).order_by(ENTRIES.c.idx))]
    return {name: sorted(values, key=repr) for name, values in found.items()}


def test_backup_and_restore_by_command(
    tmp_path: Path, new_postgres: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    project, url = office(tmp_path / "p"), new_postgres()
    text = project.read_text("utf-8")
    project.write_text(text + f"ledger: {url}\n", encoding="utf-8")
    ledger, vault = (
        Ledger.open(url),
        Vault.open(tmp_path / "p/vault/vault.db", f"file:{tmp_path / 'p/vault/vault.key'}"),
    )
    people = [{**GOOD, "subject": f"user-{number}"} for number in range(3)]
    import_consents(ledger, vault, write_csv(tmp_path / "c.csv", people), NOW)
    create_tables(ledger.engine)
    root = load_root(tmp_path / "p" / "trust" / "root.json")
    log = AuditLog(ledger.engine, root.log_origin, signer_from_uri("file:keys/log.key", tmp_path / "p"))
    log.append([Entry("stage", NOW, number.to_bytes(32, "big")) for number in range(300)])
    log.export(tmp_path / "outside")
    told = call(capsys, "ledger", "backup", tmp_path / "l.bak", "--project", project, "--json")
    assert told.code == 0, told.err
    assert (tmp_path / "l.bak").stat().st_mode & 0o777 == 0o600
    assert rows(Ledger.open(tmp_path / "l.bak")) == rows(ledger)
    assert call(capsys, "ledger", "backup", tmp_path / "l.bak", "--project", project).code != 0

    restore = ("ledger", "restore", tmp_path / "l.bak", "--checkpoint", tmp_path / "outside", "--project", project)
    assert "there is a ledger" in call(capsys, *restore).one_error()
    other = new_postgres()
    project.write_text(text + f"ledger: {other}\n", encoding="utf-8")
    whole = call(capsys, *restore, "--json")
    assert whole.code == 0, whole.err
    assert json.loads(whole.out)["proven"] == 300
    back = Ledger.open(other)
    assert rows(back) == rows(ledger)
    back.record_policy("next", "e" * 64, "x: 1", NOW)
    import_consents(back, vault, write_csv(tmp_path / "d.csv", [{**GOOD, "subject": "user-9"}]), NOW)  # a new number
    assert not list((tmp_path / "p" / "out").glob(".ledger.restoring*"))


def test_a_crash_while_restoring_leaves_an_empty_database(
    tmp_path: Path, new_postgres: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from governance.ledger import backup

    ledger = Ledger.open(new_postgres())
    ledger.record_policy("p", "d" * 64, "x: 1", NOW)
    back_up_server(ledger, tmp_path / "l.bak")
    other = new_postgres()
    with monkeypatch.context() as patch:
        patch.setattr(backup, "_continue_numbers", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            restore_server(tmp_path / "l.bak", other, tmp_path / "s", (), (), NOW)
    restored = restore_server(tmp_path / "l.bak", other, tmp_path / "s", (), (), NOW)
    with restored.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM policy").scalar_one() == 1
    assert not list(tmp_path.glob("s*"))
