"""Part of the twin ext/pii_scan_py.py: what a cluster of digits may be (ext/src/pii_numbers.h)."""

from __future__ import annotations

from ext.pii_text_py import DEAD_RUN, DIGIT, GAP, GAP_CLASS, K_ID, K_NET, K_NUM, MAX_DIGIT, MAX_RUN, SPELLED, TAIL, Text


class Numbers(Text):
    """Splits clusters into runs; money, dates and stray syllables part the chains that are judged."""

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


def _born(values: list[int]) -> bool:
    for wide in (0, 2):
        if len(values) >= 13 + wide:
            month, day = values[2 + wide] * 10 + values[3 + wide], values[4 + wide] * 10 + values[5 + wide]
            if 1 <= month <= 12 and 1 <= day <= 31:
                return True
    return False
