# ruff: noqa: E501 - patterns read better on long lines
"""STUDENT_NO, student number (학번): no standard, so the label decides.

Criteria
1. A label (학번, 학생번호, student id), then 5 to 10 digits, with up to two letters in front and hyphens inside; right before
   the label, or at some distance behind it: eight to ten.
2. Further ones of the same form behind it (학번 2022-14-0831, 2023-08-1177).
3. Eight to ten digits that begin with a year, between a department and a name (컴퓨터공학과 20191234 홍길동), or before
   the names of a roster (휴학 신청자 명단: 2019-18274 사공준).
4. Not one: `14학번`, a cohort.

Score .75 to .92. Evidence: context:student, context:department, list, apart, roster, year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labelled import SPOKEN, apart, digits, far, listed, matches, pattern
from anonymizers.gate import K_SHORT
from anonymizers.normalize import View

_RULE = pattern(
    r"학번|학생\s?번호|학생증\s?번호|student[\s_]?(?:id|no\.?|num(?:ber)?)|교육생\s?번호",
    rf"(?:[a-z]{{1,2}}-?)?{digits(5, 10)}",
)
_FORM = r"[a-z]{1,2}[0-9]{6,9}|(?:[a-z]{1,2}-?)?[0-9]{4,6}-[0-9]{1,4}-?[0-9]{2,6}|(?:19|20)[0-9]{6,8}|[0-9]{9,10}"
_FAR = apart(SPOKEN + r"{6,9}|[a-z]?(?:19|20)[0-9]{2}-[0-9]{4,6}|(?:19|20)[0-9]{6,8}|[0-9]{9,10}")
_BEFORE = re.compile(r"(?<![0-9a-z_\-.,])(?P<v>(?:19|20)[0-9]{6,8}|[0-9]{9,10})[ ]?학번")
_ON_ROSTER = re.compile(  # 휴학 신청자 명단: 2019-18274 사공준, 2021-10938 은다울
    r"(?:^|[:,·/]\s?|\s)(?P<v>(?:19[89]|20[0-3])[0-9]-?[0-9]{4,6})(?=\s[가-힣]{2,4}(?:[,./\s(]|$))"
)
_ROSTER = re.compile(
    r"(?:휴학|복학|재학|졸업|수강|수료|장학|신입)[가-힣]{0,3}\s?(?:신청)?[가-힣]{0,3}\s?(?:명단|명부|목록)|출석부"
)
_OF_DEPARTMENT = re.compile(
    r"[가-힣]{2,10}(?:학과|학부|전공)\s(?:[1-6]학년\s)?(?P<v>(?:19[89]|20[0-3])[0-9]{5,7})(?=\s?[가-힣]{2,4}(?![가-힣]))"
)


def find(view: View) -> Iterator[Hit]:
    """Hits of type STUDENT_NO in a view."""
    ends = []
    for start, end in matches(view, _RULE, "student"):
        ends.append(end)
        yield Hit(start, end, "STUDENT_NO", 920_000, ("context:student",))
    for start, end in listed(view, ends, _FORM):
        yield Hit(start, end, "STUDENT_NO", 800_000, ("context:student", "list"))
    for start, end in far(view, _FAR, "student"):
        yield Hit(start, end, "STUDENT_NO", 750_000, ("context:student", "apart"))
    for m in _BEFORE.finditer(view.lower) if "학번" in view.text else ():
        yield Hit(*m.span("v"), "STUDENT_NO", 850_000, ("context:student",))
    for roster in _ROSTER.finditer(view.text):
        for m in _ON_ROSTER.finditer(view.text, roster.end(), roster.end() + 120):
            yield Hit(*m.span("v"), "STUDENT_NO", 750_000, ("context:student", "roster"))
    for m in _OF_DEPARTMENT.finditer(view.text):
        yield Hit(*m.span("v"), "STUDENT_NO", 750_000, ("context:department", "year"))


STUDENT_NO = Recognizer("student_no", ("STUDENT_NO",), K_SHORT, find)
