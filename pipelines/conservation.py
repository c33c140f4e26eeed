"""Conservation: for every stage and source, in = kept + changed + dropped + quarantined; what leaves enters the next.

Proved from the decision files, not from counters: each stage's documents are counted and their ids summed as 128-bit
numbers, so a document that vanished between two stages, or was swapped for another, shows (design.md, data flow 6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.dataset import Part
from pipelines.errors import NotConserved
from pipelines.work import UnitContext
from schemas.arrow import ACTIONS

STAYS = ("kept", "changed")


def conserve(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One source through all stages: counts and id sums, read from the decision files."""
    accounts = []
    for stage in context.config["stages"]:
        parts = [part for part in context.manifest(stage).parts if part.source_id == unit["source_id"]]
        accounts.append({"stage": stage, **_account(parts, stage, context)})
    context.done(source_id=unit["source_id"], stages=accounts)


def _account(parts: Sequence[Part], stage: str, context: UnitContext) -> dict[str, Any]:
    counts = dict.fromkeys(ACTIONS, 0)
    sums = {"in": 0, "out": 0}
    total = 0
    for part in parts:
        with context.open(stage, part.files["decisions"]) as file:
            for batch in file:
                total += batch.num_rows
                for value in pc.value_counts(batch["action"]).to_pylist():
                    counts[value["values"]] += value["counts"]
                stays = pc.is_in(batch["action"], pa.array(STAYS))
                sums["in"] += _id_sum(batch["document_id"])
                sums["out"] += _id_sum(batch["document_id"].filter(stays))
    return {
        "in": total,
        **counts,
        "in_sum": f"{sums['in'] % 2**128:032x}",
        "out_sum": f"{sums['out'] % 2**128:032x}",
    }


def _id_sum(ids: pa.Array) -> int:
    """Sum of the ids as 128-bit numbers: the halves are summed in 32-bit limbs so that nothing overflows."""
    raw = np.frombuffer(ids.buffers()[1], dtype=">u4").reshape(-1, 4)[ids.offset : ids.offset + len(ids)]
    limbs = raw.sum(axis=0, dtype=np.uint64)
    return sum(int(limb) << (32 * (3 - place)) for place, limb in enumerate(limbs))


def prove(accounts: Sequence[Mapping[str, Any]], shards: Sequence[Mapping[str, Any]]) -> None:
    """Raises NotConserved where a stage does not add up, a hand-over loses or swaps a document, or shards differ."""
    for account in accounts:
        source = account["source_id"]
        stages = account["stages"]
        for stage in stages:
            if stage["in"] != sum(stage[action] for action in ACTIONS):
                raise _differs(source, stage["stage"], "decisions do not cover its documents")
        for before, after in pairwise(stages):
            out = sum(before[action] for action in STAYS)
            if out != after["in"] or before["out_sum"] != after["in_sum"]:
                raise _differs(source, after["stage"], f"{out} documents left {before['stage']}, {after['in']} entered")
        shipped = sum(shard["rows"] for shard in shards if shard["source_id"] == source)
        left = sum(stages[-1][action] for action in STAYS)
        if shipped != left:
            raise _differs(source, "assemble", f"{left} documents left {stages[-1]['stage']}, {shipped} rows in shards")


def _differs(source: str, stage: str, how: str) -> NotConserved:
    return NotConserved(
        f"source {source} does not add up at {stage}: {how}",
        "no release is made: remove the stage's folder and run again; if it repeats, report it",
    )
