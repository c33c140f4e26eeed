"""CARD, payment card number (카드번호). PIPA Art. 34-2; 안전성 확보조치 기준 7.

Criteria
1. 14 to 19 digits that begin and end like a number and pass Luhn; in groups (4-4-4-4, 4-6-5, 4-6-4) from any network
   digit 2-6 or 9 (domestic), bare only from 3-6 or 9.
2. Next to a card label a failing Luhn digit does not clear 4-4-4-4 or 4-6-5: typing errors leak too.
3. A label of another kind of number right before it excludes it.

Score .72 to .98. Evidence: luhn, layout, context:card.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labels import label_of, near
from anonymizers.exact.numbers import LOOSE_GAP, Cluster, clusters, luhn
from anonymizers.gate import K_NUM
from anonymizers.normalize import View

_LAYOUTS = frozenset(
    {
        (4, 4, 4, 4),
        (4, 6, 5),
        (4, 6, 4),
        (4, 4, 4, 4, 3),
        (4, 4, 4, 3),
        (8, 8),
        (4, 12),
        (6, 10),
        (6, 6, 3),
        (6, 5, 4),
        (5, 5, 5),
    }
)

_TWO_LINES: Final = re.compile(
    r"(?<![0-9\-.])(?=[0-9 \-]{4,16}\n)[2-69][0-9]{3}(?:[ \-]?[ ]?\n?[ ]?[0-9]{4}){3}(?![0-9]|[\-.,][0-9])"
)


def find(view: View) -> Iterator[Hit]:
    """Hits of type CARD in a view."""
    for cluster in clusters(view, 13):
        for length in (16, 15, 14, 19, 18, 17, 13):
            for a, b in cluster.candidates(length):
                values, layout = cluster.values[a:b], cluster.layout(a, b)
                bare = layout == (length,)
                grouped = layout in _LAYOUTS or (len(layout) == length and length == 16)
                if not (bare or grouped) or values[0] not in "234569":
                    continue
                if length in (13, 17, 18) and not (luhn(values) and near(view, *cluster.span(a, b), "card")):
                    continue  # old Visa, UnionPay: only beside the word
                if any(LOOSE_GAP.fullmatch(g) is None for g in cluster.separators(a, b)) or _comma(cluster, a, b):
                    continue
                start, end = cluster.span(a, b)
                label = label_of(view, start, end)
                labelled = label == "card" or (label not in ("other", "account") and near(view, start, end, "card"))
                good = luhn(values) and len(set(values)) > 1
                shape = "layout" if grouped else "bare"
                if labelled and (good or (length in (15, 16))):
                    evidence = (shape, "context:card", "luhn") if good else (shape, "context:card")
                    yield Hit(start, end, "CARD", 980_000 if good else 760_000, evidence)
                elif (
                    good
                    and not _row(cluster, a, b)
                    and label not in ("other", "account", "customs", "rrn")
                    and not _glued(view, start, end)
                ):
                    if grouped and (values[0] != "2" or "2221" <= values[:4] <= "2720"):
                        yield Hit(start, end, "CARD", 930_000, (shape, "luhn"))
                    elif values[0] in "34569" and length in (15, 16):
                        yield Hit(start, end, "CARD", 720_000, (shape, "luhn"))

    for m in _TWO_LINES.finditer(view.text) if "\n" in view.text else ():
        values = "".join(c for c in m[0] if c.isdigit())
        if m[0].count("\n") == 1 and luhn(values) and near(view, m.start(), m.end(), "card"):
            yield Hit(m.start(), m.end(), "CARD", 880_000, ("layout", "context:card", "luhn", "line-break"))


def _row(cluster: Cluster, a: int, b: int) -> bool:
    """Four cells of a row of numbers: the next or last group has four digits and a space between, too."""
    layout, end = cluster.layout(a, b), len(cluster.values)
    if layout != (4, 4, 4, 4) or any(gap.strip() for gap in cluster.separators(a, b)):
        return False
    left = a >= 4 and not cluster.gaps[a].strip() and cluster.layout(a - 4, a) == (4,)
    right = b + 4 <= end and not cluster.gaps[b].strip() and cluster.layout(b, b + 4) == (4,)
    return left or right


def _comma(cluster: Cluster, a: int, b: int) -> bool:
    """A cell of a table that lost its columns: 14,4608743104966901."""
    return (a > 0 and cluster.gaps[a] == ",") or (b < len(cluster.values) and cluster.gaps[b] == ",")


def _glued(view: View, start: int, end: int) -> bool:
    before, after = view.text[max(start - 1, 0) : start], view.text[end : end + 1]
    return any(c and c.isascii() and (c.isalpha() or c in "_=#%/.") for c in (before, after if after != "." else ""))


CARD = Recognizer("card", ("CARD",), K_NUM, find)
