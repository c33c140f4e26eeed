"""`damjang dedup`: exact and near duplicates among files, each drop with its survivor and its verified similarity."""

from __future__ import annotations

import errno
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from damjang.cli.dedup_large import Spill, cluster_large
from damjang.cli.line_files import LINE_IDS, FileInputError, LeftOut
from damjang.cli.text_columns import Batch, read_batches
from ext import cluster, contenthash, minhash
from ext.errors import OptionError

PREFERENCES = ("longest", "first")
ROUNDS = 128  # of a bucket: real corpora come to rest long before; a hot bucket of unlike texts stays linear work
MISS = 1e-3  # chance that no band shows a pair that is exactly at the threshold
BESIDE = 1500  # bytes of memory a document may need beside its text when all is held at once (near copies: 3,000)

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Deduplicated:
    """What was found; documents = kept + exact + near.

    unresolved: documents that were not compared with all others of some bucket. spilled: texts went through a
    temporary file. text_bytes: UTF-8. left_out: records that were no document, by reason; places: where the first are.
    """

    documents: int
    kept: int
    exact: int
    near: int
    candidates: int
    verified: int
    unresolved: int
    text_bytes: int = 0
    spilled: bool = False
    left_out: dict[str, int] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [
            f"{self.documents:,} documents: {self.kept:,} kept, {self.exact:,} exact and {self.near:,} near duplicates",
            f"{self.candidates:,} pairs compared in full, {self.verified:,} of them alike",
        ]
        if self.unresolved:
            lines.append(
                f"{self.unresolved:,} documents shared a band with more unlike others than were compared with them: "
                "a duplicate of theirs stays only if every band they share is as full"
            )
        if self.left_out:
            lines.append(str(LeftOut(self.left_out, self.places)))
        return "\n".join(lines)


def dedup_files(
    files: Sequence[Path],
    text_column: str,
    id_column: str,
    threshold: float,
    out: Path,
    *,
    prefer: str = "longest",
    memory: int = 4 << 30,
    seed: int = minhash.SEED,
) -> Deduplicated:
    """Write `out` (Parquet: id, survivor_id, jaccard, kind; a row a document, as read) and say what was found.

    threshold: exact Jaccard of the sets of 5-code-point windows, 0 < threshold <= 1, cut in millionths. A survivor's
    survivor_id is its own id and its jaccard 1. kind: kept, exact or near. prefer: which document survives, the
    `longest` (code points; of equals the least id: the answer does not depend on the order or number of files) or the
    `first` read. memory: bytes; what needs more goes through temporary files in the folder of `out`, with the same
    answer. The default seed is published: the same files give the same answer anywhere. id_column LINE_IDS: ids are
    FILE:LINE. Raises FileInputError, ext.errors.OptionError.
    """
    if prefer not in PREFERENCES:
        raise FileInputError(f"prefer={prefer!r}", f"use one of {', '.join(PREFERENCES)}")
    settings = settings_for(threshold, seed)
    _check_out(out, files)
    left = LeftOut()
    try:
        corpus = _gathered(read_batches(files, text_column, id_column, left), memory, out.parent)
        _check_unique(corpus.ids)
        order = None if prefer == "first" else _longest_first(corpus)
        if corpus.spill:
            found = cluster_large(corpus.texts, corpus.points, order, settings, corpus.spill)
        else:
            found = cluster.cluster(corpus.texts, order, settings)
        _write(corpus.ids, found, settings, prefer, out)
    except MemoryError:
        raise FileInputError(
            f"{_size(files):,} bytes of files need more memory than there is", "give less with --memory, or fewer files"
        ) from None
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise FileInputError(
            f"the disk of {out.parent} is full", "temporary files lie beside --out: name a folder with more room"
        ) from None
    c = found.counts
    return Deduplicated(
        c.documents, c.kept, c.exact, c.near, c.candidates, c.verified, c.unresolved,
        corpus.text_bytes, corpus.spill is not None, left.reasons, left.places,
    )  # fmt: skip


def settings_for(threshold: float, seed: int = minhash.SEED) -> cluster.Settings:
    """32 bands of 4 down to J = .68; below that narrower bands, so that no pair at the threshold is missed more often
    than once in a thousand. Raises OptionError."""
    if not (math.isfinite(threshold) and 0 < threshold <= 1):
        raise OptionError(f"threshold={threshold}", "use a similarity above 0, at most 1")
    shapes = [(32, 4), (42, 3), (64, 2), (128, 1)]
    bands, rows = next((s for s in shapes if (1 - threshold ** s[1]) ** s[0] <= MISS), (0, 1))
    if not bands:  # a value a band, and as many as it takes
        bands = min(4096, math.ceil(math.log(MISS) / math.log1p(-threshold)))
    ppm = max(1, round(threshold * cluster.MILLION))
    rounds = ROUNDS if rows > 2 else 16 if rows == 2 else 4  # narrow bands: great buckets of texts that are unlike
    return cluster.Settings(threshold_ppm=ppm, bands=bands, rows=rows, seed=seed, rounds=rounds)


def _check_out(out: Path, files: Sequence[Path]) -> None:
    """Before any work: that the result can be written, and is none of the files read."""
    if out.is_dir():
        raise FileInputError(f"{out} is a folder", "name a file with --out")
    if any(out.resolve() == Path(path).resolve() for path in files):
        raise FileInputError(f"{out} is one of the files to read", "name another file with --out")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        unfinished = _unfinished(out)
        unfinished.touch()
        unfinished.unlink()
    except OSError as error:
        raise FileInputError(
            f"{out} can't be written ({type(error).__name__})", "name a folder that you may write to with --out"
        ) from None


