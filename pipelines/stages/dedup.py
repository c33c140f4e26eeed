"""dedup: exact, then near. Here the plan; unit functions in screening.py and dedup_work.py, arithmetic in ext/.

First `screen` (items of evaluation sets), `paragraphs` and `boilerplate` (paragraphs that a source repeats). Then, over
the stage's input text as it stands (design.md, Dedup, the shape): `hash` (keyed content hashes by hash range), `exact`
(copies collapse to their least member), `band` (signatures of those left, band entries by hash range), `verify` (in
each bucket the least document against the others by exact Jaccard, in rounds; edges are verified pairs), `walk` (greedy
survivors in the survivor order), `recall` (a bounded sample against exact search) and `apply` (decisions, edges and the
texts that stay).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ext import minhash
from governance.grounds import strength
from governance.licences import openness
from pipelines.dataset import Part
from pipelines.entries import ranges_for
from pipelines.stage import Planned, Receipts, Run, StageBase
from pipelines.stages.refine import part_units
from pipelines.stages.screening import evaluation_digest

PARAGRAPHS_EACH = 16  # for sizing hash ranges: paragraphs of a document, about
SCHEME = f"{minhash.SCHEME}/{minhash.VERSION}"
WORK = "pipelines.stages.dedup_work"
SCREENING = "pipelines.stages.screening"
PROCESS = {step: f"{SCREENING}:{step}" for step in ("screen", "paragraphs", "boilerplate")}


class DedupStage(StageBase):
    """Reads refined parts."""

    name = "dedup"
    version = "4"
    inputs = ("refine",)

    def reads(self, run: Run) -> Mapping[str, Any]:
        return {
            "policy": run.policy.part_digest("dedup"),
            "scheme": SCHEME,
            "ranks": _ranks(run),
            "evaluation_sets": evaluation_digest(run.project) if run.policy.dedup.decontaminate != "off" else "",
        }

    def steps(self) -> Sequence[str]:
        return ("screen", "paragraphs", "boilerplate", "hash", "exact", "band", "verify", "walk", "recall", "apply")

    def plan(self, step: str, run: Run, receipts: Receipts) -> Planned:
        policy = run.policy.dedup
        parts = run.manifests["refine"].parts
        documents = sum(part.files["data"].rows for part in parts)
        config: dict[str, Any] = {
            "policy_digest": run.policy.part_digest("dedup"),
            "policy": policy.model_dump(mode="json"),
            "ranks": _ranks(run),
            "exact_ranges": ranges_for(documents, 1),
            "band_ranges": ranges_for(documents, policy.bands),
            "paragraph_ranges": ranges_for(documents, PARAGRAPHS_EACH),
            "groups": min(len(parts), 256),
            "parts": len(parts),
            "sources": sorted({part.source_id for part in parts}),
            "evaluation_sets": [found.model_dump(mode="json") for found in run.project.evaluation_sets],
        }

        def side(kind: str) -> list[Any]:
            return [asdict(ref) for made in receipts.values() for r in made for ref in r.side.get(kind, ())]

        screened = {r.unit: asdict(ref) for r in receipts.get("screen", ()) for ref in r.side.get("screened", ())}
        units: list[dict[str, Any]]
        if step == "screen":
            wanted = policy.decontaminate != "off" and bool(run.project.evaluation_sets)
            units = part_units(run, "refine") if wanted else []
        elif step == "paragraphs":
            units = part_units(run, "refine") if policy.paragraphs else []
        elif step == "boilerplate":
            config["entries"] = side("paragraphs")
            units = [{"index": n} for n in range(config["paragraph_ranges"])] if config["entries"] else []
        elif step in ("hash", "band"):
            wanted = policy.exact if step == "hash" else policy.near
            units = part_units(run, "refine") if wanted else []
            config["copies"] = side("copies")
        elif step == "exact":
            config["entries"] = side("hashes")
            units = [{"index": n} for n in range(config["exact_ranges"])] if config["entries"] else []
        elif step == "verify":
            config["entries"] = side("bands")
            units = [{"index": n} for n in range(config["band_ranges"])] if config["entries"] else []
        elif step == "walk":
            config |= {"copies": side("copies"), "pairs": side("pairs")}
            units = [{"index": 0}]
        elif step == "recall":
            config |= {"sample": side("sample"), "drops": side("drops")}
            units = [{"index": 0}] if config["sample"] else []
        else:
            config |= {"drops": side("drops"), "boilerplate": side("boilerplate")}
            units = part_units(run, "refine")
        units = [unit | {"screened": screened[unit["index"]]} if unit["index"] in screened else unit for unit in units]
        return Planned(step, PROCESS.get(step, f"{WORK}:{step}"), units, config)

    def finish(self, run: Run, receipts: Receipts) -> tuple[Sequence[Part], Mapping[str, Any], Mapping[str, Any]]:
        parts = [part for receipt in receipts["apply"] for part in receipt.parts]
        walk = receipts["walk"][0].facts
        verified = [receipt.facts for receipt in receipts["verify"]]
        facts = {
            "scheme": SCHEME,
            "survivor_order": list(run.policy.dedup.survivor_order),
            "candidates": sum(fact["candidates"] for fact in verified),
            "verified": sum(fact["verified"] for fact in verified),
            "unresolved": sum(fact["unresolved"] for fact in verified),
            "edges": walk["edges"],
            "exact_dropped": walk["exact_dropped"],
            "near_dropped": walk["near_dropped"],
            "contaminated": sum(receipt.facts["contaminated"] for receipt in receipts["screen"]),
            "brief_items": max((receipt.facts["brief_items"] for receipt in receipts["screen"]), default=0),
            "boilerplate_paragraphs": sum(receipt.facts["boilerplate"] for receipt in receipts["boilerplate"]),
            "paragraphs_removed": sum(receipt.facts["paragraphs_removed"] for receipt in receipts["apply"]),
            "recall": dict(receipts["recall"][0].facts) if receipts["recall"] else {},
            "alarms": alarms(parts, run.policy.dedup.alarm_share_ppm),
        }
        return parts, {}, facts


def alarms(parts: Sequence[Part], share_ppm: int) -> list[dict[str, Any]]:
    """Sources that lose more than the stated share of their documents: dedup that eats a source is a fault."""
    totals: dict[str, list[int]] = {}
    for part in parts:
        row = totals.setdefault(part.source_id, [0, 0])
        row[0] += part.counts["in"]
        row[1] += part.counts["dropped"]
    return [
        {"source_id": source, "share_ppm": dropped * 1_000_000 // entered, "limit_ppm": share_ppm}
        for source, (entered, dropped) in sorted(totals.items())
        if entered and dropped * 1_000_000 > share_ppm * entered
    ]


def _ranks(run: Run) -> dict[str, dict[str, int]]:
    """{source: {ground, licence}}: 0 is the strongest ground and the most open licence."""
    return {
        source.id: {"ground": strength(source.ground.id), "licence": openness(source.licence.id)}
        for source in run.project.sources
    }
