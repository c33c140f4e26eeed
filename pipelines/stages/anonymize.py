"""anonymize: find, decide, rewrite, part by part. The rules are anonymizers' and the policy's; here is only the road.

Side files: `spans` (where, what, which operator, and where the replacement stands, so that a rescan can discount it)
and `review` (spans between two thresholds, for the officer; masked, never a raw value).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from anonymizers import art24
from anonymizers import pipeline as anonymizing
from anonymizers.findings import Recognized
from anonymizers.public_figures import load_public_figures
from governance.staged import bounded_batches
from pipelines.dataset import Part
from pipelines.decisions import Decisions
from pipelines.stage import Planned, Receipts, Run, StageBase
from pipelines.stages.refine import part_units
from pipelines.work import UnitContext
from schemas.arrow import FLAG_GUARDIAN_CONSENT, FLAG_SENSITIVE_CONSENT, ID, SPANS, TEXT
from schemas.policy import Policy

REVIEW = pa.schema(
    [
        pa.field("document_id", ID, nullable=False),
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("score_ppm", pa.int32(), nullable=False),
        pa.field("context", pa.string(), nullable=False),
    ]
)


class AnonymizeStage(StageBase):
    """Reads dedup's survivors."""

    name = "anonymize"
    version = "1"
    inputs = ("dedup",)

    def reads(self, run: Run) -> Mapping[str, Any]:
        return {
            "policy": run.policy.part_digest("anonymize"),
            "purpose": run.project.purpose,
            "recognizers": _versions(run.policy),
            "child_directed": [source.id for source in run.project.sources if source.child_directed],
        }

    def secrets(self, run: Run) -> Mapping[str, bytes]:
        return {"pseudonym": run.vault.derive(f"pseudonym\0{run.project.release.name}")}

    def steps(self) -> Sequence[str]:
        return ("anonymize",)

    def plan(self, step: str, run: Run, receipts: Receipts) -> Planned:
        config = {
            "policy": run.policy.model_dump(mode="json"),
            "policy_digest": run.policy.part_digest("anonymize"),
            "child_directed": [source.id for source in run.project.sources if source.child_directed],
        }
        return Planned(step, "pipelines.stages.anonymize:anonymize", part_units(run, "dedup"), config)

    def finish(self, run: Run, receipts: Receipts) -> tuple[Sequence[Part], Mapping[str, Any], Mapping[str, Any]]:
        parts = [part for receipt in receipts["anonymize"] for part in receipt.parts]
        found: dict[str, Counter[str]] = {}
        for receipt in receipts["anonymize"]:
            for source, counts in receipt.facts["found"].items():
                found.setdefault(source, Counter()).update(counts)
        facts = {
            "found": {source: dict(sorted(found[source].items())) for source in sorted(found)},
            "review": sum(receipt.facts["review"] for receipt in receipts["anonymize"]),
            "child_mentions": sum(receipt.facts["child_mentions"] for receipt in receipts["anonymize"]),
            "recognizers": _versions(run.policy),
        }
        return parts, {}, facts


def _versions(policy: Policy) -> dict[str, str]:
    return {recognizer.name: str(recognizer.version) for recognizer in anonymizing.default_recognizers(policy)}


@lru_cache(maxsize=2)
def _tools(policy_json: str, root: str) -> tuple[Policy, list[Recognized], Mapping[str, frozenset[str]]]:
    """The policy and its recognizers, made once a worker process (lexicons and scanners take a while to load)."""
    policy = Policy.model_validate_json(policy_json)
    return policy, anonymizing.default_recognizers(policy), load_public_figures(policy, Path(root))


def anonymize(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One part."""
    import json

    part = Part.from_json(unit["part"])
    policy, recognizers, figures = _tools(json.dumps(context.config["policy"], sort_keys=True), context.step.root)
    decisions = Decisions("anonymize", context.config["policy_digest"])
    out = context.writer("data", part.name, TEXT)
    spans: list[tuple[Any, ...]] = []
    review: list[tuple[Any, ...]] = []
    found: Counter[str] = Counter()
    mentions = 0
    with context.open("dedup", part.files["data"]) as file:
        for batch in file:
            ids = batch["document_id"].to_pylist()
            flags = batch["flags"].to_pylist()
            result = anonymizing.anonymize_batch(
                batch["text"].to_pylist(),
                policy=policy,
                recognizers=recognizers,
                pseudonym_key=context.keyring.extra["pseudonym"],
                doc_keys=ids,
                sensitive_consent=[bool(flag & FLAG_SENSITIVE_CONSENT) for flag in flags],
                guardian_consent=[bool(flag & FLAG_GUARDIAN_CONSENT) for flag in flags],
                child_directed=part.source_id in context.config["child_directed"],
                public_figures=figures,
            )
            actions, reasons = list(result.actions), list(result.reasons)
            # Rewriting can bring digits and words together that were apart: Art. 24 is looked for once more.
            for row in art24.redact(result.texts).changed:
                actions[row], reasons[row] = "quarantined", "art24_after_rewrite"
            for row, identifier in enumerate(ids):
                decisions.add(
                    identifier, actions[row], reasons[row], result.scores_ppm[row], result.thresholds_ppm[row]
                )
            spans += [(ids[s.doc], s.start, s.end, s.type, s.operator, s.out_start, s.out_end) for s in result.spans]
            review += [(ids[r.doc], r.start, r.end, r.type, r.score_ppm, r.context) for r in result.review]
            found.update(result.counts)
            mentions += len(result.children)
            keep = pa.array([action in ("kept", "changed") for action in actions])
            columns = [batch["document_id"], batch["offset"], batch["flags"], pa.array(result.texts, pa.string())]
            for made in bounded_batches(pa.table(columns, schema=TEXT).filter(keep)):
                out.write(made)
    files = {
        "data": out.close(),
        "decisions": context.write("decisions", part.name, decisions.table()),
        "spans": context.write("spans", part.name, _table(spans, SPANS)),
    }
    if review:
        files["review"] = context.write("review", part.name, _table(review, REVIEW))
    facts = {"text_bytes": files["data"].bytes}
    context.add_part(
        Part(part.name, part.source_id, part.raw_bytes, files, decisions.counts(), decisions.reasons(), facts)
    )
    context.done(found={part.source_id: dict(sorted(found.items()))}, review=len(review), child_mentions=mentions)


def _table(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )
