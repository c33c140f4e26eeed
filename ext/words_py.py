"""Occurrences of a fixed set of words in a text, the plain-Python twin that defines ext/words.pyx.

Words are literal, two letters or longer; every occurrence counts, overlapping ones too, that stands within the bounds
of its word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

Hit = tuple[int, int]  # start, number of the word
Near = tuple[int, int, int]  # and the bits that it shares with bonds near it
EVERY: Final = (1 << 64) - 1  # a topic that needs no bond
START: Final = 1  # bounds of a word: not behind Hangul, an ASCII letter or digit,
CLAUSE: Final = 2  # nor behind these and spaces,
BEFORE: Final = 4  # not behind an ASCII letter or digit,
BEHIND: Final = 8  # not before an ASCII letter


class WordScanner:
    """`words` are distinct strings of 2 to 16 code points below U+10000, each with `bounds`, a sum of those above."""

    def __init__(self, words: Sequence[str], bounds: Sequence[int] | None = None) -> None:
        self.words = list(words)
        self.bounds = [0] * len(words) if bounds is None else list(bounds)

    def scan_all(self, texts: Iterable[str]) -> list[tuple[int, list[Hit]]]:
        """`[(number of the text, its occurrences)]` of the texts that have any."""
        return [(number, hits) for number, text in enumerate(texts) if (hits := self.scan(text))]

    def near_all(
        self,
        texts: Iterable[str],
        topics: Sequence[int],
        bonds: WordScanner,
        given: Sequence[int],
        close: Sequence[int],
        far: int,
        near: int,
    ) -> list[tuple[int, list[Near]]]:
        """`[(number of the text, [(start, number, bits)])]` of words whose bits in `topics` (64, one number a word)
        share some with those in `given` of words of `bonds` at most `far` code points away, or in `close` of ones that
        begin at most `near` behind: the bits they share. A bond inside the word itself is none. Words whose every bit
        is set need none."""
        found = []
        for doc, text in enumerate(texts):
            kept = []
            around = bonds.scan(text)
            for at, number in self.scan(text):
                end, got = at + len(self.words[number]), 0
                for start, bond in around:
                    stop = start + len(bonds.words[bond])
                    if at <= start and stop <= end:
                        continue
                    if start - end <= far and at - stop <= far:
                        got |= given[bond]
                    if start > at and start - end <= near:
                        got |= close[bond]
                if got & topics[number] or topics[number] == EVERY:
                    kept.append((at, number, got & topics[number]))
            if kept:
                found.append((doc, kept))
        return found

    def union(self, text: str, start: int, end: int, values: Sequence[int]) -> int:
        """The bits of `values` (64, one number a word) of the words that stand in text[start:end]."""
        got = 0
        for at, number in self.scan(text):
            if start <= at and at + len(self.words[number]) <= end:
                got |= values[number]
        return got

    def scan(self, text: str) -> list[Hit]:
        """`(start, number of the word)` of every occurrence, by start, then number."""
        found = []
        for number, word in enumerate(self.words):
            at = text.find(word)
            while at >= 0:
                if self._fits(text, at, at + len(word), self.bounds[number]):
                    found.append((at, number))
                at = text.find(word, at + 1)
        return sorted(found)

    def _fits(self, text: str, at: int, to: int, bounds: int) -> bool:
        before = text[:at].rstrip(" ") if bounds & CLAUSE else text[:at]
        last = before[-1:]
        if bounds & (START | CLAUSE) and ("가" <= last <= "힣" or (last.isascii() and last.isalnum())):
            return False
        if bounds & BEFORE and (last := text[:at][-1:]).isascii() and last.isalnum():
            return False
        return not (bounds & BEHIND and (after := text[to : to + 1]).isascii() and after.isalpha())
