"""What a Damjang signature is, in plain Python; ext/minhash.pyx computes the same numbers fast.

1. A text is its code points. Its windows are all runs of `ngram` code points; a shorter text is one window; an
   empty one has none.
2. window hash h = mix(add + sum(c[j] * mult[j]) + (ngram - length) * brief) mod 2**32, `mix` a bijection (lowbias32).
3. bin of h = h * num_perm >> 32; a bin's value is the least h in it.
4. A bin that no window hit (or only h = EMPTY did) is the least of (h * mult_b + add_b) mod 2**32 over all windows.

All constants come from SplitMix64 over the seed. Two texts agree in a bin with probability J, whether it was hit (least
of a common random order) or filled (least of another); where one text has a bin hit and the other filled, they differ,
as they must: no common window fell there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

SCHEME = "damjang-oph-window"
VERSION = 1
SEED = 0x64616D6A616E6731  # "damjang1": published, for `damjang dedup`; a project derives its own from its key
EMPTY = 0xFFFFFFFF
_M32 = 0xFFFFFFFF
_M64 = 0xFFFFFFFFFFFFFFFF


def splitmix(seed: int, index: int) -> int:
    """The index-th output of SplitMix64 from `seed`: 64 bits."""
    z = (seed + (index + 1) * 0x9E3779B97F4A7C15) & _M64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _M64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _M64
    return z ^ (z >> 31)


def mix32(h: int) -> int:
    """A bijection of 32 bits that spreads every input bit (lowbias32)."""
    h ^= h >> 16
    h = (h * 0x7FEB352D) & _M32
    h ^= h >> 15
    h = (h * 0x846CA68B) & _M32
    return h ^ (h >> 16)


def window_hashes(text: str, ngram: int, seed: int) -> list[int]:
    """The 32-bit hash of every window, in order, repeats included."""
    points = [ord(c) for c in text]
    mult = [(splitmix(seed, j) & _M32) | 1 for j in range(16)]
    add, brief = splitmix(seed, 16) & _M32, splitmix(seed, 17) & _M32
    if not points:
        return []
    if len(points) < ngram:
        add += (ngram - len(points)) * brief
    starts = range(max(1, len(points) - ngram + 1))
    return [mix32((add + sum(c * m for c, m in zip(points[i : i + ngram], mult, strict=False))) & _M32) for i in starts]


def signatures(
    texts: Sequence[str | None], *, num_perm: int = 128, ngram: int = 5, seed: int = SEED
) -> npt.NDArray[np.uint32]:
    """uint32[n, num_perm]; the definition that ext.minhash.signatures follows."""
    out = np.full((len(texts), num_perm), EMPTY, dtype=np.uint32)
    for row, text in zip(out, texts, strict=True):
        hashes = set(window_hashes(text or "", ngram, seed))
        bins = [EMPTY] * num_perm
        for h in hashes:
            b = h * num_perm >> 32
            bins[b] = min(bins[b], h)
        for b in range(num_perm):
            if bins[b] == EMPTY and hashes:
                mult, add = (splitmix(seed, 32 + 2 * b) & _M32) | 1, splitmix(seed, 33 + 2 * b) & _M32
                bins[b] = min((h * mult + add) & _M32 for h in hashes)
        row[:] = bins
    return out


def estimate(a: npt.NDArray[np.uint32], b: npt.NDArray[np.uint32]) -> npt.NDArray[np.float64]:
    """Estimated Jaccard of rows a[..., k] and b[..., k]: the share of equal bins; 0 where either text was empty."""
    empty = (a == EMPTY).all(axis=-1) | (b == EMPTY).all(axis=-1)
    return np.where(empty, 0.0, (a == b).mean(axis=-1))
