# ruff: noqa: E501 - patterns read better on long lines
"""BIRTH_DATE, date of birth of a person.

Criteria
1. A date that exists (1990-01-01, 90.1.1, 1990년 1월 1일, 19900101, 900101; spelled or full-width) with evidence of birth:
   a label before it (생년월일, 생일, 출생, DOB …) or 생, 출생, 태어 behind it.
2. A year of birth: 90년생, 1990년생 (생 belongs to it), 1990년 출생.
3. Month and day only with the label 생일.
4. Six or eight digits that are a date, then a sex (910405, 여).
5. The front of a masked resident number (900101-1******): birth date and sex remain in it.
6. A whole date at some distance behind the label (생년월일 부탁드려요 … 900101입니다), or behind 양력, 음력 up to 2015.
Behind a person's name a date is found with the name (anonymizers/beside_names.py).

Score .8 to .97. Evidence: context:birth, suffix:생, masked-rrn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.numbers import DIGIT, in_figures, is_date
from anonymizers.gate import K_BIRTH, K_NUM
from anonymizers.normalize import SPELLED, View

_D: Final = f"[{DIGIT}]"
_DATE: Final = (
    r"(?P<y>(?:19|20)[0-9]{2}|'?[0-9]{2})\s?(?:[년年](?:\s?[음양]력)?|[.\-/·,])\s{0,2}(?P<m>[0-9]{1,2})\s?(?:[월月]|[.\-/·,])\s{0,2}"
    r"(?P<d>[0-9]{1,2})(?:\s?[일日])?"
)
_PACKED: Final = rf"(?P<p>(?:19|20|[일一]구|[이二][공영〇]|一九){_D}{{6}}|{_D}{{6}})"
_LABEL: Final = (
    r"생\s?년\s?월\s?일|(?<![발재])생\s?일|출생\s?(?:일자|일시|[년연]\s?월\s?일|일|연도|년도)?|탄생일|태어난\s?(?:날|해|년도|연도)?|d\.?o\.?b\.?|birth[\s_]?(?:day|date)?|date[\s_]?of[\s_]?birth"
    r"|생년|born(?:\s?on)?"
)
_LINK: Final = r"(?:\s앞\s?(?:여섯|6)\s?자리)?\s?(?:\([^()\n]{0,10}\))?\s?(?:은|는|이(?![공영][공영일이]|천)|가|을|를|:|=|-|\||>)?\s{0,3}(?:음력|양력|\((?:음|양)\))?\s?[\[(]?\s?"
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_ENGLISH: Final = (
    rf"(?:[0-9]{{1,2}}(?:st|nd|rd|th)?\s{_MONTH},?\s|{_MONTH}\s[0-9]{{1,2}}(?:st|nd|rd|th)?,?\s)(?:19|20)[0-9]{{2}}"
)
_LABELLED: Final = re.compile(
    rf"(?:{_LABEL})[\"']?{_LINK}[\"']?(?:{_DATE}|(?P<e>{_ENGLISH}|[0-3][0-9](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:19|20)[0-9]{{2}})|(?P<s>(?:19|20|일구|이[공영]){_D}{{2}} {_D}{{1,2}} {_D}{{1,2}}|[0-3]?[0-9](?P<mark>[/.\-])[0-3]?[0-9](?P=mark)(?:19|20)[0-9]{{2}})|(?P<spread>[0-9](?: [0-9]){{5}}(?! [0-9]))|{_PACKED}|(?P<ym>(?:19|20)?\d{{2}}년(?:\s?\d{{1,2}}월)?))(?![0-9])"
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
    r"(?<![0-9~\-])(?P<v>(?:(?:19|20)\d{2}|'?\d{2}|[공영일이삼사오육칠팔구]{2}|(?<![가-힣])[이삼사오육칠팔구]?십[일이삼사오육칠팔구]?)\s?년\s?(?:\d{1,2}\s?월\s?)?생)(?![활산명존물])"
    r"|(?<![0-9])(?P<w>(?:19|20)\d{2}\s?년(?:\s?\d{1,2}\s?월)?)\s?(?:출생(?![아률율자신통인])|에\s?태어)"
)
_BIRTH: Final = re.compile(r"생|출생|태어")
_SPREAD: Final = re.compile(  # 2 0 0 1 . 0 2 . 0 3
    rf"(?:생\s?년(?:\s?월(?:\s?일)?)?|{_LABEL}){_LINK}(?P<v>(?:1 9|2 0) [0-9] [0-9] ?[.\-/년] ?(?P<m>[01] [0-9]) ?[.\-/월] ?(?P<d>[0-3] [0-9]))(?![0-9]| [0-9])"
)
_LAST_DOT: Final = re.compile(r"\.(?![0-9])")
_NUMERAL: Final = "일이삼사오육칠팔구一二三四五六七八九"
_SPOKEN: Final = (
    rf"(?:천\s?구백\s?[{_NUMERAL}십十]{{0,4}}|이천\s?[{_NUMERAL}십十]{{0,3}}|[{_NUMERAL}]?[십十][{_NUMERAL}]?|[공영〇零{_NUMERAL}]{{2,4}})\s?[년年](?:도|에)?\s?"
    rf"(?:[십十][일이一二]?|[일一공영〇][공영〇{_NUMERAL}]|[{_NUMERAL}유시])\s?[월月]\s?(?:(?:[이삼二三]?[십十][{_NUMERAL}]?|[공영〇일이삼一二三][공영〇{_NUMERAL}]|[{_NUMERAL}])\s?[일日]|초?(?:하루|이틀|사흘|나흘|닷새|엿새|이레|여드레|아흐레|열흘)|보름|그믐)"
)
_LUNAR: Final = re.compile(
    rf"(?:양력|음력)\s?(?:생일)?(?:으로|은|는|:)?\s{{0,2}}(?:{_DATE}|{_PACKED}|(?P<s>{_SPOKEN}))(?![0-9])"
)
_LATEST: Final = 2015  # of a date that 양력 or 음력 alone makes a birth date: later ones are feasts and events
_FAR: Final = re.compile(
    rf"(?:생\s?년\s?월\s?일|(?<![발재])생일|d\.?o\.?b\.?|birth[\s_]?da[yt]e?)(?!\s?생략|생)(?:[^0-9\n)]|\)(?![는은이가을를])){{1,36}}?(?:\n[^0-9\n]{{0,20}}?)?(?<![0-9a-z\-.,:/])(?:{_DATE}|{_PACKED})(?![0-9a-z]|[\-.,:/][0-9]|\s?(?:원|명|개|회|건|부터|까지|이후|이전|~))"
)
_SPOKEN_YEAR: Final = re.compile(rf"[공영〇零천십十백{_NUMERAL}]\s?[년年]")
_SPOKEN_LABELLED: Final = re.compile(
    rf"(?:{_LABEL}){_LINK}(?P<v>{_SPOKEN})|(?P<w>{_SPOKEN})\s?(?:생(?![가-힣])|생이|생입|출생|에\s?태어)"
)
_MASKED: Final = re.compile(r"(?<![0-9])\d{6}\s?-\s?(?:[1-8][*xX●○·]{4,6}|[*xX●○·]{6,7})(?![0-9*])")


_LABELS: Final = re.compile(r"born|생\s?년|생\s?일|출생|탄생|태어난|birth|d\.?o\.?b")
_HINT: Final = re.compile(r"born|[생출탄]|태어|birth|d\.?o\.?b|[양음]력")


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
    for m in _LABELLED.finditer(in_figures(view, lower=True)) if _LABELS.search(view.lower) else ():
        if m["spread"]:
            six = m["spread"].replace(" ", "")
            if is_date(2000, int(six[2:4]), int(six[4:])):
                yield Hit(*m.span("spread"), "BIRTH_DATE", 850_000, ("context:birth", "spread"))
        elif m["e"] or m["s"]:
            yield Hit(*m.span("e" if m["e"] else "s"), "BIRTH_DATE", 950_000, ("context:birth",))
        elif m["ym"] is not None:
            yield Hit(*m.span("ym"), "BIRTH_DATE", 850_000, ("context:birth",))
        elif _exists(m):
            yield Hit(*_span(m), "BIRTH_DATE", 970_000, ("context:birth",))
    for m in _SPOKEN_LABELLED.finditer(view.lower) if _SPOKEN_YEAR.search(view.text) else ():
        yield Hit(*(m.span("v") if m["v"] else m.span("w")), "BIRTH_DATE", 900_000, ("spoken", "context:birth"))
    for m in _DAY.finditer(view.text):
        yield Hit(*m.span("v"), "BIRTH_DATE", 800_000, ("context:birth",))
    for m in _LUNAR.finditer(view.text) if "력" in view.text else ():
        if m["s"]:
            yield Hit(*m.span("s"), "BIRTH_DATE", 800_000, ("context:calendar", "spelled"))
        elif _exists(m) and _year(m) <= _LATEST:
            yield Hit(*_span(m), "BIRTH_DATE", 800_000, ("context:calendar",))
    for m in _SPREAD.finditer(view.text) if "1 9" in view.text or "2 0" in view.text else ():
        if is_date(2000, int(m["m"].replace(" ", "")), int(m["d"].replace(" ", ""))):
            yield Hit(*m.span("v"), "BIRTH_DATE", 850_000, ("context:birth", "spread"))
    for m in _FAR.finditer(view.lower) if _LABELS.search(view.lower) else ():
        if _exists(m) and _year(m) <= _LATEST:
            yield Hit(*_span(m), "BIRTH_DATE", 780_000, ("context:birth", "apart"))
    for low, high in _around_birth(view.text):
        for m in _BORN.finditer(view.text, low, high):
            if _exists(m):
                yield Hit(*_span(m), "BIRTH_DATE", 950_000, ("suffix:생",))
        for m in _BORN_OTHER.finditer(view.text, low, high):
            yield Hit(*m.span("v"), "BIRTH_DATE", 800_000, ("suffix:생",))
        for m in _YEAR.finditer(view.text, low, high):
            yield Hit(*m.span("v" if m["v"] is not None else "w"), "BIRTH_DATE", 900_000, ("suffix:생",))
    for m in _BORN_AT.finditer(view.text) if "태어" in view.text or "출생" in view.text else ():
        if _exists(m):
            yield Hit(*_span(m), "BIRTH_DATE", 900_000, ("context:birth",))


def _around_birth(text: str) -> list[tuple[int, int]]:
    """Where 생, 출생 or 태어 stands, with as much around it as a date before it needs: a tenth of a window, mostly."""
    out: list[tuple[int, int]] = []
    for m in _BIRTH.finditer(text):
        low, high = max(m.start() - 40, 0), m.end() + 8
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], high)
        else:
            out.append((low, high))
    return out


def _span(m: re.Match[str]) -> tuple[int, int]:
    if m.groupdict().get("p") is not None:
        return m.span("p")
    end = m.end("d")
    tail = m.string[end : end + 2]
    if tail.lstrip(" ")[:1] in ("일", "日"):
        end += len(tail) - len(tail.lstrip(" ")) + 1
    elif _LAST_DOT.match(m.string, end) and " " in m.string[m.start("y") : end]:
        end += 1  # the last dot of 1990. 1. 1. belongs to the date (행정 효율과 협업 촉진 규정 시행규칙 2)
    elif m.string.startswith(".", end) and m.string.startswith("생", end + 1):
        end += 1
    return m.start("y"), end


def _year(m: re.Match[str]) -> int:
    """The four-digit year; two digits may be of either century, so they count as the earlier."""
    year = _number(m["y"]) if m.groupdict().get("p") is None else int("".join(SPELLED.get(c, c) for c in m["p"])[:-4])
    return year if year >= 100 else 1900 + year


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
