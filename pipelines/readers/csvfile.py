"""CSV by RFC 4180: a header, commas, doubled quotes, newlines inside quotes. A blank line is no record.

The splitter (frames.py) has found the records; here each is cut into fields. One whose quotes are wrong or whose
number of fields differs from the header's is broken, alone. Where that is a stray quote that ran several lines together
(all lines behind the first are perfect records), only the first line is broken; else all is: half a record must not
become a document that has lost its key and its subjects.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pyarrow as pa

from pipelines.readers.frames import Block, is_strict_csv
from pipelines.readers.jsonl import unique
from pipelines.readers.records import Broken, RawBatch, int64
from schemas.project import Source

_BOM = b"\xef\xbb\xbf"
csv.field_size_limit(2**31 - 1)  # max_record_bytes is the limit, and frames.py holds it


class CsvParser:
    """Turns blocks of records into batches, once it has the header (`header` is None until its record came)."""

    def __init__(self, path: str, source: Source, header: list[str] | None = None) -> None:
        self.path = path
        self.source = source
        self.header = header

    def parse(self, block: Block) -> Iterator[RawBatch | Broken]:
        """Every non-blank record: in the one batch, or broken behind it; the first is the header if none is known."""
        offsets: list[int] = []
        lengths: list[int] = []
        rows: list[list[str]] = []
        broken: list[Broken] = []
        for start, end in zip(block.starts.tolist(), block.ends.tolist(), strict=True):
            raw = block.data[start:end].removesuffix(b"\r")
            offset = block.offset + start
            if offset == 0:
                raw = raw.removeprefix(_BOM)
            for at, length, row in self._rows(raw, offset):
                if isinstance(row, str):
                    broken.append(Broken(self.path, at, length, row))
                else:
                    offsets.append(at)
                    lengths.append(length)
                    rows.append(row)
        if rows and self.header is not None:
            yield RawBatch(
                int64(offsets),
                int64(lengths),
                pa.array(self._column(rows, self.source.text), pa.string()),
                [value or None for value in self._column(rows, self.source.record_key)]
                if self.source.record_key
                else [None] * len(rows),
                [
                    unique(users)
                    for users in zip(*(self._column(rows, name) for name in self.source.subjects), strict=True)
                ]
                if self.source.subjects
                else [()] * len(rows),
            )
        yield from broken

    def _rows(self, raw: bytes, offset: int) -> list[tuple[int, int, list[str] | str]]:
        """(offset, length, fields or a reason) of one record, or of the lines that a stray quote had run together."""
        if not raw.strip():
            return []
        row = self._row(raw)
        if self.header is None:
            self.header = row if isinstance(row, list) else []
            return [] if isinstance(row, list) else [(offset, len(raw), row)]
        if row == "csv_malformed" and b"\n" in raw and len(self.header) > 1:
            lines = raw.split(b"\n")
            found: list[tuple[int, int, list[str] | str]] = [(offset, len(lines[0].removesuffix(b"\r")), row)]
            offset += len(lines[0]) + 1
            for line in lines[1:]:
                rest = line.removesuffix(b"\r")
                if rest:
                    found.append((offset, len(rest), self._row(rest) if is_strict_csv(rest) else "csv_malformed"))
                offset += len(line) + 1
            if not any(isinstance(fields, str) for _, _, fields in found[1:]):
                return found
            offset -= len(raw) + 1
        return [(offset, len(raw), row)]

    def _row(self, raw: bytes) -> list[str] | str:
        row = fields(raw, self.source.encoding)
        if self.header is None or isinstance(row, str):
            return row
        if self.source.text not in self.header:
            return "missing_text"
        return row if len(row) == len(self.header) else "csv_malformed"

    def _column(self, rows: list[list[str]], name: str) -> list[str]:
        if self.header is None or name not in self.header:
            return [""] * len(rows)
        index = self.header.index(name)
        return [row[index] for row in rows]


def fields(raw: bytes, encoding: str) -> list[str] | str:
    """One record's fields, or the reason why there are none."""
    if b"\0" in raw:
        return "nul_bytes"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return "bad_encoding"
    try:
        rows = list(csv.reader([text], strict=True))
    except csv.Error:
        return "csv_malformed"
    return rows[0] if len(rows) == 1 else "csv_malformed"
