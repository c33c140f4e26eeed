"""HEALTH_INSURANCE, health-insurance certificate number (건강보험증번호): eleven digits that look like a mobile number.

Criteria
1. An insurance label, then 10 to 12 digits, with or without marks, spelled or plain.
2. Eleven digits at some distance behind the label, and further ones behind those (… 에서 … 로).

Score .78 to .93. Evidence: context:health, apart, list.
"""

from __future__ import annotations

from collections.abc import Iterator

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labelled import SPOKEN, apart, digits, far, listed, matches, pattern
from anonymizers.gate import K_NUM, K_SHORT
from anonymizers.normalize import View

_RULE = pattern(
    r"(?:건강|의료)\s?보험\s?(?:증|카드)?\s?(?:고유|가입자)?\s?(?:번호)?|건보\s?(?:증)?\s?(?:번호)?|보험증\s?(?:번호)?|(?<![가-힣])증\s?번호|insurance[\s_]?(?:card[\s_]?)?(?:no\.?|num(?:ber)?|id)",
    digits(10, 12),
)

_FAR = apart(rf"[0-9]{{11}}|[0-9](?:[ \-]?[0-9]){{10}}|{SPOKEN}{{9,11}}")


def find(view: View) -> Iterator[Hit]:
    """Hits of type HEALTH_INSURANCE in a view."""
    ends = []
    for start, end in matches(view, _RULE, "health"):
        ends.append(end)
        yield Hit(start, end, "HEALTH_INSURANCE", 930_000, ("context:health",))
    for start, end in listed(view, ends, "[0-9]{11}"):
        yield Hit(start, end, "HEALTH_INSURANCE", 800_000, ("context:health", "list"))
    for start, end in far(view, _FAR, "health"):
        if view.text[start : start + 3] not in ("010", "011", "016", "017", "018", "019"):
            yield Hit(start, end, "HEALTH_INSURANCE", 780_000, ("context:health", "apart"))


HEALTH_INSURANCE = Recognizer("health_insurance", ("HEALTH_INSURANCE",), K_SHORT | K_NUM, find)
