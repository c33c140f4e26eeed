"""The one canonical writer of shards: equal rows give equal bytes on any runner (design.md, data flow 7).

Fixed rows a batch, no dictionaries, no compression (a shard is memory-mapped into a loader), no nulls, no metadata.
"""

from __future__ import annotations

import hashlib
import io

import pyarrow as pa
import pyarrow.compute as pc

from schemas.arrow import SHARD

ROWS_PER_BATCH = 1024


def shard_bytes(rows: pa.Table) -> bytes:
    """The Arrow IPC file of `rows` (SHARD schema): a function of the values alone."""
    sink = io.BytesIO()
    # cast through fresh buffers: slices and offsets of the input must not show in the output
    flat = pa.table([_fresh(rows.column(name)) for name in SHARD.names], schema=SHARD)
    options = pa.ipc.IpcWriteOptions(compression=None, use_threads=False, emit_dictionary_deltas=False)
    with pa.ipc.new_file(sink, SHARD, options=options) as writer:
        for batch in flat.to_batches(max_chunksize=ROWS_PER_BATCH):
            writer.write_batch(batch)
    return sink.getvalue()


def _fresh(column: pa.ChunkedArray) -> pa.Array:
    if column.null_count:
        raise ValueError("a shard has no nulls")
    combined = column.combine_chunks()
    if isinstance(combined, pa.ChunkedArray):
        combined = pa.concat_arrays(combined.chunks) if combined.num_chunks else pa.array([], combined.type)
    return pc.take(combined, pa.array(range(len(combined)), pa.int64()))


def schema_digest() -> str:
    """SHA-256 over the serialised SHARD schema."""
    return hashlib.sha256(SHARD.serialize().to_pybytes()).hexdigest()
