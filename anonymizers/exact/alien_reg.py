"""ALIEN_REG, alien registration or domestic residence report number (외국인등록번호, 국내거소신고번호). PIPA
Art. 24, Decree 19.

Criteria
1. The forms of RRN, with century digit 5, 6 (1900s), 7, 8 (2000s): a birth date that exists, six more digits.
2. Either known checksum formula raises the score; since 2020-10 none need hold, so a failing one clears nothing.
3. A label of an account, a corporate number or a thing lowers it, as for RRN.

Score .52 to .99. Evidence: date, checksum, context:alien, layout, against:corp, maybe:epoch.
"""

from __future__ import annotations

from collections.abc import Iterator

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.resident import alien_checksum, personal, thirteens
from anonymizers.gate import K_ID
from anonymizers.normalize import View


def find(view: View) -> Iterator[Hit]:
    """Hits of type ALIEN_REG in a view."""
    for t in thirteens(view):
        if t.values[6] not in "5678":
            continue
        verdict = personal(t, view, "alien", alien_checksum(t.values))
        if verdict:
            yield Hit(t.start, t.end, "ALIEN_REG", *verdict)


ALIEN_REG = Recognizer("alien_reg", ("ALIEN_REG",), K_ID, find)
