"""Documents under construction: paragraphs of pieces, the text they make, and exact Jaccard over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from damjang.demo.frames import Piece, Span

WINDOW = 5


@dataclass(slots=True)
class Document:
    """One document: its paragraphs, and what the register that made it wants to write in the record.

    Sentences of a paragraph are joined by a space (lines of a `block` by a newline), paragraphs by `gap`.
    """

    source_id: str
    paragraphs: list[list[Piece]]
    fields: dict[str, str] = field(default_factory=dict)  # title, date, …: columns beside the text
    gap: str = "\n"
    record_key: str = ""
    tags: set[str] = field(default_factory=set)  # what was planted in it
    _text: str | None = None

    def text(self) -> str:
        """The whole text."""
        if self._text is None:
            self._text = self.gap.join(" ".join(piece.text for piece in paragraph) for paragraph in self.paragraphs)
        return self._text

    def spans(self) -> list[Span]:
        """Gold spans in code points of `text()`, in order."""
        found: list[Span] = []
        at = 0
        for paragraph in self.paragraphs:
            for piece in paragraph:
                found += [(at + start, at + end, name) for start, end, name in piece.spans]
                at += len(piece.text) + 1
            at += len(self.gap) - 1
        return found

    def pieces(self) -> Iterator[tuple[int, int, Piece]]:
        """(paragraph, position, piece) of every piece."""
        for row, paragraph in enumerate(self.paragraphs):
            for column, piece in enumerate(paragraph):
                yield row, column, piece


def windows(text: str) -> set[str]:
    """The set of 5-code-point windows; a shorter text is one window, an empty one has none (design.md, Dedup).

    >>> sorted(windows("가나다라마바"))
    ['가나다라마', '나다라마바']
    """
    if len(text) < WINDOW:
        return {text} if text else set()
    return {text[at : at + WINDOW] for at in range(len(text) - WINDOW + 1)}


def overlap(a: set[str], b: set[str]) -> tuple[int, int]:
    """(size of the intersection, size of the union)."""
    shared = len(a & b)
    return shared, len(a) + len(b) - shared


def jaccard(a: str, b: str) -> float:
    """Exact Jaccard similarity of two texts; 0 when both are empty.

    >>> jaccard("가나다라마바", "가나다라마사")
    0.3333333333333333
    """
    shared, union = overlap(windows(a), windows(b))
    return shared / union if union else 0.0
