"""Occurrences of a fixed set of words in a text, the plain-Python twin that defines ext/words.pyx.

Words are literal, two letters or longer; every occurrence counts, overlapping ones too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class WordScanner:
    """`words` are distinct strings of 2 to 16 code points below U+10000."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = list(words)

    def scan_all(self, texts: Iterable[str]) -> list[tuple[int, list[tuple[int, int]]]]:
        """`[(number of the text, its occurrences)]` of the texts that have any."""
        return [(number, hits) for number, text in enumerate(texts) if (hits := self.scan(text))]

    def scan(self, text: str) -> list[tuple[int, int]]:
        """`(start, number of the word)` of every occurrence, by start, then number."""
        found = []
        for number, word in enumerate(self.words):
            at = text.find(word)
            while at >= 0:
                found.append((at, number))
                at = text.find(word, at + 1)
        return sorted(found)
