"""CUSTOMS_CODE, personal customs clearance code (개인통관고유부호).

Criteria
1. P and twelve digits, which may be spaced, hyphenated, full-width or spelled; nothing alphanumeric touches them.
2. Capital P is enough unless another kind of number is named right before it; p needs a customs label, so does the
   syllable 피, but for twelve plain digits behind it.
3. The check digit's rule is not public, so none is used.

Score .85 to .98. Evidence: shape, context:customs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labels import label_of, near
from anonymizers.exact.numbers import DIGIT
from anonymizers.gate import K_NUM
from anonymizers.normalize import View

_CODE = re.compile(rf"(?<![A-Za-z0-9_.])([Pp피])[ \-.]{{0,2}}(?:[{DIGIT}][ \-.]{{0,2}}){{11}}[{DIGIT}](?![0-9A-Za-z_])")

_PLAIN = re.compile(r"피[ ]?[0-9]{12}")
_LOOKALIKE = re.compile(r"(?<![A-Za-z0-9_.])[Pp](?P<v>[0-9OolI]{12})(?![0-9A-Za-z_])")
_TWO_LINES = re.compile(r"(?<![A-Za-z0-9_.])[Pp][0-9]{4,11}-?\n[0-9]{1,8}(?![0-9A-Za-z_]|[\-.,][0-9])")


def find(view: View) -> Iterator[Hit]:
    """Hits of type CUSTOMS_CODE in a view."""
    for m in _CODE.finditer(view.text):
        if view.digits(m.start(), m.end()).startswith("010"):  # H.P 010…
            continue
        label = label_of(view, m.start(), m.end())
        if label == "customs" or (m[1] == "피" and near(view, m.start(), m.end(), "customs", 24)):
            yield Hit(m.start(), m.end(), "CUSTOMS_CODE", 980_000, ("shape", "context:customs"))
        elif m[1] != "피" and near(view, m.start(), m.end(), "customs", 50):
            yield Hit(m.start(), m.end(), "CUSTOMS_CODE", 900_000, ("shape", "context:customs"))
        elif (m[1] == "P" and label != "other") or (m[1] == "피" and not label and _PLAIN.fullmatch(m[0])):
            yield Hit(m.start(), m.end(), "CUSTOMS_CODE", 870_000, ("shape",))
    for m in _LOOKALIKE.finditer(view.text):
        if any(c in "OolI" for c in m["v"]) and near(view, m.start(), m.end(), "customs"):
            yield Hit(m.start(), m.end(), "CUSTOMS_CODE", 870_000, ("look-alike", "context:customs"))
    for m in _TWO_LINES.finditer(view.text) if "\n" in view.text else ():
        if len(view.digits(m.start(), m.end())) == 12 and label_of(view, m.start(), m.end()) == "customs":
            yield Hit(m.start(), m.end(), "CUSTOMS_CODE", 880_000, ("shape", "context:customs", "line-break"))


CUSTOMS_CODE = Recognizer("customs_code", ("CUSTOMS_CODE",), K_NUM, find)
