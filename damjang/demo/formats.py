"""Writes records as JSON lines (plain, gzip, zstd), Parquet, CSV and text files, broken ones among them.

Compression is pyarrow's own (its wheels carry zlib and zstd), so that the bytes are the same on every machine that has
the locked pyarrow; the zlib of the operating system would differ.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from damjang.demo.dice import Dice
from damjang.demo.text import Document


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that must be quarantined. `raw` goes into the file as it is; for Parquet it is empty.

    `offset` is the byte offset in the decompressed file (Parquet: the row), known once written; -1: the whole file.
    """

    reason: str
    raw: bytes
    path: str = ""
    offset: int = -1
    length: int = 0


def raw_text(document: Document) -> str:
    """The text as it is stored: NFD for planted `normalized` copies."""
    text = document.text()
    return unicodedata.normalize("NFD", text) if "nfd" in document.tags else text


def json_line(record: Mapping[str, object], *, escaped: bool = False) -> bytes:
    """One JSON line without its newline."""
    return json.dumps(record, ensure_ascii=escaped, separators=(",", ":")).encode("utf-8")


def csv_line(fields: Sequence[str]) -> bytes:
    """One RFC 4180 record without its newline."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(fields)
    return out.getvalue().encode("utf-8")


def mixed(
    dice: Dice, good: Sequence[bytes], broken: Sequence[Broken], path: str, header: bytes = b""
) -> tuple[bytes, list[Broken]]:
    """The lines with the broken ones at random places (repeated keys after their first), and their offsets."""
    places = sorted((dice.between(len(good) // 2, len(good)), at) for at in range(len(broken)))
    out = io.BytesIO()
    out.write(header)
    found = []
    following = iter([*places, (len(good) + 1, -1)])
    place, at = next(following)
    for number in range(len(good) + 1):
        while place == number:
            bad = broken[at]
            found.append(Broken(bad.reason, b"", path, out.tell(), len(bad.raw)))
            out.write(bad.raw + b"\n")
            place, at = next(following)
        if number < len(good):
            out.write(good[number] + b"\n")
    return out.getvalue(), found


def write(path: Path, data: bytes, compression: Literal["", "gzip", "zstd"] = "") -> None:
    """The bytes, compressed as `gzip`, `zstd` or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not compression:
        path.write_bytes(data)
        return
    with pa.CompressedOutputStream(str(path), compression) as out:
        out.write(data)


def truncate_gzip(path: Path, share: float) -> bytes:
    """Cut the file to `share` of its bytes; returns what can still be decompressed."""
    cut = path.read_bytes()
    cut = cut[: int(len(cut) * share)]
    path.write_bytes(cut)
    return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(cut)


def write_parquet(path: Path, columns: Mapping[str, Sequence[Any]], types: Mapping[str, pa.DataType]) -> None:
    """One table, row groups of 1,000, Snappy."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table({name: pa.array(values, types[name]) for name, values in columns.items()})
    pq.write_table(table, path, row_group_size=1000, compression="snappy")
