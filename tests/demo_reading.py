"""Reads the demo corpus with plain libraries, for tests: nothing of ours, so that the corpus is judged from outside."""

from __future__ import annotations

import csv
import gzip
import io
import json
import unicodedata
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

Key = tuple[str, str]


def gold(corpus: Path, name: str) -> list[dict]:
    return [json.loads(line) for line in (corpus / "gold" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def stream(path: Path) -> bytes:
    """The decompressed bytes; of a cut gzip file, what there is."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        try:
            return gzip.decompress(data)
        except EOFError:
            return zlib.decompressobj(31).decompress(data)
    if path.suffix == ".zst":
        return pa.CompressedInputStream(pa.BufferReader(data), "zstd").read()
    return data


def records(corpus: Path) -> Iterator[tuple[Key, str, dict]]:
    """(key, raw text, other fields) of every record that can be read; of a repeated key, the first."""
    seen: set[Key] = set()
    for key, text, fields in _all(corpus):
        if key not in seen:
            seen.add(key)
            yield key, text, fields


def _all(corpus: Path) -> Iterator[tuple[Key, str, dict]]:
    for path in sorted([*corpus.glob("press/*"), *corpus.glob("forum/*")]):
        for line in stream(path).split(b"\n"):
            try:
                record = json.loads(line.decode("utf-8"))
                text = record["text"]
                text.encode("utf-8")
            except (ValueError, KeyError, TypeError, AttributeError):
                continue
            yield (path.parent.name, record["id"]), text, record
    for path in sorted(corpus.glob("news/*")):
        for row in pq.read_table(path).to_pylist():
            if isinstance(row["body"], str):
                yield ("news", row["article_id"]), row["body"], row
    for path in sorted(corpus.glob("statutes/*")):
        lines = io.StringIO(stream(path).decode("utf-8", "replace"), newline="")
        for row in csv.DictReader(lines):
            if row["text"] and "\ufffd" not in row["text"]:
                yield ("statutes", row["law_id"]), row["text"], row
    for path in sorted(corpus.glob("kogl4/*")):
        yield ("kogl4", f"kogl4/{path.name}"), path.read_text(encoding="utf-8"), {}


def windows(text: str) -> set[str]:
    text = unicodedata.normalize("NFC", text)
    return {text[i : i + 5] for i in range(max(1, len(text) - 4))} if text else set()


def jaccard(a: str, b: str) -> float:
    left, right = windows(a), windows(b)
    return len(left & right) / len(left | right)
