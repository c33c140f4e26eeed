"""Where a sentence of Korean text begins and ends, the plain-Python twin that defines ext/sentences.pyx.

A sentence stops at a line break; at a run of stops with the quotes and brackets that close behind it, before white
space; and at stops right behind the last syllable of a verb (다, 요 …), whatever follows: `좋다.그런데`.
"""

from __future__ import annotations

import re
from typing import Final

# A run of stops is tried once, at its first.
_STOP: Final = re.compile(r"(?<![.!?…。])[.!?…。]++[\"'”’)\]」』]*+(?=\s|\Z)|\n++|(?<=[다요죠음까])[.!?]++")
_LAST_STOP: Final = re.compile(rf"(?s:.*)(?:{_STOP.pattern})")


def sentence(text: str, start: int, end: int, most: int) -> tuple[int, int]:
    """The sentence around [start, end), without surrounding white space, at most `most` code points to either side."""
    floor, ceiling = max(0, start - most), min(len(text), end + most)
    last = _LAST_STOP.match(text, floor, start)
    left = last.end() if last else floor
    behind = _STOP.search(text, end, ceiling)
    right = behind.end() if behind else ceiling
    while left < start and text[left].isspace():
        left += 1
    while right > end and text[right - 1].isspace():
        right -= 1
    return left, right
