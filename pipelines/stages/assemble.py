"""assemble: anonymized parts into shards on boundaries fixed at ingest; proves that every document is accounted for.

A shard holds consecutive parts of one source whose raw bytes (before any drop) reach `shard_bytes`: removing a document
can't move a boundary, so it touches one shard. Until the release is certified the shard's bytes stay sealed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from damjang.certificates.manifest import row_leaf
from damjang.certificates.merkle import root_of
from governance.staged import bounded_batches
from pipelines.canonical import schema_digest, shard_bytes
from pipelines.conservation import prove
from pipelines.dataset import Part
from pipelines.identity import row_id, row_key
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
CHUNK = 1 << 20


class Assemble(StageBase):
    """Reads anonymized parts; proves conservation over ingest, refine, dedup and anonymize."""

    name = "assemble"
    version = "1"
    inputs = ("ingest", "refine", "dedup", "anonymize")

    def reads(self, run: Run) -> Mapping[str, Any]:
        return {
            "release": run.project.release.name,
            "shard_bytes": run.project.shard_bytes,
            "salt_id": hashlib.sha256(run.vault.release_salt(run.project.release.name)).hexdigest()[:16],
        }

    def secrets(self, run: Run) -> Mapping[str, bytes]:
        return {"salt": run.vault.release_salt(run.project.release.name)}

    def steps(self) -> Sequence[str]:
        return ("shards", "conserve")

    def plan(self, step: str, run: Run, receipts: Receipts) -> Planned:
        if step == "shards":
            units = [
                {"index": n, "shard": name, "source_id": source, "parts": [asdict(part) for part in parts]}
                for n, (name, source, parts) in enumerate(shard_plan(run))
            ]
            return Planned(step, "pipelines.stages.assemble:shard", units, {"release": run.project.release.name})
        stages = ("ingest", "refine", "dedup", "anonymize")
        sources = sorted({part.source_id for part in run.manifests["ingest"].parts})
        units = [{"index": n, "source_id": source} for n, source in enumerate(sources)]
        return Planned(step, "pipelines.conservation:conserve", units, {"stages": stages})

    def finish(self, run: Run, receipts: Receipts) -> tuple[Sequence[Part], Mapping[str, Any], Mapping[str, Any]]:
        side: dict[str, list[Any]] = {"shards": [], "rows": []}
        shards: list[dict[str, Any]] = []
        for receipt in receipts["shards"]:
            if receipt.facts["rows"] == 0:
                continue
            side["shards"] += receipt.side["shards"]
            side["rows"] += receipt.side["rows"]
            shards.append(dict(receipt.facts))
        accounts = [receipt.facts for receipt in receipts["conserve"]]
        prove(accounts, shards)
        return [], side, {"shards": shards, "schema_digest": schema_digest(), "conservation": accounts}


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
    """One shard: rows in the order of parts, row ids, salted leaves; the file's bytes sealed in chunks."""
    keyring = context.keyring
    key = row_key(keyring.project, context.config["release"])
    documents: list[bytes] = []
    texts: list[pa.Array] = []
    flags: list[int] = []
    for value in unit["parts"]:
        part = Part.from_json(value)
        with context.open("anonymize", part.files["data"]) as file:
            for batch in file:
                documents += batch["document_id"].to_pylist()
                texts.append(batch["text"])
                flags += batch["flags"].to_pylist()
    rows = [row_id(key, document) for document in documents]
    text = pa.concat_arrays(texts) if texts else pa.array([], pa.string())
    name = unit["shard"]
    table = pa.table([pa.array(rows, ID), pa.array([unit["source_id"]] * len(rows), pa.string()), text], schema=SHARD)
    data = shard_bytes(table)
    leaves = [
        row_leaf(keyring.extra["salt"], row, unit["source_id"], value)
        for row, value in zip(rows, text.to_pylist(), strict=True)
    ]
    chunks = pa.table(
        [pa.array([data[at : at + CHUNK] for at in range(0, len(data), CHUNK)], pa.binary())], schema=BYTES
    )
    context.add_side("shards", context.write("shards", name, chunks, batches=list(bounded_batches(chunks, max_rows=1))))
    mapping = pa.table([pa.array(documents, ID), pa.array(rows, ID), pa.array(flags, pa.int32())], schema=ROWS)
    context.add_side("rows", context.write("rows", name, mapping))
    context.done(
        name=name,
        path=f"shards/{name}.arrow",
        source_id=unit["source_id"],
        rows=len(rows),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        rows_root=root_of(leaves).hex(),
        text_bytes=text.nbytes,
    )
