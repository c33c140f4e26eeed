"""refine: one text form (ext.tidy) and the quality decisions, scores kept.

The scores are stored beside the decisions, so that another threshold needs no second reading (ADR 0006). Thresholds and
their published origin stand in schemas/policy.py (Refine).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ext.tidy import VERSION as TIDY
from ext.tidy import tidy
from governance.staged import bounded_batches
from pipelines.dataset import Part
from pipelines.decisions import Decisions
from pipelines.stage import Planned, Receipts, Run, StageBase
from pipelines.textstats import SCORE_NAMES, TextStats, text_stats
from pipelines.work import UnitContext
from schemas.arrow import SCORES, TEXT
from schemas.policy import Refine as RefinePolicy


class Refine(StageBase):
    """Part by part."""

    name = "refine"
    version = "1"
    inputs = ("ingest",)

    def reads(self, run: Run) -> Mapping[str, Any]:
        return {"policy": run.policy.part_digest("refine"), "tidy": TIDY}

    def steps(self) -> Sequence[str]:
        return ("refine",)

    def plan(self, step: str, run: Run, receipts: Receipts) -> Planned:
        return Planned(
            step,
            "pipelines.stages.refine:refine",
            part_units(run, "ingest"),
            {"policy_digest": run.policy.part_digest("refine"), "refine": run.policy.refine.model_dump(mode="json")},
        )

    def finish(self, run: Run, receipts: Receipts) -> tuple[Sequence[Part], Mapping[str, Any], Mapping[str, Any]]:
        return [part for receipt in receipts["refine"] for part in receipt.parts], {}, {}


def part_units(run: Run, stage: str) -> list[dict[str, Any]]:
    """One unit a part of an earlier stage: the part's own description travels, nothing is looked up."""
    from dataclasses import asdict

    return [{"index": index, "part": asdict(part)} for index, part in enumerate(run.manifests[stage].parts)]


def refine(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One part: rewrite, score, decide, write."""
    part = Part.from_json(unit["part"])
    policy = RefinePolicy.model_validate(context.config["refine"])
    decisions = Decisions("refine", context.config["policy_digest"])
    out = context.writer("data", part.name, TEXT)
    ids: list[bytes] = []
    scores: list[TextStats] = []
    with context.open("ingest", part.files["data"]) as file:
        for batch in file:
            texts, counts = tidy(batch["text"])
            stats = text_stats(counts)
            changed = pc.not_equal(texts, batch["text"]).to_pylist()
            keep: list[bool] = []
            for row, identifier in enumerate(batch["document_id"].to_pylist()):
                reason, score, threshold = judge(stats, row, policy)
                keep.append(not reason)
                if reason:
                    decisions.add(identifier, "dropped", reason, score, threshold)
                elif changed[row]:
                    decisions.add(identifier, "changed", "tidied", score, threshold)
                else:
                    decisions.add(identifier, "kept", "", score, threshold)
                ids.append(identifier)
            scores.append(stats)
            columns = [batch["document_id"], batch["offset"], batch["flags"], texts]
            table = pa.table(columns, schema=TEXT).filter(pa.array(keep))
            for made in bounded_batches(table):
                out.write(made)
    files = {
        "data": out.close(),
        "decisions": context.write("decisions", part.name, decisions.table()),
        "scores": context.write("scores", part.name, score_table(ids, scores)),
    }
    facts = {"text_bytes": files["data"].bytes}
    context.add_part(
        Part(part.name, part.source_id, part.raw_bytes, files, decisions.counts(), decisions.reasons(), facts)
    )
    context.done()


def judge(stats: TextStats, row: int, policy: RefinePolicy) -> tuple[str, int, int]:
    """(reason to drop or "", the score that decided, its threshold). The language score is kept for every document."""
    chars = int(stats.chars[row])
    if chars == 0:
        return "empty", 0, 1
    if chars < policy.min_chars:
        return "too_short", chars, policy.min_chars
    if chars > policy.max_chars:
        return "too_long", chars, policy.max_chars
    checks = (
        ("not_korean", int(stats.hangul_ppm[row]), policy.min_hangul_ppm, True),
        ("symbols", int(stats.symbol_ppm[row]), policy.max_symbol_ppm, False),
        ("newlines", int(stats.newline_ppm[row]), policy.max_newline_ppm, False),
        ("repeated_lines", int(stats.duplicate_line_ppm[row]), policy.max_duplicate_line_ppm, False),
        ("short_words", int(stats.mean_word_ppm[row]), policy.min_mean_word_ppm, True),
        ("long_words", int(stats.mean_word_ppm[row]), policy.max_mean_word_ppm, False),
    )
    for reason, score, threshold, at_least in checks:
        if (score < threshold) if at_least else (score > threshold):
            return reason, score, threshold
    return "", int(stats.hangul_ppm[row]), policy.min_hangul_ppm


def score_table(ids: list[bytes], scores: Sequence[TextStats]) -> pa.Table:
    """SCORES rows of a part, one block a score name."""
    id_column = pa.array(ids, SCORES.field("document_id").type)
    blocks = []
    for name in SCORE_NAMES:
        values = pa.concat_arrays([pa.array(getattr(stats, name), pa.int32()) for stats in scores]) if scores else []
        names = pa.array([name] * len(ids), pa.string())
        blocks.append(pa.table([id_column, names, pa.array(values, pa.int32())], schema=SCORES))
    return pa.concat_tables(blocks)
