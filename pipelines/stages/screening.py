"""dedup's first steps: items of evaluation sets in documents, and paragraphs that one source repeats (boilerplate)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ext import decontaminate
from ext import paragraphs as paragraph_kernel
from pipelines.dataset import FileRef, Part
from pipelines.entries import dedup_key, groups, read_range, write_entries
from pipelines.errors import NothingToDo
from pipelines.work import UnitContext
from schemas.project import EvaluationSet, Project

SCREENED = pa.schema([pa.field("row", pa.int32(), nullable=False), pa.field("share_ppm", pa.int32(), nullable=False)])
BOILERPLATE = pa.schema(
    [pa.field("source", pa.int32(), nullable=False), pa.field("digest", pa.binary(16), nullable=False)]
)


# --- evaluation sets ----------------------------------------------------------------------------------------


def evaluation_digest(project: Project) -> str:
    """SHA-256 over the evaluation sets' files: benchmarks are published text, so a plain digest tells nothing."""
    digest = hashlib.sha256()
    for declared in project.evaluation_sets:
        for path in _files(declared, project.root):
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        digest.update(declared.text.encode() + b"\0")
    return digest.hexdigest()


def _files(declared: EvaluationSet, root: Path) -> list[Path]:
    found = sorted(path for pattern in declared.paths for path in root.glob(pattern))
    if not found:
        raise NothingToDo(f"evaluation set {declared.id}: no file matches", "correct its paths in the project file")
    return found


def _items(declared: EvaluationSet, root: Path) -> Iterator[str]:
    for path in _files(declared, root):
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            if not line.strip():
                continue
            try:
                value = orjson.loads(line).get(declared.text)
            except (orjson.JSONDecodeError, AttributeError):
                value = None
            if not isinstance(value, str):
                raise NothingToDo(
                    f"evaluation set {declared.id}: line {number} of {path.name} has no text field {declared.text!r}",
                    "an evaluation set that can't be read can't be kept out: correct the file",
                )
            yield value


@lru_cache(maxsize=1)
def _index(declared_json: str, root: str) -> decontaminate.Index:
    sets = [EvaluationSet.model_validate(value) for value in json.loads(declared_json)]
    return decontaminate.build_index([item for declared in sets for item in _items(declared, Path(root))])


def screen(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One part: rows that hold at least the policy's share of an evaluation item."""
    part = Part.from_json(unit["part"])
    index = _index(json.dumps(context.config["evaluation_sets"], sort_keys=True), context.step.root)
    limit = context.config["policy"]["contamination_ppm"]
    rows: list[int] = []
    shares: list[int] = []
    at = 0
    with context.open("refine", part.files["data"]) as file:
        for batch in file:
            share, _ = decontaminate.worst(batch.num_rows, decontaminate.overlaps(index, batch["text"]))
            for row in np.flatnonzero(share >= limit).tolist():
                rows.append(at + row)
                shares.append(int(share[row]))
            at += batch.num_rows
    table = pa.table([pa.array(rows, pa.int32()), pa.array(shares, pa.int32())], schema=SCREENED)
    context.add_side("screened", context.write("screened", part.name, table))
    context.done(contaminated=len(rows), brief_items=index.brief)


def screened_rows(unit: Mapping[str, Any], context: UnitContext) -> dict[int, int]:
    """{row: share_ppm} that `screen` found in this unit's part; {} when nothing was screened."""
    if "screened" not in unit:
        return {}
    with context.open(None, FileRef(**unit["screened"])) as file:
        table = file.table()
    return dict(zip(table["row"].to_pylist(), table["share_ppm"].to_pylist(), strict=True))


# --- boilerplate --------------------------------------------------------------------------------------------


def _key(context: UnitContext) -> bytes:
    return dedup_key(context.keyring.project, "paragraphs")[:16]


def paragraphs(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One part: its paragraphs' keyed digests as entries (the digest's halves, the source, the document)."""
    part = Part.from_json(unit["part"])
    source = context.config["sources"].index(part.source_id)
    columns: list[list[NDArray[np.uint64]]] = [[], [], [], []]
    base, at = unit["index"] << 32, 0
    with context.open("refine", part.files["data"]) as file:
        for batch in file:
            rows, _, _, digests = paragraph_kernel.spans(
                batch["text"], _key(context), min_points=context.config["policy"]["paragraph_chars"]
            )
            words = np.ascontiguousarray(digests).view("<u8").reshape(-1, 2).astype(np.uint64)
            docs = (rows + (base | at)).astype(np.uint64)
            unique = np.unique(np.stack([words[:, 0], words[:, 1], docs], axis=1), axis=0)  # once a document
            for place, column in enumerate((unique[:, 0], unique[:, 1], np.full(len(unique), source), unique[:, 2])):
                columns[place].append(column.astype(np.uint64))
            at += batch.num_rows
    joined = [np.concatenate(column) if column else np.zeros(0, np.uint64) for column in columns]
    write_entries(context, "paragraphs", part.name, joined, context.config["paragraph_ranges"])
    context.done()


def boilerplate(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One hash range: the digests that at least `paragraph_documents` documents of one source share."""
    least = context.config["policy"]["paragraph_documents"]
    first, second, source, _ = read_range(context, [FileRef(**ref) for ref in context.config["entries"]], unit["index"])
    found: list[tuple[int, bytes]] = []
    starts, ends = groups(first)
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if end - start < least:
            continue
        kinds, counts = np.unique(np.stack([source[start:end], second[start:end]], axis=1), axis=0, return_counts=True)
        for (owner, rest), count in zip(kinds.tolist(), counts.tolist(), strict=True):
            if count >= least:
                found.append((owner, int(first[start]).to_bytes(8, "little") + int(rest).to_bytes(8, "little")))
    found.sort()
    columns: Sequence[Sequence[Any]] = list(zip(*found, strict=True)) or [(), ()]
    table = pa.table([pa.array(columns[0], pa.int32()), pa.array(columns[1], pa.binary(16))], schema=BOILERPLATE)
    context.add_side("boilerplate", context.write("boilerplate", f"{context.index:06d}", table))
    context.done(boilerplate=len(found))


def boilerplate_of(source_id: str, context: UnitContext) -> NDArray[np.uint8]:
    """uint8[b, 16] ascending: the digests to remove from one source."""
    source = context.config["sources"].index(source_id)
    digests: list[bytes] = []
    for ref in context.config["boilerplate"]:
        with context.open(None, FileRef(**ref)) as file:
            table = file.table()
        digests += table.filter(pc.equal(table["source"], source))["digest"].to_pylist()
    return np.frombuffer(b"".join(sorted(digests)), dtype=np.uint8).reshape(-1, 16)


def without_boilerplate(
    texts: pa.Array, listed: NDArray[np.uint8], context: UnitContext
) -> tuple[list[str], dict[int, list[tuple[int, int]]]]:
    """(texts, {row: removed spans in code points}); texts come back as they were where nothing is listed."""
    values: list[str] = texts.to_pylist()
    removed: dict[int, list[tuple[int, int]]] = {}
    if not len(listed):
        return values, removed
    rows, starts, ends, digests = paragraph_kernel.spans(
        texts, _key(context), min_points=context.config["policy"]["paragraph_chars"]
    )
    for at in np.flatnonzero(paragraph_kernel.is_among(digests, listed)).tolist():
        removed.setdefault(int(rows[at]), []).append((int(starts[at]), int(ends[at])))
    for row, spans in removed.items():
        values[row] = paragraph_kernel.removed(values[row], [s for s, _ in spans], [e for _, e in spans])
    return values, removed
