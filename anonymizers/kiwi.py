"""Kiwi as the judge of single names: slow (0.17 MB/s), so only ever asked about a window, within a byte budget."""

from __future__ import annotations

from typing import Any


class KiwiTagger:
    """Loads Kiwi's model once (about a second, half a gigabyte); one thread, so that results never depend on timing."""

    def __init__(self) -> None:
        from kiwipiepy import Kiwi

        self._kiwi: Any = Kiwi(num_workers=1)

    def is_name(self, text: str, start: int, end: int) -> bool | None:
        """True when Kiwi reads exactly text[start:end] as one proper noun, or as proper nouns from edge to edge."""
        inside = [token for token in self._kiwi.tokenize(text) if token.start < end and start < token.start + token.len]
        if not inside:
            return None
        exact = inside[0].start == start and inside[-1].start + inside[-1].len == end
        return exact and all(token.tag == "NNP" for token in inside)
