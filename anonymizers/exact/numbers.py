"""Digit clusters: what stands in a text as one number, however it is punctuated or spelled.

A cluster is digits with at most four marks or spaces, or a hyphen read out, between neighbours. Types ask for
`candidates(length)`: stretches of a cluster that begin and end where a number may begin and end. A hyphen or
dot without a space is no such place (1234 in 110-1234-5678-90 is not a number); a space, bracket, slash or
change between spelled and plain digits is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from anonymizers.normalize import GAP_WORDS, SPELLED, View, gap_chars

_SPELLED = "".join(SPELLED)
DIGIT: Final = f"0-9{_SPELLED}"
"""For a character class."""
_LEAST: Final = 7  # digits that the shortest number asked for here has
_GAP: Final = f"[{re.escape(gap_chars())}]"
_READ_OUT: Final = f"[ ]?(?:{'|'.join(GAP_WORDS)})[ ]?"
_CLUSTER: Final = re.compile(f"[{DIGIT}](?:(?:{_GAP}{{0,4}}|{_READ_OUT}|[ ]?-[ ]?\n[ ]?|[ ]?\n[ ]?-[ ]?)[{DIGIT}])*")
_WEAK: Final = re.compile(f"[-.·]|[-.]?\n?|{'|'.join(GAP_WORDS)}")
"""Gaps at which a number neither begins nor ends."""
LOOSE_GAP: Final = re.compile(rf"[ ]{{0,2}}[\-.·/_~*|]{{0,2}}[ ]{{0,2}}|{_READ_OUT}|[ ]?-[ ]?\n[ ]?|[ ]?\n[ ]?-[ ]?")
"""Between the groups of a number that its label or checksum proves."""
COPULA: Final = re.compile(r"이(?=고|구|며|요|에요|예요|라|다|었|지만|죠|니까|야)")
_PARTICLE_TAILS: Final = ("이오", "이구", "이사")


_WORD: Final = re.compile(
    rf"(?<=[0-9])(?:[.,]?[ ]{{1,2}}|[ ]?[|/;][ ]?|[.,\"'](?=[가-힣]))?(?P<word>[이일사오구]|[공영육칠팔삼](?=[가-힣]))"
    rf"(?![{DIGIT}]|-[{DIGIT}]|{_GAP}{{1,2}}[{_SPELLED}]{{2}})"
    rf"|(?<=[{_SPELLED}])(?P<copula>이)(?=에요)"
)
"""A syllable behind plain digits that is a particle or begins a word (5678이에요, 5678. 이상), not a digit."""


_CLOCK: Final = re.compile(r"(?<![0-9:])[0-9]{2}:[0-5][0-9](?::[0-5][0-9])? (?=[0-9])")
"""The time before a number (14:22 110-384-729105) is no part of it."""


@dataclass(frozen=True, slots=True, repr=False)
class Cluster:
    """`values` are ASCII digits; digit k stands at `at[k]` of the view, `gaps[k]` is what stands before it."""

    view: View
    values: str
    at: tuple[int, ...]
    gaps: tuple[str, ...]
    spelled: tuple[bool, ...]
    _edges: list[tuple[list[int], frozenset[int]]] = field(default_factory=list)

    def starts_at(self, k: int) -> bool:
        """Whether a number may begin with digit k."""
        if k == 0:
            return True
        gap = self.gaps[k]
        if gap:
            return _WEAK.fullmatch(gap) is None
        return self.spelled[k] != self.spelled[k - 1]

    def ends_at(self, k: int) -> bool:
        """Whether a number may end before digit k (k may be the length)."""
        if k == len(self.values):
            return True
        gap = self.gaps[k]
        if gap:
            return _WEAK.fullmatch(gap) is None
        if not self.spelled[k]:
            return self.spelled[k - 1]
        tail = k + 1
        while tail < min(len(self.values), k + 40) and not self.gaps[tail] and self.spelled[tail]:
            tail += 1
        if not self.spelled[k - 1]:
            return tail == len(self.values) or bool(self.gaps[tail])
        return tail - k == 1 or self.view.text[self.at[k] : self.at[tail - 1] + 1] in _PARTICLE_TAILS

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Digits [start, end) as a range of the view."""
        return self.at[start], self.at[end - 1] + 1

    def layout(self, start: int, end: int) -> tuple[int, ...]:
        """Lengths of the groups of digits [start, end): 010-1234-5678 is (3, 4, 4)."""
        groups = [1]
        for k in range(start + 1, end):
            if self.gaps[k]:
                groups.append(1)
            else:
                groups[-1] += 1
        return tuple(groups)

    def separators(self, start: int, end: int) -> tuple[str, ...]:
        """The gaps inside digits [start, end)."""
        return tuple(gap for gap in self.gaps[start + 1 : end] if gap)

    def candidates(self, length: int) -> Iterator[tuple[int, int]]:
        """Stretches of `length` digits with a number's boundaries on both sides."""
        if len(self.values) >= length:
            begins, ends = self.boundaries()
            for k in begins:
                if k + length in ends and not self.in_row(k, k + length):
                    yield k, k + length

    def in_row(self, start: int, end: int) -> bool:
        """Whether this is a part of a longer row of single digits (a matrix, scores): by chance a part fits a form."""
        inner = self.gaps[start + 1 : end]
        return all(inner) and (
            (start > 0 and self.gaps[start] in inner and self.spelled[start - 1] == self.spelled[start])
            or (end < len(self.values) and self.gaps[end] in inner and self.spelled[end] == self.spelled[end - 1])
        )

    def boundaries(self) -> tuple[list[int], frozenset[int]]:
        """Digits at which a number may begin, and before which one may end; computed once."""
        if not self._edges:
            count = len(self.values)
            begins = [k for k in range(count) if self.starts_at(k)]
            self._edges.append((begins, frozenset(k for k in range(1, count + 1) if self.ends_at(k))))
        return self._edges[0]

    def before(self, start: int, width: int = 1) -> str:
        """The `width` characters before digit `start`."""
        at = self.at[start]
        return self.view.text[max(at - width, 0) : at]

    def after(self, end: int, width: int = 1) -> str:
        """The `width` characters after digit `end - 1`."""
        at = self.at[end - 1] + 1
        return self.view.text[at : at + width]


