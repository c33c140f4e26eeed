"""The trace index: from a document, a row id or a subject to where the record lies, without reading everything.

Four staged files (sealed like any other, keys in the vault), each sorted by a 16-byte key and cut into batches by the
key's first bits, so that one look-up opens one batch: `documents` (document → part of ingest, shard, row), `rows` (row
id → document), `subjects` (subject token → documents) and `duplicates` (survivor → documents dropped for it). Ids are
personal data: the index has the staged files' retention, and a rewrite makes another. It is built in passes over the
id range: memory does not grow with the corpus.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from governance.staged import StagedFile, StagedWriter
from governance.vault import Vault

if TYPE_CHECKING:
    from governance.lineage import Lineage

ROWS_A_BATCH: Final = 4096
ROWS_A_PASS: Final = 2_000_000
MAX_BITS: Final = 16

Halves = npt.NDArray[np.uint64]  # shape (n, 2): 16-byte ids as two numbers, which sort as the bytes do
_ID: Final = pa.binary(16)
_PLACES: Any = [("key", _ID), ("part", pa.int32()), ("shard", pa.int32()), ("row", pa.int32())]
_PAIRS: Any = [("key", _ID), ("document_id", _ID)]
SCHEMAS: Final = {"documents": pa.schema(_PLACES)} | dict.fromkeys(
    ("rows", "subjects", "duplicates"), pa.schema(_PAIRS)
)


@dataclass(frozen=True)
class Place:
    """Where a document is: number of its part of ingest, of its shard, and its row there (-1: not shipped)."""

    part: int
    shard: int
    row: int


class TraceIndex:
    """An open index. Look-ups take and return 16-byte ids."""

    def __init__(self, folder: Path, about: Mapping[str, Any], keys: Mapping[str, bytes]) -> None:
        self._files = {
            kind: StagedFile(folder / ref["path"], file_key=keys[ref["file_id"]]) for kind, ref in about.items()
        }

    def document(self, document_id: bytes) -> Place | None:
        """Where a document is, or None for one that never entered."""
        for row in self._find("documents", document_id):
            return Place(row["part"], row["shard"], row["row"])
        return None

    def row(self, row_id: bytes) -> bytes | None:
        """The document behind a row id."""
        for row in self._find("rows", row_id):
            return bytes(row["document_id"])
        return None

    def subject(self, token: bytes) -> list[bytes]:
        """The documents of a subject, sorted."""
        return sorted(bytes(row["document_id"]) for row in self._find("subjects", token))

    def duplicates(self, survivor: bytes) -> list[bytes]:
        """The documents that were dropped as duplicates of one that stayed, sorted."""
        return sorted(bytes(row["document_id"]) for row in self._find("duplicates", survivor))

    def close(self) -> None:
        """Closes the files."""
        for file in self._files.values():
            file.close()

    def _find(self, kind: str, key: bytes) -> list[dict[str, Any]]:
        file = self._files[kind]
        bits = file.num_batches.bit_length() - 1
        wanted = _halves(id_array(key))
        batch = file.batch(int(_bucket(wanted, bits)[0]))
        at = np.flatnonzero((_halves(batch["key"]) == wanted).all(axis=1))
        return [{name: batch[name][row].as_py() for name in batch.schema.names} for row in at.tolist()]


def index_name(lineage: Lineage) -> str:
    """Named by what it indexes: the folders of ingest, dedup and assemble, their manifests' digests, and rewrites."""
    folders = lineage.latest["folders"]
    stages = ("ingest", "dedup", "assemble")
    made = [[folders.get(stage), lineage.manifest(stage).get("digest"), *lineage.datasets(stage)] for stage in stages]
    told = json.dumps(made)
    return f"trace-{hashlib.sha256(told.encode()).hexdigest()[:16]}"


