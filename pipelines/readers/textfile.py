"""Text files: one file is one document, at offset 0. Its record key, if the source asks for `path`, is its path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from pipelines.readers.paths import decode_path
from pipelines.readers.records import Broken, RawBatch, int64
from pipelines.readers.streams import ByteStream
from schemas.project import Source

_BOM = b"\xef\xbb\xbf"


def read_text(
    path: str, compression: str, size: int, digest: str, source: Source, root: Path, max_record_bytes: int
) -> RawBatch | Broken:
    """The document, or why there is none."""
    stream = ByteStream(root / decode_path(path), compression)
    held: list[bytes] = []
    length = 0
    for chunk in stream.chunks():
        length += len(chunk)
        if length <= max_record_bytes:
            held.append(chunk)
        elif compression == "none":
            length = max(length, size)
            break  # the rest is of no use; of a compressed file it is read, for its length
    raw = b"".join(held)
    reason = stream.problem
    if reason is None and length > max_record_bytes:
        reason = "record_too_long"
    elif reason is None and not length:
        reason = "empty_file"
    elif reason is None and b"\0" in raw:
        reason = "nul_bytes"
    if reason is not None:
        return Broken(path, 0, length, reason, digest)
    try:
        text = raw.removeprefix(_BOM).decode(source.encoding)
    except UnicodeDecodeError:
        return Broken(path, 0, length, "bad_encoding", digest)
    key = path if source.record_key == "path" else None
    return RawBatch(int64([0]), int64([length]), pa.array([text], pa.string()), [key], [()], [path], [digest])


def joined(batches: Iterator[RawBatch | Broken], batch_bytes: int, batch_rows: int) -> Iterator[RawBatch | Broken]:
    """One-document batches gathered into larger ones; broken files stand behind the batch they fell into."""
    held: list[RawBatch] = []
    broken: list[Broken] = []
    size = 0
    for item in batches:
        if isinstance(item, Broken):
            broken.append(item)
            continue
        if held and (size + int(item.lengths[0]) > batch_bytes or len(held) >= batch_rows):
            yield _join(held)
            yield from broken
            held, broken, size = [], [], 0
        held.append(item)
        size += int(item.lengths[0])
    if held:
        yield _join(held)
    yield from broken


def _join(held: list[RawBatch]) -> RawBatch:
    return RawBatch(
        int64([int(batch.offsets[0]) for batch in held]),
        int64([int(batch.lengths[0]) for batch in held]),
        pa.concat_arrays([batch.texts for batch in held]),
        [key for batch in held for key in batch.keys],
        [users for batch in held for users in batch.subjects],
        [path for batch in held for path in batch.paths or []],
        [digest for batch in held for digest in batch.file_digests or []],
    )
