"""Occurrences of a fixed set of words in a text, the plain-Python twin that defines ext/words.pyx.

Words are literal, two letters or longer; every occurrence counts, overlapping ones too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

Hit = tuple[int, int]  # start, number of the word
EVERY: Final = (1 << 64) - 1  # a topic that needs no bond


class WordScanner:
    """`words` are distinct strings of 2 to 16 code points below U+10000."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = list(words)

    def scan_all(self, texts: Iterable[str]) -> list[tuple[int, list[tuple[int, int]]]]:
        """`[(number of the text, its occurrences)]` of the texts that have any."""
        return [(number, hits) for number, text in enumerate(texts) if (hits := self.scan(text))]

    def near_all(
        self, texts: Iterable[str], topics: Sequence[int], bonds: Sequence[int], reach: Sequence[int]
    ) -> list[tuple[int, list[tuple[int, int]]]]:
        """The same of words whose bits in `topics` (64, one number a word) share one with those in `bonds` of a word at
        most its own `reach` away, and of words whose every bit is set, which need none."""
        found = []
        for number, hits in self.scan_all(texts):
            near = [hit for hit in hits if self._is_bound(hit, hits, topics, bonds, reach)]
            if near:
                found.append((number, near))
        return found

    def _is_bound(
        self, hit: Hit, hits: Sequence[Hit], topics: Sequence[int], bonds: Sequence[int], reach: Sequence[int]
    ) -> bool:
        at, number = hit
        end = at + len(self.words[number])
        return topics[number] == EVERY or any(
            topics[number] & bonds[other]
            and start - end <= reach[other]
            and at - start - len(self.words[other]) <= reach[other]
            for start, other in hits
        )

    def scan(self, text: str) -> list[tuple[int, int]]:
        """`(start, number of the word)` of every occurrence, by start, then number."""
        found = []
        for number, word in enumerate(self.words):
            at = text.find(word)
            while at >= 0:
                found.append((at, number))
                at = text.find(word, at + 1)
        return sorted(found)
