"""JSON lines, one object a line: Arrow's parser on a whole block, line by line where a block has anything odd.

Both roads give the same records (tests hold them to it). Arrow accepts values that share or span lines, and more than
JSON in places; `_plain_lines` lets a block through only where that can't happen. A blank line is no record.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.json

from pipelines.readers.columns import is_label, keys_of, not_blank, subjects_of, to_utf8, unique
from pipelines.readers.frames import Block
from pipelines.readers.records import Broken, Int64Array, RawBatch, int64
from schemas.project import Source

_OPEN, _CLOSE = 123, 125
_BLANK = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_INF = re.compile(
    rb"Inf\s*[,\]}]"
)  # RapidJSON's own spelling; NaN and Infinity, as Python writes them, both roads read
_DEPTH = 900  # below the nesting limits of orjson (1,024) and of Python's json


class _Reject(Exception):
    """Why one line is no record; carries a reason code and nothing of the line."""


class JsonlParser:
    """Turns blocks of lines into batches. Remembers which Arrow types the key and subject columns had so far."""

    def __init__(self, path: str, source: Source, *, fast: bool = True) -> None:
        self.path = path
        self.source = source
        self.fast = fast
        names = ([source.record_key] if source.record_key else []) + list(source.subjects)
        self.types: dict[str, pa.DataType] = {name: pa.string() for name in names}

    def parse(self, block: Block) -> Iterator[RawBatch | Broken]:
        """Every non-blank line of the block: in the one batch, or as broken behind it."""
        batch = self._whole(block) if self.fast else None
        if batch is not None:
            yield batch
        else:
            yield from self._each(block)

    def _whole(self, block: Block) -> RawBatch | None:
        lines = _plain_lines(block)
        if lines is None:
            return None
        starts, ends = lines
        data = to_utf8(block.data, self.source.encoding)
        if data is None:
            return None
        schema = pa.schema(list({**self.types, self.source.text: pa.string()}.items()))
        try:
            table = pyarrow.json.read_json(
                pa.BufferReader(data),
                read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(data) + 1),
                parse_options=pyarrow.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
            )
        except pa.ArrowException:
            return None
        texts = table.column(self.source.text)
        if table.num_rows != len(starts) or texts.null_count or texts.num_chunks != 1:
            return None
        key = self.source.record_key
        return RawBatch(
            starts + block.offset,
            ends - starts,
            texts.chunk(0),
            keys_of(table.column(key)) if key else [None] * len(starts),
            subjects_of([table.column(name) for name in self.source.subjects], len(starts)),
        )

    def _each(self, block: Block) -> Iterator[RawBatch | Broken]:
        offsets: list[int] = []
        lengths: list[int] = []
        texts: list[str] = []
        keys: list[str | None] = []
        subjects: list[tuple[str, ...]] = []
        broken: list[Broken] = []
        for start, end in zip(block.starts.tolist(), block.ends.tolist(), strict=True):
            line = block.data[start:end]
            if not line.strip(_BLANK):
                continue
            length = end - start - line.endswith(b"\r")
            try:
                text, key, users = self._record(line)
            except _Reject as reject:
                broken.append(Broken(self.path, block.offset + start, length, str(reject)))
                continue
            offsets.append(block.offset + start)
            lengths.append(length)
            texts.append(text)
            keys.append(key)
            subjects.append(users)
        if offsets:
            yield RawBatch(
                int64(offsets),
                int64(lengths),
                pa.array(texts, pa.string()),
                keys,
                subjects,
            )
        yield from broken

    def _record(self, line: bytes) -> tuple[str, str | None, tuple[str, ...]]:
        value = _value(line, self.source.encoding)
        if not isinstance(value, dict):
            raise _Reject("not_an_object")
        if any(isinstance(value.get(name), float) for name in self.types):
            value = _exact(line, self.source.encoding)  # to orjson a whole number above 64 bits is a float
        for name in self.types:
            self.types[name] = _arrow_type(value.get(name)) or self.types[name]
        text = value.get(self.source.text)
        if not isinstance(text, str):
            raise _Reject("missing_text" if text is None else "text_not_string")
        key = value.get(self.source.record_key) if self.source.record_key else None
        if not (key is None or is_label(key)):
            raise _Reject("key_not_string")
        columns = [value.get(name) for name in self.source.subjects]
        users = [user for column in columns for user in (column if isinstance(column, list) else [column])]
        if not all(user is None or is_label(user) for user in users):
            raise _Reject("subject_not_string")
        record = (
            text,
            ("" if key is None else str(key)) or None,
            unique(str(user) for user in users if user is not None),
        )
        try:
            "".join([record[0], record[1] or "", *record[2]]).encode()
        except UnicodeEncodeError:
            raise _Reject("lone_surrogate") from None
        return record


def is_json_array(head: bytes, complete: bool, encoding: str) -> bool:
    """Is the file one JSON array instead of lines? Judged by its first bytes (`complete`: these are all).

    It starts with `[`, and it is not JSON lines that begin with a bad one: then the first line is a value of its own
    with more lines behind it, or unindented objects are lines of their own (of an array only the last, above `]`).
    """
    text = head.removeprefix(_BOM).decode(encoding, errors="replace").lstrip()
    if not text.startswith("["):
        return False
    lines = [line for line in text.split("\n") if line.strip()]
    whole = lines if complete else lines[:-1]
    objects = sum(isinstance(_try(line), dict) for line in whole if line.startswith("{"))
    last = 1 if complete and lines[-1].strip() == "]" else 0
    return objects <= last and not (len(lines) > 1 and _try(lines[0]) is not None)


def _try(line: str) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _plain_lines(block: Block) -> tuple[Int64Array, Int64Array] | None:
    """Starts and ends of the non-blank lines, or None where a line is not plainly one object.

    `}` newline `{` can stand only between two top-level values, so when every line starts with `{` and ends with `}`,
    as many rows as lines means one object a line.
    """
    data = np.frombuffer(block.data, np.uint8)
    starts, ends = not_blank(block)
    if not len(starts) or not ((data[starts] == _OPEN) & (data[ends - 1] == _CLOSE)).all():
        return None
    if b"\0" in block.data or _INF.search(block.data):
        return None
    opening = (data | 0x20) == _OPEN  # 0x5B `[` | 0x20 is 0x7B `{`
    if np.count_nonzero(opening) > len(starts) + _DEPTH:
        opens = np.cumsum(opening, dtype=np.int64)
        if (opens[ends - 1] - opens[starts]).max() > _DEPTH:
            return None
    return starts, ends


def _value(line: bytes, encoding: str) -> Any:
    """The line's value; Python's json gives a second opinion where orjson is stricter (NaN, unread lone surrogates)."""
    if encoding != "utf-8":
        try:
            line = line.decode(encoding).encode()
        except UnicodeDecodeError:
            raise _Reject("nul_bytes" if b"\0" in line else "bad_encoding") from None
    line = line.removeprefix(_BOM)
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        pass
    if b"\0" in line:
        raise _Reject("nul_bytes")
    try:
        return json.loads(line.decode())
    except UnicodeDecodeError:
        raise _Reject("bad_encoding") from None
    except (ValueError, RecursionError):
        raise _Reject("malformed_json") from None


def _exact(line: bytes, encoding: str) -> dict[str, Any]:
    """A line that orjson took for an object, read by Python's json, whose integers have no limit of 64 bits."""
    value: dict[str, Any] = json.loads(line.decode(encoding).removeprefix("\ufeff"))
    return value


def _arrow_type(value: object) -> pa.DataType | None:
    """The Arrow type to try for a column in which `value` was seen."""
    if isinstance(value, list):
        inner = next((kind for item in value if (kind := _arrow_type(item))), None)
        return pa.list_(inner) if inner and not pa.types.is_list(inner) else None
    if not is_label(value):
        return None
    return pa.string() if isinstance(value, str) else pa.int64()
