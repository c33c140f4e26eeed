"""Folded eojeols and their hashes in plain Python: the definition that ext/eojeols.pyx follows.

An eojeol is what lies between blanks. Folding keeps letters and digits only, in lower case and in their compatibility
form (full-width Latin reads as Latin), one code point for one; the text is expected in NFC. An eojeol of which nothing
is left is none. Code points beyond the BMP stay as they are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from ext.minhash_py import splitmix

DROP, BLANK = 0, 1
_M64 = 0xFFFFFFFFFFFFFFFF
Hashes = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]


def fold(point: int) -> int:
    """What a code point counts as: DROP, BLANK or a code point."""
    if point > 0xFFFF:
        return point
    if chr(point).isspace():
        return BLANK
    form = unicodedata.normalize("NFKC", chr(point)).lower()
    if len(form) != 1 or ord(form) > 0xFFFF:
        form = chr(point)
    return ord(form) if form.isalnum() else DROP


@cache
def fold_table() -> npt.NDArray[np.uint16]:
    """uint16[65536] of `fold`."""
    return np.array([fold(point) for point in range(0x10000)], dtype=np.uint16)


def eojeols(text: str | None) -> list[str]:
    """The folded eojeols of one text."""
    points = [ord(p) for p in text or ""]
    table = fold_table()
    folded = [p if p > 0xFFFF else int(table[p]) for p in points]
    words = "".join(" " if c == BLANK else chr(c) for c in folded if c != DROP).split(" ")
    return [word for word in words if word]


def _spread(h: int) -> int:
    h = ((h ^ (h >> 30)) * 0xBF58476D1CE4E5B9) & _M64
    h = ((h ^ (h >> 27)) * 0x94D049BB133111EB) & _M64
    return h ^ (h >> 31)


def eojeol_hash(eojeol: str, seed: int) -> int:
    """The 64-bit hash of one folded eojeol."""
    h = splitmix(seed, 0)
    for c in eojeol:
        h = ((h ^ ord(c)) * 0x9E3779B97F4A7C15) & _M64
        h ^= h >> 29
    return _spread(h)


def hashes(texts: Sequence[str | None], seed: int) -> tuple[Hashes, Ints]:
    """(hash, starts): the eojeols of text i are hash[starts[i]:starts[i + 1]]."""
    found = [[eojeol_hash(word, seed) for word in eojeols(text)] for text in texts]
    starts = np.cumsum([0, *(len(words) for words in found)], dtype=np.int64)
    return np.array([h for words in found for h in words], dtype=np.uint64), starts


def runs(eojeol_hashes: Sequence[int], length: int, seed: int) -> Hashes:
    """The hash of every `length` eojeols in a row."""
    words = [int(h) for h in eojeol_hashes]
    mult = [splitmix(seed, 1 + j) | 1 for j in range(length)]
    starts = range(len(words) - length + 1)
    sums = [length + sum(h * m for h, m in zip(words[i : i + length], mult, strict=True)) for i in starts]
    return np.array([_spread(s & _M64) for s in sums], dtype=np.uint64)


def find(
    texts: Sequence[str | None], seed: int, lengths: Sequence[int], grams: Hashes, bitmap: Hashes
) -> tuple[Ints, Ints]:
    """(doc, gram): where a run of eojeols of one of `lengths` hashes to grams[gram]; the bitmap only saves time."""
    del bitmap
    place = {int(h): i for i, h in enumerate(grams)}
    hits = []
    for doc, text in enumerate(texts):
        words = hashes([text], seed)[0].tolist()
        for length in lengths:
            hits += [(doc, place[h]) for h in runs(words, length, seed).tolist() if h in place]
    found = np.array(hits, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def bitmap_of(grams: Hashes) -> Hashes:
    """uint64[2**k]: one bit by the top bits of each gram, at least 16 bits a gram."""
    k = 0
    while (64 << k) < 16 * len(grams):
        k += 1
    at = grams >> np.uint64(58 - k)
    bits = np.zeros(1 << k, dtype=np.uint64)
    np.bitwise_or.at(bits, (at >> np.uint64(6)).astype(np.int64), np.uint64(1) << (at & np.uint64(63)))
    return bits
