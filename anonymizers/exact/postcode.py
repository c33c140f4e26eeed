# ruff: noqa: E501 - patterns read better on long lines
"""POSTCODE, postal code (우편번호): five digits since 2015-08, 3-3 before.

Criteria
1. A label (우편번호, 우, 〒) before it, right away or at some distance.
2. Brackets or nothing around it and a province or city right behind it.
3. Behind an address: found with the address (address.py).

Score .75 to .93. Evidence: context:postcode, context:address, apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labelled import SPOKEN, apart, far, matches, pattern
from anonymizers.exact.regions import regions
from anonymizers.gate import K_ADDRESS, K_SHORT
from anonymizers.normalize import View

_LABELLED: Final = pattern(
    r"우편\s?번[호오]|(?<![가-힣])우편(?=[은는이]?\s?[:]?\s?[0-9])|\(?우\)|〒|zip[\s_]?(?:code)?|post(?:al)?[\s_]?code|(?<![가-힣])우(?=\s?[:)]?\s?\d{5})",
    r"\d{5}|\d{3}[ ]?-[ ]?\d{3}|\d(?: \d){4}|\d\d \d{3}|\d{3} \d\d|[공영일이삼사오육칠팔구〇零一二三四五六七八九]{5}",
)
_FAR: Final = apart(rf"[0-6][0-9]{{4}}|[0-9]{{3}}-[0-9]{{3}}|[0-6](?: [0-9]){{4}}|{SPOKEN}{{4}}")
_BESIDE: Final = re.compile(
    r"(?<![0-9A-Za-z\-.])[\[(]?(?P<v>\d{5}|\d{3}-\d{3})(?:[\])][ ,]{0,2}|[ ,]{1,2}\(?|[ ]?\n|[\"'][ ]?,[ ]?[\"'])(?P<p>[가-힣]{2,8})[ ]?[가-힣]"
)


_HINT: Final = re.compile(
    r"우\s?[편):]|우편|\(우|〒|zip|post|우\s?[0-9]|[0-9]{5}(?:[\])][ ,]{0,2}|[ ,]{1,2}\(?|[ ]?\n|[\"'][ ]?,[ ]?[\"'])[가-힣]{2}|[0-9]{3}-[0-9]{3}[\]) ,]"
)


def find(view: View) -> Iterator[Hit]:
    """Hits of type POSTCODE in a view."""
    if _HINT.search(view.lower) is None:
        return
    for start, end in matches(view, _LABELLED, "postcode"):
        yield Hit(start, end, "POSTCODE", 930_000, ("context:postcode",))
    for start, end in far(view, _FAR, "postcode"):
        yield Hit(start, end, "POSTCODE", 750_000, ("context:postcode", "apart"))
    for m in _BESIDE.finditer(view.text):
        if m["p"] in regions().province_names:
            yield Hit(*m.span("v"), "POSTCODE", 900_000, ("context:address",))


POSTCODE = Recognizer("postcode", ("POSTCODE",), K_SHORT | K_ADDRESS, find)
