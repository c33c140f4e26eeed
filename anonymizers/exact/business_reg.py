"""BUSINESS_REG, business registration number (사업자등록번호): not personal, except of a sole trader.

Criteria
1. Ten digits, 3-2-5 in shape with a good check digit; a failing one, another shape or none needs a business label.
2. Any other label governing it excludes it.

Score .75 to .98. Evidence: layout, checksum, context:brn.
"""

from __future__ import annotations

from collections.abc import Iterator

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labels import label_of
from anonymizers.exact.numbers import LOOSE_GAP, clusters
from anonymizers.gate import K_NUM
from anonymizers.normalize import View

_MARKS = ("", "-", ".", "·", "/", "~")
_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)


def brn_checksum(values: str) -> bool:
    """Weights 1 3 7 1 3 7 1 3 5, plus the tens of the last product; (10 - sum mod 10) mod 10."""
    total = sum(int(d) * w for d, w in zip(values[:9], _WEIGHTS, strict=True)) + int(values[8]) * 5 // 10
    return (10 - total % 10) % 10 == int(values[9])


def find(view: View) -> Iterator[Hit]:
    """Hits of type BUSINESS_REG in a view."""
    for cluster in clusters(view, 10):
        for a, b in cluster.candidates(10):
            start, end = cluster.span(a, b)
            split = cluster.layout(a, b) == (3, 2, 5)
            if not split and cluster.layout(a, b) not in ((10,), (1,) * 10, (5, 5), (3, 7)):
                continue
            gaps = cluster.separators(a, b)
            if any(LOOSE_GAP.fullmatch(gap) is None for gap in gaps):
                continue
            checksum = brn_checksum(cluster.values[a:b])
            if not (split and checksum) and not split and cluster.values[a] == "0":
                continue
            label = label_of(view, start, end)
            if label == "brn":
                evidence = ("context:brn", "checksum") if checksum else ("context:brn",)
                yield Hit(start, end, "BUSINESS_REG", 980_000 if checksum else 880_000, evidence)
            elif (
                split
                and checksum
                and len({gap.strip() for gap in gaps}) == 1
                and gaps[0].strip() in _MARKS
                and label in ("", "corp", "phone")
                and cluster.values[a] != "0"
            ):
                yield Hit(start, end, "BUSINESS_REG", 870_000, ("layout", "checksum"))


BUSINESS_REG = Recognizer("business_reg", ("BUSINESS_REG",), K_NUM, find)
