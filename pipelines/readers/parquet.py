"""Parquet: only the declared columns, and as many rows at a time as their size allows.

A row is a record; its offset is its row number, its length the bytes of its text. What Arrow can't read of a damaged or
hostile file is that file's loss: the rows from there to the unit's end are one broken record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.readers.columns import is_label, keys_of, subjects_of, unique
from pipelines.readers.records import Broken, RawBatch
from pipelines.readers.streams import file_problem
from schemas.project import Source

BATCH_BUDGET = 16 << 20
_MOST_ROWS = 4096
UNREADABLE = (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError)


def read_parquet(
    name: str,
    path: Path,
    start: int,
    end: int,
    source: Source,
    max_record_bytes: int,
    batch_bytes: int,
) -> Iterator[RawBatch | Broken]:
    """Rows `start` to `end` of the file at `path`, which is called `name` in what comes out."""
    problem = file_problem(path)
    if problem or not path.stat().st_size:
        yield Broken(name, start, 0, problem or "empty_file")
        return
    row = start
    try:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
            counted = sum(file.metadata.row_group(g).num_rows for g in range(file.metadata.num_row_groups))
            if not counted == file.metadata.num_rows >= end or start == end < counted:
                raise OSError  # a footer that contradicts itself: no plan could be made
            bad = _text_problem(file.schema_arrow, source.text)
            if bad:
                yield from (Broken(name, at, 0, bad) for at in range(start, end))
                return
            for batch in _rows(file, path, start, end, declared(file.schema_arrow, source)):
                yield from _convert(name, row, batch, source, max_record_bytes, batch_bytes)
                row += batch.num_rows
            if row < end:
                raise OSError  # rows that the plan counted are not there
    except UNREADABLE:
        yield Broken(name, row, 0, "unreadable_file" if row == start else "corrupt_stream")


def declared(schema: pa.Schema, source: Source) -> list[str]:
    """The columns of a file that the project names."""
    wanted = [source.text, *([source.record_key] if source.record_key else []), *source.subjects]
    return [column for column in dict.fromkeys(wanted) if schema.get_field_index(column) >= 0]


def _text_problem(schema: pa.Schema, text: str) -> str | None:
    index = schema.get_field_index(text)  # -1 too where the name stands twice
    if index < 0:
        return "missing_text"
    kind = schema.field(index).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return None if _is_text(kind) or pa.types.is_null(kind) else "text_not_string"


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
    )


def _rows(file: pq.ParquetFile, path: Path, start: int, end: int, columns: list[str]) -> Iterator[pa.RecordBatch]:
    """Record batches that hold exactly the rows `start` to `end`; one row group after the other, so that a damaged one
    costs none before it."""
    at = 0
    for group in range(file.metadata.num_row_groups):
        stop = at + file.metadata.row_group(group).num_rows
        if at < end and stop > start:
            rows = bounded_rows(file, path, group, columns)
            for batch in file.iter_batches(rows, row_groups=[group], columns=columns, use_threads=False):
                low, high = max(start - at, 0), min(end - at, batch.num_rows)
                if low < high:
                    yield batch.slice(low, high - low)
                at += batch.num_rows
                if at >= end:
                    return
            if at != stop:
                raise OSError  # a damaged count: the file gives other rows than its footer promised
        at = stop


def declared_chunks(file: pq.ParquetFile, group: int, columns: Sequence[str]) -> list[pq.ColumnChunkMetaData]:
    """What the footer says of the declared columns' chunks of one row group (leaves of nested columns too).

    pyarrow's `row_group().column()` lets a C++ exception end the process where the footer contradicts itself. The
    reader meets the same contradiction and raises, so a row is read first. Raises one of `UNREADABLE`.
    """
    next(file.iter_batches(1, row_groups=[group], columns=list(columns), use_threads=False), None)
    wanted = set(columns)
    leaves = (i for i in range(len(file.schema)) if file.schema.column(i).path.split(".")[0] in wanted)
    return [file.metadata.row_group(group).column(i) for i in leaves]


def group_weight(file: pq.ParquetFile, group: int, columns: Sequence[str]) -> int:
    """Bytes of one row group's declared columns, unpacked; of all its columns where the first row can't be read."""
    try:
        return sum(chunk.total_uncompressed_size for chunk in declared_chunks(file, group, columns))
    except UNREADABLE:
        return int(file.metadata.row_group(group).total_byte_size)


def bounded_rows(file: pq.ParquetFile, path: Path, group: int, columns: list[str]) -> int:
    """How many rows to unpack at once, so that they stay within about BATCH_BUDGET bytes.

    A value can be as large as the largest of its dictionary (256 rows may all point to one of 8 MiB); one that shares
    a prefix with the value before (DELTA_BYTE_ARRAY) as large as its whole column; others are taken for the average.
    """
    rows = max(1, file.metadata.row_group(group).num_rows)
    largest = 1
    for chunk in declared_chunks(file, group, columns):
        size = chunk.total_uncompressed_size
        value = size // rows
        if chunk.path_in_schema in columns and chunk.physical_type == "BYTE_ARRAY" and chunk.has_dictionary_page:
            value = max(value, _largest_in_dictionary(path, file.metadata, group, chunk.path_in_schema) or size)
        if "DELTA_BYTE_ARRAY" in chunk.encodings:
            value = max(value, size)
        largest += value
    return int(max(1, min(_MOST_ROWS, BATCH_BUDGET // max(1, largest))))


def _largest_in_dictionary(path: Path, metadata: pq.FileMetaData, group: int, column: str) -> int | None:
    """Bytes of the largest value that a column chunk's dictionary holds: read with its first row, not unpacked."""
    with pq.ParquetFile(path, metadata=metadata, read_dictionary=[column], buffer_size=1 << 20) as file:
        batch = next(file.iter_batches(1, row_groups=[group], columns=[column], use_threads=False), None)
    if batch is None:
        raise OSError  # a footer that promises rows, and no row
    first = batch.column(0)
    if not pa.types.is_dictionary(first.type) or not len(first.dictionary):
        return None
    found: int | None = pc.max(pc.binary_length(_viewless(first.dictionary))).as_py()
    return found


