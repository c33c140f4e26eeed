"""One person in two release names, one of which builds on the other: each is superseded, and every holder is told."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import road_kit
import small_project
from test_incremental import ALARM, project_file
from test_withdraw import KILLED, VERIFIED, counted, pulled, withdraw

from damjang.certificates.difference import verify_difference
from damjang.certificates.reader import load_root, verify_directory
from governance.recalls import holders

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

RELEASES = ("first@2", "second@2")


def write(folder: Path, first: int, count: int) -> None:
    """Records of twenty authors."""
    dice = random.Random(first)
    folder.mkdir()
    for part in range(2):
        numbers = range(first + part, first + count, 2)
        texts = (" ".join(small_project.sentence(dice, number) for _ in range(8)) for number in numbers)
        rows = ({"id": f"n{n}", "author": f"author-{n % 20}", "text": t} for n, t in zip(numbers, texts, strict=True))
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / f"{part}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """first@1 and second@1, which builds on it; one cluster holds each."""
    folder = road_kit.found(tmp_path_factory.mktemp("many") / "base")
    road_kit.write_policy(folder, dedup=ALARM)
    write(folder / "first", 0, 120)
    write(folder / "later", 1000, 60)
    project = folder / "project.yaml"
    project_file(project, "first", "first")
    assert road_kit.run(project, "--workers", "1")["release"] == "first@1"
    project_file(project, "second", "later", "first@1")
    assert road_kit.run(project, "--workers", "1")["release"] == "second@1"
    pulled(project, "seoul-1", enrol=True, release="first@1")
    pulled(project, "busan-1", enrol=True, release="second@1")
    return project


def asked(author: str) -> tuple[str, ...]:
    return ("--subject", author, "--source", "notices")


@pytest.fixture(scope="module")
def done(world: Path) -> tuple[Path, dict[str, Any]]:
    """A copy in which an author of both releases has withdrawn, killed on the way at points that only two cuts have."""
    shutil.copytree(world.parent, world.parent.parent / "done")
    project = world.parent.parent / "done" / "project.yaml"
    command = ("withdraw", "--project", str(project), *asked("author-3"), *VERIFIED)
    for point in ("supersede", "_prove", "_revoke", "_end"):  # after the first of two; _revoke: after both
        died = subprocess.run([sys.executable, "-c", KILLED, point, *command], check=False, cwd=road_kit.ROOT,
                              capture_output=True, text=True, timeout=120)  # fmt: skip
        assert died.returncode == -signal.SIGKILL, f"{point}: {died.stdout}{died.stderr}"
    [told] = withdraw(project, *asked("author-3"), *VERIFIED)["done"]
    return project, told


def test_the_dry_run_names_both_releases_and_their_clusters(world: Path) -> None:
    [plan] = withdraw(world, *asked("author-3"), "--json")["plans"]
    assert (plan["documents"], plan["rows"]) == (9, 9)
    assert plan["release_labels"] == ["first@1", "second@1"]
    assert plan["cluster_ids"] == ["busan-1", "seoul-1"]
    assert {path.partition("/")[0] for path in plan["shard_paths"]} == {"first@1", "second@1"}


def test_the_answer_to_the_person_covers_every_release(world: Path) -> None:
    made = road_kit.command("report", "--subject", "author-3", "--staff", "o-1", "--project", str(world), "--json")
    assert made.returncode == 0, made.stderr
    [source] = json.loads(made.stdout)["sources"]
    assert [d["fate"] for d in source["documents"]] == ["shipped"] * 9
    assert {(r["cluster"], r["release"]) for r in json.loads(made.stdout)["recipients"]} == {
        ("seoul-1", "first@1"), ("busan-1", "second@1"),
    }  # fmt: skip


def test_each_name_has_its_successor_with_a_proof(world: Path, done: tuple[Path, dict[str, Any]]) -> None:
    project, told = done
    root = load_root(project.parent / "trust" / "root.json")
    assert tuple(told["proofs"]) == RELEASES
    assert told["ended"] == ["first@1", "second@1"]
    removed = 0
    for label, path in told["proofs"].items():
        proved = verify_difference(Path(path).read_bytes(), root)
        assert (proved.old.statement.release, proved.new.statement.release) == (label.replace("@2", "@1"), label)
        removed += proved.rows
        before = dict(rows(world, label.replace("@2", "@1")))
        after = dict(rows(project, label))
        assert len(before) - len(after) == proved.rows
        assert after.items() <= before.items()
        verified = road_kit.command(
            "verify", str(released(project, label)), "--trust", str(project.parent / "trust" / "root.json")
        )
        assert verified.returncode == 0, verified.stderr
    assert removed == 9
    for label in ("first@1", "second@1"):
        assert not (released(project, label) / "shards").exists()
        old = road_kit.command(
            "verify", str(released(project, label)), "--trust", str(project.parent / "trust" / "root.json")
        )
        assert "revoked" in old.stderr
    assert counted(project, "release") == 4  # the kills made no more
    assert counted(project, "certificate_revocation") == 2


def test_untouched_shards_are_the_very_files(world: Path, done: tuple[Path, dict[str, Any]]) -> None:
    """Reissuing costs what was cut: the others are links to what was certified before, and verify as ever."""
    project, _ = done
    old = {s["path"]: s["sha256"] for s in manifest(world, "first@1")}
    new = {s["path"]: s["sha256"] for s in manifest(project, "first@2")}
    same = [path for path, digest in new.items() if old[path] == digest]
    assert 0 < len(same) < len(new)
    root = load_root(project.parent / "trust" / "root.json")
    folder = shutil.copytree(released(project, "first@2"), project.parent / "rotten")
    revocations = [(project.parent / "out" / "releases" / "revocations.dsse.json").read_bytes()]
    now = road_kit.dt.datetime.now(road_kit.dt.UTC)
    assert not verify_directory(folder, root, now=now, revocations=revocations).unread
    data = bytearray((folder / same[0]).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / same[0]).write_bytes(data)
    with pytest.raises(Exception, match=Path(same[0]).name):
        verify_directory(folder, root, now=now, revocations=revocations)


def test_each_cluster_is_told_what_it_holds_and_its_receipt_answers(
    done: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    shutil.copytree(done[0].parent, tmp_path / "told")
    project = tmp_path / "told" / "project.yaml"
    listed = recalls(project)
    assert {(one["cluster"], *one["delete"], *one["use_instead"]) for one in listed} == {
        ("seoul-1", "first@1", "first@2"), ("busan-1", "second@1", "second@2"),
    }  # fmt: skip
    assert not any(one["answered"] for one in listed)
    pulled(project, "busan-1", enrol=False, release="second@1", action="deleted")
    assert {one["cluster"]: one["answered"] for one in recalls(project)} == {"seoul-1": False, "busan-1": True}


def test_who_holds_a_release_that_was_destroyed_earlier_is_told_again(
    done: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    """seoul-1 pulled first@1 and never first@2: the next person's rows are in its copy too."""
    shutil.copytree(done[0].parent, tmp_path / "again")
    project = tmp_path / "again" / "project.yaml"
    pulled(project, "busan-1", enrol=False, release="second@1", action="deleted")
    [plan] = withdraw(project, *asked("author-4"), "--json")["plans"]
    assert plan["cluster_ids"] == ["seoul-1"]
    assert plan["release_labels"] == ["first@1", "first@2", "second@2"]
    [told] = withdraw(project, *asked("author-4"), *VERIFIED)["done"]
    assert (list(told["proofs"]), told["ended"]) == (["first@3", "second@3"], ["first@2", "second@2"])
    [notice] = [one for one in recalls(project) if one["request"] == told["request"]]
    assert (notice["cluster"], notice["delete"], notice["use_instead"]) == ("seoul-1", ["first@1"], ["first@3"])
    [nobody] = withdraw(project, *asked("author-4"), "--json")["plans"]
    assert (nobody["cluster_ids"], nobody["documents"]) == ([], 0)


