"""A text in passages: sentences that hold conjoining jamo or zero-width characters folded, all others as they stand.

Folding costs a hundred times a scan, and one zero-width character in a judgment of 30,000 letters is no rarity: only
the sentence that holds it pays. `readable` is what readers of sentences begin with: plain texts, and the way back.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from anonymizers.findings import Finding
from anonymizers.normalize import View
from ext.names import is_odd, odd_ones

_STOP: Final = re.compile(r"(?<=\n)|(?<=[.!?…。])(?=\s)")


@dataclass(frozen=True, slots=True)
class Passage:
    """Text to read, and the way back to the document's code points."""

    text: str
    base: int
    view: View | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of the passage in the document's code points, end exclusive."""
        return self.view.span(start, end) if self.view else (self.base + start, self.base + end)


@dataclass(frozen=True, slots=True)
class Folded:
    """An odd text as recognizers of sentences read it: its passages in one string, and the way back."""

    text: str
    passages: tuple[Passage, ...]
    starts: tuple[int, ...]  # where each passage begins in `text`

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of `text` in the document's code points, end exclusive; it may reach over several passages."""
        first, last = bisect_right(self.starts, start) - 1, bisect_right(self.starts, end - 1) - 1
        begin, after = start - self.starts[first], end - self.starts[last]
        return self.passages[first].span(begin, begin + 1)[0], self.passages[last].span(after - 1, after)[1]


def readable(texts: Sequence[str]) -> tuple[Sequence[str], dict[int, Folded]]:
    """The texts, odd ones folded, and how to lead spans of those back, by number."""
    folded = {number: fold(texts[number]) for number in odd_ones(texts)}
    if folded:
        texts = list(texts)
        for number, one in folded.items():
            texts[number] = one.text
    return texts, folded


def led_back(findings: list[Finding], folded: Mapping[int, Folded]) -> list[Finding]:
    """The findings in code points of the texts as given."""
    for row, found in enumerate(findings) if folded else ():
        if found.doc in folded:
            start, end = folded[found.doc].span(found.start, found.end)
            findings[row] = found._replace(start=start, end=end)
    return findings


def fold(text: str) -> Folded:
    """`text` with its odd sentences folded."""
    read = tuple(passage for passage in passages(text) if passage.text)
    starts, at = [], 0
    for passage in read:
        starts.append(at)
        at += len(passage.text)
    return Folded("".join(passage.text for passage in read), read, tuple(starts))


def passages(text: str) -> Iterator[Passage]:
    """The passages in order; together they are the text. Its sentences that need no folding stay together."""
    plain: list[str] = []
    at = base = 0
    for piece in _STOP.split(text):
        if not is_odd(piece):
            base = base if plain else at
            plain.append(piece)
        else:
            if plain:
                yield Passage("".join(plain), base)
                plain = []
            view = View(piece, at)
            yield Passage(view.text, at, view)
        at += len(piece)
    if plain:
        yield Passage("".join(plain), base)
