"""Recall, measured: a bounded sample of documents compared all with all by exact Jaccard, beside what the bands found.

A plain random sample of a large corpus holds hardly a pair of near-duplicates. So documents are chosen by one min-hash
under a key of its own, mixed and cut at the lowest: two documents share it with probability J, so that a pair tends to
be drawn together, and independently of the bands that are being judged (coordinated sampling; Broder 1997).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ext import jaccard, minhash
from pipelines.entries import U64

SAMPLE = 1000  # documents of a side: half a million exact comparisons
SAMPLE_POINTS = 1 << 16  # a longer document is never in the sample: it bounds the text that is held

SAMPLED = pa.schema([pa.field("hash", pa.uint64(), nullable=False), pa.field("doc", pa.uint64(), nullable=False)])


def sampled(texts: pa.Array, docs: U64, seed: int, ngram: int) -> tuple[U64, U64]:
    """(hashes, docs) of the lowest SAMPLE of these documents, ascending. `texts`, `docs`: shape (n,)."""
    if not len(docs):
        return np.zeros(0, np.uint64), np.zeros(0, np.uint64)
    points = pc.utf8_length(texts).to_numpy(zero_copy_only=False)
    stays = (points > 0) & (points <= SAMPLE_POINTS)
    least = minhash.signatures(texts.filter(pa.array(stays)), num_perm=1, ngram=ngram, seed=seed)[:, 0]
    return lowest(_mixed(least.astype(np.uint64)), docs[stays])


def lowest(hashes: U64, docs: U64) -> tuple[U64, U64]:
    """The lowest SAMPLE by (hash, doc), ascending."""
    order = np.lexsort((docs, hashes))[:SAMPLE]
    return hashes[order], docs[order]


def merged(samples: Iterable[tuple[U64, U64]]) -> tuple[U64, U64]:
    """The lowest SAMPLE of several samples; no more than two are held at once."""
    held = np.zeros(0, np.uint64), np.zeros(0, np.uint64)
    for hashes, docs in samples:
        held = lowest(np.concatenate([held[0], hashes]), np.concatenate([held[1], docs]))
    return held


def cut_alike(one: tuple[U64, U64], other: tuple[U64, U64]) -> tuple[U64, U64]:
    """(docs of one, docs of the other) up to the last hash that both samples reach: the same draw from both sides."""
    end = min((hashes[-1] for hashes, _ in (one, other) if len(hashes) == SAMPLE), default=np.uint64(2**64 - 1))
    kept = [docs[hashes <= end] for hashes, docs in (one, other)]
    return kept[0], kept[1]


def like(texts: pa.Array, left: NDArray[Any], right: NDArray[Any], ngram: int, threshold_ppm: int) -> NDArray[np.bool_]:
    """Which pairs of rows have an exact Jaccard of at least the threshold."""
    shared, union = jaccard.pairs(texts, left, right, ngram=ngram, floor_ppm=threshold_ppm)
    return (union > 0) & (shared * 1_000_000 >= threshold_ppm * union)


def summary(recall: Mapping[str, int] | None) -> str:
    """`98 of 98 pairs`, or why nothing can be said."""
    if not recall or not recall["pairs"]:
        return "no pair in the sample"
    return f"{recall['found']} of {recall['pairs']} pairs"


def _mixed(values: U64) -> U64:
    """SplitMix64's finaliser: a long text has lower min-hashes than a short one, and must not be drawn more often."""
    with np.errstate(over="ignore"):
        values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
