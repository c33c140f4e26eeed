"""Whether a finding in rewritten text is only what a replacement left, read again.

A finding is explained where it lies within recorded output spans: a mask, the si-gun-gu or the year that was kept.
What sticks out on either side may be marks, spaces and a unit (`[1990년] 생`); any other letter or digit there is a
value that was not replaced. An empty span, what a deletion leaves, explains nothing.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

_NOTHING: Final = re.compile(r"[\W_]*(?:(?:년|년생|생|세|살|대)[\W_]*)?")


def explained(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether `spans` (code points, end exclusive, sorted, disjoint) explain the finding text[start:end]."""
    at = start
    covered = False
    for number in range(max(bisect_right(spans, (start, start)) - 1, 0), len(spans)):
        left, right = spans[number]
        if left >= end:
            break
        if right <= max(left, at):
            continue
        if left > at and not _says_nothing(text[at:left]):
            return False
        covered, at = True, right
    return covered and (at >= end or _says_nothing(text[at:end]))


def _says_nothing(rest: str) -> bool:
    return _NOTHING.fullmatch(unicodedata.normalize("NFC", rest)) is not None
