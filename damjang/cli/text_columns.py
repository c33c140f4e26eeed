"""One text column and one id column of JSONL, Parquet, Arrow or CSV files, a batch at a time, as Arrow.

A record without an id or a text is left out, counted by reason and named by file and line; a file that can't be read
at all is an error. No value of a file is ever in a message. Texts are UTF-8, but a lone surrogate of a careless writer
stays what it was (three bytes): the kernels read both alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet

from damjang.cli.line_files import (
    BLOCK,
    JSON_LINES,
    LINE_IDS,
    NO_OBJECT,
    NO_TEXT,
    NOT_TEXT,
    FileInputError,
    LeftOut,
    blocks,
    damaged,
    json_object,
    kind_of,
    no_column,
    packing,
    refuse_array,
)

KINDS = ".jsonl, .ndjson, .csv, .tsv (each also .gz, .zst), .parquet, .arrow"

_CSV = {".csv": ",", ".tsv": "\t"}
_ARROW = (".arrow", ".feather", ".ipc")
_PIECE = 2 << 20  # of a block, for one thread of Arrow's reader
_MOST = 1 << 30


@dataclass(frozen=True)
class Batch:
    """texts: large_string without nulls (a null text is an empty one); ids: integers, strings or bytes, no nulls."""

    texts: pa.Array
    ids: pa.Array


def read_batches(files: Sequence[Path], text: str, ident: str, left: LeftOut) -> Iterator[Batch]:
    """The two columns of all files in the order given; what is left out is added to `left`. Raises FileInputError."""
    if not files:
        raise FileInputError("no files were given", f"name one or more: {KINDS}")
    if text == ident:
        raise FileInputError(f"{text!r} can't be the text and the id", "name two columns with --text and --id")
    for path in files:  # before an hour's work, not after it
        _kind(path)
    for path in files:
        before, documents = left.total, 0
        for batch in _read(path, text, ident, left):
            documents += len(batch.ids)
            if len(batch.ids):
                yield batch
        if not documents and left.total > before:
            raise FileInputError(f"no record of {path} has a text and an id", str(left))


def _kind(path: Path) -> tuple[str, str | None]:
    packed, kind = packing(path), kind_of(path)
    if not path.is_file():
        raise FileInputError(f"{path} is not a file", "check the path")
    if kind in JSON_LINES or kind in _CSV or ((kind == ".parquet" or kind in _ARROW) and not packed):
        return kind, packed
    raise FileInputError(f"{path} is of no known kind", f"use {KINDS}")


def _read(path: Path, text: str, ident: str, left: LeftOut) -> Iterator[Batch]:
    kind, packed = _kind(path)
    try:
        if kind in JSON_LINES:
            yield from _json(path, packed, text, ident, left)
        elif kind in _CSV:
            yield from _columns(path, _csv(path, packed, _CSV[kind], text, ident, left), text, ident, left)
        elif kind == ".parquet":
            yield from _columns(path, _parquet(path, text, ident), text, ident, left)
        else:
            yield from _columns(path, _arrow(path), text, ident, left)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError, EOFError) as error:
        if "UTF8" in str(error) or "UTF-8" in str(error):
            raise FileInputError(f"{path} is not UTF-8", "convert it: iconv -f CP949 -t UTF-8") from None
        raise damaged(path, error) from None


def _missing(path: Path, held: Sequence[str], text: str, ident: str) -> FileInputError:
    lost = " and ".join(repr(name) for name in (text, ident) if name not in held and name != LINE_IDS)
    hint = "" if ident in (*held, LINE_IDS) else f"; for files without ids give --id {LINE_IDS}"
    return no_column(path, lost, sorted(held), hint)


# --- tables --------------------------------------------------------------------------------------------------


def _columns(path: Path, tables: Iterator[pa.RecordBatch], text: str, ident: str, left: LeftOut) -> Iterator[Batch]:
    """Checks of what every kind of table must hold; a null text is an empty one, a row without an id is left out."""
    row = 0
    for table in tables:
        if not {text, ident} - {LINE_IDS} <= set(table.schema.names):
            raise _missing(path, table.schema.names, text, ident)
        numbers = np.arange(row + 1, row + 1 + table.num_rows)
        row += table.num_rows
        texts = _texts(path, table[text], text)
        ids = _line_ids(path, numbers) if ident == LINE_IDS else _ids(path, table[ident], ident)
        given = pc.is_valid(ids)
        if pa.types.is_string(ids.type):
            given = pc.and_(given, pc.not_equal(pc.fill_null(ids, ""), ""))
        if not pc.all(given).as_py():
            lost = numbers[~given.to_numpy(zero_copy_only=False)]
            for number in lost.tolist():
                left.add("without an id", f"{path}:{number}")
            texts, ids = texts.filter(given), ids.filter(given)
        yield Batch(texts, ids)


def _texts(path: Path, column: pa.Array, name: str) -> pa.Array:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not any(of(kind) for of in (_is_text, pa.types.is_binary, pa.types.is_large_binary, pa.types.is_null)):
        told = f"the column {name!r} of {path} holds {kind}, not text"
        raise FileInputError(told, "name the text column with --text")
    return pc.fill_null(column.cast(pa.large_string()), "")


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _ids(path: Path, column: pa.Array, name: str) -> pa.Array:
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if _is_text(kind):
        column = column.cast(pa.string())
        column.validate(full=True)
    elif pa.types.is_null(kind):
        column = column.cast(pa.string())
    elif not (pa.types.is_integer(kind) or pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind)):
        raise FileInputError(
            f"the column {name!r} of {path} holds {kind}: no id", "name a column of text or whole numbers with --id"
        )
    return column


def _line_ids(path: Path, numbers: Sequence[int] | np.ndarray[Any, Any]) -> pa.Array:
    return pa.array([f"{path}:{number}" for number in numbers], pa.string())


def _parquet(path: Path, text: str, ident: str) -> Iterator[pa.RecordBatch]:
    with pa.parquet.ParquetFile(path) as file:
        about = file.metadata
        wanted = [name for name in (text, ident) if name in file.schema_arrow.names]
        if {text, ident} - {LINE_IDS} - set(wanted):
            raise _missing(path, file.schema_arrow.names, text, ident)
        size = sum(about.row_group(n).total_byte_size for n in range(about.num_row_groups))
        rows = max(1, min(1 << 16, BLOCK * about.num_rows // max(1, size)))
        read = 0
        for batch in file.iter_batches(batch_size=rows, columns=wanted):
            read += batch.num_rows
            yield batch
        if read != about.num_rows:
            raise EOFError


def _arrow(path: Path) -> Iterator[pa.RecordBatch]:
    with pa.memory_map(str(path)) as mapped:
        try:
            file = pa.ipc.open_file(mapped)
            made: Iterator[pa.RecordBatch] = (file.get_batch(n) for n in range(file.num_record_batches))
        except pa.ArrowInvalid:
            mapped.seek(0)
            made = iter(pa.ipc.open_stream(mapped))
        for batch in made:
            batch.validate()
            yield batch


def _csv(
    path: Path, packed: str | None, delimiter: str, text: str, ident: str, left: LeftOut
) -> Iterator[pa.RecordBatch]:
    """A block at a time; where one record is longer than a block, again in greater blocks from where it stood."""
    done, block = 0, BLOCK
    uneven: list[int] = []

    def skip(row: Any) -> str:
        uneven.append(row.number or 0)
        return "skip"

    while True:
        uneven.clear()
        seen = 0
        try:
            with _open(path, packed) as stream:
                reader = pa.csv.open_csv(
                    stream,
                    read_options=pa.csv.ReadOptions(block_size=block, use_threads=False),
                    parse_options=pa.csv.ParseOptions(
                        delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip
                    ),
                    convert_options=pa.csv.ConvertOptions(column_types={text: pa.large_string(), ident: pa.string()}),
                )
                for batch in reader:
                    seen += batch.num_rows
                    if seen > done:
                        yield batch.slice(max(0, done - (seen - batch.num_rows)))
                        done = seen
            break
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                raise FileInputError(f"{path} is empty", "a CSV file begins with the names of its columns") from None
            if "straddling" not in str(error) or block >= _MOST:
                raise
            block *= 8
    for number in uneven:
        left.add("with another number of fields than the header", f"{path}:{number}" if number else str(path))


# --- JSON ----------------------------------------------------------------------------------------------------


def _json(path: Path, packed: str | None, text: str, ident: str, left: LeftOut) -> Iterator[Batch]:
    """A block of whole lines at a time: by Arrow if every line of it allows that, else line by line."""
    number, documents, held = 1, 0, set[str]()
    with _open(path, packed) as stream:
        for block in blocks(stream):
            if number == 1:
                refuse_array(path, block)
            lines = block.count(b"\n") + (not block.endswith(b"\n"))
            made = _fast(path, block, lines, number, text, ident)
            for batch in made or [_slow(path, block, number, text, ident, left, held)]:
                documents += len(batch.ids)
                yield batch
            number += lines
    if not documents and held and not {text, ident} - {LINE_IDS} <= held:
        raise _missing(path, sorted(held), text, ident)


def _fast(path: Path, block: bytes, lines: int, number: int, text: str, ident: str) -> list[Batch]:
    """[] unless every line is a record with a text and an id of one type."""
    first = json_object(block[: block.find(b"\n") + 1 or None])
    if first is None or not {text, ident} - {LINE_IDS} <= set(first) or len(block) >= _MOST:
        return []
    schema = [(text, pa.large_string())]
    if ident != LINE_IDS:
        schema.append((ident, pa.int64() if _is_int(first[ident]) else pa.string()))
    options = pa.json.ParseOptions(explicit_schema=pa.schema(schema), unexpected_field_behavior="ignore")
    try:
        table = _parsed(block, options)
        table.validate(full=True)  # its reader lets bytes through that are not UTF-8
    except pa.ArrowInvalid:
        return []
    if table.num_rows != lines or table[text].null_count:
        return []
    if ident == LINE_IDS:
        table = table.append_column(ident, _line_ids(path, range(number, number + lines)))
    ids = table[ident]
    if ids.null_count or (pa.types.is_string(ids.type) and pc.any(pc.equal(ids, "")).as_py()):
        return []
    return [Batch(batch[text], batch[ident]) for batch in table.to_batches()]


def _parsed(block: bytes, options: pa.json.ParseOptions) -> pa.Table:
    """In pieces for several threads, unless one line is longer than a piece."""
    try:
        pieces = pa.json.ReadOptions(block_size=_PIECE)
        return pa.json.read_json(pa.BufferReader(block), read_options=pieces, parse_options=options)
    except pa.ArrowInvalid as error:
        if "straddling" not in str(error):
            raise
    whole = pa.json.ReadOptions(block_size=len(block) + 1)
    return pa.json.read_json(pa.BufferReader(block), read_options=whole, parse_options=options)


def _slow(path: Path, block: bytes, number: int, text: str, ident: str, left: LeftOut, held: set[str]) -> Batch:
    """Lenient: takes lone surrogates and mixed id types, leaves out what is no document."""
    texts: list[bytes] = []
    ids: list[str | int] = []
    for at, line in enumerate(block.split(b"\n"), number):
        if not line.strip():
            continue
        record = json_object(line)
        if record is not None and len(held) < 1000:
            held |= set(record)
        key: Any = f"{path}:{at}" if ident == LINE_IDS else (record or {}).get(ident)
        fault = _fault(record, text, key)
        if record is None or fault:
            left.add(fault, f"{path}:{at}")
            continue
        texts.append((record[text] or "").encode("utf-8", "surrogatepass"))
        ids.append(key)
    whole = all(isinstance(key, int) and -(2**63) <= key < 2**63 for key in ids)
    array: Any = pa.array(ids, pa.int64()) if whole and ids else pa.array([str(key) for key in ids], pa.string())
    return Batch(_as_texts(texts), array)


def _fault(record: dict[str, Any] | None, text: str, key: object) -> str:
    """Why a line is no document; '' if it is one."""
    if record is None:
        return NO_OBJECT
    if key is None or key == "":
        return "without an id"
    if isinstance(key, bool) or not isinstance(key, str | int) or (isinstance(key, str) and not _encodes(key)):
        return "with an id that is neither text nor a whole number"
    if text not in record:
        return NO_TEXT
    return "" if isinstance(record[text], str | None) else NOT_TEXT


def _as_texts(texts: Sequence[bytes]) -> pa.Array:
    """Encoded texts as they are; Arrow's own builder would refuse a lone surrogate."""
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(text) for text in texts], out=offsets[1:])
    return pa.LargeStringArray.from_buffers(len(texts), pa.py_buffer(offsets.tobytes()), pa.py_buffer(b"".join(texts)))


def _open(path: Path, packed: Any) -> Any:
    return pa.input_stream(str(path), compression=packed)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def _encodes(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
