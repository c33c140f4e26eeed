"""The road outside a demo: init, run to *proposed*, two officers sign, a trainer verifies, pulls, loads and deletes.

One project for the whole file: a run takes a while. Then what `status` says at each point, and what a person reads when
something of the project is damaged.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_kit import Said, call, run

from damjang.demo import statutes

ROWS = 60


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a project, `p`, that a newcomer made and filled."""
    base = tmp_path_factory.mktemp("road")
    before = dict(os.environ)
    os.environ["DAMJANG_STATE"] = str(base / "state")
    assert run("init", "p", "--name", "ko-public", cwd=base).code == 0
    yield base
    os.environ.clear()
    os.environ.update(before)


def fill(place: Path, rows: int) -> None:
    lines = [{"id": f"S-{n}", "text": statutes.ordinance(7, n).text()} for n in range(rows)]
    lines.append({"id": "broken"})
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (place / "p" / "data" / "laws.jsonl").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def gated(place: Path) -> list[Said]:
    """The first run, on an empty file, and what status says then."""
    fill(place, 0)
    return [run("run", "p/project.yaml", cwd=place), run("status", "--project", "p/project.yaml", cwd=place)]


@pytest.fixture(scope="module")
def stopped(place: Path, gated: list[Said]) -> Said:
    """The run with enough text, and nobody named who may sign."""
    fill(place, ROWS)
    return run("run", "p/project.yaml", cwd=place)


@pytest.fixture(scope="module")
def proposed(place: Path, stopped: Said) -> Said:
    """The run after the root of trust was founded."""
    for number in (1, 2):
        made = run("keys", "new", f"o{number}.key", "--person", f"officer-{number}", "--role", "officer", cwd=place)
        assert made.code == 0, made.err
    keys = [f"p/keys/{name}.pub" for name in ("engineer", "log")] + ["o1.pub", "o2.pub"]
    named = [word for key in keys for word in ("--key", key)]
    made = run("trust", "new", *named, "--officer", "file:o1.key", "--organisation", "시험 기관",
               "--project", "p/project.yaml", cwd=place)  # fmt: skip
    assert made.code == 0, made.err
    return run("run", "p/project.yaml", cwd=place)


@pytest.fixture(scope="module")
def waiting(place: Path, proposed: Said) -> dict[str, Any]:
    """The status while the proposal waits."""
    found: dict[str, Any] = json.loads(run("status", "--project", "p/project.yaml", "--json", cwd=place).out)
    return found


@pytest.fixture(scope="module")
def discarded(place: Path, waiting: dict[str, Any]) -> list[Said]:
    """The proposal taken back, twice, and made again."""
    back = ("discard", "ko-public@1", "--project", "p/project.yaml")
    return [run(*back, cwd=place), run(*back, cwd=place), run("run", "p/project.yaml", cwd=place)]


@pytest.fixture(scope="module")
def published(place: Path, discarded: list[Said]) -> list[Said]:
    """Two officers' signatures, one after another."""
    sign = ("sign", "ko-public@1", "--project", "p/project.yaml", "--key")
    return [run(*sign, f"file:o{number}.key", cwd=place) for number in (1, 2)]


