"""HEALTH_INSURANCE, health-insurance certificate number (건강보험증번호): eleven digits that look like a mobile number.

Criteria: an insurance label, then 10 to 12 digits, with or without marks. Score .93. Evidence: context:health.
"""

from __future__ import annotations

from collections.abc import Iterator

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labelled import digits, matches, pattern
from anonymizers.gate import K_SHORT
from anonymizers.normalize import View

_RULE = pattern(
    r"(?:건강|의료)\s?보험\s?(?:증|카드)?\s?(?:고유|가입자)?\s?(?:번호)?|건보\s?(?:증)?\s?(?:번호)?|보험증\s?(?:번호)?",
    digits(10, 12),
)


def find(view: View) -> Iterator[Hit]:
    """Hits of type HEALTH_INSURANCE in a view."""
    for start, end in matches(view, _RULE, "health"):
        yield Hit(start, end, "HEALTH_INSURANCE", 930_000, ("context:health",))


HEALTH_INSURANCE = Recognizer("health_insurance", ("HEALTH_INSURANCE",), K_SHORT, find)
