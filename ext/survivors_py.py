"""The greedy walk in plain Python: the definition that ext/survivors.pyx follows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def greedy(
    count: int, left: Sequence[int], right: Sequence[int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(survivor, edge): walk documents in survivor order; drop one if an earlier survivor has an edge with it."""
    survivor, edge = np.arange(count), np.full(count, -1)
    for d in range(count):
        for e, ends in enumerate(zip(left, right, strict=True)):
            low, high = min(ends), max(ends)
            if high == d and survivor[low] == low and low < survivor[d]:
                survivor[d], edge[d] = low, e
    return survivor, edge
