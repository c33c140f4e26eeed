"""verify, pull, delete, refresh, verify-difference as a trainer types them: what is refused, remembered and said."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from cli_kit import Said, call
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from issuer_world import DAY, NOW, World, cluster, make_root, signer
from test_difference import PATH, prove, rewrite

from damjang.certificates.revocation import Revocation
from governance.revocations import next_list, store_list

RELEASE = "korean-public@1"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A published release; this machine knows nothing yet; the clock stands at NOW."""
    monkeypatch.setenv("DAMJANG_STATE", str(tmp_path / "state"))
    at_time(monkeypatch, NOW)
    (tmp_path / "project").mkdir()
    world = World(tmp_path / "project")
    world.publish(RELEASE)
    return world


def at_time(monkeypatch: pytest.MonkeyPatch, at: dt.datetime) -> None:
    monkeypatch.setattr("damjang.cli.trainer.now", lambda: at)


def folder(world: World) -> Path:
    return world.office.published(RELEASE)


def key_file(tmp_path: Path, name: str = "seoul-1") -> str:
    path = tmp_path / f"{name}.key"
    path.write_bytes(signer(name).key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o600)
    return f"file:{path}"


def enrol(tmp_path: Path) -> Path:
    made = cluster()
    line = f"{{id: {made.id}, operator: {made.operator}, country: {made.country}, key: {made.key.raw.hex()}}}"
    (tmp_path / "clusters.yaml").write_text(f"clusters:\n  - {line}\n", encoding="utf-8")
    return tmp_path / "clusters.yaml"


def pull(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], **changes: object) -> Said:
    asked = {"to": tmp_path / "got", "purpose": "pretraining", "cluster": "seoul-1", "key": key_file(tmp_path),
             "from": world.office.releases, "clusters": enrol(tmp_path), "trust": world.office.trust}  # fmt: skip
    words = [word for name, value in (asked | changes).items() for word in (f"--{name}", value) if value is not None]
    return call(capsys, "pull", RELEASE, *words)


def renew(world: World, *revoked: Revocation) -> bytes:
    made = next_list(world.root, world.revocations, list(revoked), [signer("officer-1")], NOW)
    store_list(made, world.office.revocations, world.office.releases / "revocations.dsse.json")
    return made


