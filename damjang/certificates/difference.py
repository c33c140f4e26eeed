"""Proof of difference: that a release is its predecessor without certain rows, and nothing else. Checked offline.

    {"format": "damjang-difference/v1",
     "old": {"certificate": <envelope>, "manifest": <manifest>, "checkpoint": "<note>", "inclusion": <log proof>},
     "new": {…the same…},
     "shards": [{"path": "shards/forum-00003.arrow", "leaves": "<base64: 32 bytes a row of the old shard>",
                 "removed": [17, 18]}],
     "consistency": ["<64 hex>", …]}

It needs no signature of its own: everything in it leads to what the officers signed. What it proves, given the root
of trust:

 * both certificates are signed, and the new one supersedes the old one by name (they may have expired or been revoked
   since: this is history);
 * each shard of the old release is in the new one, to the byte, or is listed here; no other shard is new;
 * a listed shard's old rows are the certified ones (the leaves lead to the old `rows_root`), and the new shard's rows
   are these without the removed ones, contents and order kept (they lead to the new `rows_root`);
 * both certificates stand in the audit log, and the log of the later one extends the log of the earlier.

Leaves are salted hashes (see manifest.row_leaf): the proof shows no row, and which person a removed row was about only
the vault can tell. Size: 32 bytes a row of the touched shards, nothing for the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from damjang.certificates import verify
from damjang.certificates.canonical import Json, canonical, parse
from damjang.certificates.encoding import decode64, encode64
from damjang.certificates.errors import DifferenceInvalid, Malformed
from damjang.certificates.fields import Fields
from damjang.certificates.logproof import LogProof
from damjang.certificates.manifest import SHARD_PATH, Manifest, Shard
from damjang.certificates.merkle import root_of, verify_consistency
from damjang.certificates.note import Checkpoint, verify_checkpoint
from damjang.certificates.reader import read_metadata
from damjang.certificates.trust import Root
from damjang.certificates.verify import SignedStatement, read_certificate

FORMAT: Final = "damjang-difference/v1"
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_WHAT: Final = "proof of difference"


@dataclass(frozen=True)
class Difference:
    """What was proved. `removed`: shard path -> the row numbers that are gone (of the old shard, from 0)."""

    old: SignedStatement
    new: SignedStatement
    removed: Mapping[str, tuple[int, ...]]
    untouched: int

    @property
    def rows(self) -> int:
        """How many rows are gone."""
        return sum(map(len, self.removed.values()))


def make_difference(
    old: Path,
    new: Path,
    leaves: Mapping[str, Sequence[bytes]],
    removed: Mapping[str, Sequence[int]],
    consistency: Sequence[bytes],
) -> bytes:
    """The proof for two release folders. `leaves`: the old row leaves of each touched shard; `removed`: row numbers.

    `consistency`: RFC 9162 proof between the two checkpoints, in the order of their sizes. Not checked here: verify
    what was made before handing it out.
    """
    shards = [
        {"path": path, "leaves": encode64(b"".join(leaves[path])), "removed": sorted(removed[path])}
        for path in sorted(removed)
    ]
    record = {"format": FORMAT, "old": _side(old), "new": _side(new), "shards": shards}
    return canonical(record | {"consistency": [item.hex() for item in consistency]})


def verify_difference(data: bytes, root: Root) -> Difference:
    """Raises DifferenceInvalid, LogProofInvalid, SignatureError or Malformed unless everything above holds."""
    fields = Fields(parse(data, _WHAT), _WHAT)
    if fields.text("format") != FORMAT:
        raise Malformed(f"{_WHAT}: not a {FORMAT}")
    old, old_manifest, old_point = _read_side(fields.object("old"), root)
    new, new_manifest, new_point = _read_side(fields.object("new"), root)
    touched = [_read_shard(item) for item in fields.objects("shards")]
    consistency = []
    for item in fields.items("consistency"):
        if not isinstance(item, str) or not _HASH.fullmatch(item):
            raise Malformed(f"{_WHAT}: consistency is not a list of hashes")
        consistency.append(bytes.fromhex(item))
    fields.end()

    if new.statement.facts.supersedes != old.statement.release:
        raise DifferenceInvalid(f"{new.statement.release} does not supersede {old.statement.release}")
    removed = _check_shards(old_manifest, new_manifest, touched)
    first, last = sorted((old_point, new_point), key=lambda point: point.size)
    verify_consistency(first.size, last.size, consistency, first.root, last.root)
    return Difference(old, new, removed, len(old_manifest.shards) - len(removed))


def _side(folder: Path) -> dict[str, object]:
    return {
        "certificate": parse(read_metadata(folder, verify.CERTIFICATE), verify.CERTIFICATE),
        "manifest": parse(read_metadata(folder, verify.MANIFEST), verify.MANIFEST),
        "checkpoint": read_metadata(folder, verify.CHECKPOINT).decode(),
        "inclusion": parse(read_metadata(folder, verify.INCLUSION), verify.INCLUSION),
    }


def _read_side(fields: Fields, root: Root) -> tuple[SignedStatement, Manifest, Checkpoint]:
    signed = read_certificate(root, canonical(fields.any("certificate")))
    manifest = Manifest.from_bytes(canonical(fields.any("manifest")))
    point = verify_checkpoint(fields.text("checkpoint").encode(), root.log_origin, root.log_key)
    LogProof.from_bytes(canonical(fields.any("inclusion"))).verify(signed.digest, point)
    fields.end()
    if (manifest.release, manifest.root()) != (signed.statement.release, signed.statement.root):
        raise DifferenceInvalid(f"the manifest is not the one certified for {signed.statement.release}")
    return signed, manifest, point


def _read_shard(fields: Fields) -> tuple[str, list[bytes], tuple[int, ...]]:
    path = fields.text("path", SHARD_PATH)
    hashes = decode64(fields.text("leaves"), f"{_WHAT}: leaves")
    numbers: list[Json | object] = list(fields.items("removed"))
    fields.end()
    removed = tuple(number for number in numbers if isinstance(number, int) and not isinstance(number, bool))
    leaves = [hashes[place : place + 32] for place in range(0, len(hashes), 32)]
    well = len(hashes) % 32 == 0 and len(removed) == len(numbers) > 0 and list(removed) == sorted(set(removed))
    if not well or not 0 <= removed[0] <= removed[-1] < len(leaves):
        raise Malformed(f"{_WHAT}: {path}: leaves and removed rows do not fit")
    return path, leaves, removed


def _check_shards(
    old: Manifest, new: Manifest, touched: Sequence[tuple[str, list[bytes], tuple[int, ...]]]
) -> dict[str, tuple[int, ...]]:
    before, after = ({shard.path: shard for shard in manifest.shards} for manifest in (old, new))
    removed = {path: rows for path, _, rows in touched}
    if len(removed) != len(touched):
        raise Malformed(f"{_WHAT}: a shard stands twice")
    added = sorted(set(after) - set(before))
    if added:
        raise DifferenceInvalid(f"{added[0]} is new in {new.release}")
    for path, shard in before.items():
        if path not in removed and after.get(path) != shard:
            raise DifferenceInvalid(f"{path} differs between {old.release} and {new.release}, and is not accounted for")
    for path, leaves, rows in touched:
        if path not in before:
            raise DifferenceInvalid(f"{path} is not in {old.release}")
        _check_rows(before[path], after.get(path), leaves, rows)
    return removed


def _check_rows(old: Shard, new: Shard | None, leaves: list[bytes], removed: tuple[int, ...]) -> None:
    if len(leaves) != old.rows or root_of(leaves).hex() != old.rows_root:
        raise DifferenceInvalid(f"{old.path}: the rows are not the certified ones")
    gone = set(removed)
    left = [leaf for number, leaf in enumerate(leaves) if number not in gone]
    if new is None:
        if left:
            raise DifferenceInvalid(f"{old.path} is gone, but {len(left)} of its rows were to stay")
    elif len(left) != new.rows or root_of(left).hex() != new.rows_root or new.schema != old.schema:
        raise DifferenceInvalid(f"{old.path}: more than the removed rows differs")
