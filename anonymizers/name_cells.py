"""Names in the columns of a table whose header says that they are: CSV, semicolons, tabs, Markdown pipes.

Criteria
1. A header: a line of two cells or more, no cell longer than 16 letters or with a digit, one a label of names by
   itself (성명, 이름, 예금주; beside these and in the first line of a text 수취인, 담당자, name …).
2. The lines right below with as many cells; a cell under the label is a name if it is two to four syllables, or so many
   letters apart, that begin with a surname and are no ordinary word of level 3.
3. Under 이름 alone only where no column counts or prices goods (이름, 수량).

Score .85. Evidence: column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.name_model import NameModel
from anonymizers.tables import LONGEST, MARKS, header, rows
from ext import names_rules_py as twin

SCORE_PPM: Final = 850_000
LABELS: Final = ("성명", "이름", "예금주")  # the header of a table worth reading ends a cell with one
_HEAD: Final = re.compile(
    r"(?:한글|국문|학생|선수|교사|강사|환자|고객|회원|직원|사원|신청인|신청자|대표자|담당자|보호자|수령인|수취인|예금주|계좌주|받는\s?분|보내는\s?분|주문자|구매자)?\s?"
    r"(?:성명|이름|성함|본명|실명|명)|예금주|계좌주|수취인|수령인|받는\s?(?:분|사람)|보내는\s?(?:분|사람)|담당자|책임자|대표자|신청인|신청자"
    r"|작성자|참석자|예약자|보호자|환자|고객|주문자|구매자|입금자|송금인|계약자|가입자|피보험자"
    r"|(?:full|real|user|customer|patient|student|employee)?[ _]?name"
)
_ANYTHINGS: Final = frozenset({"이름", "명", "name"})  # a thing's, where the others count or price it
_OF_GOODS: Final = re.compile(
    r"수량|단가|가격|금액|품목|품번|규격|재고|원산지|제조사|브랜드|단위|무게|용량|판매량|칼로리"
)
_SURE, _BARE, _GOODS = range(3)
_VALUE: Final = re.compile(r"[가-힣]{2,4}|[가-힣] [가-힣](?: [가-힣])?")
_TRIES: Final = 20
_CLOSING: Final = (",", ";", "|", "\t", "\r", "\n")


def has_header(text: str, label: str) -> bool:
    """Whether a label closes a cell in one of the first lines that hold it, and that line is the header of a table."""
    at, tries = text.find(label), 0
    while at >= 0 and tries < _TRIES:
        behind = at + len(label)
        if text[behind : behind + 2].lstrip(' "')[:1] in _CLOSING:
            start = text.rfind("\n", 0, at) + 1
            end = text.find("\n", at)
            if end >= 0 and end - start <= LONGEST and header(text[start:end], _head)[0]:
                return True
            tries += 1
        at = text.find(label, behind)
    return False


def opens_with_header(text: str) -> bool:
    """Whether the first line is the header of a table: most labels are too common to look for everywhere."""
    end = text.find("\n", 0, LONGEST)
    if end <= 0 or not any(mark in text[:end] for mark in MARKS):
        return False
    return bool(header(text[:end], _head)[0])


def find(text: str, model: NameModel) -> Iterator[tuple[int, int]]:
    """Spans of the names in the columns of a text's tables."""
    for cells, columns in rows(text, _head):
        for (start, end), column in zip(cells, columns, strict=True):
            if (column == _SURE or (column == _BARE and _GOODS not in columns)) and _is_name(text[start:end], model):
                yield start, end


def _head(name: str) -> int:
    if name.lower() in _ANYTHINGS:
        return _BARE
    return _SURE if _HEAD.fullmatch(name.lower()) else _GOODS if _OF_GOODS.fullmatch(name) else -1


def _is_name(value: str, model: NameModel) -> bool:
    if not _VALUE.fullmatch(value):
        return False
    letters = value.replace(" ", "")
    is_surname = model.surname[ord(letters[0]) - twin.FIRST] != twin.NONE or "s" + letters[:2] in model.words
    return is_surname and "t" + letters not in model.words and model.words.get("x" + letters, 0) < 3
