"""CSV by RFC 4180: a header, commas, doubled quotes, newlines inside quotes. A blank line is no record.

The splitter (frames.py) has found the records; here they are cut into fields: by Arrow where a whole block is strict,
else one by one, with the same result (tests hold them to it). One whose quotes are wrong or whose
number of fields differs from the header's is broken, alone. Where that is a stray quote that ran several lines together
(all lines behind the first are perfect records), only the first line is broken; else all is: half a record must not
become a document that has lost its key and its subjects.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.csv

from pipelines.readers.columns import keys_of, not_blank, subjects_of, to_utf8, unique
from pipelines.readers.frames import Block, is_strict_csv
from pipelines.readers.records import Broken, RawBatch, int64
from schemas.project import Source

_BOM = b"\xef\xbb\xbf"
csv.field_size_limit(2**31 - 1)  # max_record_bytes is the limit, and frames.py holds it


class CsvParser:
    """Turns blocks of records into batches, once it has the header (`header` is None until its record came)."""

    def __init__(self, path: str, source: Source, header: list[str] | None = None, *, fast: bool = True) -> None:
        self.path = path
        self.source = source
        self.header = header
        self.fast = fast

    def parse(self, block: Block) -> Iterator[RawBatch | Broken]:
        """Every non-blank record: in the one batch, or broken behind it; the first is the header if none is known."""
        at = 0
        while self.header is None and at < len(block.starts):
            yield from self._read_header(block, at)
            at += 1
        if at < len(block.starts):
            rest = block.part(at, len(block.starts)) if at else block
            batch = self._whole(rest) if self.fast else None
            if batch is not None:
                yield batch
            else:
                yield from self._each(rest)

    def _read_header(self, block: Block, at: int) -> Iterator[Broken]:
        raw = block.data[block.starts[at] : block.ends[at]].removesuffix(b"\r")
        offset = block.offset + int(block.starts[at])
        raw = raw.removeprefix(_BOM) if offset == 0 else raw
        if not raw.strip():
            return
        row = fields(raw, self.source.encoding)
        self.header = row if isinstance(row, list) else []
        if isinstance(row, str):
            yield Broken(self.path, offset, len(raw), row)

    def _whole(self, block: Block) -> RawBatch | None:
        """The block by Arrow, or None where a record may be broken, blank or read otherwise by Python's csv."""
        data = block.data
        if self.header is None or self.source.text not in self.header or len(self.header) < 2:
            return None
        starts, ends = not_blank(block)
        if not len(starts) or data.startswith(_BOM) or b"\0" in data:
            return None
        if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
            return None
        text = to_utf8(data, self.source.encoding) if is_strict_csv(data) else None
        if text is None:
            return None
        names = [str(number) for number in range(len(self.header))]
        wanted = [
            self.source.text,
            *([self.source.record_key] if self.source.record_key else []),
            *self.source.subjects,
        ]
        held = {name: names[self.header.index(name)] for name in wanted if name in self.header}
        try:
            table = pyarrow.csv.read_csv(
                pa.BufferReader(text),
                read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=len(text) + 1, column_names=names),
                parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
                convert_options=pyarrow.csv.ConvertOptions(
                    check_utf8=False,
                    column_types=dict.fromkeys(names, pa.string()),
                    include_columns=sorted(set(held.values())),
                    strings_can_be_null=False,
                ),
            )
        except pa.ArrowException:
            return None
        texts = table.column(held[self.source.text])
        if table.num_rows != len(starts) or texts.num_chunks != 1:
            return None
        key = held.get(self.source.record_key or "")
        return RawBatch(
            starts + block.offset,
            ends - starts,
            texts.chunk(0),
            keys_of(table.column(key)) if key else [None] * len(starts),
            subjects_of([table.column(held[name]) for name in self.source.subjects if name in held], len(starts)),
        )

    def _each(self, block: Block) -> Iterator[RawBatch | Broken]:
        offsets: list[int] = []
        lengths: list[int] = []
        rows: list[list[str]] = []
        broken: list[Broken] = []
        for start, end in zip(block.starts.tolist(), block.ends.tolist(), strict=True):
            raw = block.data[start:end].removesuffix(b"\r")
            for at, length, row in self._rows(raw, block.offset + start) if raw.strip() else []:
                if isinstance(row, str):
                    broken.append(Broken(self.path, at, length, row))
                else:
                    offsets.append(at)
                    lengths.append(length)
                    rows.append(row)
        if rows:
            users = [self._column(rows, name) for name in self.source.subjects]
            yield RawBatch(
                int64(offsets),
                int64(lengths),
                pa.array(self._column(rows, self.source.text), pa.string()),
                [value or None for value in self._column(rows, self.source.record_key or "")],
                [unique(row) for row in zip(*users, strict=True)] if users else [()] * len(rows),
            )
        yield from broken

    def _rows(self, raw: bytes, offset: int) -> list[tuple[int, int, list[str] | str]]:
        """(offset, length, fields or a reason) of one record, or of the lines that a stray quote had run together."""
        row = self._row(raw)
        if row == "csv_malformed" and b"\n" in raw and len(self.header or ()) > 1:
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
