# ruff: noqa: E501 - patterns read better on long lines
"""MOBILE and PHONE: mobile (01X), landline (area codes), internet and safe numbers (070, 050X), and their +82 forms.

Criteria
1. Digits of a cluster, however punctuated, spelled (공일공) or read out (공일공에 …), that begin and end like a number:
   MOBILE 010 + 8, 011 016-019 + 7 or 8; PHONE area code (02, 031-033, 041-044, 051-055, 061-064) + 7 or 8, 070 + 8,
   050X + 7 or 8. After +82, 0082 or 82 the first 0 may be missing or stand in brackets.
2. Look-alikes O, o, l, I, ㅇ in the prefix (O1O-…) are read as digits.
3. Without any mark inside, a PHONE needs a phone label; a MOBILE does not.
4. Without area code (345-6789) or without the leading 0 (10-1234-5678) a phone label must stand right before.
5. Excluded: an account, order or other label governing it, unless it is a mobile number in its usual groups; numbers
   glued to letters; 15XX, 16XX, 18XX and 080 lines, which are a firm's.

Score .6 to .98. Evidence: prefix, layout, context:phone, country, look-alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.exact.bank_account import at_bank
from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labels import direct, is_thing, label_of, labels, near
from anonymizers.exact.numbers import COPULA, Cluster, clusters
from anonymizers.gate import K_NUM, K_SHORT
from anonymizers.normalize import GAP_WORDS, View

_AREA: Final = frozenset(f"0{n}" for n in (31, 32, 33, 41, 42, 43, 44, 51, 52, 53, 54, 55, 61, 62, 63, 64))
_COUNTRY: Final = ("82", "0082", "00182", "00282", "00582", "00682", "00882", "0070082")
"""Korea's code, plain or behind an exit code (00, or a carrier's 001, 002 …)."""
_MOBILE: Final = frozenset({"010", "011", "016", "017", "018", "019"})
_LOOKALIKE: Final = re.compile(
    r"(?<![A-Za-z0-9ㄱ-ㅎ\u1100-\u1112.])(?=[0OoㅇᄋIl1|]{3})[0OoㅇᄋQ][1lI|!][0OoㅇᄋQ16789](?:[ .\-_~)/]{0,3}[0-9OoㅇᄋlI]){7,8}(?![A-Za-z0-9])"
)
_SEVEN: Final = re.compile(r"[2-9][0-9]{2,3}[ ]?[\-.][ ]?[0-9]{4}")
_BROKEN: Final = re.compile(
    r"(?<![0-9\-.])01[016-9](?:[\-. ][0-9]{3,4}[\-. ]?\n[\-. ]?|[\-. ]?\n[\-. ]?[0-9]{3,4}[\-. ])[0-9]{4}(?![0-9]|[\-.,][0-9])"
)
_LABELLED: Final = re.compile(r"(?<![a-z])(?:hp|h\.p|tel|phone|mobile|cell|fax)$")
_GLUED: Final = re.compile(
    r"(?<![0-9\-.])(?P<one>01[016-9]-[0-9]{3,4}-[0-9]{4})(?P<two>01[016-9]-[0-9]{3,4}-[0-9]{4})(?![0-9]|[\-.][0-9])"
)
_CALLED: Final = re.compile(r"(?:번호|연락처|전화|팩스)\s?(?:은|는|:)?\s?$")
_PREFIX: Final = re.compile(r"[0OoㅇᄋQ][1lI|!][0OoㅇᄋQ16789]")
_LOCAL: Final = re.compile(
    r"(?:전화\s?번호|전화|연락처|☎|☏|tel\.?|phone|집전화|자택|유선|팩스|fax)\s?(?:은|는|:|=|\)|-)?\s{0,2}(?P<v>[2-9]\d{2,3}[ ]?[\-.][ ]?\d{4})(?![0-9]|[\-.][0-9])"
)


def find(view: View) -> Iterator[Hit]:
    """Hits of type MOBILE and PHONE in a view."""
    for cluster in clusters(view, 9):
        done = 0
        for k in cluster.boundaries()[0]:
            if k < done or k > len(cluster.values) - 9:
                continue
            hit, done_here = _at(view, cluster, k)
            if hit:
                done = done_here
                yield hit
    for m in _LOOKALIKE.finditer(view.text) if _PREFIX.search(view.text) else ():
        if re.search(r"[^0-9 .\-_~)/|!]", m[0]) and sum(c.isdigit() for c in m[0]) >= 6:
            yield Hit(m.start(), m.end(), "MOBILE", 850_000, ("look-alike",))
    for m in _BROKEN.finditer(view.text) if "\n" in view.text else ():
        yield Hit(m.start(), m.end(), "MOBILE", 800_000, ("line-break",))
    for m in _GLUED.finditer(view.text) if view.text.count("-") > 3 else ():
        yield Hit(*m.span("one"), "MOBILE", 850_000, ("layout",))
        yield Hit(*m.span("two"), "MOBILE", 850_000, ("layout",))
    phone = _SEVEN.search(view.text) and any(name == "phone" for _, _, name in labels(view))
    for m in _LOCAL.finditer(view.lower) if phone else ():
        yield Hit(*m.span("v"), "PHONE", 700_000, ("context:phone", "no-area"))


def _at(view: View, cluster: Cluster, k: int) -> tuple[Hit | None, int]:
    """The phone number that begins with digit k, if one does, and the digit behind it."""
    values = cluster.values
    country = next((len(code) for code in _COUNTRY if values.startswith(code, k)), 0)
    national = values[k + country :]
    if country and not national.startswith("0"):
        national = "0" + national
        shift = country - 1
    else:
        shift = country
    best: tuple[Hit | None, int] = (None, 0)
    for kind, length in _plans(national):
        b = k + shift + length
        if b > len(values) or not cluster.ends_at(b) or cluster.in_row(k, b):
            continue
        hit = _judge(view, cluster, k, b, kind, country, national[:length])
        if hit and (best[0] is None or hit.score_ppm > best[0].score_ppm or COPULA.match(view.text, best[0].end - 1)):
            best = hit, b  # 영육삼-육사영-영일사일이고: ten digits, not eleven
    if best[0]:
        return best
    if (
        not country
        and values.startswith("10", k)
        and cluster.layout(k, min(k + 10, len(values))) == (2, 4, 4)
        and cluster.ends_at(k + 10)
    ):
        start, end = cluster.span(k, k + 10)
        if label_of(view, start, end) == "phone":
            return Hit(start, end, "MOBILE", 700_000, ("layout", "context:phone")), k + 10
    return None, 0


def _plans(national: str) -> list[tuple[str, int]]:
    """(type, digits) that a national number with this beginning may have, longest first."""
    if national[:3] == "010":
        return [("MOBILE", 11)]
    if national[:3] in _MOBILE:
        return [("MOBILE", 11), ("MOBILE", 10)]
    if national[:2] == "02":
        return [("PHONE", 10), ("PHONE", 9)]
    if national[:3] in _AREA:
        return [("PHONE", 11), ("PHONE", 10)]
    if national[:3] == "070":
        return [("PHONE", 11)]
    if national[:3] == "050":
        return [("PHONE", 12), ("PHONE", 11)]
    return []


_TAIL8: Final = frozenset(
    {
        (4, 4),
        (8,),
        (4, 2, 2),
        (2, 2, 4),
        (2, 2, 2, 2),
        (4, 1, 3),
        (3, 5),
        (5, 3),
        (2, 6),
        (6, 2),
        (3, 3, 2),
        (2, 3, 3),
        (1,) * 8,
        (4, 5),
        (5, 4),
    }
)
_TAIL7: Final = frozenset({(3, 4), (7,), (3, 2, 2), (4, 3), (1,) * 7})
_GAP: Final = re.compile(
    rf"[ ]?[\-.·~)\]/_(]{{0,2}}[ ]{{0,2}}|{'|'.join(rf'[ ]?{word}[ ]?' for word in GAP_WORDS)}|[ ]?-[ ]?\n[ ]?|[ ]?\n[ ]?-[ ]?"
)


def _usual(layout: tuple[int, ...], prefix: int) -> bool:
    """Whether groups part the number where people part it; `prefix` is the length of 010, 02 …"""
    if layout[0] == prefix:
        return layout[1:] in _TAIL8 or layout[1:] in _TAIL7
    if layout[0] == prefix + 4 or layout[0] == prefix + 3:
        return layout[1:] in ((4,), (2, 2))
    return len(layout) == sum(layout) or (layout[:prefix] == (1,) * prefix and layout[prefix:] in _TAIL8 | _TAIL7)


def _judge(view: View, cluster: Cluster, a: int, b: int, kind: str, country: int, national: str) -> Hit | None:
    start, end = cluster.span(a, b)
    layout = cluster.layout(a, b)
    gaps = cluster.separators(a, b)
    bare = len(layout) == 1
    plus = country > 0 and view.text[max(start - 1, 0) : start] == "+"
    if plus:
        start -= 1
    if national[3:].strip("0") == "" or (any("," in gap for gap in gaps) and len(set(gaps)) > 1):
        return None  # 010-0000-0000 is a form to fill in, 010 40261,590 cells of a table
    before, after = view.text[max(start - 1, 0) : start], view.text[end : end + 1]
    if (
        before
        and not plus
        and (
            (before.isascii() and before.isalnum() and not _LABELLED.search(view.lower, max(start - 7, 0), start))
            or before in "_+#$%"
        )
    ):
        return None
    if after and after.isascii() and (after.isalpha() or after in "_%"):
        return None
    if any("\n" in gap and "-" not in gap for gap in gaps) or (
        a > 0 and cluster.gaps[a] == "," and not plus and not (national.startswith("010") and (bare or gaps[0].strip()))
    ):
        return None
    if (before == "(" and after != ")" and ")" in view.text[start:end]) or (
        before == "[" and after != "]" and "]" in view.text[start:end]
    ):
        start -= 1  # (02) 123-4567 is one value
    label = label_of(view, start, end)
    groups = _national(layout, country, len(national))
    prefix = 2 if national.startswith("02") else 4 if national.startswith("050") and groups[0] != 3 else 3
    usual = bare or _usual(groups, prefix)
    plain = all(_GAP.fullmatch(gap) for gap in gaps)
    evidence = ["country"] if country else ["prefix"]
    if (
        country == 2 and not plus and cluster.layout(a, b)[0] != 2 and label != "phone"
    ):  # 820502-5939613 is a birth date
        return None
    if country and not plus and not (label == "phone" or country >= 4 or (usual and plain and not bare)):
        return None
    if label == "phone" or (label == "" and near(view, start, end, "phone", 25) and usual):
        if not usual and len(layout) > 5 and len(layout) < b - a:
            return None
        return Hit(start, end, kind, 980_000 if usual else 850_000, (*evidence, "context:phone"))
    if not usual or (kind == "PHONE" and not plain):
        return None
    if label == "account" and not bare and not at_bank(view, start) and label_of(view, start, end, 0, 3) != "account":
        label = ""  # 농협 하나로마트, 입금 후 …, or the bank of the number behind
    if plus and label not in ("account", "card"):
        label = ""
    if label == "other" and usual and not bare and not is_thing(view, start):
        label = ""  # 팩스 접수는 0504-137-8820
    if label in (
        "account",
        "other",
        "secret",
        "health",
        "military",
        "student",
        "employee",
        "customs",
        "card",
        "rrn",
        "corp",
        "brn",
    ) and (bare or label == "account" or len(layout) < 3 or direct(view, start, label)):
        if kind == "MOBILE" and national.startswith("010") and not bare:
            return Hit(
                start, end, kind, 610_000 if label == "account" else 800_000, (*evidence, "layout", f"against:{label}")
            )
        return None
    if kind == "MOBILE":
        if bare:
            return Hit(start, end, kind, 860_000 if national.startswith("010") else 600_000, tuple(evidence))
        return Hit(start, end, kind, 950_000 if plain else 880_000, (*evidence, "layout"))
    if bare or (len(layout) < 3 and not country and not any(")" in gap for gap in gaps)):
        return (
            Hit(start, end, kind, 700_000, tuple(evidence))
            if national[:3] in ("070", "050") and len(national) >= 11
            else None
        )
    if all(gap.strip() == "" for gap in gaps):
        return Hit(start, end, kind, 700_000, (*evidence, "spaced"))
    if any(gap.strip() == "" for gap in gaps) and not country and not any(")" in gap for gap in gaps):
        return (
            Hit(start, end, kind, 650_000, (*evidence, "spaced"))
            if _CALLED.search(view.text, max(start - 8, 0), start)
            else None
        )
    return Hit(start, end, kind, 930_000, (*evidence, "layout"))


def _national(layout: tuple[int, ...], country: int, digits: int) -> tuple[int, ...]:
    """The layout without the country code, the first 0 put back where it was left out."""
    if not country:
        return layout
    rest = list(layout)
    drop = country
    while drop:
        if rest[0] > drop:
            rest[0] -= drop
            drop = 0
        else:
            drop -= rest.pop(0)
    if sum(rest) < digits:
        rest[0] += 1
    elif len(rest) > 1 and rest[0] == 1:
        rest[:2] = [1 + rest[1]]  # +82 (0)10
    return tuple(rest)


PHONE = Recognizer("phone", ("MOBILE", "PHONE"), K_NUM | K_SHORT, find)
