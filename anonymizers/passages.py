"""A text in passages: sentences that hold conjoining jamo or zero-width characters folded, all others as they stand.

Folding costs a hundred times a scan, and one zero-width character in a judgment of 30,000 letters is no rarity: only
the sentence that holds it pays. For readers of sentences: nothing crosses a passage's end but what crosses a full stop.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from anonymizers.normalize import View
from ext.names import is_odd

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


def sentences(text: str) -> list[str]:
    """The text cut behind line ends and full stops."""
    return _STOP.split(text)


def lines(text: str) -> list[str]:
    """The text cut behind line ends."""
    return text.splitlines(keepends=True)


def passages(text: str, pieces: Callable[[str], list[str]] = sentences) -> Iterator[Passage]:
    """The passages in order; together they are the text. Of its `pieces`, those that need no folding stay together."""
    plain: list[str] = []
    at = base = 0
    for piece in pieces(text):
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
