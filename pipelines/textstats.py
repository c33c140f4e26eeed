"""Scores of Korean text, from the UTF-8 bytes of an Arrow array by column arithmetic; parts per million as integers.

The share of Hangul tells Korean from other scripts as well as an identifier does (design.md, measured facts); jamo-only
text (ㅋㅋㅋ) is Korean too. The other scores are FineWeb-2's (its public kor_Hang configuration).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ppm = NDArray[np.int32]
SCORE_NAMES = ("hangul_ppm", "symbol_ppm", "newline_ppm", "duplicate_line_ppm", "mean_word_ppm", "quality_ppm")
_MILLION = 1_000_000


@dataclass(frozen=True)
class TextStats:
    """One value a row of the batch. `chars` are code points; `mean_word_ppm` is code points a word times 10^6."""

    chars: NDArray[np.int64]
    hangul_ppm: Ppm
    symbol_ppm: Ppm
    newline_ppm: Ppm
    duplicate_line_ppm: Ppm
    mean_word_ppm: Ppm
    quality_ppm: Ppm


def _classes() -> NDArray[np.uint8]:
    """Class of a byte value: 1 ASCII letter, 2 ASCII symbol, 4 start of a multi-byte character, 8 space, 16 newline."""
    table = np.zeros(256, dtype=np.uint8)
    for byte in range(128):
        char = chr(byte)
        if char.isalpha():
            table[byte] = 1
        elif char == "\n":
            table[byte] = 16 | 8
        elif char.isspace():
            table[byte] = 8
        elif not char.isdigit() and byte > 32:
            table[byte] = 2
    table[0xC2:] = 4
    return table


_CLASS = _classes()


def text_stats(texts: pa.Array) -> TextStats:
    """Scores of a string array without nulls; linear in its bytes."""
    rows = len(texts)
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset : texts.offset + rows + 1].astype(np.int64)
    data = texts.buffers()[2]
    raw = np.frombuffer(data, dtype=np.uint8)[offsets[0] : offsets[-1]] if data is not None else np.zeros(0, np.uint8)
    offsets = offsets - offsets[0]
    kind = _CLASS[raw]
    following = np.zeros_like(raw)
    following[:-1] = raw[1:]
    # Hangul syllables U+AC00..D7A3 are EA B0.. to ED 9F; jamo U+1100..11FF are E1 84..87, U+3130..318F are E3 84..86
    hangul = (
        ((raw == 0xEA) & (following >= 0xB0))
        | (raw == 0xEB)
        | (raw == 0xEC)
        | ((raw == 0xED) & (following <= 0x9F))
        | ((raw == 0xE1) & (following >= 0x84) & (following <= 0x87))
        | ((raw == 0xE3) & (following >= 0x84) & (following <= 0x86))
    )
    # general punctuation, arrows, boxes, CJK punctuation and full-width symbols: E2 xx, E3 80, EF BC
    wide_symbol = (raw == 0xE2) | ((raw == 0xE3) & (following == 0x80)) | ((raw == 0xEF) & (following == 0xBC))

    def per_row(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        total = np.concatenate(([0], np.cumsum(mask, dtype=np.int64)))
        return total[offsets[1:]] - total[offsets[:-1]]

    chars = pc.utf8_length(texts).to_numpy(zero_copy_only=False).astype(np.int64)
    korean = per_row(hangul)
    wide = per_row(wide_symbol)
    letters = per_row(kind == 1) + per_row(kind == 4) - wide
    symbols = per_row(kind == 2) + wide
    spaces, newlines = per_row((kind & 8) != 0), per_row((kind & 16) != 0)
    words = np.maximum(spaces + 1, 1)
    hangul_share = ratio(korean, letters)
    duplicate = _duplicate_lines(texts, newlines, chars)
    quality = (
        hangul_share.astype(np.int64) * 7 + (_MILLION - ratio(symbols, chars)) * 2 + (_MILLION - duplicate)
    ) // 10
    return TextStats(
        chars,
        hangul_share,
        ratio(symbols, chars),
        ratio(newlines, chars),
        duplicate,
        np.minimum((chars - spaces) * _MILLION // words, 2**31 - 1).astype(np.int32),
        quality.astype(np.int32),
    )


def ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> Ppm:
    """part / whole in parts per million, 0 where whole is 0; integer division, so the same everywhere."""
    return np.minimum(part * _MILLION // np.maximum(whole, 1), _MILLION).astype(np.int32)


def _duplicate_lines(texts: pa.Array, newlines: NDArray[np.int64], chars: NDArray[np.int64]) -> Ppm:
    """Share of characters in lines that repeat an earlier line of the same text."""
    shares = np.zeros(len(texts), dtype=np.int64)
    for row in np.flatnonzero(newlines >= 2).tolist():
        seen: set[str] = set()
        repeated = 0
        for line in texts[row].as_py().split("\n"):
            if not line:
                continue
            if line in seen:
                repeated += len(line)
            seen.add(line)
        shares[row] = repeated
    return ratio(shares, chars)
