"""Proof that one release differs from another by removed rows alone: checkable offline, against two certificates.

    {"type": "damjang-difference/v1", "old": "<manifest.json, base64>", "new": "<manifest.json, base64>",
     "changed": [{"path": "shards/forum-00003.arrow", "removed": [17, 203], "leaves": "<32 bytes a row, base64>"}, …]}

`leaves` are the salted row leaves of the old shard: without the salts, which stay in the vault, they show nothing of a
row. Shards that are the same in both manifests need no leaves: the proof is as large as the shards that were touched.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from damjang.certificates.errors import TrustError
from damjang.certificates.manifest import Manifest, Shard
from damjang.certificates.merkle import root_of
from governance.errors import DifferenceInvalid

TYPE: Final = "damjang-difference/v1"
_AGAIN: Final = "Ask the issuer for the proof again."


@dataclass(frozen=True)
class ChangedShard:
    """A shard of the old release that lost rows: all its row leaves (32 bytes each) and the removed rows' numbers."""

    path: str
    leaves: tuple[bytes, ...]
    removed: tuple[int, ...]


@dataclass(frozen=True)
class Difference:
    """What a withdrawal changed."""

    old: Manifest
    new: Manifest
    changed: tuple[ChangedShard, ...]

    def to_bytes(self) -> bytes:
        """As in the proof file (JSON)."""
        value = {
            "type": TYPE,
            "old": base64.b64encode(self.old.to_bytes()).decode(),
            "new": base64.b64encode(self.new.to_bytes()).decode(),
            "changed": [
                {"path": c.path, "removed": list(c.removed), "leaves": base64.b64encode(b"".join(c.leaves)).decode()}
                for c in self.changed
            ],
        }
        return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raises DifferenceInvalid."""
        try:
            value: Any = json.loads(data)
            if value["type"] != TYPE:
                raise ValueError
            old, new = (Manifest.from_bytes(base64.b64decode(value[name], validate=True)) for name in ("old", "new"))
            return cls(old, new, tuple(_changed(item) for item in value["changed"]))
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError, TrustError):
            raise DifferenceInvalid("not a difference proof", _AGAIN) from None


@dataclass(frozen=True)
class Verified:
    """What the proof shows."""

    old: str
    new: str
    removed_rows: int
    changed_shards: tuple[str, ...]
    removed_shards: tuple[str, ...]
    untouched_shards: int


def make_difference(
    old: Manifest, new: Manifest, leaves: Mapping[str, Sequence[bytes]], removed: Mapping[str, Sequence[int]]
) -> Difference:
    """The proof; `leaves` and `removed` by path of each shard that lost rows. Verified before it is returned."""
    changed = tuple(
        ChangedShard(path, tuple(leaves[path]), tuple(sorted(set(removed[path])))) for path in sorted(removed)
    )
    made = Difference(old, new, changed)
    verify_difference(made, old.root(), new.root())
    return made


def verify_difference(proof: Difference, old_root: str, new_root: str) -> Verified:
    """Checks the proof against the Merkle roots (hex) that the two certificates name. Raises DifferenceInvalid."""
    if proof.old.root() != old_root or proof.new.root() != new_root:
        raise DifferenceInvalid("the proof is of other releases than the certificates", _AGAIN)
    before, after = _name(proof.old.release), _name(proof.new.release)
    if before[0] != after[0] or before[1] >= after[1]:
        raise DifferenceInvalid("the new release does not supersede the old one", _AGAIN)
    new = {shard.path: shard for shard in proof.new.shards}
    old = {shard.path: shard for shard in proof.old.shards}
    changed = {item.path: item for item in proof.changed}
    if len(changed) != len(proof.changed) or not set(changed) <= set(old):
        raise DifferenceInvalid("the proof names a shard twice, or one that was not there", _AGAIN)
    if set(new) - set(old):
        raise DifferenceInvalid("the new release has a shard that the old one had not", _AGAIN)
    gone = []
    for path, shard in old.items():
        item, successor = changed.get(path), new.get(path)
        if item is None:
            if successor != shard:
                raise DifferenceInvalid(f"{path} differs and the proof does not say how", _AGAIN)
        elif not _loses(item, shard, successor):
            gone.append(path)
    return Verified(
        proof.old.release,
        proof.new.release,
        sum(len(item.removed) for item in proof.changed),
        tuple(sorted(set(changed) - set(gone))),
        tuple(sorted(gone)),
        len(old) - len(changed),
    )


def _loses(item: ChangedShard, old: Shard, new: Shard | None) -> bool:
    """Whether rows are left; raises unless the old leaves without the removed rows are the new leaves, in order."""
    if len(item.leaves) != old.rows or root_of(item.leaves).hex() != old.rows_root:
        raise DifferenceInvalid(f"{item.path}: the leaves are not the old shard's", _AGAIN)
    out = set(item.removed)
    if not out or len(out) != len(item.removed) or not out <= set(range(old.rows)):
        raise DifferenceInvalid(f"{item.path}: the removed rows are not rows of the shard", _AGAIN)
    stay = [leaf for number, leaf in enumerate(item.leaves) if number not in out]
    if new is None:
        if stay:
            raise DifferenceInvalid(f"{item.path}: the shard is gone but not all of its rows were removed", _AGAIN)
        return False
    if len(stay) != new.rows or root_of(stay).hex() != new.rows_root or old.schema != new.schema:
        raise DifferenceInvalid(f"{item.path}: other rows than the removed ones changed", _AGAIN)
    return True


def _name(release: str) -> tuple[str, int]:
    name, _, version = release.partition("@")
    return name, int(version)


def _changed(item: Any) -> ChangedShard:
    data = base64.b64decode(item["leaves"], validate=True)
    if len(data) % 32:
        raise ValueError
    removed = tuple(number for number in item["removed"] if type(number) is int)
    if len(removed) != len(item["removed"]):
        raise ValueError
    return ChangedShard(str(item["path"]), tuple(data[at : at + 32] for at in range(0, len(data), 32)), removed)
