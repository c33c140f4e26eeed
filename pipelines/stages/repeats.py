"""ingest, steps 2 and 3: records that repeat a key are found across units and quarantined; the first stays.

First means least by (path, offset), which is the order of units, parts and records. Key files are sorted by id with one
batch a hash range, so a range is one read a file and nothing is shuffled (design.md, Contracts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from pipelines.dataset import FileRef, Part
from pipelines.decisions import Decisions
from pipelines.identity import located_id
from pipelines.units import WorkUnit
from pipelines.work import UnitContext
from schemas.arrow import ID, TEXT

KEYS = pa.schema(
    [
        pa.field("document_id", ID, nullable=False),
        pa.field("unit", pa.int32(), nullable=False),
        pa.field("part", pa.int32(), nullable=False),
        pa.field("decision", pa.int32(), nullable=False),  # position among the part's decisions
        pa.field("file_digest", pa.string(), nullable=False),  # with the offset: the id of a record that repeats a key
        pa.field("offset", pa.int64(), nullable=False),
    ]
)
Key = tuple[bytes, int, int, str, int]
"""(document id, part, decision, file digest, offset) of one record with a key."""


def write_keys(context: UnitContext, unit: WorkUnit, keys: list[Key], ranges: int) -> None:
    """The unit's key file: sorted by id, one batch a hash range, so that a range is read alone."""
    keys.sort()
    ids = np.frombuffer(b"".join(key[0] for key in keys), dtype=">u2")[::8].astype(np.int64)
    cuts = np.searchsorted(ids * ranges >> 16, np.arange(ranges + 1))
    out = context.writer("keys", f"{unit.index:06d}", KEYS)
    columns = [
        pa.array([key[0] for key in keys], ID),
        pa.array([unit.index] * len(keys), pa.int32()),
        pa.array([key[1] for key in keys], pa.int32()),
        pa.array([key[2] for key in keys], pa.int32()),
        pa.array([key[3] for key in keys], pa.string()),
        pa.array([key[4] for key in keys], pa.int64()),
    ]
    batch = pa.record_batch(columns, schema=KEYS)
    for start, end in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        out.write(batch.slice(start, end - start))
    context.add_side("keys", out.close())


def repeats(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One hash range: every record after the first (by path and offset) that has a key seen before."""
    index = unit["index"]
    batches = []
    for _, ref in context.config["files"]:
        with context.open(None, FileRef(**ref)) as file:
            batches.append(file.batch(index))
    table = pa.Table.from_batches(batches, KEYS).combine_chunks()
    order = pa.compute.sort_indices(
        table, [(name, "ascending") for name in ("document_id", "unit", "part", "decision")]
    )
    ids = table["document_id"].take(order).combine_chunks()
    packed = np.frombuffer(ids.buffers()[1], dtype=np.uint64).reshape(-1, 2)[ids.offset : ids.offset + len(ids)]
    same = np.zeros(len(ids), dtype=bool)
    same[1:] = (packed[1:] == packed[:-1]).all(axis=1)
    found = table.take(order.filter(pa.array(same))).combine_chunks()
    units = sorted(set(found["unit"].to_pylist()))
    if found.num_rows:
        context.add_side("repeats", context.write("repeats", f"{index:06d}", found))
    context.done(units=units, repeats=found.num_rows)


def settle(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One touched work unit: its repeats leave their parts, quarantined as `duplicate_key` under their location."""
    mine: dict[int, dict[int, bytes]] = {}
    for ref in context.config["repeats"]:
        with context.open(None, FileRef(**ref)) as file:
            for row in file.table().to_pylist():
                if row["unit"] == unit["unit"]:
                    where = located_id(context.keyring.project, row["file_digest"], row["offset"])
                    mine.setdefault(row["part"], {})[row["decision"]] = where
    for value in unit["parts"]:
        part = Part.from_json(value)
        number = int(part.name.rpartition("-")[2])
        if number in mine:
            context.add_part(_without(part, mine[number], context))
    context.done()


def _without(part: Part, repeated: Mapping[int, bytes], context: UnitContext) -> Part:
    with context.open(None, part.files["decisions"]) as file:
        rows = file.table().to_pylist()
    decisions = Decisions("ingest", context.config["policy_digest"])
    stays: list[bool] = []  # one flag a data row
    gone_keys: set[bytes] = set()
    for position, row in enumerate(rows):
        written = row["action"] in ("kept", "changed")
        if position in repeated:
            decisions.add(repeated[position], "quarantined", "duplicate_key")
            gone_keys.add(row["document_id"])
        else:
            decisions.add(row["document_id"], row["action"], row["reason"], row["score_ppm"], row["threshold_ppm"])
        if written:
            stays.append(position not in repeated)
    name = f"{part.name}s"
    files = dict(part.files)
    files["decisions"] = context.write("decisions", name, decisions.table())
    out = context.writer("data", name, TEXT)
    at = 0
    kept_ids: set[bytes] = set()
    with context.open(None, part.files["data"]) as file:
        for batch in file:
            kept = batch.filter(pa.array(stays[at : at + batch.num_rows]))
            at += batch.num_rows
            if kept.num_rows:
                out.write(kept)
                kept_ids.update(kept["document_id"].to_pylist())
    files["data"] = out.close()
    if "subjects" in files:
        with context.open(None, part.files["subjects"]) as file:
            table = file.table()
        mask = [document in kept_ids for document in table["document_id"].to_pylist()]
        files["subjects"] = context.write("subjects", name, table.filter(pa.array(mask)))
    facts = {**part.facts, "text_bytes": files["data"].bytes}
    return replace(part, files=files, counts=decisions.counts(), reasons=decisions.reasons(), facts=facts)
