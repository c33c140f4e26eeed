# ruff: noqa: E501 - patterns read better on long lines
"""BANK_ACCOUNT, bank account number (계좌번호). PIPA Art. 34-2; 안전성 확보조치 기준 7.

Criteria
1. 10 to 14 digits that begin and end like a number, grouped or not, governed by an account label or the name of a bank;
   7 to 9 digits only in groups.
2. If the bank is known, a length of its scheme (KFTC CMS table, law digest section 8) raises the score.
3. With no label, only the grouped schemes that are peculiar to one bank (3333-01-1234567, 301-1234-5678-91 …).
4. An account beats a number with the form of a phone only by 계좌, 통장, 예금주 or a bank right at it; a bank behind a number
   that is followed by another number is that one's. So with the form and check digit of a business number.

Score .6 to .97. Evidence: context:account, bank, length, scheme.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from anonymizers.exact.business_reg import brn_checksum
from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labels import direct, label_of, labels, near
from anonymizers.exact.numbers import COPULA, LOOSE_GAP, Cluster, clusters
from anonymizers.gate import K_NUM
from anonymizers.normalize import View

_BANKS: Final[dict[str, tuple[int, ...]]] = {
    r"국민|kb": (10, 11, 12, 14),
    r"신한": (11, 12, 14),
    r"우리": (11, 12, 13, 14),
    r"하나|keb|외환": (11, 12, 14),
    r"농협|nh": (11, 12, 13, 14),
    r"기업|ibk": (10, 11, 12, 14),
    r"산업|kdb": (11, 14),
    r"수협": (11, 12, 14),
    r"sc제일|제일": (10, 11, 14),
    r"씨티|citi": (10, 11, 12, 13),
    r"대구|im뱅크|아이엠뱅크": (11, 12, 13, 14),
    r"부산|광주": (12, 13),
    r"제주": (10, 12),
    r"전북|경남": (11, 12, 13),
    r"케이뱅크|케뱅|k뱅크": (10, 12, 13, 14),
    r"카카오|카뱅": (13,),
    r"토스|토뱅": (12, 14),
    r"새마을|mg": (13, 14),
    r"신협": (12, 13),
    r"우체국": (14,),
}
_AREAS: Final = frozenset(f"0{n}" for n in (31, 32, 33, 41, 42, 43, 44, 51, 52, 53, 54, 55, 61, 62, 63, 64, 70))
_BANK: Final = re.compile("|".join(f"(?P<b{i}>{names})" for i, names in enumerate(_BANKS)))
_BANK_BEHIND: Final = re.compile(  # 110-123-456789 신한 홍길동
    r"\s{1,2}(?:국민|신한|우리|하나|농협|기업|산업|수협|제일|씨티|대구|부산|광주|제주|전북|경남|카카오|토스|케이|새마을|신협|우체국)(?:은행|뱅크)?"
    r"(?:[ ,/]{1,2}[가-힣][가-힣○*Oo]{1,3}(?![가-힣])|\s?(?:\n|$|[),(]))"
)
_AT_IT: Final = re.compile(  # right before the number
    r"(?:계좌\s?(?:번호)?|통장|예금주|은행|뱅크|금고|신협|우체국|농협|수협|카뱅|케뱅|토뱅|국민|신한|우리|하나|기업|nh|kb|ibk|銀)\s?(?:은|는|이|가|로|에)?\s?[:=(]?(?:\s[가-힣]{2,4})?\s?$"
)
_BEHIND_IT: Final = re.compile(
    r"\s?[(\[]?\s?(?:국민|신한|우리|하나|농협|기업|산업|수협|카카오|토스|케이|새마을|신협|우체국|부산|대구|광주|전북|경남|제주|씨티|제일|카뱅|케뱅|토뱅)(?:은행|뱅크|금고)?(?:[)\]\s,.]|$)|\s?\(?예금주"
)
_NEXT_NUMBER: Final = re.compile(r"[^0-9\n]{0,16}[0-9][0-9\- ]{6,}")
_LINE: Final = re.compile(r"1[568][0-9]{2}")  # 1588-0000: a firm's line
_PARCEL: Final = re.compile(r"운송장|송장|택배|등기|배송")
_LENGTHS: Final = tuple(_BANKS.values())


def find(view: View) -> Iterator[Hit]:
    """Hits of type BANK_ACCOUNT in a view."""
    labelled = any(name == "account" for _, _, name in labels(view)) if clusters(view, 7) else False
    for cluster in clusters(view, 7 if labelled else 12):
        done = 0
        for length in (14, 13, 12, 11, 10, 9, 8, 7) if labelled else (14, 13, 12):
            for a, b in cluster.candidates(length):
                if a < done:
                    continue
                hit = _judge(view, cluster, a, b)
                if hit:
                    done = b
                    yield hit


def _judge(view: View, cluster: Cluster, a: int, b: int) -> Hit | None:
    layout = cluster.layout(a, b)
    if any(LOOSE_GAP.fullmatch(gap) is None for gap in cluster.separators(a, b)):
        return None
    if len(layout) > 5 and len(layout) != b - a:
        return None
    if b - a < 10 and (len(layout) < 2 or layout[-1] < 2 or any("-" not in gap for gap in cluster.separators(a, b))):
        return None
    if (a > 0 and cluster.gaps[a] == ",") or (b < len(cluster.values) and cluster.gaps[b] == ","):
        return None
    if any(gap.count(" ") and gap.strip() == "." for gap in cluster.separators(a, b)):  # 2019. 5. 12. 1234
        return None
    if _network(cluster, a, layout):
        return None
    if _dated(cluster, a, layout) or (layout == (4, 4) and _LINE.match(cluster.values, a)):
        return None
    start, end = cluster.span(a, b)
    if COPULA.match(view.text, end - 1):  # the 이 of 이고, 이며 is no digit
        return None
    label = label_of(view, start, end)
    behind = _BEHIND_IT.match(view.lower, end)
    bank_behind = behind is not None and not _NEXT_NUMBER.match(view.text, behind.end())
    if _formed_otherwise(cluster, a, b, layout) and not (bank_behind or at_bank(view, start)):
        return None
    if behind and _PARCEL.search(view.text, max(start - 40, 0), start):
        return None
    if label == "account" or (near(view, start, end, "account", 20) and not (label and direct(view, start, label))):
        banks = [m for m in _BANK.finditer(view.lower, max(start - 30, 0), min(end + 12, len(view.lower)))]
        evidence = ["context:account"]
        score = 870_000 if b - a >= 10 else 700_000
        if b - a < 10 and label != "account":
            return None
        if banks:
            nearest = min(banks, key=lambda m: min(abs(start - m.end()), abs(m.start() - end)))
            evidence.append("bank")
            score = max(score, 900_000)
            if b - a in _LENGTHS[int((nearest.lastgroup or "b0")[1:])]:
                evidence.append("length")
                score = 970_000
        return Hit(start, end, "BANK_ACCOUNT", score, tuple(evidence))
    if label == "" and b - a >= 10 and _BANK_BEHIND.match(view.text, end):
        return Hit(start, end, "BANK_ACCOUNT", 900_000, ("bank",))
    if label == "" and set(cluster.separators(a, b)) in ({"-"}, {" "}) and _peculiar(cluster.values[a:b], layout):
        return Hit(start, end, "BANK_ACCOUNT", 620_000, ("scheme",))
    return None


def _dated(cluster: Cluster, a: int, layout: tuple[int, ...]) -> bool:
    """Whether a year and a month stand among the groups: 2008-01-21, 2014.12.~2015.03."""
    at = a
    for size, after in pairwise((*layout, 0)):
        year, month = cluster.values[at : at + 4], cluster.values[at + 4 : at + 4 + after]
        if size == 4 and 1900 <= int(year) < 2100 and 1 <= after <= 2 and 1 <= int(month) <= 12:
            return at + 4 + after == a + sum(layout) or (len(layout) > 2 and layout[-1] <= 4)
        at += size
    return False


def at_bank(view: View, start: int) -> bool:
    """Whether 계좌, 통장, 예금주 or a bank stands right before the number at `start`, at most a name between."""
    return _AT_IT.search(view.lower, max(start - 24, 0), start) is not None


def _formed_otherwise(cluster: Cluster, a: int, b: int, layout: tuple[int, ...]) -> bool:
    """A mobile or area number in its usual groups, or a business number with its check digit."""
    values = cluster.values[a:b]
    if layout == (3, 2, 5):
        return brn_checksum(values)
    if values.startswith("010") and b - a == 11:
        return layout in ((3, 4, 4), (11,), (3, 8), (7, 4))
    area = len(layout) == 3 and layout[2] == 4 and layout[1] in (3, 4)
    return area and ((layout[0] == 2 and values.startswith("02")) or (values[:3] in _AREAS and layout[0] == 3))


def _network(cluster: Cluster, a: int, layout: tuple[int, ...]) -> bool:
    """Four groups of at most three digits with dots between: an address of the network."""
    at, run = a, 0
    for size in layout:
        dotted = at > a and cluster.gaps[at] == "."
        run = 0 if size > 3 else run + 1 if dotted and run else 1
        if run == 4:
            return True
        at += size
    return False


def _peculiar(values: str, layout: tuple[int, ...]) -> bool:
    return (
        (layout == (4, 2, 7) and values[:4] in ("3333", "7979", "3355", "3388"))
        or (layout == (4, 3, 6) and values[:4] in ("1002", "1005", "1006"))
        or (layout == (3, 3, 6) and values[:3] == "110")
        or (
            layout == (3, 4, 4, 2)
            and values[:3] in ("301", "302", "305", "306", "312", "317", "351", "352", "355", "356")
        )
        or (layout == (6, 2, 6) and values[0] not in "0")
    )


BANK_ACCOUNT = Recognizer("bank_account", ("BANK_ACCOUNT",), K_NUM, find)