def test_a_real_root_is_not_taken_from_beside_the_release(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert world.office.trust.exists()
    said = call(capsys, "verify", folder(world))
    assert said.code == 1
    assert "--trust root.json" in said.one_error()
    assert call(capsys, "verify", folder(world), "--trust", world.office.trust).code == 0
    said = call(capsys, "verify", folder(world), "--json")
    assert said.code == 0, "pinned by the first"
    assert json.loads(said.out)["approved_by"] == ["officer-1", "officer-2"]


def test_a_demo_root_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DAMJANG_STATE", str(tmp_path / "state"))
    at_time(monkeypatch, NOW)
    (tmp_path / "project").mkdir()
    demo = World(tmp_path / "project", make_root(demo=True))
    demo.publish(RELEASE)
    said = call(capsys, "verify", folder(demo))
    assert said.code == 0, said.err
    assert "직무분리 미충족" in said.out


def test_a_pin_is_not_replaced_by_another_root_of_the_same_id(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(capsys, "verify", folder(world), "--trust", world.office.trust).code == 0
    other = tmp_path / "root.json"
    other.write_bytes(make_root(threshold=1).to_bytes())
    said = call(capsys, "verify", folder(world), "--trust", other)
    assert said.code == 1
    said.one_error()


def test_an_older_revocation_list_is_noticed(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What `verify` saw is remembered: a list served later that is older than that is a rollback."""
    old = world.revocations
    renew(world)
    assert call(capsys, "verify", folder(world), "--trust", world.office.trust).code == 0
    store = world.office.releases / "revocations.dsse.json"
    store.write_bytes(old)
    said = call(capsys, "verify", folder(world))
    assert said.code == 0, "the newer list is in this machine's memory and counts"
    (tmp_path / "state" / world.root.id / "revocations.dsse.json").unlink()
    said = call(capsys, "verify", folder(world))
    assert said.code == 1
    assert "version 1, version 2 was seen" in said.one_error()


def test_a_clock_set_back_is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_time(monkeypatch, NOW + 5 * DAY)
    assert call(capsys, "verify", folder(world), "--trust", world.office.trust).code == 0
    at_time(monkeypatch, NOW + DAY)
    said = call(capsys, "verify", folder(world))
    assert said.code == 1
    assert "clock" in said.one_error()


def test_a_revoked_release_is_refused_after_a_refresh(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    got = pull(world, tmp_path, capsys)
    assert got.code == 0, got.err
    digest = json.loads(call(capsys, "verify", tmp_path / "got", "--json").out)["certificate"]
    renew(world, Revocation(digest, RELEASE, "withdrawal", NOW))
    assert call(capsys, "verify", tmp_path / "got").code == 0, "offline, it can't know yet"
    said = call(capsys, "revocations", "refresh", world.office.releases)
    assert said.code == 0, said.err
    said = call(capsys, "verify", tmp_path / "got")
    assert said.code == 1
    assert "was revoked" in said.one_error()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"purpose": "evaluation"}, 1),
        ({"cluster": "busan-9"}, 1),
        ({"trust": None}, 1),
        ({"from": "nowhere"}, 4),
        ({"key": "file:nowhere.key"}, 3),
        ({"key": "vault:x"}, 3),
        ({"clusters": "nowhere.yaml"}, 1),
    ],
)
def test_pull_refuses(
    changes: dict[str, object], code: int, world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = pull(world, tmp_path, capsys, **changes)
    assert said.code == code, said.err
    said.one_error()
    assert not list((tmp_path / "got").glob("shards/*"))


def test_pull_twice_copies_once(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "2 shards copied, 0 there already" in pull(world, tmp_path, capsys).out
    assert "0 shards copied, 2 there already" in pull(world, tmp_path, capsys).out
    assert "attribution" in pull(world, tmp_path, capsys).out


def test_delete_wants_the_clusters_key(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pull(world, tmp_path, capsys).code == 0
    got = tmp_path / "got"
    said = call(capsys, "delete", got, "--key", key_file(tmp_path, "busan-9"))
    assert said.code == 1
    said.one_error()
    assert len(list(got.glob("shards/*.arrow"))) == 2, "a wrong key deletes nothing"
    said = call(capsys, "delete", got, "--key", key_file(tmp_path), "--receipts", tmp_path / "receipts", "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["cluster"] == "seoul-1"
    assert not list(got.glob("shards/*.arrow"))
    assert len(list((tmp_path / "receipts").iterdir())) == 1
    said = call(capsys, "delete", folder(world), "--key", key_file(tmp_path))
    assert said.code == 1
    assert len(list(folder(world).glob("shards/*.arrow"))) == 2, "only a pulled release is deleted"


@pytest.mark.parametrize(
    "damage",
    [
        lambda at: (at / "certificate.dsse.json").write_text("{}"),
        lambda at: (at / "certificate.dsse.json").unlink(),
        lambda at: (at / "manifest.json").write_bytes(b"\xff"),
        lambda at: (at / "extra").write_text("x"),
        lambda at: (at / PATH).write_bytes((at / PATH).read_bytes()[:-1] + b"x"),
        lambda at: (at / PATH).unlink(),
        lambda at: (at / "log" / "checkpoint").write_text(""),
    ],
)
def test_a_damaged_release_is_one_named_error(damage: object, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    damage(folder(world))  # type: ignore[operator]
    said = call(capsys, "verify", folder(world), "--trust", world.office.trust)
    assert said.code == 1
    said.one_error()


def test_a_difference_is_shown_and_an_edited_one_refused(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(world, {PATH: [2, 7]})
    proof = tmp_path / "difference.json"
    proof.write_bytes(prove(world, {PATH: [2, 7]}))
    said = call(capsys, "verify-difference", proof, "--trust", world.office.trust, "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["removed"] == {PATH: [2, 7]}
    assert "without 2 rows" in call(capsys, "verify-difference", proof, "--trust", world.office.trust).out
    proof.write_bytes(prove(world, {PATH: [2]}))
    said = call(capsys, "verify-difference", proof, "--trust", world.office.trust)
    assert said.code == 1
    said.one_error()
    said = call(capsys, "verify-difference", tmp_path / "absent", "--trust", world.office.trust)
    assert said.code == 1
    said.one_error()