def clusters(view: View, least: int = _LEAST) -> list[Cluster]:
    """All clusters of at least `least` (7 or more) digits, in order; computed once per view."""
    found = view.memo.get("clusters")
    if found is None:
        found = []
        for m in _CLUSTER.finditer(view.text):
            if m.end() - m.start() < _LEAST:
                continue
            at = m.start() + _word_end(view.text, m.start(), m.end())
            for clock in _CLOCK.finditer(view.text, at, m.end()) if ":" in m[0] else ():
                if clock.start() - at >= _LEAST:
                    found.append(_cluster(view, at, clock.start()))
                at = clock.end()
            for cut in _WORD.finditer(view.text, at, m.end() + 2):  # it looks at what follows
                if cut.end() > m.end():
                    break
                if cut["word"] and _mixed(view.text, cut.start()):
                    continue
                found.append(_cluster(view, at, cut.start("word") if cut["word"] else cut.start("copula")))
                at = cut.end()
            if m.end() - at >= _LEAST:
                found.append(_cluster(view, at, m.end()))
        view.memo["clusters"] = found
    result: list[Cluster] = found
    return [c for c in result if len(c.values) >= least]


def _word_end(text: str, start: int, end: int) -> int:
    """Length of the syllables and space before a number that end a word (SC제일 409-20-…, 명령이 1987…), or 0."""
    if text[start] not in "이일삼사오육칠팔구령" or not start or not "가" <= text[start - 1] <= "힣":
        return 0
    at = start + 1 + (start + 1 < end and text[start + 1] in "이일")
    while at < end and text[at] == " ":
        at += 1
    return at - start if "0" <= text[at : at + 1] <= "9" else 0


def _mixed(text: str, end: int) -> bool:
    """Whether the group that ends here mixes plain and spelled digits (1이3사): then the next is a digit too."""
    at = end
    while at > 0 and ("0" <= text[at - 1] <= "9" or text[at - 1] in SPELLED):
        at -= 1
    return any(c in SPELLED for c in text[at:end])


def _cluster(view: View, start: int, end: int) -> Cluster:
    values: list[str] = []
    at: list[int] = []
    gaps: list[str] = []
    spelled: list[bool] = []
    gap_from = start
    text = view.text
    for i in range(start, end):
        char = text[i]
        value = char if "0" <= char <= "9" else SPELLED.get(char)
        if value is None:
            continue
        values.append(value)
        at.append(i)
        gaps.append(text[gap_from:i])
        spelled.append(value is not char)
        gap_from = i + 1
    return Cluster(view, "".join(values), tuple(at), tuple(gaps), tuple(spelled))


_READ_GROUPS: Final = re.compile(rf"(?<![가-힣])[{_SPELLED}]{{1,8}}(?:[.,\-/][ ]?[{_SPELLED}]{{1,12}}){{1,6}}")
_FIGURES: Final = str.maketrans(SPELLED)


def in_figures(view: View, *, lower: bool = False) -> str:
    """The view's text, groups of spelled digits between marks written in figures (일구칠구.이.일이, 一七五.一〇九…);
    position for position the same."""
    return _READ_GROUPS.sub(_group_in_figures, view.lower if lower else view.text)


def _group_in_figures(m: re.Match[str]) -> str:
    last = m.end() - 1
    if COPULA.match(m.string, last):
        return m[0][:-1].translate(_FIGURES) + m.string[last]
    return m[0].translate(_FIGURES)


def without_word(view: View, start: int, end: int) -> int:
    """Where a value ends whose last digit, apart from the others, begins the next word (C2435902 사본, …구 이래)."""
    text = view.text
    at = end - 1
    while at > start and text[at - 1] in " .,":
        at -= 1
    if at < end - 1 and text[end - 1] in SPELLED and "가" <= text[end : end + 1] <= "힣":
        return at
    return end


def is_date(year: int, month: int, day: int) -> bool:
    """Whether the day exists in the Gregorian calendar."""
    if not 1 <= month <= 12 or day < 1:
        return False
    if month == 2:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return day <= (29 if leap else 28)
    return day <= (30 if month in (4, 6, 9, 11) else 31)


def luhn(values: str) -> bool:
    """ISO/IEC 7812-1 check digit."""
    total = 0
    for k, char in enumerate(reversed(values)):
        digit = int(char)
        if k % 2:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return total % 10 == 0
