"""Part of the twin ext/pii_scan_py.py: what stands beside a run of plain digits (ext/src/pii_runs.h)."""

from __future__ import annotations

from ext.pii_text_py import (
    COUNTED,
    GAP_CLASS,
    K_ADDRESS,
    K_AGE,
    K_BIRTH,
    K_PLATE,
    K_SHORT,
    LIMITS,
    PLATE,
    SPELLED,
    Text,
)


class Runs(Text):
    """Plates, ages, postcodes, flats, road and lot numbers."""

    def run_context(self, a: int, b: int) -> None:
        """Plates, ages, flats and road numbers: what stands beside the plain digits [a, b)."""
        size = b - a
        if size <= 3 and b < self.n:
            j = b + (self.at(b) in " -.·" and b + 1 < self.n)
            if self.cls(j) & PLATE:
                self.plate(a, j, size)
            j = b + (self.at(b) == " " and b + 1 < self.n)
            if self.at(j) in "세살":
                k = j + 1
                k += k < self.n and self.at(k) == " "
                word = self.at(k) + self.at(k + 1)
                if not (word[0] in LIMITS or word in ("이상", "이하", "부터")):
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
        if d == 1 and all(self.at(k + 2 * q) == " " and self.plain(k + 2 * q + 1) for q in range(3)):  # 31 다 9 4 0 2
            k, d = k + 6, 4
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
            behind in COUNTED
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
