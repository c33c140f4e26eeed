"""Readers: a work unit in, batches of records out, in bounded memory; a broken record or file costs only itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipelines.readers.csvfile import CsvParser
from pipelines.readers.frames import CsvSplitter, LineSplitter, Splitter, TooLong, blocks
from pipelines.readers.jsonl import JsonlParser, is_json_array
from pipelines.readers.paths import decode_path
from pipelines.readers.records import REASONS, Broken, RawBatch, bounded, gathered
from pipelines.readers.streams import ByteStream
from pipelines.readers.textfile import read_text
from pipelines.readers.unit import WorkUnit
from schemas.project import Source

__all__ = ["REASONS", "Broken", "RawBatch", "WorkUnit", "read_unit", "starts_json_array"]

_HEAD = 64 << 10


def read_unit(
    unit: WorkUnit,
    source: Source,
    root: Path,
    *,
    max_record_bytes: int,
    batch_bytes: int = 1 << 20,
    batch_rows: int = 256,
) -> Iterator[RawBatch | Broken]:
    """The unit's records, in file order but for broken ones, which stand near the batch they fell out of.

    Never raises for what a file holds. A batch has at most `batch_rows` records and `batch_bytes` of text (one record
    may exceed it). Memory: one record of `max_record_bytes` and a few chunks of 1 MiB. What comes out depends on the
    file and the arguments only, and which records come out not on how the file was cut into units.
    """
    if unit.format == "text":
        files = (
            read_text(m.path, unit.compression, m.size, m.file_digest, source, root, max_record_bytes)
            for m in unit.files
        )
        yield from gathered(files, batch_bytes, batch_rows)
        return
    if unit.format == "parquet":
        from pipelines.readers.parquet import read_parquet

        path = root / decode_path(unit.path)
        found = read_parquet(unit.path, path, unit.start, unit.end, source, max_record_bytes, batch_bytes)
        yield from gathered(_bounded(found, batch_bytes, batch_rows), batch_bytes, batch_rows)
        return
    yield from _bounded(_lines(unit, source, root, max_record_bytes), batch_bytes, batch_rows)


def _bounded(items: Iterable[RawBatch | Broken], batch_bytes: int, batch_rows: int) -> Iterator[RawBatch | Broken]:
    for item in items:
        if isinstance(item, RawBatch):
            yield from bounded(item, batch_bytes, batch_rows)
        else:
            yield item


def _lines(unit: WorkUnit, source: Source, root: Path, max_record_bytes: int) -> Iterator[RawBatch | Broken]:
    """JSONL and CSV: blocks of whole records, then a parser for each."""
    path = root / decode_path(unit.path)
    compressed = unit.compression != "none"
    stream = ByteStream(path, unit.compression, unit.start, None if compressed else unit.end)
    splitter: Splitter
    parser: JsonlParser | CsvParser
    if unit.format == "jsonl":
        if unit.start == 0 and starts_json_array(path, unit.compression, source.encoding):
            yield Broken(unit.path, 0, unit.end, "json_array_not_lines")
            return
        splitter, parser = LineSplitter(), JsonlParser(unit.path, source)
    else:
        header = csv_header(path, source, max_record_bytes) if unit.start else None
        splitter, parser = CsvSplitter(), CsvParser(unit.path, source, header)
    offset = 0 if compressed else unit.start
    end = offset
    for item in blocks(stream.chunks(), splitter, offset, max_record_bytes):
        if isinstance(item, TooLong):
            yield Broken(unit.path, item.offset, item.length, "record_too_long")
            if isinstance(parser, CsvParser) and parser.header is None:
                parser.header = []  # that was the header
            end = item.offset + item.length
            continue
        end = item.offset + len(item.data)
        if not item.partial or stream.problem is None:
            yield from parser.parse(item)
            continue
        # The stream broke off inside this record: an object that closes is whole, of anything else one can't know.
        found = list(parser.parse(item)) if unit.format == "jsonl" else []
        if found and isinstance(found[0], RawBatch):
            yield found[0]
        else:
            end = item.offset
    if stream.problem is not None:
        yield Broken(unit.path, end, 0 if compressed else max(0, unit.end - end), stream.problem)
    elif end == 0 and (compressed or unit.end == 0):
        yield Broken(unit.path, 0, 0, "empty_file")


def starts_json_array(path: Path, compression: str, encoding: str) -> bool:
    """Does the file begin as one JSON array? The planner asks too, and leaves such a file in one unit."""
    stream = ByteStream(path, compression)
    chunks = stream.chunks()
    head = next(chunks, b"")
    complete = len(head) <= _HEAD and next(chunks, None) is None
    return is_json_array(head[:_HEAD], complete, encoding)


def csv_header(path: Path, source: Source, max_record_bytes: int) -> list[str]:
    """The header of a plain CSV file; empty where it can't be read, so that no record agrees with it."""
    parser = CsvParser("", source)
    stream = ByteStream(path, "none")
    for item in blocks(stream.chunks(), CsvSplitter(), 0, max_record_bytes):
        if isinstance(item, TooLong):
            return []
        for _ in parser.parse(item):
            break
        if parser.header is not None:
            return parser.header
    return []
