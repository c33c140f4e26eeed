"""The gate before the PII recognizers, in plain Python: the definition of what ext/pii_scan.pyx marks.

`scan` folds each text, walks it once and emits windows (kind bits and a core range); windows whose context touches are
merged. Its parts are pii_text_py (the folded text), pii_words_py, pii_runs_py and pii_numbers_py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ext.pii_numbers_py import Numbers
from ext.pii_runs_py import Runs
from ext.pii_text_py import (
    DIGIT,
    EVENT,
    GAP,
    GAP_CLASS,
    HOST_REACH,
    K_EMAIL,
    K_GEO,
    K_HANDLE,
    K_NET,
    K_PASSPORT,
    K_PLATE,
    K_SECRET,
    KEYWORD,
    LETTER,
    NEWLINE,
    PLATE,
    SPECIAL,
    SPELLED,
    URL_REACH,
    alnum,
    latin,
)
from ext.pii_words_py import Words

if TYPE_CHECKING:
    from ext.pii_scan import Tables


def scan(data: bytes, offsets: Sequence[int], tables: Tables, mask: int) -> tuple[npt.NDArray[np.int64], int]:
    """Same result as ext.pii_scan.scan, except that steps are the folded units only."""
    rows: list[tuple[int, ...]] = []
    steps = 0
    for doc in range(len(offsets) - 1):
        text = bytes(data[offsets[doc] : offsets[doc + 1]]).decode("utf-8", "replace")
        scanner = _Scanned(text, tables, mask)
        steps += len(scanner.units)
        scanner.walk()
        lengths = np.cumsum([0, *(len(c.encode("utf-8")) for c in text)])
        for kind, core0, core1, context0, context1 in scanner.windows:
            points = [scanner.point(k) for k in (core0, core1, context0, context1)]
            rows.append((doc, kind, points[0], points[1], int(lengths[points[2]]), int(lengths[points[3]]), points[2]))
    return np.array(rows, dtype=np.int64).reshape(-1, 7), steps


class _Scanned(Words, Runs, Numbers):
    """One text, walked."""

    def walk(self) -> None:
        """Visits every event once; a cluster of digits is consumed whole."""
        i = 0
        for at in range(self.n):
            flags = self.cls(at)
            if at < i or not flags & EVENT:
                continue
            i = at
            if flags & KEYWORD:
                self.keyword(i)
            if flags & SPECIAL:
                self.special(i)
            kind = flags & 15
            if kind not in (DIGIT, SPELLED):
                i += 1
                continue
            if kind == DIGIT and (beyond := self.drawing(i)):
                i = beyond
                continue
            if kind == SPELLED:
                j = i + 1
                while j < self.n and j - i - 1 < GAP and self.kind(j) == GAP_CLASS:
                    j += 1
                if self.kind(j) not in (DIGIT, SPELLED):
                    i += 1
                    continue
            self.passport(i)
            i = self.cluster(i)

    def drawing(self, i: int) -> int:
        """Behind the drawing that begins before digit i, d="M12 5.2c-.8 …", or 0."""
        p = i - 1 - (i > 1 and self.at(i - 1) == " ")
        if p < 4 or self.at(p) not in "Mm" or "".join(self.units[p - 3 : p]) != 'd="' or self.at(p - 4) not in " \n":
            return 0
        k = i
        while k < self.n and (self.plain(k) or self.at(k) in " .,-+\nMmLlHhVvCcSsQqTtAaZze"):
            k += 1
        return k if k < self.n and self.at(k) == '"' else 0

    def at_sign(self, i: int) -> None:
        """A mailbox and a host around @, a name behind it, a password of an address before it."""
        p = i - 2 if i > 1 and self.at(i - 1) in " \n" else i - 1
        q = i + 2 if i + 2 < self.n and self.at(i + 1) in " \n" else i + 1
        kind, w = 0, self.at(p)
        if (alnum(w) or "가" <= w <= "힣" or w in "._%+-*)]") and (alnum(self.at(q)) or self.hangul(q)):
            for k in range(q, min(self.n, q + HOST_REACH)):
                if latin(self.at(k)) or self.hangul(k):
                    kind = K_EMAIL
                    break
                if not (self.plain(k) or self.at(k) in ".- "):
                    break
        w = self.at(i - 1) if i > 0 else " "
        if not alnum(w) and w not in "._/-@`" and i + 1 < self.n and (latin(self.at(i + 1)) or self.at(i + 1) == "_"):
            k = i + 1
            while k < self.n and k < i + HOST_REACH and (alnum(self.at(k)) or self.at(k) in "_."):
                k += 1
            if self.at(k) not in "/(-@":
                kind |= K_HANDLE
        k = i - 1
        while k > 1 and k > i - URL_REACH and " " < self.at(k) < "\x7f" and self.at(k) not in "@/":
            k -= 1
        if k > 1 and self.at(k - 2) + self.at(k - 1) + self.at(k) == "://":  # https://hong:pass@host
            kind |= K_SECRET
        self.emit(kind, i - 1, i + 1)

    def special(self, i: int) -> None:
        """@, colon or hyphen between hexadecimal digits, degree sign."""
        c = self.units[i]
        hexa = [self.at(i + d).lower() in "0123456789abcdef" for d in (-2, -1, 1, 2, 4)]
        if c == "@":
            self.at_sign(i)
        elif c in ":-" and i > 0 and i + 4 < self.n and hexa[1]:
            if all(hexa) and i > 1 and self.at(i + 3) == c:
                self.emit(K_NET, i - 2, i + 5)
            elif c == ":":
                k = i + 1
                while k < self.n and k < i + 5 and self.at(k).lower() in "0123456789abcdef":
                    k += 1
                if self.at(k) == ":":
                    self.emit(K_NET, i - 4, k + 1)
        elif c == "°" and i + 2 < self.n and (self.plain(i + 1) or self.plain(i + 2)):
            self.emit(K_GEO, i - 4, i + 20)

    def passport(self, i: int) -> None:
        """A letter of a passport number before digit i, and the shape behind it."""
        if not self.mask & K_PASSPORT:
            return
        p = i
        for _ in range(2):
            if p > 0 and self.kind(p - 1) == GAP_CLASS:
                p -= 1
        if p == 0 or self.at(p - 1).lower() not in "msrodg" or (p > 1 and self.kind(p - 2) == LETTER):
            return
        digits = letters = gap = 0
        for j in range(p, min(self.n, p - 1 + 28)):
            kind = self.kind(j)
            if kind in (DIGIT, SPELLED):
                digits, gap = digits + 1, 0
                if digits == (7 if letters else 8):
                    self.emit(K_PASSPORT, p - 1, j + 1)
                    return
            elif kind == LETTER and digits == 3 and not letters:
                letters, gap = 1, 0
            elif kind == GAP_CLASS and gap < 3:
                gap += 1
            else:
                return

    def gap_word(self, i: int) -> int:
        """Length of a hyphen that was read out before a digit, or 0."""
        for word in ("에", "의", "다시", "대시", "하이픈"):
            if "".join(self.units[i : i + len(word)]) == word:
                k = i + len(word)
                k += self.at(k) == " "
                return k - i if self.kind(k) in (DIGIT, SPELLED) else 0
        return 0

    def cluster(self, i: int) -> int:
        """Consumes the cluster that begins at i; gives back the unit behind its last digit."""
        a = last = i
        run = i if self.kind(i) == DIGIT else -1
        gap = total = 0
        hyphen = False
        while i < self.n:
            flags, kind = self.cls(i), self.kind(i)
            if kind in (DIGIT, SPELLED):
                if kind == DIGIT and run < 0:
                    run = i
                if kind == SPELLED and run >= 0:
                    self.run_context(run, i)
                    run = -1
                if i > a and flags & KEYWORD:
                    self.keyword(i)
                last, gap, hyphen, total = i, 0, False, total + 1
            else:
                if run >= 0:
                    self.run_context(run, i)
                    run = -1
                if kind == GAP_CLASS:
                    gap += 1
                    if gap > GAP:
                        break
                    hyphen = hyphen or self.units[i] == "-"
                elif gap <= 1 and kind in (0, 6) and self.gap_word(i):
                    i += self.gap_word(i)
                    continue
                elif kind == NEWLINE and (hyphen or self.at(i + 1) == "-"):
                    gap += 1
                    if gap > GAP:
                        break
                else:
                    break
                if flags & SPECIAL and self.units[i] != "-":
                    break
                if flags & SPECIAL:
                    self.special(i)
            i += 1
        if run >= 0 and i >= self.n:
            self.run_context(run, self.n)
        if total >= 4:
            self.judge_cluster(a, last + 1)
        if a > 3 and 4 <= total <= 8 and self.kind(a) == SPELLED:  # 삼팔머 일이구공
            letter = a - 2 if self.at(a - 1) == " " else a - 1
            head = letter - 2 if self.at(letter - 1) == " " else letter - 1
            if self.cls(letter) & PLATE and (self.kind(head) in (SPELLED, DIGIT) or self.at(head) == "십"):
                self.emit(K_PLATE, a - 8, a + 4)
        return last + 1
