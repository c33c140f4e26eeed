"""The gate: one linear pass over a batch marks the windows that exact recognizers will see.

Criteria of the marks are in ext/src/pii_scan.h; the word lists are in gate_words.py. A window names the kinds of value
it may hold (K_ bits), so that a recognizer is asked only about windows of its kind. Everything is offline and
deterministic.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymizers.gate_words import (
    ALL_KINDS,
    ART24_KINDS,
    K_ADDRESS,
    K_AGE,
    K_BIRTH,
    K_EMAIL,
    K_GEO,
    K_HANDLE,
    K_ID,
    K_NET,
    K_NUM,
    K_PASSPORT,
    K_PLATE,
    K_SECRET,
    K_SHORT,
    K_TABLE,
    NO_LETTER_BEHIND,
    PLATE_LETTERS,
    gate_words,
)
from anonymizers.normalize import SPELLED, View, fold_table, gap_chars
from ext import pii_scan

__all__ = [
    "ALL_KINDS",
    "ART24_KINDS",
    "K_ADDRESS",
    "K_AGE",
    "K_BIRTH",
    "K_EMAIL",
    "K_GEO",
    "K_HANDLE",
    "K_ID",
    "K_NET",
    "K_NUM",
    "K_PASSPORT",
    "K_PLATE",
    "K_SECRET",
    "K_SHORT",
    "K_TABLE",
    "Batch",
    "Tables",
    "Window",
    "batch_of",
    "tabbed",
    "tables",
    "windows",
]


@dataclass(frozen=True, slots=True)
class Tables:
    """What ext.pii_scan reads: see its stub for the types."""

    fold: npt.NDArray[np.uint16]
    cls: npt.NDArray[np.uint8]
    digit: npt.NDArray[np.uint8]
    kw_first: npt.NDArray[np.int32]
    kw_count: npt.NDArray[np.int32]
    kw_second: npt.NDArray[np.uint16]
    kw_text: npt.NDArray[np.uint16]
    kw_off: npt.NDArray[np.int32]
    kw_kind: npt.NDArray[np.uint32]
    kw_need: npt.NDArray[np.uint8]
    pair: npt.NDArray[np.uint8]
    first: npt.NDArray[np.uint8]


@cache
def tables(mask: int = ALL_KINDS) -> Tables:
    """Class and keyword tables for the kinds in `mask`."""
    cls = np.zeros(65536, dtype=np.uint8)
    cls[ord("0") : ord("9") + 1] = 1
    for char in SPELLED:
        cls[ord(char)] = 2
    for char in gap_chars():
        cls[ord(char)] = 3
    cls[ord("\n")] = 4
    cls[ord("a") : ord("z") + 1] = 5
    cls[ord("A") : ord("Z") + 1] = 5
    for char in PLATE_LETTERS if mask & K_PLATE else "":
        cls[ord(char)] |= 32
    for char in "@:-\u00b0" if mask & (K_EMAIL | K_HANDLE | K_NET | K_GEO) else "":
        cls[ord(char)] |= 64
    words = sorted(
        {(word[::-1], kind, need) for word, kind, need in gate_words() if kind & mask},
        key=lambda w: (w[0][0], -len(w[0]), w),
    )
    first = np.zeros(65536, dtype=np.int32)
    count = np.zeros(65536, dtype=np.int32)
    pair = np.zeros(65536, dtype=np.uint8)
    digit = np.zeros(65536, dtype=np.uint8)
    text: list[int] = []
    off = [0]
    for i, (word, _, need) in enumerate(words):
        end = ord(word[0])
        if not count[end]:
            first[end] = i
        count[end] += 1
        cls[end] |= 16
        if word[0].isascii() and word[0].isalpha():
            cls[ord(word[0].upper())] |= 16
            if not need & NO_LETTER_BEHIND:  # akia… goes on
                digit[[ord(word[0]), ord(word[0].upper())]] = 1
        pair[((ord(word[1]) if len(word) > 1 else 0) * 40503 + end) & 0xFFFF] = 1  # pair_of() in ext/src/pii_scan.h
        text.extend(map(ord, word[1:]))
        off.append(len(text))
    cls[((cls & 15) == 1) | ((cls & 15) == 2) | ((cls & 80) != 0)] |= 128
    for char, value in SPELLED.items():
        digit[ord(char)] = int(value) + 1
    fold = fold_table()
    jamo = np.zeros(65536, dtype=bool)
    jamo[0x1100:0x1113] = True  # what conjoining may begin with
    given = np.arange(65536, dtype=np.uint16)
    return Tables(
        fold=fold,
        cls=cls,
        digit=digit,
        kw_first=first,
        kw_count=count,
        kw_second=np.array([ord(word[1]) if len(word) > 1 else 0 for word, _, _ in words] or [0], dtype=np.uint16),
        kw_text=np.array([*text, 0], dtype=np.uint16),
        kw_off=np.array(off, dtype=np.int32),
        kw_kind=np.array([kind for _, kind, _ in words] or [0], dtype=np.uint32),
        kw_need=np.array([need for _, _, need in words] or [0], dtype=np.uint8),
        pair=pair,
        first=(cls[fold] & 128)
        | ((fold != given) * np.uint8(2))
        | (fold == 0)
        | (jamo * np.uint8(4)),  # R_ bits of ext/src/pii_scan.h
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """UTF-8 of many texts in one buffer; `offsets` has one more entry than there are texts."""

    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def piece(self, doc: int, start: int, end: int) -> str:
        """Bytes [start, end) of one text, decoded."""
        base = int(self.offsets[doc])
        return self.data[base + start : base + end].tobytes().decode("utf-8", "replace")


def batch_of(texts: Sequence[str] | Any) -> Batch:
    """Arrow string arrays by reference, Python strings by one join. Null is an empty text.

    A lone surrogate, which UTF-8 can't carry, is read as U+FFFD: it stays one code point, so offsets hold.
    """
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    if isinstance(texts, pa.Array):
        if isinstance(texts, pa.ChunkedArray) or pa.types.is_dictionary(texts.type):
            texts = texts.cast(pa.string())
        if pa.types.is_string_view(texts.type):
            texts = texts.cast(pa.large_string())
        wide = pa.types.is_large_string(texts.type)
        if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
            raise TypeError(f"text column must be a string array, not {texts.type}")
        _, offsets_buffer, data_buffer = texts.buffers()
        if offsets_buffer is None or len(texts) == 0:
            return Batch(np.zeros(0, np.uint8), np.zeros(len(texts) + 1, np.int64))
        raw = memoryview(offsets_buffer)
        every = np.frombuffer(raw, np.int64) if wide else np.frombuffer(raw, np.int32).astype(np.int64)
        offsets = every[texts.offset : texts.offset + len(texts) + 1]
        data = np.frombuffer(memoryview(data_buffer), np.uint8) if data_buffer is not None else np.zeros(0, np.uint8)
        return Batch(data, np.ascontiguousarray(offsets))
    encoded = [_encode(text) for text in texts]
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(piece) for piece in encoded], out=offsets[1:])
    return Batch(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets)


def _encode(text: str | None) -> bytes:
    if text is None:
        return b""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text).encode("utf-8")


@dataclass(frozen=True, slots=True)
class Window:
    """A marked stretch of text `doc`: `kinds` are K_ bits, `view` its folded reading with context."""

    doc: int
    kinds: int
    view: View
    reach: tuple[int, int]  # code points of the window with its context


def windows(batch: Batch, mask: int = ALL_KINDS) -> Iterator[Window]:
    """The windows of a batch that hold one of the kinds in `mask`, in text order."""
    marks, _ = pii_scan.scan(batch.data, batch.offsets, tables(mask), mask)
    for doc, kinds, core_start, core_end, byte_start, byte_end, base in marks.tolist():
        text = batch.piece(doc, byte_start, byte_end)
        yield Window(doc, kinds, View(text, base, (core_start, core_end)), (base, base + len(text)))


def tabbed(batch: Batch) -> list[int]:
    """Texts with tabs between words, two or more: they may hold tables whose marks folding hides."""
    data = batch.data[batch.offsets[0] : batch.offsets[-1]] if len(batch) else batch.data[:0]
    at = np.flatnonzero(data == 9)
    at = at[(at > 0) & (data[at - 1] > 32)] + batch.offsets[0]
    docs, counts = np.unique(np.searchsorted(batch.offsets, at, side="right") - 1, return_counts=True)
    found: list[int] = docs[counts >= 2].tolist()
    return found
