"""Bands and buckets in plain Python: the definition that ext/bands.pyx follows."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt

NO_HASH = 0xFFFFFFFFFFFFFFFF  # the band hash of an empty text: in no bucket
_M64 = NO_HASH
Hashes = npt.NDArray[np.uint64]


def band_hashes(signatures: npt.NDArray[np.uint32], bands: int, rows: int) -> Hashes:
    """uint64[n, bands]: a hash of the band's number and its `rows` values."""
    out = np.empty((signatures.shape[0], bands), dtype=np.uint64)
    for i, signature in enumerate(signatures.tolist()):
        for b in range(bands):
            h = b
            for value in signature[b * rows : (b + 1) * rows]:
                h = ((h ^ value) * 0x9E3779B97F4A7C15) & _M64
                h ^= h >> 32
            h = ((h ^ (h >> 30)) * 0xBF58476D1CE4E5B9) & _M64
            h = ((h ^ (h >> 27)) * 0x94D049BB133111EB) & _M64
            h ^= h >> 31
            empty = all(value == 0xFFFFFFFF for value in signature)
            out[i, b] = NO_HASH if empty else min(h, NO_HASH - 1)
    return out


def groups(hashes: Hashes) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """(members, starts): rows by bucket, buckets of two or more only, band by band; here by their first rows."""
    shared: list[list[int]] = []
    for band in np.atleast_2d(hashes).tolist():
        buckets: dict[int, list[int]] = defaultdict(list)
        for row, h in enumerate(band):
            if h != NO_HASH:
                buckets[h].append(row)
        shared += [rows for rows in buckets.values() if len(rows) > 1]
    members = np.array([row for rows in shared for row in rows], dtype=np.uint32)
    return members, np.cumsum([0, *(len(rows) for rows in shared)], dtype=np.int64)


def sort_entries(hashes: Hashes, ids: Hashes) -> tuple[Hashes, Hashes]:
    """Entries by (hash, id), without NO_HASH."""
    entries = sorted((h, d) for h, d in zip(hashes.tolist(), ids.tolist(), strict=True) if h != NO_HASH)
    return np.array([h for h, _ in entries], np.uint64), np.array([d for _, d in entries], np.uint64)


def pivots(hashes: Hashes) -> npt.NDArray[np.int64]:
    """int64[m]: for each of the sorted hashes the position of the first equal one, its bucket's pivot."""
    fresh = np.ones(len(hashes), dtype=bool)
    fresh[1:] = hashes[1:] != hashes[:-1]
    return np.maximum.accumulate(np.where(fresh, np.arange(len(hashes)), 0)).astype(np.int64)
