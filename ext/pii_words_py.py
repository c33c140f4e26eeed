"""Part of the twin ext/pii_scan_py.py: label words and what they need near them (ext/src/pii_words.h)."""

from __future__ import annotations

from ext.pii_text_py import (
    AHEAD,
    AHEAD_ALWAYS,
    ALWAYS,
    BEHIND,
    BIRTH_TAILS,
    BORN,
    CELL,
    DIGIT,
    DIGIT_BEFORE,
    FIVE_BEFORE,
    GAP_CLASS,
    HEX,
    HEX_DIGITS,
    HEX_RUN,
    K_AGE,
    K_BIRTH,
    K_EMAIL,
    LEFT,
    LETTER,
    NAMED_ID,
    NEAR,
    NEED_ASCII,
    NEED_DIGIT,
    NUMBER,
    RIGHT,
    SHORT_AHEAD,
    SOON,
    SOON_DIGIT,
    SPELLED,
    TOKEN,
    URL,
    URL_HEAD,
    Text,
    latin,
)


class Words(Text):
    """Keywords of the tables, by the unit at which they end."""

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
                flags = int(t.kw_need[q])
                if flags & LEFT and p >= 0 and self.hangul(p):
                    continue
                if flags & RIGHT and i + 1 < self.n and latin(self.at(i + 1)):
                    continue
                self.needed(flags & 63, int(t.kw_kind[q]), p, i)

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
        elif need == HEX:
            self.hexadecimal(kind, a, i)
        elif (
            (need == URL and self.is_link(p))
            or (need == NAMED_ID and not self.is_named_id(p, i))
            or (need == NEED_ASCII and not kind & K_EMAIL and self.goes_on(b))
        ):
            return
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

    def hexadecimal(self, kind: int, a: int, i: int) -> None:
        """공유기 64e599f1077c: twelve hexadecimal digits, single marks between."""
        d = 0
        for k in range(i + 1, min(self.n, i + AHEAD + 1)):
            if self.at(k).lower() in HEX_DIGITS:
                d += 1
                if d == HEX_RUN:
                    self.emit(kind, a, k + 8)
                    return
            elif not (d and self.at(k) in ":-. " and self.at(k - 1).lower() in HEX_DIGITS):
                d = 0

    def goes_on(self, b: int) -> bool:
        """twitter.com, [twitter](…, 아이디어: the word is a part of something else."""
        if b + 1 >= self.n:
            return False
        behind = self.at(b + 1)
        return (self.at(b) == "." and latin(behind)) or self.at(b) + behind == "](" or self.at(b) == "어"

    def is_link(self, p: int) -> bool:
        """Whether the address that ends before p + 1 is that of a link: ](https://, href="www."""
        f = p
        while f >= 0 and f > p - URL_HEAD and (latin(self.at(f)) or self.at(f) in ":/."):
            f -= 1
        return f >= 0 and (self.at(f) in "[\"'<=`" or (f > 0 and self.at(f - 1) + self.at(f) == "]("))

    def is_named_id(self, p: int, i: int) -> bool:
        """카톡 id:, ID:, user id, login_id; not `id: 3` and userId of a program."""
        j = i
        while j > p + 1 and (self.at(j - 1) + self.at(j)).lower() != "id":
            j -= 1
        j -= 1
        if j <= p:
            return False
        if self.at(j) + self.at(j + 1) == "ID":
            return True
        if j > p + 1:
            return self.at(j - 1) in " _"
        return p >= 0 and (self.hangul(p) or (self.at(p) == " " and p > 0 and self.hangul(p - 1)))

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
        parted = (self.parts_cells(f), self.parts_cells(g))
        if (left == "\n" or parted[0]) and (right == "\n" or parted[1]) and any(parted):
            self.emit(kind, p + 1, b)

    def parts_cells(self, k: int) -> bool:
        """A comma, semicolon or bar; a slash only between spaces."""
        return 0 <= k < self.n and (
            self.at(k) in ",;|" or (0 < k < self.n - 1 and self.at(k - 1) + self.at(k) + self.at(k + 1) == " / ")
        )

    def born(self, kind: int, p: int, b: int) -> None:
        """1964. 8. 20.생, but not 1 생략."""
        if self.hangul(b) and self.at(b) not in BIRTH_TAILS:
            return
        for k in range(p, max(p - 14, -1), -1):
            if self.kind(k) == DIGIT or (self.kind(k) == SPELLED and self.at(k + 1) == "년"):
                self.emit(kind, k - 12, b)
                return
            if self.kind(k) == SPELLED or self.at(k) in "십시유":  # 시월 십일일
                continue
            if self.at(k) == "년" and k > 0 and (self.at(k - 1) == "십" or self.kind(k - 1) == SPELLED):  # 육십년 … 생
                self.emit(kind, k - 12, b)
                return
            if self.at(k) not in " .)(년월일음양력":  # (음력)생
                return

    def five(self, places: range) -> int:
        """Where the fifth digit stands, a mark or a spaced hyphen between neighbours; -1 if nowhere."""
        d = gap = 0
        for k in places:
            t = self.kind(k)
            if t in (DIGIT, SPELLED) or (d and not gap and self.at(k) in "OolI"):  # behind a digit O and l count
                d, gap = d + 1, 0
                if d == 5:
                    return k
            elif t == GAP_CLASS and d and self.at(k) != "," and gap < (3 if self.at(k) in " -" else 1):
                gap += 1
            else:
                d = gap = 0
        return -1

    def look_around(self, need: int, kind: int, p: int, i: int) -> None:
        """Digits, an ASCII word, or a token ahead; digits behind."""
        a, last_hit, hit = p + 1, i + 1, False
        spelled = word = numeral = behind = 0
        reach = NEAR if need != NEED_DIGIT else SHORT_AHEAD if kind & (K_BIRTH | K_AGE) and i - p < 4 else AHEAD
        for k in range(i + 1, min(self.n, i + reach + 1)):
            unit, t = self.units[k], self.kind(k)
            found = False
            if need in (TOKEN, NAMED_ID):
                if " " < unit < "\x7f":
                    word += 1
                    numeral += t == DIGIT or unit in "_!@"
                else:
                    word = numeral = 0
                spelled = spelled + 1 if t == SPELLED else 0
                found = word >= 20 or (word >= 4 and numeral > 0) or spelled >= 4
            elif need in (NEED_ASCII, URL):
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
        if need in (TOKEN, NAMED_ID):  # the token may go on: secret_access_key = …
            last_hit = min(self.n, i + reach + 1)
        if need == NEED_DIGIT:
            for k in range(p, max(p - BEHIND, 0) - 1, -1):
                t = self.kind(k)
                behind = behind + 1 if t == SPELLED else behind if t == DIGIT else 0
                if t == DIGIT or behind >= 4:
                    hit, a = True, k
        if hit:
            self.emit(kind, a, last_hit)
