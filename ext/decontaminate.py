"""Which documents contain items of an evaluation set: shared runs of 13 folded eojeols, and the item's share found.

Pieces: `build_index(items)` once; `overlaps(index, texts)` per batch gives every (document, item, share of the item's
runs in millionths); `worst` keeps each document's greatest. The policy's threshold is then a compare. Runs meet by
64-bit hashes: among 10**6 runs of items and 10**10 of documents a false meeting of one run has a chance of 1 in 2,000.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ext import eojeols
from ext.eojeols_py import bitmap_of
from ext.errors import OptionError
from ext.minhash import SEED

SCHEME = "damjang-eojeol-runs"
VERSION = 1
MILLION = 1_000_000
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Index:
    """grams: uint64[g] ascending; gram j belongs to items owner[starts[j]:starts[j + 1]]; runs: int64[items], how many
    different runs an item has, 0 if it is too brief to be told from chance."""

    seed: int
    lengths: tuple[int, ...]
    grams: npt.NDArray[np.uint64]
    bitmap: npt.NDArray[np.uint64]
    starts: Ints
    owner: Ints
    runs: Ints

    @property
    def brief(self) -> int:
        """How many items are too brief to be looked for."""
        return int((self.runs == 0).sum())


def build_index(
    items: Sequence[str | None] | pa.Array[Any], *, ngram: int = 13, least: int = 5, seed: int = SEED
) -> Index:
    """The index of evaluation items. An item of fewer than `ngram` eojeols is one run of its own length; of fewer than
    `least`, none. Raises InputError, OptionError."""
    if not 1 <= least <= ngram <= 64:
        raise OptionError(f"ngram={ngram}, least={least}", "use 1 <= least <= ngram <= 64, usually 5 and 13")
    words, starts = eojeols.hashes(items, seed)
    hashes: list[npt.NDArray[np.uint64]] = [np.empty(0, np.uint64)]
    owners: list[Ints] = [np.empty(0, np.int64)]
    lengths: set[int] = set()
    runs = np.zeros(len(starts) - 1, dtype=np.int64)
    for item in range(len(runs)):
        own = words[starts[item] : starts[item + 1]]
        if len(own) < least:
            continue
        length = min(ngram, len(own))
        unique = np.unique(eojeols.runs(own, length, seed))
        lengths.add(length)
        runs[item] = len(unique)
        hashes.append(unique)
        owners.append(np.full(len(unique), item, dtype=np.int64))
    all_hashes, all_owners = np.concatenate(hashes), np.concatenate(owners)
    by_gram = np.argsort(all_hashes, kind="stable")
    grams, counts = np.unique(all_hashes, return_counts=True)
    gram_starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Index(seed, tuple(sorted(lengths)), grams, bitmap_of(grams), gram_starts, all_owners[by_gram], runs)


def overlaps(
    index: Index, texts: Sequence[str | None] | pa.Array[Any] | pa.ChunkedArray[Any]
) -> tuple[Ints, Ints, Ints]:
    """(doc, item, share_ppm) int64[m], ascending by doc, then item: items of which a document has at least one run."""
    docs, grams = eojeols.find(texts, index.seed, index.lengths, index.grams, index.bitmap)
    hits = np.unique(np.stack([docs, grams], axis=1), axis=0)  # a run counts once per document
    sizes = index.starts[hits[:, 1] + 1] - index.starts[hits[:, 1]]
    first = np.repeat(index.starts[hits[:, 1]] - (np.cumsum(sizes) - sizes), sizes)
    owner = index.owner[first + np.arange(len(first))]
    pairs, found = np.unique(np.stack([np.repeat(hits[:, 0], sizes), owner], axis=1), axis=0, return_counts=True)
    return pairs[:, 0], pairs[:, 1], found * MILLION // index.runs[pairs[:, 1]]


def worst(count: int, found: tuple[Ints, Ints, Ints]) -> tuple[Ints, Ints]:
    """(share_ppm, item) int64[count]: a document's greatest share, the first item that has it; 0 and -1 if none."""
    share, item = np.zeros(count, dtype=np.int64), np.full(count, -1, dtype=np.int64)
    doc, items, shares = found
    order = np.lexsort((-items, shares, doc))  # the last of a document is its worst
    share[doc[order]], item[doc[order]] = shares[order], items[order]
    return share, item