def open_index(out: Path, vault: Vault, lineage: Lineage) -> TraceIndex | None:
    """The index of a run, or None when it was not built or its keys were destroyed."""
    name = index_name(lineage)
    manifest = out / "index" / name / "manifest.json"
    if not manifest.exists() or vault.dataset_state(name) != "sealed":
        return None
    about, keys = json.loads(manifest.read_bytes()), vault.file_keys(name)
    if any(ref["file_id"] not in keys for ref in about.values()):
        return None
    return TraceIndex(manifest.parent, about, keys)


def build_index(out: Path, vault: Vault, lineage: Lineage, now: dt.datetime) -> TraceIndex | None:
    """Builds the index of a run unless it is there; None when it was destroyed and may not come back.

    The keys go to the vault last: a crash before that leaves files that nobody can open, and the next build's in place.
    """
    name = index_name(lineage)
    folder = out / "index" / name
    if vault.dataset_state(name) in ("sealed", "destroyed"):
        return open_index(out, vault, lineage)
    folder.mkdir(parents=True, exist_ok=True)
    keys: dict[str, bytes] = {}
    about: dict[str, dict[str, str]] = {}
    for kind, batches in (
        ("documents", _documents(lineage)),
        ("rows", _rows(lineage)),
        ("subjects", _subjects(lineage)),
        ("duplicates", _duplicates(lineage)),
    ):
        file_id, key = os.urandom(16), os.urandom(32)
        path = f"{kind}-{file_id.hex()[:8]}.djf"
        writer = StagedWriter(folder / path, SCHEMAS[kind], file_id=file_id, file_key=key, digest_key=vault.project_key)
        for batch in batches:
            writer.write(batch)
        about[kind] = {"path": path, "file_id": writer.close().file_id}
        keys[about[kind]["file_id"]] = key
    temporary = folder / "manifest.json.tmp"
    temporary.write_text(json.dumps(about, sort_keys=True))
    temporary.replace(folder / "manifest.json")
    vault.seal_dataset(name, keys, now)
    for stale in set(folder.glob("*.djf*")) - {folder / ref["path"] for ref in about.values()}:
        stale.unlink()
    return open_index(out, vault, lineage)


# --- the three files -----------------------------------------------------------------------------------------


def _documents(lineage: Lineage) -> Iterator[pa.RecordBatch]:
    entered = _refs(lineage, "ingest", "decisions")
    assembled = _shipped(lineage)
    for first, last, bits in _passes(sum(ref["rows"] for _, ref in entered)):
        ids, parts = _read(lineage, entered, "document_id", first, last, bits)
        shipped, places = _read(lineage, assembled, "document_id", first, last, bits)
        where = np.full((len(ids), 3), -1, np.int64)
        where[:, 0] = parts[:, 0]
        where[_match(ids, shipped), 1:] = places
        yield from _batches("documents", ids, [pa.array(where[:, n], pa.int32()) for n in range(3)], first, last, bits)


def _rows(lineage: Lineage) -> Iterator[pa.RecordBatch]:
    yield from _pairs(lineage, _shipped(lineage), "row_id", "rows")


def _subjects(lineage: Lineage) -> Iterator[pa.RecordBatch]:
    yield from _pairs(lineage, _refs(lineage, "ingest", "subjects"), "subject_token", "subjects")


def _duplicates(lineage: Lineage) -> Iterator[pa.RecordBatch]:
    refs = [*_refs(lineage, "dedup", "edges"), *_refs(lineage, "anonymize", "edges")]
    yield from _pairs(lineage, refs, "survivor_id", "duplicates")


Refs = list[tuple[str, Any]]  # (stage, file)


def _refs(lineage: Lineage, stage: str, kind: str) -> Refs:
    parts = lineage.manifest(stage).get("parts", ())
    return [(stage, part["files"][kind]) for part in parts if kind in part["files"]]


def _shipped(lineage: Lineage) -> Refs:
    return [("assemble", ref) for ref in lineage.manifest("assemble").get("side", {}).get("rows", ())]


