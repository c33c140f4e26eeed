"""Text files: one file is one document, at offset 0. Its record key, if the source asks for `path`, is its path."""

from __future__ import annotations

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
