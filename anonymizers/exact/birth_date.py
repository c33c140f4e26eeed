# ruff: noqa: E501 - patterns read better on long lines
"""BIRTH_DATE, date of birth of a person.

Criteria
1. A date that exists (1990-01-01, 90.1.1, 1990년 1월 1일, 19900101, 900101; spelled or full-width) with evidence of birth:
   a label before it (생년월일, 생일, 출생, DOB …) or 생, 출생, 태어 behind it.
2. A year of birth: 90년생, 1990년생 (생 belongs to it), 1990년 출생.
3. Month and day only with the label 생일.
4. Six or eight digits that are a date, then a sex (910405, 여).
5. The front of a masked resident number (900101-1******): birth date and sex remain in it.

Score .8 to .97. Evidence: context:birth, suffix:생, masked-rrn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.numbers import DIGIT, is_date
from anonymizers.gate import K_BIRTH, K_NUM
from anonymizers.normalize import SPELLED, View

_D: Final = f"[{DIGIT}]"
_DATE: Final = (
    r"(?P<y>(?:19|20)[0-9]{2}|'?[0-9]{2})\s?(?:년(?:\s?[음양]력)?|[.\-/·,])\s{0,2}(?P<m>[0-9]{1,2})\s?(?:월|[.\-/·,])\s{0,2}"
    r"(?P<d>[0-9]{1,2})(?:\s?일)?"
)
_PACKED: Final = rf"(?P<p>(?:19|20){_D}{{6}}|{_D}{{6}})"
_LABEL: Final = (
    r"생\s?년\s?월\s?일|(?<![발재])생\s?일|출생\s?(?:일자|[년연]\s?월\s?일|일|연도|년도)?|탄생일|태어난\s?(?:날|해|년도|연도)?|d\.?o\.?b\.?|birth[\s_]?(?:day|date)?|date[\s_]?of[\s_]?birth"
    r"|생년|born(?:\s?on)?"
)
_LINK: Final = (
    r"\s?(?:\([^()\n]{0,10}\))?\s?(?:은|는|이|가|을|를|:|=|-|\||>)?\s{0,3}(?:음력|양력|\((?:음|양)\))?\s?[\[(]?\s?"
)
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_ENGLISH: Final = (
    rf"(?:[0-9]{{1,2}}(?:st|nd|rd|th)?\s{_MONTH},?\s|{_MONTH}\s[0-9]{{1,2}}(?:st|nd|rd|th)?,?\s)(?:19|20)[0-9]{{2}}"
)
_LABELLED: Final = re.compile(
    rf"(?:{_LABEL})[\"']?{_LINK}[\"']?(?:{_DATE}|(?P<e>{_ENGLISH})|(?P<s>(?:19|20)[0-9]{{2}} [0-9]{{1,2}} [0-9]{{1,2}}|[0-3]?[0-9](?P<mark>[/.\-])[0-3]?[0-9](?P=mark)(?:19|20)[0-9]{{2}})|{_PACKED}|(?P<ym>(?:19|20)?\d{{2}}년(?:\s?\d{{1,2}}월)?))(?![0-9])"
)
_SEXED: Final = re.compile(
    r"(?<![0-9.\-])(?P<p>[0-9]{6}|(?:19|20)[0-9]{6})[ ]?[,/(·|][ ]?(?:남|여)(?:성|자)?(?![가-힣])"
)
_DAY: Final = re.compile(
    r"(?<![발재])생일\s?(?:은|는|이|가|:)?\s?(?:음력|양력)?\s?(?P<v>\d{1,2}\s?월\s?\d{1,2}\s?일|\d{1,2}/\d{1,2})"
)
_BORN: Final = re.compile(
    rf"(?<![0-9.\-/])(?:{_DATE}|{_PACKED})\s?\.?\s?\)?\s?(?:생(?![가-힣])|생\(|생이|생인|생으로|생입|생으|생의|(?:에\s?)?출생|에\s?태어|태어|\((?:음|양|음력|양력)\)\s?생)"
)
_BORN_AT: Final = re.compile(  # 1982년 3월 4일 서울에서 태어났다
    rf"(?<![0-9.\-/]){_DATE},?\s(?:[^0-9.!?\n]{{2,24}}?(?:에서|의)\s)(?:[^0-9.!?\n]{{2,16}}?(?:으로|로)\s)?(?:태어[났나난]|출생(?:했|하|한))"
)
_BORN_OTHER: Final = re.compile(r"(?<![0-9.\-/])(?P<v>\d{1,2}\s?월\s?\d{1,2}\s?일)\s?생(?![가-힣활명산일물사선])")
_YEAR: Final = re.compile(
    r"(?<![0-9~\-])(?P<v>(?:(?:19|20)\d{2}|'?\d{2}|[공영일이삼사오육칠팔구]{2})\s?년\s?(?:\d{1,2}\s?월\s?)?생)(?![활산명존물])"
    r"|(?<![0-9])(?P<w>(?:19|20)\d{2}\s?년(?:\s?\d{1,2}\s?월)?)\s?(?:출생(?![아률율자신통인])|에\s?태어)"
)
_LAST_DOT: Final = re.compile(r"\.(?![0-9])")
_SPOKEN: Final = (
    r"(?:천\s?구백\s?[일이삼사오육칠팔구십]{0,4}|이천\s?[일이삼사오육칠팔구십]{0,3}|[공영일이삼사오육칠팔구]{2,4})\s?년(?:도|에)?\s?"
    r"(?:십[일이]?|[일이삼사오육유칠팔구시])\s?월\s?(?:[이삼]?십[일이삼사오육칠팔구]?|[일이삼사오육칠팔구])\s?일"
)
_SPOKEN_YEAR: Final = re.compile(r"[공영천일이삼사오육칠팔구십백]\s?년")
_SPOKEN_LABELLED: Final = re.compile(
    rf"(?:{_LABEL}){_LINK}(?P<v>{_SPOKEN})|(?P<w>{_SPOKEN})\s?(?:생(?![가-힣])|생이|생입|출생|에\s?태어)"
)
_MASKED: Final = re.compile(r"(?<![0-9])\d{6}\s?-\s?(?:[1-8][*xX●○·]{4,6}|[*xX●○·]{6,7})(?![0-9*])")


_LABELS: Final = re.compile(r"born|생\s?년|생\s?일|출생|탄생|태어난|birth|d\.?o\.?b")
_HINT: Final = re.compile(r"born|[생출탄]|태어|birth|d\.?o\.?b")


def find(view: View) -> Iterator[Hit]:
    """Hits of type BIRTH_DATE in a view."""
    if any(mark in view.text for mark in "*xX●○·"):
        for m in _MASKED.finditer(view.text):
            if is_date(2000, int(m[0][2:4]), int(m[0][4:6])):
                yield Hit(m.start(), m.end(), "BIRTH_DATE", 900_000, ("masked-rrn",))
    for m in _SEXED.finditer(view.text) if "남" in view.text or "여" in view.text else ():
        values = m["p"]
        if is_date(2000 if len(values) == 6 else int(values[:4]), int(values[-4:-2]), int(values[-2:])):
            yield Hit(*m.span("p"), "BIRTH_DATE", 850_000, ("sex",))
    if not _HINT.search(view.lower):
        return
    for m in _LABELLED.finditer(view.lower) if _LABELS.search(view.lower) else ():
        if m["e"] or m["s"]:
            yield Hit(*m.span("e" if m["e"] else "s"), "BIRTH_DATE", 950_000, ("context:birth",))
        elif m["ym"] is not None:
            yield Hit(*m.span("ym"), "BIRTH_DATE", 850_000, ("context:birth",))
        elif _exists(m):
            yield Hit(*_span(m), "BIRTH_DATE", 970_000, ("context:birth",))
    for m in _SPOKEN_LABELLED.finditer(view.lower) if _SPOKEN_YEAR.search(view.text) else ():
        yield Hit(*(m.span("v") if m["v"] else m.span("w")), "BIRTH_DATE", 900_000, ("spoken", "context:birth"))
    for m in _DAY.finditer(view.text):
        yield Hit(*m.span("v"), "BIRTH_DATE", 800_000, ("context:birth",))
    for m in _BORN.finditer(view.text):
        if _exists(m):
            yield Hit(*_span(m), "BIRTH_DATE", 950_000, ("suffix:생",))
    for m in _BORN_AT.finditer(view.text) if "태어" in view.text or "출생" in view.text else ():
        if _exists(m):
            yield Hit(*_span(m), "BIRTH_DATE", 900_000, ("context:birth",))
    for m in _BORN_OTHER.finditer(view.text):
        yield Hit(*m.span("v"), "BIRTH_DATE", 800_000, ("suffix:생",))
    for m in _YEAR.finditer(view.text):
        yield Hit(*(m.span("v") if m["v"] is not None else m.span("w")), "BIRTH_DATE", 900_000, ("suffix:생",))


def _span(m: re.Match[str]) -> tuple[int, int]:
    if m.groupdict().get("p") is not None:
        return m.span("p")
    end = m.end("d")
    tail = m.string[end : end + 2]
    if tail.startswith("일") or tail == " 일":
        end += tail.index("일") + 1
    elif _LAST_DOT.match(m.string, end) and " " in m.string[m.start("y") : end]:
        end += 1  # the last dot of 1990. 1. 1. belongs to the date (행정 효율과 협업 촉진 규정 시행규칙 2)
    elif m.string.startswith(".", end) and m.string.startswith("생", end + 1):
        end += 1
    return m.start("y"), end


def _number(text: str) -> int:
    return int("".join(SPELLED.get(c, c) for c in text if c != "'"))


def _exists(m: re.Match[str]) -> bool:
    if m.groupdict().get("p") is not None:
        packed = "".join(SPELLED.get(c, c) for c in m["p"])
        year, month, day = int(packed[:-4]), int(packed[-4:-2]), int(packed[-2:])
    else:
        year, month, day = _number(m["y"]), _number(m["m"]), _number(m["d"])
    return is_date(2000 if year < 100 else year, month, day)


BIRTH_DATE = Recognizer("birth_date", ("BIRTH_DATE",), K_BIRTH | K_NUM, find)
