"""Given names without a surname that speak: lines of a chat begin with them (`수아: 어디?`, `[수아] [오후 3:21] …`).

Criteria
1. Two lines of the text or more begin with such a label, or with kin that speaks (`엄마: …`).
2. It is a given name that many surnames go with, and no ordinary word (질문:, 사진:, 보람:).

Score .6. Evidence: speaker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.name_model import NameModel

SCORE_PPM: Final = 600_000
_LEAST: Final = 42  # weight of a pair that a dozen surnames were seen with
_LABEL: Final = r"(?:(?P<v>[가-힣]{2})[ ]?[:：](?![/0-9])|\[(?P<w>[가-힣]{2})\][ ]\[오[전후])"
_FIRST: Final = re.compile(_LABEL)
_LINE: Final = re.compile(rf"\n{_LABEL}")
_KIN: Final = frozenset({"엄마", "아빠", "언니", "오빠", "누나", "이모", "삼촌", "할매", "남편", "아내"})


def speakers(text: str, model: NameModel) -> Iterator[tuple[int, int]]:
    """Spans of the given names that speak in a text."""
    first = _FIRST.match(text)
    labels = [m.span(m.lastgroup or 0) for m in (*([first] if first else []), *_LINE.finditer(text))]
    named = [span for span in labels if _is_given(text[slice(*span)], model)]
    if named and len(named) + sum(text[slice(*span)] in _KIN for span in labels) > 1:
        yield from named


def _is_given(word: str, model: NameModel) -> bool:
    return model.words.get("p" + word, 0) >= _LEAST and not model.words.get("x" + word, 0)
