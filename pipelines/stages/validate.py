"""validate: expectation suites over every shard and over the run's counts, and a last scan of the finished shards.

The scan for Art. 24 identifiers reads every row again; a failed expectation or a hit fails its gate (gates.py), and a
release with a failed gate is never proposed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from anonymizers import art24
from pipelines.dataset import FileRef, Part
from pipelines.expectations import check, check_shard
from pipelines.residual import VERSION as RESIDUAL_VERSION
from pipelines.residual import residual, upper_bound_ppm
from pipelines.stage import Planned, Receipts, Run, StageBase
from pipelines.work import UnitContext
from schemas.suites import suites_digest

COUNTS = ("stage", "source_id", "in", "kept", "changed", "dropped", "quarantined", "left_over")


class Validate(StageBase):
    """Reads assembled shards and the manifests' counts."""

    name = "validate"
    version = "2"
    inputs = ("ingest", "refine", "dedup", "anonymize", "assemble")

    def reads(self, run: Run) -> Mapping[str, Any]:
        return {
            "suites": suites_digest(),
            "detector": art24.VERSION,
            "residual": RESIDUAL_VERSION,
            "policy": run.policy.digest,  # the whole: a certificate names it, so another policy is another validation
        }

    def steps(self) -> Sequence[str]:
        return ("counts", "shards")

    def plan(self, step: str, run: Run, receipts: Receipts) -> Planned:
        if step == "counts":
            rows = []
            for name in ("ingest", "refine", "dedup", "anonymize"):
                for source, counts in run.manifests[name].by_source().items():
                    numbers = [counts[key] for key in COUNTS[2:7]]
                    rows.append([name, source, *numbers, numbers[0] - sum(numbers[1:])])
            return Planned(step, "pipelines.stages.validate:counts", [{"index": 0, "rows": rows}], {})
        assembled = run.manifests["assemble"]
        total = sum(shard["rows"] for shard in assembled.facts["shards"])
        spans = {}
        for part in run.manifests["anonymize"].parts:
            spans[part.name] = asdict(part.files["spans"])
        units = [
            {"index": n, "shard": shard, "bytes": asdict(data), "rows": asdict(rows)}
            for n, (shard, data, rows) in enumerate(
                zip(assembled.facts["shards"], assembled.side["shards"], assembled.side["rows"], strict=True)
            )
        ]
        by_shard = _parts_of(run)
        for unit in units:
            unit["spans"] = [spans[name] for name in by_shard[unit["shard"]["name"]]]
        config = {
            "sample_rows": run.policy.gates.residual_sample_rows,
            "total_rows": total,
            "policy": run.policy.model_dump(mode="json"),
            "seed": assembled.digest,
        }
        return Planned(step, "pipelines.stages.validate:shard", units, config)

    def finish(self, run: Run, receipts: Receipts) -> tuple[Sequence[Part], Mapping[str, Any], Mapping[str, Any]]:
        shards = [receipt.facts for receipt in receipts["shards"]]
        failed = [
            {"shard": fact["shard"], **result} for fact in shards for result in fact["results"] if not result["success"]
        ]
        failed += [{"shard": "", **r} for r in receipts["counts"][0].facts["results"] if not r["success"]]
        art24_found: dict[str, int] = {}
        residual_found: dict[str, int] = {}
        for fact in shards:
            for total, part in ((art24_found, fact["art24"]), (residual_found, fact["residual"])):
                for kind, number in part.items():
                    total[kind] = total.get(kind, 0) + number
        sampled, hit = (sum(fact[name] for fact in shards) for name in ("sampled", "residual_rows"))
        rows = sum(shard["rows"] for shard in run.manifests["assemble"].facts["shards"])
        facts = {
            "checked": sum(len(fact["results"]) for fact in shards) + len(receipts["counts"][0].facts["results"]),
            "failed": failed,
            "art24": dict(sorted(art24_found.items())),
            "residual": dict(sorted(residual_found.items())),
            "rows": rows,
            "sampled_rows": sampled,
            "residual_rows": hit,
            "residual_upper_ppm": upper_bound_ppm(hit, sampled, rows, run.policy.gates.residual_confidence_ppm),
            "sensitive_rows": sum(fact["sensitive_rows"] for fact in shards),
            "suites_digest": suites_digest(),
            "policy_digest": run.policy.digest,
        }
        return [], {}, facts


def _parts_of(run: Run) -> dict[str, list[str]]:
    from pipelines.stages.assemble import shard_plan

    return {name: [part.name for part in parts] for name, _, parts in shard_plan(run)}


def counts(unit: Mapping[str, Any], context: UnitContext) -> None:
    """The run's counts, a row a stage and source."""
    columns = list(zip(*unit["rows"], strict=True))
    table = pa.table([pa.array(column) for column in columns], names=list(COUNTS))
    context.done(results=check("run", table))


def read_shard(context: UnitContext, ref: FileRef) -> pa.Table:
    """A sealed shard, opened as the trainer will."""
    data = bytearray()
    with context.open("assemble", ref) as file:
        for batch in file:
            for value in batch["bytes"]:
                data += value.as_buffer()
    return pa.ipc.open_file(pa.py_buffer(data)).read_all()


def shard(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One finished shard: the suite, Art. 24 over every row, all recognizers over a seeded sample."""
    table = read_shard(context, FileRef(**unit["bytes"]))
    results = check_shard(table)
    found: Counter[str] = Counter()
    for batch in table.to_batches():
        found.update(art24.redact(batch["text"]).counts)
    rest = residual(table, unit, context)
    context.done(
        shard=unit["shard"]["name"],
        results=results,
        art24=dict(sorted(found.items())),
        sampled=rest.sampled,
        residual_rows=rest.rows,
        sensitive_rows=rest.sensitive_rows,
        residual=rest.found,
    )
