"""What a reader yields: batches of good records, and broken ones by locator and reason, never by content.

A record is one document of a source. `offset` is its first byte in the file (in the decompressed stream of a gzip
or zstd file), or its row number in a Parquet file; `length` is its bytes without the line's end (Parquet: its text's).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Int64Array = npt.NDArray[np.int64]

REASONS: Final = {
    "bad_encoding": "not valid in the source's encoding",
    "corrupt_stream": "the compressed stream is damaged from here on; what came before was read",
    "csv_malformed": "quotes or the number of fields do not agree with the header (RFC 4180)",
    "empty_file": "the file holds no bytes",
    "identifier_in_name": "the path holds a resident registration number; it is written nowhere: rename the file",
    "is_a_directory": "a directory where a file should be",
    "json_array_not_lines": "the file is one JSON array, not one object a line; nothing of it was read",
    "key_not_string": "the record key is neither a string nor a whole number",
    "lone_surrogate": "an escaped surrogate without its partner is not a character",
    "malformed_json": "not JSON",
    "missing_text": "the text column is absent or null",
    "not_an_object": "JSON, but not an object",
    "nul_bytes": "raw NUL bytes: a torn write, UTF-16 or a binary file",
    "record_too_long": "longer than max_record_bytes",
    "subject_not_string": "a subject is neither a string, a whole number nor a list of these",
    "text_not_string": "the text column holds something else than a string",
    "trailing_garbage": "bytes that are no compressed stream follow the stream",
    "truncated_stream": "the stream ends before its end; what came before was read",
    "unreadable_file": "the file is absent, not a regular file, not permitted or not of its format",
}
"""Every reason code, with what it means. NUL: a raw NUL byte in JSONL, CSV or text is damage; one that its format
encodes properly (`\\u0000`, a Parquet value) is a control character, which refine removes."""


@dataclass(frozen=True)
class RawBatch:
    """n good records of one unit, in file order.

    offsets, lengths: int64 [n]; texts: string [n], no nulls, valid UTF-8; keys: [n], None where the record has none;
    subjects: [n], each the provider's user ids, if any. paths, file_digests: [n] for text files (a unit groups many);
    otherwise None: the unit's hold for all.
    """

    offsets: Int64Array
    lengths: Int64Array
    texts: pa.StringArray
    keys: list[str | None]
    subjects: Sequence[Sequence[str]]
    paths: list[str] | None = None
    file_digests: list[str] | None = None

    def __len__(self) -> int:
        return len(self.offsets)

    @property
    def raw_bytes(self) -> int:
        """Bytes of the records as they stood in the file."""
        return int(self.lengths.sum())

    def __repr__(self) -> str:
        return f"RawBatch({len(self)} records)"  # never their text, keys or subjects


@dataclass(frozen=True)
class Broken:
    """A record (or a whole file, or the rest of one) that could not be read."""

    path: str
    offset: int
    length: int
    reason: str
    file_digest: str = ""  # only where it is not the unit's (text files)

    def __post_init__(self) -> None:
        if self.reason not in REASONS:
            raise AssertionError(f"unknown reason {self.reason}")


def bounded(batch: RawBatch, batch_bytes: int, batch_rows: int) -> Iterator[RawBatch]:
    """Cut a batch into slices of at most `batch_rows` records and `batch_bytes` of text; one record may exceed it."""
    n = len(batch)
    if n == 0:
        return
    ends = np.frombuffer(batch.texts.buffers()[1], np.int32)[batch.texts.offset : batch.texts.offset + n + 1]
    start = 0
    while start < n:
        fits = int(np.searchsorted(ends, int(ends[start]) + batch_bytes, side="right")) - 1
        stop = max(start + 1, min(fits, start + batch_rows, n))
        yield _slice(batch, start, stop)
        start = stop


def _slice(batch: RawBatch, start: int, stop: int) -> RawBatch:
    if start == 0 and stop == len(batch):
        return batch
    return RawBatch(
        batch.offsets[start:stop],
        batch.lengths[start:stop],
        batch.texts.slice(start, stop - start),
        batch.keys[start:stop],
        batch.subjects[start:stop],
        None if batch.paths is None else batch.paths[start:stop],
        None if batch.file_digests is None else batch.file_digests[start:stop],
    )


def int64(values: Sequence[int]) -> Int64Array:
    return np.array(values, np.int64)


def gathered(items: Iterable[RawBatch | Broken], batch_bytes: int, batch_rows: int) -> Iterator[RawBatch | Broken]:
    """Small batches gathered into larger ones; broken records pass at once."""
    held: list[RawBatch] = []
    rows = size = 0
    for item in items:
        if isinstance(item, Broken):
            yield item
            continue
        more = item.texts.nbytes
        if held and (rows + len(item) > batch_rows or size + more > batch_bytes):
            yield _join(held)
            held, rows, size = [], 0, 0
        held.append(item)
        rows, size = rows + len(item), size + more
    if held:
        yield _join(held)


def _join(held: list[RawBatch]) -> RawBatch:
    if len(held) == 1:
        return held[0]
    named = held[0].paths is not None
    return RawBatch(
        np.concatenate([batch.offsets for batch in held]),
        np.concatenate([batch.lengths for batch in held]),
        pa.concat_arrays([batch.texts for batch in held]),
        [key for batch in held for key in batch.keys],
        [users for batch in held for users in batch.subjects],
        [path for batch in held for path in batch.paths or []] if named else None,
        [digest for batch in held for digest in batch.file_digests or []] if named else None,
    )