def status(place: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    said = call(capsys, "status", "--project", place / "p" / "project.yaml", "--json")
    assert said.code == 0, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


def test_a_gate_that_does_not_hold_stops_the_run_and_stays_to_be_seen(place: Path, gated: list[Said]) -> None:
    said, shown = gated
    assert said.code == 1
    assert "residual" in said.one_error()
    assert "no row is left to ship" in said.err
    assert not (place / "p" / "out" / "releases").exists()
    assert shown.code == 0, shown.err
    assert "관문 불충족 (gate does not hold) residual" in shown.out.replace("\n", " ")


def test_without_a_root_of_trust_a_run_stops_at_certify_and_says_what_to_type(place: Path, stopped: Said) -> None:
    assert stopped.code == 3
    error = stopped.one_error()
    for word in ("damjang keys new", "damjang trust new", "--threshold", "run again"):
        assert word in error
    assert not (place / "p" / "out" / "releases").exists()


def test_a_run_stops_at_proposed(place: Path, proposed: Said, capsys: pytest.CaptureFixture[str]) -> None:
    assert proposed.code == 0, proposed.err
    assert "waits for 2 more of 2 officers" in proposed.out
    assert "damjang sign ko-public@1 --key" in proposed.out
    assert not (place / "p" / "out" / "releases" / "ko-public@1").exists()


def test_status_says_who_may_sign(waiting: dict[str, Any]) -> None:
    assert waiting["waiting"] == [
        {"release": "ko-public@1", "threshold": 2, "approved_by": [], "may_sign": ["officer-1", "officer-2"]}
    ]
    assert [row["state"] for row in waiting["releases"]] == ["proposed"]


def test_a_proposal_can_be_taken_back(discarded: list[Said]) -> None:
    first, second, again = discarded
    assert first.code == 0, first.err
    assert second.code == 4
    second.one_error()
    assert again.code == 0, again.err
    assert "waits for 2 more" in again.out


def test_officers_publish_at_the_threshold(
    place: Path, published: list[Said], capsys: pytest.CaptureFixture[str]
) -> None:
    assert [said.code for said in published] == [0, 0], published
    assert "1 of 2" in published[0].out
    assert "published" not in published[0].out
    assert "published" in published[1].out
    assert "직무분리" not in published[1].out
    found = status(place, capsys)
    assert [row["state"] for row in found["releases"]] == ["published"]
    assert found["waiting"] == []
    assert found["quarantined"] == {"ingest": {"missing_text": 1}}
    assert found["warnings"] == []
    assert found["running"] is False


def test_signing_again_is_harmless(place: Path, published: list[Said], capsys: pytest.CaptureFixture[str]) -> None:
    again = call(capsys, "sign", "ko-public@1", "--key", f"file:{place}/o2.key", "--project", place / "p/project.yaml")
    assert again.code == 0, again.err
    assert "published" in again.out


def test_a_rerun_of_finished_work_finds_it(
    place: Path, published: list[Said], capsys: pytest.CaptureFixture[str]
) -> None:
    said = call(capsys, "run", place / "p" / "project.yaml", "--json")
    assert said.code == 0, said.err
    summary = json.loads(said.out)
    assert summary["release"] == "ko-public@1"
    assert summary["seconds"] == {}


def test_a_trainer_verifies_pulls_loads_and_deletes(
    place: Path, published: list[Said], capsys: pytest.CaptureFixture[str]
) -> None:
    import damjang

    release = place / "p" / "out" / "releases" / "ko-public@1"
    refused = call(capsys, "verify", release)
    assert refused.code == 1
    assert "--trust root.json" in refused.one_error()
    root = place / "p" / "trust" / "root.json"
    said = call(capsys, "verify", release, "--trust", root)
    assert said.code == 0, said.err
    assert "officer-1, officer-2" in said.out
    assert call(capsys, "verify", release).code == 0, "the root is pinned now"

    key = place / "gpu.key"
    assert call(capsys, "keys", "new", key, "--person", "gpu-1", "--role", "cluster").code == 0
    public = json.loads(call(capsys, "keys", "show", key.with_suffix(".pub"), "--json").out)
    clusters = place / "p" / "clusters.yaml"
    clusters.write_text(f"clusters:\n  - {{id: gpu-1, operator: 시험, country: KR, key: {public['key']}}}\n")
    to = place / "pulled"
    pulled = call(capsys, "pull", "ko-public@1", "--to", to, "--purpose", "pretraining", "--cluster", "gpu-1",
                  "--key", f"file:{key}", "--project", place / "p" / "project.yaml")  # fmt: skip
    assert pulled.code == 0, pulled.err
    rows = sum(batch.num_rows for batch in damjang.open(to, purpose="pretraining"))
    assert rows == status(place, capsys)["releases"][0]["documents"]

    gone = call(capsys, "delete", to, "--key", f"file:{key}", "--json")
    assert gone.code == 0, gone.err
    assert not list(to.glob("shards/*.arrow"))
    assert json.loads((to / "receipt.json").read_bytes())
    assert "deleted" in call(capsys, "delete", to, "--key", f"file:{key}").out
    assert call(capsys, "verify", to).code == 1


def test_a_trace_tells_the_whole_story(place: Path, published: list[Said], capsys: pytest.CaptureFixture[str]) -> None:
    from damjang.cli.tracing import any_document

    document = any_document(place / "p" / "project.yaml")
    said = call(capsys, "trace", document, "--project", place / "p" / "project.yaml")
    assert said.code == 0, said.err
    assert "출하 (shipped)" in said.out
    project = ("--project", place / "p" / "project.yaml")
    story = json.loads(call(capsys, "trace", document, *project, "--json").out)
    for asked in (("--row-id", story["row_id"]), ("--row", f"{story['shard']}:{story['row']}")):
        assert json.loads(call(capsys, "trace", *asked, *project, "--json").out) == story
    record = json.loads(call(capsys, "trace", "--record", "S-0", "--source", "example", *project, "--json").out)
    assert record["source_id"] == "example"
    nobody = call(
        capsys, "trace", "--subject", "nobody", "--source", "example", "--by", "officer-1", *project, "--json"
    )
    assert nobody.code == 0, nobody.err
    assert json.loads(nobody.out) == []
    for wrong in ((), (document, "--row-id", "x"), ("--record", "S-0"), ("--subject", "x", "--source", "example")):
        assert call(capsys, "trace", *wrong, *project).code == 2
    for absent in (("--row", "shards/none.arrow:0"), ("--row", "x"), ("--row-id", "zz"), ("short",)):
        said = call(capsys, "trace", *absent, *project)
        assert said.code == 4
        said.one_error()
    unknown = call(capsys, "trace", "0" * 32, "--project", place / "p" / "project.yaml")
    assert unknown.code == 4
    unknown.one_error()


def test_the_audit_log_is_exported_cosigned_and_verified(
    place: Path, published: list[Said], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = ("--project", place / "p" / "project.yaml")
    outside = tmp_path / "outside"
    assert call(capsys, "audit", "export", "--to", outside, *project).code == 0
    key = tmp_path / "w.key"
    assert call(capsys, "keys", "new", key, "--person", "witness-1", "--role", "auditor").code == 0
    cosign = ("audit", "cosign", outside, "--name", "witness-1", "--key", f"file:{key}",
              "--memory", tmp_path / "memory", "--trust", place / "p" / "trust" / "root.json")  # fmt: skip
    said = call(capsys, *cosign)
    assert said.code == 0, said.err
    for checkpoint in (outside, next(outside.glob("checkpoint-*"))):
        said = call(capsys, "audit", "verify", "--checkpoint", checkpoint, *project, "--json")
        assert said.code == 0, said.err
        found = json.loads(said.out)
        assert found["proven"] == found["entries"] >= 1
        assert found["checkpoint_is_outside"]
        assert found["leaves_compared"] == found["proven"]  # the leaves beside a checkpoint are found from its file
    pub = key.with_suffix(".pub")
    verify = ("audit", "verify", "--checkpoint", outside, *project)
    assert json.loads(call(capsys, *verify, "--witness", f"witness-1={pub}", "--json").out)["cosigned_by"] == [
        "witness-1"
    ]
    for stranger in (f"witness-2={pub}", f"witness-1={place}/o2.pub", f"witness-1={place}/none.pub"):
        said = call(capsys, *verify, "--witness", stranger)
        assert said.code == 1
        assert stranger.partition("=")[0] in said.one_error()
    inside = call(capsys, "audit", "verify", "--checkpoint", place / "p" / "out" / "audit", *project)
    assert "beside its ledger" in inside.out

    leaves = outside / "leaves"
    leaves.write_bytes(bytes([leaves.read_bytes()[0] ^ 1]) + leaves.read_bytes()[1:])
    said = call(capsys, "audit", "verify", "--checkpoint", outside, *project)
    assert said.code == 1
    assert "entry 0" in said.one_error()
    assert call(capsys, *cosign).code == 1
    for missing in (tmp_path / "nothing", tmp_path):
        said = call(capsys, "audit", "verify", "--checkpoint", missing, *project)
        assert said.code == 1
        said.one_error()


def test_the_list_is_renewed_and_refreshed(
    place: Path, published: list[Said], capsys: pytest.CaptureFixture[str]
) -> None:
    project = ("--project", place / "p" / "project.yaml")
    said = call(capsys, "revocations", "renew", "--key", f"file:{place}/o2.key", *project, "--json")
    assert said.code == 0, said.err
    version = json.loads(said.out)["version"]
    trust = ("--trust", place / "p" / "trust" / "root.json")
    said = call(capsys, "revocations", "refresh", place / "p" / "out" / "releases", *trust, "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["version"] == version
    engineer = call(capsys, "revocations", "renew", "--key", f"file:{place}/p/keys/engineer.key", *project)
    assert engineer.code == 1
    engineer.one_error()


# --- what is wrong with a project, in one or two lines -------------------------------------------------------------


@pytest.fixture
def copy(place: Path, published: list[Said], tmp_path: Path) -> Path:
    """The finished project, to damage."""
    shutil.copytree(place / "p", tmp_path / "p")
    return tmp_path / "p"


def stage_file(project: Path, stage: str, name: str) -> Path:
    latest = json.loads((project / "out" / "runs" / "latest.json").read_bytes())
    return project / "out" / "stages" / latest["folders"][stage] / name


@pytest.mark.parametrize("damage", [b"{", b"[]", b"{}", b"\xff\xfe"])
def test_a_damaged_manifest(copy: Path, damage: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    path = stage_file(copy, "refine", "manifest.json")
    path.write_bytes(damage)
    said = call(capsys, "run", copy / "project.yaml")
    assert said.code == 1
    assert "manifest.json is damaged" in said.one_error()
    path.unlink()
    assert call(capsys, "run", copy / "project.yaml").code == 0, "rebuilt from the receipts"


def test_an_edited_manifest(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = stage_file(copy, "refine", "manifest.json")
    value = json.loads(path.read_bytes())
    value["parts"][0]["counts"]["kept"] += 1
    path.write_text(json.dumps(value))
    said = call(capsys, "run", copy / "project.yaml")
    assert said.code in (1, 5)
    said.one_error()


def test_a_missing_vault_key(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "vault" / "vault.key").unlink()
    for args in (("run",), ("trace", "0" * 32, "--project")):
        said = call(capsys, *args, copy / "project.yaml")
        assert said.code == 3
        said.one_error()


def test_another_vault_key(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "vault" / "vault.key").write_bytes(os.urandom(32))
    said = call(capsys, "run", copy / "project.yaml")
    assert said.code == 3
    said.one_error()


def test_a_damaged_ledger(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in copy.glob("ledger.db*"):
        path.write_bytes(b"not a database, and long enough to be looked at as one " * 4)
    for args in (("run",), ("status", "--project")):
        said = call(capsys, *args, copy / "project.yaml")
        said.one_error()


def test_no_ledger_yet(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in copy.glob("ledger.db*"):
        path.unlink()
    said = call(capsys, "status", "--project", copy / "project.yaml")
    assert said.code == 3
    said.one_error()


def test_no_input(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(copy / "data")
    said = call(capsys, "run", copy / "project.yaml")
    assert said.code == 4
    assert "data/*.jsonl" in said.one_error()


def test_a_damaged_root_of_trust_is_a_warning_of_status(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "trust" / "root.json").write_text("{}")
    said = call(capsys, "status", "--project", copy / "project.yaml")
    assert said.code == 0, said.err
    assert "주의" in said.out
