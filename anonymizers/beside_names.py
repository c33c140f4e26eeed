# ruff: noqa: E501 - patterns read better on long lines
"""What a person's name vouches for right behind it: a date of birth, an age (목격자 표광수(61)는, 남보배 720923, 고만석, 56세).

Criteria
1. A date that exists, in brackets by itself: (86/06/28), (2008. 07. 28.), (840322).
2. A date without brackets up to 2012, as a cell of its own: `표라온 720923 …`, `표라온, 1960. 06. 03.`. Later ones are the dates
   of what people do.
3. Two digits in brackets that close, or go on with a mark: (61), (61·가명), (34, 여); or digits with 세 or 살 as a cell.

Score .75 to .85. Evidence: name, bracket.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from anonymizers.exact.numbers import is_date

_LATEST: Final = 2012
_REACH: Final = 4  # code points behind a name where what it vouches for may begin
_DATE: Final = (
    r"(?P<y>(?:19|20)[0-9]{2})(?:[.\-/][ ]?(?P<m>[0-9]{1,2})[.\-/][ ]?(?P<d>[0-9]{1,2})|년[ ]?(?P<m2>[0-9]{1,2})월[ ]?(?P<d2>[0-9]{1,2})일)"
    r"|(?P<y3>[0-9]{2})(?P<mark>[.\-/])[ ]?(?P<m3>[0-9]{1,2})(?P=mark)[ ]?(?P<d3>[0-9]{1,2})"
    r"|(?P<y4>(?:19|20)?[0-9]{2})(?P<m4>[0-9]{2})(?P<d4>[0-9]{2})"
)
_HONORIFIC: Final = r"(?:[ ]?(?:씨|님|군|양|옹|여사))?"
_IN_BRACKETS: Final = re.compile(rf"{_HONORIFIC}[ ]?[(\[][ ]?(?P<v>(?:{_DATE})\.?)(?:[ ]?생)?[ ]?[)\],]")
_TITLED: Final = re.compile(rf"[ ][가-힣]{{1,4}}\((?P<v>{_DATE}\.?)\)")
_AS_CELL: Final = re.compile(
    rf"{_HONORIFIC}(?P<gap>[ ]{{1,2}}|[ ]?[,/|][ ]?|\t)(?P<v>{_DATE})(?![0-9]|[\-/][0-9]|[ ]?[~∼])(?P<dot>\.(?=[ ]?[,/|)\n]|[ ]?$))?"
    r"(?P<after>[ ]?[,/|)\]\n\t\"']|[ ]?$|[ ]?생(?![가-힣])|[ ](?=[0-9]{2,3}[.\-])|(?=이[고며라다요]|입니다))?"
)
_AGE: Final = re.compile(
    rf"{_HONORIFIC}(?:[ ]?\((?P<v>[1-9][0-9])(?=\)|[,·/][ ]?[가-힣])|[ ]?[,/|·(][ ]?(?:만[ ]?)?(?P<w>[1-9]?[0-9](?:세|살))(?=[ ]?[,)/|·\n]|$))"
)
_BEGINS: Final = re.compile(rf"(?s:[ (,/|\t\[씨님군양옹여·].{{0,{_REACH + 2}}}?[0-9])")


class Beside(NamedTuple):
    """A value behind a name: code points [start, end) of the text."""

    start: int
    end: int
    type: str
    score_ppm: int
    evidence: tuple[str, ...]


def beside(text: str, end: int) -> Beside | None:
    """The date of birth or age behind the name that ends at `end`, if there is one."""
    if not _BEGINS.match(text, end):
        return None
    if (m := _IN_BRACKETS.match(text, end)) and _exists(m):
        stop = m.end("v") - (m["v"].endswith(".") and " " not in m["v"] and m["y"] is None)
        return Beside(m.start("v"), stop, "BIRTH_DATE", 850_000, ("name", "bracket"))
    if (m := _TITLED.match(text, end)) and _exists(m) and (len(_parts(m)[0]) < 4 or int(_parts(m)[0]) <= _LATEST):
        return Beside(*m.span("v"), "BIRTH_DATE", 750_000, ("name", "bracket"))
    if (m := _AS_CELL.match(text, end)) and _exists(m) and _is_cell(m):
        stop = m.end("v") + (1 if m["dot"] else 0)
        return Beside(m.start("v"), stop, "BIRTH_DATE", 750_000, ("name",))
    if m := _AGE.match(text, end):
        return Beside(*m.span("v" if m["v"] else "w"), "AGE", 850_000, ("bracket",))
    return None


def _parts(m: re.Match[str]) -> tuple[str, str, str]:
    for names in (("y", "m", "d"), ("y", "m2", "d2"), ("y3", "m3", "d3"), ("y4", "m4", "d4")):
        if all(m[name] for name in names):
            return m[names[0]], m[names[1]], m[names[2]]
    return "", "0", "0"


def _exists(m: re.Match[str]) -> bool:
    year, month, day = _parts(m)
    return bool(year) and is_date(int(year) if len(year) == 4 else 2000, int(month), int(day))


def _is_cell(m: re.Match[str]) -> bool:
    """Whether the date stands by itself and is no day of the last years."""
    year = _parts(m)[0]
    if len(year) == 4 and int(year) > _LATEST:
        return False
    if m["y4"] and len(year) == 2:  # six digits: by themselves they are a date of birth only as a whole word
        return m["after"] is not None or m.string[m.end("v") : m.end("v") + 1] in ("", " ", ",", "/", "|", ")", "\n")
    return m["after"] is not None or m["gap"].strip() != ""
