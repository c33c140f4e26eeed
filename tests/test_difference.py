"""A withdrawal's proof: what it must show, and every way of hiding something in it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from issuer_world import DAY, NOW, World, cluster, make_facts, make_root, signer

from damjang.certificates import errors
from damjang.certificates.canonical import canonical
from damjang.certificates.difference import make_difference, verify_difference
from damjang.certificates.manifest import Manifest, Shard, row_leaf
from damjang.certificates.merkle import root_of
from damjang.certificates.receipt import Receipt
from damjang.client.delete import delete
from damjang.client.pull import pull
from damjang.client.state import State
from governance.issuing import propose, sign
from schemas.arrow import SHARD

OLD, NEW = "korean-public@1", "korean-public@2"
PATH = "shards/press-00001.arrow"
SALT = bytes(32)


def leaves_of(path: Path) -> list[bytes]:
    rows = pa.ipc.open_file(path).read_all().to_pylist()
    return [row_leaf(SALT, row["row_id"], row["source_id"], row["text"]) for row in rows]


def rewrite(world: World, removed: dict[str, list[int]], *, tamper: bool = False) -> Path:
    """The next version: `removed` rows taken out of their shards, everything else as it was."""
    source, stage = world.office.published(OLD), world.folder / "stage" / NEW
    (stage / "shards").mkdir(parents=True)
    shards = []
    for shard in Manifest.from_bytes((source / "manifest.json").read_bytes()).shards:
        data = (source / shard.path).read_bytes()
        made = shard
        if shard.path in removed:
            rows = pa.ipc.open_file(data).read_all().to_pylist()
            rows = [row for number, row in enumerate(rows) if number not in removed[shard.path]]
            if tamper:
                rows[0]["text"] += "."
            if not rows:
                continue
            sink = pa.BufferOutputStream()
            with pa.ipc.new_file(sink, SHARD) as writer:
                writer.write_table(pa.Table.from_pylist(rows, schema=SHARD))
            data = sink.getvalue().to_pybytes()
            root = root_of([row_leaf(SALT, r["row_id"], r["source_id"], r["text"]) for r in rows]).hex()
            made = Shard(shard.path, len(data), hashlib.sha256(data).hexdigest(), len(rows), shard.schema, root)
        (stage / made.path).write_bytes(data)
        shards.append(made)
    manifest = Manifest(NEW, tuple(shards))
    facts = make_facts(manifest.rows, supersedes=OLD)
    propose(world.office, NEW, manifest, facts, stage, signer("engineer-1"), NOW + DAY, b"\1" * 32)
    sign(world.office, NEW, signer("officer-1"), NOW + DAY)
    done = sign(world.office, NEW, signer("officer-3"), NOW + DAY).published
    assert done is not None
    return done


def prove(world: World, removed: dict[str, list[int]]) -> bytes:
    old, new = world.office.published(OLD), world.office.published(NEW)
    sizes = sorted(int((folder / "log/checkpoint").read_bytes().split(b"\n")[1]) for folder in (old, new))
    leaves = {path: leaves_of(old / path) for path in removed}
    return make_difference(old, new, leaves, removed, world.office.log.consistency(*sizes))


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.publish(OLD)
    return world


def test_a_withdrawal_is_exactly_its_rows(world: World) -> None:
    rewrite(world, {PATH: [2, 7]})
    found = verify_difference(prove(world, {PATH: [2, 7]}), world.root)
    assert (found.removed, found.rows, found.untouched) == ({PATH: (2, 7)}, 2, 1)
    assert (found.old.statement.release, found.new.statement.release) == (OLD, NEW)


def test_a_whole_shard_may_go(world: World) -> None:
    everything = {PATH: list(range(12))}
    rewrite(world, everything)
    assert verify_difference(prove(world, everything), world.root).rows == 12


def test_a_changed_row_is_not_a_removal(world: World) -> None:
    rewrite(world, {PATH: [2]}, tamper=True)
    with pytest.raises(errors.DifferenceInvalid, match="more than"):
        verify_difference(prove(world, {PATH: [2]}), world.root)


@pytest.mark.parametrize("claimed", [{PATH: [3]}, {PATH: [2, 3]}, {"shards/press-00000.arrow": [2]}])
def test_other_rows_than_the_removed_ones_do_not_fit(world: World, claimed: dict[str, list[int]]) -> None:
    rewrite(world, {PATH: [2]})
    with pytest.raises(errors.DifferenceInvalid):
        verify_difference(prove(world, claimed), world.root)


def test_a_change_that_is_not_accounted_for_is_found(world: World) -> None:
    rewrite(world, {PATH: [2], "shards/press-00000.arrow": [1]})
    with pytest.raises(errors.DifferenceInvalid, match="not accounted for"):
        verify_difference(prove(world, {PATH: [2]}), world.root)


def test_a_release_that_supersedes_nothing_has_no_difference(world: World) -> None:
    world.publish(NEW, now=NOW + DAY)
    with pytest.raises(errors.DifferenceInvalid, match="does not supersede"):
        verify_difference(prove(world, {}), world.root)


def flip(text: str) -> str:
    data = bytearray(base64.b64decode(text))
    data[0] ^= 1
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p["shards"][0].update(leaves=flip(p["shards"][0]["leaves"])),
        lambda p: p["shards"][0].update(leaves=p["shards"][0]["leaves"][:-44]),
        lambda p: p["shards"][0].update(removed=[]),
        lambda p: p["shards"][0].update(removed=[2, 2]),
        lambda p: p["shards"][0].update(removed=[-1]),
        lambda p: p["shards"][0].update(removed=[12]),
        lambda p: p["shards"][0].update(removed=[True]),
        lambda p: p["shards"].append(p["shards"][0]),
        lambda p: p["shards"].clear(),
        lambda p: p["consistency"].append("0" * 64),
        lambda p: p["consistency"].clear(),
        lambda p: p.update(new=p["old"]),
        lambda p: p.update(old=p["new"], new=p["old"]),
        lambda p: p["old"].update(manifest=p["new"]["manifest"]),
        lambda p: p["old"].update(inclusion=p["new"]["inclusion"]),
        lambda p: p["old"].update(checkpoint=p["new"]["checkpoint"]),
        lambda p: p["new"]["certificate"].update(signatures=p["new"]["certificate"]["signatures"][:1]),
        lambda p: p.update(note="x"),
    ],
)  # fmt: skip
def test_nothing_in_the_proof_can_be_changed(world: World, change: Callable[[object], object]) -> None:
    rewrite(world, {PATH: [2]})
    proof = json.loads(prove(world, {PATH: [2]}))
    change(proof)
    with pytest.raises(errors.TrustError):
        verify_difference(canonical(proof), world.root)


def test_it_is_checked_under_the_right_root_only(world: World) -> None:
    rewrite(world, {PATH: [2]})
    proof = prove(world, {PATH: [2]})
    with pytest.raises(errors.ForeignRoot):
        verify_difference(proof, make_root(id="f" * 32))
    with pytest.raises(errors.UnknownKey):
        verify_difference(proof, replace(make_root(), log_key=signer("x").public))


def test_the_proof_shows_no_row(world: World) -> None:
    rewrite(world, {PATH: [2]})
    proof = prove(world, {PATH: [2]}).decode()
    rows = pa.ipc.open_file(world.office.published(OLD) / PATH).read_all().to_pylist()
    assert not any(row["text"] in proof or row["row_id"].hex() in proof for row in rows)


# --- deletion at a cluster ----------------------------------------------------------------------------------------------


def test_a_recalled_copy_is_deleted_with_a_signed_word(world: World, tmp_path: Path) -> None:
    to = tmp_path / "pulled"
    pull(
        world.office.releases, OLD, to, purpose="pretraining", cluster=cluster(), signer=signer("seoul-1"),
        trust=world.office.trust, state=State(tmp_path / "state"), now=NOW,
    )  # fmt: skip
    (to / "shards" / "mine.txt").write_text("not of the release")
    with pytest.raises(errors.UnknownKey):
        delete(to, signer("thief"), NOW)
    assert (to / PATH).exists()
    for _ in range(2):  # again after a crash: the same
        made = delete(to, signer("seoul-1"), NOW + DAY, tmp_path / "receipts")
    assert [path.name for path in (to / "shards").iterdir()] == ["mine.txt"]
    [copy] = (tmp_path / "receipts").iterdir()
    assert Receipt.verify(copy.read_bytes(), cluster()) == made
    assert (made.action, made.release, made.at) == ("deleted", OLD, NOW + DAY)
    with pytest.raises(errors.ReceiptMissing):
        delete(tmp_path, signer("seoul-1"), NOW)
