"""EMPLOYEE_NO, staff number (사번, 사원번호, 행번, 교번): no standard, so the label decides.

Criteria
1. A label, then 3 to 10 digits with up to five letters and a hyphen or space in front.
2. At some distance behind the label: six to ten digits, letters with a hyphen and digits, or spelled digits.
3. Further ones of the same form behind it.

Score .75 to .92. Evidence: context:employee, list, apart.
"""

from __future__ import annotations

from collections.abc import Iterator

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labelled import SPOKEN, apart, digits, far, listed, matches, pattern
from anonymizers.gate import K_SHORT
from anonymizers.normalize import View

_RULE = pattern(
    r"(?<![가-힣])(?:사번|직번)|(?:사원|직원|임직원|공무원|교직원)\s?번호|사원증\s?(?:번호)?|(?<![가-힣])(?:교번|행번)|employee[\s_]?(?:id|no\.?|num(?:ber)?)|emp(?:loyee)?[\s_]?(?:id|num(?:ber)?)|staff[\s_]?(?:id|no\.?|number)"
    r"|emp\.?[\s_]?no\.?",
    rf"(?:[a-z]{{1,5}}(?:[ ]?[\-_][ ]?|[ ](?=[0-9] ))?)?{digits(3, 10)}",
)

_FORM = r"[a-z]{1,4}-?[0-9]{3,8}(?:-[0-9]{1,5})?|[0-9]{5,10}(?:-[0-9]{1,4})?"
_FAR = apart(
    rf"[a-z]{{0,3}}-?[0-9]{{6,10}}|[a-z]{{1,3}}-?[0-9]{{4}}-[0-9]{{3,5}}|[a-z]{{1,2}}-[0-9]{{3,6}}|[0-9]{{4,6}}(?=번(?!째))|{SPOKEN}{{3,9}}"
)


def find(view: View) -> Iterator[Hit]:
    """Hits of type EMPLOYEE_NO in a view."""
    ends = []
    for start, end in matches(view, _RULE, "employee"):
        ends.append(end)
        yield Hit(start, end, "EMPLOYEE_NO", 920_000, ("context:employee",))
    for start, end in far(view, _FAR, "employee"):
        ends.append(end)
        yield Hit(start, end, "EMPLOYEE_NO", 750_000, ("context:employee", "apart"))
    for start, end in listed(view, ends, _FORM):
        yield Hit(start, end, "EMPLOYEE_NO", 750_000, ("context:employee", "list"))


EMPLOYEE_NO = Recognizer("employee_no", ("EMPLOYEE_NO",), K_SHORT, find)
