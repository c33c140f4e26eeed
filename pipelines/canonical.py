"""The one canonical writer of shards: equal rows give equal bytes on any runner (design.md, data flow 7).

Fixed rows a batch, no dictionaries, no compression (a shard is memory-mapped into a loader), no nulls, no metadata.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from schemas.arrow import SHARD

ROWS_PER_BATCH = 1024
CHUNK = 1 << 20


def shard_bytes(rows: pa.Table) -> bytes:
    """The Arrow IPC file of `rows` (SHARD schema): a function of the values alone."""
    return b"".join(shard_chunks(rows.to_batches()))


def shard_chunks(batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """The same file in pieces of CHUNK bytes (the last is shorter), from rows in batches of any size: a shard is never
    whole in memory."""
    sink = _Drain()
    options = pa.ipc.IpcWriteOptions(compression=None, use_threads=False, emit_dictionary_deltas=False)
    with pa.PythonFile(sink, "w") as file, pa.ipc.new_file(file, SHARD, options=options) as writer:
        for batch in _regrouped(batches):
            writer.write_batch(batch)
            while len(sink.held) >= CHUNK:
                yield sink.take(CHUNK)
    while sink.held:
        yield sink.take(CHUNK)


class _Drain:
    """A file that only grows; what was taken out of it still counts for its position."""

    closed = False

    def __init__(self) -> None:
        self.held = bytearray()
        self._taken = 0

    def write(self, data: bytes) -> int:
        self.held += data
        return len(data)

    def take(self, size: int) -> bytes:
        piece = bytes(self.held[:size])
        del self.held[:size]
        self._taken += len(piece)
        return piece

    def tell(self) -> int:
        return self._taken + len(self.held)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


def _regrouped(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Batches of ROWS_PER_BATCH rows, each in buffers of its own: slices of the input must not show in the output."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        at = 0
        while at < batch.num_rows:
            piece = batch.slice(at, ROWS_PER_BATCH - count)
            held.append(piece)
            count += piece.num_rows
            at += piece.num_rows
            if count == ROWS_PER_BATCH:
                yield _joined(held)
                held, count = [], 0
    if held:
        yield _joined(held)


def _joined(pieces: list[pa.RecordBatch]) -> pa.RecordBatch:
    if any(column.null_count for piece in pieces for column in piece.columns):
        raise ValueError("a shard has no nulls")
    columns = [pa.concat_arrays([piece.column(name) for piece in pieces]) for name in SHARD.names]
    return pa.record_batch(columns, schema=SHARD)


def text_size(column: pa.Array | pa.ChunkedArray) -> int:
    """Bytes of UTF-8 in a string column."""
    return int(pc.sum(pc.binary_length(column)).as_py() or 0)


def schema_digest() -> str:
    """SHA-256 over the serialised SHARD schema."""
    return hashlib.sha256(SHARD.serialize().to_pybytes()).hexdigest()
