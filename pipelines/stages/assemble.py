"""assemble: anonymized parts into shards on boundaries fixed at ingest; proves that every document is accounted for.

A shard holds consecutive parts of one source whose raw bytes (before any drop) reach `shard_bytes`: removing a document
can't move a boundary, so it touches one shard. Until the release is certified the shard's bytes stay sealed.
Each shard has a signature index beside it, for releases that build on this one (pipelines.released).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from damjang.certificates.manifest import row_leaf
from damjang.certificates.merkle import root_of
from pipelines.canonical import schema_digest, shard_chunks, text_size
from pipelines.conservation import prove
from pipelines.dataset import Part
from pipelines.identity import row_id, row_key
from pipelines.released import bases, shape_of
from pipelines.stage import Planned, Receipts, Run, StageBase
from pipelines.work import UnitContext
from schemas.arrow import ID, SHARD

BYTES = pa.schema([pa.field("bytes", pa.binary(), nullable=False)])
ROWS = pa.schema(
    [
        pa.field("document_id", ID, nullable=False),
        pa.field("row_id", ID, nullable=False),
        pa.field("flags", pa.int32(), nullable=False),
    ]
)


class Assemble(StageBase):
    """Reads anonymized parts; proves conservation over ingest, refine, dedup and anonymize."""

    name = "assemble"
    version = "1"
    inputs = ("ingest", "refine", "dedup", "anonymize")

    def reads(self, run: Run) -> Mapping[str, Any]:
        return {
            "release": run.project.release.name,
            "shard_bytes": run.project.shard_bytes,
            "index": shape_of(run.policy.dedup),
            "salt_id": hashlib.sha256(run.vault.release_salt(run.project.release.name)).hexdigest()[:16],
        }

    def secrets(self, run: Run) -> Mapping[str, bytes]:
        return {"salt": run.vault.release_salt(run.project.release.name)}

    def steps(self) -> Sequence[str]:
        return ("shards", "index", "conserve")

    def plan(self, step: str, run: Run, receipts: Receipts) -> Planned:
        if step == "shards":
            units = [
                {"index": n, "shard": name, "source_id": source, "parts": [asdict(part) for part in parts]}
                for n, (name, source, parts) in enumerate(shard_plan(run))
            ]
            return Planned(step, "pipelines.stages.assemble:shard", units, {"release": run.project.release.name})
        if step == "index":
            made = [receipt for receipt in receipts["shards"] if receipt.facts["rows"]]
            units = [
                {"index": n, "shard": one.facts["name"]}
                | {kind: asdict(one.side[kind][0]) for kind in ("shards", "rows")}
                for n, one in enumerate(made)
            ]
            return Planned(step, "pipelines.released:index_shard", units, {"index": shape_of(run.policy.dedup)})
        stages = ("ingest", "refine", "dedup", "anonymize")
        sources = sorted({part.source_id for part in run.manifests["ingest"].parts})
        units = [{"index": n, "source_id": source} for n, source in enumerate(sources)]
        return Planned(step, "pipelines.conservation:conserve", units, {"stages": stages})

    def finish(self, run: Run, receipts: Receipts) -> tuple[Sequence[Part], Mapping[str, Any], Mapping[str, Any]]:
        side: dict[str, list[Any]] = {"shards": [], "rows": [], "signatures": []}
        shards: list[dict[str, Any]] = []
        for receipt in receipts["shards"]:
            if receipt.facts["rows"] == 0:
                continue
            side["shards"] += receipt.side["shards"]
            side["rows"] += receipt.side["rows"]
            shards.append(dict(receipt.facts))
        side["signatures"] = [ref for receipt in receipts["index"] for ref in receipt.side["signatures"]]
        accounts = [receipt.facts for receipt in receipts["conserve"]]
        prove(accounts, shards)
        facts = {"index": shape_of(run.policy.dedup), "builds_on": [base.label for base in bases(run)]}
        return [], side, {"shards": shards, "schema_digest": schema_digest(), "conservation": accounts} | facts


def shard_plan(run: Run) -> Iterator[tuple[str, str, list[Part]]]:
    """(shard name, source, parts): from ingest's raw bytes alone, so that no later stage can move a boundary."""
    made = {part.name: part for part in run.manifests["anonymize"].parts}
    held: list[Part] = []
    raw, number, source = 0, 0, ""
    for born in run.manifests["ingest"].parts:
        if held and (born.source_id != source or raw >= run.project.shard_bytes):
            yield f"{source}-{number:05d}", source, held
            number = number + 1 if born.source_id == source else 0
            held, raw = [], 0
        source = born.source_id
        raw += born.raw_bytes
        held.append(made[born.name])
    if held:
        yield f"{source}-{number:05d}", source, held


def shard(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One shard: rows in the order of parts, row ids, salted leaves; the file's bytes sealed in chunks as they come."""
    rows = _Rows(unit, context)
    whole, size = hashlib.sha256(), 0
    out = context.writer("shards", unit["shard"], BYTES)
    for chunk in shard_chunks(rows):
        whole.update(chunk)
        size += len(chunk)
        out.write(pa.record_batch([pa.array([chunk], pa.binary())], schema=BYTES))
    context.add_side("shards", out.close())
    mapping = pa.table([pa.array(rows.documents, ID), pa.array(rows.ids, ID), pa.array(rows.flags, pa.int32())], ROWS)
    context.add_side("rows", context.write("rows", unit["shard"], mapping))
    context.done(
        name=unit["shard"],
        path=f"shards/{unit['shard']}.arrow",
        source_id=unit["source_id"],
        rows=len(rows.ids),
        size=size,
        sha256=whole.hexdigest(),
        rows_root=root_of(rows.leaves).hex(),
        text_bytes=rows.text_bytes,
    )


class _Rows:
    """The shard's rows, a batch at a time, and what is kept of each: ids, flags, its leaf."""

    def __init__(self, unit: Mapping[str, Any], context: UnitContext) -> None:
        self._unit, self._context = unit, context
        self.documents: list[bytes] = []
        self.ids: list[bytes] = []
        self.flags: list[int] = []
        self.leaves: list[bytes] = []
        self.text_bytes = 0

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        keyring, source = self._context.keyring, self._unit["source_id"]
        key, salt = row_key(keyring.project, self._context.config["release"]), keyring.extra["salt"]
        for value in self._unit["parts"]:
            part = Part.from_json(value)
            with self._context.open("anonymize", part.files["data"]) as file:
                for batch in file:
                    documents, text = batch["document_id"].to_pylist(), batch["text"]
                    ids = [row_id(key, document) for document in documents]
                    self.documents += documents
                    self.ids += ids
                    self.flags += batch["flags"].to_pylist()
                    pairs = zip(ids, text.to_pylist(), strict=True)
                    self.leaves += [row_leaf(salt, row, source, value) for row, value in pairs]
                    self.text_bytes += text_size(text)
                    yield pa.record_batch([pa.array(ids, ID), pa.array([source] * len(ids)), text], schema=SHARD)
