"""Connected components in plain Python: the definition that ext/unionfind.pyx follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def components(left: Sequence[int], right: Sequence[int]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """(ids, least): every id that occurs, ascending, and the least id that it is joined with."""
    near: dict[int, set[int]] = defaultdict(set)
    for a, b in zip(left, right, strict=True):
        near[a].add(b)
        near[b].add(a)
    least: dict[int, int] = {}
    for start in sorted(near):
        todo = [start]
        while todo:
            node = todo.pop()
            if node not in least:
                least[node] = start
                todo.extend(near[node])
    return np.array(sorted(least), np.uint64), np.array([least[i] for i in sorted(least)], np.uint64)
