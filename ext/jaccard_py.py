"""Exact Jaccard of texts, in plain Python: the definition that ext/jaccard.pyx follows.

The set of a text is that of all its runs of `ngram` code points; a shorter text is a set of itself; an empty one is the
empty set, which matches nothing. Similarities are integers: millionths, rounded down.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

MILLION = 1_000_000
Ints = npt.NDArray[np.int64]


def windows(text: str | None, ngram: int = 5) -> set[str]:
    """The set of windows of one text."""
    if not text:
        return set()
    return {text[i : i + ngram] for i in range(max(1, len(text) - ngram + 1))}


def ppm(inter: Ints, union: Ints) -> Ints:
    """Millionths of similarity, rounded down; 0 where the union is empty or the pair was below the floor (-1)."""
    return np.where(union > 0, inter * MILLION // np.maximum(union, 1), 0)


def pairs(
    texts: Sequence[str | None], left: Sequence[int], right: Sequence[int], *, ngram: int = 5, floor_ppm: int = 0
) -> tuple[Ints, Ints]:
    """(intersection, union) of each pair of rows; (-1, -1) below the floor."""
    inter, union = np.empty(len(left), np.int64), np.empty(len(left), np.int64)
    for i, (a, b) in enumerate(zip(left, right, strict=True)):
        x, y = windows(texts[a], ngram), windows(texts[b], ngram)
        common, all_of = len(x & y), len(x | y)
        below = common * MILLION < floor_ppm * all_of or (floor_ppm > 0 and not all_of)
        inter[i], union[i] = (-1, -1) if below else (common, all_of)
    return inter, union
