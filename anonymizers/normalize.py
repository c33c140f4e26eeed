"""One reading of a text for every recognizer, with the way back to the text as given.

`fold` maps what people write to what recognizers match: full-width and circled digits to ASCII, the many dashes, dots
and spaces to one each, conjoining jamo (NFD) to syllables, zero-width characters to nothing. It is one code point to at
most one, so that a position in the folded text always names a range of code points in the original: `View.span`.
Spelled digits (공일공, 一二三) are *not* folded, because 이 and 일 are also words; `View.digits` reads them where a
recognizer asks. ext/pii_scan.pyx folds with the same tables, so the gate and the recognizers see the same text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

SPELLED: Final = {
    **dict(zip("공영령빵일이삼사오육륙칠팔구", "00001234566789", strict=True)),
    **dict(zip("〇零一二三四五六七八九", "00123456789", strict=True)),
    **dict(zip("壹貳參", "123", strict=True)),
}
"""Syllables and Hanja that may stand for one digit."""

_DASHES = "\u02d7\u2043\u207b\u208b\u2212\u2500\u2501\u2574\u2796\u30fc\u3161\uff70\u1173"
_DOTS = "\u2024\u3002\uff61"
_MIDDLE = "\u00b7\u2022\u2027\u2219\u22c5\u30fb\u318d\uff65\u119e\u2e31\u0387"
_TILDES = "\u223c\u301c\uff5e\u02dc\u2053"
_SLASHES = "\u2044\u2215\u29f8"
_NEWLINES = "\n\r\x0b\x0c\x85\u2028\u2029"
_FILLERS = "\u034f\u115f\u1160\u3164\uffa0\u17b4\u17b5\u200b"
_MARKS = "\u20dd\u20de\u20df\u20e0\u20e3" + "".join(map(chr, range(0xFE00, 0xFE10)))
"""Variation selectors and enclosing marks belong to the character before them (1 + U+FE0F + U+20E3 is a keycap)."""

SKIP: Final = 0
OTHER: Final = 0xFFFD


def _fold_one(cp: int) -> int:
    char = chr(cp)
    if 0xD800 <= cp <= 0xDFFF:
        return OTHER
    if char in _DASHES:
        return ord("-")
    if char in _FILLERS or char in _MARKS or unicodedata.category(char) == "Cf":
        return SKIP
    if char == "\u24d0":  # ⓐ stands for the at sign
        return ord("@")
    if char in _NEWLINES:
        return ord("\n")
    category = unicodedata.category(char)
    if category == "Zs" or char == "\t":
        return ord(" ")
    if category == "Cc":
        return cp if cp else OTHER
    if category == "Pd":
        return ord("-")
    if char in _DOTS:
        return ord(".")
    if char in _MIDDLE:
        return 0xB7
    if char in _TILDES:
        return ord("~")
    if char in _SLASHES:
        return ord("/")
    if char in SPELLED:
        return cp
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return ord("0") + digit
    if 0x3131 <= cp <= 0x318E or 0x1100 <= cp <= 0x11FF or 0xAC00 <= cp <= 0xD7A3:
        return cp
    compat = unicodedata.normalize("NFKC", char)
    if len(compat) == 1 and ord(compat) < 0x10000 and (compat.isascii() or 0x4E00 <= ord(compat) <= 0x9FFF):
        return ord(compat)
    return cp


@cache
def fold_table() -> npt.NDArray[np.uint16]:
    """Shape (65536,): BMP code point -> folded code point, 0 for zero-width."""
    return np.array([_fold_one(cp) for cp in range(0x10000)], dtype=np.uint16)


GAP_WORDS: Final = ("에", "다시", "대시", "하이픈", "의")
"""How a hyphen is read out between digits: 공일공에 일이삼사에 …, 010 다시 1234."""


@cache
def gap_chars() -> str:
    """Folded characters that may stand inside a number: space, punctuation and symbols, not units, currency or
    @ and %.
    """
    out = [" "]
    for cp in range(0x21, 0xFFFE):
        char = chr(cp)
        if char in "@%‰〒°" or 0x2100 <= cp <= 0x214F or 0x3200 <= cp <= 0x33FF:
            continue
        if unicodedata.category(char)[0] in "PS" and unicodedata.category(char) != "Sc":
            out.append(char)
    return "".join(out)


def fold_astral(cp: int) -> int:
    """Folded value of a code point above the BMP: mathematical and segmented digits, tags, else OTHER."""
    if 0x1D7CE <= cp <= 0x1D7FF:
        return ord("0") + (cp - 0x1D7CE) % 10
    if 0x1FBF0 <= cp <= 0x1FBF9:
        return ord("0") + cp - 0x1FBF0
    if cp in (0x1F100, 0x1F10B, 0x1F10C):
        return ord("0")
    if 0xE0000 <= cp <= 0xE0FFF:
        return SKIP
    return OTHER


@cache
def _translation() -> dict[int, int]:
    """For str.translate: only the code points that change to another single one."""
    table = fold_table()
    changed = np.flatnonzero(table != np.arange(0x10000, dtype=np.uint16))
    return {int(cp): int(table[cp]) for cp in changed if table[cp] != SKIP}


@cache
def _irregular() -> re.Pattern[str]:
    """Finds a character for which the folded text is not one to one with the original."""
    table = fold_table()
    skipped = "".join(re.escape(chr(int(cp))) for cp in np.flatnonzero(table == SKIP))
    return re.compile(f"[{skipped}\u1100-\u1112\U00010000-\U0010ffff\x00]")


@cache
def _foldable() -> re.Pattern[str]:
    """Finds a character that folding changes at all."""
    return re.compile(f"[{''.join(re.escape(chr(cp)) for cp in _translation())}]")


_NATIVE: Final = {
    native: digit
    for native, digit in zip(
        ("하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉"), "一二三四五六七八九", strict=True
    )
}
_NUMERAL: Final = rf"(?:{'|'.join(_NATIVE)}|[공영일이삼사오육칠팔구0-9]){{3,}}"
_NATIVE_RUN: Final = re.compile(rf"(?<![가-힣]){_NUMERAL}(?:[ \-.·,]{{0,3}}{_NUMERAL})+")
"""Two groups or more of at least three numerals, native ones among them: 공하나공 하나둘셋넷."""
_NATIVE_WORD: Final = re.compile("|".join(_NATIVE))


_LOOKS: Final = re.compile(r"[0-9][OolI]|[OolI][0-9]")
_LOOKING: Final = re.compile(
    r"(?<![0-9A-Za-z_.@/])(?P<letter>[A-Z]{0,2}?)(?P<v>[0-9OolI]+(?:[ \-.][0-9OolI]+)*)(?![0-9A-Za-z_@])"
)
_TO_DIGITS: Final = str.maketrans("OolI", "0011")
_PASSPORT: Final = re.compile(r"O[0-9]{8}")


def _digits_for_letters(m: re.Match[str]) -> str:
    """O and l read as digits in a number that has five digits or more, each group at least one (7O182736450)."""
    value = m["v"]
    if sum(c.isdigit() for c in value) < 5 or not all(_HAS_DIGIT.search(g) for g in re.split("[ .-]", value)):
        return m[0]
    if _PASSPORT.fullmatch(m[0]):
        return m[0]
    return m["letter"] + value.translate(_TO_DIGITS)


_HAS_DIGIT: Final = re.compile("[0-9]")


class View:
    """A folded text (or a slice of one) and its offset map.

    `text` is what recognizers match; `span(i, j)` turns a range in it into code points of the original.
    `core` bounds where a match must touch: a window carries context on both sides that belongs to others.
    """

    __slots__ = ("_ends", "_starts", "base", "core_end", "core_start", "lower", "memo", "tabs", "text")

    def __init__(self, original: str, base: int = 0, core: tuple[int, int] | None = None) -> None:
        """`base` is the offset of `original` in the document; `core` is in document offsets."""
        self.base = base
        self.memo: dict[str, Any] = {}  # what several recognizers share: clusters, labels
        self._starts: list[int] | None = None
        self._ends: list[int] | None = None
        self.tabs: tuple[int, ...] = ()  # where `text` has a space for a tab, if it is one to one with the original
        if _irregular().search(original) is None:
            self.text = original if _foldable().search(original) is None else original.translate(_translation())
            if "\t" in original:
                self.tabs = tuple(at for at, char in enumerate(original) if char == "\t")
        else:
            self.text = self._fold_slowly(original)
        if "나" in self.text or "둘" in self.text or "섯" in self.text:
            for run in reversed(list(_NATIVE_RUN.finditer(self.text))):
                if len(run[0]) < 200 and _NATIVE_WORD.search(run[0]):
                    self._fold_natives(*run.span())
        if _LOOKS.search(self.text):
            self.text = _LOOKING.sub(_digits_for_letters, self.text)
        self.lower = self.text.lower()
        if len(self.lower) != len(self.text):  # 'İ' and friends grow when lowered
            self.lower = "".join(c.lower() if c.isascii() else c for c in self.text)
        if core is None:
            self.core_start, self.core_end = 0, len(self.text)
        else:
            self.core_start, self.core_end = self._locate(core[0] - base), self._locate(core[1] - base)

    def _fold_slowly(self, original: str) -> str:
        table = fold_table()
        out: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        i, n = 0, len(original)
        while i < n:
            cp = ord(original[i])
            step = 1
            if 0x1100 <= cp <= 0x1112 and i + 1 < n and 0x1161 <= ord(original[i + 1]) <= 0x1175:
                syllable = 0xAC00 + ((cp - 0x1100) * 21 + ord(original[i + 1]) - 0x1161) * 28
                step = 2
                if i + 2 < n and 0x11A8 <= ord(original[i + 2]) <= 0x11C2:
                    syllable += ord(original[i + 2]) - 0x11A7
                    step = 3
                folded = syllable
            else:
                folded = int(table[cp]) if cp < 0x10000 else fold_astral(cp)
            if folded == SKIP:
                if ends and ends[-1] == i and original[i] in _MARKS:
                    ends[-1] = i + 1
            else:
                out.append(chr(folded))
                starts.append(i)
                ends.append(i + step)
            i += step
        self._starts, self._ends = starts, ends
        return "".join(out)

    def _fold_natives(self, start: int, end: int) -> None:
        """Reads 하나둘셋 in [start, end) of the folded text as one digit each."""
        starts = self._starts if self._starts is not None else list(range(len(self.text)))
        ends = self._ends if self._ends is not None else list(range(1, len(self.text) + 1))
        for m in reversed(list(_NATIVE_WORD.finditer(self.text, start, end))):
            self.text = self.text[: m.start()] + _NATIVE[m[0]] + self.text[m.end() :]
            ends[m.start() : m.end()] = [ends[m.end() - 1]]
            del starts[m.start() + 1 : m.end()]
        self._starts, self._ends = starts, ends

    def _locate(self, offset: int) -> int:
        """First folded position at or after an offset of the slice."""
        if self._starts is None:
            return min(max(offset, 0), len(self.text))
        low, high = 0, len(self._starts)
        while low < high:
            mid = (low + high) // 2
            if self._starts[mid] < offset:
                low = mid + 1
            else:
                high = mid
        return low

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Folded range [start, end) -> code points [start, end) of the document; end > start."""
        if self._starts is None or self._ends is None:
            return self.base + start, self.base + end
        return self.base + self._starts[start], self.base + self._ends[end - 1]

    def touches_core(self, start: int, end: int) -> bool:
        """Whether a folded range overlaps the part of the view that is its own."""
        return start < self.core_end and end > self.core_start

    def digits(self, start: int, end: int) -> str:
        """The digits of a folded range, spelled ones included; everything else is dropped."""
        return "".join(_digits(self.text[start:end]))


def _digits(text: str) -> Iterator[str]:
    for char in text:
        if "0" <= char <= "9":
            yield char
        elif char in SPELLED:
            yield SPELLED[char]
