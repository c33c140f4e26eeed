"""Kiwi as the judge of single names: slow (0.17 MB/s), so only ever asked about a window, within a byte budget."""

from __future__ import annotations

from typing import Any


class KiwiTagger:
    """Loads Kiwi's model once (about a second, half a gigabyte); one thread, so that results never depend on timing.

    Without the dictionary of compounds: it takes as long again to load, and of a thousand doubtful names it changed the
    answer to nine, to the worse (works and people of renown read as one word)."""

    def __init__(self) -> None:
        from kiwipiepy import Kiwi

        self._kiwi: Any = Kiwi(num_workers=1, load_multi_dict=False)

    def is_name(self, text: str, start: int, end: int) -> bool | None:
        """True when Kiwi reads exactly text[start:end] as one proper noun, or as proper nouns from edge to edge."""
        inside = [token for token in self._kiwi.tokenize(text) if token.start < end and start < token.start + token.len]
        if not inside:
            return None
        exact = inside[0].start == start and inside[-1].start + inside[-1].len == end
        return exact and all(token.tag == "NNP" for token in inside)
