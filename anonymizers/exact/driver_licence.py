"""DRIVER_LICENCE, driving licence number (운전면허번호). PIPA Art. 24, Decree 19: deleted at first touch.

Criteria
1. Twelve digits AA-BB-CCCCCC-DD, AA one of 11-26 and 28 (issuing office). In the layout 2-2-6-2, with the same mark
   between all groups, the shape is enough unless another kind of number (account, order …) is named for it.
2. In any other layout, or with none, a licence label is needed.
3. Old form: name of the region, then YY-NNNNNN-NN; the name belongs to the value.
4. The check digits are not public, so none is used.

Score .6 to .97. Evidence: layout, region, context:licence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labels import label_of, near
from anonymizers.exact.numbers import DIGIT, clusters
from anonymizers.gate import K_ID
from anonymizers.normalize import View

_OFFICES = frozenset([*(str(n) for n in range(11, 27)), "28"])
_REGIONS = "서울|부산|대구|인천|광주|대전|울산|세종|경기북부|경기남부|경기|강원|충북|충남|전북|전남|경북|경남|제주"
_LAYOUTS = frozenset(
    {(2, 2, 6, 2), (12,), (2, 10), (4, 8), (2, 2, 8), (4, 6, 2), (2, 8, 2), (10, 2), (1,) * 12, (2, 2, 2, 2, 2, 2)}
)
_D = f"[{DIGIT}]"
_S = r"(?:[ ]?[\-.· ][ ]?|[ ]?에[ ]?)"
_OLD = re.compile(rf"(?<![가-힣])(?:{_REGIONS})[ ]?[\-.·,]?[ ]?{_D}{{2}}{_S}{_D}{{6}}{_S}{_D}{{2}}(?![0-9]|[\-.][0-9])")


def find(view: View) -> Iterator[Hit]:
    """Hits of type DRIVER_LICENCE in a view."""
    for m in _OLD.finditer(view.text):
        labelled = near(view, m.start(), m.end(), "licence")
        evidence = ("region", "context:licence") if labelled else ("region",)
        yield Hit(m.start(), m.end(), "DRIVER_LICENCE", 970_000 if labelled else 850_000, evidence)
    for cluster in clusters(view, 12):
        for a, b in cluster.candidates(12):
            if cluster.values[a : a + 2] not in _OFFICES:
                continue
            start, end = cluster.span(a, b)
            layout = cluster.layout(a, b)
            label = label_of(view, start, end)
            labelled = label == "licence" or (label == "" and near(view, start, end, "licence"))
            if labelled and (layout in _LAYOUTS or (label == "licence" and len(layout) < 5 and min(layout) > 1)):
                yield Hit(start, end, "DRIVER_LICENCE", 970_000, ("office", "context:licence"))
                continue
            seps = {s.strip() for s in cluster.separators(a, b)}
            if layout != (2, 2, 6, 2) or len(seps) != 1 or label in ("account", "card", "other", "phone"):
                continue
            before = cluster.before(a)
            if before and before.isascii() and (before.isalnum() or before in "_#="):
                continue
            yield Hit(start, end, "DRIVER_LICENCE", 880_000 if seps != {""} else 620_000, ("office", "layout"))


DRIVER_LICENCE = Recognizer("driver_licence", ("DRIVER_LICENCE",), K_ID, find)