def recalls(project: Path) -> list[dict[str, Any]]:
    made = road_kit.command("recalls", "--project", str(project), "--json")
    assert made.returncode == 0, made.stderr
    found: list[dict[str, Any]] = json.loads(made.stdout)["recalls"]
    return found


def released(project: Path, label: str) -> Path:
    return project.parent / "out" / "releases" / label


def manifest(project: Path, label: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((released(project, label) / "manifest.json").read_bytes())["shards"]
    return found


def rows(project: Path, label: str) -> list[tuple[bytes, str]]:
    return [(values["row_id"], values["text"]) for _, _, values in road_kit.released_rows(project, label)]


def test_a_signed_deletion_ends_the_holding_until_the_next_pull() -> None:
    class Said:
        def __init__(self, pulls: list[str], gone: list[str]) -> None:
            self._told = {"pull": pulls, "deletion": gone}

        def pulls(self, label: str, kind: str = "pull") -> list[tuple[str, str, str, str]]:
            return [("c", "pretraining", "", at) for at in self._told[kind]]

    for pulls, gone, held in (["1"], [], True), (["1"], ["2"], False), (["1", "3"], ["2"], True), ([], [], False):
        assert (holders(Said(pulls, gone), "x@1") == {"c"}) is held  # type: ignore[arg-type]