def _unfinished(out: Path) -> Path:
    return out.with_name(out.name + ".tmp")


def _size(files: Sequence[Path]) -> int:
    return sum(Path(path).stat().st_size for path in files)


# --- what was read -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Corpus:
    """texts: large_string chunks, in memory or mapped; ids: one array; points int64[n]: code points of each text."""

    texts: pa.ChunkedArray
    ids: pa.Array
    points: Ints
    text_bytes: int
    spill: Spill | None


def _gathered(batches: Iterable[Batch], memory: int, folder: Path) -> _Corpus:
    texts: list[pa.Array] = []
    ids: list[pa.Array] = []
    points = [np.empty(0, dtype=np.int64)]
    text_bytes = documents = 0
    spill: Spill | None = None
    for batch in batches:
        ids.append(batch.ids)
        points.append(pc.utf8_length(batch.texts).to_numpy().astype(np.int64, copy=False))
        text_bytes += pc.sum(pc.binary_length(batch.texts)).as_py() or 0
        documents += len(batch.ids)
        if spill is None and text_bytes + documents * BESIDE > memory:
            spill = Spill(folder)
            for held in texts:
                spill.write(held)
            texts = []
        if spill is None:
            texts.append(batch.texts)
        else:
            spill.write(batch.texts)
    whole = spill.mapped() if spill else pa.chunked_array(texts, type=pa.large_string())
    return _Corpus(whole, _one_type(ids), np.concatenate(points), text_bytes, spill)


def _one_type(ids: list[pa.Array]) -> pa.Array:
    """One array: of the files' own type if they agree, int64 if all are whole numbers, else of strings."""
    kinds = {array.type for array in ids}
    if len(kinds) > 1:
        whole = all(pa.types.is_integer(kind) for kind in kinds)
        ids = [array.cast(pa.int64() if whole else pa.string()) for array in ids]
    if not ids:
        return pa.array([], pa.large_string())
    if pa.types.is_string(ids[0].type):
        ids = [array.cast(pa.large_string()) for array in ids]  # together they may be above 2 GiB
    return pa.concat_arrays(ids)


def _check_unique(ids: pa.Array) -> None:
    if pa.types.is_large_string(ids.type):
        hashes = contenthash.quick(ids)
    elif pa.types.is_integer(ids.type):
        hashes = ids.to_numpy()
    else:
        if pc.count_distinct(ids).as_py() < len(ids):
            raise FileInputError("some ids occur more than once", "name a column of unique ids with --id")
        return
    by_hash = np.argsort(hashes, kind="stable")
    same = np.flatnonzero(hashes[by_hash[1:]] == hashes[by_hash[:-1]])
    first, again = by_hash[same], by_hash[same + 1]
    true = pc.equal(ids.take(first), ids.take(again)).to_numpy(zero_copy_only=False)
    if true.any():
        at = np.flatnonzero(true)[np.argmin(again[true])]
        raise FileInputError(
            f"{int(true.sum()):,} ids occur more than once: document {first[at] + 1:,} and document "
            f"{again[at] + 1:,}, as read, have the same",
            f"name a column of unique ids with --id, or give --id {LINE_IDS}",
        )


def _longest_first(corpus: _Corpus) -> Ints:
    """Rows by length in code points, the longest first; of equals by id."""
    order = np.argsort(-corpus.points, kind="stable")
    length = corpus.points[order]
    tied = np.zeros(len(order), dtype=bool)
    equal = length[1:] == length[:-1]
    tied[1:] |= equal
    tied[:-1] |= equal
    rows = order[tied]
    if len(rows):
        table = pa.table({"points": corpus.points[rows], "id": corpus.ids.take(pa.array(rows))})
        order[tied] = rows[pc.sort_indices(table, sort_keys=[("points", "descending"), ("id", "ascending")]).to_numpy()]
    return order


def _write(ids: pa.Array, found: cluster.Clusters, settings: cluster.Settings, prefer: str, out: Path) -> None:
    scheme = {
        "signatures": f"{minhash.SCHEME}/{minhash.VERSION}",
        "similarity": f"exact jaccard of {settings.ngram}-code-point windows",
        "threshold_ppm": str(settings.threshold_ppm),
        "bands": f"{settings.bands}x{settings.rows}",
        "rounds": str(settings.rounds),
        "seed": f"{settings.seed:#x}",
        "prefer": prefer,
    }
    kind = pa.string() if pa.types.is_large_string(ids.type) else ids.type
    fields: list[Any] = [("id", kind), ("survivor_id", kind), ("jaccard", pa.float64()), ("kind", pa.string())]
    schema = pa.schema(fields, {f"damjang.dedup.{key}": value for key, value in scheme.items()})
    kinds = np.array(cluster.KINDS)
    unfinished = _unfinished(out)
    try:
        with pa.parquet.ParquetWriter(unfinished, schema, compression="zstd") as writer:
            for at in range(0, len(ids), 1 << 20):
                rows = slice(at, at + (1 << 20))
                columns = [
                    ids.slice(at, 1 << 20).cast(kind),
                    ids.take(pa.array(found.survivor[rows])).cast(kind),
                    pa.array(found.jaccard_ppm[rows] / cluster.MILLION),
                    pa.array(kinds[found.kind[rows]], pa.string()),
                ]
                writer.write_table(pa.table(columns, schema=schema))
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
