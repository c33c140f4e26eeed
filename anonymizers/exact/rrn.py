# ruff: noqa: E501 - patterns read better on long lines
"""RRN, resident registration number (주민등록번호). PIPA Art. 24 and 24-2: deleted at first touch, never mapped.

Criteria
1. Thirteen digits, plain, full-width, circled or spelled, with any marks between, that begin and end like a number; or
   fifteen with a four-digit year (19900101-1234567) that agrees with the century digit.
2. The first six are a day of the century named by the seventh (1, 2: 1900s; 3, 4: 2000s; 9, 0: 1800s, 6-7 or labelled).
3. The checksum raises the score and never clears: numbers given since 2020-10-05 are random in the last six digits.
4. Excluded by evidence: an impossible date; a future one, unless the label governs it; the label of a thing right before
   it (order, invoice, serial …) unless 6-7 in shape with a good checksum; letters or digits glued to it; a corporate
   registry code with its checksum and an impossible age. Labels of shorter numbers (phone, business, customs) exclude
   nothing; of an account or card, only what is not 6-7 in shape.
5. A 13-digit number labelled as corporate stays an RRN candidate only if the corporate checksum fails and the
   RRN's holds.

6. Two parts told apart (앞자리 900101, 뒷자리 1234567) are both hits; with the label so are 90년 1월 1일-1234567, the
   last seven digits by themselves, two parts on two lines without a hyphen, and a number in which O, o, l or I stands for a digit (9OO1O1-l234567).

Score .52 (could be a millisecond clock) to .99. Evidence: date, checksum, context:rrn, layout, against:corp,
maybe:epoch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labels import labels, near
from anonymizers.exact.numbers import is_date
from anonymizers.exact.resident import personal, rrn_checksum, thirteens
from anonymizers.gate import K_ID
from anonymizers.normalize import View

_APART: Final = re.compile(
    r"(?<![0-9])(?P<front>[0-9]{2}(?P<m>[0-9]{2})(?P<d>[0-9]{2}))(?![0-9])[^0-9\n]{1,14}(?:뒷|뒤)[^0-9\n]{0,10}(?P<back>[1-8][0-9]{6})(?![0-9])"
)
_FRONT_NAMED: Final = re.compile(r"앞\s?(?:[ 의]|자리|번호|6|여섯)")
_FRONT: Final = re.compile(
    r"주민\s?(?:등록)?\s?번호\s?앞\s?(?:자리|6자리|여섯\s?자리)\s?(?:은|는|이|가|:)?\s{0,2}"
    r"(?P<v>[0-9]{2}(?P<m>[0-9]{2})(?P<d>[0-9]{2}))(?![0-9]|[ ]?-)"
)
_BACK: Final = re.compile(
    r"주민\s?(?:등록)?\s?(?:번호)?\s?(?:의\s?)?(?:뒷|뒤)\s?(?:자리|번호|7\s?자리|일곱\s?자리)?\s?(?:은|는|이|가|:)?\s{0,2}(?P<v>[1-8][0-9]{6})(?![0-9]|[\-.,][0-9])"
)
_IN_WORDS: Final = re.compile(
    r"(?<![0-9])(?:19|20)?[0-9]{2}년[ ]?(?P<m>[0-9]{1,2})월[ ]?(?P<d>[0-9]{1,2})일?[ ]?-[ ]?[1-8][0-9]{6}(?![0-9])"
)

_TWO_LINES: Final = re.compile(
    r"(?<![0-9\-.])(?P<y>[0-9]{2})(?P<m>[0-9]{2})(?P<d>[0-9]{2})[ ]?\n[ ]?(?P<g>[1-8])[0-9]{6}(?![0-9]|[\-.,][0-9])"
)
_LOOKALIKE: Final = re.compile(
    r"(?<![A-Za-z0-9])(?=[0-9OolI]{0,6}[ ]?[\-~]?[ ]?[0-9OolI]{0,7}[OolI])"
    r"[0-9OolI]{6}[ ]?[\-~]?[ ]?[0-9OolI]{7}(?![A-Za-z0-9]|-[0-9])"
)
_AS_DIGITS: Final = str.maketrans("OolI", "0011", " -~")


def find(view: View) -> Iterator[Hit]:
    """Hits of type RRN in a view."""
    for t in thirteens(view):
        if t.values[6] not in "123490":
            continue
        verdict = personal(t, view, "rrn", rrn_checksum(t.values))
        if verdict:
            yield Hit(t.start, t.end, "RRN", *verdict)
    for m in _APART.finditer(view.text):
        if not is_date(2000, int(m["m"]), int(m["d"])):
            continue
        label = next((n for n in ("rrn", "alien") if near(view, m.start(), m.end(), n)), "")
        if label or _FRONT_NAMED.search(view.text, max(m.start() - 12, 0), m.start()):
            kind = "ALIEN_REG" if m["back"][0] in "5678" else "RRN"
            evidence = ("date", f"context:{label}", "apart") if label else ("date", "apart")
            yield Hit(*m.span("front"), kind, 900_000 if label else 850_000, evidence)
            yield Hit(*m.span("back"), kind, 900_000 if label else 850_000, evidence)
    for m in _FRONT.finditer(view.text) if "앞" in view.text else ():
        if is_date(2000, int(m["m"]), int(m["d"])):
            yield Hit(*m.span("v"), "BIRTH_DATE", 840_000, ("context:rrn", "apart"))
    for m in _BACK.finditer(view.text) if "뒤" in view.text or "뒷" in view.text else ():
        kind = "ALIEN_REG" if m["v"][0] in "5678" else "RRN"
        yield Hit(*m.span("v"), kind, 860_000, ("context:rrn", "apart"))
    for m in _TWO_LINES.finditer(view.text) if "\n" in view.text else ():
        label = next((n for n in ("rrn", "alien") if near(view, m.start(), m.end(), n, 20)), "")
        if label and is_date(2000, int(m["m"]), int(m["d"])):
            kind = "ALIEN_REG" if m["g"] in "5678" else "RRN"
            yield Hit(m.start(), m.end(), kind, 880_000, ("date", f"context:{label}", "line-break"))
    for m in _LOOKALIKE.finditer(view.text) if any(name == "rrn" for _, _, name in labels(view)) else ():
        values = m[0].translate(_AS_DIGITS)
        real = sum(c.isdigit() for c in m[0])
        if (
            real >= 8
            and values[6] in "12345678"
            and is_date(2000, int(values[2:4]), int(values[4:6]))
            and near(view, m.start(), m.end(), "rrn")
        ):
            yield Hit(m.start(), m.end(), "RRN", 860_000, ("date", "context:rrn", "look-alike"))
    for m in _IN_WORDS.finditer(view.text):
        if is_date(2000, int(m["m"]), int(m["d"])):
            yield Hit(m.start(), m.end(), "RRN", 850_000, ("date", "layout"))


RRN = Recognizer("rrn", ("RRN", "ALIEN_REG", "BIRTH_DATE"), K_ID, find)
