"""CUSTOMS_CODE, personal customs clearance code (개인통관고유부호).

Criteria
1. P and twelve digits, which may be spaced, hyphenated, full-width or spelled; nothing alphanumeric touches them.
2. Capital P is enough unless another kind of number is named right before it; p and the syllable 피 need a
   customs label.
3. The check digit's rule is not public, so none is used.

Score .85 to .98. Evidence: shape, context:customs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labels import label_of
from anonymizers.exact.numbers import DIGIT
from anonymizers.gate import K_NUM
from anonymizers.normalize import View

_CODE = re.compile(rf"(?<![A-Za-z0-9_.])([Pp피])[ \-.]{{0,2}}(?:[{DIGIT}][ \-.]{{0,2}}){{11}}[{DIGIT}](?![0-9A-Za-z_])")


def find(view: View) -> Iterator[Hit]:
    """Hits of type CUSTOMS_CODE in a view."""
    for m in _CODE.finditer(view.text):
        if view.digits(m.start(), m.end()).startswith("010"):  # H.P 010…
            continue
        label = label_of(view, m.start(), m.end())
        if label == "customs":
            yield Hit(m.start(), m.end(), "CUSTOMS_CODE", 980_000, ("shape", "context:customs"))
        elif m[1] == "P" and label != "other":
            yield Hit(m.start(), m.end(), "CUSTOMS_CODE", 870_000, ("shape",))


CUSTOMS_CODE = Recognizer("customs_code", ("CUSTOMS_CODE",), K_NUM, find)
