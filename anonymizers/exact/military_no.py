# ruff: noqa: E501 - patterns read better on long lines
"""MILITARY_NO, service number (군번): YY-NNNNN officers, -NNNNNN sergeants, -NNNNNNNN enlisted.

Criteria
1. The label, then 7 to 10 digits, with or without the hyphen; the year may be a numeral (십구 다시 …).
2. YY-NNNNN to YY-NNNNNNNN, ten digits, or eight to ten spelled ones, at some distance behind the label.
3. The form of an enlisted number (YY-7NNNNNNN) within 50 characters of the label; a rank or kind of soldier before it.

Score .8 to .95. Evidence: context:military, apart, form, rank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labelled import SPOKEN, apart, digits, far, matches, pattern
from anonymizers.exact.labels import near
from anonymizers.gate import K_SHORT
from anonymizers.normalize import View

_RULE = pattern(
    r"(?<![가-힣])(?:군번|인식표)|service[\s_]?(?:number|no\.?)|military[\s_]?(?:id|no\.?|number)",
    rf"[0-9]{{2}}-[0-9]{{5,8}}(?![0-9])|{digits(7, 10)}|[a-z][0-9]{{7}}|[이삼사오육칠팔구]?십[일이삼사오육칠팔구]?[ ]?(?:-|에|다시|대시|의)[ ]?{digits(5, 8)}",
)

_FAR = apart(rf"[0-9]{{2}}-[0-9]{{5,8}}|[0-9]{{10}}|{SPOKEN}{{7,9}}")
_ENLISTED = re.compile(r"(?<![0-9\-])[0-9]{2}-7[0-9]{7}(?![0-9\-])")
_RANKED = re.compile(r"(?:장교|부사관|현역|(?<![가-힣])병|병사)[ ]?(?P<v>[0-9]{2}-(?:[0-9]{8}|[0-9]{5,6}))(?![0-9\-])")


def find(view: View) -> Iterator[Hit]:
    """Hits of type MILITARY_NO in a view."""
    for start, end in matches(view, _RULE, "military"):
        yield Hit(start, end, "MILITARY_NO", 950_000, ("context:military",))
    for start, end in far(view, _FAR, "military"):
        yield Hit(start, end, "MILITARY_NO", 800_000, ("context:military", "apart"))
    for m in _ENLISTED.finditer(view.text):
        if near(view, m.start(), m.end(), "military", 50):
            yield Hit(m.start(), m.end(), "MILITARY_NO", 800_000, ("context:military", "form"))
    for m in _RANKED.finditer(view.text) if "군번" in view.text else ():
        yield Hit(*m.span("v"), "MILITARY_NO", 850_000, ("context:military", "rank"))


MILITARY_NO = Recognizer("military_no", ("MILITARY_NO",), K_SHORT, find)
