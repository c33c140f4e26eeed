# ruff: noqa: E501 - patterns read better on long lines
"""CORPORATE_REG, corporate registration number (법인등록번호): not personal by itself, but it looks like an RRN.

Criteria
1. Thirteen digits, 6-7 or bare.
2. A corporate label governs it; or it begins with a registry office and a kind of company, its check digit holds, and as
   an RRN its date or century is impossible.
3. If the label says corporate, the corporate checksum fails and the RRN's holds, the action is the RRN's: what waits for
   review is masked.

Score .85 to .98. Evidence: context:corp, checksum, registry, no-rrn.
"""

from __future__ import annotations

from collections.abc import Iterator

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.resident import corporate_checksum, rrn_checksum, thirteens
from anonymizers.gate import K_NUM
from anonymizers.normalize import View


def find(view: View) -> Iterator[Hit]:
    """Hits of type CORPORATE_REG in a view."""
    for t in thirteens(view):
        if (t.shape not in ("split", "bare") and t.label != "corp") or len(set(t.values)) == 1:
            continue
        checksum = corporate_checksum(t.values)
        if t.label == "corp":
            doubtful = not checksum and t.dated and t.likely_age and rrn_checksum(t.values)
            evidence = ("context:corp", "checksum") if checksum else ("context:corp",)
            yield Hit(
                t.start, t.end, "CORPORATE_REG", 980_000 if checksum else 880_000, evidence, "RRN" if doubtful else ""
            )
        elif t.registry_code and checksum and not t.label and not t.glued and not (t.dated and t.likely_age):
            yield Hit(t.start, t.end, "CORPORATE_REG", 850_000, ("registry", "checksum", "no-rrn"))


CORPORATE_REG = Recognizer("corporate_reg", ("CORPORATE_REG",), K_NUM, find)
