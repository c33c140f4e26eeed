"""Loading a pulled release: record batches straight from memory-mapped shards, with an exact place to resume from.

    loader = damjang.open("pulled/korean-public@1", purpose="pretraining")
    for batch in loader:                       # pyarrow.RecordBatch, no copy
        train(batch)
        checkpoint = loader.position.to_json() # the next batch to come
    loader = damjang.open(…, resume=Position.from_json(checkpoint))

Refused by named error: a folder that was not pulled, was changed, is revoked, expired, or not certified for the
purpose. A shard's bytes are compared with the certificate in the very mapping that the batches then come from; the
certificate's time and standing are looked at again before each shard, so that a long run stops at a shard's edge and
can be resumed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa

from damjang.certificates import verify
from damjang.certificates.errors import DigestMismatch, ReceiptMissing, WrongPurpose, WrongRelease
from damjang.certificates.manifest import Shard
from damjang.certificates.reader import newest, read_metadata, verify_directory
from damjang.certificates.receipt import Receipt
from damjang.certificates.trust import Root
from damjang.certificates.verify import Use, Verified
from damjang.client.errors import PositionRefused
from damjang.client.state import State, default_folder

Clock = Callable[[], dt.datetime]


@dataclass(frozen=True)
class Position:
    """The next batch: number `batch` of shard number `shard` (both from 0), in the release with Merkle root `root`.

    `rank` of `world` says whose share it is: shard i belongs to rank i mod world.
    """

    root: str
    shard: int
    batch: int
    rank: int = 0
    world: int = 1

    def to_json(self) -> str:
        """One line of JSON, to keep in a training checkpoint."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Position:
        """Raises PositionRefused."""
        try:
            found = cls(**json.loads(text))
            numbers = (found.shard, found.batch, found.rank, found.world)
            if not all(isinstance(value, int) and value >= 0 for value in numbers):
                raise TypeError
        except (TypeError, ValueError):
            raise PositionRefused("not a position that a loader gave", "start without `resume`") from None
        return found


class Loader(Iterator[pa.RecordBatch]):
    """Iterates once over this rank's shards, from `position`. `verified`: the certificate and all that was checked."""

    def __init__(
        self,
        folder: Path,
        use: Use,
        root: Root,
        state: State,
        clock: Clock,
        position: Position | None,
        rank: int,
        world: int,
    ) -> None:
        self._folder, self._use, self._root, self._state, self._clock = folder, use, root, state, clock
        self._revocations = b""
        self.verified: Verified = self._verify()
        start = Position(self.verified.statement.root, rank, 0, rank, world)
        self._position = start if position is None else position
        same = (self._position.root, self._position.rank, self._position.world) == (start.root, rank, world)
        if not same or self._position.shard % world != rank:
            raise PositionRefused(
                "the position is of another release, or of another rank or number of ranks",
                "resume with the same release, rank and world, or start without `resume`",
            )
        self._reader: pa.ipc.RecordBatchFileReader | None = None

    @property
    def position(self) -> Position:
        """Where the next batch comes from."""
        return self._position

    def __iter__(self) -> Loader:
        return self

    def __next__(self) -> pa.RecordBatch:
        shards = self.verified.manifest.shards
        while self._position.shard < len(shards):
            if self._reader is None:
                self._recheck()
                self._reader = self._open(shards[self._position.shard])
            if self._position.batch < self._reader.num_record_batches:
                batch = self._reader.get_batch(self._position.batch)
                self._position = self._move(self._position.shard, self._position.batch + 1)
                return batch
            self._reader = None
            self._position = self._move(self._position.shard + self._position.world, 0)
        raise StopIteration

    def _move(self, shard: int, batch: int) -> Position:
        return Position(self._position.root, shard, batch, self._position.rank, self._position.world)

    def _open(self, shard: Shard) -> pa.ipc.RecordBatchFileReader:
        """Maps the shard, compares its bytes, and reads from that same mapping."""
        try:
            mapped = pa.memory_map(str(self._folder / shard.path))
            data = mapped.read_buffer()
            if hashlib.sha256(data).hexdigest() != shard.sha256:
                raise DigestMismatch(f"{shard.path}: its bytes are not the certified ones")
            return pa.ipc.open_file(data)
        except (OSError, pa.ArrowInvalid):
            raise DigestMismatch(f"{shard.path}: cannot be read as the certified Arrow file") from None

    def _verify(self) -> Verified:
        revocations = newest(self._state.revocations(self._root.id), self._folder)
        verified = verify_directory(
            self._folder,
            self._root,
            now=self._clock(),
            seen=self._state.seen(self._root.id),
            use=self._use,
            revocations=[revocations],
            partly=True,
        )
        self._state.remember(self._root.id, verified.seen, revocations)
        self._revocations = revocations
        return verified

    def _recheck(self) -> None:
        """Before each shard: still in time, and not revoked by a list that came meanwhile (see `refresh`)."""
        now = self._clock()
        fresh = newest(self._state.revocations(self._root.id), self._folder) == self._revocations
        ends = min(self.verified.statement.facts.expires, self.verified.revocations.expires, self._root.expires)
        if not fresh or now >= ends:
            self.verified = self._verify()


def open(
    directory: str | Path,
    *,
    purpose: str,
    resume: Position | None = None,
    rank: int = 0,
    world: int = 1,
    trust: str | Path | None = None,
    state: State | None = None,
    clock: Clock = lambda: dt.datetime.now(dt.UTC),
) -> Loader:
    """The batches of a pulled release, for `purpose`.

    `rank` and `world` share the shards out among processes (shard i to rank i mod world; shares need not be equal).
    `trust`: root.json; without it the root that was pinned when the release was pulled. Raises a TrustError by cause,
    or PositionRefused.
    """
    folder, kept = Path(directory), state or State(default_folder())
    if not 0 <= rank < world:
        raise PositionRefused(f"rank {rank} of {world}", "ranks run from 0 to world - 1")
    if not (folder / verify.RECEIPT).exists():
        raise ReceiptMissing(f"{folder} is not a pulled release: no receipt says who uses it for what")
    receipt = Receipt.verify(read_metadata(folder, verify.RECEIPT))
    root = kept.trust(Path(trust)) if trust is not None else kept.pinned(receipt.root_id)
    if receipt.action != "pulled":
        raise ReceiptMissing(f"{folder} was deleted by its cluster, as its receipt says")
    if receipt.purpose != purpose:
        raise WrongPurpose(
            f"{folder} was pulled for {receipt.purpose}, not {purpose}", "pull it again for this purpose"
        )
    loader = Loader(folder, Use(purpose, receipt.cluster), root, kept, clock, resume, rank, world)
    if (receipt.certificate, receipt.root) != (loader.verified.certificate, loader.verified.statement.root):
        raise WrongRelease(f"the receipt in {folder} is of another certificate", "pull the release again")
    return loader
