"""Generalisation: age to decade, address to si-gun-gu, date to year. None where nothing coarser is known to be true.

Every result is its own generalisation, so that a second pass changes nothing.
"""

from __future__ import annotations

import re
from typing import Final

_SIDO: Final = (
    r"(?:서울(?:특별시|시)?|부산(?:광역시|시)?|대구(?:광역시|시)?|인천(?:광역시|시)?|광주(?:광역시|시)?|대전(?:광역시|시)?"
    r"|울산(?:광역시|시)?|세종(?:특별자치시|시)?|경기(?:도)?|강원(?:특별자치도|도)?|충청?[남북]도|충[남북]|전라?[남북]도|전[남북]"
    r"|전북특별자치도|경상?[남북]도|경[남북]|제주(?:특별자치도|도)?|전남광주통합특별시)"
)
_DISTRICT: Final = r"[가-힣]{1,4}(?:시|군|구)"
_WARD: Final = r"(?:\s+[가-힣]{1,3}구(?![가-힣]))?"
_ADDRESS: Final = re.compile(rf"(?P<kept>{_SIDO}(?:\s*{_DISTRICT}(?![가-힣]))?{_WARD}|{_DISTRICT}(?![가-힣]){_WARD})")
_YEAR4: Final = re.compile(r"(?<!\d)(?P<year>(?:18|19|20)\d{2})(?=\D|\d{4}(?!\d)|$)")
_YEAR2: Final = re.compile(r"(?<!\d)['’]?(?P<year>\d{2})(?=\s*[년.\-/]|\d{4}(?!\d))")
_DECADE: Final = re.compile(r"(?:90대 이상|(?<!\d)[1-8]0대|10세 미만)")
_AGE: Final = re.compile(r"(?P<age>\d{1,3})\s*(?:세|살|대)?")
_TENS: Final = {
    "열": 10,
    "스물": 20,
    "스무": 20,
    "서른": 30,
    "마흔": 40,
    "쉰": 50,
    "예순": 60,
    "일흔": 70,
    "여든": 80,
    "아흔": 90,
}
_TENS_WORD: Final = re.compile("|".join(_TENS))
_SMALL_WORD: Final = re.compile(r"^(?:만\s*)?(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉)\s*(?:살|세)$")


def generalise(value: str, entity_type: str) -> str | None:
    """The coarser value, or None when the type has none or the value can't be read."""
    if entity_type == "AGE":
        return _age(value)
    if entity_type == "BIRTH_DATE":
        return _year(value)
    if entity_type == "ADDRESS":
        return _district(value)
    return None


def _age(value: str) -> str | None:
    if kept := _DECADE.search(value):
        return kept.group()
    if word := _TENS_WORD.search(value):
        return _decade(_TENS[word.group()])
    if _SMALL_WORD.match(value.strip()):
        return _decade(0)
    found = _AGE.search(value)
    return _decade(int(found["age"])) if found else None


def _decade(age: int) -> str:
    if age < 10:
        return "10세 미만"
    return f"{age // 10 * 10}대" if age < 90 else "90대 이상"


def _year(value: str) -> str | None:
    found = _YEAR4.search(value) or _YEAR2.search(value)
    born = "생" if value.rstrip().endswith("생") else ""
    return f"{found['year']}년{born}" if found else None


def _district(value: str) -> str | None:
    found = _ADDRESS.match(value.strip())
    return re.sub(r"\s+", " ", found["kept"]) if found else None