def _pairs(lineage: Lineage, refs: Refs, column: str, kind: str) -> Iterator[pa.RecordBatch]:
    """Batches of (key, document id)."""
    for first, last, bits in _passes(sum(ref["rows"] for _, ref in refs)):
        keys, documents = _read(lineage, refs, column, first, last, bits, value="document_id")
        yield from _batches(kind, keys, [_id_array(documents)], first, last, bits)


def _passes(total: int) -> Iterator[tuple[int, int, int]]:
    """(first bucket, last bucket exclusive, bits): 2**bits buckets of about ROWS_A_BATCH rows, some at a time."""
    bits = min(MAX_BITS, max(0, total // ROWS_A_BATCH).bit_length())
    step = max(1, (ROWS_A_PASS << bits) // max(total, 1))
    for first in range(0, 1 << bits, step):
        yield first, min(first + step, 1 << bits), bits


def _read(
    lineage: Lineage, refs: Refs, column: str, first: int, last: int, bits: int, value: str | None = None
) -> tuple[Halves, npt.NDArray[Any]]:
    """(keys in the range of buckets, sorted; their ids in `value`, or else (file number, row number))."""
    keys: list[Any] = [np.zeros((0, 2), np.uint64)]
    values: list[Any] = [np.zeros((0, 2), np.uint64 if value else np.int64)]
    for number, (stage, ref) in enumerate(refs):
        with lineage.open(stage, ref) as file:
            start = 0
            for batch in file:
                halves = _halves(batch[column])
                buckets = _bucket(halves, bits)
                inside = np.flatnonzero((buckets >= first) & (buckets < last))
                keys.append(halves[inside])
                if value is None:
                    values.append(np.stack([np.full(len(inside), number), inside + start], axis=1))
                else:
                    values.append(_halves(batch[value])[inside])
                start += batch.num_rows
    found, told = np.concatenate(keys), np.concatenate(values)
    order = np.lexsort((found[:, 1], found[:, 0]))
    return found[order], told[order]


def _batches(kind: str, keys: Halves, columns: list[Any], first: int, last: int, bits: int) -> Iterator[pa.RecordBatch]:
    """One batch a bucket, empty ones too: a bucket's number is its batch's."""
    cuts = np.searchsorted(_bucket(keys, bits), np.arange(first, last + 1))
    whole = pa.record_batch([_id_array(keys), *columns], schema=SCHEMAS[kind])
    for start, end in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        yield whole.slice(start, end - start)


def _match(ids: Halves, some: Halves) -> npt.NDArray[np.int64]:
    """For each id of `some`, its place in `ids`; both sorted, and `some` ⊆ `ids`. The first half alone tells them apart
    but for a collision of 64 keyed bits, which is looked for."""
    at = np.searchsorted(ids[:, 0], some[:, 0])
    wrong = np.flatnonzero(ids[at, 1] != some[:, 1]) if len(some) else np.zeros(0, np.int64)
    for number in wrong:
        while (ids[at[number]] != some[number]).any():
            at[number] += 1
    return at


def _halves(column: Any) -> Halves:
    data = np.frombuffer(column.buffers()[1], dtype=">u8").reshape(-1, 2)
    return data[column.offset : column.offset + len(column)].astype(np.uint64)


def id_array(ids: bytes) -> pa.Array:
    """Ids of 16 bytes, one after another, as an array. (`pa.array` imports pandas: a third of a look-up's time.)"""
    return pa.FixedSizeBinaryArray.from_buffers(_ID, len(ids) // 16, [None, pa.py_buffer(ids)])


def _id_array(halves: Any) -> pa.Array:
    return id_array(halves.astype(">u8").tobytes())


def _bucket(halves: Halves, bits: int) -> npt.NDArray[np.int64]:
    """The first `bits` bits of each key."""
    return (halves[:, 0] >> np.uint64(48)).astype(np.int64) >> (16 - bits)
