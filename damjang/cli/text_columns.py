"""One text column and one id column out of JSONL (plain, gzip, zstd), Parquet or CSV files, as Arrow.

A JSONL line that is no record with a text and an id is left out and counted; a file that can't be read at all is named.
No value of a file is ever in an error.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet

from schemas.errors import DamjangError

_JSON = (".jsonl", ".ndjson", ".json")
_CSV = {".csv": ",", ".tsv": "\t"}
_PACKED = {".gz": "gzip", ".zst": "zstd"}
_BLOCK = 16 << 20
_MOST = 1 << 30


class FileInputError(DamjangError):
    """A file is missing, damaged, of an unknown kind, or has no such column."""

    exit_code = 4


@dataclass(frozen=True)
class TextColumns:
    """texts: list of str (files with lone surrogates) or Arrow chunks; ids: Arrow; skipped: unreadable JSONL lines."""

    texts: list[str | None] | pa.ChunkedArray[Any]
    ids: pa.ChunkedArray[Any]
    skipped: int


def read_columns(files: Sequence[Path], text: str, ident: str) -> TextColumns:
    """The two columns of all files, in the order given. Raises FileInputError."""
    if not files:
        raise FileInputError("no files were given", "name one or more JSONL, Parquet or CSV files")
    parts = [_read(Path(path), text, ident) for path in files]
    kinds = {ids.type for _, ids, _ in parts}
    chunks = [ids if len(kinds) == 1 else ids.cast(pa.string()) for _, ids, _ in parts]
    ids = pa.chunked_array([chunk for ids in chunks for chunk in ids.chunks], type=chunks[0].type)
    skipped = sum(part[2] for part in parts)
    if any(isinstance(texts, list) for texts, _, _ in parts):
        listed = [t if isinstance(t, list) else t.to_pylist() for t, _, _ in parts]
        return TextColumns([text for texts in listed for text in texts], ids, skipped)
    arrow: list[Any] = [texts for texts, _, _ in parts]
    texts = pa.chunked_array([chunk for part in arrow for chunk in part.chunks], type=pa.large_string())
    return TextColumns(texts, ids, skipped)


_Part = tuple["list[str | None] | pa.ChunkedArray[Any]", "pa.ChunkedArray[Any]", int]


def _read(path: Path, text: str, ident: str) -> _Part:
    packed = _PACKED.get(path.suffix.lower())
    kind = (path.with_suffix("") if packed else path).suffix.lower()
    if not path.is_file():
        raise FileInputError(f"{path} is not a file", "check the path")
    try:
        if kind in _JSON:
            return _read_json(path, packed, text, ident)
        if kind in _CSV:
            return _of_table(path, _read_csv(path, packed, _CSV[kind], text, ident), text, ident)
        if kind == ".parquet" and not packed:
            held = pa.parquet.read_schema(path).names
            wanted = [name for name in (text, ident) if name in held]
            table = pa.parquet.read_table(path, columns=wanted)
            return _of_table(path, table if len(wanted) == 2 else _missing(path, held, text, ident), text, ident)
    except (pa.ArrowInvalid, OSError, EOFError) as error:
        raise FileInputError(
            f"{path} can't be read as {kind or 'a file'} ({type(error).__name__})", "is it whole?"
        ) from None
    raise FileInputError(f"{path} is of no known kind", "use .jsonl, .jsonl.gz, .jsonl.zst, .parquet, .csv or .tsv")


def _missing(path: Path, held: Sequence[str], text: str, ident: str) -> pa.Table:
    lost = " and ".join(repr(name) for name in (text, ident) if name not in held)
    raise FileInputError(f"{path} has no column {lost}", f"it has {', '.join(sorted(held)[:20])}")


def _of_table(path: Path, table: pa.Table, text: str, ident: str) -> _Part:
    """Checks of what every kind of file must hold; a null text is an empty one, a null id is an error."""
    texts, ids = table[text], table[ident]
    if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type) or pa.types.is_null(texts.type)):
        texts_are = f"the column {text!r} of {path} holds {texts.type}, not text"
        raise FileInputError(texts_are, "name the text column with --text")
    if ids.null_count:
        raise FileInputError(f"{ids.null_count} rows of {path} have no {ident!r}", "give every row an id")
    return texts.cast(pa.large_string()), ids, 0


def _read_csv(path: Path, packed: str | None, delimiter: str, text: str, ident: str) -> pa.Table:
    with _open(path, packed) as stream:
        table = pa.csv.read_csv(
            stream,
            read_options=pa.csv.ReadOptions(block_size=_BLOCK),
            parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(column_types={text: pa.large_string(), ident: pa.string()}),
        )
    held = table.column_names
    if not {text, ident} <= set(held):
        _missing(path, held, text, ident)
    blank = pc.sum(pc.equal(table[ident], "")).as_py()
    if blank:  # an empty field is CSV's way to say that there is none
        raise FileInputError(f"{blank} rows of {path} have no {ident!r}", "give every row an id")
    return table.select([text, ident])


def _read_json(path: Path, packed: str | None, text: str, ident: str) -> _Part:
    """By Arrow if every line allows it, else line by line."""
    with _open(path, packed) as stream:
        first = _record(next(_lines(stream), b""))
    kind = pa.int64() if _is_int((first or {}).get(ident)) else pa.string()
    schema = pa.schema([(text, pa.large_string()), (ident, kind)])
    block = _BLOCK
    while first is not None and {text, ident} <= set(first):
        try:
            with _open(path, packed) as stream:
                table = pa.json.read_json(
                    stream,
                    read_options=pa.json.ReadOptions(block_size=block),
                    parse_options=pa.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
                )
            if not table[ident].null_count:
                return table[text], table[ident], 0
            break
        except pa.ArrowInvalid as error:
            if "straddling" not in str(error) or block >= _MOST:
                break
            block *= 8  # one document longer than a block
    with _open(path, packed) as stream:
        return _read_lines(path, stream, text, ident)


def _open(path: Path, packed: Any) -> Any:
    return pa.input_stream(str(path), compression=packed)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _read_lines(path: Path, stream: Any, text: str, ident: str) -> _Part:
    """Slow and lenient: takes lone surrogates and mixed id types, leaves out what is no record."""
    texts: list[str | None] = []
    ids: list[str | int] = []
    skipped, held = 0, set[str]()
    for line in _lines(stream):
        if not line.strip():
            continue
        record = _record(line) or {}
        held |= set(record)
        body: Any = record.get(text)
        key: Any = record.get(ident)
        if (
            text in record
            and isinstance(body, str | None)
            and (_is_int(key) or (isinstance(key, str) and _encodes(key)))
        ):
            texts.append(body)
            ids.append(key)
        else:
            skipped += 1
    if not texts and skipped:
        if {text, ident} <= held:
            raise FileInputError(f"no line of {path} holds a text and an id", "is it JSON, one record a line?")
        _missing(path, sorted(held), text, ident)
    whole = all(isinstance(key, int) for key in ids)
    array: Any = pa.array(ids, pa.int64()) if whole else pa.array([str(key) for key in ids], pa.string())
    return texts, pa.chunked_array([array]), skipped


def _lines(stream: Any) -> Any:
    rest = b""
    while block := stream.read(_BLOCK):
        *lines, rest = (rest + block).split(b"\n")
        yield from lines
    if rest:
        yield rest


def _encodes(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
