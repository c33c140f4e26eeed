"""Generalisation: age to decade, address to si-gun-gu, date to year. None where nothing coarser is known to be true.

A birthday without a year has none, and neither has a date that may be read two ways (01/02/03). Addresses keep the
names of the list of regions as they are written, glued ones told apart. Every result is its own generalisation, in NFC
and in NFD, so that a second pass changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from anonymizers.asides import alike
from anonymizers.exact.regions import regions
from anonymizers.sounds import NO_INVISIBLE

_MONTH_DAY: Final = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_COARSE_YEAR: Final = re.compile(r"(?:(?:18|19|20)\d{2}|['’]?\d{2})\s*년(?:\s*생)?")
_YEAR4: Final = re.compile(rf"(?<!\d)(?P<year>(?:18|19|20)\d{{2}})(?:{_MONTH_DAY})?(?!\d)")
_YEAR2: Final = re.compile(
    rf"(?<!\d)(?:['’](?P<marked>\d{{2}})(?!\d)|(?P<named>\d{{2}})(?=\s*(?:년|생))|(?P<run>\d{{2}}){_MONTH_DAY}(?!\d))"
)
_PARTS: Final = re.compile(r"(?<![\d.])(\d{1,2})\s*([./-])\s*(\d{1,2})(?:\s*\2\s*(\d{1,2}))?(?!\d)")
_BORN: Final = re.compile(r"\s*생\Z")
_COARSE_AGE: Final = re.compile(r"(?:90대 이상|[1-9]0대|10세 미만)")
_DECADE: Final = re.compile(r"(?:90대 이상|(?<!\d)[1-8]0대|10세 미만)")
_MONTHS: Final = re.compile(r"(?P<months>\d{1,3})\s*개월")
_AGE: Final = re.compile(r"(?P<age>\d{1,3})\s*(?:세|살|대)?")
_TENS: Final = {
    "열": 10, "스물": 20, "스무": 20, "서른": 30, "마흔": 40, "쉰": 50, "예순": 60, "일흔": 70, "여든": 80, "아흔": 90,
}  # fmt: skip
_TENS_WORD: Final = re.compile("|".join(_TENS))
_SMALL_WORD: Final = re.compile(r"^(?:만\s*)?(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉)\s*(?:살|세)$")
_UNLISTED: Final = re.compile(r"[가-힣]{1,4}(?:시|군|구)(?![가-힣])")  # newer than the list
_GAP: Final = re.compile(r"[\s,]*")
_NO_NAME_BEHIND: Final = re.compile(r"대?[로길]")  # 구로구 남구로 12: a road is no district
_LONGEST_NAME: Final = 10


def generalise(value: str, entity_type: str) -> str | None:
    """The coarser value in the form (NFC, NFD) of `value`, or None: the type has none, or the value can't be read."""
    read = _READERS.get(entity_type)
    if read is None:
        return None
    plain = unicodedata.normalize("NFKC", value).translate(NO_INVISIBLE).strip()
    coarse = read(plain)
    if coarse is None:
        return None
    return value if coarse == plain else alike(coarse, value)


def _age(value: str) -> str | None:
    if _COARSE_AGE.fullmatch(value):
        return value
    if kept := _DECADE.search(value):
        return kept.group()
    if word := _TENS_WORD.search(value):
        return _decade(_TENS[word.group()])
    if _SMALL_WORD.match(value):
        return _decade(0)
    if months := _MONTHS.search(value):
        return _decade(int(months["months"]) // 12)
    found = _AGE.search(value)
    return _decade(int(found["age"])) if found else None


def _decade(age: int) -> str:
    if age < 10:
        return "10세 미만"
    return f"{age // 10 * 10}대" if age < 90 else "90대 이상"


def _year(value: str) -> str | None:
    if _COARSE_YEAR.fullmatch(value):
        return value
    born = _BORN.search(value)
    year = _stated_year(value)
    return f"{year}년{born.group() if born else ''}" if year else None


def _stated_year(value: str) -> str | None:
    """Four or two digits that can only be the year; Koreans write year, month, day, and others may not."""
    if found := _YEAR4.search(value):
        return found["year"]
    if found := _YEAR2.search(value):
        return found["marked"] or found["named"] or found["run"]
    if (found := _PARTS.search(value)) is None:
        return None
    first, separator, second, third = found.groups()
    if len(first) == 2 and int(first) > 31 and 1 <= int(second) <= 12:
        return first  # 90.3.2, 90/3
    if third is None or len(third) != 2:
        return first if third and len(first) == 2 and separator == "." and int(second) <= 12 else None
    if int(third) > 31 or int(second) > 12:
        return third if int(first) <= 31 and int(second) <= 31 else None  # 01/02/90, 12/25/01
    return first if len(first) == 2 and separator == "." else None


def _district(value: str) -> str | None:
    """The province, city, county and district that a value begins with."""
    kept: list[str] = []
    at = 0
    while len(kept) < 3:
        gap = _GAP.match(value, at)
        at = gap.end() if gap else at
        name = _name_at(value, at, kept)
        if not name:
            break
        kept.append(name)
        at += len(name)
    return " ".join(kept) or None


def _name_at(value: str, at: int, kept: list[str]) -> str:
    """The longest name of a region at `at` that may follow those in `kept`; "" where there is none."""
    known = regions()
    word = value[at : at + _LONGEST_NAME]
    for length in range(len(word), 1, -1):
        name = word[:length]
        district = name in known.district_names
        if not district and (kept or name not in known.province_names):
            continue
        if kept and not _below(name, kept[-1]):
            continue
        behind = value[at + length : at + length + 2]
        glued = not district and name[-1] not in "시도" and "가" <= behind[:1] <= "힣"
        if glued and not _name_at(value, at + length, [name]):
            continue  # 서울 is written alone, or a district stands glued behind it (서울강남구)
        if not _NO_NAME_BEHIND.match(behind):
            return name
    found = _UNLISTED.match(value, at)
    return found.group() if found and (not kept or _below(found.group(), kept[-1])) else ""


def _below(name: str, upper: str) -> bool:
    """Whether a region may lie in another by their kinds: cities, counties and districts in a province, districts in a
    city."""
    if upper in regions().province_names:
        return name[-1] in "시군구"
    return upper.endswith("시") and name.endswith("구")


_READERS: Final[dict[str, Callable[[str], str | None]]] = {"AGE": _age, "BIRTH_DATE": _year, "ADDRESS": _district}
