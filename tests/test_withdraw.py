"""`damjang withdraw`, from the request to the proof: exactly the person's rows go, and nothing brings them back."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import road_kit

from damjang.certificates.difference import verify_difference
from damjang.certificates.errors import Malformed, TrustError
from damjang.certificates.reader import load_root
from damjang.certificates.receipt import Cluster, Receipt
from damjang.certificates.signers import signer_from_uri
from governance.keys import new_key
from governance.lineage import Lineage
from governance.trace_index import index_name
from governance.vault import Vault

VERIFIED = ("--execute", "--verified-by", "id_card", "--actor", "staff-7", "--json")
Rows = dict[str, list[tuple[bytes, str]]]


@dataclass(frozen=True)
class World:
    """A project after its first run, and somebody in it whose documents all ship."""

    project: Path
    person: str
    documents: tuple[str, ...]
    rows: Rows
    shards: dict[str, str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("withdraw") / "base"
    project = road_kit.demo_project(folder, 300)
    text = project.read_text(encoding="utf-8").replace("shard_bytes: 128KiB", "shard_bytes: 32KiB")
    project.write_text(text, encoding="utf-8")
    assert road_kit.run(project, "--workers", "1")["release"] == "demo-ko@1"
    person, documents = somebody(project)
    return World(project, person, documents, rows_of(project, "demo-ko@1"), road_kit.shards(project))


@pytest.fixture(scope="module")
def done(world: World) -> Path:
    """A copy in which the person has withdrawn."""
    project = copy_of(world, "done")
    pulled(project, "seoul-1", enrol=True)
    pulled(project, "nowhere-1", enrol=False)
    told = withdraw(project, "--subject", world.person, "--source", "forum", *VERIFIED)
    assert [(one["release"], one["clusters"]) for one in told["done"]] == [("demo-ko@2", ["seoul-1"])]
    return project


def pulled(project: Path, name: str, *, enrol: bool, release: str = "demo-ko@1", action: str = "pulled") -> None:
    """A signed receipt of a release where clusters leave theirs; `deleted` comes a day after `pulled`."""
    root, at = project.parent, dt.datetime(2026, 11, 20 if action == "pulled" else 21, tzinfo=dt.UTC)
    path = root / "keys" / f"{name}.key"
    key = signer_from_uri(f"file:{path}") if path.exists() else new_key(path, name, "cluster", at)
    cluster = Cluster(name, "demo", "KR", key.public)
    if enrol:
        line = f"  - {{id: {name}, operator: demo, country: KR, key: {key.public.raw.hex()}}}\n"
        file = root / "clusters.yaml"
        enrolled = file.read_text(encoding="utf-8") if file.exists() else "clusters:\n"
        file.write_text(enrolled + line, encoding="utf-8")
    receipt = Receipt(
        action=action, release=release, certificate="1" * 64, root="2" * 64, root_id="3" * 32, cluster=cluster,
        purpose="pretraining", obligations=(), at=at, revocation_version=1, rows=1, size=1,
    )  # fmt: skip
    (root / "out" / "receipts").mkdir(exist_ok=True)
    signed = receipt.sign(signer_from_uri(f"file:{path}"))
    (root / "out" / "receipts" / f"{name}-{action}.json").write_bytes(signed)


def copy_of(world: World, name: str) -> Path:
    folder = world.project.parent.parent / name
    shutil.copytree(world.project.parent, folder)
    return folder / "project.yaml"


def lineage_of(project: Path) -> Lineage:
    return Lineage(project.parent / "out", vault_of(project))


def vault_of(project: Path) -> Vault:
    return Vault.open(project.parent / "vault" / "vault.db", f"file:{project.parent / 'vault' / 'vault.key'}")


def somebody(project: Path) -> tuple[str, tuple[str, ...]]:
    """The first author, by id, with two documents or more, all shipped, none a duplicate of another."""
    lineage = lineage_of(project)
    near = set()
    for part in lineage.manifest("dedup")["parts"]:
        with lineage.open("dedup", part["files"]["edges"]) as file:
            for row in file.table().to_pylist():
                near |= {row["document_id"].hex(), row["survivor_id"].hex()}
    authors = set()
    for path in (project.parent / "corpus" / "forum").glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                authors.add(str(json.loads(line)["author"]))
            except (ValueError, KeyError, TypeError):
                continue
    for author in sorted(authors):
        documents = lineage.documents_of_subject("forum", author)
        if len(documents) > 1 and not near & set(documents):
            shards = {lineage.story(document).shard for document in documents}
            if "" not in shards:
                return author, tuple(documents)
    raise AssertionError("the demo corpus has nobody to withdraw")


def withdraw(project: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
    made = road_kit.command("withdraw", "--project", str(project), *arguments)
    assert made.returncode == code, made.stdout + made.stderr
    return json.loads(made.stdout) if made.stdout.startswith("{") else {"said": made.stdout + made.stderr}


def rows_of(project: Path, release: str) -> Rows:
    found: Rows = {}
    for shard, _, values in road_kit.released_rows(project, release):
        found.setdefault(shard, []).append((values["row_id"], values["text"]))
    return found


def proof_of(project: Path) -> Path:
    [path] = (project.parent / "out" / "withdrawals").glob("*/proof.json")
    return path


def test_the_dry_run_counts_and_changes_nothing(world: World) -> None:
    before = road_kit.tree(world.project.parent / "out")
    told = withdraw(world.project, "--subject", world.person, "--source", "forum", "--json")
    [plan] = told["plans"]
    assert (plan["documents"], plan["rows"]) == (len(world.documents), len(world.documents))
    assert plan["release_labels"] == ["demo-ko@1"]
    assert plan["staged_bytes"] > plan["staged_files"] > 0
    assert world.person not in json.dumps(told)
    after = road_kit.tree(world.project.parent / "out")
    assert {path: value for path, value in after.items() if path != ".lock"} == {
        path: value for path, value in before.items() if path != ".lock"
    }


def test_a_run_leaves_an_index_and_openlineage_events(world: World, done: Path) -> None:
    assert lineage_of(world.project).index is not None
    assert lineage_of(done).index is not None
    assert index_name(lineage_of(done)) != index_name(lineage_of(world.project))
    events = (world.project.parent / "out" / "runs" / "openlineage.jsonl").read_text(encoding="utf-8").splitlines()
    told = [(json.loads(event)["job"]["name"], json.loads(event)["eventType"]) for event in events]
    stages = ("ingest", "refine", "dedup", "anonymize", "assemble", "validate")
    assert told == [(stage, kind) for stage in stages for kind in ("START", "COMPLETE")]


def test_exactly_the_rows_are_gone(world: World, done: Path) -> None:
    lineage = lineage_of(world.project)
    gone = {bytes.fromhex(lineage.story(document).row_id) for document in world.documents}
    new = rows_of(done, "demo-ko@2")
    assert {shard: [row for row in rows if row[0] not in gone] for shard, rows in world.rows.items()} == new
    assert sum(map(len, world.rows.values())) - sum(map(len, new.values())) == len(gone) == len(world.documents)


def test_untouched_shards_keep_their_bytes(world: World, done: Path) -> None:
    lineage = lineage_of(world.project)
    touched = {Path(lineage.story(document).shard).name for document in world.documents}
    new = road_kit.shards(done)
    assert {name for name, digest in world.shards.items() if new[name] != digest} == touched
    assert len(touched) < len(world.shards)


def test_the_proof_verifies_and_no_byte_of_it_can_change(world: World, done: Path) -> None:
    root = load_root(done.parent / "trust" / "root.json")
    data = proof_of(done).read_bytes()
    proved = verify_difference(data, root)
    assert proved.rows == len(world.documents)
    assert (proved.old.statement.release, proved.new.statement.release) == ("demo-ko@1", "demo-ko@2")
    for at in range(0, len(data), max(1, len(data) // 150)):
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises((TrustError, Malformed)):
            verify_difference(bytes(changed), root)


def test_the_old_release_is_revoked_and_the_new_verifies(done: Path) -> None:
    releases, trust = done.parent / "out" / "releases", str(done.parent / "trust" / "root.json")
    old = road_kit.command("verify", str(releases / "demo-ko@1"), "--trust", trust)
    assert (old.returncode, "revoked" in old.stderr, "demo-ko@2" in old.stderr) == (1, True, True)
    new = road_kit.command("verify", str(releases / "demo-ko@2"), "--trust", trust)
    assert new.returncode == 0, new.stderr
    assert sorted(path.name for path in (releases / "demo-ko@1").iterdir()) == [
        "certificate.dsse.json", "log", "manifest.json",
    ]  # fmt: skip


def test_what_was_withdrawn_is_shown_destroyed(world: World, done: Path) -> None:
    lineage = lineage_of(done)
    assert {lineage.story(document).fate for document in world.documents} == {"destroyed"}
    assert lineage.documents_of_subject("forum", world.person) == []
    assert lineage.story(lineage.any_shipped()).fate == "shipped"


def test_no_old_key_opens_and_no_new_file_holds_the_documents(world: World, done: Path) -> None:
    before, after = lineage_of(world.project), lineage_of(done)
    old_vault, new_vault = vault_of(world.project), vault_of(done)
    wanted = {bytes.fromhex(document) for document in world.documents}
    held = 0
    for stage in ("ingest", "refine", "dedup", "anonymize"):
        folder = before.latest["folders"][stage]
        lost = set(old_vault.file_keys(folder)) - set(new_vault.file_keys(folder))
        for was, now in zip(before.manifest(stage)["parts"], after.manifest(stage)["parts"], strict=True):
            for kind in ("data", "subjects", "spans", "scores"):
                if kind not in was["files"]:
                    continue
                with before.open(stage, was["files"][kind]) as file:
                    had = wanted & set(file.table()["document_id"].to_pylist())
                with after.open(stage, now["files"][kind]) as file:
                    has = wanted & set(file.table()["document_id"].to_pylist())
                assert not has
                held += len(had)
                assert not had or was["files"][kind]["file_id"] in lost
                path = done.parent / "out" / "stages" / folder / was["files"][kind]["path"]
                assert path.exists() == (was["files"][kind]["file_id"] not in lost)
    assert held >= len(wanted) * 5


def test_the_provider_id_is_nowhere(world: World, done: Path) -> None:
    needle = world.person.encode()
    files = [path for path in (done.parent / "out").rglob("*") if path.is_file()]
    files += [done.parent / "ledger.db", *done.parent.glob("ledger.db-*"), *(done.parent / "vault").glob("vault.db*")]
    assert [path.name for path in files if needle in path.read_bytes()] == []


def test_the_tombstone_holds_on_the_next_run(world: World, done: Path, tmp_path: Path) -> None:
    """Same shards and consents: the superseding release stays the newest; the input still holds the documents."""
    folder = tmp_path / "next"
    shutil.copytree(done.parent, folder)
    project = folder / "project.yaml"
    made = road_kit.run(project, "--workers", "1")
    assert made["release"] == "demo-ko@2"
    assert rows_of(project, "demo-ko@2") == rows_of(done, "demo-ko@2")
    lineage = lineage_of(project)
    for document in world.documents:
        story = lineage.story(document)
        assert story.fate == "destroyed"
        assert [(event.action, event.reason) for event in story.events] == [("dropped", "tombstone")]


def test_twice_makes_no_second_version_and_the_unknown_leave_a_tombstone(
    world: World, done: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "again"
    shutil.copytree(done.parent, folder)
    project = folder / "project.yaml"
    again = withdraw(project, "--subject", world.person, "--source", "forum", *VERIFIED)
    assert [(one["release"], one["ended"]) for one in again["done"]] == [("", [])]
    unknown = "nobody'; DROP TABLE request;--<b>"
    marks = len(vault_of(project).tombstones.snapshot())
    told = withdraw(project, "--subject", unknown, "--source", "forum", *VERIFIED)
    assert [one["release"] for one in told["done"]] == [""]
    vault = vault_of(project)
    assert vault.tombstones.snapshot().has_subject(vault.subject_token("forum", unknown))
    assert len(vault.tombstones.snapshot()) == marks + 1
    assert sorted(path.name for path in (folder / "out" / "releases").glob("demo-ko@*")) == ["demo-ko@1", "demo-ko@2"]


def test_without_a_verification_nothing_is_done(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "unverified"
    shutil.copytree(world.project.parent, folder)
    project = folder / "project.yaml"
    asked = ("--subject", world.person, "--source", "forum", "--execute", "--json")
    told = withdraw(project, *asked, "--received", "2026-01-01T00:00:00+09:00", code=1)
    assert (told["done"], len(told["unverified"])) == ([], 1)
    assert len(vault_of(project).tombstones.snapshot()) == 0
    listed = json.loads(road_kit.command("requests", "--project", str(project), "--json").stdout)
    assert listed["late"] == 1
    [one] = listed["requests"]
    assert (one["kind"], one["state"], one["late"]) == ("withdraw", "received", "act+answer")
    assert one["act_by"] == "2026-01-07T00:00:00+09:00"  # the day of receipt is not counted


POINTS = ("begin", "_hold", "rewrite_release", "carry_validation", "propose_release", "record_release", "sign_demo",
          "supersede", "_prove", "_revoke", "rewrite_staged", "sealed_files", "_end", "_follow", "drop_old_files", "complete")  # fmt: skip
KILLED = """
import os, signal, sys
point = sys.argv.pop(1)
from governance import withdrawal
from pipelines import superseding, withdrawing
room = next(room for room in (withdrawal, withdrawing, superseding) if hasattr(room, point))
real = getattr(room, point)
def then_die(*given, **named):
    real(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(room, point, then_die)
from damjang.cli.main import main
main()
"""


def test_killed_after_any_step_the_same_command_finishes(world: World, done: Path) -> None:
    project = copy_of(world, "killed")
    command = ("withdraw", "--project", str(project), "--subject", world.person, "--source", "forum", *VERIFIED)
    for point in POINTS:
        died = subprocess.run(
            [sys.executable, "-c", KILLED, point, *command],
            capture_output=True, text=True, timeout=120, check=False, cwd=road_kit.ROOT,
        )  # fmt: skip
        assert died.returncode == -signal.SIGKILL, f"{point}: {died.stdout}{died.stderr}"
    told = withdraw(project, "--subject", world.person, "--source", "forum", *VERIFIED)
    assert len(told["done"]) == 1
    assert road_kit.shards(project) == road_kit.shards(done)
    assert verify_difference(proof_of(project).read_bytes(), load_root(project.parent / "trust" / "root.json"))
    assert sorted(path.name for path in (project.parent / "out" / "releases").glob("demo-ko@*")) == [
        "demo-ko@1", "demo-ko@2",
    ]  # fmt: skip
    for name in ("release", "release_event", "destruction", "certificate_revocation"):
        assert counted(project, name) == counted(done, name), name
    assert len(vault_of(project).tombstones.snapshot()) == len(vault_of(done).tombstones.snapshot())
    assert lineage_of(project).story(world.documents[0]).fate == "destroyed"


def counted(project: Path, table: str) -> int:
    with sqlite3.connect(project.parent / "ledger.db") as ledger:
        return int(ledger.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
