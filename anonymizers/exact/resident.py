# ruff: noqa: E501 - patterns read better on long lines
"""Thirteen digits: resident, alien or corporate number? One reading, used by three recognizers.

Resident registration numbers (주민등록법 시행규칙 2) are YYMMDD G NNNNNN with G = century and sex: 1, 2 (1900s), 3, 4
(2000s), 9, 0 (1800s); alien numbers have G = 5, 6 (1900s), 7, 8 (2000s). Since 2020-10-05 the last six digits
are random: a failing checksum says nothing. Corporate numbers are six digits of registry and kind, then seven
with a check digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from anonymizers.exact.labels import direct, is_thing, label_of, near
from anonymizers.exact.numbers import Cluster, clusters, is_date
from anonymizers.normalize import View

LATEST_BIRTH_YEAR: Final = 2030
"""No wall clock in a detector: a later birth year is impossible for as long as this build is in use."""
_OLDEST_LIKELY: Final = 1905
_CENTURY: Final = {
    "1": 1900,
    "2": 1900,
    "3": 2000,
    "4": 2000,
    "5": 1900,
    "6": 1900,
    "7": 2000,
    "8": 2000,
    "9": 1800,
    "0": 1800,
}
_WEIGHTS: Final = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_REGISTRY: Final = frozenset(str(n) for n in range(11, 24))
_KINDS: Final = frozenset(str(n) for n in (*range(11, 16), 21, 22, *range(31, 52), 71, 81, 85))
"""Of company: 11 stock, 14 limited, 21 association, 22 foundation, 31 and up by special law."""
_PLAIN_GAP: Final = re.compile(r"[ \-./_~·]{1,4}|[ ]?-[ ]?\n[ ]?|[ ]?\n[ ]?-[ ]?")


def rrn_checksum(values: str) -> bool:
    """(11 - sum mod 11) mod 10; for numbers given before 2020-10-05."""
    return (11 - _weighted(values) % 11) % 10 == int(values[12])


def alien_checksum(values: str) -> bool:
    """(13 - sum mod 11) mod 10, or the resident formula: sources differ, so either counts."""
    return (13 - _weighted(values) % 11) % 10 == int(values[12]) or rrn_checksum(values)


def corporate_checksum(values: str) -> bool:
    """Weights 1, 2 in turn; (10 - sum mod 10) mod 10."""
    total = sum(int(d) * (1 + k % 2) for k, d in enumerate(values[:12]))
    return (10 - total % 10) % 10 == int(values[12])


def _weighted(values: str) -> int:
    return sum(int(d) * w for d, w in zip(values[:12], _WEIGHTS, strict=True))


@dataclass(frozen=True, slots=True, repr=False)
class Thirteen:
    """A stretch of 13 digits (15 with a four-digit year) and what may be said of it."""

    start: int  # in the view
    end: int
    values: str  # the 13 digits
    shape: str  # split (6-7), bare, long (8-7), odd (the date apart), loose (anything else)
    label: str
    glued: bool  # an ASCII letter, digit sign or underscore touches it
    long_year: int  # birth year as written, or 0

    @property
    def birth_year(self) -> int:
        """By the century digit."""
        return _CENTURY[self.values[6]] + int(self.values[:2])

    @property
    def dated(self) -> bool:
        """Whether the first six digits are a day of the century that digit seven names, not in the future."""
        year = self.birth_year
        if self.long_year and self.long_year != year:
            return False
        return year <= LATEST_BIRTH_YEAR and is_date(year, int(self.values[2:4]), int(self.values[4:6]))

    @property
    def likely_age(self) -> bool:
        """Whether a living person may have it."""
        return self.birth_year >= _OLDEST_LIKELY

    @property
    def registry_code(self) -> bool:
        """Whether the first six digits are a registry office and a kind of company."""
        return self.values[:2] in _REGISTRY and self.values[4:6] in _KINDS


def thirteens(view: View) -> Iterator[Thirteen]:
    """Every stretch that could be one of the three numbers, by shape only."""
    found = view.memo.get("thirteens")
    if found is None:
        found = [t for c in clusters(view, 13) for t in _of_cluster(view, c)]
        view.memo["thirteens"] = found
    yield from found


def _of_cluster(view: View, cluster: Cluster) -> Iterator[Thirteen]:
    for a, b in cluster.candidates(15):
        if cluster.layout(a, b) == (8, 7) or _date_layout(cluster, a, b):
            values = cluster.values[a + 2 : b]
            start, end = cluster.span(a, b)
            year = int(cluster.values[a : a + 4])
            yield Thirteen(start, end, values, "long", label_of(view, start, end), _glued(cluster, a, b), year)
    for a, b in cluster.candidates(13):
        layout = cluster.layout(a, b)
        seps = cluster.separators(a, b)
        if any("," in s for s in seps) and layout != (6, 7):
            continue
        if layout == (13,):
            shape = "bare"
        elif layout == (6, 7):
            shape = "split"
        else:
            shape = "odd" if _born_apart(layout) and all(_PLAIN_GAP.fullmatch(s) for s in seps) else "loose"
        if shape == "bare" and _money(cluster, a):
            continue
        start, end = cluster.span(a, b)
        yield Thirteen(start, end, cluster.values[a:b], shape, label_of(view, start, end), _glued(cluster, a, b), 0)


def _born_apart(layout: tuple[int, ...]) -> bool:
    """The birth date is one group, three pairs or six single digits: 80 01 01 - 1234567, 8 0 0 1 …"""
    return layout[0] == 6 or layout[:3] == (2, 2, 2) or layout == (1,) * 13


def _money(cluster: Cluster, a: int) -> bool:
    """The tail of 14,6202015135516 in a table that lost its columns."""
    return a > 0 and cluster.gaps[a] == "," and (a < 4 or any(cluster.gaps[k] for k in range(a - 3, a)))


def _date_layout(cluster: Cluster, a: int, b: int) -> bool:
    return cluster.layout(a, b) == (4, 2, 2, 7) and all(s in ".-/" or s == ". " for s in cluster.separators(a, b)[:2])


def _glued(cluster: Cluster, a: int, b: int) -> bool:
    before, after = cluster.before(a), cluster.after(b)
    if before == "/" and not cluster.before(a, 2)[:1].isascii():  # 김○○/900101-1234567, no address of a page
        before = ""
    tight = not cluster.gaps[a] if a else True
    return (tight and bool(before) and before.isascii() and (before.isalnum() or before in "_#$=@/%")) or (
        bool(after) and after.isascii() and (after.isalpha() or after in "_@%")
    )


def personal(t: Thirteen, view: View, own: str, checksum: bool) -> tuple[int, tuple[str, ...]] | None:
    """Score and evidence that this is a person's number, or None when evidence excludes it.

    `own` is the label of the type asked about ("rrn" or "alien"); the caller has checked the century digit.
    """
    labelled = t.label in ("rrn", "alien") or near(view, t.start, t.end, own)
    if not t.dated:  # named as one, a number of a year to come is a slip of the century digit
        day = is_date(2000, int(t.values[2:4]), int(t.values[4:6])) and not t.long_year
        return (870_000, (f"context:{own}", "century")) if day and t.label == own else None
    evidence = ["date"]
    if checksum:
        evidence.append("checksum")
    if labelled and t.label not in ("corp",):
        return 990_000 if checksum else 960_000, (*evidence, f"context:{own}")
    if t.birth_year < 1900 and (t.shape != "split" or t.label or t.registry_code or t.glued):
        return None
    if t.label == "corp":
        if corporate_checksum(t.values) or not checksum or not t.likely_age:
            return None
        return 500_000, (*evidence, "against:corp")
    if t.glued and not (t.shape == "split" and (checksum or _marked(view, t))):
        return None
    stranger = _stranger(view, t)
    if stranger and not (t.shape == "split" and (checksum or stranger != "other")):
        return None
    if stranger == "account":
        return 450_000, (*evidence, "against:account")
    if t.registry_code and corporate_checksum(t.values) and not t.likely_age:
        return None
    if t.shape == "split":
        return 950_000 if checksum else 880_000, tuple(evidence)
    if t.shape == "long":
        return (900_000 if checksum else 700_000), tuple(evidence)
    if t.shape == "bare":
        if not t.likely_age and not checksum:
            return None
        if _epoch(t.values) and not checksum:
            return 520_000, (*evidence, "maybe:epoch")
        return 900_000 if checksum else 750_000, tuple(evidence)
    if t.shape == "loose":
        return None
    return 850_000 if checksum else 650_000, (*evidence, "layout")


def _marked(view: View, t: Thirteen) -> bool:
    """Whether only marks touch the number (file_900101-1234567.jpg, id=…): no letter or digit makes it a longer code."""
    before, behind = view.text[max(t.start - 1, 0) : t.start], view.text[t.end : t.end + 1]
    return t.likely_age and not any(c.isascii() and c.isalnum() for c in (before, behind) if c)


def _stranger(view: View, t: Thirteen) -> str:
    """The label right before the number that says it is something else, or "". A phone, a business number or a customs
    code has fewer digits and a card more, so their labels say nothing; an account may have thirteen."""
    if t.label not in ("other", "account") or not direct(view, t.start, t.label):
        return ""
    return "" if t.label == "other" and not is_thing(view, t.start) else t.label


def _epoch(values: str) -> bool:
    """Milliseconds since 1970 between 2017 and 2030 begin so."""
    return "1500000000000" <= values < "1900000000000"
