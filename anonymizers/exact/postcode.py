"""POSTCODE, postal code (우편번호): five digits since 2015-08, 3-3 before.

Criteria: a label (우편번호, 우, 〒), or brackets or nothing around it and a province or city right behind it.
Score .9 to .93. Evidence: context:postcode, context:address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labelled import matches, pattern
from anonymizers.exact.regions import regions
from anonymizers.gate import K_ADDRESS, K_SHORT
from anonymizers.normalize import View

_LABELLED: Final = pattern(
    r"우편\s?번호|\(?우\)|〒|zip[\s_]?(?:code)?|post(?:al)?[\s_]?code|(?<![가-힣])우(?=\s?[:)]?\s?\d{5})",
    r"\d{5}|\d{3}[ ]?-[ ]?\d{3}|[공영일이삼사오육칠팔구]{5}",
)
_BESIDE: Final = re.compile(
    r"(?<![0-9A-Za-z\-.])[\[(]?(?P<v>\d{5}|\d{3}-\d{3})(?:[\])][ ,]{0,2}|[ ,]{1,2})(?P<p>[가-힣]{2,8})[ ]?[가-힣]"
)


_HINT: Final = re.compile(
    r"우\s?[편):]|\(우|〒|zip|post|우\s?[0-9]|[0-9]{5}(?:[\])][ ,]{0,2}|[ ,]{1,2})[가-힣]{2}|[0-9]{3}-[0-9]{3}[\]) ,]"
)


def find(view: View) -> Iterator[Hit]:
    """Hits of type POSTCODE in a view."""
    if _HINT.search(view.lower) is None:
        return
    for start, end in matches(view, _LABELLED, "postcode"):
        yield Hit(start, end, "POSTCODE", 930_000, ("context:postcode",))
    for m in _BESIDE.finditer(view.text):
        if m["p"] in regions().province_names:
            yield Hit(*m.span("v"), "POSTCODE", 900_000, ("context:address",))


POSTCODE = Recognizer("postcode", ("POSTCODE",), K_SHORT | K_ADDRESS, find)
