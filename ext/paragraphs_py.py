"""Repeated paragraphs (notices, footers, court formulae): the definition, and what is done with the digests.

For a pipeline: `spans` per unit; `boilerplate` per digest range over one source gives the digests to remove; `is_among`
and `removed` per unit take them out. A paragraph stays in the first document that has it only if the caller leaves that
document's spans out; by default none stays, as a formula is no document's own text.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ext.contenthash_py import keyed
from ext.errors import OptionError

Ints = npt.NDArray[np.int64]
Digests = npt.NDArray[np.uint8]
_BREAKS = "\n\r\u2028\u2029"
_BLANKS = "".join(map(chr, [*range(33), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200C), 0x202F, 0x205F, 0x3000, 0xFEFF]))


def spans(texts: Sequence[str | None], key: bytes, *, min_points: int = 20) -> tuple[Ints, Ints, Ints, Digests]:
    """(doc, start, end, digest) of every paragraph of at least `min_points` code points, without blanks at its ends."""
    found: list[tuple[int, int, int]] = []
    parts: list[str] = []
    for doc, text in enumerate(texts):
        at = 0
        for line in _lines(text or ""):
            body = line.strip(_BLANKS)
            if len(body) >= min_points:
                start = at + len(line) - len(line.lstrip(_BLANKS))
                found.append((doc, start, start + len(body)))
                parts.append(body)
            at += len(line) + 1
    numbers = np.array(found, dtype=np.int64).reshape(-1, 3)
    return numbers[:, 0], numbers[:, 1], numbers[:, 2], keyed(parts, key)


def _lines(text: str) -> list[str]:
    for mark in _BREAKS[1:]:
        text = text.replace(mark, "\n")
    return text.split("\n")


def _order(digests: Digests) -> npt.NDArray[np.void]:
    """The digests as 16-byte values that sort and compare."""
    return np.ascontiguousarray(digests).view("V16").ravel()


def boilerplate(digests: Digests, documents: npt.ArrayLike, min_documents: int) -> Digests:
    """uint8[b, 16], ascending: the digests that occur in at least `min_documents` different documents.

    digests: uint8[p, 16] and documents: int or uint64 [p] of one source (and one digest range, if divided).
    """
    if min_documents < 2:
        raise OptionError(f"min_documents={min_documents}", "use 2 or more: once is no repetition")
    words = np.ascontiguousarray(digests).view(">u8").astype(np.uint64)
    owner = np.asarray(documents)
    order = np.lexsort((owner, words[:, 1], words[:, 0]))
    words, owner = words[order], owner[order]
    fresh = np.ones(len(words), dtype=bool)  # a digest's first row
    fresh[1:] = (words[1:] != words[:-1]).any(axis=1)
    another = fresh.copy()  # a document's first row within a digest
    another[1:] |= owner[1:] != owner[:-1]
    starts = np.flatnonzero(fresh)
    documents_of = np.add.reduceat(another.astype(np.int64), starts) if len(starts) else starts
    return np.ascontiguousarray(digests)[order][starts[documents_of >= min_documents]]


def is_among(digests: Digests, listed: Digests) -> npt.NDArray[np.bool_]:
    """bool[p]: which digests are in `listed`, as `boilerplate` returned it (or several of its results put together)."""
    return np.isin(_order(digests), _order(listed))


def removed(text: str, start: Sequence[int], end: Sequence[int]) -> str:
    """One text without the paragraphs [start, end), each with the blanks beside it and the line break behind it."""
    kept, at = [], 0
    for low, high in sorted(zip(start, end, strict=True)):
        while low > at and text[low - 1] in _BLANKS and text[low - 1] not in _BREAKS:
            low -= 1
        while high < len(text) and text[high] in _BLANKS and text[high] not in _BREAKS:
            high += 1
        high += 2 if text[high : high + 2] == "\r\n" else high < len(text)
        kept.append(text[at:low])
        at = high
    return "".join([*kept, text[at:]])
