"""One person withdrawn from a million rows in 200 shards: the superseding release and the proof of the difference.

    python -m bench.withdrawal_proof [SHARDS] [ROWS_A_SHARD]      CPU seconds of one process

Shards are small made-up texts, signed for real. What a withdrawal costs besides (finding the rows, rewriting staged
files) is proportional to the files touched and is measured by `damjang withdraw` itself.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa

from damjang.certificates.difference import make_difference, verify_difference
from damjang.certificates.manifest import Manifest, Shard, row_leaf
from damjang.certificates.merkle import root_of
from governance.issuing import propose, sign
from schemas.arrow import SHARD
from tests.issuer_world import DAY, NOW, World, digest, make_facts, signer

OLD, NEW = "korean-public@1", "korean-public@2"
SALT = bytes(32)


def shard(folder: Path, number: int, keep: list[int]) -> tuple[Shard, list[bytes]]:
    """Writes one shard of the rows `keep`; returns it with its salted row leaves."""
    ids = [hashlib.sha256(b"%d/%d" % (number, row)).digest()[:16] for row in keep]
    texts = [f"{number}번째 조각의 {row}번째 글입니다." for row in keep]
    path = f"shards/press-{number:05d}.arrow"
    columns = {"row_id": pa.array(ids, SHARD.field("row_id").type), "source_id": ["press"] * len(ids), "text": texts}
    table = pa.Table.from_pydict({f.name: columns[f.name] for f in SHARD}, schema=SHARD)
    (folder / "shards").mkdir(parents=True, exist_ok=True)
    with pa.OSFile(str(folder / path), "wb") as file, pa.ipc.new_file(file, SHARD) as writer:
        writer.write_table(table, max_chunksize=256)
    data = (folder / path).read_bytes()
    leaves = [row_leaf(SALT, row, "press", text) for row, text in zip(ids, texts, strict=True)]
    root = root_of(leaves).hex()
    return Shard(path, len(data), hashlib.sha256(data).hexdigest(), len(ids), digest("schema"), root), leaves


def issue(world: World, release: str, stage: Path, shards: list[Shard], supersedes: str | None) -> Path:
    """Proposed and signed by two officers."""
    manifest = Manifest(release, tuple(shards))
    made = make_facts(manifest.rows, supersedes=supersedes)
    now = NOW if supersedes is None else NOW + DAY
    propose(world.office, release, manifest, made, stage, signer("engineer-1"), now, digest(release).encode()[:32])
    sign(world.office, release, signer("officer-1"), now)
    done = sign(world.office, release, signer("officer-2"), now).published
    assert done is not None
    return done


def main(count: int, rows: int) -> None:
    """Prints what each step took."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "world").mkdir()
        world = World(Path(name) / "world")
        stage, touched, gone = Path(name) / "stage", count // 2, [rows // 3, rows // 2]
        made = [shard(stage, number, list(range(rows))) for number in range(count)]
        shards = [one for one, _ in made]
        old = issue(world, OLD, stage, shards, None)
        cpu = time.process_time()
        after = Path(name) / "after"
        cut, _ = shard(after, touched, [row for row in range(rows) if row not in gone])
        rewritten = time.process_time() - cpu
        for one in shards:
            if one.path != cut.path:
                (after / one.path).hardlink_to(stage / one.path)
        cpu = time.process_time()
        new = issue(world, NEW, after, [cut if one.path == cut.path else one for one in shards], OLD)
        issued = time.process_time() - cpu
        sizes = sorted(int((folder / "log/checkpoint").read_bytes().split(b"\n")[1]) for folder in (old, new))
        leaves = {cut.path: made[touched][1]}
        proof = make_difference(old, new, leaves, {cut.path: gone}, world.office.log.consistency(*sizes))
        cpu = time.process_time()
        verify_difference(proof, world.root)
        verified = time.process_time() - cpu
        print(f"{count} shards, {count * rows:,} rows, {sum(s.size for s in shards) / 1e6:.0f} MB; 2 rows of 1 shard")
        print(f"shard rewritten {rewritten:.2f} s, superseding release issued {issued:.2f} s (hashes every shard)")
        print(f"proof {len(proof) / 1e3:.0f} kB, verified in {verified:.3f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, int(sys.argv[2]) if len(sys.argv) > 2 else 5000)
