"""The gate before the PII recognizers, in plain Python: the definition of what ext/pii_scan.pyx marks.

`scan` folds each text, walks it once and emits windows (kind bits and a core range); windows whose context touches are
merged. Names and constants are those of ext/src/pii_scan.h.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ext.pii_scan import Tables

DIGIT, SPELLED, GAP_CLASS, NEWLINE, LETTER = 1, 2, 3, 4, 5
KEYWORD, PLATE, SPECIAL, EVENT = 16, 32, 64, 128
K_NUM, K_ID, K_PASSPORT, K_ADDRESS, K_PLATE, K_AGE, K_BIRTH, K_EMAIL = 1, 2, 4, 8, 16, 32, 64, 128
K_SHORT, K_HANDLE, K_NET, K_GEO = 256, 1024, 2048, 4096
GAP, AHEAD, SHORT_AHEAD, SOON, NEAR, BEHIND, CONTEXT, DEAD_RUN = 3, 40, 16, 8, 24, 24, 64, 40
(
    ALWAYS,
    NEED_DIGIT,
    NEED_ASCII,
    DIGIT_BEFORE,
    TOKEN,
    AGE_WORD,
    NUMBER,
    SOON_DIGIT,
    FIVE_BEFORE,
    BORN,
    AHEAD_ALWAYS,
    CELL,
) = range(12)
MAX_RUN, MAX_DIGIT, TAIL = 64, 512, 24
_LIMITS: Final = "미초까기대손"
_COUNTED: Final = "원명년월일시분개회세%항조점센㎝㎞"
_BIRTH_TAILS: Final = "이인으은의입여남들임야라도"


def scan(data: bytes, offsets: Sequence[int], tables: Tables, mask: int) -> tuple[npt.NDArray[np.int64], int]:
    """Same result as ext.pii_scan.scan, except that steps are the folded units only."""
    rows: list[tuple[int, ...]] = []
    steps = 0
    for doc in range(len(offsets) - 1):
        text = bytes(data[offsets[doc] : offsets[doc + 1]]).decode("utf-8", "replace")
        scanner = _Text(text, tables, mask)
        steps += len(scanner.units)
        scanner.walk()
        lengths = np.cumsum([0, *(len(c.encode("utf-8")) for c in text)])
        for kind, core0, core1, context0, context1 in scanner.windows:
            points = [scanner.point(k) for k in (core0, core1, context0, context1)]
            rows.append((doc, kind, points[0], points[1], int(lengths[points[2]]), int(lengths[points[3]]), points[2]))
    return np.array(rows, dtype=np.int64).reshape(-1, 7), steps


class _Text:
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
            if kind == SPELLED:
                j = i + 1
                while j < self.n and j - i - 1 < GAP and self.kind(j) == GAP_CLASS:
                    j += 1
                if self.kind(j) not in (DIGIT, SPELLED):
                    i += 1
                    continue
            self.passport(i)
            i = self.cluster(i)

    def special(self, i: int) -> None:
        """@, colon or hyphen between hexadecimal digits, degree sign."""
        c = self.units[i]
        hexa = [self.at(i + d).lower() in "0123456789abcdef" for d in (-2, -1, 1, 2, 4)]
        if c == "@":
            self.emit(K_EMAIL | K_HANDLE, i - 1, i + 1)
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

    def run_context(self, a: int, b: int) -> None:
        """Plates, ages, flats and road numbers: what stands beside the plain digits [a, b)."""
        size = b - a
        if size <= 3 and b < self.n:
            j = b + (self.at(b) in " -·" and b + 1 < self.n)
            if self.cls(j) & PLATE:
                self.plate(a, j, size)
            j = b + (self.at(b) == " " and b + 1 < self.n)
            if self.at(j) in "세살":
                k = j + 1
                k += k < self.n and self.at(k) == " "
                word = self.at(k) + self.at(k + 1)
                if not (word[0] in _LIMITS or word in ("이상", "이하", "부터")):
                    self.emit(K_AGE, a, j + 1)
            bracket = size == 2 and a > 2 and self.at(a - 1) == "(" and self.hangul(a - 2)
            if self.at(b) == ")":
                behind = self.hangul(b + 1 + (self.at(b + 1) == " ")) or self.at(b + 1) == ","  # 홍길동(53) 씨
                addressed = self.at(a - 2) in "씨모군양"  # B씨(38)
                if self.at(b + 1) == "씨" or (bracket and (behind or addressed)) or self.sex_before(a):
                    self.emit(K_AGE, a, b + 1)
            if size <= 2 and a > 1 and self.at(a - 1) == "(" and self.hangul(a - 2):
                k = b
                while k < self.n and k < b + 2 and self.at(k) in "·,/ ":
                    k += 1
                if k > b and self.at(k) in "남여":
                    self.emit(K_AGE, a, b + 1)
        self.beside(a, b, size)
        if size == 6:
            k = b
            while k < self.n and k < b + 3 and self.at(k) in " -":
                k += 1
            if k > b and "1" <= self.at(k) <= "8":
                k += 1
            if k > b and k + 1 < self.n and self.at(k) == self.at(k + 1) and self.at(k) in "*xX●○·":
                self.emit(K_BIRTH, a, k + 7)
        if size <= 4 and b + 1 < self.n and self.at(b) == "동":
            k = b + 1
            while k < self.n and k < b + 3 and self.kind(k) == GAP_CLASS:
                k += 1
            if self.plain(k):
                self.emit(K_ADDRESS, a, k)
        if size <= 5 and a > 1:
            self.road_number(a, b, size)

    def sex_before(self, a: int) -> bool:
        """(여성, 33): a sex and a mark before the digits."""
        k = a - 1
        while k > 0 and k > a - 3 and self.at(k) in " ,·/":
            k -= 1
        if self.at(k) in "성자":
            k -= 1
        return 0 < k < a - 1 and self.at(k) in "남여" and self.at(k - 1) == "("

    def beside(self, a: int, b: int, size: int) -> None:
        """외교 001-001, 서울 가 1234, 우 06236: what one word before the digits makes of them."""
        q = a - 2 if self.at(a - 1) == " " else a - 1
        tail = self.at(b) == "-" and all(self.plain(b + d) for d in (1, 2, 3))
        if size == 3 and a > 1 and tail and self.at(q) in "교사외영기정표":
            self.emit(K_PLATE, a - 3, b + 4)
        alone = q > 1 and self.at(q - 1) == " " and self.hangul(q - 2)
        if size == 4 and a > 2 and self.cls(q) & PLATE and alone and self.at(b) != "년":
            self.emit(K_PLATE, q - 8, b)
        if size in (6, 8):
            k = b
            while k < self.n and k < b + 3 and self.at(k) in " ,/(·|":
                k += 1
            behind = self.at(k + 1)
            if k > b and self.at(k) in "남여" and (not "가" <= behind <= "힣" or behind in "성자"):
                self.emit(K_BIRTH, a, k + 1)
        if size == 5 and a > 0 and q >= 0 and self.at(q) == "우" and not self.hangul(q - 1):
            self.emit(K_SHORT, q, b)
        if size == 5 and a > 0 and self.at(a) <= "6" and self.behind_address(a):
            self.emit(K_ADDRESS, a, b)

    def behind_address(self, a: int) -> bool:
        """… 101동 1203호 (06236), 테헤란로 12 (06236): a flat, a floor, a bracket, or a number before a bracket."""
        k, opened = a - 1, False
        while k > 0 and k > a - 5 and self.at(k) in " ,([/|":
            opened |= self.at(k) in "(["
            k -= 1
        return 0 < k < a - 1 and (self.at(k) in "호층동지)" or (opened and self.plain(k)))

    def plate(self, a: int, letter: int, size: int) -> None:
        """Four digits behind the letter of a plate, no year and no sum."""
        k = letter + 1
        while k < self.n and k < letter + 3 and self.kind(k) == GAP_CLASS:
            k += 1
        d = 0
        while k < self.n and d < 6 and (self.plain(k) or (self.kind(k) == SPELLED and d < 4)):
            k, d = k + 1, d + 1
        behind = self.at(k)
        year = d == 4 and behind in ".년" and self.at(k - 4) + self.at(k - 3) in ("19", "20")
        before = a > 0 and (self.hangul(a - 1) or (self.at(a - 1) == " " and a > 1 and self.hangul(a - 2)))
        long = d == 5 and self.plain(k - 1)
        r = k + (self.at(k) == " ")
        f = a - (self.at(a - 1) == " ") if a > 0 else a
        ruling = self.at(r) + self.at(r + 1) in ("판결", "결정", "전원") or (
            f > 1 and self.at(f - 2) + self.at(f - 1) == "선고"
        )
        if (
            d in (4, 5)
            and not (ruling or long or year or self.plain(k))
            and (size > 1 or before)
            and behind not in "원억만"
        ):
            self.emit(K_PLATE, a - 8, k)

    def road_number(self, a: int, b: int, size: int) -> None:
        """로 or 길 before the number, 번지 or 번길 behind it, or a lot number behind 동, 리, 가, 산."""
        p = a - (self.at(a - 1) == " ")
        word, before = self.at(p - 1), self.at(p - 2) if p > 1 else "\0"
        behind = self.at(b)
        counted = (
            behind in _COUNTED
            or (behind in ",." and self.plain(b + 1))
            or (behind == "." and size == 4 and self.at(a) in "12")
        )
        hangul_before = "가" <= before <= "힣"
        adverb = p > 2 and not self.hangul(p - 3) and word == "로" and before in "세가바서새따"
        if word in "로길" and not adverb and before != "으" and (hangul_before or "0" <= before <= "9"):
            if not counted:
                self.emit(K_ADDRESS, a, b)
            return
        lane = behind == "번" and b + 1 < self.n and self.at(b + 1) in "지길"
        if lane:
            self.emit(K_ADDRESS, a, b)
        elif word in "동리가" and p != a and hangul_before:
            hyphen = behind == "-" and self.plain(b + 1)
            town = p > 2 and self.hangul(p - 3)  # 신사동 660, 반포동 19의 1
            short = p > 4 and self.at(p - 3) == " " and self.at(p - 4) in "시군구읍면"  # 삼척시 교동 566
            if hyphen or (word != "가" and not counted and (town or short)):
                self.emit(K_ADDRESS, a, b)
        elif word == "가" and p != a and "0" <= before <= "9":
            if not counted:  # 문래동 5가 23
                self.emit(K_ADDRESS, a, b)
        elif word == "산" and p > 3:
            before_hill = self.at(p - 3) if self.at(p - 2) == " " else self.at(p - 2)
            if before_hill in "동리" and not counted:  # 보라리 산 79, 산93
                self.emit(K_ADDRESS, a, b)

    def judge_cluster(self, a: int, b: int) -> None:
        """Splits [a, b) into runs; money, dates and stray syllables part the chains that are judged."""
        chain: list[tuple[int, int, bool]] = []
        digits = dots = dots_from = 0
        previous = -1
        money = False
        i = a
        while i < b:
            if self.kind(i) not in (DIGIT, SPELLED):
                i += 1
                continue
            j = i
            while j < b and self.kind(j) in (DIGIT, SPELLED):
                j += 1
            spelled = sum(self.kind(k) == SPELLED for k in range(i, j))
            if spelled == 1 and j - i > 1 and self.kind(i) == SPELLED and i > 0 and self.hangul(i - 1):
                i, spelled = i + 1, 0
            e = j
            while e > i and self.kind(e - 1) == SPELLED:
                e -= 1
            read_out = bool(chain) and chain[-1][2] and chain[-1][1] - chain[-1][0] > 1  # 공일공 99이삼
            if e == i or j - e > 2 or spelled != j - e or read_out:
                e = j
            else:
                spelled = 0
            size = e - i
            tight_dot = previous >= 0 and i - previous == 1 and self.at(i - 1) == "."
            if size > DEAD_RUN:
                self.judge_chain(chain, digits)
                chain, digits, dots, previous, i = [], 0, 0, j, j
                continue
            lone = spelled == size == 1
            breaks = False
            if chain and previous >= 0 and not spelled and self.at(chain[0][0]) != "0":
                resident = chain[-1][1] - chain[-1][0] == 6 and size == 7
                breaks = not resident and "," in self.units[previous:i]
            breaks = breaks or (bool(chain) and lone and not chain[-1][2])
            breaks = breaks or (
                bool(chain) and not lone and chain[-1][2] and chain[-1][1] - chain[-1][0] == 1 and not spelled
            )
            if (
                previous >= 0 and i - previous == 1 and self.at(i - 1) == "," and size == 3 and not spelled and chain
                and (money or (chain[-1][1] - chain[-1][0] <= 3 and self.at(chain[-1][0]) != "0"))
            ):  # fmt: skip
                if not money:
                    digits -= chain[-1][1] - chain[-1][0]
                    chain.pop()
                self.judge_chain(chain, digits)
                chain, digits, money, previous, i, dots = [(i, e, False)], 0, True, j, j, 0
                continue
            if money:
                chain, digits, money = [], 0, False
            if breaks:
                self.judge_chain(chain, digits)
                chain, digits = [], 0
            year = size == 4 and not spelled and self.at(i) + self.at(i + 1) in ("19", "20")
            end, parts = self.date(e, b) if year and (not chain or self.at(i - 1) in " ~(") else (e, 0)
            if parts:
                self.judge_chain(chain, digits)
                chain, digits, dots, previous, i = [], 0, 0, end, end
                g = end
                while g < b and g - end < GAP and self.kind(g) == GAP_CLASS:
                    g += 1
                h = g
                while h < b and self.kind(h) in (DIGIT, SPELLED):
                    h += 1
                if parts == 2 and h - g >= 7:
                    self.emit(K_NUM | K_ID, j - 4, h)
                continue
            if tight_dot and size <= 3 and not spelled:
                dots_from = dots_from if dots else previous
                dots += 1
            else:
                dots = 0
            if dots == 3:
                self.emit(K_NET, max(dots_from - 3, 0), e)
            if len(chain) == MAX_RUN:
                self.judge_chain(chain, digits)
                chain = chain[-TAIL:]
                digits = sum(run[1] - run[0] for run in chain)
            chain.append((i, e, spelled == size))
            digits += size
            if e != j:
                self.judge_chain(chain, digits)
                chain, digits, dots = [], 0, 0
            previous = i = j
        if not money:
            self.judge_chain(chain, digits)

    def date(self, e: int, b: int) -> tuple[int, int]:
        """End and number of the month and day parts behind a year that ends at e."""
        k, parts = e, 0
        while parts < 2:
            g = k
            while g < b and g - k < 3 and not self.plain(g):
                g += 1
            marks = self.units[k:g]
            if (
                g >= b
                or not self.plain(g)
                or sum(c in ".-/" for c in marks) != 1
                or any(c not in " .-/" for c in marks)
            ):
                break
            h = g
            while h < b and self.plain(h) and h - g <= 2:
                h += 1
            if h - g > 2:
                break
            k, parts = h, parts + 1
        return k, parts

    def judge_chain(self, chain: list[tuple[int, int, bool]], digits: int) -> None:
        """Seven digits or more may be a number; twelve with a birth date, or the layout of an old licence, an id."""
        if not chain or digits < 7 or (digits < 9 and (len(chain) == 1 or chain[-1][1] - chain[-1][0] < 4)):
            return
        kind = K_NUM
        if digits >= 12:
            values: list[int] = []
            starts: list[int] = []
            for a, b, _ in chain:
                for p in range(a, b):
                    if len(values) == MAX_DIGIT:
                        break
                    if p == a or self.kind(p) != self.kind(p - 1):
                        starts.append(len(values))
                    values.append(int(self.at(p)) if self.plain(p) else int(self.tables.digit[ord(self.at(p))]) - 1)
            if any(_born(values[q:]) for q in starts):
                kind |= K_ID
        if digits >= 10:
            sizes = [b - a for a, b, _ in chain]
            if any(sizes[k : k + 3] == [2, 6, 2] for k in range(len(sizes) - 2)):
                kind |= K_ID
        self.emit(kind, chain[0][0], chain[-1][1])

    def keyword(self, i: int) -> None:
        """Label words that end at i, if what they need stands near."""
        last = self.units[i].lower() if self.units[i].isascii() else self.units[i]
        t = self.tables
        first = int(t.kw_first[ord(last)])
        for q in range(first, first + int(t.kw_count[ord(last)])):
            p = i - 1
            matched = True
            long_word = int(t.kw_off[q + 1]) - int(t.kw_off[q]) >= 2
            for m in range(int(t.kw_off[q]), int(t.kw_off[q + 1])):
                want = chr(int(t.kw_text[m]))
                if long_word and p > 0 and self.at(p) == " " and want != " " and self.at(p - 1) != " ":
                    p -= 1
                have = self.at(p).lower() if self.at(p).isascii() else self.at(p)
                if p < 0 or have != want:
                    matched = False
                    break
                p -= 1
            if matched and not (
                last.isascii()
                and self.kind(i) == LETTER
                and p >= 0
                and self.kind(p) == LETTER
                and self.kind(p + 1) == LETTER
            ):
                self.needed(int(t.kw_need[q]), int(t.kw_kind[q]), p, i)

    def needed(self, need: int, kind: int, p: int, i: int) -> None:
        """Emits the label (p, i] with what it needs: see the header's keyword()."""
        a, b = p + 1, i + 1
        if need == ALWAYS:
            self.emit(kind, a, b)
        elif need == AHEAD_ALWAYS:
            self.emit(kind, a, b + SHORT_AHEAD)
        elif need == DIGIT_BEFORE:
            k = next((k for k in range(p, max(p - 4, -1), -1) if self.plain(k)), -1)
            if k >= 0:
                self.emit(kind, k - 12, b)
        elif need == AGE_WORD:
            k = next((k for k in range(i + 1, min(self.n, i + 6)) if self.at(k) == "살"), -1)
            if k >= 0:
                self.emit(kind, a, k + 1)
        elif need == FIVE_BEFORE:
            self.five_before(kind, p, b)
        elif need == SOON_DIGIT:
            k = next((k for k in range(i + 1, min(self.n, i + SOON + 1)) if self.plain(k)), -1)
            if k >= 0:
                self.emit(kind, a, k + 24)
        elif need == CELL:
            self.cell(kind, p, b)
        elif need == BORN:
            self.born(kind, p, b)
        elif need == NUMBER:
            ahead = self.five(range(i + 1, min(self.n, i + AHEAD + 1)))
            if ahead >= 0:
                self.emit(kind, a, ahead + 16)
            behind = self.five(range(p, max(p - BEHIND, 0) - 1, -1))
            if behind >= 0:
                self.emit(kind, behind - 12, b)
        else:
            self.look_around(need, kind, p, i)

    def five_before(self, kind: int, p: int, b: int) -> None:
        """06236 서울: five digits, or -NNN, right before the word."""
        k, gap, d = p, 0, 0
        while k >= 0 and gap < 3 and (self.kind(k) == GAP_CLASS or self.at(k) == "\n"):
            k, gap = k - 1, gap + 1
        while k >= 0 and d < 6 and self.kind(k) == DIGIT:
            k, d = k - 1, d + 1
        if d == 5 or (d == 3 and k >= 0 and self.at(k) == "-"):
            self.emit(kind, k - 4, b)

    def cell(self, kind: int, p: int, b: int) -> None:
        """A cell of a header: ,나이, |"학번"|."""
        f, g = p, b
        while f >= 0 and f > p - 3 and self.at(f) in " \"'":
            f -= 1
        while g < self.n and g < b + 3 and self.at(g) in " \"'":
            g += 1
        left = "\n" if f < 0 else self.at(f)
        right = "\n" if g >= self.n else self.at(g)
        if left in "\n,;|" and right in "\n,;|" and left + right != "\n\n":
            self.emit(kind, p + 1, b)

    def born(self, kind: int, p: int, b: int) -> None:
        """1964. 8. 20.생, but not 1 생략."""
        if self.hangul(b) and self.at(b) not in _BIRTH_TAILS:
            return
        for k in range(p, max(p - 9, -1), -1):
            if self.kind(k) == DIGIT or (self.kind(k) == SPELLED and self.at(k + 1) == "년"):
                self.emit(kind, k - 12, b)
                return
            if self.at(k) not in " .)(년월일음양력":  # (음력)생
                return

    def five(self, places: range) -> int:
        """Where the fifth digit stands, with at most one mark between neighbours; -1 if nowhere."""
        d = gap = 0
        for k in places:
            t = self.kind(k)
            if t in (DIGIT, SPELLED):
                d, gap = d + 1, 0
                if d == 5:
                    return k
            elif t == GAP_CLASS and d and gap < 1:
                gap += 1
            else:
                d = gap = 0
        return -1

    def look_around(self, need: int, kind: int, p: int, i: int) -> None:
        """Digits, an ASCII word, or a token ahead; digits behind."""
        a, last_hit, hit = p + 1, i + 1, False
        spelled = word = numeral = behind = 0
        reach = NEAR if need != NEED_DIGIT else SHORT_AHEAD if kind & (K_BIRTH | K_AGE) else AHEAD
        for k in range(i + 1, min(self.n, i + reach + 1)):
            unit, t = self.units[k], self.kind(k)
            found = False
            if need == TOKEN:
                if " " < unit < "\x7f":
                    word += 1
                    numeral += t == DIGIT or unit in "_!@"
                else:
                    word = numeral = 0
                spelled = spelled + 1 if t == SPELLED else 0
                found = word >= 20 or (word >= 4 and numeral > 0) or spelled >= 4
            elif need == NEED_ASCII:
                word = word + 1 if t in (DIGIT, LETTER) else 0
                found = word >= 3
            elif t == DIGIT:
                found = True
            elif t == SPELLED:
                spelled += 1
                found = spelled >= 4
            elif t != GAP_CLASS:
                spelled = 0
            if found:
                hit, last_hit = True, k + 1
        if need == TOKEN:  # the token may go on: secret_access_key = …
            last_hit = min(self.n, i + reach + 1)
        if need == NEED_DIGIT:
            for k in range(p, max(p - BEHIND, 0) - 1, -1):
                t = self.kind(k)
                behind = behind + 1 if t == SPELLED else behind if t == DIGIT else 0
                if t == DIGIT or behind >= 4:
                    hit, a = True, k
        if hit:
            self.emit(kind, a, last_hit)


def _born(values: list[int]) -> bool:
    for wide in (0, 2):
        if len(values) >= 13 + wide:
            month, day = values[2 + wide] * 10 + values[3 + wide], values[4 + wide] * 10 + values[5 + wide]
            if 1 <= month <= 12 and 1 <= day <= 31:
                return True
    return False
