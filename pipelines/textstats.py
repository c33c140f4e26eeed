"""Scores of Korean text from the tidy kernel's counts, in parts per million as integers: the same on any machine.

The share of Hangul tells Korean from other scripts as well as an identifier does (design.md, measured facts); jamo-only
text (ㅋㅋㅋ) is Korean too. The other scores are FineWeb-2's (its public kor_Hang configuration).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ext.tidy import FIELDS

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


def text_stats(counts: NDArray[np.int64]) -> TextStats:
    """Scores of `counts`, int64[n, 7] by FIELDS. Quality: 7 parts Hangul, 2 few symbols, 1 fresh lines."""
    column = {name: counts[:, place] for place, name in enumerate(FIELDS)}
    chars, spaces = column["chars"], column["spaces"]
    hangul = ratio(column["hangul"], column["letters"])
    symbols = ratio(column["symbols"], chars)
    duplicate = ratio(column["repeated"], chars)
    quality = (hangul.astype(np.int64) * 7 + (_MILLION - symbols) * 2 + (_MILLION - duplicate)) // 10
    mean_word = np.minimum((chars - spaces) * _MILLION // (spaces + 1), 2**31 - 1)
    return TextStats(
        chars,
        hangul,
        symbols,
        ratio(column["newlines"], chars),
        duplicate,
        mean_word.astype(np.int32),
        quality.astype(np.int32),
    )


def ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> Ppm:
    """part / whole in parts per million, 0 where whole is 0; integer division, so the same everywhere."""
    return np.minimum(part * _MILLION // np.maximum(whole, 1), _MILLION).astype(np.int32)
