# ruff: noqa: E501 - patterns read better on long lines
"""Short numbers that nothing but their label tells: shared by student, employee, military, insurance and postcode.

The number follows its label after at most a particle, a copula, brackets or punctuation (학번은 20201234, 사번(A-1234),
군번: 12-345678), or stands right before a bracketed label (20201234(학번)). It ends like a number; a counter behind it
(8자리, 3명, 2년) says that it is something else. `far` finds values of a form of their own at a distance from the label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from anonymizers.exact.labels import labels
from anonymizers.exact.numbers import without_word
from anonymizers.normalize import GAP_WORDS, SPELLED, View

_SPELLED: Final = "".join(SPELLED)
_READ_OUT: Final = "|".join(GAP_WORDS)
_LINK: Final = (
    r"(?:\s?\((?:[^()\n]{0,12})\))?(?:\s{0,2}</?[a-z0-9]{1,10}>){0,3}"
    r"(?:칸에|란에|칸에는|란에는|칸은|란은|은|는|이|가|을|를|도|의|만|란|라고|으로|로|이랑|랑)?(?:요)?[?,.]?\s{0,2}(?:그거|그게|음|어|각각|아마|현재|저는|제가|전|바로|보통|좀|다음과 같습니다|아래)?"
    r"[\s:=\-,.~>\[\]('\"|/#→]{0,5}(?:no\.?|번호)?[\s:=\-.('\"|]{0,3}"
)
_COUNTER: Final = r"(?!\s?(?:자리|글자|자\b|명|년|개|회|번째|학번|만(?=[ ]?(?:원|명|개|회|건|평|톤|대|여))|억|원|%|호봉|일|월|시간|시\b|분\b|쪽|페이지|학년))"


def pattern(labels: str, value: str) -> re.Pattern[str]:
    """`labels` then `value` (group v), or `value` then the label in brackets (group w). Matches on View.lower."""
    return re.compile(
        rf"(?:{labels}){_LINK}(?P<v>{value})(?![a-z0-9_])(?![\-.][0-9]|,[0-9]{{3}}(?![0-9])){_COUNTER}"
        rf"|(?<![a-z0-9_\-.])(?P<w>{value})\s?[(\[]\s?(?:{labels})"
    )


def matches(view: View, rule: re.Pattern[str], name: str) -> Iterator[tuple[int, int]]:
    """Ranges of the values that a rule finds, if the view holds a label of this name at all."""
    if not any(n == name for _, _, n in labels(view)):
        return
    for m in rule.finditer(view.lower):
        start, end = m.span("v") if m["v"] is not None else m.span("w")
        yield start, without_word(view, start, end)


_APART: Final = r"[^0-9\n]{0,24}?(?:\n[^0-9\n]{0,12}?)?"
_ALONE: Final = rf"(?![0-9a-z_@%])(?![\-.,:/][0-9]){_COUNTER}"


def apart(value: str, reach: str = _APART) -> re.Pattern[str]:
    """For far(): a value (group v) that stands alone within `reach` behind a label. Matches on View.lower."""
    return re.compile(rf"{reach}(?<![0-9a-z가-힣_\-.,:/@#])(?P<v>{value}){_ALONE}")


SPOKEN: Final = rf"[{_SPELLED}](?:(?:[ ]?[\-·][ ]?|[ ]?(?:{_READ_OUT})[ ]?|[ ])?[{_SPELLED}])"
"""Of apart(): a spelled digit, then as many more as the braces behind it say."""


def far(view: View, rule: re.Pattern[str], name: str) -> Iterator[tuple[int, int]]:
    """Ranges of the values that stand at some distance behind a label of this name (군번 아직도 외운다 12-76543210), with no
    other label between."""
    named = labels(view)
    for i, (_, end, label) in enumerate(named):
        if label != name:
            continue
        m = rule.match(view.lower, end)
        if m is None or (
            i + 1 < len(named) and named[i + 1][0] < m.start("v") and named[i + 1][2] not in (name, "other")
        ):
            continue
        start, end = m.span("v")
        yield start, without_word(view, start, end)


def listed(view: View, ends: Iterable[int], value: str) -> Iterator[tuple[int, int]]:
    """Ranges of further values of the same form behind those that end at `ends`: 2022-14-0831, 2023-08-1177."""
    rule = _listed(value)
    for end in ends:
        m = rule.match(view.lower, end)
        while m:
            yield m.span("v")
            m = rule.match(view.lower, m.end())


@cache
def _listed(value: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:[ ]?[,/·;→][ ]?|[ ](?:및|그리고)[ ]|[ ]?에서[ ])(?:[가-힣]{{2,4}}[ ])?(?P<v>{value}){_ALONE}"
    )


def digits(least: int, most: int) -> str:
    """A run of plain or of spelled digits that may be split by single hyphens, dots or spaces."""
    plain = rf"[0-9](?:(?:[ ]?[\-·~][ ]?|-\n|[. ])?[0-9]){{{least - 1},{most - 1}}}"
    spelled = rf"[{_SPELLED}](?:(?:[ ]?[\-·][ ]?|[ ]?(?:{_READ_OUT})[ ]?|[ ])?[{_SPELLED}]){{{least - 1},{most - 1}}}"
    return rf"(?:{plain}|{spelled}(?<!이(?=에요|예요|고|며|라|다|야|었|네)))"
