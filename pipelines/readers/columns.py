"""What JSONL, CSV and Parquet share: from Arrow columns and blocks of bytes to the columns of a RawBatch."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
import pyarrow as pa

from pipelines.readers.frames import Block
from pipelines.readers.records import Int64Array

_RETURN = 13


def is_label(value: object) -> bool:
    """A key or a user id: a string or a whole number."""
    return isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))


def unique(values: Iterable[str | None]) -> tuple[str, ...]:
    """Without repeats, empty strings and nulls, in order."""
    return tuple(value for value in dict.fromkeys(values) if value)


def keys_of(column: pa.ChunkedArray | pa.Array) -> list[str | None]:
    """Record keys from a column of strings or whole numbers; an empty one is none."""
    return [value or None for value in strings(column)]


def subjects_of(columns: list[pa.ChunkedArray | pa.Array], rows: int) -> list[tuple[str, ...]]:
    """[rows]: the user ids in columns of strings, whole numbers or lists of these."""
    if not columns:
        return [()] * rows
    if len(columns) == 1 and not pa.types.is_list(columns[0].type):
        return [(user,) if user else () for user in strings(columns[0])]
    lists = [_lists(column) for column in columns]
    return [unique(user for users in row for user in users) for row in zip(*lists, strict=True)]


def strings(column: pa.ChunkedArray | pa.Array) -> list[str | None]:
    values: list[str | None] = column.cast(pa.string()).to_pylist()
    return values


def _lists(column: pa.ChunkedArray | pa.Array) -> list[list[str | None]]:
    if pa.types.is_list(column.type):
        lists: list[list[str | None] | None] = column.cast(pa.list_(pa.string())).to_pylist()
        return [values or [] for values in lists]
    return [[value] for value in strings(column)]


def not_blank(block: Block) -> tuple[Int64Array, Int64Array]:
    """Starts and ends of the records that hold a byte, without the carriage return of a CRLF."""
    data = np.frombuffer(block.data, np.uint8)
    ends = block.ends - ((block.ends > block.starts) & (data[block.ends - 1] == _RETURN))
    some = ends > block.starts
    return block.starts[some], ends[some]


def to_utf8(data: bytes, encoding: str) -> bytes | None:
    """The same text in UTF-8, or None where it is not valid in `encoding`. Newlines stay newlines."""
    if encoding != "utf-8":
        try:
            return data.decode(encoding).encode()
        except UnicodeDecodeError:
            return None
    try:
        pl.Series([data], dtype=pl.Binary).cast(pl.String)  # seven times faster than Arrow's or Python's check
    except pl.exceptions.PolarsError:
        return None
    return data
