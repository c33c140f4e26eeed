"""Residual check: all recognizers on a seeded sample of finished rows, recorded output spans discounted afterwards.

An independent, slower path than the anonymize stage: it reads what was assembled, not what was decided. A replacement
discounts what lies within it and no more (anonymizers.explained): what sticks out of it was not replaced. The share of
rows with a residual finding gets an exact upper confidence bound (Clopper and Pearson 1934, for a finite population),
which is a gate.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from anonymizers.explained import explained
from anonymizers.findings import resolve
from pipelines.dataset import FileRef
from pipelines.detectors import detectors
from pipelines.work import UnitContext
from schemas.arrow import FLAG_SENSITIVE_CONSENT
from schemas.policy import ruled_types

VERSION = "4"
GROUP_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Residual:
    """Of `sampled` rows, `rows` have a finding that no recorded replacement explains; `found` counts them by type.

    `sensitive_rows`: rows with an Art. 23 sentence and no separate consent on record.
    """

    sampled: int
    rows: int
    sensitive_rows: int
    found: Mapping[str, int]


def sampled(seed: str, row: bytes, sample_rows: int, total_rows: int) -> bool:
    """Is this row in the sample? By its keyed id, so that shards and workers play no part."""
    if sample_rows >= total_rows:
        return True
    draw = int.from_bytes(hashlib.sha256(seed.encode() + row).digest()[:8], "big")
    return draw * total_rows < sample_rows << 64


def residual(table: pa.Table, unit: Mapping[str, Any], context: UnitContext) -> Residual:
    """Scan the sampled rows of one shard."""
    config = context.config
    rows = table["row_id"].to_pylist()
    chosen = [
        n for n, row in enumerate(rows) if sampled(config["seed"], row, config["sample_rows"], config["total_rows"])
    ]
    if not chosen:
        return Residual(0, 0, 0, {})
    policy, recognizers = detectors(config["policy"], "residual", context.step.root)
    replaced, flags = _replaced([rows[n] for n in chosen], unit, context)
    hits: Counter[str] = Counter()
    hit_rows: set[int] = set()
    sensitive_rows: set[int] = set()
    for group in _groups(table, chosen):
        texts = [table["text"][n].as_py() for n in group]
        for finding in resolve(found for recognizer in recognizers for found in recognizer.find(texts)):
            number = group[finding.doc]
            rule = policy.anonymize.entities.get(finding.type)
            if rule is None:  # Art. 23 types have one rule for the sentence
                consented = flags[rows[number]] & FLAG_SENSITIVE_CONSENT
                if not consented and finding.score_ppm >= policy.anonymize.sensitive.threshold_ppm:
                    sensitive_rows.add(number)
                continue
            if rule.operator == "keep" or finding.score_ppm < rule.threshold_ppm:
                continue
            if explained(texts[finding.doc], finding.start, finding.end, replaced.get(rows[number], ())):
                continue
            hits[finding.type] += 1
            hit_rows.add(number)
    return Residual(len(chosen), len(hit_rows), len(sensitive_rows), dict(sorted(hits.items())))


def _groups(table: pa.Table, chosen: list[int]) -> Iterator[list[int]]:
    """The chosen rows, as many at a time as hold about GROUP_BYTES of text."""
    group: list[int] = []
    held = 0
    sizes = pc.binary_length(table["text"]).to_pylist()
    for number in chosen:
        size = sizes[number]
        if group and held + size > GROUP_BYTES:
            yield group
            group, held = [], 0
        group.append(number)
        held += size
    if group:
        yield group


def _replaced(
    rows: list[bytes], unit: Mapping[str, Any], context: UnitContext
) -> tuple[dict[bytes, list[tuple[int, int]]], dict[bytes, int]]:
    """({row id: output spans by start}, {row id: flags}) of the sampled rows. A sentence that consent keeps (Art. 23)
    is no replacement: it explains nothing that stands in it."""
    with context.open("assemble", FileRef(**unit["rows"])) as file:
        mapping = file.table()
    wanted = mapping.filter(pc.is_in(mapping["row_id"], pa.array(rows, pa.binary(16))))
    row_of = dict(zip(wanted["document_id"].to_pylist(), wanted["row_id"].to_pylist(), strict=True))
    flags = dict(zip(wanted["row_id"].to_pylist(), wanted["flags"].to_pylist(), strict=True))
    documents = pa.array(list(row_of), pa.binary(16))
    found: dict[bytes, list[tuple[int, int]]] = {}
    ruled = frozenset(ruled_types())
    for ref in unit["spans"]:
        with context.open("anonymize", FileRef(**ref)) as file:
            spans = file.table()
        for span in spans.filter(pc.is_in(spans["document_id"], documents)).to_pylist():
            if span["type"] in ruled:
                found.setdefault(row_of[span["document_id"]], []).append((span["out_start"], span["out_end"]))
    return {row: sorted(spans) for row, spans in found.items()}, flags


def upper_bound_ppm(hits: int, sample: int, total: int, confidence_ppm: int) -> int:
    """One-sided exact upper bound, in ppm, of the share of `total` rows with a finding, from a sample without
    replacement of which `hits` rows have one: the most such rows under which so few hits are not yet improbable.

    Hypergeometric (Clopper and Pearson's bound for a finite population): rows that were all looked at leave no doubt.
    """
    if sample == 0 or not 0 <= hits <= sample <= total:
        return 1_000_000
    improbable = 1 - confidence_ppm / 1_000_000
    low, high = hits, total - (sample - hits)
    while low < high:
        middle = (low + high + 1) // 2
        if _at_most(hits, middle, sample, total) > improbable:
            low = middle
        else:
            high = middle - 1
    return math.ceil(low * 1_000_000 / total)


def _at_most(hits: int, marked: int, sample: int, total: int) -> float:
    """P(X <= hits) where `sample` of `total` rows are drawn and `marked` of them have a finding."""
    least = max(0, sample - (total - marked))
    whole = _log_choose(total, sample)
    logs = (
        _log_choose(marked, k) + _log_choose(total - marked, sample - k) - whole
        for k in range(least, min(hits, marked) + 1)
    )
    return math.fsum(math.exp(value) for value in logs)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
