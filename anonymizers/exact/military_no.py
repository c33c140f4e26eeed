"""MILITARY_NO, service number (군번): YY-NNNNN officers, -NNNNNN sergeants, -NNNNNNNN enlisted.

Criteria: the label, then 7 to 10 digits, with or without the hyphen. Score .95. Evidence: context:military.
"""

from __future__ import annotations

from collections.abc import Iterator

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labelled import digits, matches, pattern
from anonymizers.gate import K_SHORT
from anonymizers.normalize import View

_RULE = pattern(r"(?<![가-힣])군번|service[\s_]?(?:number|no\.?)|military[\s_]?(?:id|no\.?|number)", digits(7, 10))


def find(view: View) -> Iterator[Hit]:
    """Hits of type MILITARY_NO in a view."""
    for start, end in matches(view, _RULE, "military"):
        yield Hit(start, end, "MILITARY_NO", 950_000, ("context:military",))


MILITARY_NO = Recognizer("military_no", ("MILITARY_NO",), K_SHORT, find)
