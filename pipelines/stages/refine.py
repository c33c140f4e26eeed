"""refine: one text form (NFC, no control characters, tidy white space) and the quality decisions, scores kept.

The scores are stored beside the decisions, so that another threshold needs no second reading (ADR 0006). Thresholds and
their published origin stand in schemas/policy.py (Refine).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from governance.staged import bounded_batches
from pipelines.dataset import Part
from pipelines.decisions import Decisions
from pipelines.stage import Planned, Receipts, Run, StageBase
from pipelines.textstats import SCORE_NAMES, TextStats, text_stats
from pipelines.work import UnitContext
from schemas.arrow import SCORES, TEXT
from schemas.policy import Refine as RefinePolicy

# Everything of general category Cc but tab and newline, line separators, BOM and zero-width characters that carry no
# meaning in Korean text; ZWJ/ZWNJ stay (emoji sequences). RE2 syntax.
_CONTROL = (
    r"[\x00-\x08\x0b-\x1f\x7f-\x{9f}\x{ad}\x{200b}\x{200e}\x{200f}\x{2028}\x{2029}\x{202a}-\x{202e}\x{2060}\x{feff}]"
)
_REWRITES = (
    ("\r\n", "\n", False),
    ("\r", "\n", False),
    (_CONTROL, "", True),
    (r"[ \t\x{a0}\x{1680}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}]+", " ", True),
    (r" ?\n ?", "\n", True),
    (r"\n{3,}", "\n\n", True),
)


class Refine(StageBase):
    """Part by part."""

    name = "refine"
    version = "1"
    inputs = ("ingest",)

    def reads(self, run: Run) -> Mapping[str, Any]:
        return {"policy": run.policy.digest}

    def steps(self) -> Sequence[str]:
        return ("refine",)

    def plan(self, step: str, run: Run, receipts: Receipts) -> Planned:
        return Planned(
            step,
            "pipelines.stages.refine:refine",
            part_units(run, "ingest"),
            {"policy_digest": run.policy.digest, "refine": run.policy.refine.model_dump(mode="json")},
        )

    def finish(self, run: Run, receipts: Receipts) -> tuple[Sequence[Part], Mapping[str, Any], Mapping[str, Any]]:
        return [part for receipt in receipts["refine"] for part in receipt.parts], {}, {}


def part_units(run: Run, stage: str) -> list[dict[str, Any]]:
    """One unit a part of an earlier stage: the part's own description travels, nothing is looked up."""
    from dataclasses import asdict

    return [{"index": index, "part": asdict(part)} for index, part in enumerate(run.manifests[stage].parts)]


def tidy(texts: pa.Array) -> pa.Array:
    """The stage's text form. Idempotent; RE2 throughout, so linear in the text."""
    texts = pc.utf8_normalize(texts, form="NFC")
    for pattern, replacement, is_pattern in _REWRITES:
        replace = pc.replace_substring_regex if is_pattern else pc.replace_substring
        if pc.any(match(texts, pattern, is_pattern)).as_py():
            texts = replace(texts, pattern=pattern, replacement=replacement)
    return pc.utf8_trim_whitespace(texts)


def match(texts: pa.Array, pattern: str, is_pattern: bool) -> pa.Array:
    return pc.match_substring_regex(texts, pattern) if is_pattern else pc.match_substring(texts, pattern)


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
            texts = tidy(batch["text"])
            stats = text_stats(texts)
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
