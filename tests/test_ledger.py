"""The ledger through its public door, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from governance.errors import (
    CountsDisagree,
    DatabaseError,
    DatabaseRefused,
    EvidenceMissing,
    LedgerConflict,
    LedgerMissing,
    LedgerVersion,
    ReleaseUnknown,
)
from governance.ledger import Ledger, ReleaseInfo, ShardInfo
from governance.ledger.migrations import HEAD
from governance.ledger.models import Base
from governance.vault import Destruction
from schemas.project import Project

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
COUNTS = {"news": {"in": 10, "kept": 5, "changed": 2, "dropped": 2, "quarantined": 1}, "forum": {"in": 0}}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def ledger(url: str) -> Ledger:
    return Ledger.open(url)


def record(ledger: Ledger, folder: str = "refine-0123456789abcdef", digest: str = "a" * 64) -> bool:
    return ledger.record_stage(
        stage="refine", folder=folder, manifest_digest=digest, counts=COUNTS, policy_digest="b" * 64, recorded_at=NOW,
        project="demo", reasons={"news": {"too_short": 2, "": 5}},
    )  # fmt: skip


def test_a_stage_is_recorded_once(ledger: Ledger, url: str) -> None:
    assert record(ledger)
    assert not record(Ledger.open(url))
    (stage,) = ledger.stages()
    assert stage.counts["news"] == COUNTS["news"]
    assert stage.counts["forum"] == dict.fromkeys(("in", "kept", "changed", "dropped", "quarantined"), 0)
    assert stage.reasons == {"news": {"too_short": 2}}
    assert ledger.stages(["other"]) == []
    with pytest.raises(LedgerConflict):
        record(ledger, digest="c" * 64)


@pytest.mark.parametrize("field", ["in", "kept", "changed", "dropped", "quarantined"])
def test_a_stage_that_does_not_add_up_is_refused(ledger: Ledger, field: str) -> None:
    counts = {"news": COUNTS["news"] | {field: COUNTS["news"][field] + 1}}
    with pytest.raises(CountsDisagree, match="news"):
        ledger.record_stage(
            stage="refine", folder="f", manifest_digest="a", counts=counts, policy_digest="b", recorded_at=NOW
        )
    assert ledger.stages() == []


def test_every_table_refuses_update_delete_and_truncate(ledger: Ledger) -> None:
    record(ledger)
    ledger.record_policy("p", "d" * 64, "x: 1", NOW)
    tables = {t.name for t in Base.metadata.sorted_tables}
    filled = {"stage_run": "project", "stage_count": "source_id", "policy": "name"}
    for table, column in filled.items():
        for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseRefused), ledger.write() as connection:
                connection.execute(text(statement))
    with ledger.read() as connection:
        if connection.dialect.name == "sqlite":
            query = "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' GROUP BY 1"
        else:
            query = (
                "SELECT relname, count(*) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
                "WHERE NOT tgisinternal GROUP BY 1"
            )
        guarded = {name: number for name, number in connection.execute(text(query))}
    assert guarded == dict.fromkeys(tables, 2)
    if ledger.engine.dialect.name == "postgresql":
        with pytest.raises(DatabaseRefused), ledger.write() as connection:
            connection.execute(text("TRUNCATE policy"))


def test_sqlite_refuses_replace_too(tmp_path: Path) -> None:
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    ledger.record_policy("p", "d" * 64, "x: 1", NOW)
    with pytest.raises(DatabaseRefused), ledger.write() as connection:
        connection.execute(text(f"INSERT OR REPLACE INTO policy VALUES ('{'d' * 64}', 'q', 'x: 2', 't')"))


def test_migrations_make_what_the_models_say(ledger: Ledger) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with ledger.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        assert set(inspect(connection).get_table_names()) == {t.name for t in Base.metadata.sorted_tables} | {
            "alembic_version"
        }
    import governance.ledger.migrations as migrations

    assert ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head() == HEAD


def test_unknown_revisions_and_foreign_databases_are_refused(ledger: Ledger, url: str, tmp_path: Path) -> None:
    with ledger.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LedgerVersion, match="9999"):
        Ledger.open(url)
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    with pytest.raises(LedgerVersion, match="not a ledger"):
        Ledger.open(f"sqlite:///{tmp_path / 'other.db'}")
    (tmp_path / "garbage.db").write_bytes(b"this is no database at all, but long enough to look like one" * 100)
    with pytest.raises(DatabaseError):
        Ledger.open(f"sqlite:///{tmp_path / 'garbage.db'}")
    with pytest.raises(LedgerMissing):
        Ledger.open(f"sqlite:///{tmp_path / 'none.db'}", create=False)


def test_an_older_ledger_is_migrated(url: str) -> None:
    from alembic import command
    from alembic.config import Config

    import governance.ledger.migrations as migrations
    from governance.database import database_url, open_engine, write

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    with write(open_engine(database_url(url))) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    ledger = Ledger.open(url)
    assert record(ledger)
    assert (
        ledger.record_destructions([Destruction("dataset", "d", "retention", "2026-11-22T00:00:00.000000Z")], NOW) == 1
    )


def test_a_url_is_never_repeated_in_an_error(tmp_path: Path) -> None:
    secret = "canary-password-77"
    for url in (
        f"mysql://u:{secret}@h/x",
        f"postgresql://u:{secret}@127.0.0.1:1/x?connect_timeout=1",
        f"postgresql://u:{secret}@:bad/x",
    ):
        with pytest.raises(DatabaseError) as caught:
            Ledger.open(url)
        assert secret not in str(caught.value) + repr(caught.value)


def _writer(url: str, number: int) -> None:
    record(Ledger.open(url), folder=f"refine-{number % 25:016d}")
    Ledger.open(url).record_policy("p", f"{number:064d}", "x: 1", NOW)


def test_fifty_writers_lose_nothing_and_double_nothing(url: str) -> None:
    """Fifty processes open (and so migrate) one new ledger and write; each stage is written by two of them."""
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_writer, args=(url, n)) for n in range(50)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [p.exitcode for p in processes] == [0] * 50
    ledger = Ledger.open(url)
    assert sorted(s.folder for s in ledger.stages()) == [f"refine-{n:016d}" for n in range(25)]
    assert all(s.counts["news"]["in"] == 10 for s in ledger.stages())
    with ledger.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM policy")).scalar_one() == 50


def project(root: Path, **source: object) -> Project:
    base = {
        "id": "news", "provider": "언론사", "licence": {"id": "CONTRACT", "terms": "terms.txt", "expires": "2027-01-01"},
        "ground": {"id": "contract", "evidence": "file:contract.pdf"}, "paths": ["news/*.jsonl"], "format": "jsonl",
    }  # fmt: skip
    return Project.model_validate(
        {
            "damjang": 1,
            "name": "demo",
            "as_of": "2026-11-22",
            "release": {"name": "demo"},
            "sources": [base | source],
            "root": root,
        }
    )


def test_sources_are_versioned_with_the_evidence(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "terms.txt").write_text("이용 조건 1판")
    with pytest.raises(EvidenceMissing, match="ground"):
        ledger.register_sources(project(tmp_path), NOW)
    (tmp_path / "contract.pdf").write_bytes(b"%PDF contract")
    (first,) = ledger.register_sources(project(tmp_path), NOW)
    assert first.version == 1
    assert len(first.terms_sha256) == 64
    assert first.ground_evidence_sha256
    assert ledger.register_sources(project(tmp_path), NOW + dt.timedelta(days=1)) == [first]
    (tmp_path / "terms.txt").write_text("이용 조건 2판")
    (second,) = ledger.register_sources(project(tmp_path), NOW)
    assert second.version == 2
    assert second.terms_sha256 != first.terms_sha256
    (third,) = ledger.register_sources(project(tmp_path, custody="provider"), NOW)
    assert (third.version, third.custody) == (3, "provider")


RELEASE = ReleaseInfo(
    "corpus", 1, "releases/corpus@1", "a" * 64, "b" * 64, "PERSONAL", "pretraining", 3, 99, None, "proposed", "", "demo"
)
SHARDS = [
    ShardInfo("shards/a-00000.arrow", "news", "c" * 64, 2, 60),
    ShardInfo("shards/b-00000.arrow", "forum", "d" * 64, 1, 39),
]


def test_release_from_proposed_to_revoked(ledger: Ledger) -> None:
    assert ledger.record_release(RELEASE, SHARDS, NOW)
    assert not ledger.record_release(RELEASE, SHARDS, NOW)
    with pytest.raises(LedgerConflict):
        ledger.record_release(replace(RELEASE, manifest_digest="e" * 64), SHARDS, NOW)
    assert ledger.release("corpus@1").state == "proposed"
    assert ledger.release_shards("corpus@1") == SHARDS
    assert ledger.record_release_event("corpus@1", "published", NOW, evidence="f" * 64)
    assert not ledger.record_release_event("corpus@1", "published", NOW, evidence="f" * 64)
    later = NOW + dt.timedelta(days=180)
    assert ledger.record_certificate("corpus@1", "cert-1", "{}", NOW, later, NOW)
    assert not ledger.record_certificate("corpus@1", "cert-1", "{}", NOW, later, NOW)
    assert ledger.certificates("corpus@1") == [("cert-1", "{}", False)]
    assert ledger.record_revocation("cert-1", 2, "withdrawal", NOW, NOW)
    assert not ledger.record_revocation("cert-1", 3, "other", NOW, NOW)
    assert ledger.certificates("corpus@1") == [("cert-1", "{}", True)]
    ledger.record_release_event("corpus@1", "revoked", NOW, reason="withdrawal")
    assert ledger.releases("demo")[0].state == "revoked"
    assert ledger.releases("other") == []
    pull = {"cluster_id": "c1", "purpose": "pretraining", "receipt": "{}", "at": NOW, "now": NOW}
    assert ledger.record_pull("corpus@1", receipt_digest="1" * 64, **pull)
    assert not ledger.record_pull("corpus@1", receipt_digest="1" * 64, **pull)
    assert [p[0] for p in ledger.pulls("corpus@1")] == ["c1"]
    assert ledger.pulls("corpus@1", "deletion") == []
    for label in ("corpus@2", "corpus", "corpus@x", "'; DROP TABLE release;--@1", "corpus@99999999999999999999"):
        with pytest.raises(ReleaseUnknown):
            ledger.release(label)
        with pytest.raises(ReleaseUnknown):
            ledger.release_shards(label)


def test_a_failed_transaction_leaves_nothing(ledger: Ledger) -> None:
    with pytest.raises(DatabaseError):
        ledger.record_release(RELEASE, [*SHARDS, SHARDS[0]], NOW)  # the same shard twice breaks the constraint
    assert ledger.releases() == []


def test_destructions_come_back_for_the_vault(ledger: Ledger) -> None:
    entries = [
        Destruction("subject", "ab" * 16, "withdrawal", "2026-11-22T00:00:00.000000Z"),
        Destruction("file", "d/data/0.djf", "withdrawal", "2026-11-21T00:00:00.000000Z"),
    ]
    assert ledger.record_destructions(entries, NOW) == 2
    assert ledger.record_destructions(entries, NOW) == 0
    assert ledger.destructions() == entries[::-1]
