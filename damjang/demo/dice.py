"""Seeded randomness that is the same on every machine and every Python.

Only `random.Random.random()` promises the same sequence across versions (`choice`, `sample` and `shuffle` have
changed before), so everything here is built on it. One `Dice` per document, keyed by names: a new frame in one
register does not change the documents of another.
"""

from __future__ import annotations

import random
from collections.abc import MutableSequence, Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draws for one document. `Dice(1, "press", 17)` always throws the same."""

    __slots__ = ("_random",)

    def __init__(self, *key: object) -> None:
        self._random = random.Random("\0".join(map(str, key))).random

    def below(self, n: int) -> int:
        """An integer in [0, n)."""
        return int(self._random() * n)

    def between(self, low: int, high: int) -> int:
        """An integer in [low, high], both ends included."""
        return low + int(self._random() * (high - low + 1))

    def chance(self, p: float) -> bool:
        """True with probability `p`."""
        return self._random() < p

    def pick(self, items: Sequence[T]) -> T:
        """One item."""
        return items[int(self._random() * len(items))]

    def shuffle(self, items: MutableSequence[T]) -> None:
        """Fisher-Yates in place."""
        for last in range(len(items) - 1, 0, -1):
            other = int(self._random() * (last + 1))
            items[last], items[other] = items[other], items[last]

    def some(self, items: Sequence[T], k: int) -> list[T]:
        """`k` different items (all of them when there are fewer), in random order."""
        pool = list(items)
        self.shuffle(pool)
        return pool[:k]

    def digits(self, n: int) -> str:
        """`n` decimal digits."""
        return f"{int(self._random() * 10**n):0{n}d}"