def _convert(
    name: str, first: int, batch: pa.RecordBatch, source: Source, max_record_bytes: int, batch_bytes: int
) -> Iterator[RawBatch | Broken]:
    """One record batch as batches of bounded text, and its broken rows."""
    column = _viewless(batch.column(source.text))
    lengths = _byte_lengths(column)
    reasons: dict[int, str] = dict.fromkeys(np.flatnonzero(lengths < 0).tolist(), "missing_text")
    reasons |= dict.fromkeys(np.flatnonzero(lengths > max_record_bytes).tolist(), "record_too_long")
    keys = _keys(batch, source.record_key, reasons)
    users = _subjects(batch, source.subjects, reasons)

    good = np.array([row for row in range(batch.num_rows) if row not in reasons], np.int64)
    while len(good):
        fits = max(1, int(np.searchsorted(np.cumsum(lengths[good]), batch_bytes, side="right")))
        part, good = good[:fits], good[fits:]
        texts, bad = _texts(column.take(pa.array(part)), source.encoding)
        reasons |= dict.fromkeys(part[bad].tolist(), "bad_encoding")
        part = np.delete(part, bad)
        if not len(part):
            continue
        rows = part.tolist()
        yield RawBatch(
            part + first,
            lengths[part],
            texts,
            [keys[row] for row in rows],
            [users[row] for row in rows],
        )
    yield from (Broken(name, first + row, max(0, int(lengths[row])), reason) for row, reason in sorted(reasons.items()))


def _byte_lengths(column: pa.Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Bytes of each value without copying any; -1 for null."""
    if pa.types.is_null(column.type):
        return np.full(len(column), -1, np.int64)
    if pa.types.is_dictionary(column.type):
        found = pc.binary_length(column.dictionary).take(column.indices)
    else:
        found = pc.binary_length(column)
    lengths: np.ndarray[Any, np.dtype[np.int64]] = found.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    return lengths


def _viewless(column: pa.Array) -> pa.Array:
    return column.cast(pa.large_string()) if pa.types.is_string_view(column.type) else column


def _texts(column: pa.Array, encoding: str) -> tuple[pa.StringArray, list[int]]:
    """The valid texts, and the positions of those that are not valid in their encoding (a `string` is UTF-8)."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    if text or encoding == "utf-8":
        try:
            out = column.cast(pa.string())
            out.validate(full=True)
        except pa.ArrowInvalid:
            pass
        else:
            return out, []
    values: list[str] = []
    bad: list[int] = []
    for position, raw in enumerate(column.cast(pa.large_binary()).to_pylist()):
        try:
            values.append(raw.decode("utf-8" if text else encoding))
        except UnicodeDecodeError:
            bad.append(position)
    return pa.array(values, pa.string()), bad


def _keys(batch: pa.RecordBatch, name: str | None, reasons: dict[int, str]) -> list[str | None]:
    """A key column as strings; rows that hold something else are marked in `reasons`."""
    index = batch.schema.get_field_index(name) if name else -1
    if index < 0:
        return [None] * batch.num_rows
    column = batch.column(index)
    if _is_plain(column):
        return keys_of(column)
    return [next(iter(row), None) for row in _each(column, reasons, "key_not_string", many=False)]


def _subjects(batch: pa.RecordBatch, names: Sequence[str], reasons: dict[int, str]) -> list[tuple[str, ...]]:
    """The subject columns as strings; rows that hold something else are marked in `reasons`."""
    columns = [batch.column(name) for name in names if batch.schema.get_field_index(name) >= 0]
    if all(_is_plain(column.flatten() if pa.types.is_list(column.type) else column) for column in columns):
        return subjects_of(columns, batch.num_rows)
    listed = [_each(column, reasons, "subject_not_string", many=True) for column in columns]
    return [unique(user for users in row for user in users) for row in zip(*listed, strict=True)]


def _is_plain(column: pa.Array) -> bool:
    """Whole numbers, or strings that are valid UTF-8."""
    if pa.types.is_integer(column.type):
        return True
    if not pa.types.is_string(column.type):
        return False
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _each(column: pa.Array, reasons: dict[int, str], reason: str, *, many: bool) -> list[list[str]]:
    out: list[list[str]] = []
    for row, scalar in enumerate(column):
        try:
            value = scalar.as_py()
        except UnicodeDecodeError:
            reasons.setdefault(row, "bad_encoding")
            value = None
        items = value if many and isinstance(value, list) else [value]
        if not all(item is None or is_label(item) for item in items):
            reasons.setdefault(row, reason)
            items = []
        out.append([str(item) for item in items if item not in (None, "")])
    return out
