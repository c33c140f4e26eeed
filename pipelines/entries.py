"""Hashed entries of documents, written sorted with one batch a hash range: dedup's shuffle, on disk (design.md, 2).

An entry is (hash, order, tie, doc). `doc` is part ordinal << 32 | row. `order`, then `tie`, is the survivor order: the
policy's fields most significant first, then the document id, so that comparing two integers compares two documents.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipelines.dataset import FileRef
from pipelines.work import UnitContext

U64 = NDArray[np.uint64]
ENTRY = pa.schema([pa.field(name, pa.uint64(), nullable=False) for name in ("hash", "order", "tie", "doc")])
ENTRY_BYTES = 32
RANGE_MEMORY = 64 << 20  # bytes of entries a unit holds at once
WIDTHS = {"ground": 4, "licence": 4, "quality": 8, "length": 24}  # bits; the id takes what is left, at least 24


def dedup_key(project_key: bytes, what: str) -> bytes:
    """32 bytes for one use in finding duplicates: signatures of text are keyed (design.md, personal data)."""
    return hmac.digest(project_key, b"dedup\0" + what.encode(), hashlib.sha256)


def seed_of(project_key: bytes, what: str) -> int:
    """The 64-bit seed of signatures for one use."""
    return int.from_bytes(dedup_key(project_key, what)[:8], "little")


def ranges_for(documents: int, entries_each: int) -> int:
    """A power of two: into how many hash ranges the entries of a stage are divided. Runner and workers play no part."""
    ranges = 1
    while ranges < 65_536 and ranges * RANGE_MEMORY < documents * entries_each * ENTRY_BYTES:
        ranges *= 2
    return ranges


def order_keys(
    policy_order: Sequence[str],
    ranks: Mapping[str, int],
    quality_ppm: NDArray[np.int32],
    chars: NDArray[np.int64],
    ids: U64,
) -> tuple[U64, U64]:
    """(order, tie) of the rows of one part; least is the survivor.

    `ranks`: ground and licence rank of the source (0 best). Higher quality and greater length come first. `ids`: shape
    (n, 2), the document ids as two big-endian 64-bit numbers.
    """
    order = np.zeros(len(ids), dtype=np.uint64)
    left = 64
    for name in policy_order:
        if name == "id":
            break
        width = WIDTHS[name]
        top = (1 << width) - 1
        if name == "quality":
            field = top - np.clip(quality_ppm.astype(np.int64) * top // 1_000_000, 0, top)
        elif name == "length":
            field = top - np.clip(chars, 0, top)
        else:
            field = np.full(len(ids), min(ranks[name], top), dtype=np.int64)
        left -= width
        order |= field.astype(np.uint64) << np.uint64(left)
    order |= ids[:, 0] >> np.uint64(64 - left)
    tie = (ids[:, 0] << np.uint64(left)) | (ids[:, 1] >> np.uint64(64 - left)) if left < 64 else ids[:, 1].copy()
    return order, tie


def id_words(ids: pa.Array) -> U64:
    """A binary(16) array as shape (n, 2) uint64, big-endian, so that integer order is byte order."""
    raw = np.frombuffer(ids.buffers()[1], dtype=">u8").reshape(-1, 2)[ids.offset : ids.offset + len(ids)]
    return raw.astype(np.uint64)


def write_entries(context: UnitContext, kind: str, name: str, columns: Sequence[U64], ranges: int) -> None:
    """One file of a unit's entries: sorted, one batch a range (the range is the top bits of the hash)."""
    order = np.lexsort(tuple(reversed(columns)))
    ordered = [column[order] for column in columns]
    shift = np.uint64(64 - (ranges.bit_length() - 1))
    place = ordered[0] >> shift if ranges > 1 else np.zeros(len(order), dtype=np.uint64)
    cuts = np.searchsorted(place, np.arange(ranges + 1, dtype=np.uint64))
    batch = pa.record_batch([pa.array(column) for column in ordered], schema=ENTRY)
    out = context.writer(kind, name, ENTRY)
    for start, end in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        out.write(batch.slice(start, end - start))
    context.add_side(kind, out.close())


def read_range(context: UnitContext, refs: Iterable[FileRef], index: int) -> list[U64]:
    """The entries of one hash range from every file, as columns sorted by (hash, order, tie)."""
    held: list[list[U64]] = [[] for _ in ENTRY.names]
    for ref in refs:
        with context.open(None, ref) as file:
            batch = file.batch(index)
            for column, values in zip(held, batch.columns, strict=True):
                if len(values):
                    column.append(values.to_numpy())
    columns = [np.concatenate(column) if column else np.zeros(0, dtype=np.uint64) for column in held]
    order = np.lexsort((columns[2], columns[1], columns[0]))
    return [column[order] for column in columns]


def write_grouped(context: UnitContext, kind: str, batch: pa.RecordBatch, docs: U64) -> FileRef:
    """What a unit found of documents, sorted by document: one batch a group of parts, so that a part reads its own."""
    count = int(context.config["groups"])
    place = _group_of((docs >> np.uint64(32)).astype(np.int64), context)
    cuts = np.searchsorted(place, np.arange(count + 1))
    out = context.writer(kind, f"{context.index:06d}", batch.schema)
    for start, end in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        out.write(batch.slice(start, end - start))
    return out.close()


def read_own(context: UnitContext, refs: Iterable[FileRef], ordinal: int, schema: pa.Schema) -> pa.Table:
    """What the grouped files say of one part's documents."""
    group = int(_group_of(np.array([ordinal]), context)[0])
    batches = []
    for ref in refs:
        with context.open(None, ref) as file:
            batch = file.batch(group)
            mine = pc.equal(pc.shift_right(batch["doc"], pa.scalar(32, pa.uint64())), pa.scalar(ordinal, pa.uint64()))
            batches.append(batch.filter(mine))
    return pa.Table.from_batches(batches, schema)


def _group_of(ordinals: NDArray[np.int64], context: UnitContext) -> NDArray[np.int64]:
    groups_count, parts = int(context.config["groups"]), int(context.config["parts"])
    return ordinals * groups_count // max(parts, 1)


def groups(hashes: U64) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(starts, ends) of the runs of equal values that have at least two members, in a sorted array."""
    if len(hashes) < 2:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    edges = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1], [True])))
    starts, ends = edges[:-1], edges[1:]
    several = ends - starts > 1
    return starts[several], ends[several]
