"""`damjang dedup`: exact and near duplicates among files, each drop with its survivor and its verified similarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from damjang.cli.text_columns import FileInputError, TextColumns, read_columns
from ext import cluster, minhash

PREFERENCES = ("first", "longest")


@dataclass(frozen=True)
class Deduplicated:
    """What was found; documents = kept + exact + near. `unresolved`: documents whose buckets were not all compared."""

    documents: int
    kept: int
    exact: int
    near: int
    candidates: int
    verified: int
    unresolved: int
    skipped_lines: int

    def __str__(self) -> str:
        lines = [
            f"{self.documents:,} documents: {self.kept:,} kept, {self.exact:,} exact and {self.near:,} near duplicates",
            f"{self.candidates:,} pairs compared in full, {self.verified:,} of them alike",
        ]
        if self.unresolved:
            lines.append(f"{self.unresolved:,} documents share a bucket with others that they were not compared with")
        if self.skipped_lines:
            lines.append(f"{self.skipped_lines:,} lines were no record with a text and an id, and were left out")
        return "\n".join(lines)


def dedup_files(
    files: Sequence[Path],
    text_column: str,
    id_column: str,
    threshold: float,
    out: Path,
    *,
    prefer: str = "first",
    seed: int = minhash.SEED,
) -> Deduplicated:
    """Write `out` (Parquet: id, survivor_id, jaccard, kind; a row a document, as read) and say what was found.

    threshold: exact Jaccard of the sets of 5-code-point windows, 0 < threshold <= 1, cut in millionths. A survivor's
    survivor_id is its own id and its jaccard 1. kind: kept, exact or near. prefer: which document survives, the `first`
    read or the `longest` (bytes of UTF-8, then the first read). The default seed is published: the same files give the
    same answer anywhere. Raises FileInputError, ext.errors.OptionError.
    """
    if prefer not in PREFERENCES:
        raise FileInputError(f"prefer={prefer!r}", f"use one of {', '.join(PREFERENCES)}")
    settings = cluster.Settings(threshold_ppm=round(threshold * cluster.MILLION), seed=seed)
    try:
        return _dedup(files, text_column, id_column, settings, prefer, Path(out))
    except MemoryError:
        size = sum(Path(path).stat().st_size for path in files)
        raise FileInputError(
            f"{size:,} bytes of files do not fit in memory beside their signatures",
            "all texts are held at once: give fewer files, or use `damjang run`, whose memory is bounded",
        ) from None


def _dedup(
    files: Sequence[Path], text_column: str, id_column: str, settings: cluster.Settings, prefer: str, out: Path
) -> Deduplicated:
    columns = read_columns(files, text_column, id_column)
    repeated = len(columns.ids) - pc.count_distinct(columns.ids).as_py()
    if repeated:
        raise FileInputError(f"{repeated} ids occur more than once", "name a column of unique ids with --id")
    found = cluster.cluster(columns.texts, _order(columns, prefer), settings)
    _write(columns, found, settings, prefer, out)
    c = found.counts
    return Deduplicated(c.documents, c.kept, c.exact, c.near, c.candidates, c.verified, c.unresolved, columns.skipped)


def _order(columns: TextColumns, prefer: str) -> npt.NDArray[np.int64] | None:
    if prefer == "first":
        return None
    if isinstance(columns.texts, list):
        sizes = np.array([len((text or "").encode("utf-8", "surrogatepass")) for text in columns.texts], np.int64)
    else:
        sizes = pc.fill_null(pc.binary_length(columns.texts), 0).to_numpy()
    return np.argsort(-sizes, kind="stable")


def _write(columns: TextColumns, found: cluster.Clusters, settings: cluster.Settings, prefer: str, out: Path) -> None:
    scheme = {
        "signatures": f"{minhash.SCHEME}/{minhash.VERSION}",
        "similarity": f"exact jaccard of {settings.ngram}-code-point windows",
        "threshold_ppm": str(settings.threshold_ppm),
        "bands": f"{settings.bands}x{settings.rows}",
        "rounds": str(settings.rounds),
        "seed": f"{settings.seed:#x}",
        "prefer": prefer,
    }
    table = pa.table(
        {
            "id": columns.ids.combine_chunks(),
            "survivor_id": columns.ids.take(found.survivor).combine_chunks(),
            "jaccard": pa.array(found.jaccard_ppm / cluster.MILLION),
            "kind": pa.array(np.array(cluster.KINDS)[found.kind], pa.string()),
        }
    ).replace_schema_metadata({f"damjang.dedup.{key}": value for key, value in scheme.items()})
    unfinished = out.with_name(out.name + ".tmp")
    out.parent.mkdir(parents=True, exist_ok=True)
    pa.parquet.write_table(table, unfinished, compression="zstd")
    unfinished.replace(out)
