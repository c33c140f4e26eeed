"""Part of the twin ext/pii_scan_py.py: the constants of the gate, and one folded text with the windows found in it.

Names and constants are those of ext/src/pii_fold.h.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ext.pii_scan import Tables

DIGIT, SPELLED, GAP_CLASS, NEWLINE, LETTER = 1, 2, 3, 4, 5
KEYWORD, PLATE, SPECIAL, EVENT = 16, 32, 64, 128
K_NUM, K_ID, K_PASSPORT, K_ADDRESS, K_PLATE, K_AGE, K_BIRTH, K_EMAIL = 1, 2, 4, 8, 16, 32, 64, 128
K_SHORT, K_SECRET, K_HANDLE, K_NET, K_GEO = 256, 512, 1024, 2048, 4096
GAP, AHEAD, SHORT_AHEAD, SOON, NEAR, BEHIND, CONTEXT, DEAD_RUN = 3, 40, 16, 8, 24, 24, 64, 40
ALWAYS, NEED_DIGIT, NEED_ASCII, DIGIT_BEFORE, TOKEN, URL, NUMBER, SOON_DIGIT, FIVE_BEFORE = range(9)
BORN, AHEAD_ALWAYS, CELL, NAMED_ID, HEX = range(9, 14)
MAX_RUN, MAX_DIGIT, TAIL = 64, 512, 24
HEX_RUN, URL_HEAD, URL_REACH, HOST_REACH = 12, 14, 140, 40
LEFT, RIGHT = 64, 128
HEX_DIGITS: Final = "0123456789abcdef"
LIMITS: Final = "미초까기대손"
COUNTED: Final = "원명년월일시분개회세%항조점센차여승편배위급금㎝㎞"
BIRTH_TAILS: Final = "이인으은의입여남들임야라도"


def latin(char: str) -> bool:
    return "a" <= char.lower() <= "z" and char.isascii()


def alnum(char: str) -> bool:
    return latin(char) or "0" <= char <= "9"


class Text:
    """One text: folded units, where each begins, and the windows found."""

    def __init__(self, text: str, tables: Tables, mask: int) -> None:
        self.tables, self.mask = tables, mask
        self.units: list[str] = []
        self.starts: list[int] = []
        self.length = len(text)
        self.windows: list[list[int]] = []
        i = 0
        while i < len(text):
            unit, points = self._fold(text, i)
            if unit:
                self.units.append(chr(unit))
                self.starts.append(i)
            i += points
        self.n = len(self.units)

    def _fold(self, text: str, i: int) -> tuple[int, int]:
        cp = ord(text[i])
        if 0x1100 <= cp <= 0x1112 and i + 1 < len(text) and 0x1161 <= ord(text[i + 1]) <= 0x1175:
            syllable = 0xAC00 + ((cp - 0x1100) * 21 + ord(text[i + 1]) - 0x1161) * 28
            if i + 2 < len(text) and 0x11A8 <= ord(text[i + 2]) <= 0x11C2:
                return syllable + ord(text[i + 2]) - 0x11A7, 3
            return syllable, 2
        if cp < 0x10000:
            return int(self.tables.fold[cp]), 1
        if 0x1D7CE <= cp <= 0x1D7FF:
            return ord("0") + (cp - 0x1D7CE) % 10, 1
        if 0x1FBF0 <= cp <= 0x1FBF9:
            return ord("0") + cp - 0x1FBF0, 1
        if cp in (0x1F100, 0x1F10B, 0x1F10C):
            return ord("0"), 1
        return (0, 1) if 0xE0000 <= cp <= 0xE0FFF else (0xFFFD, 1)

    def point(self, unit: int) -> int:
        """Code point at which a unit begins; the text's length past the end."""
        return self.starts[unit] if unit < self.n else self.length

    def cls(self, i: int) -> int:
        """Flags and class of unit i."""
        return int(self.tables.cls[ord(self.units[i])])

    def kind(self, i: int) -> int:
        """Class of unit i, 0 outside the text."""
        return self.cls(i) & 15 if 0 <= i < self.n else 0

    def at(self, i: int) -> str:
        """Unit i, or NUL outside."""
        return self.units[i] if 0 <= i < self.n else "\0"

    def plain(self, i: int) -> bool:
        """Whether unit i is an ASCII digit."""
        return "0" <= self.at(i) <= "9"

    def hangul(self, i: int) -> bool:
        """Whether unit i is a syllable."""
        return "가" <= self.at(i) <= "힣"

    def emit(self, kind: int, a: int, b: int) -> None:
        """Adds a window, merged with those before it that its context touches."""
        kind &= self.mask
        if not kind:
            return
        a, b = max(a, 0), min(b, self.n)
        c0, c1 = max(a - CONTEXT, 0), min(b + CONTEXT, self.n)
        while self.windows and self.windows[-1][4] >= c0:
            w = self.windows.pop()
            kind, a, b, c0, c1 = kind | w[0], min(a, w[1]), max(b, w[2]), min(c0, w[3]), max(c1, w[4])
        self.windows.append([kind, a, b, c0, c1])
